# SPDX-License-Identifier: ISC
"""Conformance rows R: replies and modifications."""
from notation import (ALL_ACTIONS, SCANNED, STATUS, Case, Encoder, Special,
                      offer, packet, row, verdict)

EOM = [("grant", ALL_ACTIONS, 0), ("answer", "E", 1)]
VALUE_MAX = 65535 - len("X-A\0\0")


def texts(passed, *all_texts):
    """Encoder cases: each of these as an SMTP reply at the end of a message;
    the default goes out where it is refused."""
    return [Encoder(EOM + [(passed, "text", text)]
                    + ([] if passed else [(True, "plain", "r")]),
                    b"" if passed else packet("r")) for text in all_texts]


def refused(*steps):
    """All of these at the end of a message, none of which may pass."""
    return Encoder(EOM + [(False, *step) for step in steps], b"")


ONE_OF_EACH = [
    ("header", "h", 0, b"X-A", b"v"), ("header", "i", 0, b"X-A", b"v"),
    ("header", "m", 1, b"X-A", b"w"), ("header", "m", 2, b"X-A", b""),
    ("address", "+", b"<x@y>", b""),
    ("address", "2", b"<x@y>", b"NOTIFY=NEVER"),
    ("address", "2", b"<x@y>", b""), ("address", "-", b"<x@y>", b""),
    ("address", "e", b"<x@y>", b""), ("address", "e", b"<x@y>", b"RET=HDRS"),
    ("body", b"new\r\n"), ("quarantine", b"virus")]
ONE_OF_EACH_SENT = b"".join([
    packet("h", b"X-A\0v\0"), packet("i", b"\0\0\0\0X-A\0v\0"),
    packet("m", b"\0\0\0\1X-A\0w\0"), packet("m", b"\0\0\0\2X-A\0\0"),
    packet("+", b"<x@y>\0"), packet("2", b"<x@y>\0NOTIFY=NEVER\0"),
    packet("2", b"<x@y>\0"), packet("-", b"<x@y>\0"),
    packet("e", b"<x@y>\0"), packet("e", b"<x@y>\0RET=HDRS\0"),
    packet("b", b"new\r\n"), packet("q", b"virus\0"), packet("c")])
NEEDS = {"h": 0x1, "i": 0x1, "m": 0x10, "+": 0x4, "2": 0x80, "-": 0x8,
         "e": 0x40, "body": 0x2, "quarantine": 0x20}


def need(step):
    return NEEDS[step[1] if step[0] in ("header", "address") else step[0]]


def field(name, value="x"):
    return packet("L", f"{name}\0{value}\0".encode())


NOT_QUARANTINE = ALL_ACTIONS & ~0x20

