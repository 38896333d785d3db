#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The yardstick itself: the second reader, against what was measured with 29
mail programs, and against what each shape says of itself."""
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import reference
import shapes
from kit.tap import Tap
from shape import EICAR, wire
from strict import strict


def path_of(data):
    """Where the strict reading has the file; "*": more stands around it."""
    leaves = strict(data)
    whole = [leaf.path for leaf in leaves if leaf.content == EICAR]
    return (whole + [leaf.path + "*" for leaf in leaves
                     if EICAR in leaf.content] + [None])[0]


def expected(shape):
    return shape.strict and shape.strict + "*" * shape.inside


def table(tap):
    """What was measured"""
    every = shapes.all()
    rows = [s.row for s in every if s.row]
    tap.equal(rows, list(range(1, 186)), "every row of the table is there")
    tap.equal(len({s.name for s in every}), len(every), "names are unique")
    tap.ok(len(every) - len(rows) >= 150, "and others beside them")


def strictly(tap):
    """The strict reading"""
    tap.equal([(s.name, path_of(s.data), expected(s)) for s in shapes.all()
               if path_of(s.data) != expected(s)], [],
              "it has the file where each shape says")


def in_every_way(tap):
    """The union"""
    found = {s.name: reference.finds(s.data, EICAR) for s in shapes.all()}
    tap.equal([s.name for s in shapes.all() if s.programs
               and not found[s.name]], [],
              "it finds the file wherever a program does")
    tap.ok(not found["cte-missing"], "and not where none does")
    cut = [s.name for s in shapes.all() if found[s.name]
           and not reference.finds(s.data, EICAR, long_ends=False)]
    tap.equal(cut, [], "pieces that reach to the end find no more of them")
    harmless = wire("From: a@example.net\nSubject: x\n\nHello.\n")
    tap.equal([c for _, _, c in reference.union(harmless)
               if c.startswith(EICAR)], [], "nor in other mail")


def main():
    tap = Tap()
    for group in table, strictly, in_every_way:
        tap.run(group)
    sys.exit(tap.done())


main()
