#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Straight at the milter socket, without Postfix: what a session is allowed
to cost, nonsense, and parts that die in the middle of a body, which Postfix
sends too fast to be caught at."""
import os
import signal
import threading
import time

from kit import proc, smtp
from kit.clamd import EICAR
from kit.pace import paced
from kit.tap import main, wait_for
from kit.world import STATUS, World
from milterclient import Closed, MilterClient, packet

SESSION_TIMEOUT = 10  # seconds, the least that can be configured
HEADERS = [("From", "<a@example.net>"), ("Subject", "in parts")]
PIECE = b"n" * 70 + b"\r\n"

# What no MTA sends: each ends the connection, and nothing else.
NONSENSE = {
    "length 0": b"\0\0\0\0",
    "a length of 4 GB": b"\xff\xff\xff\xffO",
    "text": b"GET / HTTP/1.0\r\n\r\n",
    "an unknown command": b"\0\0\0\1z",
    "mail before negotiation": b"\0\0\0\5M<a>\0",
    "a short negotiation": b"\0\0\0\5O\0\0\0\6",
    "version 1": b"\0\0\0\x0dO" + b"\0\0\0\1" + b"\0\0\0\x0f" + b"\0\0\0\x3f",
}


def world(stack, directory):
    return World(stack, directory, session_timeout=f"{SESSION_TIMEOUT}s")


def dial(w):
    """A connection that is ready for a message."""
    mta = MilterClient(w.pratiqued.socket)
    mta.negotiate()
    mta.connect()
    mta.helo()
    return mta


def half(mta, queue_id):
    """The first half of a message, more than the session keeps to itself."""
    mta.macros(b"M", i=queue_id)
    mta.command(b"M", b"<half@example.net>\0")
    mta.command(b"R", b"<user@example.org>\0")
    for name, value in HEADERS:
        mta.command(b"L", f"{name}\0 {value}\0".encode())
    mta.command(b"N")
    for _ in range(3):
        mta.command(b"B", PIECE * 800)


def nonsense(tap, w):
    """Bytes that no MTA sends"""
    listener = w.pratiqued.listener()
    for what, data in NONSENSE.items():
        with MilterClient(w.pratiqued.socket) as mta:
            mta.send_raw(data)
            tap.ok(mta.closed(), f"{what}: the connection is closed")
    with MilterClient(w.pratiqued.socket) as mta:
        mta.send_raw(os.urandom(4096))
        tap.ok(mta.closed(), "random bytes: the connection is closed")
    tap.equal(w.pratiqued.lines("session-died"), [], "no session died of it")
    tap.equal(w.pratiqued.listener(), listener, "the listener is the same")


def pieces(tap, w):
    """Content arrives at clamd as it came, whatever the pieces"""
    eicar = EICAR.encode()
    for fields in 1, 300:
        for length in 70, 5000, 32767, 32768, 40000, 65535:
            queue_id = f"P{fields}L{length}"
            # The signature lies across the border of two pieces.
            body = b"n" * (4 * length - 30) + eicar + b"\r\n"
            packets = [packet(b"B", body[at:at + length])
                       for at in range(0, len(body), length)]
            with dial(w) as mta:
                mta.macros(b"M", i=queue_id)
                mta.command(b"M", b"<half@example.net>\0")
                mta.command(b"R", b"<user@example.org>\0")
                for n in range(fields):
                    mta.command(b"L", f"X-{n}\0 {'v' * 60}\0".encode())
                mta.command(b"N")
                mta.send_raw(b"".join(packets))
                code, _ = mta.command(b"E")[-1]
            line = w.pratiqued.wait_line("message", qid=queue_id)
            size = len(body) + 2 + sum(
                len(f"X-{n}: \r\n") + 60 for n in range(fields))
            tap.equal((code, line["verdict"], line["size"]),
                      (b"y", "infected", str(size)),
                      f"{fields} fields, pieces of {length}")


def private(pid):
    """Kilobytes that are this process's own."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines
                    if line.startswith("Private_Dirty"))


def memory(tap, w):
    """A session keeps one packet of a long message, not two or three"""
    with dial(w) as mta:
        wait_for("a session", w.pratiqued.sessions)
        pid, = w.pratiqued.sessions()
        before = private(pid)
        half(mta, "MEMORY")
        for _ in range(4):
            mta.command(b"B", b"m" * 65535)
        wait_for("the session to read it", lambda: private(pid) > before + 60)
        time.sleep(0.5)
        grown = private(pid) - before
        # The packet, what is in front of it, and a page or two of others.
        pages = (os.sysconf("SC_PAGESIZE") - 4096) // 1024
        tap.ok(grown < 110 + 10 * pages, "memory in mid-body", grown)


