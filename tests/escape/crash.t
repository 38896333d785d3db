#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What a crash brings: another address layout, a delay that grows and is
reported, and never a message that went past the scanner.  And that layouts
change without one."""
import contextlib
import os
import signal
import socket
import threading

import prison  # noqa: F401 (finds kit)
from kit import proc, smtp
from kit.clamd import EICAR
from kit.tap import main, wait_for
from kit.world import STATUS, World, sender_of
from milterclient import MilterClient

RENEW = 3  # connections until a listener is renewed
ROOM = 13  # listeners; with a scanner and two free places all that there is
MORE = 5  # connections then
CRASHES = 7  # in a row: enough for several delays
SENDERS = 4


def world(stack, directory):
    return World(stack, directory, scan_timeout="30s")


def layout(pid):
    """Where the program, its stack and its other mappings begin."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as file:
        return {line.partition("-")[0] for line in file
                if "[vsyscall]" not in line}


def crash_one(w, how):
    """Has one session die; (its layout, its listener)."""
    with w.raw() as raw:
        raw.start_data(sender_of(smtp.new_tag()))
        session = wait_for("a session", w.pratiqued.sessions)[0]
        seen, listener = layout(session), w.pratiqued.listener()
        os.kill(session, how)
        wait_for("its end", lambda: not proc.alive(session))
    return seen, listener


def layouts(tap, w):
    """A session that crashes: the next ones are elsewhere in memory"""
    with w.raw() as one, w.raw() as two:
        one.start_data()
        two.start_data()
        both = wait_for("two sessions", lambda: (
            lambda s: s if len(s) == 2 else None)(w.pratiqued.sessions()))
        tap.ok(layout(both[0]) & layout(both[1]),
               "control: sessions of one listener share a layout")
    for how in signal.SIGSEGV, signal.SIGSYS:
        wait_for("no session", lambda: not w.pratiqued.sessions())
        seen, old = crash_one(w, how)
        w.recovers()
        new = w.pratiqued.listener()
        tap.ok(new != old, f"{how.name}: another listener")
        tap.equal(seen & layout(new), set(),
                  f"{how.name}: no mapping begins where one did")
        tap.ok(w.pratiqued.lines("session-died", signal=str(how.value),
                                 listener="retired"), f"{how.name}: reported")


class Killer:
    """Every session that appears is made to crash."""

    def __init__(self, w):
        self.w, self.count = w, 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def _loop(self):
        while not self._end.wait(0.01):
            for pid in self.w.pratiqued.sessions():
                try:
                    os.kill(pid, signal.SIGSEGV)
                    self.count += 1
                except ProcessLookupError:
                    pass

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


class Prober(threading.Thread):
    """Connects to the listening socket all the time."""

    def __init__(self, path):
        super().__init__()
        self.path, self.refused, self.end = path, [], threading.Event()

    def run(self):
        while not self.end.wait(0.05):
            try:
                with socket.socket(socket.AF_UNIX) as sock:
                    sock.settimeout(30)
                    sock.connect(self.path)
            except OSError as error:
                self.refused.append(error)


def loop(tap, w):
    """A crash loop"""
    replies, end = [], threading.Event()

    def client(bad):
        while not end.is_set():
            tag = smtp.new_tag() + ("-bad" if bad else "")
            data = smtp.message(tag, EICAR) if bad else None
            replies.append((bad, w.send(tag, data)))

    prober = Prober(w.pratiqued.socket)
    prober.start()
    listeners = set()
    senders = [threading.Thread(target=client, args=(n % 2 == 0,))
               for n in range(SENDERS)]
    with Killer(w) as killer:
        for sender in senders:
            sender.start()

        def enough():
            listeners.add(w.pratiqued.listener())
            return len(w.pratiqued.lines("restart-delayed",
                                         role="listener")) >= CRASHES
        wait_for("restarts to be delayed", enough, 120)
        tap.ok(killer.count >= CRASHES, f"{killer.count} sessions crashed")
    end.set()
    for sender in senders:
        sender.join()
    prober.end.set()
    prober.join()
    delays = [int(line["delay_ms"]) for line in
              w.pratiqued.lines("restart-delayed", role="listener")]
    tap.ok(max(delays) > 4 * min(delays), "the delays grow", delays)
    tap.ok(len(listeners) > 2, "several listeners came and went", listeners)
    tap.equal(prober.refused, [], "the listening socket was never away")
    tap.ok(any(r.startswith("4") for _, r in replies),
           "senders got temporary failures", len(replies))
    tap.equal([r for bad, r in replies if bad and r.startswith("250 ")], [],
              "no infected message was accepted")
    replies, mail = w.recovers()
    tap.equal(mail.values(STATUS), ["Clean"], "it recovers by itself")
    w.postfix.idle()
    tap.equal([m.values(STATUS) for m in w.sink.mails()
               if m.values(STATUS) != ["Clean"]], [],
              "whatever was delivered was scanned")


