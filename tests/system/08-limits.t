#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The limits of a connection, and crowds: what one peer, or twenty thousand,
can make the daemon spend while others are served."""
import contextlib
import os
import re
import resource
import time

from kit import proc, smtp
from kit.pace import paced
from kit.tap import main, wait_for
from kit.world import World
from milterclient import Closed, MilterClient

HEADERS = [("From", "<a@example.net>"), ("Subject", "limits")]
BODY = b"within limits\r\n"
CROWD = 1100
SILENT = 1000
STORM = 20000
# Growth of a process's memory that is no leak: tables touched for the first
# time, for a crowd of this size.
GROWTH_KB = 8192
PACKET_TIME = paced(2)  # seconds

LIMITS = {"recipients": 5, "header_fields": 10, "header_size": "2K",
          "parameters": 3, "messages": 4, "packet_time": f"{PACKET_TIME}s",
          "message_time": f"{paced(4)}s", "own_fields": 3}


def world(stack, directory):
    return World(stack, directory, limits=LIMITS)


def dial(w):
    mta = MilterClient(w.pratiqued.socket)
    mta.negotiate()
    mta.connect()
    mta.helo()
    return mta


def is_open(mta):
    try:
        return mta.silent(0.05)
    except Closed:
        return False


def refused(tap, w, what, limit, queue_id, headers=HEADERS,
            rcpts=("<b@c>",)):
    """One message that passes a limit: put off, and the log says why."""
    with dial(w) as mta:
        code, payload = mta.message(headers, BODY, rcpts=rcpts,
                                    queue_id=queue_id)[-1]
        tap.equal((code, payload[:3]), (b"y", b"451"), f"{what}: put off")
        line = w.pratiqued.wait_line("message", qid=queue_id)
        tap.equal((line["verdict"], line["reason"], line["limit"],
                   line["action"]),
                  ("unscanned", "limits", limit, "tempfail"),
                  f"{what}: in the log")
        code, _ = mta.message(HEADERS, BODY, queue_id=queue_id + "N")[-1]
        tap.equal(code, b"c", f"{what}: the next message is scanned")


def closed(tap, w, what, **keys):
    """What ends a connection is in the log, with the client's address."""
    line = w.pratiqued.wait_line("connection-closed", **keys)
    tap.equal(line["client"], "192.0.2.7", f"{what}: the log says why")


def in_a_message(tap, w):
    """Recipients, header fields, their size; parameters; messages"""
    refused(tap, w, "recipients", "recipients", "RCPTS1",
            rcpts=["<b@c>"] * 6)
    refused(tap, w, "header fields", "header_fields", "FIELDS1",
            headers=[("X-A", "1")] * 11)
    refused(tap, w, "header size", "header_size", "BYTES1",
            headers=[("X-A", "a" * 1000)] * 3)
    refused(tap, w, "fields of ours", "own_fields", "FORGED1",
            headers=[("X-Virus-Scanned", "1"), ("X-Virus-Status", "1")] * 2)
    with dial(w) as mta:
        code, _ = mta.message([("X-A", "1")] * 10, BODY, queue_id="FULL1",
                              rcpts=["<b@c>"] * 5)[-1]
        tap.equal(code, b"c", "exactly the limits: scanned")
    with dial(w) as mta:
        mta.command(b"M", b"<a@b>\0" + b"X=1\0" * 3)
        mta.command(b"R", b"<a@b>\0" + b"X=1\0" * 4)
        tap.ok(mta.closed(), "parameters: closed")
    closed(tap, w, "parameters", reason="limits", limit="parameters")
    with dial(w) as mta:
        for n in range(4):
            mta.message(HEADERS, BODY, queue_id=f"MANY{n}")
        try:
            mta.message(HEADERS, BODY, queue_id="MANY4")
            ended = False
        except (Closed, BrokenPipeError, ConnectionResetError):
            ended = True
        tap.ok(ended, "messages: closed at the next one")
    closed(tap, w, "messages", reason="limits", limit="messages")


