#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A session that breaks the record protocol in every way, against the real
scanner, under the real monitor and listener.  After each try the offender's
channel is closed, or nothing has come of it; a witness (another session) is
still served; and the scanner is the same process with as many descriptors."""
import contextlib
import os
import signal
import socket
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../escape"))
import prison  # noqa: E402
from kit import proc  # noqa: E402
from kit.clamd import EICAR, Clamd  # noqa: E402
from kit.tap import BUILD, main, wait_for  # noqa: E402
from puppet import (ABORT, BATCH_MAX, MESSAGE, OWN, RECORDS,  # noqa: E402
                    PIECE_MAX, SIZE, TYPE, Puppet, begin, body, end, field,
                    part, part_bytes, part_end, read, record, replay, report)

FLOOD = 3000
BIG = 30 << 20  # bytes of body, beyond max_message_size
MEMORY_SLACK = 4096  # KiB that the scanner may grow over all cases


class World:
    def __init__(self, stack, directory):
        self.clamd = stack.enter_context(
            Clamd(os.path.join(directory, "clamd")))
        self.cell = prison.Prison(directory, prison.ALL, "ipc")
        self.daemon = self.cell.daemon
        self._aim(self.cell, "pratique-scanner")
        self.daemon.settings['clamd "main"']["address"] = (
            f"unix:{self.clamd.socket}")
        # What a session can begin and what may be open is limited, too.
        self.daemon.settings["limits"] = {"messages": 3 * FLOOD}
        stack.callback(self.cell.stop)
        self.cell.fresh()
        self.scanner = self.daemon.scanner()
        self.witness = stack.enter_context(Puppet(self.cell))
        self.number = 0
        self.served()

    @staticmethod
    def _aim(cell, name):
        """The real scanner instead of the one of this directory."""
        path = os.path.join(cell.daemon.settings["libexec_dir"], name)
        os.remove(path)
        os.symlink(os.path.join(BUILD, name), path)

    def served(self):
        """The witness sends a message; its outcome."""
        self.number += 1
        n = self.number
        got = self.witness.ask(begin(n) + field() + body() + end(n))
        self.witness.all(report(n))
        return got == (n, 0)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.scanner}/fd"))

    def memory(self):
        return int(proc.status(self.scanner)["VmRSS"].split()[0])

    def violations(self):
        return len(self.daemon.lines("session-violation"))


def at_rest(w):
    time.sleep(0.03)
    return w.descriptors()


def world(stack, directory):
    w = World(stack, directory)
    # Canaries come and go: what the scanner mostly has is what it has without
    # one, but with the spare connection to clamd that each message brings for a
    # while.
    w.base = statistics.mode(at_rest(w) for _ in range(30) if w.served())
    w.before = w.memory()
    return w


def after(tap, w, name):
    """Nothing has changed for others."""
    good = w.served()
    wait_for("as many descriptors", lambda: w.descriptors() <= w.base)
    tap.ok(good and w.daemon.scanner() == w.scanner,
           f"{name}: others are served, no descriptor is left")


def breach(tap, w, name, *datagrams, logged=True):
    """Datagrams of which the last is a violation."""
    before = w.violations()
    with Puppet(w.cell) as p:
        p.all(*datagrams)
        tap.ok(p.read() is None, f"{name}: the channel is closed")
        if logged:
            wait_for("session-violation", lambda: w.violations() > before)
    after(tap, w, name)


def harmless(tap, w, name, datagrams, want):
    """Datagrams that may be sent, END the last; want: the outcome."""
    with Puppet(w.cell) as p:
        p.all(*datagrams[:-1])
        got = p.ask(datagrams[-1])
        tap.equal(got and got[1], want, f"{name}: outcome")
    after(tap, w, name)


def control(tap, w):
    """Control: a session that keeps to the rules"""
    harmless(tap, w, "one record a datagram", MESSAGE, 0)
    harmless(tap, w, "all in one", [b"".join(MESSAGE)], 0)
    with Puppet(w.cell) as p:
        got = p.ask(begin() + field() + body(EICAR.encode()) + end())
        tap.equal(got, (1, TYPE["outcome-infected"]),
                  "an infected message is infected")


def forms(tap, w):
    """Datagrams that are no records"""
    breach(tap, w, "empty datagram", b"", logged=False)
    breach(tap, w, "one byte", b"x")
    breach(tap, w, "a head cut short", begin()[:7])
    breach(tap, w, "length 0", record("abort", length=0))
    breach(tap, w, "length below a head", record("abort", length=7))
    breach(tap, w, "length beyond the datagram",
           record("begin", length=SIZE["begin"] + 1))
    breach(tap, w, "length of 4 GB", record("begin", length=0xffffffff))
    breach(tap, w, "bytes behind the last record", begin() + b"xyz")
    breach(tap, w, "a longer datagram than any batch",
           begin() + body(bytes(BATCH_MAX - SIZE["begin"] - 8 + 1)))
    breach(tap, w, "a good message, then noise", b"".join(MESSAGE) + bytes(9))


def types(tap, w):
    """Types that do not exist, or are not a session's"""
    for number in 0, max(TYPE[r] for r in RECORDS) + 1, 0x80000001, 0xffffffff:
        breach(tap, w, f"type {number:#x}", record(number))
    for name in RECORDS:
        if name not in OWN:
            size = SIZE[name]
            breach(tap, w, f"type {name}", record(name, size=size))


