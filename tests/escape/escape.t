#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Tries to get out of a session, of a scanner, and of the one process of
engine = "libmilter", one attempt per process (table.c, machine_*.c).  Under
all layers the system call filter must end each with the call that was meant
to; without that filter the other layers are seen.  docs/escape.md must say
what was found.  Each attempt is tried without any layer first: one that a
signal ends there cannot be tried on this machine.

    escape.t --write    tries every attempt with every set of layers, and
                        writes docs/escape.md
"""
import concurrent.futures
import os
import signal
import sys

import prison
from kit import machine
from kit.pace import factor
from kit.tap import SOURCE, Tap, scratch

DOCUMENT = os.path.join(SOURCE, "docs/escape.md")
ROLES = ["session", "scanner", "libmilter"]
CHECKED = ["all", "no seccomp"]
LEAST = 120  # attempts that must be made
# What the other layers must stop on any kernel that has them, so that it is
# noticed if one is not there: role, attempt.
WITHOUT_FILTER = [
    ("session", "map writable and executable"),  # MDWE
    ("scanner", "map writable and executable"),
    ("session", "write, then make executable"),
    ("scanner", "connect to a TCP port of this host"),  # Landlock, network
    ("scanner", "signal to the monitor"),  # Landlock's scope
    ("scanner", "open /etc/passwd"),  # root directory, Landlock
    ("scanner", "open the root directory"),  # Landlock
    ("libmilter", "map writable and executable"),
    ("libmilter", "connect to a TCP port of this host"),
    ("libmilter", "signal to the monitor"),
    ("libmilter", "open /etc/passwd"),
    ("libmilter", "open the root directory"),
    ("libmilter", "become root"),
    ("libmilter", "all capabilities"),
    ("session", "open /etc/passwd"),
    ("session", "fork"),  # limits
    ("session", "copy one"),
    ("session", "become root"),  # ids
    ("scanner", "become root"),
    ("session", "all capabilities"),  # capabilities
    ("session", "a mount namespace"),
]
# Of these one is enough; where the machine has none, nobody refuses it.
NEEDS = {
    "map writable and executable": ["mdwe"],
    "write, then make executable": ["mdwe"],
    "connect to a TCP port of this host": ["network", "landlock for TCP"],
    "open the root directory": ["landlock"],
}
SECONDS_MAX = 500  # times the factor of the machine

HEAD = """\
# Attempts to get out

Made by `make evidence` (tests/escape/escape.t --write); do not edit.

Each row was tried by a process of its own, started by the real monitor in the
real listener's or monitor's way, at the place where a session reads milter
packets, a scanner reads records of mail, and the process of the other engine
hands a connection over to libmilter. The columns are sets of layers:
`all` as in the running daemon, `no seccomp` all but the system call filters
(the monitor's too), then single layers, then none (root's own process; the
control that an attempt is a real one).

* **killed**: by the filter, at the call that stands in the row.
* **fault**: the processor's, because memory is protected, or because the
  machine does not know what is asked (in all columns).
* an error's name: refused.
* **done**, **willing**: not stopped. *willing* is an error that the kernel
  gives only after it has allowed the call; nothing was at stake because the
  attempt asked for nothing that exists.

Single layers are seen on top of nothing: `landlock` is a process of root's
that has all capabilities and only Landlock. So what one layer alone does not
stop may be stopped by two.

