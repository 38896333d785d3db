# SPDX-License-Identifier: ISC
"""What shapes are made of: a message with one structural trick, and the EICAR
test file as its attachment.

Texts are written with "\\n" for CRLF, LONE for an LF alone, "\\r" for a CR
alone, and characters up to U+00FF for bytes.
"""
import base64
import dataclasses
import hashlib
import typing

# In two pieces: a checkout is no virus to the scanner of who reads it.
EICAR = (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" +
         b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
EICAR_SHA256 = hashlib.sha256(EICAR).hexdigest()
LONE = "\u240a"
NAME = "eicar.com"


def wire(text):
    """The bytes of a text."""
    return (text.replace("\n", "\r\n").replace(LONE, "\n")
            .encode("latin-1"))


def b64(data, width=76, end="\n"):
    text = base64.b64encode(data).decode("ascii")
    lines = [text[i:i + width] for i in range(0, len(text), width)]
    return "".join(line + end for line in lines)


def qp(data, width=60):
    """All that is no letter or digit is escaped, and lines are broken."""
    line = out = ""
    for byte in data:
        char = chr(byte)
        if char == "\n" and line.endswith("=0D"):
            out += line[:-3] + "\n"
            line = ""
            continue
        line += char if char.isascii() and char.isalnum() else f"={byte:02X}"
        if len(line) > width:
            out += line + "=\n"
            line = ""
    return out + line + "\n"


def uu_lines(data):
    """The lines of uuencoded data, a space as "`"."""
    text = ""
    for i in range(0, len(data), 45):
        piece = data[i:i + 45]
        text += chr(32 + len(piece))
        piece += bytes(-len(piece) % 3)
        for j in range(0, len(piece), 3):
            bits = int.from_bytes(piece[j:j + 3], "big")
            text += "".join(chr((bits >> s & 63) + 32 if bits >> s & 63 else 96)
                            for s in (18, 12, 6, 0))
        text += "\n"
    return text


def uu(data=EICAR, begin=f"begin 644 {NAME}\n", end="`\nend\n"):
    return begin + uu_lines(data) + end


def yenc(data=EICAR, begin=None, end=None):
    text = ""
    for byte in data:
        coded = (byte + 42) % 256
        text += "=" + chr((coded + 64) % 256) if coded in b"\0\r\n=" \
            else chr(coded)
    begin = begin or f"=ybegin line=128 size={len(data)} name={NAME}\n"
    return begin + text + "\n" + (end or f"=yend size={len(data)}\n")


FIELDS = ("From: Anne <anne@example.net>\nTo: user@example.org\n"
          "Subject: the file\nDate: Fri, 20 Nov 2026 12:00:00 +0000\n"
          "Message-ID: <shape@example.net>\n")
VERSION = "MIME-Version: 1.0\n"
MIXED = 'multipart/mixed; boundary="b1"'
HELLO = "Content-Type: text/plain\n\nHello.\n"
OTHER = "Content-Type: text/plain\n\nMore text.\n"
TYPE = f'Content-Type: application/octet-stream; name="{NAME}"\n'
ENCODING = "Content-Transfer-Encoding: base64\n"
DISPOSITION = f'Content-Disposition: attachment; filename="{NAME}"\n'
BASE64 = b64(EICAR)
FLAT = BASE64.replace("\n", "")  # all 92 characters
PIECE = b64(b"Nothing to see.\n")  # harmless, and padded


def top(ctype=MIXED, version=VERSION, more=""):
    """The message's own fields; ctype=None: no Content-Type."""
    field = "" if ctype is None else f"Content-Type: {ctype}\n"
    return FIELDS + version + field + more


def attachment(body=BASE64, type=TYPE, encoding=ENCODING,
               disposition=DISPOSITION, before=""):
    """A part: header and content."""
    return before + type + encoding + disposition + "\n" + body


def encoded(value, body=BASE64):
    """An attachment with that value of its encoding field."""
    return attachment(body, encoding=f"Content-Transfer-Encoding: {value}\n")


def enclose(parts, boundary="b1", close="--"):
    return ("".join(f"--{boundary}\n{part}" for part in parts)
            + f"--{boundary}{close}\n")


def multi(parts, boundary="b1", kind="mixed"):
    """A part that is a multipart."""
    return (f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'
            + enclose(parts, boundary))


def mixed(part, ctype=MIXED, boundary="b1", more=""):
    """The usual message with that as its second part."""
    return top(ctype, more=more) + "\n" + enclose([HELLO, part], boundary)


def inner(part, boundary="b2"):
    """A whole message with that in it, to be forwarded."""
    return (top(f'multipart/mixed; boundary="{boundary}"') + "\n"
            + enclose([HELLO, part], boundary))


@dataclasses.dataclass(frozen=True)
class Shape:
    """strict: the path at which the strict reading has the file, None: at
    none; inside: more stands around it there.  reported: the anomalies that
    must be.  programs: how many of 29 mail programs deliver it, None: not
    measured.  clamd: does clamd 1.4 find it in the message?  None: not
    measured.  names: some of the spellings of its name.  row: in the table of
    those that were measured, or 0."""
    name: str
    row: int
    data: bytes
    strict: typing.Optional[str]
    reported: tuple
    programs: typing.Optional[int]
    clamd: typing.Optional[bool]
    inside: bool = False
    names: tuple = ()
    limit: bool = False   # a limit may be what is reported instead
    beyond: bool = False  # no mail program is known to read it so


class Family:
    """A list of shapes that is written as a table."""

    def __init__(self):
        self.shapes = []
        self.around = {}  # name: function of a part, for combinations
        self.parts = {}   # name: a part

    def add(self, name, content, strict=None, reported="", *, row=0, n=None,
            clamd=None, inside=False, names=(), limit=False, beyond=False):
        """content: the message's text, or a function of the attachment that
        gives it."""
        if callable(content):
            self.around[name] = content
            content = content(attachment())
        self.shapes.append(Shape(
            name, row, wire(content), strict, tuple(reported.split()), n, clamd,
            inside, tuple(names), limit, beyond))

    def part(self, name, part, strict="2", reported="", **more):
        """The trick is in the attachment itself."""
        self.parts[name] = part
        self.add(name, mixed(part), strict, reported, **more)
