#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The separation as the kernel and the linker see it: what each process is
allowed to be, has open and can reach, and which code is in which program."""
import collections
import os
import pwd
import re
import subprocess

from kit import machine, proc, smtp
from kit.pratiqued import KEYS, MONITOR, SCANNER, SESSION
from kit.tap import BUILD, main, wait_for
from kit.world import World

CAPABILITY_SETS = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]
# Numbers of linux/capability.h: KILL 5, SETGID 6, SETUID 7, SYS_CHROOT 18.
MONITOR_CAPABILITIES = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 18

# Run in a process's network namespace: its interfaces and which are up.
INTERFACES = """
import fcntl, socket, struct
with socket.socket() as s:
    for _, name in socket.if_nameindex():
        ask = struct.pack("16sH14x", name.encode(), 0)
        flags = struct.unpack("16xH14x", fcntl.ioctl(s, 0x8913, ask))[0]
        print(name, "up" if flags & 1 else "down")
"""

# A family of functions, the program where it belongs, and where it must not
# be.  The first is the positive control of the second.
START = "pratiqued"
FAMILIES = [
    ("engine_", [SESSION], [START, MONITOR, KEYS, SCANNER]),
    ("session_", [SESSION], [START, MONITOR, KEYS, SCANNER]),
    ("packet_", [SESSION], [START, MONITOR, KEYS, SCANNER]),
    ("macro_", [SESSION], [START, MONITOR, KEYS, SCANNER]),
    ("exchange_", [SCANNER], [START, MONITOR, KEYS, SESSION]),
    ("stream_", [SCANNER], [START, MONITOR, KEYS, SESSION]),
    ("config_", [START], [MONITOR, KEYS, SESSION, SCANNER]),
    ("policy_compile", [START], [MONITOR, KEYS, SESSION, SCANNER]),
    ("seccomp_", [START], [MONITOR, KEYS, SESSION, SCANNER]),
    ("cfg_", [START], [MONITOR, KEYS, SESSION, SCANNER]),
    ("listen_", [START], [MONITOR, KEYS, SCANNER]),
    ("sodium_", [SCANNER, MONITOR, KEYS], [START, SESSION]),
    ("randombytes", [SCANNER, MONITOR], [START, SESSION]),
    ("crypto_auth", [MONITOR], [START, KEYS, SESSION, SCANNER]),
    ("keyring_", [MONITOR], [START, SESSION, SCANNER]),
    ("notary_", [MONITOR], [START, KEYS, SESSION, SCANNER]),
    ("vault_", [MONITOR, KEYS], [START, SESSION, SCANNER]),
    ("reader_", [KEYS], [START, MONITOR, SESSION, SCANNER]),
    ("key_file_", [KEYS], [START, MONITOR, SESSION, SCANNER]),
    ("stamp_read", [SESSION], [START, MONITOR, KEYS, SCANNER]),
    ("digest_", [SCANNER], [START, MONITOR, KEYS, SESSION]),
    ("supervise", [MONITOR], [START, KEYS, SESSION, SCANNER]),
]
# The same for shared libraries.
LIBRARIES = [
    ("libseccomp", [START], [MONITOR, KEYS, SESSION, SCANNER]),
    ("libconfuse", [START], [MONITOR, KEYS, SESSION, SCANNER]),
    ("libsodium", [SCANNER, MONITOR, KEYS], [START, SESSION]),
]


def world(stack, directory):
    w = World(stack, directory)
    # A session that stays: its message has begun and does not end.
    w.open = stack.enter_context(w.raw())
    w.open.start_data()
    wait_for("a session", w.pratiqued.sessions)
    w.roles = {"monitor": w.pratiqued.pid(),
               "listener": w.pratiqued.listener(),
               "session": w.pratiqued.sessions()[0],
               "scanner": w.pratiqued.scanner()}
    w.confined = {role: pid for role, pid in w.roles.items()
                  if role != "monitor"}
    return w


def identity(tap, w):
    """Users, groups, capabilities, no_new_privs, seccomp"""
    users = {"monitor": "root", "listener": "pratique",
             "session": "pratique", "scanner": "pratique-scan"}
    for role, pid in w.roles.items():
        status = proc.status(pid)
        entry = pwd.getpwnam(users[role])
        tap.equal(set(status["Uid"].split()), {str(entry.pw_uid)},
                  f"{role}: runs as {users[role]}, all four ids")
        tap.equal(set(status["Gid"].split()), {str(entry.pw_gid)},
                  f"{role}: its group, all four ids")
        tap.equal(status["NoNewPrivs"], "1", f"{role}: NoNewPrivs")
        tap.equal(status["Seccomp"], "2", f"{role}: seccomp filter")
    for role, pid in w.confined.items():
        status = proc.status(pid)
        tap.equal(status["Groups"], "", f"{role}: no further groups")
        # Without a user namespace there is no SETPCAP to empty that.
        held = [s for s in CAPABILITY_SETS if machine.has("namespaces")
                or s != "CapBnd"]
        tap.equal({int(status[s], 16) for s in held}, {0},
                  f"{role}: no capability in any set")
    sets = [int(proc.status(w.roles["monitor"])[s], 16)
            for s in CAPABILITY_SETS]
    tap.ok(not any(s & ~MONITOR_CAPABILITIES for s in sets) and any(sets),
           "monitor: KILL, SETGID, SETUID, SYS_CHROOT at most", sets)
    filters = {role: int(proc.status(pid).get("Seccomp_filters", 0))
               for role, pid in w.roles.items()}
    tap.ok(filters["session"] == filters["listener"] + 1,
           "session: one filter more than the listener", filters)


def limits(tap, w):
    """Limits: no core, and a session cannot make processes or files"""
    for role, pid in w.roles.items():
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            found = {m[1].strip(): m[2] for m in re.finditer(
                r"^(Max .{21})\s*(\S+)", file.read(), re.MULTILINE)}
        tap.equal(found["Max core file size"], "0", f"{role}: no core")
        if role == "session":
            tap.equal(found["Max processes"], "0", "session: no process")
            tap.ok(int(found["Max open files"]) <= 5,
                   "session: no descriptor more", found)


def root_directory(tap, w):
    """The root directory: empty, or clamd's"""
    for role in "listener", "session":
        root = f"/proc/{w.roles[role]}/root/"
        tap.equal(os.listdir(root), [], f"{role}: root directory is empty")
        status = os.stat(root)
        tap.equal((status.st_uid, status.st_mode & 0o022), (0, 0),
                  f"{role}: and cannot be written to")
    root = os.stat(f"/proc/{w.roles['scanner']}/root/")
    tap.ok(os.path.samestat(root, os.stat(w.clamd.socket_directory)),
           "scanner: root directory is that of clamd's socket")
    tap.ok(os.path.samestat(os.stat("/proc/self/root/"), os.stat("/")),
           "control: our own root is found the same way")