def sizes(tap, w):
    """Wrong sizes of what a session may send"""
    opening = {"end": MESSAGE[:2], "report": MESSAGE, "abort": MESSAGE[:2]}
    for name in ("begin", "end", "abort", "report", "closing", "replay",
                 "part", "part-end", "read"):
        for change in -4, 4, 60000:
            size = SIZE[name] + change
            if size < 8:
                continue
            breach(tap, w, f"{name}, {change:+} bytes",
                   b"".join(opening.get(name, [])[:2]) +
                   record(name, size=size))
    breach(tap, w, "field without lengths", begin() + record("field", size=8))
    breach(tap, w, "field, lengths too small",
           begin() + field(lengths=(1, 1)))
    breach(tap, w, "field, lengths too large",
           begin() + field(lengths=(7, 3)))
    breach(tap, w, "field, lengths that wrap in 32 bits",
           begin() + field(lengths=(0xffffffff, 10)))
    breach(tap, w, "field, both lengths 4 GB",
           begin() + field(lengths=(0xffffffff, 0xffffffff)))


def order(tap, w):
    """Records in states in which they may not come"""
    for name, alone in (("field", field()), ("body", body()), ("end", end()),
                        ("abort", ABORT), ("report", report())):
        breach(tap, w, f"{name} without begin", alone)
    breach(tap, w, "begin twice", begin(1) + begin(2))
    breach(tap, w, "begin in the body", begin() + body() + begin(2))
    breach(tap, w, "message number 0", begin(0))
    done = b"".join(MESSAGE) + report()
    breach(tap, w, "the same number again", done, begin(1))
    breach(tap, w, "a lower number",
           begin(5) + ABORT + report(5) + begin(4))
    breach(tap, w, "field behind body", begin() + body() + field())
    breach(tap, w, "end twice", begin() + end() + end())
    breach(tap, w, "body behind end", begin() + end() + body())
    breach(tap, w, "field behind end", begin() + end() + field())
    breach(tap, w, "begin behind end", begin() + end() + begin(2))
    breach(tap, w, "end of another message", begin() + end(2))
    breach(tap, w, "end that says infected", begin() + end(1, "infected"))
    breach(tap, w, "end with an outcome that does not exist",
           begin() + end(1, 0xffffffff))
    breach(tap, w, "report in the header", begin() + field() + report())
    breach(tap, w, "report in the body", begin() + body() + report())
    breach(tap, w, "report of another message",
           begin() + ABORT + report(2))
    breach(tap, w, "report twice", begin() + ABORT + report() + report())
    breach(tap, w, "abort twice", begin() + ABORT + ABORT)
    breach(tap, w, "end behind abort", begin() + ABORT + end())


