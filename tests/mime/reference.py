#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What any mail program may read in a message, a second time: the yardstick
for the readings.  Plain, not quick, without bounds worth the name.

    reference.py FILE...    leaves of the strict reading, objects of the union

union(data) gives every object that a program could take for a part's content:
it looks for whatever could be a boundary, cuts the message at all that could be
a delimiter, lets the content of each piece begin behind anything that could be
the end of a header, and decodes it in all ways.
"""
import hashlib
import re
import sys

from files import files_in
from strict import (base64_group, base64_stop, is_field, qp_strict, strict,
                    unpercent)

DEPTH_MAX = 6
CUTS_LONG_MAX = 64   # with more of them no piece reaches to the end
BODIES_MAX = 6       # of a piece: behind so many empty lines, and other lines
PIECES_JOINED = 4
LINE_END = rb"\r*\n|\r"


def encoded_words(text):
    """Decoded, wherever they stand."""
    def word(match):
        if match[1] in b"Bb":
            return base64_stop(match[2])
        return qp_strict(match[2].replace(b"_", b" "))
    return re.sub(rb"=\?[^?\s]+\?([BbQq])\?([^?]*)\?=", word, text)


def variants(value):
    """Everything that a boundary's value could come to."""
    found = {value}
    if value[:1] in (b'"', b"'"):
        quote = value[:1]
        inside = value[1:]
        found.add(inside.split(quote)[0])
        whole = re.match(rb"((?:[^\\" + quote + rb"]|\\.)*)", inside)[1]
        found |= {whole, re.sub(rb"\\(.)", rb"\1", whole), inside,
                  re.sub(rb"\\(.)", rb"\1", inside.split(b";")[0])}
        found.add(value.replace(quote, b"").split(b";")[0])
    else:
        found |= {value.split(b";")[0], value.replace(b'"', b"").split(b";")[0]}
        found.add(re.split(rb'[\s;,()/=?"<>\[\]:\\]', value)[0])
    for one in list(found):
        words = encoded_words(one)
        found |= {words, one.split(b"'", 2)[-1], one.split(b"\0")[0],
                  one.strip(), one.strip(b"'"), one[:70], one[:256],
                  re.sub(rb"[ \t]+", b"", one), re.sub(rb"\\(.)", rb"\1", one)}
    for one in list(found):
        found |= {unpercent(one), one.rstrip()}
    return found


def unfolded(data):
    return re.sub(rb"(?:\r\n|\n|\r)(?=[ \t])", b"", data)


def without_comments(data):
    return re.sub(rb"\([^()]*\)", b" ", data)


BOUNDARY = re.compile(rb"boundary(\*\d*\*?|\*)?[ \t]*[=:][ \t]*([^\r\n]*)",
                      re.I)


def candidates(data):
    """What could be a boundary in it."""
    found = set()
    flat = unfolded(data)
    for text in flat, without_comments(flat), flat.replace(b"\0", b""):
        for line in re.split(LINE_END, text):
            sections = []
            for match in BOUNDARY.finditer(line):
                found |= variants(match[2])
                if match[1]:
                    sections.append((match[1], match[2]))
            found |= joined(sections)
        for match in re.finditer(rb"boundary([^\r\n]{0,40}?)[=:]([^\r\n]*)",
                                 text, re.I):
            found |= variants(match[2].strip())
    return {c for c in found if c.strip(b"- \t")}


def joined(sections):
    """The sections of a continued value put together, by number and as they
    stand, the first or the last of each number."""
    values = []
    for name, value in sections:
        plain = re.match(rb'"((?:[^\\"]|\\.)*)"?|([^;\s]*)', value)
        text = plain[1] if plain[1] is not None else plain[2]
        if b"'" in text and name.endswith(b"*"):
            text = text.split(b"'", 2)[-1]
        number = int(re.sub(rb"\D", b"", name) or b"0")
        values.append((number, unpercent(text)))
    if not values:
        return set()
    first = dict(reversed(values))
    last = dict(values)
    return {b"".join(v for _, v in values)} | {
        b"".join(d[n] for n in sorted(d)) for d in (first, last)}


