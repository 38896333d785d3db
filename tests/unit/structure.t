#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The house: what may include what, and names that mean one thing.

A unit is a header and the file of the same name beside it.  No circle of
units, none of folders; no two files of one name; no two types of one tag.
Each rule is first seen to fail on a tree in which it is broken."""
import collections
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRODUCT = ("cli", "config", "keys", "lib", "libmilter", "parser", "privsep",
           "sandbox", "scanner")
OTHERS = ("bench", "fuzz/kit", "tests")
# One type that each engine has its own of: session.h declares it, the linker
# chooses.
PER_ENGINE = {"session_edits"}
# Files of others that comments name.
FOREIGN = {"clamd/session.c", "cmocka.h", "linux/landlock.h", "mfapi.h",
           "mfdef.h", "server-th.c", "thrmgr.c"}


def texts(folders):
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
            for folder in folders
            for path in sorted((ROOT / folder).rglob("*.[ch]"))}


def unit(path):
    return path.rsplit(".", 1)[0]


def includes(files):
    """Who includes whom: units, and folders."""
    units, folders = collections.defaultdict(set), collections.defaultdict(set)
    for path, text in files.items():
        for other in re.findall(r'^#include "(.*)"', text, re.MULTILINE):
            if unit(other) != unit(path):
                units[unit(path)].add(unit(other))
            if os.path.dirname(other) != os.path.dirname(path):
                folders[os.path.dirname(path)].add(os.path.dirname(other))
    return units, folders


def circles(graph):
    """Sets of nodes that reach each other, by what each reaches."""
    def reached(start):
        seen, todo = set(), [start]
        while todo:
            for node in graph.get(todo.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    todo.append(node)
        return seen
    reach = {node: reached(node) for node in graph}
    return sorted({tuple(sorted(x for x in reach[node]
                                if node in reach.get(x, ())))
                   for node in graph if node in reach[node]})


def doubled(pairs):
    """Names that stand for more than one thing."""
    found = collections.defaultdict(set)
    for name, thing in pairs:
        found[name].add(thing)
    return {name: sorted(things) for name, things in found.items()
            if len(things) > 1}


def names(files):
    return doubled((os.path.basename(unit(path)), unit(path))
                   for path in files)


def tags(files):
    return doubled(
        (name, path) for path, text in files.items() for name in re.findall(
            r"^(?:static )?(?:const )?(?:struct|enum|union) (\w+) \{", text,
            re.MULTILINE) if name not in PER_ENGINE)


def stale(files):
    """Files that a comment names and nobody has."""
    tails = {"/".join(path.split("/")[i:]) for path in files
             for i in range(path.count("/") + 1)}
    return sorted({(path, name) for path, text in files.items()
                   for comment in re.findall(r"/\*.*?\*/", text, re.DOTALL)
                   for name in re.findall(
                       r"(?<![\w/.])((?:[a-z_-]+/)*[a-z_-]+\.[ch])\b",
                       comment) if name not in tails | FOREIGN})


def main():
    product = texts(PRODUCT)
    every = {**product, **texts(OTHERS)}
    commented = {**every, **texts(["fuzz"])}
    gone = {**commented, "lib/span.h": "/* See parser/host.h. */"}
    units, folders = includes(product)
    broken = {**product, "lib/span.h": product["lib/span.h"] +
              '#include "parser/mail/session.h"\n'}
    two = includes(broken)
    more = {**every, "lib/session.c": "struct span {\n};\n"}
    wire = sorted(x for x in units if x.startswith("parser/mail/")
                  for y in units[x] if y.startswith("parser/milter/"))
    checks = [
        ("control: a circle of files is found", circles(two[0]) and
         circles(two[0]) != circles(units), circles(two[0])),
        ("no circle of files", not circles(units), circles(units)),
        ("control: a circle of folders is found", circles(two[1]),
         circles(two[1])),
        ("no circle of folders", not circles(folders), circles(folders)),
        ("what a message is knows no wire", not wire, wire),
        ("control: a second file of one name is found",
         names(more).keys() - names(every).keys(), names(more)),
        ("no two files of one name", not names(every), names(every)),
        ("control: a second type of one tag is found",
         tags(more).keys() - tags(product).keys(), tags(more)),
        ("no two types of one tag", not tags(product), tags(product)),
        ("control: a comment that names no file is found",
         len(stale(gone)) == len(stale(commented)) + 1, stale(gone)),
        ("comments name files that are there", not stale(commented),
         stale(commented)),
    ]
    for number, (name, good, why) in enumerate(checks, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print("#", why)
    print(f"1..{len(checks)}")
    return 0 if all(good for _, good, _ in checks) else 1


sys.exit(main())