def again(tap, w):
    """Pieces of a message that it may not have, or does not read"""
    done = [b"".join(MESSAGE[:-1]), end(1, "too-big")]
    for name, datagrams in (
            ("without begin", [replay()]),
            ("in the header", [begin(), replay()]),
            ("in the body", [begin() + body(), replay()]),
            ("behind abort", [begin() + ABORT, replay()]),
            ("behind report", [*done, report(), replay()]),
            ("of another message", [*done, replay(2)]),
            ("of the last message",
             [*done, report() + begin(2) + end(2, "too-big"), replay(1)]),
            ("of no bytes", [*done, replay(credit=0)]),
            ("of too many bytes", [*done, replay(credit=PIECE_MAX + 1)]),
            ("of 4 GB", [*done, replay(credit=0xffffffff)]),
            ("beyond the end", [*done, replay(offset=1 << 20)]),
            ("beyond all", [*done, replay(offset=2**64 - 1)]),
            ("two at once", [*done, replay() + replay()]),
            ("with a report behind it", [*done, replay() + report()]),
            ("piece after piece, unread", [*done, *[replay()] * FLOOD])):
        before = w.violations()
        with Puppet(w.cell) as p:
            p.all(*datagrams)
            while p.read() is not None:
                pass
            wait_for(f"replay {name}", lambda n=before: w.violations() > n)
        after(tap, w, f"replay {name}: the channel is closed")


def own(tap, w):
    """Pieces of its own message, between RESULT and REPORT"""
    data = os.urandom(2 * PIECE_MAX)
    stored = b"Subject: x\r\n\r\n" + data
    with Puppet(w.cell) as p:
        p.all(begin() + field() + body(data[:PIECE_MAX]),
              body(data[PIECE_MAX:]))
        tap.equal(p.ask(end()), (1, 0), "control: the message is clean")
        got = b""
        while True:
            piece = p.piece(1, len(got))
            if piece is None or not piece[3]:
                break
            got += piece[3]
        tap.equal(piece, (1, len(stored), len(stored), b""), "it has an end")
        tap.ok(got == stored, "it is what was sent", len(got))
        tap.equal(p.piece(1, 3, 5), (1, 3, len(stored), stored[3:8]),
                  "any piece of it can be had again")
        tap.ok(w.served(), "others are served meanwhile")
        p.all(report())
        tap.equal(p.piece(1), None, "not behind the report")
    after(tap, w, "a message read again")
    with Puppet(w.cell) as p:
        p.all(begin() + body())
        p.ask(end())
        asked = next(n for n in range(FLOOD) if p.write(replay()) != 0)
        tap.ok(asked > 0, f"asked for {asked} times and not read: it is ended")
    after(tap, w, "asked for and not read")


READING = [begin() + field() + body(), end(readings=1)]
WHOLE_PART = [part() + part_bytes(), part_end()]


def objects(tap, w):
    """Objects of readings where they may not be, or of odd forms"""
    sealed = [b"".join(MESSAGE[:-1]), end(1, "too-big")]
    for name, datagrams in (
            ("without begin", [part()]),
            ("in the header", [begin(), part()]),
            ("in the body", [begin() + body(), part()]),
            ("unannounced, behind the result", [*sealed, part()]),
            ("END with readings of another kind",
             [begin() + body(), end(readings=2)]),
            ("bytes of none", [*READING, part_bytes()]),
            ("the end of none", [*READING, part_end()]),
            ("two at once", [*READING, part() + part()]),
            ("an end of another kind", [*READING, part() + part_end(2)]),
            ("something behind an end", [*READING, part() + part_end() +
                                         part()]),
            ("read in the middle of one", [*READING, part() + read()]),
            ("read of another message", [*READING, read(2)]),
            ("read of another kind", [*READING, read(1, 4)]),
            ("read twice", [*READING, read(), read()]),
            ("one behind read", [*READING, read(), part()]),
            ("a second end", [*READING, end()]),
            ("a name that is none", [*READING, part(b"")]),
            ("a name with a line end", [*READING, part(b"2\r\nX: y")]),
            ("a name that closes a comment", [*READING, part(b"2)")]),
            ("a name without an end", [*READING, part(b"2" * 64)]),
            ("a decoding that there is not", [*READING, part(b"2", 99)]),
            ("bytes without end", [*READING, part(),
                                   *[part_bytes(bytes(60000))] * 200]),
            ("pieces without end, unread",
             [*READING, *[replay()] * FLOOD])):
        before = w.violations()
        with Puppet(w.cell) as p:
            p.all(*datagrams)
            while p.read() is not None:
                pass
            wait_for(f"part {name}", lambda n=before: w.violations() > n)
        after(tap, w, f"part {name}: the channel is closed")


