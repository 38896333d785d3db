# SPDX-License-Identifier: ISC
"""The MTA's side of a milter connection, byte by byte, for the system tests.

    with MilterClient("unix:/run/x.sock") as mta:
        mta.negotiate()
        replies = mta.message([("Subject", "x")], b"text\\r\\n")
        assert replies[-1][0] == b"c"

Commands and replies are single bytes, payloads are bytes.  The helpers keep
to what the filter negotiated: they leave out what it switched off and wait
for no reply that it does not give.  send, recv and send_raw do not, so that a
test can break every rule.  Raises Closed when the filter closes, TimeoutError
when nothing comes in time.
"""

import socket
import struct

from kit.pace import paced

VERSION = 6
ACTIONS = 0x1FF
FLAGS = 0x1FFFFF
HDR_LEADSPC = 0x00100000
CHUNK = 65535  # the largest payload either MTA sends

# command: (flag "do not send", flag "no reply")
OFF_AND_SILENT = {
    b"C": (0x00000001, 0x00001000),
    b"H": (0x00000002, 0x00002000),
    b"M": (0x00000004, 0x00004000),
    b"R": (0x00000008, 0x00008000),
    b"T": (0x00000200, 0x00010000),
    b"L": (0x00000020, 0x00000080),
    b"N": (0x00000040, 0x00040000),
    b"B": (0x00000010, 0x00080000),
    b"U": (0x00000100, 0x00020000),
    b"E": (0, 0),
}
CONTINUE = (b"c", b"")
FINAL = b"acrtyds"  # what ends the wait for an answer


class Closed(Exception):
    """The filter closed the connection."""


def to_bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def strings(*texts):
    """Each text and its NUL."""
    return b"".join(to_bytes(t) + b"\0" for t in texts)


def packet(command, payload=b""):
    return struct.pack("!I", len(payload) + 1) + command + payload


class MilterClient:
    """One connection to "unix:/path", "inet:port@host" or a bare path."""

    def __init__(self, address, timeout=paced(60)):
        self.version, self.actions, self.flags = VERSION, 0, 0
        self.macro_lists = {}
        kind, _, rest = address.rpartition(":")
        if kind in ("inet", "inet6"):
            port, _, host = rest.partition("@")
            self.sock = socket.create_connection((host, int(port)), timeout)
        else:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(rest)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send_raw(self, data):
        self.sock.sendall(data)

    def send(self, command, payload=b""):
        self.send_raw(packet(command, payload))

    def recv_exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.sock.recv(count - len(data))
            except ConnectionResetError as reset:
                raise Closed(data) from reset
            if not piece:
                raise Closed(data)
            data += piece
        return data

    def recv(self):
        """The next reply: (code, payload)."""
        length, = struct.unpack("!I", self.recv_exactly(4))
        data = self.recv_exactly(length)
        return data[:1], data[1:]

    def recv_final(self):
        """All replies up to and with the final one."""
        replies = [self.recv()]
        while replies[-1][0] not in FINAL:
            replies.append(self.recv())
        return replies

    def closed(self):
        """True if the filter closes without a further byte."""
        try:
            self.recv_exactly(1)
        except Closed:
            return True
        return False

    def silent(self, seconds=0.2):
        """True if nothing comes for so long: no surplus reply."""
        before = self.sock.gettimeout()
        self.sock.settimeout(seconds)
        try:
            self.recv_exactly(1)
        except TimeoutError:
            return True
        finally:
            self.sock.settimeout(before)
        return False

    def negotiate(self, version=VERSION, actions=ACTIONS, flags=FLAGS):
        """Returns (version, actions, flags, {stage: macro names})."""
        self.send(b"O", struct.pack("!III", version, actions, flags))
        code, payload = self.recv()
        if code != b"O":
            raise ValueError(f"answer to OPTNEG: {code!r} {payload!r}")
        self.version, self.actions, self.flags = struct.unpack(
            "!III", payload[:12])
        lists, self.macro_lists = payload[12:], {}
        while lists:
            stage, = struct.unpack("!I", lists[:4])
            names, _, lists = lists[4:].partition(b"\0")
            self.macro_lists[stage] = names.decode("ascii").split()
        return self.version, self.actions, self.flags, self.macro_lists

    def macros(self, command, **values):
        """D for a command; names without braces: i="4A5B", mail_addr=..."""
        pairs = ((n if len(n) == 1 else "{%s}" % n, v)
                 for n, v in values.items())
        self.send(b"D", command + b"".join(strings(*p) for p in pairs))

    def command(self, command, payload=b""):
        """Sends if the filter wants it; all replies up to the final one, or
        [CONTINUE] if it gives none."""
        off, silent = OFF_AND_SILENT[command]
        if not self.flags & off:
            self.send(command, payload)
            if not self.flags & silent:
                return self.recv_final()
        return [CONTINUE]

    def connect(self, host="client.example", address="192.0.2.7", port=40025):
        family = b"6" if ":" in address else b"4"
        return self.command(b"C", strings(host) + family +
                            struct.pack("!H", port) + strings(address))

    def helo(self, name="client.example"):
        return self.command(b"H", strings(name))

    def begin(self, queue_id):
        """All of a message that comes before its body."""
        self.negotiate()
        self.connect()
        self.helo()
        self.macros(b"M", i=queue_id)
        self.command(b"M", strings("<a@example.net>"))
        self.command(b"R", strings("<b@example.net>"))
        self.command(b"L", strings("Subject", " x"))
        self.command(b"N")

    def message(self, headers, body, sender="<sender@example.com>",
                rcpts=("<rcpt@example.com>",), queue_id="4TEST00001"):
        """A whole message; the replies at its end, or the first that is not
        "continue"."""
        space = " " if self.flags & HDR_LEADSPC else ""
        steps = [(b"M", strings(sender))]
        steps += [(b"R", strings(r)) for r in rcpts]
        steps += [(b"T", b"")]
        steps += [(b"L", strings(n, to_bytes(space) + to_bytes(v)))
                  for n, v in headers]
        steps += [(b"N", b"")]
        steps += [(b"B", body[at:at + CHUNK])
                  for at in range(0, len(body), CHUNK)]
        for command, payload in steps:
            self.macros(command, **({} if command in b"MR"
                                    else {"i": queue_id}))
            replies = self.command(command, payload)
            if replies[-1][0] == b"s":
                break  # SKIP: the filter has seen enough of the body
            if replies[-1][0] != b"c":
                return replies
        self.macros(b"E", i=queue_id)
        return self.command(b"E")

    def abort(self):
        self.send(b"A")
