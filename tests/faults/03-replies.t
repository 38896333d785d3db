#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Faults 33 to 46 and others: what comes, or does not come, on the wire.  The
real clamd cannot be made to say most of it, so a fake one does."""
import os
import socket
import time

from fake import reset
from rig import paced, run, wait_for

OK_FD = b"fd[11]: OK\0"


def after(first, count=1):
    """An answer that is first() for so many messages, then OK."""
    left = [count]

    def answer(request):
        if left[0] > 0:
            left[0] -= 1
            return first(request)
        return request.reply(b"OK")
    return answer


def stream_limit(rig):
    """StreamMaxLength: refused in the middle of the stream"""
    clamd = rig.clamd(StreamMaxLength="3M")
    rig.start(f"inet:{clamd.port}@127.0.0.1")
    rig.clean(rig.send(b"v" * (1 << 20)), "within: scanned")
    rig.clean(rig.send(b"v" * (2 << 20)), "longer than all before: scanned")
    rig.unscanned(rig.send(b"v" * (5 << 20)), "too-big")
    line = rig.wait_log("backend-limit")
    rig.ok(2 << 20 < int(line["limit"]) < 6 << 20, "now that is known",
           line.text)
    asked = rig.send(b"v" * (5 << 20))
    rig.unscanned(asked, "too-big")
    rig.ok("backend" not in asked.line, "and it is not asked again", asked)


def refusal_while_sending(rig):
    """refused while we still send: the reply is not lost"""
    fake = rig.fake(tcp=True)
    rig.start(fake.address)

    def refuse(connection):
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")

    fake.commands["INSTREAM"] = refuse
    rig.unscanned(rig.send(b"w" * (4 << 20)), "too-big", "clamd-error")
    del fake.commands["INSTREAM"]
    rig.recovers()


def reset_while_sending(rig):
    """connection reset in place of that reply"""
    fake, good = rig.fake(tcp=True), rig.fake(name="good")
    rig.start(fake.address, good.address)
    fake.commands["INSTREAM"] = reset
    for _ in range(4):
        rig.clean(rig.send(b"w" * (4 << 20)), "the other one scans it")
    del fake.commands["INSTREAM"]
    rig.ok(not [line for line in rig.daemon.lines("backend-down")
                if "refused" in line["reason"]], "it is not called gone")


def read_timeout(rig):
    """COMMAND READ TIMED OUT: a new connection"""
    fake = rig.fake(after(lambda r: b"COMMAND READ TIMED OUT\n"))
    rig.start(fake.address)
    rig.clean(rig.send(), "scanned at the second try")
    rig.equal(len(fake.requests), 2, "on a second connection")
    rig.equal(rig.daemon.lines("backend-suspect"), [], "nobody's fault")


def timed_out_before(rig):
    """the same before anything was asked"""
    fake = rig.fake()
    rig.start(fake.address)
    left = [1]

    def early(connection):
        if left[0] == 0:
            return False
        left[0] = 0
        connection.sendall(b"COMMAND READ TIMED OUT\n")
        return True

    fake.commands["accept"] = early
    wait_for("clean", lambda: rig.send().verdict == "clean")
    rig.ok(left[0] == 0, "it happened, and mail is scanned")


def not_known(rig):
    """UNKNOWN COMMAND"""
    fake = rig.fake()
    fake.commands["FILDES"] = lambda c: c.sendall(b"UNKNOWN COMMAND\0")
    rig.start(fake.address, wait=False)
    rig.not_used("no verdict on a test message: unknown-command")


def unavailable(rig):
    """COMMAND UNAVAILABLE for VERSION and STATS"""
    fake = rig.fake()
    for name in "VERSION", "STATS":
        fake.commands[name] = lambda c: c.sendall(b"COMMAND UNAVAILABLE\0")
    rig.start(fake.address)
    rig.ok(rig.daemon.lines("backend-warning",
                            reason="does not tell its version"),
           "the log warns")
    rig.clean(rig.send(), "it is used")


REPLIES = {
    39: [b"No file descriptor received. ERROR\0"],
    40: [b"PROTOCOL ERROR: ancillary data sent without FILDES. ERROR\0"
         b"Error processing command. ERROR\0"],
    41: [b"fd[11]: Not a regular file ERROR\0"],
    42: [b"1: " + OK_FD, b"1: fd[11]: OK\0fd[12]: X.Y FOUND\0",
         b"stream: OK\0", b"fd[]: OK\0", b"fd[x]: OK\0"],
    43: [b"", b"f", b"fd[11]: OK", b"fd[11]: X.Y FOUND", b"fd[11]: OK\n"],
    44: [OK_FD + b"x", OK_FD + OK_FD, OK_FD + b"\0", b"fd[11]: OK \0",
         b"fd[11]: ok\0", b"fd[11]:  OK\0", b"fd[11]: FOUND\0"],
    46: [b"fd[11]: " + b"n" * 20000 + b" FOUND\0",
         b"fd[11]: OK\0" + b"\0" * 20000],
}


def no_verdict(number):
    def row(rig):
        """a reply that is no verdict"""
        fake = rig.fake()
        rig.start(fake.address)
        for reply in REPLIES[number]:
            fake.answer = after(lambda _, reply=reply: reply)
            # A body of its own: what clamd dies of is remembered.
            result = rig.send(os.urandom(8).hex().encode())
            rig.unscanned(result, "clamd-error")
            rig.recovers()
        rig.ok(len(rig.daemon.lines("clamd-error")) >= len(REPLIES[number]),
               "each is in the log")
    return row


def reset_after_reply(rig):
    """reset in place of the end: OK counts for nothing, FOUND does"""
    fake = rig.fake(tcp=True)
    rig.start(fake.address)

    def then_reset(verdict):
        def answer(request):
            request.connection.sendall(request.reply(verdict))
            time.sleep(paced(0.2))
            reset(request.connection)
        return answer

    fake.answer = then_reset(b"OK")
    rig.unscanned(rig.send(), "clamd-error")
    fake.answer = then_reset(b"X.Y FOUND")
    result = wait_for("a verdict", lambda: (lambda r: r if r.verdict ==
                      "infected" else None)(rig.send()))
    rig.equal(result.verdict, "infected", "FOUND is FOUND", result)


def names(rig):
    """names with anything in them"""
    fake = rig.fake()
    rig.start(fake.address)
    for name in (b"Has Space In Name", b"X FOUND", b"X OK", b"X: OK",
                 b"ctl\x01\x1b[31m\x07\r\tend", b"caf\xc3\xa9",
                 b"quote\"'\\<>&%s%n%d%v", b"n" * 7000):
        fake.answer = lambda r, name=name: r.reply(name + b" FOUND")
        result = rig.send()
        rig.ok(result.verdict == "infected" and result.reply[:4] == "y550" and
               result.reply.isascii() and result.reply.isprintable(),
               f"{name[:20]!r}: found, in a clean reply", result)
        rig.ok(result.line.text.isascii() and result.line.text.isprintable(),
               f"{name[:20]!r}: and in a clean line")


def not_clamd(rig):
    """something else listens there"""
    fake = rig.fake(tcp=True)
    fake.commands["accept"] = lambda c: c.sendall(b"220 mail ESMTP\r\n") or True
    rig.start(fake.address, wait=False)
    rig.not_used("does not answer PING as clamd does")


def says_ok_to_all(rig):
    """OK from somebody who is no virus scanner"""
    fake = rig.fake(tcp=True)
    fake.canary = lambda r: r.reply(b"OK")
    rig.start(fake.address, wait=False)
    rig.not_used("says OK to the EICAR test string")


def no_sessions(rig):
    """what can go wrong in an IDSESSION only"""
    fake, tcp = rig.fake(), rig.fake(tcp=True)
    rig.start(fake.address, tcp.address)
    for _ in range(6):
        rig.clean(rig.send())
    seen = fake.seen + tcp.seen
    rig.ok(not any(b"IDSESSION" in head for head in seen),
           "there are no sessions")
    rig.equal(len(fake.requests) + len(tcp.requests), 6,
              "each message has its connection")


def small_pieces(rig):
    """requests that cannot be written at once"""
    fake = rig.fake(tcp=True)
    fake.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    rig.start(fake.address)
    body = os.urandom(1 << 20).hex().encode()
    rig.clean(rig.send(body))
    rig.ok(fake.requests[-1].data.endswith(b"\r\n\r\n" + body),
           "all of it has arrived, in order")


run(((33,), stream_limit), ((33,), refusal_while_sending),
    ((34,), reset_while_sending), ((35,), read_timeout),
    ((36,), timed_out_before), ((37,), not_known), ((38,), unavailable),
    *[((number,), no_verdict(number)) for number in REPLIES],
    ((44,), reset_after_reply), ((45,), names), ((57,), not_clamd),
    ((58,), says_ok_to_all), ((60, 61, 62), no_sessions),
    ((66,), small_pieces))
