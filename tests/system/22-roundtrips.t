#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""How often an MTA waits for pratiqued: once per session for the negotiation
and once per message, seen by a recorder between the two.

With PRATIQUE_RECORD=DIRECTORY the conversations are written there as
NAME.txt: that is how tests/conformance/recorded was made.
"""

import os
import subprocess

from kit import smtp
from kit.clamd import MARKER
from kit.recorder import Recorder
from kit.sendmail import Sendmail
from kit.postfix import Postfix
from kit.tap import main, wait_for
from kit.world import SCANNED, STATUS, World, sender_of

KEEP = os.environ.get("PRATIQUE_RECORD")
# What is left of an MTA's offer: every action, and no flag that we ask for,
# so that each command comes and is answered.
PLAIN = (0x1ff, 0x00000001)


def world(stack, directory):
    w = World(stack, directory, address="127.0.0.1", record=True,
              hostname="mx.example")
    w.second = stack.enter_context(
        Sendmail(os.path.join(directory, "second"), w.sink.port,
                 [f"unix:{w.recorder.socket}"]))
    plain = stack.enter_context(
        Recorder(w.pratiqued.socket, PLAIN, name=".plain"))
    w.plain = [(plain, "Postfix", stack.enter_context(
        Postfix(os.path.join(directory, "third"), w.sink.port,
                [f"unix:{plain.socket}"])))]
    w.plain += [(plain, "Sendmail", stack.enter_context(
        Sendmail(os.path.join(directory, "fourth"), w.sink.port,
                 [f"unix:{plain.socket}"])))]
    w.quick = [(w.recorder, "Postfix", w.postfix),
               (w.recorder, "Sendmail", w.second)]
    return w


def keep(talks, name):
    if KEEP:
        with open(os.path.join(KEEP, f"{name}.txt"), "w",
                  encoding="ascii") as out:
            out.write("\n".join(talk.text() for talk in talks))


def session(mta):
    """One SMTP session: four messages, RSET, EHLO, an unknown command."""
    big = "b" * 70 + "\n"
    with smtp.Client(mta.port) as client:
        replies = [client.give(smtp.message(tag := smtp.new_tag()),
                               sender=sender_of(tag))]
        client.mail(sender_of("dropped"))
        client.rcpt(smtp.TO)
        client.rset()
        tag = smtp.new_tag()
        forged = [(SCANNED, "a"), (STATUS, "b"), (SCANNED, "c")]
        replies.append(client.give(
            smtp.message(tag, fields=forged), sender=sender_of(tag),
            recipients=[smtp.TO, "second@example.org", "third@example.org"]))
        client.say("FOO bar")
        client.say("EHLO again.example")
        replies.append(client.give(smtp.message(smtp.new_tag(), MARKER),
                                   sender="<>"))
        replies.append(client.give(smtp.message(smtp.new_tag(), big * 2800),
                                   sender=sender_of(smtp.new_tag())))
    return [reply[:3] for reply in replies]


def one_round_trip(tap, w):
    """Four messages cost an answer each, and one is the negotiation's"""
    for recorder, name, mta in w.quick:
        recorder.take()
        tap.equal(session(mta), ["250", "250", "550", "250"],
                  f"{name}: replies to the client")
        talks = recorder.take()
        tap.equal(len(talks), 1, f"{name}: one connection")
        for line in talks[0].trace():
            tap.note(f"{name} {line}")
        tap.equal(talks[0].turns, 1 + 4,
                  f"{name}: the MTA waited once per message and once more")
        answers = talks[0].codes("<")
        tap.equal(answers, "O" "iic" "mmmiic" "y" "iic",
                  f"{name}: and these were our packets")


def long_scan(tap, w):
    """A scan that takes longer than Sendmail waits for one reply (10 s)"""
    for recorder, name, mta in w.quick:
        recorder.take()
        w.mta = mta
        tag = smtp.new_tag()
        with w.raw() as raw:
            w.hang(raw, tag)
            try:
                wait_for("four PROGRESS", lambda: any(
                    talk.codes("<").count("p") >= 4
                    for talk in recorder.conversations))
            finally:
                w.clamd.thaw()
            tap.has(raw.reply(), "250 ", f"{name}: accepted in the end")
            raw.say("QUIT")
        w.delivered(tag)
        packets = recorder.take()[0].codes("<").replace("p", "")
        tap.equal(packets, "Oiic", f"{name}: PROGRESS, then the verdict")


def plain_sessions(tap, w):
    """The same where the MTA offers nothing that saves answers"""
    for recorder, name, mta in w.plain:
        recorder.take()
        tap.equal(session(mta), ["250", "250", "550", "250"],
                  f"{name}: replies to the client")
        talk = recorder.take()[0]
        asked = [c for c in talk.codes(">") if c not in "DAQK"]
        finals = [c for c in talk.codes("<") if c in "Ocyrtd"]
        tap.equal(len(finals), len(asked), f"{name}: one answer per command")
        # Postfix tells of unknown commands; this Sendmail does not.
        rest = "TNLBU" if name == "Postfix" else "TNLB"
        tap.ok(set(rest) <= set(asked),
               f"{name}: also to those we would rather not see",
               "".join(asked))


def short(mta, say):
    with smtp.Client(mta.port) as client:
        for line in say:
            client.say(line)


def record_all(tap, w):
    """Sessions worth keeping; small ones, with nothing of this machine"""
    for kind, ways in ("quick", w.quick), ("plain", w.plain):
        for recorder, name, mta in ways:
            recorder.take()
            to = f"RCPT TO:<{smtp.TO}>"
            short(mta, ["MAIL FROM:<a@example.net>", to])
            short(mta, ["MAIL FROM:<a@example.net>", "EHLO two.example",
                        "MAIL FROM:<b@example.net> SIZE=100", to, to, "RSET",
                        "FOO bar", "MAIL FROM:<>", "NOOP"])
            with smtp.Client(mta.port) as client:
                client.give(smtp.message("kept-1"))
                client.give("X-Test-Tag: kept-2\n\n", sender="<>")
                client.give(smtp.message("kept-3", MARKER))
                client.give("X-Empty:\nX-Tab:\tt\nX-Fold:\n one\n\ttwo\n"
                            f"{STATUS}: forged\n{SCANNED}: forged\n\n"
                            "Text.\n..\n",
                            recipients=[smtp.TO, "other@example.org"])
            if name == "Postfix":
                subprocess.run(["/usr/sbin/sendmail", "-C", mta.config, "-i",
                                "-f", "local@example.net", smtp.TO],
                               input=b"Subject: local\n\nText\n", check=True)
            mta.idle()
            talks = recorder.take()
            tap.ok(len(talks) >= 3, f"{name}, {kind}: {len(talks)} recorded")
            keep(talks, f"{name.lower()}-{kind}")


main(world, one_round_trip, long_scan, plain_sessions, record_all)
