#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The shapes, and combinations of two tricks, given to the MIME reader and to
the readings: what they find is held against what each shape says of itself,
and against the second reader.

PRATIQUE_SEED=N draws other combinations, PRATIQUE_COMBINATIONS=N another
number of them.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import reference
import shapes
from kit.tap import BUILD, Tap
from shape import EICAR, EICAR_SHA256
from strict import strict

PROGRAM = os.path.join(BUILD, "shape-case")
COMBINATIONS = int(os.environ.get("PRATIQUE_COMBINATIONS", "600"))
SEED = int(os.environ.get("PRATIQUE_SEED", "20231114"))
HEAD = EICAR.hex()
AT_ONCE = 200  # files on one command line


class Result:
    """What the C code says of one message."""

    def __init__(self, text):
        said = json.loads(text)
        self.parts = said["parts"]
        self.objects = said["objects"]
        self.end, self.limited = said["end"], said["limited"]
        self.found = set(said["found"])

    def leaves(self):
        return {p["path"]: p["sha256"] for p in self.parts
                if p["leaf"] and not p["file"]}

    def names(self):
        return {bytes.fromhex(name).decode("utf-8", "replace")
                for p in self.parts for name in p["names"]}

    def held(self):
        """A limit keeps the message from being clean."""
        return self.limited or self.end == "limit"

    def paths(self):
        """Where the strict reading has the file."""
        return [p["path"] for p in self.parts
                if p["sha256"] == EICAR_SHA256 and p["leaf"]
                and not p["file"]]

    def hands_over(self):
        """Is the file an object of its own?"""
        return any(o["head"] == HEAD for o in self.objects)

    def sees(self):
        return self.hands_over() or any(p["head"] == HEAD for p in self.parts)


def run(every, *options):
    """{name: Result} of shapes."""
    results = {}
    every = list(every)
    with tempfile.TemporaryDirectory() as directory:
        for number, shape in enumerate(every):
            with open(f"{directory}/{number}", "wb") as out:
                out.write(shape.data)
        for i in range(0, len(every), AT_ONCE):
            some = every[i:i + AT_ONCE]
            done = subprocess.run(
                [PROGRAM, *options, *(str(i + j) for j in range(len(some)))],
                cwd=directory, stdout=subprocess.PIPE, check=True)
            lines = done.stdout.decode("latin-1").splitlines()
            results.update((s.name, Result(line))
                           for s, line in zip(some, lines, strict=True))
    return results


def strictly(tap, got):
    """The strict reading of each shape"""
    wrong = []
    for s in shapes.all():
        result = got[s.name]
        if s.inside:
            leaf, = [x for x in strict(s.data) if x.path == s.strict]
            if result.leaves().get(s.strict) != leaf.digest():
                wrong.append((s.name, result.leaves(), s.strict))
        elif result.paths() != [s.strict] * bool(s.strict) and not (
                s.limit and result.held()):
            wrong.append((s.name, result.paths(), s.strict))
    tap.equal(wrong, [], "has the file where the table says")


def reported(tap, got):
    """Anomalies"""
    tap.equal([(s.name, *sorted(set(s.reported) - got[s.name].found))
               for s in shapes.all() if set(s.reported) - got[s.name].found],
              [], "those that must be are reported")
    tap.equal([(s.name, sorted(got[s.name].found)) for s in shapes.all()
               if s.name.startswith("ok-") and got[s.name].found], [],
              "none in ordinary mail")
    signed = "str-signed-first", "str-signed-attachment"
    tap.equal([got[name].end for name in signed], ["none"] * 2,
              "no reading of what is only signed")


def names(tap, got):
    """Spellings of the attachment's name"""
    tap.equal([(s.name, sorted(set(s.names) - got[s.name].names()),
                sorted(got[s.name].names())) for s in shapes.all()
               if set(s.names) - got[s.name].names()], [],
              "those that some program shows are among them")


def leaves(tap, got):
    """Each leaf, against the second reader"""
    wrong = []
    for s in shapes.all():
        wanted = {leaf.path: leaf.digest() for leaf in strict(s.data)}
        if got[s.name].leaves() != wanted and not got[s.name].limited:
            wrong.append((s.name, difference(got[s.name].leaves(), wanted)))
    tap.equal(wrong, [], "path and digest agree")


def difference(got, wanted):
    return {path: (got.get(path, "-")[:8], wanted.get(path, "-")[:8])
            for path in sorted(got.keys() | wanted.keys())
            if got.get(path) != wanted.get(path)}


def evasions(every, got):
    """Those in which some program finds the file, and we neither hand it over
    nor hold the message.  Where the strict reading has it, that is enough here:
    what clamd makes of these is 60-mta.t's business."""
    return [s.name for s in every if s.programs != 0 and not s.beyond
            and reference.finds(s.data, EICAR, long_ends=False)
            and not got[s.name].sees() and not got[s.name].held()
            and not within(s, got[s.name])]


def within(shape, result):
    """Does more stand around it in a leaf that the strict reading has?"""
    digests = set(result.leaves().values())
    return any(EICAR in leaf.content and leaf.digest() in digests
               for leaf in strict(shape.data))


def readings(tap, got):
    """Every reading"""
    every = shapes.all()
    tap.equal(evasions(every, got), [],
              "finds the file wherever a program does")
    tap.equal([s.name for s in every if s.clamd is False and s.programs
               and not got[s.name].hands_over() and not got[s.name].held()],
              [], "hands it over where clamd is blind")
    control = [s for s in every if s.name == "cte-missing"]
    tap.ok(not got["cte-missing"].sees() and not evasions(control, got),
           "not where no program does")


def pieces(tap, got):
    """The same, in pieces"""
    some = [s for s in shapes.all() if len(s.data) < 100000]
    for size in "1", "7", "64":
        other = run(some, "-n", size)
        tap.equal([s.name for s in some if vars(other[s.name])
                   != vars(got[s.name])], [],
                  f"pieces of {size}: no difference")


def combinations(tap, _got):
    """Two tricks at once"""
    every = list(shapes.combined(SEED, COMBINATIONS))
    got = run(every)
    tap.equal(evasions(every, got), [], f"{len(every)}, none evades")
    wrong = [(s.name, difference(got[s.name].leaves(), {
        leaf.path: leaf.digest() for leaf in strict(s.data)}))
        for s in every if not got[s.name].limited]
    tap.equal([w for w in wrong if w[1]], [],
              "path and digest of leaves agree")


def main():
    tap = Tap()
    got = run(shapes.all())
    for group in (strictly, reported, names, leaves, readings, pieces,
                  combinations):
        tap.run(group, got)
    sys.exit(tap.done())


main()
