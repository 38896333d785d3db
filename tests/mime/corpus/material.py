# SPDX-License-Identifier: ISC
"""What the messages of the corpus are made of: the register, encodings, and
small real files of many formats, all made here and the same on every machine.
"""
import base64
import io
import struct
import textwrap
import zipfile
import zlib

MESSAGES = {}  # name: bytes, as they were on their way
AGAIN = {}     # name: why an honest message is read again all the same


def add(name, *pieces, lf=False, again=None):
    """A message of pieces: text, whose line ends become CRLF (LF alone with
    lf) and whose characters UTF-8, and bytes, which stay."""
    assert name not in MESSAGES, name
    MESSAGES[name] = b"".join(
        piece if isinstance(piece, bytes) else
        (piece if lf else piece.replace("\n", "\r\n")).encode("utf-8")
        for piece in pieces)
    if again is not None:
        AGAIN[name] = again


def b64(data, width=76):
    """Lines of base64, the last one with its end."""
    if isinstance(data, str):
        data = data.encode("utf-8")
    text = base64.b64encode(data).decode("ascii")
    return "".join(text[i:i + width] + "\n" for i in range(0, len(text), width))


def qp(text, charset="utf-8"):
    """Quoted-printable of a text, each line ended."""
    out = []
    for line in text.split("\n"):
        code = "".join(
            chr(b) if 33 <= b <= 126 and b != 61 or b == 32 else f"={b:02X}"
            for b in line.encode(charset))
        if code.endswith(" "):
            code = code[:-1] + "=20"
        while len(code) > 75:
            cut = 75
            while "=" in code[cut - 2:cut]:
                cut -= 1
            out.append(code[:cut] + "=")
            code = code[cut:]
        out.append(code)
    return "\n".join(out) + ("" if text.endswith("\n") else "\n")


def word(text, charset="utf-8", kind="B"):
    """An encoded word."""
    data = text.encode(charset)
    if kind == "B":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    code = "".join(chr(b) if chr(b).isalnum() and b < 128 else
                   "_" if b == 32 else f"={b:02X}" for b in data)
    return f"=?{charset}?Q?{code}?="


def percent(text, charset="utf-8"):
    return "".join(chr(b) if chr(b).isalnum() and b < 128 or b in b".-_"
                   else f"%{b:02X}" for b in text.encode(charset))


# A paragraph or two in which nothing is special.
PROSE = textwrap.dedent("""\
    Good morning,

    the pump on the second floor has been running without a fault since Monday,
    so I think we can close this. Please send me the readings of the last week
    when you find the time; there is no hurry.

    Thanks, and have a good weekend
    Marta
    """)

# --- files --------------------------------------------------------------------

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c"
                    "00000000010001000002024401003b")
JPEG = bytes.fromhex("ffd8ffe000104a46494600010101004800480000ffdb004300") + \
    bytes([16] * 64) + bytes.fromhex("ffd9")
BMP = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 58, 0, 0, 54, 40, 1, 1, 1, 24,
                          0, 4, 2835, 2835, 0, 0) + b"\xff\xff\xff\0"
TIFF = b"II*\0" + struct.pack("<IHHHII", 8, 1, 256, 3, 1, 1) + b"\0\0\0\0"
WAV = b"RIFF" + struct.pack("<I", 36 + 80) + b"WAVEfmt " + struct.pack(
    "<IHHIIHH", 16, 7, 1, 8000, 8000, 1, 8) + b"data" + struct.pack(
        "<I", 80) + bytes([255, 127] * 40)
MP3 = b"ID3\x03\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0" + b"\xff\xfb\x90\x64" + bytes(60)
PDF = (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R"
       b" >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\n"
       b"endobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
       b" >>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000015 00000 n \n"
       b"0000000064 00000 n \n0000000121 00000 n \ntrailer\n<< /Size 4 /Root 1"
       b" 0 R >>\nstartxref\n192\n%%EOF\n")
RTF = (b"{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\r\n\\f0\\fs20 Minutes of "
       b"the meeting\\par\r\n}\r\n")


