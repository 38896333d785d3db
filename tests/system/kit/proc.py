# SPDX-License-Identifier: ISC
"""What /proc says of a process: parent, program, identity, descriptors."""
import contextlib
import os


def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def status(pid):
    """The fields of /proc/PID/status, {} if the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8",
                  errors="replace") as file:
            pairs = (line.partition(":") for line in file)
            return {name: value.strip() for name, _, value in pairs}
    except (FileNotFoundError, ProcessLookupError):
        return {}


def alive(pid):
    return status(pid).get("State", "Z")[0] not in "ZX"


def children(pid):
    return sorted(child for child in pids()
                  if status(child).get("PPid") == str(pid) and alive(child))


def program(pid):
    """The file name of the program that the process runs."""
    try:
        path = os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""
    return os.path.basename(path.removesuffix(" (deleted)"))


def descriptors(pid):
    """Descriptor number -> what it is: a path, "socket", "pipe", "memfd"...
    One that is closed meanwhile is not there."""
    found = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except FileNotFoundError:
            continue
        if target.startswith("anon_inode:"):
            target = target.removeprefix("anon_inode:").strip("[]")
        elif not target.startswith("/dev/"):
            target = target.partition(":")[0]
        found[int(name)] = target
    return found


def filters(status):
    """How many it has put on; a container's, on all of us, do not count."""
    with open("/proc/self/status", encoding="ascii") as file:
        ours = next(line.split()[1] for line in file
                    if line.startswith("Seccomp_filters:"))
    return int(status["Seccomp_filters"]) - int(ours)


def netns(pid):
    return os.readlink(f"/proc/{pid}/ns/net")


def belonging(directory):
    """The processes that were started with a path below the directory, or
    have their root there, and how they were called."""
    found = {}
    for pid in pids():
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/cmdline", encoding="latin-1") as file:
                command = file.read().replace("\0", " ")
            if alive(pid) and pid != os.getpid() and (
                    f"{directory}/" in command or
                    os.readlink(f"/proc/{pid}/root").startswith(directory)):
                found[pid] = command
    return found
