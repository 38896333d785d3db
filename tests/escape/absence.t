#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Whether a layer is there, looked at from outside, in every process of both
engines: first in the daemon as it is, then in one that was started with this
layer left out (layers.c), where the same look must notice.  The table of what
is looked at is in docs/confinement.md.

    absence.t --write    writes it into docs/confinement.md
"""
import contextlib
import errno
import fcntl
import os
import signal
import struct
import sys
import termios
import time

import inject
import prison
from kit import machine, proc
from kit.pace import paced
from kit.pratiqued import KEYS
from kit.tap import SOURCE, main, wait_for
from prison import ALL, bits

DOCUMENT = os.path.join(SOURCE, "docs/confinement.md")
BEGIN, END = "<!-- BEGIN absence -->\n", "<!-- END absence -->"
OFFER = b"\0\0\0\x0dO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"  # as an MTA begins
NOBODY = b"20000"  # a session of the test program tries nothing
OWN = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 18  # what the monitor keeps
CLOSE, PRCTL, OPENAT = 3, 157, 257
GET_DUMPABLE, GET_MDWE, REFUSE_GAIN = 3, 66, 1
AT_FDCWD = -100
ROLES = ["monitor", "listener", "session", "scanner", "libmilter", "keys"]
CHILDREN = ROLES[1:5]  # with ids and a root directory of their own
CONFINED = ROLES[1:]
FILTERS = {"monitor": 1, "listener": 2, "session": 3, "scanner": 2,
           "libmilter": 2, "keys": 2}
# The key reader lives for a moment: in a daemon of its own it is held up.
STARTS = ["native", "libmilter", "keys"]


def ids(role, pid):
    status = proc.status(pid)
    return "0" not in (status["Uid"] + " " + status["Gid"]).split() and \
        status["Groups"] == ""


def capabilities(role, pid):
    status = proc.status(pid)
    allowed = dict.fromkeys(("Inh", "Prm", "Eff", "Bnd", "Amb"),
                            OWN if role == "monitor" else 0)
    # Without SETPCAP, and no namespace that gives it.
    if role == "keys" or not machine.has("namespaces"):
        allowed["Bnd"] = OWN
    return not any(int(status[f"Cap{x}"], 16) & ~bits_allowed
                   for x, bits_allowed in allowed.items())


def no_new_privs(role, pid):
    return proc.status(pid)["NoNewPrivs"] == "1"


def not_dumpable(role, pid):
    return inject.call(pid, PRCTL, GET_DUMPABLE, 0, 0, 0, 0) == 0


def root(role, pid):
    return not os.path.samestat(os.stat(f"/proc/{pid}/root/"), os.stat("/"))


def namespaces_differ(pid, names):
    return all(os.readlink(f"/proc/{pid}/ns/{n}") !=
               os.readlink(f"/proc/self/ns/{n}") for n in names)


def network(role, pid):
    return namespaces_differ(pid, ["net"])


def namespaces(role, pid):
    return namespaces_differ(pid, ["user", "mnt", "ipc", "uts"])


def landlock(role, pid):
    if role == "session":  # may have no further one: that would come first
        inject.call(pid, CLOSE, 0)
    return inject.call(pid, OPENAT, AT_FDCWD, b"/", os.O_DIRECTORY,
                       0) == -errno.EACCES


def limits(role, pid):
    """The limit that the role, and not what started it, has lowered."""
    name = {"monitor": "Max core file size", "session": "Max processes"}.get(
        role, "Max locked memory")
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        return any(line.startswith(name) and
                   line[len(name):].split()[:2] == ["0", "0"] for line in file)


def mdwe(role, pid):
    return inject.call(pid, PRCTL, GET_MDWE, 0, 0, 0, 0) == REFUSE_GAIN


def seccomp(role, pid):
    return proc.filters(proc.status(pid)) == FILTERS[role]


# Layer: the look, the roles that have it, what goes with it, the words.
LAYERS = {
    "ids": (ids, CHILDREN, [], "`Uid`, `Gid`, `Groups` in status"),
    "capabilities": (capabilities, ROLES, [], "the five `Cap` sets in status"),
    # Landlock is not to be had without.
    "no_new_privs": (no_new_privs, ROLES, ["landlock"],
                     "`NoNewPrivs` in status"),
    "not_dumpable": (not_dumpable, ROLES, [], "it is asked (prctl)"),
    "root": (root, CHILDREN, [], "`/proc/PID/root`"),
    "network": (network, CHILDREN, [], "`/proc/PID/ns/net`"),
    # Made together.
    "namespaces": (namespaces, CHILDREN, ["network"],
                   "`/proc/PID/ns/user`, `mnt`, `ipc`, `uts`"),
    "landlock": (landlock, CONFINED, [], "it opens its root directory"),
    "limits": (limits, ROLES, [], "limits: memory locks; session: processes; "
               "monitor: core files"),
    "mdwe": (mdwe, ROLES, [], "it is asked (prctl)"),
    "seccomp": (seccomp, ROLES, [], "`Seccomp_filters` in status"),
}
INSIDE = ["not_dumpable", "landlock", "mdwe"]  # a filter would kill for it


def settings_of(start, directory):
    if start != "keys":
        return {"engine": start}
    keys = os.path.join(directory, "keys")
    os.makedirs(keys)
    with open(os.path.join(keys, "one.key"), "w", encoding="ascii") as out:
        os.fchmod(out.fileno(), 0o400)
        out.write("pratique-key 1\nid one\nuse stamp\n"
                  f"secret {os.urandom(32).hex()}\n")
    return {"stamp": {"add": "yes", "key_dir": keys}}


def reader(daemon):
    """The key reader, which waits (lingering.c)."""
    os.mkfifo(os.path.join(daemon.settings["stamp"]["key_dir"], "wait"))
    os.kill(daemon.pid(), signal.SIGHUP)

    def waiting():
        for pid in proc.children(daemon.pid()):
            # Others come and go.
            with contextlib.suppress(OSError), \
                    open(f"/proc/{pid}/syscall", encoding="ascii") as file:
                if proc.program(pid) == KEYS and \
                        file.read().startswith(f"{OPENAT} "):
                    return pid
        return None
    return wait_for("the key reader", waiting)


def unread(sock):
    """How many of the bytes that were sent the other side has not read."""
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]


def processes(daemon, start, mta, first):
    """{role: pid}, with a session that has read its first bytes: it does not
    before it has all its layers."""
    if start == "keys":
        return {"keys": reader(daemon)}
    found = {"monitor": daemon.pid()}
    if start == "libmilter":
        return {**found, "libmilter": daemon.listener()}
    mta.sendall(first)
    session = wait_for("a session", lambda: not unread(mta) and
                       daemon.sessions())[0]
    return {**found, "listener": daemon.listener(), "session": session,
            "scanner": daemon.scanner()}


def look(directory, start, names, layers=None):
    """{layer: {role: there?}}: the daemon of the product, or one with these
    layers."""
    at = os.path.join(directory, start)
    settings = settings_of(start, at)
    if layers is None:
        cell = prison.Prison(at, ALL, "" if start != "keys" else "escape",
                             **settings)
    else:
        cell = prison.Prison(at, layers, **settings)
    cell.fresh()
    try:
        with cell.connect() as mta:
            pids = processes(cell.daemon, start, mta,
                             OFFER if layers is None else NOBODY)
            return {name: {role: LAYERS[name][0](role, pid)
                           for role, pid in pids.items()
                           if role in LAYERS[name][1]} for name in names}
    finally:
        cell.stop()


def there(tap, directory):
    """All layers, in the daemon as it is"""
    for start in STARTS:
        names = [name for name in LAYERS if name not in INSIDE]
        found = look(os.path.join(directory, "all"), start, names)
        found.update(look(os.path.join(directory, "unfiltered"), start, INSIDE,
                          ALL & ~bits("seccomp")))
        for name, roles in found.items():
            if roles and not machine.has(name):
                tap.elsewhere(f"{start}: {name}", machine.lacks()[name])
            elif roles:
                tap.equal([r for r, holds in roles.items() if not holds], [],
                          f"{start}: {name}: {', '.join(roles)}")


def absent(tap, directory):
    """One layer left out: it is noticed in every process that should have it"""
    for start in STARTS:
        for name, (_, roles, more, _) in LAYERS.items():
            if start == "keys" and "keys" not in roles:
                continue
            if not machine.has(name):
                tap.elsewhere(f"{start}: without {name}",
                              machine.lacks()[name])
                continue
            left = ALL & ~bits(*{"seccomp", name, *more})
            found = look(os.path.join(directory, name), start, [name],
                         left)[name]
            tap.equal([r for r, holds in found.items() if holds], [],
                      f"{start}: without {name}: {', '.join(found)}")


def orphans(tap, directory):
    """A process that is held does not see that its parent is gone: the kernel
    ends it, and without what was asked for at its start it stays"""
    # Taking other ids has unset that; sandbox_enter asks for it again.
    for what, programs, layers in (
            ("as it is", "", ALL),
            ("control", "escape", ALL & ~bits("seccomp", "limits"))):
        for engine in "native", "libmilter":
            cell = prison.Prison(os.path.join(directory, f"{engine}, {what}"),
                                 layers, programs, engine=engine)
            cell.fresh()
            with cell.connect() as mta:
                pids = processes(cell.daemon, engine, mta,
                                 OFFER if layers == ALL else NOBODY)
                children = [p for role, p in pids.items() if role != "monitor"]
                with inject.held(children):
                    cell.daemon.stop(signal.SIGKILL)
                    if layers == ALL:
                        tap.comes(lambda: not any(map(proc.alive, children)),
                                  f"{engine}: end without a monitor")
                    else:
                        time.sleep(paced(1))
                        tap.equal([p for p in children if not proc.alive(p)],
                                  [], f"{engine}: control: do not")


def table():
    lines = [f"| layer | looked at | {' | '.join(ROLES)} |",
             "|---" * (len(ROLES) + 2) + "|"]
    for name, (_, roles, _, words) in LAYERS.items():
        cells = ("noticed" if role in roles else "-" for role in ROLES)
        lines.append(f"| {name} | {words} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def document(tap, directory):
    """docs/confinement.md has this table"""
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    if sys.argv[1:] == ["--write"]:
        old = table()
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + old + END + after)
    tap.equal(old, table(), "docs/confinement.md has the table")


main(lambda stack, directory: directory, there, absent, orphans, document)
