#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The shapes through Postfix, Sendmail, pratiqued and a real clamd: where any
mail program finds the file, the message is never clean."""
import os

import mail
import reference
import shapes
from kit.sendmail import Sendmail
from kit.tap import main
from kit.world import World
from shape import EICAR

FEW = ["ok-mixed", "str-signed-extra", "b64-concat", "hdr-fold-blank-ct",
       "par-dup-bnd-last", "bnd-tail-text", "qp-split-mid", "uu-mode4",
       "str-smime-opaque", "str-deep50"]
COMBINATIONS = 200
# Of what is relayed; in a continuation of white space, in a text, too deep.
READ_AGAIN = {"blank line in an unknown field", "uuencode",
              "nested fifteen deep"}


def world(stack, directory):
    w = World(stack, directory)
    w.stack = stack
    w.alone = {s.name: mail.ask_clamd(w.clamd.socket, s.data)
               for s in shapes.all()}
    return w


def control(tap, w):
    """clamd alone"""
    blind = [s.name for s in shapes.all() if s.programs and not w.alone[s.name]]
    tap.note(f"{len(blind)} measured shapes: {' '.join(blind)}")
    tap.ok(len(blind) >= 15, "does not find the file where programs do")
    tap.ok(w.alone["ok-mixed"], "finds it in ordinary mail")


def is_clean(line):
    return line["verdict"] not in ("infected", "unscanned")


def judge(tap, what, every, seen, outcomes):
    """every: shapes; seen: as the filter saw each; outcomes: of each."""
    wanted = [s.name for s in every if s.programs != 0 and not s.beyond
              and (reference.finds(seen[s.name], EICAR)
                   or (s.programs and seen[s.name] == s.data))]
    tap.ok(len(wanted) > len(every) * 3 // 4,
           f"{what}: some program finds the file in {len(wanted)} of "
           f"{len(every)} shapes")
    tap.equal([n for n in wanted if is_clean(outcomes[n][1])], [],
              f"{what}: none of them is clean")
    limits = [n for n in wanted if outcomes[n][1]["verdict"] == "unscanned"]
    tap.note(f"{what}: not infected but {len(limits)}: " + " ".join(
        f"{n} ({outcomes[n][1].get('reason')})" for n in limits))
    return wanted


def straight(tap, w):
    """As they are, from a mail server that changes nothing"""
    every = shapes.all()
    outcomes = mail.direct(w.pratiqued, every)
    wanted = judge(tap, "straight", every, {s.name: s.data for s in every},
                   outcomes)
    found = [n for n in wanted if outcomes[n][1]["verdict"] == "infected"]
    tap.equal([n for n in found if not w.alone[n]
               and not outcomes[n][1].get("part")], [],
              "the log names the part where clamd alone finds nothing")
    tap.equal([n for n in found if outcomes[n][1].get("part")
               and not outcomes[n][1].get("reading")], [],
              "and how it was read")
    tap.equal([n for n in found if outcomes[n][0][0] != b"y"], [],
              "they are rejected")


def combined(tap, w):
    """Two tricks at once"""
    every = list(shapes.combined(count=COMBINATIONS))
    outcomes = mail.direct(w.pratiqued, every)
    judge(tap, "combined", every, {s.name: s.data for s in every}, outcomes)


def postfix(tap, w):
    """Through Postfix"""
    # In headers of parts it cuts fields at NUL, too.
    every = [s for s in shapes.all() if not s.name.startswith("hdr-nul")]
    outcomes = mail.through_mta(w, every)
    judge(tap, "Postfix", every,
          {s.name: mail.as_postfix_passes(s.data) for s in every}, outcomes)
    tap.equal([n for n, (reply, line) in outcomes.items()
               if line["verdict"] == "infected" and reply[:4] != "554 "
               and reply[:4] != "550 "], [], "the client is told")


def ordinary(tap, w):
    """Ordinary mail"""
    messages = mail.ordinary()
    tap.ok(len(messages) >= 60, f"there are {len(messages)} messages")
    outcomes = mail.through_mta(w, messages)
    tap.equal([(n, line["verdict"], line.get("reason"), line.get("anomalies"))
               for n, (_, line) in outcomes.items()
               if line["verdict"] != "clean"], [], "each is clean")
    again = [n for n, (_, line) in outcomes.items() if line.get("readings")]
    tap.equal(sorted(set(again) - READ_AGAIN), [], "and read once, but for "
              "what programs read in different ways or clamd not at all")


def sendmail(tap, w):
    """A handful through Sendmail"""
    directory = os.path.join(w.directory, "sendmail")
    os.makedirs(directory)
    every = [s for s in shapes.all() if s.name in FEW]
    other = w.stack.enter_context(Sendmail(
        directory, w.sink.port, [f"unix:{w.pratiqued.socket}"]))
    first, w.mta = w.mta, other
    outcomes = mail.through_mta(w, every)
    w.mta = first
    tap.equal([n for n, (_, line) in outcomes.items() if is_clean(line)], [],
              f"none of {len(every)} is clean")


main(world, control, straight, combined, postfix, ordinary, sendmail)
