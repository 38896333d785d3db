#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Whoever reads the log stops reading: nobody waits for it, neither mail nor the
start nor the end of the daemon; when it reads again it gets what was kept, and
is told how many lines it missed."""
import fcntl
import json
import os
import socket
import subprocess
import threading

from kit import smtp
from kit.pratiqued import Line
from kit.tap import main, wait_for
from kit.world import World
from milterclient import MilterClient

# With such names a line is about 1 KB long: so many of them are more than the
# scanner keeps.
LONG = "x" * 240
MESSAGES = 500


class Reader:
    """The far end of the log."""

    def __init__(self, kind):
        if kind == "pipe":
            self.far, self.near = os.pipe()
            fcntl.fcntl(self.near, fcntl.F_SETPIPE_SZ, 4096)
        else:
            self.far, self.near = [s.detach() for s in socket.socketpair()]
        self.data = b""
        self.flags = fcntl.fcntl(self.near, fcntl.F_GETFL)
        self.fill()

    def fill(self):
        """Full before the daemon starts."""
        fcntl.fcntl(self.near, fcntl.F_SETFL, self.flags | os.O_NONBLOCK)
        for size in 4096, 1:
            try:
                while True:
                    os.write(self.near, b"\n" * size)
            except BlockingIOError:
                pass
        fcntl.fcntl(self.near, fcntl.F_SETFL, self.flags)

    def close(self):
        for fd in self.near, self.far:
            os.close(fd)

    def resume(self):
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                piece = os.read(self.far, 65536)
            except OSError:  # closed
                return
            if not piece:
                return
            self.data += piece

    def lines(self):
        whole = self.data.rpartition(b"\n")[0].decode("latin-1")
        return [Line(text) for text in whole.split("\n") if text]

    def wait(self, event):
        return wait_for(f"log line {event}", lambda: [
            line for line in self.lines() if line.get("event") == event])


def world(stack, directory):
    return World(stack, directory, start=False)


def start(w, reader):
    p = w.pratiqued
    p.write()
    p.process = subprocess.Popen(
        [p.program(), "-c", p.config], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=reader.near)
    wait_for("the daemon to be up", lambda: p.tool("status")[0] == 0)


def messages(w):
    """So many verdicts, on one connection: the last."""
    with MilterClient(w.pratiqued.socket) as mta:
        mta.negotiate()
        mta.connect(host=LONG)
        mta.helo(LONG)
        for _ in range(MESSAGES):
            replies = mta.message([("Subject", "x")], b"text\r\n",
                                  sender=f"<{LONG}@example.net>")
        return replies[-1][0]


def stalled(tap, w, kind, form):
    name = f"{kind}, {form}"
    p = w.pratiqued
    p.settings["log_format"] = form
    reader = Reader(kind)
    start(w, reader)
    tap.equal(p.tool("status")[0], 0, f"{name}: full, and the daemon starts")
    tap.equal(fcntl.fcntl(reader.near, fcntl.F_GETFL), reader.flags,
              f"{name}: who shares the descriptor notices nothing")
    tap.has(w.send(smtp.new_tag()), "250 ", f"{name}: mail is taken")
    tap.equal(messages(w), b"c", f"{name}: and more than the log can hold")
    reader.resume()
    lost = sum(int(line["lines"]) for line in reader.wait("log-lost"))
    came = len([x for x in reader.lines() if x.get("event") == "message"])
    tap.equal(lost + came, MESSAGES + 1,
              f"{name}: later, what was kept and how many are missing")
    tap.ok(lost > 0 and came > 10, f"{name}: some of each", lost, came)
    tap.has(w.send(smtp.new_tag()), "250 ", f"{name}: one more")
    wait_for("its line", lambda: [
        x for x in reader.lines() if x.get("event") == "message"
        and LONG not in x["from"]][1:])
    if form == "json":
        for line in reader.data.split(b"\n"):
            json.loads(line or b"{}")
    tap.ok(all("level" in x for x in reader.lines()),
           f"{name}: every line is whole")
    tap.equal(p.stop(), 0, f"{name}: ends")
    reader.close()


def pipe(tap, w):
    """A pipe, as in daemon 2>&1 | logger"""
    stalled(tap, w, "pipe", "logfmt")
    stalled(tap, w, "pipe", "json")


def stream(tap, w):
    """A socket, as journald's"""
    stalled(tap, w, "socket", "logfmt")
    stalled(tap, w, "socket", "json")


def end(tap, w):
    """SIGTERM while nobody reads"""
    w.pratiqued.settings["log_format"] = "logfmt"
    reader = Reader("pipe")
    start(w, reader)
    tap.has(w.send(smtp.new_tag()), "250 ", "mail is taken")
    tap.equal(w.pratiqued.stop(), 0, "it ends")


main(world, pipe, stream, end)