def read_again(tap, w):
    """Control: objects as they should be; then more of them than may be"""
    infected = part(b"2.1", 2) + part_bytes(EICAR.encode())
    clean, ambiguous = 0, TYPE["outcome-ambiguous"]
    for name, datagrams, want in (
            ("none", [read()], clean),
            ("one", [*WHOLE_PART, read()], clean),
            ("one that is infected", [infected, part_end()],
             TYPE["outcome-infected"]),
            ("one that was there before", [infected, part_end(0), read()],
             clean),
            ("a thousand of them", [*WHOLE_PART * 1000, read()], ambiguous),
            ("a thousand that were there before",
             [*[part() + part_bytes(), part_end(0)] * 1000, read()], clean),
            ("one that is too long",
             [part(), *[part_bytes(bytes(60000))] * 2, part_end(), read()],
             ambiguous),
            ("not all", [*WHOLE_PART, read(1, 1)], ambiguous)):
        # Each message another one: what was ambiguous is remembered.
        text = body(name.encode())
        with Puppet(w.cell) as p:
            p.all(begin() + field() + text, end(readings=1), *datagrams[:-1])
            got = p.ask(datagrams[-1])
            tap.equal(got and got[1], want, f"objects, {name}: outcome")
        after(tap, w, f"objects, {name}")


def lies(tap, w):
    """Claims that are not true: believed by nobody"""
    harmless(tap, w, "a size that is not so",
             [begin() + body() + end(size=2**63)], 0)
    with Puppet(w.cell) as p:
        p.ask(begin(1, b"4LIE") + body(EICAR.encode()) + end())
        p.all(report(1, outcome=0, action=0,
                     text=b"4LIE".ljust(64, b"\0")))
        line = w.daemon.wait_line("message", qid="4LIE")
        tap.equal(line["verdict"], "infected",
                  "infected, reported as clean: the log has the truth")
    for outcome, action in (255, 0), (0, 255), (255, 255):
        with Puppet(w.cell) as p:
            p.all(b"".join(MESSAGE) + report(1, outcome, action,
                                             b"\xff" * 700)[:SIZE["report"]])
        after(tap, w, f"report with outcome {outcome}, action {action}, "
              "strings without end")
    with Puppet(w.cell) as p:
        p.all(begin() + ABORT + report(1, TYPE["outcome-exempt"], stage=255))
    after(tap, w, "report of a decision at no stage")
    with Puppet(w.cell) as p:
        p.all(begin(1, b"4LF\nevent=message" + b"\xff" * 50) + ABORT +
              report(1, text=b"x\nevent=forged"))
    after(tap, w, "line breaks in what is logged")
    tap.equal(w.daemon.lines("forged"), [], "no line was forged")


