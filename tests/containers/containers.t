#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What the real clamd says to content that exceeds one of its limits: the
tables of docs/containers.md, measured.  Only the rows that matter most, with
MaxFileSize and MaxScanSize.

    containers.t --all      measures and compares all of them
    containers.t --write    writes them into docs/containers.md
"""
import contextlib
import os
import re
import sys
import tempfile

import measure as m

from kit.tap import SOURCE, Tap

DOCUMENT = os.path.join(SOURCE, "docs/containers.md")
PLACE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)


@contextlib.contextmanager
def clamds(limits):
    """By limit, and one, "", that none of the samples exceeds."""
    with contextlib.ExitStack() as stack:
        at = stack.enter_context(tempfile.TemporaryDirectory())
        os.chmod(at, 0o755)
        yield {name: stack.enter_context(m.Asked(
            os.path.join(at, name or "wide"),
            {**m.WIDE, **({name: value} if name else {})}))
            for name, value in {"": 0, **limits}.items()}


def cell(asked, limit, content):
    if m.word(m.says(asked[""], content)) != "found":
        return "–"
    return m.word(m.says(asked[limit], content))


def measure_kinds(kinds, limits):
    table = {}
    with clamds(limits) as asked:
        for kind in kinds:
            make = m.KINDS[kind]
            small = m.word(m.says(asked[""], m.message(m.small(make))))
            row = ["yes" if small == "found" else "**no**"]
            for limit in limits:
                if limit == "MaxFiles" and kind in m.SINGLE:
                    row.append("–")
                    continue
                row.append(cell(asked, limit,
                                m.message(m.sample(make, limit))))
            table[kind] = row
    return table


def measure_smaller():
    table = {}
    values = {name: row[0] for name, row in m.SMALLER.items()}
    with clamds(values) as asked:
        for name, (value, above, below) in m.SMALLER.items():
            assert m.word(m.says(asked[name], m.message(below))) == "found", (
                name, m.says(asked[name], m.message(below)))
            table[name] = [str(value),
                           cell(asked, name, m.message(above))]
    return table


def render(head, table):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, row in table.items():
        row = ["**silent**" if word == "silent" else word for word in row]
        lines.append("| " + " | ".join([name] + row) + " |")
    return "\n".join(lines) + "\n"


def document():
    with open(DOCUMENT, encoding="utf-8") as file:
        return file.read()


def written():
    """The rows of the document: name to cells."""
    return {cells[0]: [c.replace("**silent**", "silent") for c in cells[1:]]
            for cells in (
                [c.strip() for c in line.strip("|\n").split("|")]
                for line in document().splitlines() if line.startswith("| "))}


def write():
    tables = {
        "kinds": render(["in a mail", "unpacked"] + list(m.LIMITS),
                        measure_kinds(m.KINDS, m.LIMITS)),
        "smaller": render(["limit", "value", "above it"], measure_smaller()),
    }
    text = PLACE.sub(lambda p: p[1] + tables[p[2]] + p[3], document())
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(text)


def compare(tap, table, columns):
    rows = written()
    for name, row in table.items():
        tap.equal(row, rows.get(name, [])[:columns], f"{name}: as written")


def main():
    if sys.argv[1:] == ["--write"]:
        write()
        return 0
    tap = Tap()
    every = sys.argv[1:] == ["--all"]
    limits = dict(list(m.LIMITS.items())[:None if every else 2])
    compare(tap, measure_kinds(m.KINDS if every else m.SHORT, limits),
            1 + len(limits))
    if every:
        compare(tap, measure_smaller(), 2)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


sys.exit(main())
