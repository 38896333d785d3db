#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""`pratique verify` on saved messages: every altered message that a file can
hold, and what it says of a stamp and of bad use.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import alterations
import cases
import verify
from hops import Ring
from kit.tap import BUILD, main

PROGRAM = os.path.join(BUILD, "pratique")
PAIR = re.compile(r'(\w+)=("[^"]*"|\S+)')


def saved(case):
    """The file's content, or None if a file cannot hold this message."""
    head = b"".join(name + b":" + value.replace(b"\r\n", b"\n").replace(
        b"\n", b"\r\n") + b"\r\n" for name, value in case.fields)
    data = head + b"\r\n" + case.body
    plain = [(name, value.replace(b"\r\n", b"\n"))
             for name, value in case.fields]
    return data if verify.split_message(data) == (plain, case.body) else None


class Tool:
    def __init__(self, directory):
        self.directory = directory
        ring = Ring(os.path.join(directory, "keys"))
        self.keys = []
        for key in cases.KEY, cases.OTHER:
            ring.put(key.name, key.secret)
            self.keys += ["-k", os.path.join(ring.directory,
                                             f"{key.name}.key")]
        self.config = os.path.join(directory, "empty.conf")
        self.write("empty.conf", b"")

    def write(self, name, data):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def run(self, *arguments, data=b""):
        done = subprocess.run(
            [PROGRAM, "verify", "-c", self.config, *arguments], input=data,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def verify(self, *arguments, **options):
        return self.run(*self.keys, "-t", str(cases.NOW), "-d",
                        f"27091:{cases.DATABASE}", *arguments, **options)


def setup(_stack, directory):
    return Tool(directory)


def default_settings(case):
    base = cases.base()
    return (case.policy, case.client, case.now) == (
        base.policy, base.client, base.now)


def table(tap, tool):
    """The rows of the table that need no other settings"""
    wanted, files = {}, []
    for number, what, case, want in alterations.cases():
        data = saved(case)
        if data is not None and default_settings(case):
            files.append(tool.write(f"{number}.eml", data))
            wanted[files[-1]] = f"{number} {what}", want.partition(" ")[0]
    tap.ok(len(files) > 95, f"{len(files)} rows fit into files")
    status, output, errors = tool.verify(*files)
    tap.equal(status, 1, "status 1: one would be scanned", errors)
    found = {}
    for line in output.splitlines():
        pairs = dict(PAIR.findall(line))
        if line.startswith("message "):
            found[pairs["file"]] = pairs
    for path, (what, want) in wanted.items():
        got = found.get(path, {})
        reason = got.get("reason", "good").partition(":")[0]
        tap.equal((got.get("result"), reason),
                  ("skip" if want == "good" else "rescan", want), what)


def claims(tap, tool):
    """What it prints of a good and of a bad stamp"""
    data = saved(cases.base())
    path = tool.write("good.eml", data)
    status, output, errors = tool.verify(path)
    tap.equal(status, 0, "good: status 0", output, errors)
    pairs = dict(PAIR.findall(output.splitlines()[0]))
    want = {"stamp": "1", "result": "good", "k": "2024a", "f": "none",
            **{tag: str(cases.CLAIMS[tag]) for tag in "txiedgp"}}
    tap.equal({name: pairs.get(name) for name in want}, want,
              "good: all claims", output)
    tap.equal(tool.verify("-", data=data)[0], 0, "from standard input")
    text = data.replace(b"\r\n", b"\n")
    tap.equal(tool.verify("-", data=text)[0], 0, "line ends LF")
    cases.steps(cases.body(lambda body: b"  " + body), cases.restamp())(
        case := cases.base())
    for what, data in (("CR LF", saved(case)),
                       ("LF", saved(case).replace(b"\r\n", b"\n"))):
        tap.equal(tool.verify("-", data=data)[0], 0,
                  f"a body that begins with blanks, lines end in {what}")
    tap.equal(tool.run(*tool.keys, path)[0], 1, "now, years later: status 1")
    tap.has(tool.run(*tool.keys, path)[1], "reason=expiry", "expired")
    other = tool.run(*tool.keys[2:], "-t", str(cases.NOW), path)
    tap.has(other[1], "reason=unknown-key", "without its key")


def mailboxes(tap, tool):
    """A message that was taken out of a mailbox, with either line end"""
    case = cases.base()
    cases.steps(cases.body(
        lambda body: b"From here\r\n>From there\r\n" + body + b"\r\n"),
                cases.restamp())(case)
    data = saved(case)
    head, _, body = data.partition(b"\r\n\r\n")
    quoted = (head + b"\r\n\r\n" + re.sub(rb"(?m)^(>*From )", rb">\1", body)
              + b"\r\n")
    line = b"From a@example.com Tue Nov 14 22:13:20 2023"
    for what, text in (
            ("no mailbox", data),
            ("no mailbox, LF", data.replace(b"\r\n", b"\n")),
            ("all lines LF", (line + b"\r\n" + quoted).replace(
                b"\r\n", b"\n")),
            ("all lines CR LF", line + b"\r\n" + quoted),
            ("From line LF, the message CR LF", line + b"\n" + quoted),
            ("From line CR LF, the message LF",
             line + b"\r\n" + quoted.replace(b"\r\n", b"\n"))):
        status, output, _ = tool.verify("-", data=text)
        tap.equal(status, 0, f"{what}: good", output)
    status, output, _ = tool.verify("-", data=(
        line + b"\n" + quoted + b"\r\n"))
    tap.has(output, "result=rescan reason=body", "one empty line too many")


def bounds(tap, tool):
    """What the daemon does not look into is not called a skip"""
    data = saved(cases.base())
    size = len(data)
    long = b"X-Spam-Report: " + b"x" * 1024 + b"\r\n"
    for setting, want in (
            ("max_message_size = 8K", "skip"),
            ("limits { header_fields = 10000 }", "skip"),
            ("limits { header_fields = 3 }", "limits"),
            ("limits { header_size = 1K }", "limits"),
            ("limits { own_fields = 1 }", "skip")):
        path = tool.write("bounds.conf", setting.encode() + b"\n")
        status, output, errors = tool.verify("-c", path, "-",
                                             data=long + data)
        last = dict(PAIR.findall(output.splitlines()[-1]))
        tap.equal((status, last["result"], last.get("reason")),
                  (0, "skip", None) if want == "skip"
                  else (1, "unscanned", want), setting, output, errors)
    for more, want in (0, "skip"), (1, "unscanned"):
        exact = cases.base()
        cases.steps(cases.body(lambda body, n=8192 + more - size:
                               body + b"x" * n), cases.restamp())(exact)
        message = saved(exact)
        tap.equal(len(message), 8192 + more, "control: length")
        path = tool.write("bounds.conf", b"max_message_size = 8K\n")
        status, output, _ = tool.verify("-c", path, "-", data=message)
        last = dict(PAIR.findall(output.splitlines()[-1]))
        tap.equal((status, last["result"]), (0 if want == "skip" else 1, want),
                  f"max_message_size and {more} bytes")


def misuse(tap, tool):
    """Statuses from 64 up, and what is said"""
    path = tool.write("any.eml", saved(cases.base()))
    for options, said in (
            (["-a", "no-address"], '-a "no-address" is not an IP address'),
            (["-a", "192.0.2.1/32"], '-a "192.0.2.1/32"'),
            (["-a", ""], '-a ""'),
            (["-t", "yesterday"], '-t "yesterday" is not a time'),
            (["-t", "-1"], '-t "-1"'),
            (["-d", "27091"], '-d "27091" is not the number and time'),
            (["-d", "0:0"], '-d "0:0" is not the number and time')):
        status, output, errors = tool.verify(*options, path)
        tap.equal((status, output), (64, ""), f"{options}: usage")
        tap.has(errors, said, f"{options}: says {said}")
    for address in "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1":
        status, output, errors = tool.verify("-a", address, path)
        tap.equal(status, 1, f"{address}: an address", errors)
        tap.has(output, "reason=not-peer", f"{address}: of no peer")
    tap.ok(tool.verify()[0] >= 64, "no file")
    tap.ok(tool.verify(path + ".none")[0] >= 64, "a file that is not there")
    tap.ok(tool.run("-k", tool.config, path)[0] >= 64, "no key file")


main(setup, table, claims, mailboxes, bounds, misuse)
