#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Two hops that trust each other: a stamp covers all readings of a message,
and none is made if one of them is infected."""
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[1:1] = [os.path.join(HERE, folder)
                 for folder in ("../system", "../stamps")]

import shapes
from hops import Chain
from kit.postfix import Postfix
from kit.tap import main
from shape import mixed

# What passes through two mail servers as it is.
TRICKS = ["bnd-tail-text", "bnd-after-close", "bnd-epilogue",
          "par-dup-bnd-last", "par-bnd-both", "ct-dup-mp-last",
          "ct-octet-with-bnd", "cte-last",
          "hdr-fold-blank-nested", "hdr-junk-mid", "str-822-b64", "str-xmsg",
          "str-signed-extra", "b64-concat-benign", "str-smime-opaque"]


def marked(text):
    return lambda tag: f"X-Test-Tag: {tag}\n{text}"


def infected():
    """{trick: text} with the file in it."""
    return {name: shapes.by_name()[name].data.replace(b"\r\n", b"\n").decode(
        "latin-1") for name in TRICKS}


def chain(stack, directory):
    return Chain(stack, directory, Postfix, Postfix, prepare=lambda hops: [
        hop.pratiqued.settings.update(on_infected={"action": "accept"})
        for hop in hops])


def harmless(tap, c):
    """A stamp of a message that was read in several ways"""
    texts = shapes.harmless()
    before = c.last.scans()
    tags = c.send([marked(texts[name]) for name in TRICKS])
    names = dict(zip(tags, TRICKS))
    first, last = c.first.lines(tags), c.last.lines(tags)
    tap.equal([names[t] for t in tags if not first[t].get("readings")], [],
              "hop1 has scanned parts of each by themselves")
    tap.equal([names[t] for t in tags if
               (first[t]["verdict"], first[t].get("stamp"))
               != ("clean", "made")], [], "found nothing, and stamped it")
    tap.equal([names[t] for t in tags
               if last[t]["verdict"] != "clean-by-stamp"], [],
              "hop2 takes the stamp")
    tap.equal([names[t] for t in tags if last[t].get("readings")], [],
              "and reads none of them again")
    tap.equal(c.last.scans() - before, 0, "nor asks its clamd")


def found(tap, c):
    """An infected reading"""
    texts = infected()
    tags = c.send([marked(texts[name]) for name in TRICKS])
    names = dict(zip(tags, TRICKS))
    for hop in c.hops:
        lines = hop.lines(tags)
        tap.equal([names[t] for t in tags if lines[t]["verdict"]
                   != "infected"], [], f"{hop.name}: each is infected")
        tap.equal([names[t] for t in tags if lines[t].get("stamp") == "made"],
                  [], f"{hop.name}: none is stamped")
    tap.equal([names[t] for t in tags if c.mail(t).values("X-Scan-Stamp")], [],
              "nor has any of them a stamp when it is delivered")
    plain = c.send([marked(mixed("Content-Type: text/plain\n\nHello.\n"))])
    tap.equal(len(c.mail(plain[0]).values("X-Scan-Stamp")), 1,
              "while other mail has")


main(chain, harmless, found)