def drips(tap, w):
    """Bytes that come too slowly"""
    packet = b"\0\0\0\x07H" + b"drips\0"
    with dial(w) as mta:
        begun, sent = time.monotonic(), 0
        try:
            # One byte at a time, each well within the limit of a packet.
            while sent < len(packet) and is_open(mta):
                mta.send_raw(packet[sent:sent + 1])
                sent += 1
                time.sleep(paced(0.5))
        except (BrokenPipeError, ConnectionResetError):
            pass
        tap.ok(sent < len(packet), "one packet: closed", sent)
        tap.ok(time.monotonic() - begun > PACKET_TIME - 0.1,
               "one packet: not too soon")
    closed(tap, w, "one packet", reason="packet_time")
    with dial(w) as mta:
        mta.command(b"M", b"<a@b>\0")
        mta.command(b"R", b"<a@b>\0")
        mta.command(b"L", b"Subject\0 drips\0")
        sent = 0
        try:
            while sent < 60 and is_open(mta):
                mta.command(b"B", b"x")
                sent += 1
                time.sleep(paced(0.5))
        except (BrokenPipeError, ConnectionResetError):
            pass
        tap.ok(sent < 60, "whole packets of one byte: closed", sent)
    closed(tap, w, "whole packets of one byte", reason="message_time",
           **{"from": "a@b"})
    with dial(w) as mta:
        # As Postfix while its client sends: nothing after the envelope.
        mta.command(b"M", b"<silent@b>\0")
        mta.command(b"R", b"<a@b>\0")
        mta.command(b"T")
        tap.ok(mta.closed(), "nothing after DATA: closed")
    closed(tap, w, "nothing after DATA", reason="message_time",
           **{"from": "silent@b"})
    with MilterClient(w.pratiqued.socket) as mta:
        mta.send_raw(b"\0\0\0\1z")
        tap.ok(mta.closed(), "no milter command: closed")
    w.pratiqued.wait_line("connection-closed", reason="unknown-command")
    wait_for("the sessions to end", lambda: not w.pratiqued.sessions())


def slow(tap, w):
    """An honest client on a slow line"""
    w.restart(limits={"packet_time": f"{PACKET_TIME}s", "message_time": "5m"})
    with dial(w) as mta:
        mta.macros(b"M", i="SLOW1")
        mta.command(b"M", b"<a@b>\0")
        mta.command(b"R", b"<a@b>\0")
        mta.command(b"T")
        # The MTA has the content before it sends any of it.
        time.sleep(2 * PACKET_TIME)
        mta.command(b"L", b"Subject\0 slow\0")
        mta.command(b"N")
        for _ in range(8):  # or does not
            time.sleep(paced(0.5))
            mta.command(b"B", b"x" * 65535)
        mta.send(b"E")
        tap.equal(mta.recv_final()[-1][0], b"c", "scanned and passed")
    tap.equal(w.pratiqued.lines("connection-closed"), [], "nothing closed")


def spent(w):
    """Descriptors and memory of listener and scanner."""
    def now():
        with contextlib.suppress(OSError, KeyError):  # it was just replaced
            return [(len(os.listdir(f"/proc/{pid}/fd")),
                     int(proc.status(pid)["VmRSS"].split()[0]))
                    for pid in (w.pratiqued.listener(), w.pratiqued.scanner())]
    return wait_for("both processes", now)


def settled(tap, w, before, what):
    """Afterwards nothing is left over."""
    wait_for("the crowd to be gone", lambda: not w.pratiqued.sessions())
    tap.comes(lambda: all(
        now[0] <= then[0] for now, then in zip(spent(w), before)),
        f"{what}: no descriptor lost")
    growth = [now[1] - then[1] for now, then in zip(spent(w), before)]
    tap.ok(max(growth) < GROWTH_KB, f"{what}: memory is bounded", growth)


def served(tap, w, what):
    tap.has(w.send(smtp.new_tag()), "250 ", f"{what}: others are served")


