# SPDX-License-Identifier: ISC
"""What a real clamd says to content that exceeds one of its limits, kind of
container by kind of container: the samples, and one clamd for each limit."""
import os
import socket
import struct
import sys
import zipfile

import archives as a
import documents as d

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../system"))

from kit.clamd import Clamd  # noqa: E402

# What is to be found: at the very beginning of a file, or at its very end, so
# that it is not seen in the container as it is.
FRONT = b"pratique-container-front-mark-01"
REAR = b"pratique-container-rear-mark-002"

KINDS = {
    "zip, stored": a.zip_as(zipfile.ZIP_STORED),
    "zip, deflate": a.zip_as(zipfile.ZIP_DEFLATED),
    "zip, bzip2": a.zip_as(zipfile.ZIP_BZIP2),
    "zip, lzma": a.zip_as(zipfile.ZIP_LZMA),
    "zip64, deflate": a.zip64,
    "zip, sizes behind the content": a.zip_streamed,
    "zip, sizes too small": a.zip_lying,
    "zip in zip": lambda m: a.zip_as(zipfile.ZIP_DEFLATED)(
        [("inner.zip", a.zip_as(zipfile.ZIP_DEFLATED)(m))]),
    "OOXML": d.ooxml,
    "7z, copy": a.seven_zip("copy"),
    "7z, LZMA": a.seven_zip("lzma"),
    "7z, LZMA2": a.seven_zip("lzma2"),
    "RAR 3, stored": a.rar3,
    "RAR 5, stored": a.rar5,
    "ARJ, stored": a.arj,
    "LHA, stored": a.lha,
    "CAB, stored": a.cab(False),
    "CAB, MSZIP": a.cab(True),
    "tar": a.tar,
    "cpio, odc": a.cpio_odc,
    "cpio, newc": a.cpio_newc,
    "gzip": a.single(a.compress_gzip),
    "gzip of several members": a.gzip_members,
    "bzip2": a.single(a.compress_bz2),
    "xz": a.single(a.compress_xz),
    "lzma": a.single(a.compress_lzma),
    "tar.gz": a.packed_tar(a.compress_gzip),
    "tar.bz2": a.packed_tar(a.compress_bz2),
    "tar.xz": a.packed_tar(a.compress_xz),
    "ISO 9660": a.iso,
    "disk image": a.partitions,
    "OLE2": d.ole2,
    "PDF, plain": d.pdf(False),
    "PDF, Flate": d.pdf(True),
    "RTF": d.rtf,
    "TNEF": d.tnef,
    "Flash, packed": d.swf,
    "mail, base64": d.mail,
    "mail, quoted-printable": d.mail_quoted,
    "mail, uuencode": d.mail_uu,
}

# Formats of one file each: what counts files has nothing to count.
SINGLE = {"gzip", "gzip of several members", "bzip2", "xz", "lzma",
          "Flash, packed"}

# What `make check` looks at; the others say what they say for years.
SHORT = ["zip, deflate", "zip64, deflate", "zip in zip", "CAB, MSZIP", "gzip",
         "tar.xz", "7z, LZMA2"]

MB = 1 << 20
WIDE = {"MaxFileSize": "200M", "MaxScanSize": "800M", "MaxFiles": 10000,
        "MaxRecursion": 30, "MaxScanTime": 120000, "StreamMaxLength": "200M",
        "MaxPartitions": 100, "MaxHTMLNormalize": "40M",
        "MaxScriptNormalize": "20M", "PCREMaxFileSize": "100M"}

# Limit, and its value in the clamd that is to exceed it.
LIMITS = {"MaxFileSize": "1M", "MaxScanSize": "3M", "MaxFiles": 12,
          "MaxRecursion": 8, "MaxScanTime": 2}
LEVELS = 10


def distinct(i, size):
    """Zeros that clamd has not in its cache."""
    return struct.pack("<I", i + 1) + bytes(size - 4)


def sample(make, limit):
    """A file of that kind that exceeds that limit and no other."""
    if limit == "MaxFileSize":
        return make([("a.bin", bytes(2 * MB - len(REAR)) + REAR)])
    if limit == "MaxScanSize":
        return make([(f"f{i}.bin", distinct(i, MB // 2)) for i in range(9)] +
                    [("z.bin", FRONT + distinct(0, MB // 2) + REAR)])
    if limit == "MaxFiles":
        return make([(f"f{i}.bin", distinct(i, 64)) for i in range(30)] +
                    [("z.bin", FRONT + bytes(64) + REAR)])
    if limit == "MaxScanTime":
        return make([(f"f{i}.bin", distinct(i, MB)) for i in range(6)] +
                    [("z.bin", FRONT + bytes(64) + REAR)])
    data = FRONT + bytes(64) + REAR
    for _ in range(LEVELS):
        data = make([("a.bin", data)])
    return data


def small(make):
    return make([("a.bin", FRONT + bytes(64) + REAR)])


# The smaller limits of which a sample can be made: value, a file that exceeds
# it, and one that does not.
def _html(size):
    return b"<html><body>" + b"<p>x" * (size // 4) + (
        b"<b>Pratique-HTML-Mark</b></body></html>")


def _script(size):
    return b"#!/bin/sh\n" + b"echo x\n" * (size // 7) + (
        b"echo   PRATIQUE-script    MARK\n")


def _pcre(size):
    return bytes(size) + b"pratique-pcre-1234"


def _disk(count):
    return a.partitions([(f"f{i}", distinct(i, 512)) for i in range(count)] +
                        [("z", FRONT + bytes(480))])


SMALLER = {
    "MaxHTMLNormalize": ("64K", _html(100000), _html(1000)),
    "MaxScriptNormalize": ("64K", _script(100000), _script(1000)),
    "PCREMaxFileSize": ("64K", _pcre(100000), _pcre(1000)),
    "MaxPartitions": (3, _disk(6), _disk(1)),
}

SIGNATURES = {
    "containers.ndb":
        f"Pratique.Front:0:0:{FRONT.hex()}\n"
        f"Pratique.Rear:0:EOF-{len(REAR)}:{REAR.hex()}\n"
        f"Pratique.Html:3:*:{b'<b>pratique-html-mark</b>'.hex()}\n"
        f"Pratique.Script:7:*:{b'echo pratique-script mark'.hex()}\n",
    "containers.ldb":
        "Pratique.Pcre;Engine:81-255,Target:0;0&1;"
        f"{b'pratique-pcre-'.hex()};0/pratique-pcre-[0-9]{{4}}/\n",
}


class Asked(Clamd):
    """A clamd that knows the two marks."""

    def _write(self, extra):
        super()._write(extra)
        for name, text in SIGNATURES.items():
            with open(f"{self.directory}/db/{name}", "w",
                      encoding="ascii") as out:
                out.write(text)


def says(clamd, content):
    """clamd's verdict on bytes, by its Unix socket."""
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(clamd.socket)
        s.sendall(b"zINSTREAM\0" + struct.pack(">I", len(content)) +
                  content + bytes(4))
        reply = b""
        while part := s.recv(4096):
            reply += part
    return reply.rstrip(b"\0").decode().removeprefix("stream: ")


def word(reply):
    if "Limits.Exceeded" in reply:
        return "reported"
    if reply.endswith("FOUND"):
        return "found"
    return "silent" if reply == "OK" else reply


def message(content):
    return d.mail([("a.bin", content)])