def line_starts(data):
    return [0] + [m.end() for m in re.finditer(LINE_END, data)
                  if m.end() < len(data)]


def cuts(data, known):
    """Where a part could begin or end: offsets, the start first."""
    multipart = re.search(rb"multipart", data, re.I)
    lower = tuple(c.lower() for c in known)
    heads = tuple(d + c for c in lower for d in (b"--", b"-", b""))
    found = []
    starts = line_starts(data)
    for at, following in zip(starts, starts[1:] + [len(data)]):
        places = [at] + [at + n for n in (998, 2048) if at + n < following]
        for place in places:
            text = data[place:min(place + 400, following)].lstrip(
                b" \t\v\f").lower()
            dashes = text.startswith(b"--") and (multipart or place > at)
            if dashes or (place == at and heads and text.startswith(heads)) \
                    or (place > at and heads and text.startswith(heads)
                        and text.startswith(b"-")):
                found.append(place)
    return sorted({0, *found})


def encodings(header):
    """The known words of fields that could be an encoding; {"?"}: others."""
    found = set()
    for nul in b"", b" ":
        text = header.replace(b"\0", nul)
        text = re.sub(rb"(?:\r\n|\n|\r)(?=[ \t])", b"", text)
        for version in text, without_comments(text):
            for match in re.finditer(
                    rb"(?:\A|[\r\n])[ \t]*content[-_ \t]*transfer"
                    rb"[-_ \t]*(?:[\r\n]+[ \t]*)?"
                    rb"encoding[^:=\r\n]*\s*:([^\r\n]*)", version, re.I):
                value = encoded_words(match[1]).lower()
                if b"base64" in value:
                    found.add("base64")
                if b"quoted-printable" in value:
                    found.add("qp")
                if b"uu" in value or b"yenc" in value:
                    found.add("files")
                if not re.fullmatch(rb"\s*(7bit|8bit|binary|base64|"
                                    rb"quoted-printable)\s*", value):
                    found |= {"?"} if value.strip() else set()
    return {"base64", "qp", "files"} if "?" in found else found


def base64_restart(data, alphabet=rb"[^A-Za-z0-9+/]"):
    """"=" ends a group."""
    return b"".join(base64_group(re.sub(alphabet, b"", piece))
                    for piece in data.split(b"="))


def base64_url(data):
    return base64_restart(data.replace(b"-", b"+").replace(b"_", b"/"))


def base64_skip(data):
    return base64_group(re.sub(rb"[^A-Za-z0-9+/]", b"", data))


def qp_with(soft):
    def decode(data):
        return re.sub(rb"=([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]),
                      re.sub(soft, b"", data))
    return decode


# What a decoding is called, and does.
DECODINGS = {
    "base64": [("base64", base64_stop), ("base64-restart", base64_restart),
               ("base64-skip", base64_skip), ("base64-url", base64_url)],
    "qp": [("quoted-printable", qp_strict),
           ("qp-keep", qp_with(rb"=\r*\n")),
           ("qp-cr", qp_with(rb"=[ \t]*(?:\r*\n|\r)")),
           ("qp-twice", qp_with(rb"=+[ \t]*(?:\r*\n|\r)"))],
    "files": [],
}


def ber(data, at=0, depth=0):
    """The content of all octet strings below 1.2.840.113549.1.7.1, joined."""
    out = b""
    while at + 2 <= len(data) and depth < 20:
        tag, length = data[at], data[at + 1]
        at += 2
        if tag == 0 and length == 0:
            continue
        if length == 128:
            end = len(data)
        elif length > 128:
            size = length & 127
            length = int.from_bytes(data[at:at + size], "big")
            at += size
            end = min(at + length, len(data))
        else:
            end = min(at + length, len(data))
        if tag == 4:
            out += data[at:end]
        elif tag & 32:
            if length == 128:  # to be read on at this level: flat is enough
                continue
            out += ber(data[:end], at, depth + 1)
        at = end
    return out


