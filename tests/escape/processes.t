#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The list of processes in docs/confinement.md: what ps and /proc show of each,
asked of a running daemon with one session open.

    processes.t --write    writes it into docs/confinement.md
"""
import grp
import os
import pwd
import re
import sys

import prison  # noqa: F401 (finds kit)
from kit import machine, proc
from kit.tap import SOURCE, main, wait_for
from kit.world import World

DOCUMENT = os.path.join(SOURCE, "docs/confinement.md")
BEGIN, END = "<!-- BEGIN processes -->\n", "<!-- END processes -->"
NAMESPACES = ["user", "mnt", "net", "ipc", "uts", "pid"]
FIELDS = ["CapEff", "CapPrm", "CapBnd", "NoNewPrivs", "Seccomp",
          "Seccomp_filters", "Threads"]
# What is different where there are no user namespaces.
BY_NAMESPACE = ["namespaces of the host", "status: CapBnd"]
LIMITS = ["Max core file size", "Max file size", "Max open files",
          "Max processes"]


def world(stack, directory):
    w = World(stack, directory)
    w.open = stack.enter_context(w.raw())
    w.open.start_data()
    wait_for("a session", w.pratiqued.sessions)
    return w


def limits(pid):
    with open(f"/proc/{pid}/limits", encoding="ascii") as file:
        return {line[:26].strip(): line[26:].split()[1] for line in file}


def names(status):
    uids = {pwd.getpwuid(int(u)).pw_name for u in status["Uid"].split()}
    gids = {grp.getgrgid(int(g)).gr_name for g in status["Gid"].split()}
    return ",".join(sorted(uids)), ",".join(sorted(gids))


def shared(pid):
    """The namespaces that the process has in common with us, the host."""
    return ",".join(n for n in NAMESPACES if os.readlink(
        f"/proc/{pid}/ns/{n}") == os.readlink(f"/proc/self/ns/{n}"))


def root(pid, w):
    at = os.stat(f"/proc/{pid}/root/")
    known = {"/": "/", w.clamd.socket_directory: "clamd's",
             os.path.join(w.pratiqued.settings["run_dir"], "empty"):
             "RUN_DIR/empty"}
    return next((name for path, name in known.items()
                 if os.path.samestat(at, os.stat(path))), "?")


def command(pid):
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
        words = file.read().rstrip("\0").split("\0")
    return " ".join([os.path.basename(words[0])] + [
        w for w in words[1:] if not w.startswith(("/", "-"))])


def rows(w):
    """{what: [value of each role]}"""
    pids = {"monitor": w.pratiqued.pid(), "listener": w.pratiqued.listener(),
            "session": w.pratiqued.sessions()[0],
            "scanner": w.pratiqued.scanner()}
    by_pid = {pid: role for role, pid in pids.items()}
    found = {"": list(pids)}
    for pid in pids.values():
        status = proc.status(pid)
        user, group = names(status)
        parent = by_pid.get(int(status["PPid"]), "-")
        values = {"`ps -o args`, program and role": command(pid),
                  "`ps -o user`, all four ids": user,
                  "group, all four ids": group, "parent": parent,
                  "namespaces of the host": shared(pid) or "none",
                  "`/proc/PID/root`": root(pid, w)}
        values.update({f"status: {f}": status.get(f, "-") for f in FIELDS})
        values["status: Seccomp_filters"] = str(proc.filters(status))
        hard = limits(pid)
        values.update({f"limits: {m}, hard": hard[m] for m in LIMITS})
        if pid == pids["monitor"]:
            values.update({f"limits: {m}, hard": "as started"
                           for m in LIMITS[1:]})
        values["owner of `/proc/PID/mem`"] = pwd.getpwuid(
            os.stat(f"/proc/{pid}/mem").st_uid).pw_name
        for key, value in values.items():
            found.setdefault(key, []).append(value)
    own = (1 << 5 | 1 << 6 | 1 << 7 | 1 << 18)
    if int(found["status: CapEff"][0], 16) & ~own:
        raise RuntimeError("the monitor has more than it should")
    return found


def table(found):
    head, *rest = found.items()
    lines = [head] + [("---", ["---"] * 4)] + rest
    return "".join(f"| {key} | {' | '.join(values)} |\n"
                   for key, values in lines)


def compare(tap, w):
    """docs/confinement.md has what /proc shows"""
    made = table(rows(w))
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    if sys.argv[1:] == ["--write"]:
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + made + END + after)
        old = made
    for now, document in zip(made.splitlines(), old.splitlines()):
        what = re.sub(r"[|`]", "", now.split("|")[1]).strip() or "roles"
        if what in BY_NAMESPACE and not machine.has("namespaces"):
            tap.elsewhere(what, machine.lacks()["namespaces"])
        else:
            tap.equal(document, now, what)
    tap.equal(len(old.splitlines()), len(made.splitlines()), "no row is left")


main(world, compare)