def smuggling(tap, w):
    """A descriptor with a record (by a session without its filter)"""
    cell = prison.Prison(os.path.join(w.daemon.directory, "open"),
                         prison.ALL & ~prison.bits("seccomp"), "ipc")
    w._aim(cell, "pratique-scanner")
    try:
        cell.fresh()
        scanner = cell.daemon.scanner()
        with Puppet(cell) as p:
            # An answer: the scanner has the channel, and nothing of it.
            p.ask(begin(1) + end(1, "too-big"))
            p.all(report(1))
            before = len(os.listdir(f"/proc/{scanner}/fd"))
            for n in range(2, 50):
                p.write(begin(n) + ABORT + report(n), b"D")
            p.all(begin(50))
            p.write(body(), b"D")
            tap.ok(p.ask(end(50), b"D") is not None,
                   "it can be sent, and the message is answered")
            p.all(report(50))  # until then its memfd is there
            tap.comes(lambda: len(os.listdir(f"/proc/{scanner}/fd")) <= before,
                      "50 descriptors were sent, none has arrived")
    finally:
        cell.stop()


def floods(tap, w):
    """More than anybody wants"""
    with Puppet(w.cell) as p:
        p.all(begin())
        piece = body(bytes(BATCH_MAX - 8))
        for _ in range(BIG // len(piece)):
            p.write(piece)
        tap.ok(p.ask(end())[1] not in (TYPE["outcome-clean"],
                                       TYPE["outcome-clean-by-stamp"]),
               "too much body: not clean")
    after(tap, w, "too much body")
    with Puppet(w.cell) as p:
        got = p.ask(begin() + b"".join(field() for _ in range(2000)) + end())
        tap.equal(got, (1, 0), "2000 fields: clean")
    after(tap, w, "2000 fields")
    with Puppet(w.cell) as p:
        for n in range(1, FLOOD):
            p.write(begin(n) + field() + ABORT + report(n))
    after(tap, w, f"{FLOOD} messages begun and dropped")
    lines = len(w.daemon.lines("message-aborted"))
    tap.ok(0 < lines < FLOOD / 10, f"that makes {lines} lines in the log")
    line = w.daemon.wait_line("lines-left-out")
    tap.ok(int(line["aborted"]) > 0, "which says how many there are not")
    breach(tap, w, "one message more than limits allow",
           begin(3 * FLOOD + 1))
    with Puppet(w.cell) as p:
        # Results fill the channel; the scanner must not wait for it.
        for n in range(1, FLOOD):
            p.write(begin(n) + end(n, "too-big") + report(n))
        tap.ok(w.served(), "others are served meanwhile")
    after(tap, w, f"{FLOOD} results that nobody reads")
    crowd = [Puppet(w.cell) for _ in range(40)]
    for p in crowd:
        p.all(begin() + body(bytes(60000)))
    tap.ok(w.served(), "40 messages that do not end: others are served")
    for p in crowd:
        p.close()
    after(tap, w, "40 messages that do not end")


def closing(tap, w):
    """The session ends at each point of a message"""
    steps = MESSAGE + [report()]
    for count in range(len(steps) + 1):
        for how in "exits", "is killed":
            name = f"{how} after {count} records"
            old = w.daemon.sessions()
            with Puppet(w.cell) as p:
                p.sock.sendall(b"W")  # a session starts with the first byte
                new = wait_for("a session", lambda: [
                    s for s in w.daemon.sessions() if s not in old])
                p.sock.sendall(bytes(4))
                p._answer()
                p.all(*steps[:count])
                if how == "exits":
                    p.order(b"X")
                else:
                    os.kill(new[0], signal.SIGKILL)
                with contextlib.suppress(ConnectionError, socket.timeout):
                    p._exactly(1)
            after(tap, w, name)
    with Puppet(w.cell) as p:
        w.clamd.freeze()
        p.all(b"".join(MESSAGE))
        p.order(b"X")
        with contextlib.suppress(ConnectionError):
            p._exactly(1)
        w.clamd.thaw()
    after(tap, w, "exits while it is judged")


def growth(tap, w):
    """At the end of all"""
    tap.equal(w.daemon.scanner(), w.scanner, "the scanner is the same process")
    grown = w.memory() - w.before
    tap.ok(grown < MEMORY_SLACK, f"its memory has grown by {grown} KiB")
    tap.equal(w.daemon.lines("child-died"), [], "no child has died")


main(world, control, forms, types, sizes, order, again, own, objects,
     read_again, lies, smuggling,
     floods, closing, growth)
