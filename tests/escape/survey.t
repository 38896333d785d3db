#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Which system calls the daemon really makes: it is run under strace through
its paths (clean, infected, large, clamd over TCP, faults, crashes, keys read
anew, both engines, stop), and what each process called after its filter was in
force is compared with its table (sandbox/policy_*.c).  A call that was never
seen must have its own reason in unseen.py, and no other may.  docs/survey.md
lists all of it.

    survey.t --write    writes docs/survey.md
"""
import collections
import contextlib
import glob
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time

import prison  # noqa: F401 (finds kit)
import unseen
from kit import proc, smtp
from kit.clamd import EICAR, EICAR_NAME
from kit.tap import BUILD, SOURCE, main, wait_for
from kit.world import World, sender_of

sys.path.insert(0, os.path.join(SOURCE, "tests/stamps"))
import daily  # noqa: E402

DOCUMENT = os.path.join(SOURCE, "docs/survey.md")
MONITOR_LIBMILTER = 'monitor, engine = "libmilter"'
MONITOR_BINDS = "monitor, clamds in several directories"
ROLES = ["monitor", "listener", "session", "scanner", "keys",
         MONITOR_LIBMILTER, "libmilter", MONITOR_BINDS]
PARENTS = {"listener": "monitor", "scanner": "monitor", "keys": "monitor",
           "session": "listener", "libmilter": MONITOR_LIBMILTER}
MONITORS = {"native": "monitor", "libmilter": MONITOR_LIBMILTER,
            "binds": MONITOR_BINDS}  # by the kind of run
BASES = {MONITOR_LIBMILTER: "monitor", MONITOR_BINDS: "monitor"}  # whose rows a table adds to
MONITORS_CHILDREN = ("listener", "scanner", "keys", "libmilter")
PROGRAMS = {"pratique-session": "listener", "pratique-scanner": "scanner",
            "pratique-keys": "keys", "pratique-libmilter": "libmilter"}
LARGE = 3 << 20
DAILY = 27001  # a database without which nothing is stamped
SCAN_TIMEOUT = 8
AT_ONCE = 12  # more sessions than libmilter keeps idle threads for

HEAD = """\
# Survey of system calls

Made by `make evidence` (tests/escape/survey.t --write); do not edit.

