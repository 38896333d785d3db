# SPDX-License-Identifier: ISC
"""Documents and mail that have files in them, made as archives.py makes
archives: from a list of (name, content)."""
import base64
import binascii
import io
import quopri
import struct
import zipfile
import zlib

SECTOR = 512
END, FREE, FAT = 0xfffffffe, 0xffffffff, 0xfffffffd


def ole2(members):
    """[MS-CFB]: one stream for each, all of them in whole sectors."""
    chain, data = [], b""

    def place(content):
        nonlocal data
        start, count = len(chain), max(1, -(-len(content) // SECTOR))
        chain.extend(list(range(start + 1, start + count)) + [END])
        data += content + bytes(count * SECTOR - len(content))
        return start

    def entry(name, kind, left, right, child, start, size):
        text = name.encode("utf-16le")
        return (text + bytes(64 - len(text)) +
                struct.pack("<HBBIII", len(text) + 2, kind, 1, left, right,
                            child) + bytes(36) +
                struct.pack("<IQ", start, size))
    directory = entry("Root Entry", 5, FREE, FREE, 1, END, 0)
    for i, (name, content) in enumerate(members):
        # Below 4096 bytes a stream would have to be in the small ones.
        content += bytes(max(0, 4096 - len(content)))
        right = i + 2 if i + 1 < len(members) else FREE
        directory += entry(name, 2, FREE, right, FREE, place(content),
                           len(content))
    first = place(directory)
    fats = 1
    while fats * (SECTOR // 4) < len(chain) + fats:
        fats += 1
    assert fats <= 109
    where = list(range(len(chain), len(chain) + fats))
    chain += [FAT] * fats
    table = struct.pack(f"<{len(chain)}I", *chain)
    table += b"\xff" * (-len(table) % SECTOR)
    header = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3e, 3, 0xfffe, 9, 6, 0, fats, first, 0, 4096,
        END, 0, END, 0, where[0]) + struct.pack(
            "<108I", *(where[1:] + [FREE] * (109 - fats))))
    return header + data + table


def ooxml(members):
    """A document as Word writes it, and the rest beside it."""
    out = io.BytesIO()
    types = ('<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats'
             '.org/package/2006/content-types"><Default Extension="xml" '
             'ContentType="application/xml"/></Types>')
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<document/>")
        for name, content in members:
            archive.writestr(f"word/{name}", content)
    return out.getvalue()


def pdf(packed):
    def make(members):
        out, places = b"%PDF-1.4\n", []
        objects = [b"<</Type/Catalog/Pages 2 0 R>>",
                   b"<</Type/Pages/Kids[]/Count 0>>"]
        for _, content in members:
            data = zlib.compress(content, 9) if packed else content
            filters = b"/Filter/FlateDecode" if packed else b""
            objects.append(b"<</Length %d%s>>\nstream\n%s\nendstream" %
                           (len(data), filters, data))
        for i, body in enumerate(objects):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (i + 1, body)
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % at for at in places)
        return out + (b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n"
                      b"%%%%EOF\n" % (len(objects) + 1, table))
    return make


def rtf(members):
    """Each as an OLE 1.0 package in hexadecimal digits."""
    out = b"{\\rtf1\\ansi\n"
    for name, content in members:
        label = name.encode() + b"\0"
        package = (struct.pack("<H", 2) + label + b"C:\\" + label +
                   struct.pack("<HHI", 0, 3, len(label) + 3) + b"C:\\" +
                   label + struct.pack("<I", len(content)) + content)
        data = (struct.pack("<III", 0x501, 2, 8) + b"Package\0" +
                struct.pack("<III", 0, 0, len(package)) + package)
        out += (b"{\\object\\objemb{\\*\\objdata " + binascii.hexlify(data) +
                b"}}\n")
    return out + b"}\n"


def tnef(members):
    """[MS-OXTNEF]: winmail.dat with an attachment for each."""
    def attribute(level, kind, data):
        return (struct.pack("<BII", level, kind, len(data)) + data +
                struct.pack("<H", sum(data) & 0xffff))
    out = struct.pack("<IH", 0x223e9f78, 1)
    out += attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    for name, content in members:
        out += attribute(2, 0x00069002, bytes(14))
        out += attribute(2, 0x00018010, name.encode() + b"\0")
        out += attribute(2, 0x0006800f, content)
    return out


def swf(members):
    """A Flash file, packed whole."""
    plain = bytes(16) + b"".join(content for _, content in members)
    return b"CWS\x06" + struct.pack("<I", len(plain) + 8) + zlib.compress(plain)


# --- mail ---------------------------------------------------------------------

def mail(members, coding="base64"):
    """A message with an attachment for each."""
    out = (b"From: <a@example.net>\r\nTo: <b@example.net>\r\n"
           b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: "
           b'multipart/mixed; boundary="=_p"\r\n\r\n')
    for name, content in members:
        body = (base64.encodebytes(content) if coding == "base64" else
                quopri.encodestring(content) + b"=\n")
        out += (b"--=_p\r\nContent-Type: application/octet-stream\r\n"
                b"Content-Transfer-Encoding: " + coding.encode() +
                b'\r\nContent-Disposition: attachment; filename="' +
                name.encode() + b'"\r\n\r\n' + body.replace(b"\n", b"\r\n"))
    return out + b"--=_p--\r\n"


def mail_quoted(members):
    return mail(members, "quoted-printable")


def mail_uu(members):
    out = (b"From: <a@example.net>\r\nTo: <b@example.net>\r\n"
           b"Subject: x\r\n\r\nHere it is.\r\n\r\n")
    for name, content in members:
        out += b"begin 644 " + name.encode() + b"\r\n"
        out += b"".join(binascii.b2a_uu(content[i:i + 45])[:-1] + b"\r\n"
                        for i in range(0, len(content), 45))
        out += b"`\r\nend\r\n\r\n"
    return out
