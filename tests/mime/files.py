# SPDX-License-Identifier: ISC
"""Files that stand encoded within a text: uuencode in all its forms, and yEnc,
as loosely as any program reads them."""
import re

from strict import base64_group

BEGIN = re.compile(
    rb"^[ \t]*begin(-base64)?(?:[ \t]+[0-7]+)?[ \t]+[^\r\n]*[\r\n]+", re.M)
YENC = re.compile(rb"^=ybegin [^\r\n]*[\r\n]+", re.M)


def uu_line(line):
    """The bytes of a line, or None if it is none."""
    if not line or not 32 <= line[0] <= 96:
        return None
    count = (line[0] - 32) % 64
    out = b""
    for i in range(1, len(line), 4):
        bits = 0
        for char in line[i:i + 4].ljust(4):
            bits = bits << 6 | ((char - 32) & 63)
        out += bits.to_bytes(3, "big")
    return out[:count] if len(out) >= count else None


def uu_file(text):
    out = b""
    for line in re.split(rb"\r*\n|\r", text):
        line = line.lstrip(b" \t")
        if line.startswith((b"end", b"`")):
            break
        piece = uu_line(line)
        if piece is None:
            break
        out += piece
    return out


def yenc_file(text):
    out, escape = b"", False
    for line in re.split(rb"\r?\n", text):
        if line.startswith(b"=yend"):
            break
        if line.startswith(b"=ypart"):
            continue
        for byte in line:
            if byte == 61 and not escape:
                escape = True
                continue
            out += bytes([(byte - (106 if escape else 42)) % 256])
            escape = False
    return out


def files_in(data):
    """The content of each."""
    for match in BEGIN.finditer(data):
        rest = data[match.end():]
        if match[1]:
            chars = rest.split(b"====")[0]
            yield base64_group(re.sub(rb"[^A-Za-z0-9+/]", b"",
                                      chars.split(b"=")[0]))
        else:
            yield uu_file(rest)
    for match in YENC.finditer(data):
        yield yenc_file(data[match.end():])
