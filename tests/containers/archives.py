# SPDX-License-Identifier: ISC
"""Archives of many kinds, made here byte by byte where Python has no module
for them: what goes in is a list of (name, content), what comes out a file.

They are as plain as their format allows, and only as right as clamd needs
them; the test for that is that clamd finds the mark in a small one.
"""
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

CLUSTER = 2048  # of an ISO image


def zip_as(method):
    def make(members):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in members:
                archive.writestr(name, content, method)
        return out.getvalue()
    return make


def zip64(members):
    """The sizes in front of the content are in ZIP64's field, as those write
    them who do not know how long it gets; in the directory they are not."""
    out, directory = b"", b""
    for name, content in members:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = deflate.compress(content) + deflate.flush()
        label = name.encode()
        head = struct.pack("<HHHHHI", 45, 0, 8, 0, 33, zlib.crc32(content))
        directory += (b"PK\1\2\x2d\0" + head + struct.pack(
            "<IIHHHHHII", len(data), len(content), len(label), 0, 0, 0, 0, 0,
            len(out)) + label)
        out += (b"PK\3\4" + head + struct.pack(
            "<IIHH", 0xffffffff, 0xffffffff, len(label), 20) + label +
            struct.pack("<HHQQ", 1, 16, len(content), len(data)) + data)
    return out + directory + b"PK\5\6" + struct.pack(
        "<HHHHIIH", 0, 0, len(members), len(members), len(directory),
        len(out), 0)


