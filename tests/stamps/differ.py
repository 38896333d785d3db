#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Looks for messages on which verify.py and the C programs disagree: in their
verdict on the stamps, or in the stamp that they would make.

    differ.py SECONDS [SEED]

draws mutated messages until the time is over, seed after seed, prints those on
which they differ, and exits 1 if there are any.  It is the fuzzer's companion
for what needs a second reading rather than a crash.
"""
import collections
import os
import sys
import time

import cases
import driver
import mutate
import verify

BATCH = 500  # cases in one run of the driver
# As in fuzz/digest.c.
FUZZ_FIELDS = 64
FUZZ_BODY = 255
FUZZ_NAMES = (b"", b"Received", b"X-Spam-Flag", b"To", b"FROM", b"Subject",
              b"Date", b"date", b"Message-ID", b"X-Scan-Stamp",
              b"Content-Type", b"X-Site-A")


def main_reason(verdict):
    """Without what it is that cannot be digested: the two programs have
    words of their own for that."""
    return verdict[0], verdict[1].partition(" ")[0].partition(":")[0]


def own_stamp(case):
    """What verify.py makes of the message, as make() is asked of C."""
    try:
        return verify.write(case.stamp_with(cases.KEY))
    except verify.Refused:
        return None


def _corpus(target):
    directory = os.path.join(driver.SOURCE, "fuzz/corpus", target)
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name), "rb") as file:
            yield file.read()


def _take(data):
    """Bytes behind their length, and what follows, as fuzz_bytes() does."""
    if not data:
        return b"", b""
    return data[1:1 + data[0]], data[1 + data[0]:]


def _fields(data):
    """A message out of an input of fuzz/digest.c."""
    fields = []
    while data and len(fields) < FUZZ_FIELDS:
        number, data = data[0], data[1:]
        if number == FUZZ_BODY:
            break
        name = FUZZ_NAMES[number % len(FUZZ_NAMES)]
        if not name:
            name, data = _take(data)
        value, data = _take(data)
        fields.append((name, value))
    return fields, data


def fuzz_cases():
    """The corpora of the fuzz targets "stamp", a stamp's text, and "digest",
    a message, as cases."""
    for text in _corpus("stamp"):
        case = cases.base()
        case.fields[0] = case.fields[0][0], text
        yield case
    for data in _corpus("digest"):
        case = cases.base()
        case.fields[1:], case.body = _fields(data)
        yield case


class Differ:
    """seen: how often each verdict came; differences: texts."""

    def __init__(self):
        self.seen = collections.Counter()
        self.differences = []

    def compare(self, batch):
        verdicts = driver.check(batch)
        stamps = driver.make([(case.bare(), case.body, cases.KEY,
                               cases.CLAIMS) for case in batch])
        for case, verdict, stamp in zip(batch, verdicts, stamps, strict=True):
            own = main_reason(case.verdict())
            self.seen[own[1]] += 1
            if own != main_reason(verdict) or own_stamp(case) != stamp:
                self.differences.append(f"verify.py {own}, C {verdict}, "
                                        f"C's stamp {stamp}: {case}")

    def run(self, seed, number):
        """Compares that many messages of a seed."""
        batch = []
        for case in mutate.mutated(seed, number):
            batch.append(case)
            if len(batch) == BATCH:
                self.compare(batch)
                batch = []
        if batch:
            self.compare(batch)


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("usage: differ.py SECONDS [SEED]")
    end = time.monotonic() + float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) == 3 else time.time_ns()
    differ = Differ()
    while time.monotonic() < end:
        differ.run(seed, BATCH)
        for difference in differ.differences:
            print(f"seed {seed}: {difference}")
        if differ.differences:
            sys.exit(1)
        seed += 1
    print(f"{sum(differ.seen.values())} messages up to seed {seed}, "
          f"no difference: {dict(differ.seen)}")


if __name__ == "__main__":
    main()