PKCS7 = bytes.fromhex("2a864886f70d010702")


def bodies(piece):
    """Where the content could begin: offsets."""
    starts = line_starts(piece) + [len(piece)]
    found, blank, odd = {0}, 0, 0
    for at, following in zip(starts, starts[1:]):
        line = re.sub(rb"[\r\n]+\Z", b"", piece[at:following])
        if not line.strip(b" \t"):
            blank += 1
            if blank <= BODIES_MAX:
                found.add(following)
        elif line[:1] not in (b" ", b"\t") and not is_field(line):
            odd += 1
            if odd <= BODIES_MAX:
                found |= {at, following}
        if blank > BODIES_MAX:
            break
    return sorted(found)


def opens(header, content):
    """Could a program read a message in it?"""
    return (is_field(content[:200]) or re.search(
        rb"message\s*/|multipart|pkcs7", header, re.I) is not None)


def objects_of(piece, inherited):
    """(decoding, content, header) of a piece of the message."""
    starts = bodies(piece)
    header = piece[:starts[-1]]
    words = encodings(header) | inherited
    for at in starts:
        content = piece[at:]
        yield "as-is", content, header
        for word in words:
            for name, decode in DECODINGS[word]:
                result = decode(content)
                yield name, result, header
                for file in files_in(result):
                    yield "file", file, header
    for file in files_in(piece):
        yield "file", file, header


def without_end(piece):
    """The line end in front of a delimiter is not the content's."""
    return re.sub(rb"(?:\r*\n|\r)\Z", b"", piece)


def pieces(data, known, long_ends):
    at = cuts(data, known) + [len(data)]
    for i, start in enumerate(at[:-1]):
        behind = start
        if start:
            end = re.search(rb"\n|\r(?!\n)|\0", data[start:])
            behind = start + end.end() if end else len(data)
        ends = set(at[i + 1:i + 2 + PIECES_JOINED])
        if long_ends and len(at) <= CUTS_LONG_MAX:
            ends.add(len(data))
        for end in sorted(ends):
            yield start, without_end(data[behind:end])
            if end == len(data):
                yield start, data[behind:end]


def union(data, long_ends=True, depth=DEPTH_MAX, known=frozenset(),
          where="@"):
    """(where it begins, decoding, content) of each object, once each."""
    seen = set()
    known = known | candidates(data)
    inherited = set()
    for word in re.finditer(rb"multipart", data, re.I):
        inherited |= encodings(data[max(0, word.start() - 2000):
                                    word.end() + 2000]) if depth else set()
        break
    for start, piece in pieces(data, known, long_ends):
        for name, content, header in objects_of(piece, inherited):
            digest = hashlib.sha256(content).digest()
            if not content or digest in seen:
                continue
            seen.add(digest)
            place = f"{where}{start}"
            yield place, name, content
            inner = ber(content) if PKCS7 in content[:64] else None
            for more in ([inner] if inner else
                         [content] if name != "as-is" and
                         opens(header, content) else []):
                if depth > 1:
                    yield from union(more, long_ends, depth - 1, known,
                                     place + "+")


def finds(data, wanted, long_ends=True):
    """Does a strict leaf have that content within, or does an object of the
    union begin with it?"""
    if any(wanted in leaf.content for leaf in strict(data)):
        return True
    return any(content.startswith(wanted)
               for _, _, content in union(data, long_ends))


def main(names):
    for name in names:
        with open(name, "rb") as file:
            data = file.read()
        for leaf in strict(data):
            print(leaf.path, leaf.type, leaf.encoding or "none",
                  len(leaf.content), leaf.digest())
        for where, decoding, content in union(data):
            print(where, decoding, len(content),
                  hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main(sys.argv[1:])