REPLY = [
    row("R01", "a final verdict at MAIL, DATA, HEADER, EOH, BODY, and at the "
        "end; then more of that message", "one packet; then close",
        *[Encoder([("grant", 0, 0), ("answer", to, 1), (True, "plain", code),
                   (False, "plain", "c")], packet(code))
          for to in "MTLNBE" for code in "rtda"],
        *[Case(f"P7 BAD E {more}", "O c*9 BAD", "order", clean=False)
          for more in "RTLNBE"],
        stricter="libmilter ignores what follows and leaves the MTA waiting"),
    row("R02", "a reply text with %", "doubled",
        Encoder(EOM + [(True, "text", b"550 5.7.1 50% of %s")],
                packet("y", b"550 5.7.1 50%% of %%s\0")),
        other="libmilter does not double it"),
    row("R03", "a reply text with CR, LF at the end, control or 8-bit bytes",
        "not sent",
        *texts(False, b"550 5.7.1 a\rb", b"550 5.7.1 a\r\nb",
               b"550 5.7.1 a\n", b"550 5.7.1 a\x1b", b"550 5.7.1 \xe4",
               b"550 5.7.1 a\0b"),
        stricter="MTAs pass control bytes on to the client; libmilter "
                 "refuses CR and LF only"),
    row("R04", "codes 250, 650, 55, 5500, 5x0", "refused, the default goes "
        "out",
        *texts(False, b"250 2.0.0 x", b"650 6.0.0 x", b"55 5.0.0 x",
               b"5500 5.0.0 x", b"5x0 5.0.0 x")),
    row("R05", "550 with a status of class 4, and the reverse", "refused",
        *texts(False, b"550 4.7.1 x", b"451 5.7.1 x"),
        stricter="Postfix gives up on a filter that sends this; libmilter "
                 "sends it"),
    row("R06", "a reply of three lines", "-, -, space; CRLF between; one NUL",
        Encoder(EOM + [(True, "text", b"550 5.7.1 a\nb\nc")],
                packet("y", b"550-5.7.1 a\r\n550-5.7.1 b\r\n"
                            b"550 5.7.1 c\0"))),
    row("R07", "981 bytes of text in a line", "refused",
        *texts(False, b"550 5.7.1 " + b"x" * 981)),
    row("R08", "a text for one message, and the next one put off without",
        "the old text is not used",
        Case([offer(6, 0x0e, 1), "C M R N BAD E", "M R N E"],
             "O c*5 BAD c*3 LATER", clean=(True, False, True)),
        other="libmilter would use it"),
    row("R09", "a silent command, and a refusal is wanted there",
        "nothing; the verdict goes out at the end",
        Encoder([("grant", 0, 0), ("answer", "B", 0), (False, "plain", "r"),
                 (False, "text", b"550 5.7.1 x"), ("answer", "E", 1),
                 (True, "plain", "r")], packet("r")),
        Case("ALL C H M R L BAD B B E", "O BAD", clean=False),
        other="libmilter then never answers again"),
    row("R10", "a whole message, everything silent", "the end is answered",
        Case("ALL C H M R L B E M R L B E", "O CLEAN CLEAN")),
    row("R11", "every modification once at the end", "the exact packets",
        Encoder(EOM + [(True, *step) for step in ONE_OF_EACH]
                + [(True, "plain", "c")], ONE_OF_EACH_SENT)),
    row("R12", "modifications before the end", "not sent",
        *[Encoder([("grant", ALL_ACTIONS, 0), ("answer", to, 1)]
                  + [(False, *step) for step in ONE_OF_EACH], b"")
          for to in "OCHMRTLNBU"]),
    row("R13", "modifications that were not granted", "not sent",
        *[Encoder([("grant", ALL_ACTIONS & ~need(step), 0),
                   ("answer", "E", 1), (False, *step)], b"")
          for step in ONE_OF_EACH],
        Case([offer(6, 0x0e, 1), "C M R L N B E"], "O c*6 LATER")),
    row("R14", "ADDHEADER of 65535 bytes; of 65536", "sent; refused",
        Encoder(EOM + [(True, "header", "h", 0, b"X-A", b"v" * VALUE_MAX)],
                packet("h", b"X-A\0" + b"v" * VALUE_MAX + b"\0")),
        refused(("header", "h", 0, b"X-A", b"v" * (VALUE_MAX + 1)))),
    row("R15", "REPLBODY of 70000 bytes", "65535 and 4465, back to back",
        Encoder(EOM + [(True, "body", b"b" * 70000), (True, "plain", "c")],
                packet("b", b"b" * 65535) + packet("b", b"b" * 4465)
                + packet("c"))),
    row("R16", "an empty REPLBODY", "one packet without payload",
        Encoder(EOM + [(True, "body", b"")], packet("b"))),
    row("R17", "header values with CRLF, lone LF, CR, NUL", "refused",
        refused(*[("header", code, 1, b"X-A", value) for code in "him"
                  for value in (b"a\r\n b", b"a\nb", b"a\n", b"a\rb",
                                b"a\0b")]),
        Encoder(EOM + [(True, "header", "h", 0, b"X-A", b"a\n\tb")],
                packet("h", b"X-A\0a\n\tb\0")),
        stricter="they would end the field, or leave stray bytes in it; "
                 "libmilter sends them"),
    row("R18", "empty name, address, sender, reason; negative index",
        "refused",
        refused(("header", "h", 0, b"", b"v"), ("header", "m", 1, b"", b"v"),
                ("address", "+", b"", b""), ("address", "-", b"", b""),
                ("address", "e", b"", b""), ("quarantine", b""),
                ("header", "i", 0x80000000, b"X-A", b"v"),
                ("header", "m", 0xffffffff, b"X-A", b"v"))),
    row("R19", "three fields of one name are to be deleted",
        "from the last to the first",
        Case(["P3", field(SCANNED), field("Subject"), field(SCANNED),
              field(STATUS), field(SCANNED), "N E"],
             ["O c*10", [f"m3 {SCANNED}:", f"m2 {SCANNED}:",
                         f"m1 {SCANNED}:", f"m1 {STATUS}:"], "CLEAN"])),
    row("R20", "a scan that takes long",
        "PROGRESS at the end of the message every few seconds, never before",
        Special("progress")),
    row("R21", "a fault at the end behind some modifications",
        "t ends the packets",
        Case([offer(6, NOT_QUARANTINE, 1), "C M R N BAD E"],
             ["O c*5", verdict("Infected (Pratique.Test.YellowFlag"
                               ".UNOFFICIAL)"), "t"], clean=False,
             actions=(("infected", "quarantine", ""),), daemon=False)),
    row("R22", "all that was ever sent in this run",
        "never 4, f, l, length 0, or a payload behind c a r t d s p",
        Special("all_replies_legal")),
]
