#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The corpus through chains of relays: how many messages the later hops take
over by the first one's stamp, and that their clamd was not asked.
"""
import contextlib
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import corpus
import verify
from hops import Chain
from kit.postfix import Postfix
from kit.sendmail import Sendmail
from kit.tap import main

# In hundredths: how many must skip.  Some of Sendmail's mailers break lines
# above 990 bytes, and it puts a From where there is none: other content.
ALL, MOST = 100, 97


def setup(_stack, directory):
    return directory


def relay(tap, directory, title, least, *mtas):
    """One chain: the corpus, once."""
    with contextlib.ExitStack() as stack:
        chain = Chain(stack, os.path.join(directory, title), *mtas)
        messages = corpus.messages()
        before = [hop.scans() for hop in chain.hops]
        tags = chain.send([text for _, text in messages])
        names = dict(zip(tags, (what for what, _ in messages)))
        first = chain.first.lines(tags)
        tap.equal([names[tag] for tag in tags
                   if (first[tag]["verdict"], first[tag].get("stamp"))
                   != ("clean", "made")], [],
                  f"{title}: hop1 scans and stamps all {len(tags)}")
        parts = sum(int(first[tag].get("readings", 0)) for tag in tags)
        tap.equal(chain.first.scans() - before[0], len(tags) + parts,
                  f"{title}: hop1's clamd has logged each of them, and "
                  f"{parts} parts that were scanned by themselves")
        for number, hop in enumerate(chain.hops[1:], 1):
            judge(tap, title, least, hop, before[number], names, first)
        last = chain.last.lines(tags)
        tap.equal([names[tag] for tag in tags if ids(chain.mail(tag))
                   != [last[tag].get("stamp_id")]], [],
                  f"{title}: delivered with this one stamp")
        tap.equal([hop.pratiqued.stop() for hop in chain.hops],
                  [0] * len(mtas), f"{title}: orderly end")


def ids(mail):
    """The ids of the stamps on a delivered message."""
    return [verify.read(value.encode("latin-1"))["i"]
            for value in mail.values("X-Scan-Stamp")]


def judge(tap, title, least, hop, before, names, first):
    """How this hop took the messages."""
    lines = hop.lines(list(names))
    skipped = [tag for tag, line in lines.items()
               if line["verdict"] == "clean-by-stamp"]
    scanned = [f"{names[tag]}: {line.get('stamp_reason')}"
               for tag, line in lines.items()
               if line["verdict"] != "clean-by-stamp"]
    title = f"{title}: {hop.name}"
    tap.ok(len(skipped) * 100 >= least * len(names),
           f"{title} skips {len(skipped)} of {len(names)}, at least {least} %",
           *scanned)
    for what in scanned:
        tap.note(f"scanned again: {what}")
    parts = sum(int(line.get("readings", 0)) for line in lines.values())
    tap.equal(hop.scans() - before, len(names) - len(skipped) + parts,
              f"{title}: clamd was asked for the others only")
    tap.equal([names[tag] for tag in skipped
               if lines[tag].get("stamp") != "skip"
               or lines[tag].get("stamp_id") != first[tag].get("stamp_id")],
              [], f"{title}: its log has the id of hop1's stamp")
    tap.ok(all(line["action"] == "accept" for line in lines.values()),
           f"{title}: all accepted")


def postfix_postfix(tap, directory):
    """Postfix -> Postfix"""
    relay(tap, directory, "pp", ALL, Postfix, Postfix)


def postfix_sendmail(tap, directory):
    """Postfix -> Sendmail"""
    relay(tap, directory, "ps", MOST, Postfix, Sendmail)


def sendmail_postfix(tap, directory):
    """Sendmail -> Postfix"""
    relay(tap, directory, "sp", MOST, Sendmail, Postfix)


def three_postfix(tap, directory):
    """Postfix -> Postfix -> Postfix"""
    relay(tap, directory, "ppp", ALL, Postfix, Postfix, Postfix)


def three_mixed(tap, directory):
    """Postfix -> Sendmail -> Postfix"""
    relay(tap, directory, "psp", MOST, Postfix, Sendmail, Postfix)


main(setup, postfix_postfix, postfix_sendmail, sendmail_postfix,
     three_postfix, three_mixed)
