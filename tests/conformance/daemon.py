# SPDX-License-Identifier: ISC
"""Conversations with the real daemon's socket, in pieces of any size."""
import itertools
import select
import socket

from engine import differences
from kit.pace import paced
from kit.pratiqued import Line
from kit.tap import wait_for
from notation import (PACKETS, packets_of, render, reply_words, script_bytes)

TIMEOUT = paced(120)  # seconds without a byte before a test gives up
# In one write, one byte at a time, split where no packet ends.
SPLITS = {"at once": [1 << 20], "byte by byte": [1],
          "oddly": [3, 1, 7, 64, 1021]}
LARGE = 1 << 17  # what is longer is not sent in pieces of one byte


class Connection:
    """One connection; remembers every byte that came."""

    everything = []  # of all connections

    def __init__(self, address):
        family = socket.AF_INET if isinstance(address, tuple) else \
            socket.AF_UNIX
        self.sock = socket.socket(family)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(address)
        self.received = b""

    def send(self, data, sizes=(1 << 20,)):
        """In pieces of these sizes, in turns.  Reads what comes meanwhile; a
        peer that has closed is seen when reading."""
        at = 0
        for size in itertools.cycle(sizes):
            if at >= len(data):
                return
            while select.select([self.sock], [], [], 0)[0]:
                if not self.read():
                    return
            try:
                self.sock.sendall(data[at:at + size])
            except (BrokenPipeError, ConnectionResetError):
                return
            at += size

    def read(self):
        """Some bytes; nothing at the end."""
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self.received += data
        return data

    def words(self, count):
        """Reads until so many packets are there, or the end."""
        while len(packets_of(self.received)[0]) < count and self.read():
            pass
        return render(self.received)

    def rest_as_it_is(self):
        while self.read():
            pass

    def rest(self):
        """All packets up to the end of the connection."""
        self.rest_as_it_is()
        return render(self.received)

    def shut(self):
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        if self.received:
            self.everything.append(self.received)
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Log:
    """The daemon's log from a place on."""

    def __init__(self, pratiqued):
        self.path = pratiqued.log_file
        self.at = 0
        self.lines("message")

    def lines(self, event):
        """The lines of an event since the last skip()."""
        with open(self.path, encoding="latin-1") as log:
            log.seek(self.at)
            text = log.read().rpartition("\n")[0]
        return [line for line in map(Line, filter(None, text.split("\n")))
                if line.get("event") == event]

    def skip(self):
        with open(self.path, encoding="latin-1") as log:
            self.at = log.seek(0, 2)


def can_be_asked(data):
    """Is a HELO legal and answered behind these bytes?"""
    return data.startswith(PACKETS["O"]) and not packets_of(data)[1]


def run_split(address, case, split):
    """What is wrong with it: a list of texts."""
    data = script_bytes(case.script)
    want = reply_words(case.replies)
    with Connection(address) as mta:
        mta.send(data, SPLITS[split])
        if case.ends != "open":
            got = mta.rest()
        else:
            mta.words(len(want))
            if can_be_asked(data):
                # Still open, and no answer too many so far.
                mta.send(PACKETS["H"])
                want = want + ["c"]
                mta.words(len(want))
            mta.shut()
            got = mta.rest()
        wrong = differences("replies", got, want)
        if case.answer is not None:
            wrong += differences("answer", mta.received[:len(case.answer)],
                                 case.answer)
    return wrong


def run_case(world, case, split):
    log = world.conform_log
    log.skip()
    wrong = run_split(world.pratiqued.socket, case, split)
    if case.seen and not wrong:
        ends = sum(packet[:1] == b"E" for packet in
                   packets_of(script_bytes(case.script))[0])
        lines = wait_for("log lines", lambda: log.lines("message")[ends - 1:])
        line = lines[-1]
        wrong += differences("log", {k: line[k] for k in case.seen},
                             case.seen)
    return [f"daemon, {split}: {text}" for text in wrong]


def run(world, case):
    wrong = []
    for split in SPLITS:
        if split == "byte by byte" and len(script_bytes(case.script)) > LARGE:
            continue
        wrong += run_case(world, case, split)
    return wrong