def interfaces(pid):
    done = subprocess.run(["nsenter", "-t", str(pid), "-n", "/usr/bin/python3",
                           "-c", INTERFACES], stdout=subprocess.PIPE,
                          check=True)
    return done.stdout.decode().splitlines()


def network(tap, w):
    """No network for listener, session, and a scanner with a local clamd"""
    ours = proc.netns(os.getpid())
    tap.ok("lo up" in interfaces(os.getpid()), "control: our lo is up")
    if not machine.has("namespaces"):
        tap.elsewhere("namespaces", machine.lacks()["namespaces"])
        return
    for role, pid in w.confined.items():
        tap.ok(proc.netns(pid) != ours, f"{role}: own network namespace")
        tap.equal(interfaces(pid), ["lo down"], f"{role}: lo, down")
    tap.equal(proc.netns(w.roles["listener"]), proc.netns(w.roles["session"]),
              "session: in the listener's namespace")
    for name in "mnt", "ipc", "uts":
        for role, pid in w.confined.items():
            tap.ok(os.readlink(f"/proc/{pid}/ns/{name}") !=
                   os.readlink(f"/proc/self/ns/{name}"),
                   f"{role}: own {name} namespace")


def descriptors(tap, w):
    """Each process has exactly the descriptors that it needs"""
    null = "/dev/null"
    tap.equal(proc.descriptors(w.roles["session"]),
              {0: null, 1: null, 2: null, 3: "socket", 4: "socket"},
              "session: the MTA and the scanner")
    # Listening socket, channels to the monitor and to the scanner.
    tap.equal(count(w, "listener"), {null: 3, "socket": 3, "eventpoll": 1,
                                     "signalfd": 1}, "listener")
    # Channels to the monitor, the listener and the one session; log and
    # standard error are files here.
    scanner = wait_for("the scanner to be idle", lambda: (
        lambda found: found if "/memfd" not in found else None)(
            count(w, "scanner")))
    log = os.path.basename(w.pratiqued.log_file)
    named = {os.path.basename(k) if k.startswith("/tmp") else k: v
             for k, v in scanner.items()}
    tap.equal(named, {null: 2, log: 2, "socket": 3, "eventpoll": 1},
              "scanner")
    # Listening socket, channels to listener and scanner; boot blocks of both;
    # status file, log and standard error; signals.
    named = {os.path.basename(k) if k.startswith("/tmp") else k: v
             for k, v in count(w, "monitor").items()}
    tap.equal(named, {null: 2, log: 2, "socket": 3, "status": 1, "/memfd": 2,
                      "signalfd": 1}, "monitor")