def renewal(tap, w):
    """renew_sessions and renew_interval: another layout without a crash"""
    settings = dict(w.pratiqued.settings)
    first = w.pratiqued.listener()
    for _ in range(RENEW):
        w.send(smtp.new_tag())
    tap.equal(w.pratiqued.listeners(), [first],
              "control: as it is set by default, the listener stays")
    for setting in {"renew_sessions": RENEW}, {"renew_interval": "1s"}:
        name = next(iter(setting))
        w.restart(**setting)
        first = w.pratiqued.listener()
        with w.raw() as raw:
            tag = smtp.new_tag()
            raw.start_data(sender_of(tag))
            session = wait_for("a session", w.pratiqued.sessions)[0]
            seen = layout(session)
            if name == "renew_sessions":
                for _ in range(RENEW - 1):
                    w.send(smtp.new_tag())
            fresh = wait_for("another listener", lambda: [
                pid for pid in w.pratiqued.listeners() if pid != first])[0]
            tap.equal(seen & layout(fresh), set(),
                      f"{name}: no mapping of the next one begins where one "
                      "did")
            raw.put(smtp.message(tag))
            raw.end()
            tap.has(raw.reply(), "250 ",
                    f"{name}: a session of the old one goes on")
            tap.equal(w.delivered(tag).values(STATUS), ["Clean"],
                      f"{name}: its message was scanned")
        wait_for("the old one to end", lambda: not proc.alive(first))
        w.recovers()
        tap.equal((w.pratiqued.lines("session-died"),
                   w.pratiqued.lines("child-died")), ([], []),
                  f"{name}: nobody died")
        w.pratiqued.settings = dict(settings)


def patience(tap, w):
    """Renewals end no session, however many wait in old listeners"""
    settings = dict(w.pratiqued.settings)
    w.restart(renew_sessions=1)
    with contextlib.ExitStack() as stack:
        mtas = []

        def connect():
            mtas.append(stack.enter_context(
                MilterClient(f"unix:{w.pratiqued.socket}")))
            mtas[-1].negotiate()

        while len(w.pratiqued.listeners()) < ROOM:
            newest = w.pratiqued.listener()
            w.pratiqued.wait_line("listener-start", pid=str(newest))
            connect()
            # The one before may have been quicker to take it.
            if proc.children(newest):
                wait_for("the next one",
                         lambda: w.pratiqued.listener() != newest)
        for _ in range(MORE):
            connect()
        tap.equal(len(w.pratiqued.listeners()), ROOM,
                  "so many listeners and no more")
        tap.equal(len(w.pratiqued.sessions()), len(mtas),
                  "each connection has its session")
        for mta in mtas:
            mta.connect()
            mta.helo()
        tap.equal({mta.message([("Subject", "x")], b"x\r\n")[-1][0]
                   for mta in mtas}, {b"c"}, "each message has its answer")
        tap.equal(w.pratiqued.lines("child-died"), [], "no listener was ended")
        old = w.pratiqued.listener()
    wait_for("the retired ones to end",
             lambda: len(w.pratiqued.listeners()) <= 2)
    tap.comes(lambda: w.recovers() and w.pratiqued.listener() != old,
              "with room again, it is renewed again")
    w.pratiqued.settings = settings
    w.restart()


main(world, layouts, renewal, patience, loop)
