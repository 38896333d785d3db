# SPDX-License-Identifier: ISC
"""Conformance rows C: CONNECT and HELO."""
from notation import Case, Encoder, Special, each, packet, row

CONNECT_V4 = b"h\x004\0\x19"
CONNECT_V6 = b"h\x006\0\x19"


def connect(payload):
    return packet("C", payload)


def dialled(payload):
    """CONNECT with this payload, and a message whose log line shows it."""
    return ["O", connect(payload), "M R N E"]


CONNECT = [
    row("C01", "an IPv4 client", "answered; name and address are seen",
        Case("P4 N E", "O c*6 CLEAN",
             seen={"client": "192.0.2.1", "client_name": "h.example"})),
    row("C02", "an IPv6 client", "answered; the address is seen",
        Case(dialled(b"[2001:db8::1]\x006\x12\x342001:db8::1\0"),
             "O c*4 CLEAN", seen={"client": "2001:db8::1"})),
    row("C03", "the same with IPv6: before it and not shortened",
        "the same address",
        each([dialled(CONNECT_V6 + b"IPv6:2001:db8:0:0:0:0:0:1\0"),
              dialled(CONNECT_V6 + b"ipV6:2001:0DB8::0001\0")],
             "O c*4 CLEAN", seen={"client": "2001:db8::1"})),
    row("C04", "socket paths of 1 and of 107 bytes", "answered",
        Case(dialled(b"localhost\0L\0\0/\0"), "O c*4 CLEAN",
             seen={"client": "/"}),
        Case(dialled(b"localhost\0L\0\0" + b"/" * 107 + b"\0"),
             "O c*4 CLEAN")),
    row("C05", "a socket path of 108 bytes", "close",
        Case(["O", connect(b"localhost\0L\0\0" + b"/" * 108 + b"\0")], "O",
             "payload")),
    row("C06", "family U", "answered; no address",
        Case(dialled(b"localhost\0U"), "O c*4 CLEAN",
             seen={"client": "", "client_name": "localhost"})),
    row("C07", "family U with bytes behind it", "close, or answered",
        Case(["O", connect(b"localhost\0U\0\x19x\0")], "O", "payload"),
        stricter="a payload has exactly the parts of its command"),
    row("C08", "IPv4 addresses that are none: unknown, empty, 127.1, a "
        "space behind, five parts", "close",
        each([["O", connect(CONNECT_V4 + text + b"\0")] for text in
              (b"unknown", b"", b"127.1", b"127.0.0.1 x", b"1.2.3.4.5")],
             "O", "payload"),
        stricter="four numbers and nothing else; libmilter takes 127.1 and "
                 "what stands behind a space"),
    row("C09", "IPv4 without port, without address, without NUL", "close",
        each([["O", connect(text)] for text in
              (b"h\x004", b"h\x004\0\x19", b"h\x004\0\x19192.0.2.1")],
             "O", "payload")),
    row("C10", "IPv6 with a scope id; with IPv4 text", "close",
        each([["O", connect(CONNECT_V6 + text + b"\0")] for text in
              (b"fe80::1%eth0", b"192.0.2.1")], "O", "payload")),
    row("C11", "family Z", "close",
        Case(["O", connect(b"h\0Z\0\x19x\0")], "O", "payload")),
    row("C12", "a host without NUL", "close",
        Case(["O", connect(b"h.example")], "O", "payload")),
    row("C13", "a host and nothing else", "close",
        Case(["O", connect(b"h.example\0")], "O", "payload")),
    row("C14", "an empty host, family U", "answered",
        Case(dialled(b"\0U"), "O c*4 CLEAN", seen={"client_name": ""})),
    row("C15", "a host of 60000 bytes", "answered or closed, no crash",
        Case(dialled(b"h" * 60000 + b"\0U"), "O c*4 CLEAN")),
    row("C16", "a string behind the address", "close",
        Case(["O", connect(CONNECT_V4 + b"192.0.2.1\0more\0")], "O",
             "payload"), stricter="libmilter ignores it"),
    row("C17", "CONNECT twice, behind HELO, in a message", "close",
        Case("O C C", "O c", "order"), Case("P1 C", "O c*2", "order"),
        Case("P3 C", "O c*4", "order"), stricter="libmilter falls silent"),
    row("C18", "MAIL without HELO", "answered", Case("O C M", "O c*2")),
    row("C19", "HELO twice", "answered twice",
        Case(["P1", packet("H", b"other\0"), "M R N E"], "O c*6 CLEAN",
             seen={"helo": "other"})),
    row("C20", "HELO in a message, then ABORT",
        "message dropped once, HELO answered",
        Case("P7 H A M R N E", "O c*12 CLEAN",
             host="begin abort report begin end report")),
    row("C21", "ABORT in a message, then HELO",
        "message dropped once, HELO answered",
        Case("P7 A H M", "O c*10", host="begin abort report")),
    row("C22", "HELO without NUL; without payload", "close",
        each([["O C", packet("H", b"x")], ["O C", packet("H")]], "O c",
             "payload"),
        stricter="libmilter gives no answer to the first"),
    row("C23", "HELO with a NUL inside", "close",
        Case(["O C", packet("H", b"a\0b\0")], "O c", "payload"),
        stricter="libmilter cuts it at the NUL"),
    row("C24", "HELO with 8-bit, CR, LF, ESC", "answered; escaped in the log",
        Case(["O C", packet("H", b"\xe4\r\n\x1b[1m\0"), "M R N E"],
             "O c*5 CLEAN"), Special("odd_helo")),
    row("C25", "ACCEPT as answer to CONNECT, then QUIT or end of file",
        "a, clean close",
        Encoder([("grant", 0, 0), ("answer", "C", 1),
                 (True, "plain", "a"), (False, "plain", "c")],
                b"\0\0\0\x01a"),
        Case("O C Q", "O c", "quit"),
        absent="all sessions are filtered; the encoder could do it"),
    row("C26", "a reply of 421 to CONNECT", "y with code and text",
        Encoder([("grant", 0, 0), ("answer", "C", 1),
                 (True, "text", b"421 4.3.2 closing")],
                packet("y", b"421 4.3.2 closing\0")),
        absent="nothing is refused before the end of a message; the encoder "
               "could do it"),
]
