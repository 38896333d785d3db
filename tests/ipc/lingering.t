#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Sessions that were taken over and stay when their MTA has gone (ipc_engine.c),
with all that they can hold: places, and the memory of messages that do not
end."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../escape"))
import prison  # noqa: E402
from kit import proc  # noqa: E402
from kit.clamd import Clamd  # noqa: E402
from kit.tap import BUILD, main, wait_for  # noqa: E402
from puppet import (BATCH_MAX, TYPE, Puppet, begin, body, end, field,  # noqa: E402
                    report)

MB = 1 << 20
BUSY = TYPE["outcome-busy"]
HOLDERS = 11
SCAN_TIMEOUT = 2  # s
LINGER = 2 * SCAN_TIMEOUT + 10  # how long a session may stay, see listener.c


class World:
    def __init__(self, stack, directory):
        self.clamd = stack.enter_context(
            Clamd(os.path.join(directory, "clamd")))
        self.cell = prison.Prison(directory, prison.ALL, "ipc")
        self.daemon = self.cell.daemon
        path = os.path.join(self.daemon.settings["libexec_dir"],
                            "pratique-scanner")
        os.remove(path)
        os.symlink(os.path.join(BUILD, "pratique-scanner"), path)
        self.daemon.settings.update({
            "max_message_size": MB, "max_memory": 10 * MB,
            "max_sessions": HOLDERS + 4,
            "scan_timeout": f"{SCAN_TIMEOUT}s"})
        self.daemon.settings['clamd "main"']["address"] = (
            f"unix:{self.clamd.socket}")
        stack.callback(self.cell.stop)
        self.cell.fresh()
        wait_for("a clamd", self.small)

    def send(self, size, client=b""):
        """A message of a session of its own: its outcome."""
        with Puppet(self.cell) as p:
            p.all(begin(client=client) + field())
            for at in range(0, size, BATCH_MAX - 8):
                p.all(body(b"a" * min(size - at, BATCH_MAX - 8)))
            got = p.ask(end())
            p.all(report())
            return got and got[1]

    def small(self):
        return self.send(10) == 0


def held(w):
    """Sessions that have nearly a megabyte of a message open when their MTA
    closes: those that are told to stay."""
    old = w.daemon.sessions()
    for _ in range(HOLDERS):
        with Puppet(w.cell) as p:
            p.all(begin(), *[body(b"a" * (BATCH_MAX - 8))] * 14)
            p.order(b"S")
            new = wait_for("a session", lambda: [
                pid for pid in w.daemon.sessions() if pid not in old])
            w.holders |= set(new)
    return w.holders


def stay(tap, w):
    """Their MTA is gone, they are not"""
    w.holders = set()
    begun = time.monotonic()
    pids = held(w)
    tap.equal(len(pids), HOLDERS, "control: they are there")
    tap.equal(w.send(MB - 60000), BUSY, "control: they have their share")
    tap.equal(w.send(MB - 60000, b"other"), 0, "another client has memory")
    wait_for("the end of all", lambda: not any(map(proc.alive, pids)),
             10 * LINGER)
    took = time.monotonic() - begun
    tap.ok(took >= LINGER, f"they have ended, after {took:.0f} s")
    tap.comes(lambda: w.send(MB - 60000) == 0, "mail has the memory again")
    died = w.daemon.lines("session-died", signal="9", listener="stays")
    tap.equal({int(line["pid"]) for line in died}, pids, "the log names them")
    tap.equal(w.daemon.lines("child-died"), [], "no child has died")


def others(tap, w):
    """Sessions that end by themselves, and one whose MTA stays"""
    with Puppet(w.cell) as p:
        p.all(begin(), body())
        before = len(w.daemon.lines("session-died"))
        for _ in range(20):
            w.small()
        time.sleep(LINGER + 1)
        tap.equal(p.ask(end())[1], 0, "one whose MTA is there is left alone")
        tap.equal(len(w.daemon.lines("session-died")), before,
                  "nobody was killed that was gone")


main(World, stay, others)
