# SPDX-License-Identifier: ISC
"""Sessions that were taken over: the records that they send, and the puppet
(ipc_engine.c) that sends them."""
import os
import socket
import struct
import subprocess

from kit.tap import BUILD

ROWS = [line.split() for line in subprocess.run(
    [os.path.join(BUILD, "ipc/records")], stdout=subprocess.PIPE,
    check=True).stdout.decode().splitlines()]
TYPE = {name: int(number) for name, number, _ in ROWS}
RECORDS = [name for name in TYPE if not name.startswith("outcome-")
           and name not in ("unknown", "batch-max")]
SIZE = {name: int(size) for name, _, size in ROWS}
BATCH_MAX = SIZE["batch-max"]
OWN = ["begin", "field", "body", "end", "abort", "report", "closing",
       "replay", "part", "part-bytes", "part-end", "read"]
PIECE_MAX = 65536  # bytes that a REPLAY may ask for


def record(name, rest=b"", length=None, size=None):
    """A record: its head, then rest, filled with zeros to its size."""
    kind = TYPE[name] if isinstance(name, str) else name
    body = rest.ljust((size or SIZE.get(name, 8)) - 8, b"\0")
    return struct.pack("=II", kind, length if length is not None
                       else 8 + len(body)) + body


def begin(number=1, queue_id=b"4IPC", client=b""):
    return record("begin", struct.pack("=II", number, 0) +
                  queue_id.ljust(64, b"\0") + client)


def field(name=b"Subject", value=b" x", lengths=None):
    return record("field", struct.pack(
        "=II", *(lengths or (len(name), len(value)))) + name + value)


def body(data=b"text\r\n"):
    return record("body", data)


def end(number=1, so_far="clean", size=20, readings=0):
    return record("end", struct.pack(
        "=IIIIQ", number, TYPE.get(f"outcome-{so_far}", so_far), readings, 0,
        size))


def part(name=b"2", decoding=0):
    return record("part", name.ljust(64, b"\0") +
                  struct.pack("=I", decoding))


def part_bytes(data=b"object"):
    return record("part-bytes", data)


def part_end(keep=1):
    return record("part-end", struct.pack("=I", keep))


def read(number=1, how=0):
    """How: 0 complete, 1 limit, 2 late, 3 failed."""
    return record("read", struct.pack("=II", number, how))


def report(number=1, outcome=0, action=0, text=b"", stage=0):
    """lib/claims.h: one recipient, none refused, no rule."""
    return record("report", struct.pack("=IIIIBBBBB3x", number, 1, 0, 0,
                                        outcome, action, 0, 0, stage) + text)


def replay(number=1, offset=0, credit=PIECE_MAX):
    return record("replay", struct.pack("=IIQ", number, credit, offset))


ABORT = record("abort")
MESSAGE = [begin(), field(), body(), end()]


class Puppet:
    """A session that does as it is told; see engine.c."""

    def __init__(self, cell):
        self.sock = cell.connect()

    @staticmethod
    def _order(letter, data=b""):
        return letter + struct.pack("!I", len(data)) + data

    def order(self, letter, data=b""):
        self.sock.sendall(self._order(letter, data))

    def _answer(self):
        length, = struct.unpack("!I", self._exactly(4))
        return self._exactly(length)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.sock.recv(count - len(data))
            if not piece:
                raise ConnectionError("the session is gone")
            data += piece
        return data

    def write(self, data, letter=b"W"):
        """errno, 0 if it went out."""
        self.order(letter, data)
        return int(self._answer())

    def read(self):
        """A datagram, or None if the channel is closed."""
        self.order(b"R")
        answer = self._answer()
        return answer[1:] if answer[:1] == b"+" else None

    def all(self, *datagrams):
        for datagram in datagrams:
            if self.write(datagram) != 0:
                return

    def ask(self, data, letter=b"W"):
        """Writes a datagram and waits for its RESULT: (message, outcome).
        In one piece: a result that comes while a session waits for the MTA
        is thrown away by it, as one to an earlier message."""
        self.sock.sendall(self._order(letter, data) + self._order(b"R"))
        if int(self._answer()) != 0:
            return None
        got = self._answer()
        return struct.unpack("=II", got[9:17]) if got[:1] == b"+" else None

    def piece(self, *arguments):
        """A REPLAY's answer: stored, offset, size, bytes; None: closed."""
        self.sock.sendall(self._order(b"W", replay(*arguments)) +
                          self._order(b"R"))
        if int(self._answer()) != 0:
            return None
        got = self._answer()
        return (*struct.unpack("=IQQ", got[13:33]), got[33:]) \
            if got[:1] == b"+" else None

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