def crowds(tap, w):
    """1,000 silent and 1,100 idle connections"""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    w.restart(max_sessions=CROWD + 100, limits={})
    served(tap, w, "before")
    before = spent(w)
    silent = [MilterClient(w.pratiqued.socket) for _ in range(SILENT)]
    served(tap, w, "1,000 silent")
    tap.equal(len(w.pratiqued.sessions()), 0, "1,000 silent: no process")
    idle = [dial(w) for _ in range(CROWD)]
    tap.equal(len(w.pratiqued.sessions()), CROWD, "1,100 idle: all there")
    served(tap, w, "1,100 idle")
    replies = [mta.message(HEADERS, BODY, queue_id=f"IDLE{n}")[-1][0]
               for n, mta in enumerate(idle) if n % 100 == 0]
    tap.equal(set(replies), {b"c"}, "1,100 idle: they can still send")
    for mta in silent + idle:
        mta.close()
    settled(tap, w, before, "crowds")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def patiently(w):
    """A connection, when the backlog has room for one."""
    while True:
        try:
            return MilterClient(w.pratiqued.socket)
        except BlockingIOError:
            time.sleep(0.01)


def storm(tap, w):
    """20,000 connections that come and go"""
    listener = w.pratiqued.listener()
    served(tap, w, "before")
    before = spent(w)
    said = [b"", b"GET / HTTP/1.0\r\n\r\n", b"\x7f\xff\xff\xffB",
            os.urandom(64)]
    for n in range(STORM):
        with patiently(w) as mta:
            try:
                mta.send_raw(said[n % len(said)])
            except BrokenPipeError:
                pass
        if n % 5000 == 2500:
            served(tap, w, f"storm, {n}")
    settled(tap, w, before, "storm")
    tap.equal(w.pratiqued.lines("session-died"), [], "storm: no session died")
    tap.ok(proc.alive(listener) or w.pratiqued.listeners(),
           "storm: a listener is there")


def crowded(tap, w):
    """More idle sessions than there are places"""
    places = 10
    w.restart(max_sessions=places, limits={})
    open_one = dial(w)
    open_one.command(b"M", b"<open@b>\0")
    open_one.command(b"R", b"<a@b>\0")
    idle = [dial(w) for _ in range(places - 1)]
    wait_for("all to have a place",
             lambda: len(w.pratiqued.sessions()) == places)
    tap.equal(w.pratiqued.lines("connections-waiting"), [],
              "all places taken: nobody waits")
    served(tap, w, "idle sessions give way")
    line = w.pratiqued.wait_line("connections-waiting", reason="max_sessions")
    tap.equal((line["limit"], int(line["waiting"]) > 0),
              (str(places), True), "the log says that places were short")
    line = w.pratiqued.wait_line("connection-closed", reason="max_sessions")
    tap.equal(line["client"], "192.0.2.7", "and who gave way")
    tap.ok(idle[0].closed(), "the one that was idle longest")
    tap.ok(is_open(idle[-1]), "not the newest")
    for name, payload in ((b"L", b"Subject\0 x\0"), (b"N", b""),
                          (b"B", b"x")):
        open_one.command(name, payload)
    tap.equal(open_one.command(b"E")[-1][0], b"c",
              "a message that was open all the time is scanned")
    waiting = [MilterClient(w.pratiqued.socket) for _ in range(places)]
    for mta in waiting:
        mta.send_raw(b"\0\0\0\x0dO" + b"\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
    told = wait_for("pratique status to tell", lambda: re.search(
        rf"sessions: {places} of {places}, waiting: [1-9]",
        w.pratiqued.tool("status")[1]))
    tap.ok(told, "pratique status has limit, sessions, and who waits")
    for mta in waiting + idle + [open_one]:
        mta.close()


def eviction(tap, w):
    """More silent connections than are kept"""
    w.restart(max_sessions=50, limits={"silent": 16})
    silent = [MilterClient(w.pratiqued.socket) for _ in range(17)]
    tap.ok(silent[0].closed(), "the oldest gives way")
    tap.ok(is_open(silent[16]), "the newest stays")
    line = w.pratiqued.wait_line("connections-dropped")
    tap.equal((line["evicted"], line["silent"]), ("1", "0"),
              "the log says so")
    served(tap, w, "silent")
    for mta in silent:
        mta.close()


main(world, in_a_message, drips, slow, crowds, storm, crowded,
     eviction)
