#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The stamp's format: test vectors, the table of alterations and 10,000
mutated messages, judged by verify.py and by the C programs' own code.

PRATIQUE_SEED=N draws other mutations, PRATIQUE_MUTATIONS=N another number.
"""
import json
import os
import sys

import alterations
import borders
import cases
import driver
import verify
from differ import Differ, fuzz_cases, main_reason

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))
from kit.tap import Tap

MUTATIONS = int(os.environ.get("PRATIQUE_MUTATIONS", "10000"))
SEED = int(os.environ.get("PRATIQUE_SEED", "20231114"))
SHOWN = 10  # disagreements that are printed


def latin(text):
    return text.encode("latin-1")


def vectors():
    with open(os.path.join(HERE, "vectors.json"), encoding="ascii") as file:
        data = json.load(file)
    key = verify.Key(data["key"]["id"], bytes.fromhex(data["key"]["secret"]))
    for vector in data["vectors"]:
        fields = [(latin(name), latin(value))
                  for name, value in vector["fields"]]
        yield vector, fields, latin(vector["body"]), key, data["claims"]


def format_vectors(tap):
    """The four vectors"""
    for want, fields, body, key, claims in vectors():
        name = want["name"]
        parts = dict(zip(("B-in", "H-in", "A-in"),
                         verify.inputs(fields, body)))
        for what in ("B-in", "H-in", "A-in"):
            if what in want:
                tap.equal(parts[what].hex(), want[what], f"{name}: {what}")
        stamp = verify.make(fields, body, key, **claims)
        got = {"f": stamp["f"], "b": stamp["b"].hex(), "h": stamp["h"].hex(),
               "a": stamp["a"].hex(), "MAC": stamp["m"].hex(),
               "stamp": verify.write(stamp).decode()}
        tap.equal(got, {what: want[what] for what in got},
                  f"{name}: verify.py")
        if "record" in want:
            tap.equal(verify.record(stamp).hex(), want["record"],
                      f"{name}: record")
        tap.equal(verify.read(verify.write(stamp)), stamp,
                  f"{name}: reads what it writes")
        tap.equal(driver.digests([(fields, body, want["f"])]),
                  [(want["h"], want["a"], want["b"])], f"{name}: C, digests")
        tap.equal(driver.make([(fields, body, key, claims)]),
                  [latin(want["stamp"])], f"{name}: C, stamp")


def format_alterations(tap):
    """Every row of the table"""
    rows = list(alterations.cases())
    tap.equal(len(rows), 149, "149 rows")
    answers = driver.check(case for _, _, case, _ in rows)
    for (number, what, case, want), answer in zip(rows, answers):
        want = (want == "good", want)
        tap.equal(case.verdict(), want, f"{number} {what}: verify.py")
        tap.equal(main_reason(answer), main_reason(want),
                  f"{number} {what}: C", answer)


def format_borders(tap):
    """Every limit, reached and passed"""
    rows = list(borders.cases())
    answers = driver.check(case for _, case, _ in rows)
    for (what, case, want), answer in zip(rows, answers):
        want = (want == "good", want)
        tap.equal(case.verdict(), want, f"{what}: verify.py")
        tap.equal(main_reason(answer), main_reason(want), f"{what}: C",
                  answer)


def format_never(tap):
    """What gets no stamp at all"""
    for what, fields, why in alterations.NEVER:
        fields = cases.FIELDS + fields
        try:
            verify.make(fields, cases.BODY, cases.KEY, **cases.CLAIMS)
            got = "stamped"
        except verify.Refused as reason:
            got = str(reason)
        tap.equal(got, why, f"{what}: verify.py")
        tap.equal(driver.make([(fields, cases.BODY, cases.KEY,
                                cases.CLAIMS)]), [None], f"{what}: C")
    tap.equal(driver.make([(cases.FIELDS, cases.BODY, cases.KEY,
                            cases.CLAIMS)]),
              [verify.write(cases.base().stamp_with(cases.KEY))],
              "the base message itself: C makes the same stamp")


def format_mutated(tap):
    """Messages altered at random"""
    differ = Differ()
    differ.run(SEED, MUTATIONS)
    tap.note(f"seed {SEED}: {dict(differ.seen)}")
    tap.equal(sum(differ.seen.values()), MUTATIONS, "as many as asked for")
    tap.ok(not differ.differences,
           f"verify.py and C agree on {MUTATIONS} messages",
           f"{len(differ.differences)} differ, the first ones:",
           *differ.differences[:SHOWN])
    tap.ok(len(differ.seen) > 15, "most reasons were met", differ.seen)


def format_fuzzed(tap):
    """What the fuzzers have found worth keeping"""
    differ = Differ()
    found = list(fuzz_cases())
    differ.compare(found)
    tap.note(dict(differ.seen))
    tap.ok(len(found) > 10, f"there are {len(found)} inputs")
    tap.equal(differ.differences, [], "verify.py and C agree on them")


def main():
    tap = Tap()
    for group in (format_vectors, format_alterations, format_borders,
                  format_never, format_mutated, format_fuzzed):
        tap.run(group)
    sys.exit(tap.done())


main()
