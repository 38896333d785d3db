#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A listener that breaks the record protocol towards the monitor; offender.py
says what is looked at after each try."""
import contextlib
import os
import signal
import time

from offender import (FLOOD, RECORDS, SIZE, World, breach, ended, record, say)
from kit import proc
from kit.pace import paced
from kit.tap import main, wait_for

# Some of a listener's own records, and of those that are not; each type at
# each length is in tests/unit/test_supervise.c.
OWN = ["ready", "ended"]
OTHERS = ["stamp", "begin", "retire"]
FEW = 3000  # records, fewer than that
PING = 5  # s, see privsep/monitor/heartbeat.h
LINES_MAX = 130  # session-died lines that a flood of them may bring


def control(tap, w):
    """Control: a listener that keeps to the rules"""
    w.ready(tap)
    listener = w.daemon.listener()
    answer = w.order("M", ended(1 << 22, signal.SIGKILL, 0))
    tap.equal(answer, "1 0\n", "an order is carried out")
    w.daemon.wait_line("session-died", pid=str(1 << 22), listener="stays")
    w.order("S", record("channel"), passed="E", copies=1)
    w.others(tap, "ENDED, CHANNEL")
    tap.equal((w.daemon.listener(), w.daemon.lines("violation")),
              (listener, []), "it is left alone")
    with w.mta() as mta:
        w.order("M", record("renew"))
        wait_for("a successor", lambda: len(w.daemon.lines(
            "listener-start")) == 2)
        tap.ok(w.send(mta)[-1][0] in b"ac",
               "RENEW: the old one's session goes on")
    wait_for("the old one's end", lambda: not proc.alive(listener))
    w.others(tap, "RENEW")
    tap.equal(w.daemon.lines("child-died"), [], "no child has died")


def forms(tap, w):
    """To the monitor: datagrams that are no records"""
    breach(tap, w, "empty datagram", say("M"))
    breach(tap, w, "one byte", say("M", b"x"), word="unknown")
    breach(tap, w, "a head cut short", say("M", record("renew")[:7]),
           word="unknown")
    breach(tap, w, "longer than any", say("M", bytes(4000)), word="unknown")
    breach(tap, w, "a length that is not so",
           say("M", record("renew", length=9)), word="renew")
    breach(tap, w, "a length of 4 GB",
           say("M", record("renew", length=0xffffffff)), word="renew")
    for name in OWN:
        breach(tap, w, f"{name}, 4 bytes more",
               say("M", record(name, size=SIZE[name] + 4)), word=name)
    breach(tap, w, "ended, 4 bytes less",
           say("M", record("ended", size=SIZE["ended"] - 4)), word="ended")


def types(tap, w):
    """To the monitor: types that do not exist, or are not a listener's"""
    for number in 0, len(RECORDS) + 1, 0xffffffff:
        breach(tap, w, f"type {number:#x}", say("M", record(number)),
               word="unknown")
    for name in OTHERS:
        breach(tap, w, f"type {name}", say("M", record(name)), word=name)


def states(tap, w):
    """To the monitor: what was said already, descriptors, lies"""
    breach(tap, w, "ready twice", say("M", record("ready")), word="ready")
    for name, copies in (("ended", 1), ("renew", 3)):
        breach(tap, w, f"{name} with {copies} descriptors",
               say("M", record(name), passed="N", copies=copies),
               word="unknown")
    w.ready(tap)
    for pid in 1, w.monitor, w.scanner, -1, 0, 2**31 - 1:
        w.order("M", ended(pid, signal.SIGKILL, 0))
    w.others(tap, "ended for processes that are not its own")
    old = w.daemon.listener()
    w.order("M", ended(w.scanner, signal.SIGSEGV, 0))
    wait_for("a successor", lambda: w.daemon.listener() != old)
    wait_for("its end", lambda: not proc.alive(old))
    tap.ok(w.daemon.lines("session-died", listener="retired"),
           "crash of a session that is none: it is replaced")
    w.others(tap, "crash of a session that is none")