def silence(tap, w):
    """Connections that say nothing, at first or later, are closed"""
    begun = time.monotonic()
    with MilterClient(w.pratiqued.socket, paced(120)) as silent, dial(w) as idle:
        idle.sock.settimeout(paced(120))
        tap.equal(len(w.pratiqued.sessions()), 1,
                  "the silent one costs no process")
        tap.ok(idle.closed(), "idle: closed after session_timeout")
        took = time.monotonic() - begun
        tap.ok(took > SESSION_TIMEOUT - 1, "idle: but not before", took)
        line = w.pratiqued.wait_line(
            "connection-closed", reason="session_timeout")
        tap.equal(line["client"], "192.0.2.7", "idle: the log says why")
        tap.ok(silent.closed(), "silent: closed")
    wait_for("the sessions to end", lambda: not w.pratiqued.sessions())


def full(tap, w):
    """More connections than max_sessions wait for their turn"""
    w.restart(max_sessions=2)
    with dial(w), dial(w) as second:
        reply = []
        waiting = threading.Thread(
            target=lambda: reply.append(w.send(smtp.new_tag())))
        waiting.start()
        waiting.join(paced(1))
        tap.equal((len(w.pratiqued.sessions()), reply), (2, []),
                  "two sessions; the third connection waits")
        second.close()
        waiting.join()
    tap.has(reply[0], "250 ", "and is served when one of them ends")
    w.restart(max_sessions=500)


def aborted(tap, w):
    """A message that the MTA gives up in its body"""
    with dial(w) as mta:
        half(mta, "HALF1")
        mta.abort()
        line = w.pratiqued.wait_line("message-aborted", qid="HALF1")
        tap.equal(line["action"], "aborted", "in the log", line.text)
        replies = mta.message(HEADERS, PIECE, queue_id="WHOLE1")
        tap.equal(replies[-1][0], b"c", "the next message has its verdict")
    line = w.pratiqued.wait_line("message", qid="WHOLE1")
    tap.equal(line["verdict"], "clean", "and its line", line.text)


def end(pid):
    os.kill(pid, signal.SIGKILL)
    wait_for(f"{pid} to end", lambda: not proc.alive(pid))


def session_killed(tap, w):
    """The session is killed in a body"""
    with dial(w) as mta:
        half(mta, "LOST1")
        wait_for("the scanner to have a part of it", lambda: "/memfd" in
                 proc.descriptors(w.pratiqued.scanner()).values())
        end(w.pratiqued.sessions()[0])
        tap.ok(mta.closed(), "the MTA sees the connection end")
    line = w.pratiqued.wait_line("message-lost")
    tap.equal(line.get("qid"), "LOST1", "message-lost in the log", line.text)
    tap.comes(lambda: "/memfd" not in proc.descriptors(
        w.pratiqued.scanner()).values(), "the scanner keeps nothing of it")


def scanner_killed(tap, w):
    """The scanner is killed in a body, and before one"""
    for what in "in the body", "before the message":
        with dial(w) as mta:
            if what == "in the body":
                half(mta, "DARK1")
            old = w.pratiqued.scanner()
            end(old)
            wait_for("a new scanner", lambda: w.pratiqued.lines(
                "scanner-start")[-1]["pid"] != str(old))
            try:
                if what == "in the body":
                    mta.command(b"B", PIECE * 800)
                    code, payload = mta.command(b"E")[-1]
                else:
                    code, payload = mta.message(HEADERS, PIECE)[-1]
                put_off = code == b"t" or code + payload[:1] == b"y4"
            except (Closed, BrokenPipeError):
                put_off = True
            tap.ok(put_off, f"{what}: no verdict, a temporary failure")
    tap.equal(w.recovers()[1].values(STATUS), ["Clean"],
              "new mail goes through, scanned")


def listener_killed(tap, w):
    """The listener is killed in a body"""
    with dial(w) as mta:
        half(mta, "ORPHAN1")
        end(w.pratiqued.listener())
        try:
            mta.command(b"B", PIECE * 800)
            code = mta.command(b"E")[-1][0]
        except (Closed, BrokenPipeError):
            code = None
        # Its sessions may end with it, or finish properly.
        clean = w.pratiqued.lines("message", qid="ORPHAN1", verdict="clean")
        tap.ok(code in (None, b"t", b"y") or (code == b"c" and clean),
               "closed, a temporary failure, or a true verdict", code)
    tap.equal(w.recovers()[1].values(STATUS), ["Clean"],
              "new mail goes through, scanned")


main(world, nonsense, pieces, memory, silence, full, aborted, session_killed, scanner_killed,
     listener_killed)
