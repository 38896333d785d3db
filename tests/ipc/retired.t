#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Listeners that were replaced: sessions that hold on to them, and one that
goes on accepting.  offender.py says what is looked at behind each."""
import contextlib
import time

from offender import World, record
from kit import proc
from kit.tap import Timeout, main, wait_for

PLACES = 16  # children that the monitor has room for
ROOM = 2  # of them left by a renewal


def renew(w):
    """Has the listener replaced; its successor, None if there is none."""
    old = w.daemon.listener()
    starts = len(w.daemon.lines("listener-start"))
    w.order("M", record("renew"))
    with contextlib.suppress(Timeout):
        wait_for("a successor", lambda: len(w.daemon.lines("listener-start"))
                 > starts and w.daemon.listener() not in (0, old), 2)
        return w.daemon.listener()
    return None


def world(stack, directory):
    w = World(stack, directory)
    w.daemon.settings["limits"] = {"silent_time": "1s"}
    w.fresh()
    begin = time.monotonic()
    renew(w)
    # Long enough to fill all places, and short enough to wait for.
    w.retire = max(10, int(40 * (time.monotonic() - begin)))
    w.daemon.settings["retire_time"] = f"{w.retire}s"
    return w


def fill(w, stack):
    """A session on a listener, which is replaced then, until that does not
    happen any more: the sessions and the listeners."""
    held, listeners = [], []
    while len(held) < PLACES:
        held.append(stack.enter_context(w.mta()))
        listeners.append(w.daemon.listener())
        if renew(w) is None:
            break
    return held, listeners


def pinned(tap, w):
    """Sessions that do not end, one for each listener there is room for"""
    with contextlib.ExitStack() as stack:
        while True:
            w.fresh()
            begin = time.monotonic()
            held, listeners = fill(w, stack)
            if time.monotonic() - begin < w.retire / 2:
                break
            stack.close()  # the machine has other things to do
            w.retire *= 2
            w.daemon.settings["retire_time"] = f"{w.retire}s"
        tap.equal(len(held), PLACES - 1 - ROOM,
                  "control: with so many listeners there is no renewal")
        tap.ok(w.send(held[0])[-1][0] in b"ac",
               "control: the first one's session is served")
        first = listeners[0]
        wait_for("the end of the first", lambda: not proc.alive(first),
                 2 * w.retire)
        took = time.monotonic() - begin
        tap.ok(took >= w.retire, f"the first has ended after {took:.0f} s "
               f"of at least {w.retire}")
        wait_for("its line", lambda: w.daemon.lines(
            "child-overdue", pid=str(first), role="listener"))
        tap.comes(lambda: renew(w), "there is a renewal again")
        with contextlib.suppress(ConnectionError, TimeoutError):
            wait_for("the session's end", lambda: not held[0].sock.recv(100))
        tap.equal(w.daemon.lines("child-died"), [], "no child has died")
    w.others(tap, "pinned")


def disobedient(tap, w):
    """A listener that goes on accepting"""
    w.daemon.settings["retire_time"] = "1h"
    w.fresh()
    old = w.daemon.listener()
    w.order("M", what="I")
    tap.ok(renew(w), "it has a successor")
    end = time.monotonic() + 5
    while time.monotonic() < end:
        w.served()
    tap.ok(proc.alive(old), "control: it may hand on what it has, for a while")

    def gone():
        w.served()
        return not proc.alive(old)
    wait_for("its end", gone, 60)
    line = w.daemon.wait_line("violation", pid=str(old))
    tap.equal((line["to"], line["record"]), ("scanner", "channel"),
              "it has been ended for a connection")
    w.others(tap, "disobedient")


main(world, pinned, disobedient)
