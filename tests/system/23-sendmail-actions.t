#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What becomes of messages behind Sendmail: each action, and faults of clamd
and of the daemon."""
import os
import signal

from kit import actions, smtp
from kit.actions import infected
from kit.clamd import MARKER_NAME
from kit.sendmail import Sendmail
from kit.tap import main, wait_for
from kit.world import STATUS, World, sender_of


def world(stack, directory):
    return World(stack, directory, mta=Sendmail, hostname="mx.example")


def quarantine(tap, w):
    """on_infected: quarantine"""
    w.restart(on_infected={"action": "quarantine"})
    tag = smtp.new_tag()
    reply = w.send(tag, infected(tag))
    tap.has(reply, "250 ", "the client hears 250")
    held = wait_for("the quarantine", w.mta.held)
    tap.equal(held, [w.mta.queue_id(reply)], "it is in quarantine")
    with open(os.path.join(w.mta.queue, "hf" + held[0]),
              encoding="latin-1") as file:
        text = file.read()
    tap.has(text, f"{STATUS}: Infected ({MARKER_NAME})",
            "its header says infected")
    tap.equal(text.count(f"{STATUS}:"), 1, "forged status is gone")
    tap.equal(w.sink.mails(tag), [], "not delivered")
    w.restart(on_infected={"action": "reject"})


def put_off(tap, w, what):
    tag = smtp.new_tag()
    reply = w.send(tag)
    tap.ok(reply[:1] == "4", f"{what}: put off", reply)
    tap.ok(w.nothing_delivered(tag), f"{what}: not delivered")


def clamd_down(tap, w):
    """clamd is not there, then it is back"""
    w.clamd.kill()
    put_off(tap, w, "no clamd")
    w.clamd.start()
    tap.equal(w.recovers()[1].values(STATUS), ["Clean"],
              "mail goes through again, scanned")


def session_killed(tap, w):
    """The session dies while its message is scanned"""
    tag = smtp.new_tag()
    with w.raw() as raw:
        w.hang(raw, tag)
        os.kill(w.pratiqued.sessions()[0], signal.SIGKILL)
        reply = raw.reply()
    w.clamd.thaw()
    tap.ok(reply[:1] == "4", "put off", reply)
    tap.ok(w.nothing_delivered(tag), "not delivered")
    tap.equal(w.recovers()[1].values(STATUS), ["Clean"],
              "mail goes through again, scanned")


def daemon_down(tap, w):
    """pratiqued is not there: F=T of the example configuration"""
    w.pratiqued.stop()
    tag = smtp.new_tag()
    try:
        reply = w.send(tag)
    except OSError as error:
        reply = str(error)
    tap.ok("4" == reply[:1], "put off", reply)
    tap.ok(w.nothing_delivered(tag), "not delivered")
    w.pratiqued.start()
    tap.has(w.send(tag), "250 ", "accepted when it is back")
    tap.equal(w.delivered(tag).sender, sender_of(tag), "and delivered")


main(world, actions.refusals, actions.accept, actions.discard, quarantine,
     clamd_down, session_killed, daemon_down)
