#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A process hangs without dying (SIGSTOP): it is told in log and status, ended
and replaced, and mail flows again; one that is busy is left alone."""
import os
import signal
import time

from kit import proc, smtp
from kit.tap import main, wait_for
from kit.world import World


def world(stack, directory):
    return World(stack, directory)


def hangs(tap, w, role, pid, name):
    p = w.pratiqued
    before = len(p.lines("child-hung"))
    wait_for("all to be well", lambda: p.tool("status")[0] == 0)
    os.kill(pid, signal.SIGSTOP)
    status, text = wait_for("status to say so", lambda: next(
        (x for x in [p.tool("status")] if x[0] != 0), None))
    tap.ok(status == 1 and f"pid {pid}" in text and " hung " in text,
           f"{name}: status says that it hangs, and ends with 1", text)
    line = wait_for("the log line", lambda: p.lines("child-hung")[before:])[0]
    tap.equal((line["level"], line["role"], line["pid"]),
              ("error", role, str(pid)), f"{name}: so does the log")
    wait_for("it to be ended", lambda: not proc.alive(pid))
    tap.equal(p.wait_line("child-died", pid=str(pid))["signal"], "9",
              f"{name}: it is ended")
    wait_for("all to be well", lambda: p.tool("status")[0] == 0)
    w.recovers()
    tap.has(w.send(smtp.new_tag()), "250 ", f"{name}: mail flows")
    tap.equal(len(p.lines("child-hung")), before + 1,
              f"{name}: nobody else was taken for it")


def scanner(tap, w):
    """The scanner"""
    hangs(tap, w, "scanner", w.pratiqued.scanner(), "scanner")


def listener(tap, w):
    """The listener"""
    hangs(tap, w, "listener", w.pratiqued.listener(), "listener")


def busy(tap, w):
    """A scanner that pauses"""
    p = w.pratiqued
    pid = p.scanner()
    before = len(p.lines("child-hung"))
    # In all for longer than it may be silent, but never at once.
    for _ in range(3):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(9)
        os.kill(pid, signal.SIGCONT)
        tap.has(w.send(smtp.new_tag()), "250 ", "paused: mail is taken")
    tap.equal((p.scanner(), len(p.lines("child-hung"))), (pid, before),
              "it is the same, and was not reported")


def monitor(tap, w):
    """The monitor itself: nobody is there to end it, but status tells"""
    p = w.pratiqued
    os.kill(p.pid(), signal.SIGSTOP)
    text = wait_for("status to say so", lambda: next(
        (x[1] for x in [p.tool("status")] if x[0] == 1), None))
    tap.ok(f"monitor   pid {p.pid()}" in text and " hung " in text,
           "status says that it hangs, and ends with 1", text)
    tap.has(w.send(smtp.new_tag()), "250 ", "mail flows all the same")
    os.kill(p.pid(), signal.SIGCONT)
    wait_for("status to be well", lambda: p.tool("status")[0] == 0)
    tap.equal(w.pratiqued.lines("child-hung")[2:], [],
              "and nobody was ended for its absence")


def libmilter(tap, w):
    """The process of engine = libmilter"""
    w.restart(engine="libmilter")
    hangs(tap, w, "listener", w.pratiqued.listener(), "libmilter")


main(world, scanner, listener, busy, monitor, libmilter)
