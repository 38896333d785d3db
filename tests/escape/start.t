#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""How a process begins: not readable from its first instruction, with exactly
the descriptors it should have, and without an environment."""
import ctypes
import itertools
import os
import pwd
import signal
import stat
import subprocess

import prison  # noqa: F401 (finds kit)
from kit import proc
from kit.pratiqued import (KEYS, LIBMILTER, MONITOR, SCANNER, SESSION,
                           Pratiqued)
from kit.tap import BUILD, SOURCE, main

PTRACE_TRACEME = 0
USERS = {SESSION: "pratique", SCANNER: "pratique-scan", LIBMILTER: "pratique"}
ENGINES = ["native", "libmilter"]


def world(stack, directory):
    return directory


def at_first_instruction(path, user):
    """The owner of /proc/PID of a program that has executed nothing yet: the
    user's own, or root's if it is not dumpable."""
    pid = os.fork()
    if pid == 0:
        libc = ctypes.CDLL(None)
        os.setgroups([])
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
        libc.ptrace(PTRACE_TRACEME, 0, 0, 0)
        os.execv(path, [path])
    _, status = os.waitpid(pid, 0)
    try:
        if not os.WIFSTOPPED(status):
            raise RuntimeError(f"{path} was not executed: {status}")
        return os.stat(f"/proc/{pid}/environ").st_uid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def built():
    """What would be another if a program had been linked again."""
    return {entry.name: (entry.stat().st_ino, entry.stat().st_mtime_ns)
            for entry in os.scandir(BUILD) if entry.is_file()}


def installed(tap, directory):
    """Installed programs can be executed by their users, not read"""
    tree = os.path.join(directory, "tree")
    before = built()
    # With the places that it was built for: others would have it built anew,
    # under the hands of the tests that run beside this one.
    subprocess.run(["make", "-s", "install", f"DESTDIR={tree}",
                    f"B={os.path.relpath(BUILD, SOURCE)}"],
                   cwd=SOURCE, stdout=subprocess.DEVNULL, check=True)
    tap.equal(built(), before, "installing builds nothing anew")
    for name, owner in USERS.items():
        path = os.path.join(tree, "usr/local/libexec/pratique", name)
        user = pwd.getpwnam(owner)
        mode = os.stat(path)
        tap.equal((stat.S_IMODE(mode.st_mode), mode.st_uid), (0o711, 0),
                  f"{name}: mode 711, root's")
        tap.equal(at_first_instruction(path, user), 0,
                  f"{name}: not dumpable at its first instruction")
        os.chmod(path, 0o755)
        tap.equal(at_first_instruction(path, user), user.pw_uid,
                  f"{name}: control: it would be if it could be read")
    for name in MONITOR, KEYS:
        mode = os.stat(os.path.join(tree, "usr/local/libexec/pratique", name))
        tap.equal((stat.S_IMODE(mode.st_mode), mode.st_uid), (0o711, 0),
                  f"{name}: mode 711, root's")


def leaked(tap, directory):
    """A descriptor too many is fatal, in the monitor and in its children"""
    for (word, leaky), engine in itertools.product(
            (("tight", []), ("leaky-monitor", ["pratiqued"]),
             ("leaky-children", [MONITOR])), ENGINES):
        at = os.path.join(directory, engine, word)
        os.makedirs(at)
        for name in "pratiqued", MONITOR, KEYS, *USERS:
            os.symlink(os.path.join(BUILD, "escape" if name in leaky else "",
                                    name), os.path.join(at, name))
        daemon = Pratiqued(at, "unix:/nonexistent/clamd", libexec_dir=at,
                           engine=engine)
        daemon.programs_in = at
        try:
            daemon.start()
            started = True
        except RuntimeError:
            started = False
        daemon.stop()
        if not leaky:
            tap.ok(started, f"{engine}: control: it starts")
            continue
        tap.ok(not started, f"{engine}: {word}: no start")
        tap.has(daemon.text(), "unexpected descriptors are open",
                "and says why")


def inherited(tap, directory):
    """What the starter leaves open, the monitor does not keep"""
    at = os.path.join(directory, "inherited")
    os.makedirs(at)
    daemon = Pratiqued(at, "unix:/nonexistent/clamd")
    daemon.around = ["/bin/sh", "-c", 'exec "$@" 7</etc/passwd 9</etc/group',
                     "sh"]
    with daemon:
        for pid in daemon.tree():
            found = proc.descriptors(pid)
            tap.ok(not any("/etc/" in path for path in found.values()),
                   f"{proc.program(pid)}: has none of it", found)


def environment(tap, directory):
    """No process has an environment"""
    os.environ["PRATIQUE_SECRET"] = "x"
    for engine in ENGINES:
        at = os.path.join(directory, engine, "environment")
        os.makedirs(at)
        with Pratiqued(at, "unix:/nonexistent/clamd",
                       engine=engine) as daemon:
            for pid in daemon.listener(), daemon.scanner():
                with open(f"/proc/{pid}/environ", "rb") as file:
                    tap.equal(file.read(), b"", f"{proc.program(pid)}: empty")


def bombs(tap, directory):
    """Limits hold in the running processes"""
    at = os.path.join(directory, "limits")
    os.makedirs(at)
    with Pratiqued(at, "unix:/nonexistent/clamd") as daemon:
        for pid in daemon.listener(), daemon.scanner():
            name = proc.program(pid)
            with open(f"/proc/{pid}/limits", encoding="ascii") as file:
                rows = {line[:26].strip(): line[26:].split()[:2]
                        for line in file}
            for limit in ("Max core file size", "Max locked memory",
                          "Max msgqueue size"):
                tap.equal(rows[limit], ["0", "0"], f"{name}: {limit} 0")
            for limit in ("Max address space", "Max processes",
                          "Max stack size", "Max open files"):
                tap.ok(rows[limit][1] != "unlimited", f"{name}: {limit}",
                       rows[limit])


def slow_keys(tap, directory):
    """A key directory that hangs: the key reader ends itself"""
    at = os.path.join(directory, "slow")
    keys = os.path.join(at, "keys")
    os.makedirs(keys)
    os.mkfifo(os.path.join(keys, "wait"))  # lingering.c
    daemon = Pratiqued(at, "unix:/nonexistent/clamd",
                       libexec_dir=os.path.join(BUILD, "escape"),
                       stamp={"add": "yes", "key_dir": keys})
    daemon.write()
    status, _, said = daemon.run("-c", daemon.config)
    tap.equal(status, 78, "no start", said)
    tap.has(said, "could not read the keys in time", "and why")


main(world, installed, leaked, inherited, environment, bombs, slow_keys)