def points(tap, w):
    """It closes, ends, or hangs at some point"""
    breach(tap, w, "closes its channel to the monitor",
           say("M", what="C"))
    breach(tap, w, "closes its channel to the scanner",
           say("S", what="C"))
    breach(tap, w, "the same with sessions on their way",
           say("S", record("channel"), passed="K", copies=1, times=5),
           say("S", what="C"))
    breach(tap, w, "exits", say("M", what="X"))
    breach(tap, w, "crashes", say("M", what="T"))
    w.ready(tap)
    with w.mta() as mta:
        old = w.daemon.listener()
        # One that ends just now may have taken the order with it.
        wait_for("the order to be carried out",
                 lambda: w.order("M", record("renew"), times=1))
        wait_for("a successor", lambda: w.daemon.listener() != old
                 and len(w.daemon.lines("listener-start")) >= 2)
        w.served()
        # The offender is the successor: the session is another's.
        new = w.daemon.listener()
        w.order("M", b"x")
        wait_for("its end", lambda: not proc.alive(new))
        tap.ok(w.send(mta)[-1][0] in b"ac" and proc.alive(old),
               "a retired listener's session is not touched")
    w.others(tap, "the offender was another")
    w.fresh()
    with w.mta() as mta:
        w.order("M", what="H")
        tap.ok(w.send(mta)[-1][0] in b"ac",
               "hangs, reads nothing: its sessions go on")
    os.kill(w.daemon.listener(), signal.SIGKILL)
    w.others(tap, "hangs: when it has been killed")


def last_words(tap, w):
    """What it says just before its end, when the monitor is late"""
    pid = 1 << 22
    for what, deaf in ("and ends", False), ("and ends with a PING unread", True):
        w.fresh()
        old = w.daemon.listener()
        if deaf:
            w.order("M", what="D")
            time.sleep(PING + paced(2))
        os.kill(w.monitor, signal.SIGSTOP)
        try:
            w.order("M", record("load"), times=3)
            w.order("M", ended(pid, signal.SIGSYS, 0))
            w.order("M", what="X")
            wait_for("its end", lambda p=old: not proc.alive(p))
        finally:
            os.kill(w.monitor, signal.SIGCONT)
        tap.comes(lambda: w.daemon.lines("session-died", pid=str(pid),
                                         signal=str(signal.SIGSYS.value)),
                  f"it tells of a session's death, {what}: the log has it")
        w.others(tap, what)


def stop(tap, w):
    """It hangs when the daemon is told to stop"""
    w.daemon.settings["scan_timeout"] = "1s"  # and 15 s of the monitor's
    w.fresh()
    del w.daemon.settings["scan_timeout"]
    w.order("M", what="H")
    tree = w.daemon.tree()
    tap.equal(w.daemon.stop(), 0, "the monitor ends")
    tap.ok(not any(map(proc.alive, tree)), "and nothing outlives it")
    w.cell.started = False


def floods(tap, w):
    """More than anybody wants"""
    w.fresh()
    breach(tap, w, "a flood of ended",
           say("M", ended(4, signal.SIGKILL, 0), times=FLOOD),
           word="ended", what="too many")
    died = w.daemon.lines("session-died")
    tap.ok(0 < len(died) < LINES_MAX, f"{len(died)} lines in the log")
    w.fresh()
    w.order("M", record("renew"), times=FEW)
    w.others(tap, f"{FEW} times renew")
    started = len(w.daemon.lines("listener-start"))
    tap.ok(1 < started < 6, f"{started} listeners came and went")
    w.fresh()
    breach(tap, w, "a storm of renew", say("M", record("renew"), times=FLOOD),
           word="renew", what="too many")


def pace(tap, w):
    """A listener that breaks the rules whenever it can"""
    w.fresh()
    ends, begun = 0, time.monotonic()
    while ends < 5 or time.monotonic() - begun < 20:
        old = w.daemon.listener()
        with contextlib.suppress(OSError):
            w.order("M", b"x")
        wait_for("another", lambda o=old: w.daemon.listener() not in (0, o))
        ends += 1
    took = time.monotonic() - begun
    tap.ok(ends < 1.5 * took,
           f"{ends} ends in {took:.0f} s: restarts are delayed")
    tap.ok(w.daemon.lines("restart-delayed", role="listener"),
           "the log says so")
    w.others(tap, "when it has calmed down")
    w.growth(tap)


main(World, control, forms, types, states, points, floods, pace, last_words,
     stop)
