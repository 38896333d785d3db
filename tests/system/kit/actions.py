# SPDX-License-Identifier: ISC
"""What becomes of infected messages: the actions that go the same way behind
each MTA.  Tests for main, with a kit.world.World that has one.
"""
from . import smtp
from .clamd import MARKER, MARKER_NAME
from .world import SCANNED, STATUS

FORGED = [(SCANNED, "by nobody"), (STATUS, "Clean")]


def infected(tag):
    return smtp.message(tag, f"{MARKER}\n", FORGED)


def refusals(tap, w):
    """on_infected: reject and tempfail with a reply of the operator's"""
    for action, code in ("reject", "554 5.7.9"), ("tempfail", "450 4.7.8"):
        w.restart(on_infected={"action": action,
                               "reply": f"{code} 100%% sure: %v (%v)"})
        tag = smtp.new_tag()
        tap.equal(w.send(tag, infected(tag)),
                  f"{code} 100% sure: {MARKER_NAME} ({MARKER_NAME})",
                  f"{action}: reply with %v and %%")
        tap.equal(w.log(tag)["action"], action, f"{action}: in the log")
        tap.ok(w.nothing_delivered(tag), f"{action}: not delivered")


def accept(tap, w):
    """on_infected: accept says so in the header"""
    w.restart(on_infected={"action": "accept"})
    tag = smtp.new_tag()
    tap.has(w.send(tag, infected(tag)), "250 ", "accepted")
    mail = w.delivered(tag)
    tap.equal(mail.values(STATUS), [f"Infected ({MARKER_NAME})"],
              "status names the signature, forged ones are gone")
    tap.equal(len(mail.values(SCANNED)), 1, f"{SCANNED} once")
    line = w.log(tag)
    tap.equal((line["verdict"], line["action"]), ("infected", "accept"),
              "in the log")


def discard(tap, w):
    """on_infected: discard"""
    w.restart(on_infected={"action": "discard"})
    tag = smtp.new_tag()
    tap.has(w.send(tag, infected(tag)), "250 ", "the client hears 250")
    tap.equal(w.log(tag)["action"], "discard", "in the log")
    tap.ok(w.nothing_delivered(tag), "not delivered")
