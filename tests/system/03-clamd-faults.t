#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""clamd stopped, killed, frozen: a temporary failure, never "clean", and back
to work by itself.  Over the Unix socket and over TCP."""
import os
import time

from kit import smtp
from kit.clamd import EICAR, EICAR_NAME, MARKER, MARKER_NAME
from kit.pace import paced
from kit.tap import main, wait_for
from kit.world import STATUS, World, sender_of

SCAN_TIMEOUT = paced(3)  # seconds


def world(stack, directory):
    limits = {"StreamMaxLength": "1M", "MaxFileSize": "1M",
              "MaxScanSize": "1M", "MaxThreads": 4}
    return World(stack, directory, limits, scan_timeout=f"{SCAN_TIMEOUT}s",
                 max_message_size="20M")


def works(tap, w, what):
    """Clean is delivered, infected is refused."""
    _, mail = w.recovers()
    tap.equal(mail.values(STATUS), ["Clean"], f"{what}: clean is delivered")
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.message(tag, EICAR + "\n")), EICAR_NAME,
            f"{what}: infected is refused")


def fails(tap, w, reasons, what, make=smtp.message):
    """Any message, infected or not, is put off with one of the reasons."""
    for text in "fine\n", EICAR + "\n":
        tag = smtp.new_tag()
        tap.has(w.send(tag, make(tag, text)), "451 4.7.1",
                f"{what}: temporary failure")
        line = w.log(tag)
        tap.ok(line["verdict"] == "unscanned" and line["reason"] in reasons
               and line["action"] == "tempfail", f"{what}: in the log",
               line.text)
        tap.ok(w.nothing_delivered(tag), f"{what}: not delivered")


def stopped(tap, w):
    """clamd is ended and started again"""
    works(tap, w, "at first")
    w.clamd.stop()
    fails(tap, w, ["clamd-down"], "stopped")
    w.clamd.start()
    works(tap, w, "started again")
    w.clamd.kill()
    tap.ok(os.path.exists(w.clamd.socket), "killed: its socket file is there")
    fails(tap, w, ["clamd-down"], "killed")
    w.clamd.start()
    works(tap, w, "started after a kill")
    downs = w.pratiqued.lines("backend-down")
    tap.ok(downs, "backend-down was logged")
    tap.ok(w.pratiqued.lines("backend-up"), "backend-up was logged")


def moved(tap, w):
    """clamd comes back in a new directory of the same name"""
    w.clamd.move()
    works(tap, w, "directory made anew")


def frozen(tap, w):
    """clamd takes connections and says nothing"""
    w.clamd.freeze()
    begun = time.monotonic()
    # The second one is put off by what was learned from the first.
    fails(tap, w, ["timeout", "clamd-down"], "frozen")
    took = time.monotonic() - begun
    tap.ok(SCAN_TIMEOUT <= took < SCAN_TIMEOUT + paced(60),
           "frozen: answered after the deadline", took)
    w.clamd.thaw()
    works(tap, w, "thawed")


def clamd_status(w):
    """Exit status of `pratique status`, and what it says of the clamd."""
    status, text = w.pratiqued.tool("status")
    line = [line for line in text.splitlines() if line.startswith("clamd")]
    return status, line[0].split(None, 3)[2:] if line else []


def first_look(tap, w):
    """pratique status, before and after the first answer of a clamd"""
    w.clamd.freeze()
    w.restart()
    status, (state, rest) = clamd_status(w)
    tap.ok(status == 1 and (state == "checking" or
                            state == "down" and ": " in rest),
           "no answer yet: it is being checked, and mail is not scanned",
           (status, state, rest))
    wait_for("it to be down", lambda: clamd_status(w)[1][0] == "down")
    tap.has(clamd_status(w)[1][1], ": ", "down: the reason is there")
    w.clamd.thaw()
    wait_for("it to be up", lambda: clamd_status(w)[1][0] == "up")
    tap.equal(clamd_status(w)[0], 0, "up: exit status 0")


def ended_in_scan(tap, w):
    """clamd dies while it has a message"""
    w.clamd.freeze()
    tag = smtp.new_tag()
    with w.raw() as raw:
        raw.start_data(sender=sender_of(tag))
        raw.put(smtp.message(tag))
        raw.end()
        w.clamd.kill()
        tap.has(raw.reply(), "451 4.7.1", "died: temporary failure")
    line = w.log(tag)
    # Killed before or after it was connected to: both are right.
    tap.ok(line["reason"] in ("clamd-error", "clamd-down", "timeout"),
           "died: in the log", line.text)
    tap.ok(w.nothing_delivered(tag), "died: not delivered")
    w.clamd.start()
    works(tap, w, "started after it died")


def limits(tap, w):
    """A message above clamd's own limits"""
    bulk = ("u" * 70 + "\n") * 30000

    def make(tag, text):
        return smtp.message(tag, bulk + text)

    fails(tap, w, ["too-big", "clamd-error"], "over clamd's limit", make)
    works(tap, w, "after the limit")


def tcp(tap, w):
    """The same over TCP"""
    w.restart(**{'clamd "main"': {
        "address": f"inet:{w.clamd.port}@127.0.0.1", "max_scans": 4}})
    works(tap, w, "tcp")
    tag = smtp.new_tag()
    reply = w.send(tag, smtp.attachment(tag, MARKER.encode()))
    tap.has(reply, MARKER_NAME, "tcp: infected attachment is refused")
    w.clamd.stop()
    fails(tap, w, ["clamd-down"], "tcp, stopped")
    w.clamd.start()
    works(tap, w, "tcp, started again")
    w.clamd.freeze()
    fails(tap, w, ["timeout", "clamd-down"], "tcp, frozen")
    w.clamd.thaw()
    works(tap, w, "tcp, thawed")
    limits(tap, w)


def account(tap, w):
    """Nothing of ours died"""
    tap.equal(w.pratiqued.lines("session-died"), [], "no session died")
    tap.equal(w.pratiqued.lines("message-lost"), [], "no message was lost")


main(world, stopped, moved, frozen, first_look, ended_in_scan, limits, tcp, account)
