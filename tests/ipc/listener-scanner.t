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

MANY = 2 * SESSIONS + 200  # sessions, more than the scanner has room for


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
    for kind, what in (("N", "/dev/null"), ("E", "channels that are closed"),
                       ("G", "channels with nonsense")):
        w.order("S", record("channel"), times=MANY, passed=kind, copies=1)
        w.others(tap, f"{what} as sessions")
    for kind, what in (("S", "the channel to the scanner"),
                       ("M", "the channel to the monitor"),
                       ("K", "more sessions than there can be"),
                       ("L", "the listening socket"),
                       ("P", "both ends of channels")):
        w.ready(tap)
        old = w.daemon.listener()
        w.order("S", record("channel"), times=MANY, passed=kind, copies=1)
        if kind == "K":
            w.daemon.wait_line("session-refused")
            with w.mta() as mta:
                tap.ok(w.send(mta)[-1][0] in b"ty",
                       "mail is put off while there are too many")
            tap.ok(len(w.daemon.lines("session-refused")) < 10,
                   "the log is not full of it")
        if proc.alive(old):
            os.kill(old, signal.SIGKILL)
        wait_for("its end", lambda o=old: not proc.alive(o))
        # Whatever it left there, nothing holds a place of others.
        w.others(tap, f"{what} as sessions, when it has ended")


def retired(tap, w):
    """To the scanner: it holds as many sessions as it can, and is replaced"""
    w.fresh()
    old = w.daemon.listener()
    with w.mta():  # it does not end while it has a session
        w.order("S", record("channel"), times=MANY, passed="K", copies=1)
        w.daemon.wait_line("session-refused")
        w.order("M", record("renew"))
        wait_for("a successor", lambda: len(w.daemon.lines(
            "listener-start")) == 2)
        tap.ok(w.served() and proc.alive(old), "its successor serves mail")
    if proc.alive(old):
        os.kill(old, signal.SIGKILL)
    w.others(tap, "when it has ended")


def floods(tap, w):
    """To the scanner: sessions that end as soon as they have begun"""
    w.fresh()
    before = len(w.daemon.text())
    w.order("S", record("channel"), times=FLOOD, passed="E", copies=1)
    w.others(tap, f"{FLOOD} sessions that end at once")
    tap.ok(len(w.daemon.text()) - before < 20000, "the log has hardly grown")
    w.growth(tap)


main(World, to_scanner, sessions, retired, floods)