def archive(*entries):
    """A ZIP file of (name, content), not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for name, content in entries:
            z.writestr(zipfile.ZipInfo(name, (2023, 11, 14, 12, 0, 0)), content)
    return out.getvalue()


def gzip(data, name=b""):
    """Stored blocks: the same with every version of zlib."""
    deflate = zlib.compressobj(0, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    head = b"\x1f\x8b\x08" + (b"\x08" if name else b"\0") + bytes(4) + b"\0\x03"
    return (head + (name + b"\0" if name else b"") + body +
            struct.pack("<II", zlib.crc32(data), len(data)))


ZIP = archive(("readings.csv", "day,value\n1,20.5\n2,20.7\n"))
DOCX = archive(
    ("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.'
     'openxmlformats.org/package/2006/content-types"></Types>'),
    ("_rels/.rels", '<?xml version="1.0"?><Relationships/>'),
    ("word/document.xml", '<?xml version="1.0"?><document/>'))
XLSX = archive(
    ("[Content_Types].xml", '<?xml version="1.0"?><Types/>'),
    ("xl/workbook.xml", '<?xml version="1.0"?><workbook/>'))
ODT = archive(("mimetype", "application/vnd.oasis.opendocument.text"),
              ("content.xml", '<?xml version="1.0"?><document-content/>'))
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex(
    "3e000300feff0900") + bytes(480)


def tnef(*files, message_class="IPM.Microsoft Mail.Note"):
    """A winmail.dat with these (name, content)."""
    def attribute(level, number, data):
        return (struct.pack("<BII", level, number, len(data)) + data +
                struct.pack("<H", sum(data) & 0xffff))
    out = struct.pack("<IH", 0x223E9F78, 1)
    out += attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += attribute(1, 0x00078008, message_class.encode() + b"\0")
    out += attribute(1, 0x00018004, b"Readings of the week\0")
    for name, content in files:
        out += attribute(2, 0x00069002, struct.pack("<HIIHI", 1, 0xFFFFFFFF,
                                                    0, 0, 0))
        out += attribute(2, 0x00018010, name.encode() + b"\0")
        out += attribute(2, 0x0006800F, content)
    return out


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


OID_DATA = bytes.fromhex("06092a864886f70d010701")
OID_SIGNED = bytes.fromhex("06092a864886f70d010702")
OID_ENVELOPED = bytes.fromhex("06092a864886f70d010703")
SHA256 = der(0x30, bytes.fromhex("0609608648016503040201"), bytes.fromhex("0500"))


def signed_data(content=None):
    """A CMS SignedData by nobody, around content or detached."""
    inner = OID_DATA if content is None else OID_DATA + der(
        0xA0, der(0x04, content))
    body = der(0x30, b"\x02\x01\x01", der(0x31, SHA256), der(0x30, inner),
               der(0x31, der(0x30, b"\x02\x01\x01", der(0x04, bytes(range(64))))))
    return der(0x30, OID_SIGNED, der(0xA0, body))


def enveloped_data():
    body = der(0x30, b"\x02\x01\0", der(0x31, der(0x30, b"\x02\x01\0")),
               der(0x30, OID_DATA, der(0x80, bytes(range(200)))))
    return der(0x30, OID_ENVELOPED, der(0xA0, body))


PGP_SIGNATURE = """-----BEGIN PGP SIGNATURE-----

iHUEABYKAB0WIQTA1rCkQn0zUq5oTq8Y0JkAAAAAAAUCZVOcAAAKCRAY0JkAAAAA
AFPwAP4xqDQ8rQYk2pVwXjzqzkQxJ3uYw1u5m4T1kq8d3o5n8QD/ZbE1cMZ3m9aQ
=Qk3a
-----END PGP SIGNATURE-----
"""
PGP_MESSAGE = """-----BEGIN PGP MESSAGE-----

hF4DAAAAAAAAAAASAQdAq0l2m3T9sZ0pG5n8m2r1v7wq3k9f1d5s7g9j1l3p5r8w
MHk0w3Tq0rX2vQh0mD5xY7p1c3b5n7m9q1w3e5r7t9y1u3i5o7p9a1s3d5f7g9h1
0j4BzG1vC8kqYwQ3mB7nT5xL9hR2dF6sJ0pW4eU8iO1aK3zN6cM5vX7bQ2gH9jE=
=7yTz
-----END PGP MESSAGE-----
"""
PGP_KEY = """-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZVOcABYJKwYBBAHaRw8BAQdA2xq3n5m7b9v1c3x5z7a9s1d3f5g7h9j1k3l5
q7w0IE1hcnRhIEtlbGxlciA8bWFydGFAZXhhbXBsZS5jb20+iJAEExYIADgWIQTA
=2b9Q
-----END PGP PUBLIC KEY BLOCK-----
"""


def calendar(method, text="Pump review"):
    return (f"BEGIN:VCALENDAR\nPRODID:-//Example//Calendar 1.0//EN\n"
            f"VERSION:2.0\nMETHOD:{method}\nBEGIN:VEVENT\nUID:4711@example.com\n"
            f"DTSTAMP:20231114T120000Z\nDTSTART:20231120T090000Z\n"
            f"DTEND:20231120T100000Z\nSUMMARY:{text}\n"
            f"ORGANIZER:mailto:marta@example.com\n"
            f"ATTENDEE;RSVP=TRUE:mailto:jon@example.net\nEND:VEVENT\n"
            f"END:VCALENDAR\n")


VCARD = ("BEGIN:VCARD\nVERSION:3.0\nN:Keller;Marta;;;\nFN:Marta Keller\n"
         "EMAIL;TYPE=INTERNET:marta@example.com\nTEL:+49 30 5550100\n"
         "END:VCARD\n")

PATCH = """\
diff --git a/pump/valve.c b/pump/valve.c
index 3b18e51..7d1c0aa 100644
--- a/pump/valve.c
+++ b/pump/valve.c
@@ -10,7 +10,7 @@ valve_open(struct valve *v)
 {
 \tif (v == NULL)
 \t\treturn -1;
-\treturn v->open(v, 0);
+\treturn v->open(v, VALVE_SLOW);
 }
 
 static int
-- 
2.39.2
"""


def head(subject="Readings", sender="Marta Keller <marta@example.com>",
         to="jon@example.net", more="", date="Tue, 14 Nov 2023 12:00:00 +0100",
         ident="4711.1@example.com"):
    """The fields that nearly every message has."""
    return (f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {date}\n"
            f"Message-ID: <{ident}>\n{more}")


MIME = "MIME-Version: 1.0\n"
