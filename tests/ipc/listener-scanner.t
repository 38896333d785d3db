#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A listener that breaks the record protocol towards the scanner, which has
only the monitor to turn to; offender.py says what is looked at after each
try."""
import os
import signal

from offender import FLOOD, RECORDS, SESSIONS, World, breach, record, say
from kit import proc
from kit.tap import main, wait_for


def to_scanner(tap, w):
    """To the scanner: what is no CHANNEL"""
    def try_it(name, *arguments, word="unknown", **keys):
        breach(tap, w, name, say("S", *arguments, **keys), to="scanner",
               word=word)
    try_it("empty datagram", word=None)
    try_it("one byte", b"x")
    try_it("longer than any", bytes(4000))
    try_it("a length that is not so", record("channel", length=9),
           passed="E", copies=1, word="channel")
    try_it("a channel without a descriptor", record("channel"),
           word="channel")
    try_it("a channel with two", record("channel"), passed="E", copies=2)
    try_it("a channel with eight", record("channel"), passed="K", copies=8)
    try_it("a descriptor and nothing else", b"", passed="E", copies=1,
           word=None)
    for number in 0, len(RECORDS) + 1, 0xffffffff:
        try_it(f"type {number:#x}", record(number))
    for name in "ready", "peer", "stop", "begin", "result", "cut":
        try_it(f"type {name}", record(name)[:8], word=name)
    try_it("a stop with a descriptor", record("stop"), passed="E", copies=1,
           word="stop")
    w.ready(tap)
    old = w.daemon.listener()
    with w.mta() as mta:
        w.order("M", record("renew"))
        wait_for("a successor", lambda: w.daemon.listener() != old
                 and len(w.daemon.lines("listener-start")) >= 2)
        mta.abort()
        tap.ok(w.send(mta)[-1][0] in b"ac", "a retired listener is served")
    w.others(tap, "renewed")


def sessions(tap, w):
    """To the scanner: sessions that are none, or too many"""
    w.fresh()
    for kind, what in (("N", "/dev/null"), ("L", "a listening socket"),
                       ("E", "channels that are closed"),
                       ("G", "channels with nonsense")):
        w.order("S", record("channel"), times=200, passed=kind, copies=1)
        w.others(tap, f"{what} as sessions")
    # What is a channel, but another's: both ends are the scanner's then.
    for kind, what in (("S", "the channel to the scanner"),
                       ("M", "the channel to the monitor")):
        w.order("S", record("channel"), times=3, passed=kind, copies=1)
        w.served()
        tap.ok(w.daemon.scanner() == w.scanner,
               f"{what} as a session: others are served")
    w.fresh()
    old = w.daemon.listener()
    w.order("S", record("channel"), times=2 * SESSIONS + 200, passed="K",
            copies=1)
    wait_for("session-refused", lambda: w.daemon.lines("session-refused"))
    lines = len(w.daemon.lines("session-refused"))
    tap.equal(lines, 1, "more sessions than there can be: refused, one line")
    with w.mta() as mta:
        tap.ok(w.send(mta)[-1][0] in b"ty",
               "mail is put off while that is so")
    os.kill(old, signal.SIGKILL)
    w.others(tap, "more sessions than there can be, when it has ended")
    tap.ok(w.daemon.lines("session-refused")[lines:] == [],
           "and the log is not full of it")


def floods(tap, w):
    """To the scanner: sessions that end as soon as they have begun"""
    w.fresh()
    before = len(w.daemon.text())
    w.order("S", record("channel"), times=FLOOD, passed="E", copies=1)
    w.others(tap, f"{FLOOD} sessions that end at once")
    tap.ok(len(w.daemon.text()) - before < 20000, "the log has hardly grown")
    w.growth(tap)


main(World, to_scanner, sessions, floods)