class Pipe(io.BytesIO):
    """What cannot be written to twice: sizes come behind the content."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    def tell(self):
        raise io.UnsupportedOperation


def zip_streamed(members):
    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def zip_lying(members, size=100):
    """The sizes in all headers are too small."""
    data = bytearray(zip_as(zipfile.ZIP_DEFLATED)(members))
    for signature, place in (b"PK\3\4", 22), (b"PK\1\2", 24):
        at = data.find(signature)
        while at != -1:
            struct.pack_into("<I", data, at + place, size)
            at = data.find(signature, at + 4)
    return bytes(data)


def tar(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def packed_tar(pack):
    return lambda members: pack(tar(members))


def single(pack):
    """Formats with one file: all contents in a row."""
    return lambda members: pack(b"".join(content for _, content in members))


def gzip_members(members):
    """A gzip file of several members."""
    return b"".join(gzip.compress(content) for _, content in members)


def compress_gzip(data):
    return gzip.compress(data, 9)


def compress_lzma(data):
    return lzma.compress(data, lzma.FORMAT_ALONE)


# --- cpio ---------------------------------------------------------------------

def cpio_odc(members):
    out = b""
    for name, content in list(members) + [("TRAILER!!!", b"")]:
        out += b"070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o" % (
            1, 1, 0o100644, 0, 0, 1, 0, 0, len(name) + 1, len(content))
        out += name.encode() + b"\0" + content
    return out


def cpio_newc(members, magic=b"070701"):
    out = b""
    for name, content in list(members) + [("TRAILER!!!", b"")]:
        check = sum(content) & 0xffffffff if magic == b"070702" else 0
        out += magic + b"%08X" * 13 % (
            1, 0o100644, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1,
            check)
        for part in name.encode() + b"\0", content:
            out += part
            out += bytes(-len(out) % 4)
    return out


# --- 7z -----------------------------------------------------------------------

def _number(n):
    """7z's: the first byte's leading ones say how many follow."""
    for extra in range(8):
        if n < 1 << (7 * (extra + 1)):
            first = (0xff00 >> extra) & 0xff | n >> (8 * extra)
            return bytes([first]) + (n & (1 << 8 * extra) - 1).to_bytes(
                extra, "little")
    return b"\xff" + n.to_bytes(8, "little")


def seven_zip(method):
    """All members in one block, as 7z does it by itself."""
    def make(members):
        plain = b"".join(content for _, content in members)
        if method == "copy":
            data, coder = plain, b"\x01\x00"
        elif method == "lzma":
            alone = lzma.compress(plain, lzma.FORMAT_ALONE)
            data, coder = alone[13:], b"\x23\x03\x01\x01\x05" + alone[:5]
        else:
            filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
            data = lzma.compress(plain, lzma.FORMAT_RAW, filters=filters)
            coder = b"\x21\x21\x01\x10"
        names = b"".join(name.encode("utf-16le") + b"\0\0"
                         for name, _ in members)
        sizes = b"".join(_number(len(c)) for _, c in members[:-1])
        digests = b"".join(struct.pack("<I", zlib.crc32(c))
                           for _, c in members)
        header = (
            b"\x01\x04\x06\x00" + _number(1) + b"\x09" + _number(len(data)) +
            b"\x00\x07\x0b" + _number(1) + b"\x00" + b"\x01" + coder +
            b"\x0c" + _number(len(plain)) + b"\x00" +
            b"\x08\x0d" + _number(len(members)) +
            (b"\x09" + sizes if sizes else b"") +
            b"\x0a\x01" + digests + b"\x00\x00" +
            b"\x05" + _number(len(members)) +
            b"\x11" + _number(len(names) + 1) + b"\x00" + names + b"\x00\x00")
        start = struct.pack("<QQI", len(data), len(header),
                            zlib.crc32(header))
        return (b"7z\xbc\xaf\x27\x1c\x00\x04" +
                struct.pack("<I", zlib.crc32(start)) + start + data + header)
    return make


# --- RAR, stored --------------------------------------------------------------

def rar3(members):
    def block(kind, flags, body, data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return (struct.pack("<H", zlib.crc32(head) & 0xffff) + head + data)
    out = b"Rar!\x1a\x07\x00" + block(0x73, 0, bytes(6))
    for name, content in members:
        out += block(0x74, 0x8000, struct.pack(
            "<IIBIIBBHI", len(content), len(content), 3, zlib.crc32(content),
            0x5a21, 29, 0x30, len(name), 0o100644) + name.encode(), content)
    return out + block(0x7b, 0x4000, b"")


def _vint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def rar5(members):
    def block(body, data=b""):
        head = _vint(len(body)) + body
        return struct.pack("<I", zlib.crc32(head)) + head + data
    out = b"Rar!\x1a\x07\x01\x00" + block(_vint(1) + _vint(0) + _vint(0))
    for name, content in members:
        out += block(
            _vint(2) + _vint(2) + _vint(len(content)) + _vint(4) +
            _vint(len(content)) + _vint(0o100644) +
            struct.pack("<I", zlib.crc32(content)) + _vint(0) + _vint(1) +
            _vint(len(name)) + name.encode(), content)
    return out + block(_vint(5) + _vint(0) + _vint(0))


# --- LHA, ARJ, stored ---------------------------------------------------------

def _crc16(data):
    table = []
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0xa001 if i & 1 else 0)
        table.append(i)
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc


def lha(members):
    out = b""
    for name, content in members:
        body = (b"-lh0-" + struct.pack("<III", len(content), len(content), 0) +
                b"\x20\x00" + bytes([len(name)]) + name.encode() +
                struct.pack("<H", _crc16(content)))
        out += bytes([len(body), sum(body) & 255]) + body + content
    return out + b"\0"


def arj(members):
    def block(kind, name, size, crc):
        basic = (struct.pack("<BBBBBBBBIIIIHHH", 30, 11, 1, 0, 0, 0, kind, 0,
                             0, size, size, crc, 0, 0, 0) +
                 name.encode() + b"\0\0")
        return (b"\x60\xea" + struct.pack("<H", len(basic)) + basic +
                struct.pack("<IH", zlib.crc32(basic), 0))
    out = block(2, "a.arj", 0, 0)
    for name, content in members:
        out += block(0, name, len(content), zlib.crc32(content)) + content
    return out + b"\x60\xea\0\0"


# --- CAB ----------------------------------------------------------------------

def cab(packed):
    """One folder; stored, or MSZIP, which is deflate in blocks of 32 KB."""
    def make(members):
        plain = b"".join(content for _, content in members)
        blocks, history = [], b""
        for at in range(0, len(plain), 32768):
            piece = plain[at:at + 32768]
            data = piece
            if packed:
                deflate = (zlib.compressobj(9, zlib.DEFLATED, -15,
                                            zdict=history) if history else
                           zlib.compressobj(9, zlib.DEFLATED, -15))
                data = b"CK" + deflate.compress(piece) + deflate.flush()
                history = piece
            blocks.append(struct.pack("<IHH", 0, len(data), len(piece)) + data)
        files, at = b"", 0
        for name, content in members:
            files += struct.pack("<IIHHHH", len(content), at, 0, 0x5a21, 0,
                                 0x20) + name.encode() + b"\0"
            at += len(content)
        first = 36 + 8 + len(files)
        data = b"".join(blocks)
        return (b"MSCF" + struct.pack(
            "<IIIIIBBHHHHH", 0, first + len(data), 0, 44, 0, 3, 1, 1,
            len(members), 0, 0, 0) + struct.pack(
                "<IHH", first, len(blocks), 1 if packed else 0) +
            files + data)
    return make


# --- images -------------------------------------------------------------------

def _both(n, size=4):
    """ECMA-119 7.3.3: the lowest byte first, then the highest byte first."""
    return n.to_bytes(size, "little") + n.to_bytes(size, "big")


def _entry(name, at, size, flags=0):
    pad = b"\0" if len(name) % 2 == 0 else b""
    return (bytes([33 + len(name) + len(pad), 0]) + _both(at) + _both(size) +
            bytes(7) + bytes([flags, 0, 0]) + _both(1, 2) +
            bytes([len(name)]) + name + pad)


def iso(members):
    contents, entries, at = b"", b"", 20
    for name, content in members:
        entries += _entry(name.upper().encode() + b";1", at, len(content))
        contents += content + bytes(-len(content) % CLUSTER)
        at = 20 + len(contents) // CLUSTER
    room = CLUSTER
    directory = (_entry(b"\0", 18, room, 2) + _entry(b"\1", 18, room, 2) +
                 entries)
    assert len(directory) <= room
    primary = (b"\x01CD001\x01\0" + b" " * 64 + bytes(8) + _both(at) +
               bytes(32) + _both(1, 2) + _both(1, 2) + _both(CLUSTER, 2) +
               _both(10) + struct.pack("<II", 19, 0) +
               struct.pack(">II", 19, 0) + _entry(b"\0", 18, room, 2))
    table = b"\x01\0" + struct.pack("<IH", 18, 1) + b"\0\0"
    blocks = [bytes(CLUSTER)] * 16 + [primary, b"\xffCD001\x01", directory,
                                      table]
    return b"".join(b + bytes(-len(b) % CLUSTER) for b in blocks) + contents


def partitions(members):
    """A disk image with a partition for each, chained as extended ones."""
    out, at = bytearray(512), 1

    def entry(sector, place, kind, start, size):
        struct.pack_into("<BBBBBBBBII", sector, 446 + 16 * place, 0, 0, 2, 0,
                         kind, 0, 2, 0, start, size)
        sector[510:] = b"\x55\xaa"
    sizes = [1 + (len(c) + 511) // 512 for _, c in members]
    entry(out, 0, 5, at, sum(sizes))
    for i, (_, content) in enumerate(members):
        sector = bytearray(512)
        entry(sector, 0, 0x83, 1, sizes[i] - 1)
        if i + 1 < len(members):
            entry(sector, 1, 5, sum(sizes[:i + 1]), sizes[i + 1])
        out += sector + content + bytes(-len(content) % 512)
    return bytes(out)


def compress_bz2(data):
    return bz2.compress(data)


def compress_xz(data):
    return lzma.compress(data)
