#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Spare connections, made to a clamd before there is a message for them: that
one is there and used, and that nobody notices when it has died meanwhile."""
import concurrent.futures
import os
import select

from rig import run, sockets, wait_for

ATTEMPTS = 10
# No probe in between, and one canary for all messages of a row.
SETTINGS = {"check_interval": "60s", "confirm_interval": "60s"}


def unix(clamd):
    return f"unix:{clamd.socket}"


class Sockets:
    """How many the scanner has when there is no connection to clamd."""

    def __init__(self, rig):
        self.rig = rig
        rig.daemon.wait_line("backend-proved")
        self.idle = self.settled()

    def now(self):
        return sockets(self.rig.daemon.scanner())

    def settled(self):
        """The number that does not change any more."""
        seen = []

        def same():
            seen.append(self.now())
            return len(seen) > 10 and len(set(seen[-10:])) == 1
        wait_for("no more sockets to come and go", same)
        return seen[-1]

    def standby(self):
        """A message that is scanned, and then there is a standby connection."""
        self.rig.clean(self.rig.send(), "a message before")
        wait_for("a standby connection", lambda: self.now() == self.idle + 1)

    def confirmed(self):
        """A canary that is good for all that follows, and no standby connection left."""
        self.standby()
        wait_for("it to go", lambda: self.now() == self.idle)


def with_dead_standby(rig, between, before=lambda: None):
    """A message whose clamd has closed the standby connection by between();
    tried again if that took so long that it was given up.  What takes
    long is done before()."""
    count = Sockets(rig)
    for _ in range(ATTEMPTS):
        before()
        count.standby()
        between()
        there = count.now() == count.idle + 1
        result = rig.send(b"Behind it.\r\n")
        if there:
            return result
    raise RuntimeError("the standby connection was never there long enough")


def unnoticed(rig, result):
    rig.clean(result, "the next message is scanned")
    for event in "clamd-error", "backend-suspect", "backend-down":
        rig.equal(rig.daemon.lines(event), [], f"no {event}")


def replaced(rig, end):
    """A message behind a clamd that was ended and started again.  What starts
    is another one that was ready, at the same path: loading a database takes
    longer than a standby connection is kept."""
    first = rig.clamd()
    rig.start(unix(first), **SETTINGS)
    now, ready = [first], []

    def prepare():
        if not ready:
            ready.append(rig.clamd(f"clamd{len(now)}"))

    def restart():
        end(now[-1])
        now.append(ready.pop())
        os.rename(now[-1].socket, first.socket)

    unnoticed(rig, with_dead_standby(rig, restart, prepare))


def ended_before(rig):
    """told to end, and started again, before the next message"""
    replaced(rig, lambda clamd: clamd.stop())


def killed_before(rig):
    """killed, and started again, before the next message"""
    replaced(rig, lambda clamd: clamd.kill())


def tired_of_waiting(rig):
    """closes a connection on which nothing comes"""
    clamd = rig.clamd(CommandReadTimeout=1)
    rig.start(unix(clamd), **SETTINGS)
    before = sockets(clamd.process.pid)

    def closed():
        wait_for("clamd to close", lambda: sockets(
            clamd.process.pid) <= before)
    unnoticed(rig, with_dead_standby(rig, closed))


def closed_unread(rig):
    """closes in place of reading a message, and takes the next connection"""
    fake = rig.fake()
    rig.start(fake.address, **SETTINGS)
    count = Sockets(rig)
    count.confirmed()
    fake.requests.clear()
    accepted = []

    def is_second(connection):
        accepted.append(connection)
        if len(accepted) != 2:
            return False
        select.select([connection], [], [])
        return True  # it is closed

    fake.commands["accept"] = is_second
    count.standby()
    unnoticed(rig, rig.send(b"Unread.\r\n"))
    rig.equal(len(fake.requests), 2, "each message was read once")
    rig.ok(len(accepted) >= 3, "on a connection of its own")


def stopped(rig):
    """stopped behind a standby connection"""
    clamd = rig.clamd()
    rig.start(unix(clamd), **SETTINGS)
    Sockets(rig).standby()
    clamd.freeze()
    rig.unscanned(rig.send(b"Held.\r\n"), "timeout")
    rig.not_used("no answer to PING")
    clamd.thaw()
    rig.recovers()


def died_with_it(rig):
    """reads a message and says nothing"""
    fake = rig.fake()
    rig.start(fake.address, **SETTINGS)
    count = Sockets(rig)
    count.standby()
    fake.answer = None
    fake.requests.clear()
    rig.unscanned(rig.send(b"Last words.\r\n"), "clamd-error")
    rig.equal(len(fake.requests), 1, "it is asked once")
    rig.equal(rig.wait_log("clamd-error")["reason"], "no-reply",
              "the log says why")


def one_ahead(rig):
    """one connection for each scan, made when the one before has ended"""
    fake = rig.fake()
    accepted = []
    rig.start(fake.address, **SETTINGS)
    count = Sockets(rig)
    count.confirmed()
    fake.requests.clear()
    fake.commands["accept"] = lambda connection: accepted.append(connection)
    for number in range(1, 4):
        count.standby()
        wait_for("clamd to take it", lambda: len(accepted) == number + 1)
    rig.equal(len(fake.requests), 3, "a connection for each, and one ahead")


def never_more_than_one(rig):
    """idle behind many messages"""
    clamd = rig.clamd()
    rig.start(unix(clamd), **SETTINGS)
    count = Sockets(rig)
    before = sockets(clamd.process.pid)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: rig.send(), range(40)))
    rig.ok(all(r.verdict == "clean" for r in results), "all are scanned")
    rig.comes(lambda: sockets(clamd.process.pid) <= before + 1,
              "clamd has one connection at most")
    rig.comes(lambda: count.now() == count.idle,
              "the scanner has none in the end")
    rig.comes(lambda: sockets(clamd.process.pid) <= before,
              "clamd has none in the end")


def none_over_tcp(rig):
    """reached over TCP"""
    fake = rig.fake(tcp=True)
    rig.start(fake.address, **SETTINGS)
    count = Sockets(rig)
    rig.clean(rig.send(), "scanned")
    rig.equal(count.settled(), count.idle, "no connection is left")


run(((17,), ended_before), ((17,), killed_before), ((36,), tired_of_waiting),
    ((16,), closed_unread), ((16,), died_with_it),
    ((10,), stopped), ((60,), one_ahead),
    ((12,), never_more_than_one), ((60,), none_over_tcp))
