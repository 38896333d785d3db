#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Ordinary mail, each message as it was described when somebody looked at it
(corpus.golden); none of it ambiguous or limited but those that say why.

    10-corpus.t --write     writes corpus.golden anew: read what has changed
"""
import os
import re
import sys

from corpus import AGAIN, MESSAGES
from describe import canonical, describe

GOLDEN = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                      "corpus.golden")
count = 0
failed = False


def ok(good, name, why=()):
    global count, failed
    count += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in [] if good else why:
        print("#", line)


def read_golden():
    with open(GOLDEN, encoding="utf-8") as file:
        sections = re.split(r"^== (.*)\n", file.read(), flags=re.MULTILINE)
    return {name: body.splitlines()
            for name, body in zip(sections[1::2], sections[2::2])}


def difference(got, wanted):
    return ([f"- {line}" for line in wanted if line not in got] +
            [f"+ {line}" for line in got if line not in wanted])


found = describe(MESSAGES)
lines = {name: canonical(description) for name, description in found.items()}
if sys.argv[1:] == ["--write"]:
    with open(GOLDEN, "w", encoding="utf-8") as out:
        for name in sorted(lines):
            out.write("\n".join([f"== {name}", *lines[name], ""]))
    sys.exit(0)

golden = read_golden()
ok(len(MESSAGES) >= 150, "there are enough messages")
ok(golden.keys() == lines.keys(), "each has a description",
   sorted(golden.keys() ^ lines.keys()))
for name, got in lines.items():
    wanted = golden.get(name, [])
    ok(got == wanted, name, difference(got, wanted))
again = {name for name, d in found.items() if d["ambiguous"] or d["limited"]}
ok(again == AGAIN.keys(), "no other is read again than those that say why",
   sorted(again ^ AGAIN.keys()))
ok(not any(d["limited"] for d in found.values()), "none is limited")

altered = describe({"altered": MESSAGES["gmail-attachment"].replace(
    b"UEsD", b"UEsE", 1)})
ok(canonical(altered["altered"]) != golden.get("gmail-attachment"),
   "control: another byte in an attachment is noticed")
print(f"1..{count}")
sys.exit(failed)
