#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Which system calls the daemon really makes: it is run under strace through
its paths (clean, infected, large, clamd over TCP, faults, crashes, stop), and
what each process called after its filter was in force is compared with its
table (sandbox/policy_*.c).  docs/survey.md lists both.

    survey.t --write    writes docs/survey.md
"""
import collections
import glob
import os
import re
import signal
import subprocess
import sys

import prison  # noqa: F401 (finds kit)
from kit import proc, smtp
from kit.clamd import EICAR, EICAR_NAME
from kit.tap import BUILD, SOURCE, main, wait_for
from kit.world import World, sender_of

PAPER = os.path.join(SOURCE, "docs/survey.md")
ROLES = ["monitor", "listener", "session", "scanner", "keys"]
PARENTS = {"listener": "monitor", "scanner": "monitor", "keys": "monitor",
           "session": "listener"}
PROGRAMS = {"pratique-session": "listener", "pratique-scanner": "scanner",
            "pratique-keys": "keys"}
LARGE = 3 << 20
SCAN_TIMEOUT = 3

HEAD = """\
# Survey of system calls

Made by `make evidence` (tests/escape/survey.t --write); do not edit.

The daemon was run under strace through its paths; a call is *seen* if the
process made it after its own filter was in force. Filters are inherited and
add up, so a table also has what its children need: *start* is a call that only
they made, before their own filter was in force, *child* one that they made
under both. What was never seen (**no**) stays for the reason given: those are
paths that this run does not take (another C library or kernel, no vDSO,
syslog, another architecture), on which the role would be killed without it.
"""


def tables():
    """{role: {call: [reasons]}}, as policy-table prints them."""
    text = subprocess.run([os.path.join(BUILD, "policy-table")],
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    found = {}
    for line in text.splitlines():
        if line.startswith("## "):
            rows = found.setdefault(line[3:], collections.OrderedDict())
        elif match := re.match(r"\| `(\w+)`.*\| (.*) \|$", line):
            rows.setdefault(match[1], []).append(match[2])
    return found


def trace_role(lines):
    """The role of a process by what it executed; a session executes nothing."""
    for line in lines:
        if match := re.match(r'execve\("[^"]*/([\w-]+)"', line):
            if match[1] in PROGRAMS:
                return PROGRAMS[match[1]]
    return "monitor" if lines[:1] and "pratiqued" in lines[0] else "session"


def read_traces(directory):
    """{role: {call}} after the role's own filter, and what children of the
    role called before theirs."""
    seen = {role: set() for role in ROLES}
    start = {role: set() for role in ROLES}
    for path in glob.glob(f"{directory}/trace*"):
        with open(path, encoding="latin-1") as file:
            lines = file.read().splitlines()
        role = trace_role(lines)
        inside = False
        for line in lines:
            match = re.match(r"(\w+)\(", line)
            if not match:
                continue
            if inside:
                seen[role].add(match[1])
            elif role in PARENTS:
                start[PARENTS[role]].add(match[1])
            if line.startswith("seccomp(SECCOMP_SET_MODE_FILTER"):
                inside = line.rstrip().endswith("= 0")
    return seen, start


def world(stack, directory):
    traces = os.path.join(directory, "traces")
    os.mkdir(traces)
    w = World(stack, directory, start=False, scan_timeout=f"{SCAN_TIMEOUT}s")
    w.traces, w.runs = traces, 0
    w.traced = os.path.join(directory, "traced")
    w.pratiqued.program = lambda: w.traced
    stack.callback(w.pratiqued.stop)
    return w


def begin(w, **settings):
    """A daemon under strace, which stays beside it (-D)."""
    w.pratiqued.stop()
    w.runs += 1
    with open(w.traced, "w", encoding="utf-8") as script:
        script.write("#!/bin/sh\nexec strace -D -ff -qq -s 0 -o "
                     f"{w.traces}/trace{w.runs} "
                     f"{BUILD}/pratiqued \"$@\"\n")
    os.chmod(w.traced, 0o755)
    w.pratiqued.settings.update(settings)
    w.pratiqued.start()


def mail(tap, w, what):
    """Clean, infected and large messages."""
    _, got = w.recovers()
    tap.ok(got, f"{what}: clean is delivered")
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.message(tag, EICAR + "\n")), EICAR_NAME,
            f"{what}: infected is refused")
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.message(tag, ("x" * 70 + "\n") * (LARGE // 71))),
            "250 ", f"{what}: a large message is delivered")


def paths(tap, w):
    """Local clamd: mail, faults, crashes, stop"""
    begin(w)
    mail(tap, w, "local clamd")
    w.clamd.freeze()
    tap.has(w.send(smtp.new_tag()), "451 ", "a clamd that hangs")
    w.clamd.thaw()
    w.clamd.stop()
    tap.has(w.send(smtp.new_tag()), "451 ", "no clamd")
    w.clamd.start()
    w.clamd.move()
    w.recovers()
    for role in "session", "scanner", "listener":
        with w.raw() as raw:
            raw.start_data(sender_of(smtp.new_tag()))
            pid = {"session": lambda: w.pratiqued.sessions()[0],
                   "scanner": w.pratiqued.scanner,
                   "listener": w.pratiqued.listener}[role]()
            os.kill(pid, signal.SIGSEGV)
            wait_for("its end", lambda p=pid: not proc.alive(p))
        w.recovers()
    os.kill(w.pratiqued.pid(), signal.SIGHUP)
    with w.raw() as raw:
        raw.start_data(sender_of(smtp.new_tag()))
        raw.put("Subject: open\n")
        os.kill(w.pratiqued.pid(), signal.SIGTERM)
        wait_for("the stop", lambda: w.pratiqued.lines("stop"))
    tap.equal(w.pratiqued.process.wait(90), 0, "stopped")
    w.pratiqued.process = None


def over_tcp(tap, w):
    """clamd over TCP, JSON log"""
    begin(w, log_format="json", **{'clamd "main"': {
        "address": f"inet:{w.clamd.port}@127.0.0.1", "max_scans": 2}})
    mail(tap, w, "clamd over TCP")
    tap.equal(w.pratiqued.stop(), 0, "stopped")


def marked(role, call, seen, start):
    if call in seen[role]:
        return "seen"
    if call in start[role]:
        return "start"
    young = [r for r in ROLES if role in (PARENTS.get(r),
                                          PARENTS.get(PARENTS.get(r)))]
    used = set().union(*(seen[r] | start[r] for r in young))
    return "child" if call in used else "**no**"


def paper(table, seen, start):
    out = [HEAD]
    for role in ROLES:
        rows = table[role]
        calls = [c for c in rows if c in seen[role]]
        out.append(f"## {role}\n\n{len(rows)} calls, {len(calls)} seen.\n\n"
                   "| call | | why it is in the table |\n|---|---|---|")
        for call, reasons in rows.items():
            out.append(f"| `{call}` | {marked(role, call, seen, start)} | "
                       f"{'; '.join(reasons)} |")
        out.append("")
    return "\n".join(out)


def rows_of(text):
    return re.findall(r"^## (\w+)|^\| (`\w+`) \| [\w*]+ (\|.*)$", text,
                      re.MULTILINE)


def compare(tap, w):
    """What was called, the tables, and docs/survey.md"""
    table = tables()
    seen, start = read_traces(w.traces)
    for role in ROLES:
        tap.ok(len(seen[role]) >= 3, f"control: {role} was traced",
               sorted(seen[role]))
        tap.equal(sorted(seen[role] - set(table[role])), [],
                  f"{role}: nothing outside of its table")
    for role in "monitor", "listener":
        tap.equal(sorted(start[role] - set(table[role])), [],
                  f"starts of the {role}'s children: nothing outside")
    made = paper(table, seen, start)
    if sys.argv[1:] == ["--write"]:
        with open(PAPER, "w", encoding="utf-8") as out:
            out.write(made)
    with open(PAPER, encoding="utf-8") as file:
        text = file.read()
    tap.equal(rows_of(text), rows_of(made),
              "docs/survey.md has the calls and reasons of the tables")
    for role in ROLES:
        never = [c for c in table[role] if marked(role, c, seen, start) == "**no**"]
        tap.note(f"{role}: never seen: {' '.join(never) or 'none'}")


main(world, paths, over_tcp, compare)