def count(w, role):
    return collections.Counter(proc.descriptors(w.roles[role]).values())


def memory(tap, w):
    """No memory that is writable and executable, and own layouts"""
    bases = {}
    for role, pid in w.roles.items():
        with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
            lines = file.read().splitlines()
        both = [line for line in lines if re.search(r"^\S+ .wx", line)]
        tap.equal(both, [], f"{role}: nothing writable and executable")
        bases[role] = lines[0].partition("-")[0] if lines else None
    tap.ok(len({bases[r] for r in ("monitor", "listener", "scanner")}) == 3,
           "monitor, listener, scanner: a layout each", bases)


def parents(tap, w):
    """Who is whose child"""
    tap.equal(set(proc.children(w.roles["monitor"])),
              {w.roles["listener"], w.roles["scanner"]},
              "monitor: listener and scanner")
    tap.equal(proc.children(w.roles["listener"]), [w.roles["session"]],
              "listener: the session")
    tap.equal(proc.children(w.roles["scanner"]), [], "scanner: none")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C"}
                          ).stdout.decode()


def functions(program):
    """Names of all that is defined in a program, or taken from a library."""
    text = output("nm", os.path.join(BUILD, program))
    return {line.split()[-1] for line in text.splitlines()}


def libraries(program):
    text = output("readelf", "-d", os.path.join(BUILD, program))
    return re.findall(r"\(NEEDED\).*\[(.*?)\]", text)


def linked(tap, w):
    """Which code is in which program"""
    for kind, rows, look in (("code", FAMILIES, functions),
                             ("library", LIBRARIES, libraries)):
        for prefix, inside, outside in rows:
            for program in inside + outside:
                found = sorted(n for n in look(program)
                               if n.startswith(prefix))
                if program in inside:
                    tap.ok(found, f"control: {kind} {prefix} in {program}")
                else:
                    tap.equal(found, [], f"no {kind} {prefix} in {program}")


def over_tcp(tap, w):
    """A scanner with a clamd over TCP: the host's network, an empty root"""
    w.open.close()
    w.restart(**{'clamd "main"': {
        "address": f"inet:{w.clamd.port}@127.0.0.1", "max_scans": 4}})
    pid = w.pratiqued.scanner()
    tap.equal(proc.netns(pid), proc.netns(os.getpid()), "network: the host's")
    tap.equal(os.listdir(f"/proc/{pid}/root/"), [], "root directory is empty")
    tap.has(w.send(smtp.new_tag()), "250 ", "and it works")


main(world, identity, limits, root_directory, network, descriptors, memory,
     parents, linked, over_tcp)