The daemon was run under strace through its paths; a call is *seen* if the
process made it after its own filter was in force. Filters are inherited and
add up, so a table also has what its children need: *start* is a call that only
they made, before their own filter was in force, *child* one that they made
under both. What was never seen (**no**) is on a path that this run cannot
take; [the last chapter](#never-seen) says which, and the test fails for a call
without such a reason.

"""


def machine():
    """What decides which calls the C library takes for the same thing."""
    return f"{os.uname().machine}, {' '.join(platform.libc_ver())}."


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


def trace_program(lines):
    """The role of a process by what it executed; a session or a thread
    executes nothing."""
    for line in lines:
        if match := re.match(r'execve\("[^"]*/([\w-]+)"', line):
            if match[1] in PROGRAMS:
                return PROGRAMS[match[1]]
    return "monitor" if lines[:1] and "pratiqued" in lines[0] else None


def read_traces(directory, kind):
    """{role: {call}} after the role's own filter, and what children of the
    role called before theirs, in the runs of that kind."""
    seen = {role: set() for role in ROLES}
    start = {role: set() for role in ROLES}
    for path in glob.glob(f"{directory}/{kind}*"):
        with open(path, encoding="latin-1") as file:
            lines = file.read().splitlines()
        role = trace_program(lines)
        # What libmilter's one process starts are threads, under its filter.
        inside = role is None and kind == "libmilter"
        if role is None:
            role = "libmilter" if inside else "session"
        elif role == "monitor":
            role = MONITORS[kind]
        for line in lines:
            # strace takes the error with which a call was interrupted for
            # the number of another: syscall_0xfffffffffffffffc is -EINTR.
            match = re.match(r"(?!syscall_0xf{12})(\w+)\(", line)
            if not match:
                continue
            if inside:
                seen[role].add(match[1])
            elif role in PARENTS:
                start[MONITORS[kind] if role in MONITORS_CHILDREN
                      else PARENTS[role]].add(match[1])
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
    w.pratiqued.settings.update(settings)
    kind = w.pratiqued.settings.get("engine", "native")
    if 'clamd "elsewhere"' in w.pratiqued.settings:
        kind = "binds"
    with open(w.traced, "w", encoding="utf-8") as script:
        script.write("#!/bin/sh\nexec strace -D -ff -qq -s 0 -o "
                     f"{w.traces}/{kind}{w.runs} "
                     f"{BUILD}/pratiqued \"$@\"\n")
    os.chmod(w.traced, 0o755)
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


def faults(tap, w, roles):
    """clamd's faults; then each role crashes once."""
    w.clamd.freeze()
    tap.has(w.send(smtp.new_tag()), "451 ", "a clamd that hangs")
    w.clamd.thaw()
    w.clamd.stop()
    tap.has(w.send(smtp.new_tag()), "451 ", "no clamd")
    w.clamd.start()
    w.clamd.move()
    w.recovers()
    for role in roles:
        with w.raw() as raw:
            raw.start_data(sender_of(smtp.new_tag()))
            pid = {"session": lambda: w.pratiqued.sessions()[0],
                   "scanner": w.pratiqued.scanner,
                   "listener": w.pratiqued.listener}[role]()
            os.kill(pid, signal.SIGSEGV)
            wait_for("its end", lambda p=pid: not proc.alive(p))
        w.recovers()


def drained(tap, w):
    """SIGTERM with a session open."""
    with w.raw() as raw:
        raw.start_data(sender_of(smtp.new_tag()))
        raw.put("Subject: open\n")
        os.kill(w.pratiqued.pid(), signal.SIGTERM)
        wait_for("the stop", lambda: w.pratiqued.lines("stop"))
    tap.equal(w.pratiqued.process.wait(90), 0, "stopped")
    w.pratiqued.process = None


def paths(tap, w):
    """Local clamd: mail, faults, crashes, stop"""
    begin(w)
    mail(tap, w, "local clamd")
    faults(tap, w, ["session", "scanner", "listener"])
    drained(tap, w)


def with_keys(tap, w):
    """Stamps, with keys that are read anew"""
    w.clamd.stop()
    daily.write(f"{w.clamd.directory}/db/daily.cud", DAILY, int(time.time()))
    w.clamd.start()
    keys = os.path.join(w.directory, "keys")
    os.mkdir(keys)
    path = os.path.join(keys, "one.key")
    with open(path, "w", encoding="ascii") as out:
        os.fchmod(out.fileno(), 0o400)
        out.write("pratique-key 1\nid one\nuse stamp\n"
                  f"secret {os.urandom(32).hex()}\n")
    begin(w, stamp={"add": "yes", "key_dir": keys})
    w.recovers()
    tag = smtp.new_tag()
    tap.has(w.send(tag), "250 ", "with keys: clean is delivered")
    tap.ok("stamp_id" in w.log(tag), "and gets a stamp", w.log(tag).text)
    os.kill(w.pratiqued.pid(), signal.SIGHUP)
    tap.ok(wait_for("the keys to be loaded",
                    lambda: len(w.pratiqued.lines("keys-loaded")) > 1),
           "keys are read anew")
    shutil.chown(path, "nobody")
    os.chmod(path, 0o444)  # else the key reader cannot even look at it
    os.kill(w.pratiqued.pid(), signal.SIGHUP)
    tap.has(w.pratiqued.wait_line("keys-refused").text, "another user",
            "a key of somebody else's is refused")
    tap.equal(w.pratiqued.stop(), 0, "stopped")
    del w.pratiqued.settings["stamp"]


def over_tcp(tap, w):
    """clamd over TCP, JSON log"""
    usual = dict(w.pratiqued.settings)
    begin(w, log_format="json", **{'clamd "main"': {
        "address": f"inet:{w.clamd.port}@127.0.0.1", "max_scans": 2}})
    mail(tap, w, "clamd over TCP")
    tap.equal(w.pratiqued.stop(), 0, "stopped")
    w.pratiqued.settings = usual


def several_directories(tap, w):
    """Another clamd, in another directory, which need not be there"""
    begin(w, **{'clamd "elsewhere"': {"address": "unix:/nowhere/clamd.sock"}})
    w.recovers()
    tap.equal(w.pratiqued.stop(), 0, "stopped")
    del w.pratiqued.settings['clamd "elsewhere"']


def libmilter(tap, w):
    """The other engine: mail, many sessions at once, faults, crashes, stop"""
    begin(w, engine="libmilter")
    mail(tap, w, "libmilter")
    w.clamd.freeze()
    with contextlib.ExitStack() as stack:
        raws = [stack.enter_context(w.raw()) for _ in range(AT_ONCE)]
        for raw in raws:
            raw.start_data(sender_of(smtp.new_tag()))
            raw.put(smtp.message(smtp.new_tag()))
            raw.end()
        w.clamd.thaw()
        replies = [raw.reply()[:3] for raw in raws]
    tap.ok(set(replies) <= {"250", "451"}, "libmilter: many at once", replies)
    w.recovers()
    faults(tap, w, ["scanner", "listener"])
    drained(tap, w)


def marked(role, call, seen, start):
    if call in seen[role]:
        return "seen"
    if call in start[role]:
        return "start"
    young = [r for r in ROLES if role in (PARENTS.get(r),
                                          PARENTS.get(PARENTS.get(r)))]
    used = set().union(*(seen[r] | start[r] for r in young))
    return "child" if call in used else "**no**"


def never(table, seen, start):
    """{role: calls of its table that were never seen}"""
    return {role: [c for c in table[role]
                   if marked(role, c, seen, start) == "**no**"]
            for role in ROLES}


def reasons():
    """The last chapter's rows."""
    return [f"| {role} | `{call}` | {reason} |"
            for role, calls in unseen.REASONS.items()
            for call, reason in calls.items()]


def document(table, seen, start):
    out = [HEAD + machine() + "\n"]
    for role in ROLES:
        rows = table[role]
        calls = [c for c in rows if c in seen[role]]
        out.append(f"## {role}\n\n{len(rows)} calls, {len(calls)} seen"
                   + (", beside those of the "
                      f"{BASES[role]}" if role in BASES else "") + ".\n\n"
                   "| call | | why it is in the table |\n|---|---|---|")
        for call, why in rows.items():
            out.append(f"| `{call}` | {marked(role, call, seen, start)} | "
                       f"{'; '.join(why)} |")
        out.append("")
    return "\n".join([*out, "## Never seen\n\n| role | call | why it stays |\n"
                      "|---|---|---|", *reasons(), ""])


def rows_of(text):
    return re.findall(r"^## (\w.*)|^\| (`\w+`) \| [\w*]+ (\|.*)$", text,
                      re.MULTILINE)


def compare(tap, w):
    """What was called, the tables, and docs/survey.md"""
    table = tables()
    runs = [read_traces(w.traces, kind) for kind in MONITORS]
    # The scanner is the same in all.
    seen, start = ({role: set().union(*(part[role] for part in parts))
                    for role in ROLES} for parts in zip(*runs))
    for role in ROLES:
        rows = {**table.get(BASES.get(role), {}), **table[role]}
        tap.ok(len(seen[role]) >= 3, f"control: {role} was traced",
               sorted(seen[role]))
        tap.equal(sorted(seen[role] - set(rows)), [],
                  f"{role}: nothing outside of its table")
        tap.equal(sorted(start[role] - set(rows)), [],
                  f"starts of the {role}'s children: nothing outside")
    made = document(table, seen, start)
    if sys.argv[1:] == ["--write"]:
        with open(DOCUMENT, "w", encoding="utf-8") as out:
            out.write(made)
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    tap.equal(rows_of(text), rows_of(made),
              "docs/survey.md has the calls and reasons of the tables")
    tap.equal([r for r in reasons() if r not in text], [],
              "docs/survey.md has the reasons for what was never seen")
    told = {role: sorted(calls) for role, calls in unseen.REASONS.items()}
    if machine() in text:
        tap.equal(told, {role: sorted(set(calls)
                                      - unseen.SOMETIMES.get(role, set()))
                         for role, calls in never(table, seen, start).items()
                         if calls},
                  "unseen.py: a reason for each call never seen, no other")
    else:
        tap.note("another C library or architecture than the document's: which "
                 "calls are never seen is not compared")


main(world, paths, with_keys, over_tcp, several_directories, libmilter,
     compare)
