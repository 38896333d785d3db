#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Stamps at the border: those of strangers are worth nothing and are taken
out, and none leaves the site.  With Postfix and with Sendmail, which count
header fields differently.
"""
import contextlib
import os
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import corpus
import verify
from hops import DAILY, Chain
from kit import smtp
from kit.postfix import Postfix
from kit.sendmail import Sendmail
from kit.tap import main
from kit.world import sender_of

TEXT = corpus.plain()
MTAS = (Postfix, Sendmail)


def setup(_stack, directory):
    return directory


def stamps(mail):
    return [value.encode("latin-1") for value in mail.values("X-Scan-Stamp")]


@contextlib.contextmanager
def chain_of(directory, name, *mtas, prepare=None):
    with contextlib.ExitStack() as stack:
        yield Chain(stack, os.path.join(directory, name), *mtas,
                    prepare=prepare)


def good_stamp(chain, text):
    """What hop1 itself would put on, so that only the client is wrong."""
    now = int(time.time())
    stamp = verify.make(
        *verify.split_message(text.encode("latin-1")),
        verify.Key("hop1", chain.first.secret), t=now, x=now + 3600,
        i="0123456789abcdef", e="x", d=DAILY, g=chain.made, p="std")
    return verify.write(stamp).decode("ascii")


def peer_elsewhere(hops):
    """hop1 has a peer, but not the client of this test."""
    hops[0].pratiqued.settings['stamp_peer "192.0.2.0/24"'] = {
        "keys": ["hop1"]}


def strangers(tap, directory):
    """Good, bad and odd stamps from a client that is no peer"""
    for mta in MTAS:
        name = mta.__name__
        with chain_of(directory, f"strangers{name}", mta,
                      prepare=peer_elsewhere) as chain:
            tag = smtp.new_tag()
            text = TEXT(tag)
            good = good_stamp(chain, text)
            lines = [f"X-Scan-Stamp: {good}", "x-scan-STAMP: junk",
                     "X-Scan-Stamp:", "X-Scan-Stamp: v=1;\n\tfolded",
                     f"X-Scan-Stamp: {good}"]
            head, _, body = text.partition("\n\n")
            # One on top, the others between the fields and at the bottom.
            fields = head.split("\n")
            mixed = [lines[0], *fields[:3], *lines[1:3], *fields[3:],
                     *lines[3:]]
            smtp.send(chain.first.mta.port, "\n".join(mixed) + "\n\n" + body,
                      sender=sender_of(tag))
            mail = chain.sink.wait(tag)
            line = chain.first.lines([tag])[tag]
            tap.equal((line["verdict"], line.get("stamp_reason")),
                      ("clean", "not-peer"), f"{name}: scanned", line.text)
            tap.equal(chain.first.scans(), 1, f"{name}: by clamd")
            left = stamps(mail)
            tap.equal([verify.read(value)["i"] for value in left],
                      [line.get("stamp_id")],
                      f"{name}: five stamps went, hop1's own came", left)
            kept = [field for field in fields
                    if not field.startswith("Received")]
            have = [f"{n}: {v}" for n, v in mail.fields]
            tap.ok(all(field in have for field in kept),
                   f"{name}: every other field is still there", have)


def strip(hops):
    hops[1].pratiqued.settings["stamp"].update(add="no", strip="all")


def outgoing(tap, directory):
    """strip = all on the last hop: it skips, and takes the stamp off"""
    for mta in MTAS:
        name = mta.__name__

        with chain_of(directory, f"outgoing{name}", Postfix, mta,
                      prepare=strip) as chain:
            tag, = chain.send([TEXT])
            tap.equal(chain.last.lines([tag])[tag]["verdict"],
                      "clean-by-stamp", f"{name}: skipped")
            tap.equal(stamps(chain.mail(tag)), [], f"{name}: no stamp left")


def header_checks(tap, directory):
    """The recipe for an outgoing Postfix without strip"""
    def recipe(hops):
        hops[0].mta.command(
            "postconf", "-e",
            "smtp_header_checks=regexp:{{/^X-Scan-Stamp:/ IGNORE}}")

    with chain_of(directory, "checks", Postfix, prepare=recipe) as chain:
        tag, = chain.send([TEXT])
        tap.equal(chain.first.lines([tag])[tag].get("stamp"), "made",
                  "a stamp was made")
        mail = chain.mail(tag)
        tap.equal(stamps(mail), [], "and did not leave")
        tap.ok(b"k=hop1" not in mail.data, "nor a piece of it", mail.data)


main(setup, strangers, outgoing, header_checks)
