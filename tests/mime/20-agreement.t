#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Ordinary mail, read by two parsers of others: Python's email, and Perl's
MIME::Parser.  The same parts, types, names and decoded contents, but for what
is listed here with the reason why it is theirs."""
import dataclasses
import sys

from corpus import MESSAGES
from describe import case, describe
from others import by_email, by_mime_parser, lf, ours

# Which parser, message, path ("*": all): why the other one says something else.
THEIRS = {
    ("email", "name-raw-utf8", "2"):
        "has U+FFFD for every 8-bit byte of a field",
    ("MIME::Parser", "footer-after-base64", "1"):
        "decodes the footer behind the padding as well, which is why this "
        "message is read again",
    ("MIME::Parser", "dsn-postfix-utf8", "*"):
        "does not know message/global (RFC 6532)",
    ("MIME::Parser", "name-2231-language", "2"):
        "forgets the charset of a parameter that has a language as well",
}
count = 0
failed = False


def ok(good, name, why=()):
    global count, failed
    count += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in [] if good else why:
        print("#", line)


def differences(mine, theirs):
    """Lines, each with the path in front."""
    for path in sorted(mine.keys() | theirs.keys()):
        one, other = mine.get(path), theirs.get(path)
        if one is None or other is None:
            yield path, f"{path}: only {'theirs' if one is None else 'ours'}"
        elif not one.agrees(other):
            yield path, f"{path}: {one} {other}"


def compare(parser, mine, theirs):
    used = set()
    for name in MESSAGES:
        found = []
        for path, line in differences(mine[name], theirs[name]):
            known = {(parser, name, path), (parser, name, "*")} & THEIRS.keys()
            used |= known
            if not known:
                found.append(line)
        ok(not found, f"{parser}: {name}", found)
    unused = [key for key in THEIRS if key[0] == parser and key not in used]
    ok(not unused, f"{parser}: each difference that is listed is there", unused)


# Each message with the line ends that the other one wants.
described = {
    "email": describe(MESSAGES),
    "MIME::Parser": {name: case("file", "whole", lf(data))
                     for name, data in MESSAGES.items()}}
for parser, read in {"email": by_email, "MIME::Parser": by_mime_parser}.items():
    theirs = read(MESSAGES)
    mine = {name: ours(d) for name, d in described[parser].items()}
    compare(parser, mine, theirs)
    wrong = dict(theirs["outlook-attachment"])
    for path, change in (("2", {"digest": "0" * 64}), ("1.1", {"type": "x/y"}),
                         ("2", {"names": frozenset([b"other.pdf"])})):
        altered = {**wrong, path: dataclasses.replace(wrong[path], **change)}
        ok([p for p, _ in differences(mine["outlook-attachment"], altered)] ==
           [path], f"{parser}: control: another {next(iter(change))} is noticed")
    del wrong["2"]
    ok(len(list(differences(mine["outlook-attachment"], wrong))) == 1,
       f"{parser}: control: a part that is missing is noticed")
print(f"1..{count}")
sys.exit(failed)
