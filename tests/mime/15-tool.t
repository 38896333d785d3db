#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""`pratique mime` as a command: what it answers to good and bad use, what it
escapes, and what the process that reads a message may ask of the kernel."""
import json
import os
import re
import subprocess
import sys
import tempfile

import shapes
from corpus import MESSAGES
from describe import PROGRAM, SOURCE

count = 0
failed = False


def ok(good, name, why=()):
    global count, failed
    count += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in [] if good else why:
        print("#", repr(line))


def run(*arguments, data=b""):
    done = subprocess.run([PROGRAM, "mime", *arguments], input=data,
                          capture_output=True, check=False)
    return done.returncode, done.stdout.decode("ascii"), done.stderr.decode()


def says(name, got, status, pattern):
    """pattern: somewhere in both outputs."""
    ok(got[0] == status and re.search(pattern, got[1] + got[2]), name, got)


plain = MESSAGES["gmail-attachment"]
shape = shapes.by_name()["b64-eq-group"].data
says("unambiguous", run("-", data=plain), 0, r"^-: unambiguous\n")
says("ambiguous", run("-", data=shape), 1, r"(?s)ambiguous\n.*readings: done\n")
says("EICAR is among the readings", run("-", data=shape), 1, r"\b275a021bbfb6489e")
says("a limit", run("-", data=shapes.by_name()["str-deep120"].data), 1,
     "limited\n")
says("an empty message", run("-"), 0, "unambiguous")
says("no file", run(), 64, "usage: pratique mime")
says("an unknown option", run("--yes", "-"), 64, "usage: pratique mime")
says("a file that is not there", run("/nonexistent"), 66,
     "cannot read /nonexistent: No such file")
says("a directory", run("/"), 66, "cannot read /: Is a directory")
says("a result that cannot be written", (subprocess.run(
    [PROGRAM, "mime", "-"], input=plain, stdout=open("/dev/full", "wb"),
    check=False).returncode, "", ""), 74, "")
status, out, _ = run("--json", "-", "/nonexistent", data=plain)
ok(status == 66 and len(out.splitlines()) == 1,
   "the others are described all the same", [status, out])
says("words", run("--list"), 0, r"\nanomaly reading boundary-conflict two ")

# What is from outside.
hostile = (b'Content-Type: application/x; name="\x1b[2J\xff\\"x\x07.exe"\r\n\r\n'
           b"x\r\n")
for form in (), ("--json",):
    status, out, _ = run(*form, "-", data=hostile)
    ok(re.search(r'"\\u001b\[2J\\u00ff\\"x\\u0007\.exe"', out) and
       not re.search("[^\n -~]", out), f"controls are escaped {form}", [out])

# The same message on disk in other forms.
unix = plain.replace(b"\r\n", b"\n")
ok(run("-", data=unix) == run("-", data=plain), "LF or CR LF: the same")
ok(run("-", data=b"From a@b Tue Nov 14 12:00:00 2023\n" + unix + b"\n") ==
   run("-", data=plain), "from a mailbox: the same")

# The manual has every key.
with open(f"{SOURCE}/man/pratique-mime.8", encoding="ascii") as file:
    manual = set(re.findall(r"[a-z_0-9]+", file.read()))


def keys(value):
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set()


found = keys(json.loads(run("--json", "-", data=shape)[1]))
ok(len(found) > 20 and found <= manual, "every key is in the manual",
   found - manual)


def calls():
    """Of the process that reads, before and after its filter."""
    with tempfile.TemporaryDirectory(prefix="prtq") as directory:
        subprocess.run(["strace", "-ff", "-o", f"{directory}/x", PROGRAM, "mime",
                        "-"], input=shape, stdout=subprocess.DEVNULL,
                       check=False)
        for name in os.listdir(directory):
            with open(f"{directory}/{name}", encoding="utf-8",
                      errors="replace") as trace:
                text = trace.read()
            before, mark, after = text.partition("seccomp(SECCOMP_SET_MODE_"
                                                 "FILTER, 0, {")
            if mark:
                return [set(re.findall(r"^(\w+)\(", part, re.MULTILINE))
                        for part in (before, after)]
    return set(), set()


before, after = calls()
ok({"read", "prctl", "mmap"} <= before, "control: it reads before its filter",
   before)
ok(after == {"write", "exit_group"}, "it only writes and ends behind it", after)
print(f"1..{count}")
sys.exit(failed)
