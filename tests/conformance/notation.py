# SPDX-License-Identifier: ISC
"""How the rows of the conformance list are written.

A script is a text of words, or a list of such texts and of bytes.  A word is
a packet of the table below, or P0 to P7, which stand for a conversation up to
the negotiation, HELO, MAIL, RCPT, DATA, a header, the end of headers, a piece
of body.  packet() makes others.  Unless a script begins with another offer,
nothing that saves answers is offered, so that each command is answered.

Replies are words too: the packets' codes, with index and field for i and m and
the text for y and q.  "c*3" is c three times; CLEAN and BAD are all packets
that answer a clean and an infected message.
"""
import struct
from dataclasses import dataclass, field

MARKER = b"pratique-yellow-flag-" + b"test-word"
MARKER_NAME = "Pratique.Test.YellowFlag.UNOFFICIAL"

ALL_ACTIONS = 0x1ff
ALL_FLAGS = 0x1fffff


def raw(length, code=b"", payload=b""):
    """A packet whose length word may lie."""
    return struct.pack("!I", length) + code + payload


def packet(code, payload=b""):
    code = code if isinstance(code, bytes) else code.encode("latin-1")
    return raw(len(payload) + 1, code, payload)


def offer(version=6, actions=ALL_ACTIONS, flags=ALL_FLAGS, rest=b""):
    return packet("O", struct.pack("!III", version, actions, flags) + rest)


def answer(version, actions, flags, lists=True):
    """Our answer to an offer."""
    names = ["{none}", "{none}", "i", "{none}", "i", "i", "i"]
    return offer(version, actions, flags, b"" if not lists else b"".join(
        stage.to_bytes(4, "big") + name.encode() + b"\0"
        for stage, name in enumerate(names)))


PACKETS = {
    "O": offer(flags=1),  # CONNECT could be left out: we never ask for it
    "ALL": offer(),  # what both MTAs send
    "SPACE": offer(flags=0x100001),
    "OLD": offer(2, 0x3f, 0x7f),
    "C": packet("C", b"h.example\x004\0\x19192.0.2.1\0"),
    "H": packet("H", b"c.example\0"),
    "M": packet("M", b"<a@b>\0"),
    "R": packet("R", b"<c@d>\0"),
    "T": packet("T"),
    "L": packet("L", b"Subject\0x\0"),
    "N": packet("N"),
    "B": packet("B", b"hi\r\n"),
    "BAD": packet("B", MARKER + b"\r\n"),
    "E": packet("E"),
    "A": packet("A"),
    "Q": packet("Q"),
    "K": packet("K"),
    "U": packet("U", b"FOO bar\0"),
}
PREFIX = "OCHMRTLNB"
PREFIXES = {f"P{n}": " ".join("O" if n == 0 else PREFIX[:n + 2])
            for n in range(8)}

STATUS = "X-Virus-Status"
SCANNED = "X-Virus-Scanned"
HOST = "mx.example"


def verdict(status, scanned=True):
    """The two insertions of a message that goes on."""
    words = [f"i1 {STATUS}:{status}"]
    return words + ([f"i1 {SCANNED}:Pratique at {HOST}"] if scanned else [])


REPLIES = {
    "CLEAN": verdict("Clean") + ["c"],
    "BAD": [f"y 550 5.7.1 Message refused: {MARKER_NAME} found"],
    "LATER": ["t"],
    "UNSCANNED": ["y 451 4.7.1 Message could not be scanned, try again "
                  "later"],
}


def script_bytes(script):
    """The bytes that the MTA sends."""
    out = b""
    for part in [script] if isinstance(script, (str, bytes)) else script:
        if isinstance(part, bytes):
            out += part
            continue
        for word in part.split():
            for name in PREFIXES.get(word, word).split():
                out += PACKETS[name]
    return out


def packets_of(data):
    """The whole packets at the start of these bytes, and what is left."""
    found = []
    while len(data) >= 4:
        length = int.from_bytes(data[:4], "big")
        if not 1 <= length <= 65536 or len(data) < 4 + length:
            break
        found.append(data[4:4 + length])
        data = data[4 + length:]
    return found, data


def reply_words(text):
    """The words of an expectation, one per packet."""
    out = []
    for part in [text] if isinstance(text, str) else text:
        if not isinstance(part, str):
            out += part
            continue
        for word in part.split():
            word, _, times = word.partition("*")
            out += REPLIES.get(word, [word]) * int(times or 1)
    return out


class Broken(Exception):
    """What was received is not a sequence of legal replies."""


def render(data):
    """The words of what was received.  Judges every packet: no empty one, no
    code that is never sent, no payload where there is none, strings ended by
    exactly one NUL."""
    words = []
    while data:
        length = int.from_bytes(data[:4], "big")
        if not 1 <= length <= 65536 or len(data) < 4 + length:
            raise Broken(f"packet of length {length}: {data[:40]!r}")
        code, payload = chr(data[4]), data[5:4 + length]
        data = data[4 + length:]
        if code in "cartdsp":
            if payload:
                raise Broken(f"{code} with payload {payload!r}")
            words.append(code)
        elif code in "im":
            name, value, rest = payload[4:].split(b"\0")
            if rest:
                raise Broken(f"{code} {payload!r}")
            index = int.from_bytes(payload[:4], "big")
            value = value.decode("ascii").removeprefix(" ")
            words.append(f"{code}{index} {name.decode('ascii')}:{value}")
        elif code in "yq":
            text, rest = payload.split(b"\0")
            if rest:
                raise Broken(f"{code} {payload!r}")
            words.append(f"{code} {text.decode('ascii')}")
        elif code == "O" and not words:
            words.append("O")
        else:
            raise Broken(f"{code} {payload!r}")
    return words


@dataclass
class Case:
    """A conversation, for the engine and for the daemon."""
    script: object
    replies: object
    ends: str = "open"  # or why the engine closes
    seen: dict = field(default_factory=dict)  # keys of the message's log line
    content: bytes = None  # of the last message, as the scanner gets it
    host: str = None  # calls for messages: begin, end, abort, report
    answer: bytes = None  # the packet that answers the offer
    daemon: bool = True  # run against the daemon too
    # What the engine is told of the messages: clean, or MARKER was found;
    # several for the parts of a script that is a list.
    clean: object = True
    log: tuple = ()  # lines of the host log that must be there, engine only
    actions: tuple = ()  # (outcome, action, reply), engine only


@dataclass
class Encoder:
    """Requests to the encoder, each with whether it must pass; and the bytes
    that must come of it."""
    steps: list
    sent: bytes


@dataclass
class Special:
    """A function of special.py, for what is more than a conversation."""
    name: str


@dataclass
class Row:
    id: str
    sent: str
    required: str
    cases: list
    stricter: str = ""  # than libmilter, and why
    other: str = ""  # where libmilter does worse
    absent: str = ""  # why pratiqued never does this


def row(ident, sent, required, *cases, **notes):
    flat = []
    for case in cases:
        flat += case if isinstance(case, list) else [case]
    return Row(ident, sent, required, flat, **notes)


def each(scripts, replies, ends="open", **more):
    """The same expectation of several scripts."""
    return [Case(script, replies, ends, **more) for script in scripts]
