#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The same message in other pieces is the same message: whole, byte by byte and
cut at random, as the bytes of a file and as an MTA hands it over; ordinary mail,
and the shapes that programs read in different ways.

PRATIQUE_SEED=N cuts elsewhere."""
import os
import random
import sys

import shapes
from corpus import MESSAGES
from describe import case

SEED = int(os.environ.get("PRATIQUE_SEED", "20231114"))
RANDOM = 4          # ways to cut each message
BYTES_MAX = 300000  # longer ones: not byte by byte
count = 0
failed = False


def ok(good, name, why=()):
    global count, failed
    count += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in [] if good else why:
        print("#", line)


def ways(data, rng):
    """How a message is cut: in all ways of mime-case, and next to line ends."""
    ends = [i for i, byte in enumerate(data) if byte in b"\r\n"]
    near = sorted({max(1, rng.choice(ends) + rng.randint(-1, 2))
                   for _ in range(40)} if ends else {1})
    yield ",".join(map(str, near))
    for _ in range(RANDOM):
        yield f"random:{rng.randrange(1 << 30)}"
    if len(data) <= BYTES_MAX:
        yield "bytes"


def same(name, data):
    rng = random.Random(f"{SEED} {name}")
    for manner in "file", "mta":
        whole = case(manner, "whole", data)
        wrong = [cuts for cuts in ways(data, rng)
                 if case(manner, cuts, data) != whole]
        ok(not wrong, f"{manner}: {name}", wrong)


every = {**MESSAGES, **{f"shape {s.name}": s.data for s in shapes.all()}}
for name, data in every.items():
    same(name, data)
some = MESSAGES["outlook-attachment"]
ok(case("file", "whole", some) != case("file", "whole", some[:-200]),
   "control: another message is another description")
print(f"1..{count}")
sys.exit(failed)