"""


def cell(result):
    return f"**{result.word}**" if result.word in ("done",) else result.word


def judge(tap, role, attempt, result):
    """One attempt under all layers."""
    name = f"{role}: {attempt.family}: {attempt.what}"
    want = attempt.expected(role)
    if attempt.control:
        return tap.elsewhere(name, attempt.control)
    if want is None:
        return tap.ok(result.word not in (prison.KILLED, "fault"),
                      f"{name}: is allowed", vars(result))
    word, call = want
    # libmilter's table allows the first steps of some.
    meant = result.calls if role == "libmilter" else result.calls[-1:]
    return tap.ok(result.word == word and call in (None, *meant),
                  f"{name}: {word}", vars(result), f"call wanted: {call}")


def column(directory, role, name, rows):
    """All attempts with one set of layers: {number: Result}."""
    cell_block = prison.Prison(
        os.path.join(directory, role), prison.COLUMNS[name],
        engine="libmilter" if role == "libmilter" else "native")
    try:
        return {attempt.number: cell_block.run(role, attempt)
                for attempt in rows}
    finally:
        cell_block.stop()


def columns(directory, names, rows):
    """{role: {set of layers: {number: Result}}}.  The roles have daemons of
    their own and wait most of the time: beside each other, where nothing of
    what they try for is done."""
    def of_role(role):
        return {name: column(directory, role, name, rows) for name in CHECKED}

    with prison.place(), \
            concurrent.futures.ThreadPoolExecutor(len(ROLES)) as pool:
        found = dict(zip(ROLES, pool.map(of_role, ROLES)))
    for role in ROLES:
        for name in names:
            if name not in CHECKED:
                with prison.place():
                    found[role][name] = column(directory, role, name, rows)
    return found


def escapes(rows, role, found):
    return [a.what for a in rows if a.expected(role) is not None
            and not a.control
            and found[a.number].word not in (prison.KILLED, "fault")]


def stopped(rows, found):
    return sum(r.word not in ("done",) and not r.word.startswith("willing")
               for r in found.values())


def table(rows, role, columns):
    """The role's chapter of docs/escape.md."""
    names = list(columns)
    out = [f"## {role}\n"]
    out.append(f"{len(rows)} attempts, {len(escapes(rows, role, columns['all']))}"
               " escapes. Stopped, by set of layers: " + ", ".join(
                   f"{n} {stopped(rows, columns[n])}" for n in names) + ".\n")
    out.append("| | attempt | call | " + " | ".join(names) + " |")
    out.append("|" + "---|" * (len(names) + 3))
    for a in rows:
        cells = [cell(columns[n][a.number]) for n in names]
        out.append(f"| {a.family} | {a.what} | {a.call_text()} | "
                   + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def kernel():
    at = os.uname()
    return f"Kernel {at.release}, {at.machine}.\n\n"


def paper_cells(text, role):
    """The first columns of a role's rows, as the document has them."""
    chapter = text.partition(f"## {role}\n")[2].partition("\n## ")[0]
    return [[part.strip().strip("*") for part in line.split("|")[1:-1]]
            for line in chapter.splitlines() if line.startswith("| ")][1:]


def comparable(attempt, role, row, same_kernel):
    """How many cells of the document's row are the same on this machine: none of
    what could not be tried here, or where the document was made (the last column
    is without any layer); another kernel may refuse what is allowed with
    another error."""
    there = row[-1:] != ["fault"] or attempt.flags & prison.FAULTS
    if attempt.control or not there:
        return 0
    if same_kernel:
        return len(CHECKED)
    return int(attempt.expected(role) is not None)


def compare(tap, rows, found):
    """docs/escape.md says what was found"""
    with open(DOCUMENT, encoding="utf-8") as document:
        text = document.read()
    same_kernel = kernel() in text and machine.complete()
    if not same_kernel:
        tap.note("another kernel, or one with less: only what all layers stop is compared")
    for role in ROLES:
        paper_rows = paper_cells(text, role)
        tap.equal([row[:3] for row in paper_rows],
                  [[a.family, a.what, a.call_text()] for a in rows],
                  f"docs/escape.md, {role}: attempts")
        odd, count = [], 0
        for a, row in zip(rows, paper_rows):
            cells = comparable(a, role, row, same_kernel)
            words = [found[role][n][a.number].word for n in CHECKED[:cells]]
            count += cells
            if row[3:3 + cells] != words:
                odd.append((row[:3 + cells], words))
        tap.ok(not odd and count > len(rows) / 2,
               f"docs/escape.md, {role}: what came of them", *odd[:10], count)


def judge_all(tap, rows, found):
    real = [a for a in rows if a.family != "control"]
    tap.ok(len(real) >= LEAST, f"{len(real)} attempts")
    for role in ROLES:
        tap.equal(escapes(rows, role, found[role]["all"]), [],
                  f"{role}: 0 escapes")
        by_what = {a.what: found[role]["no seccomp"][a.number] for a in rows}
        for what in (w for r, w in WITHOUT_FILTER if r == role):
            word = by_what[what].word
            if lack := machine.none_of(NEEDS.get(what, [])):
                tap.elsewhere(f"{role}: {what}: refused without the filter "
                              "too", lack)
                continue
            tap.ok(word != "done" and not word.startswith("willing"),
                   f"{role}: {what}: refused without the filter too", word)
        # Without the filter most must still be refused: the other layers.
        tap.ok(stopped(rows, found[role]["no seccomp"]) > len(rows) / 3,
               f"{role}: the other layers stop "
               f"{stopped(rows, found[role]['no seccomp'])} by themselves")


def main():
    if os.geteuid() != 0:
        sys.exit("must be run as root")
    write = sys.argv[1:] == ["--write"]
    signal.alarm(int(SECONDS_MAX * factor() * (5 if write else 1)))
    tap, rows = Tap(), prison.attempts()
    names = list(prison.COLUMNS) if write else CHECKED
    with scratch() as directory:
        found = columns(directory, names, rows)
    for role in ROLES:
        for attempt in rows:
            judge(tap, role, attempt, found[role]["all"][attempt.number])
    judge_all(tap, rows, found)
    if write:
        with open(DOCUMENT, "w", encoding="utf-8") as document:
            document.write(HEAD + kernel() + "\n".join(
                table(rows, role, found[role]) for role in ROLES))
    tap.run(compare, rows, found)
    sys.exit(tap.done())


main()
