# SPDX-License-Identifier: ISC
"""The strict reading of a message, a second time: plain, not quick, and by
nobody's code but its own.  strict(data) gives the leaves with their paths.

Rules: lines end with CRLF or LF; of two fields or parameters the first counts;
a header block ends with an empty line or an open delimiter; a delimiter is
"--", the boundary and white space, nothing more; the innermost one counts.
"""
import base64
import dataclasses
import hashlib
import re

DEPTH_MAX = 32
PARTS_MAX = 1000
BOUNDARY_MAX = 256
LINE_MAX = 1000
TSPECIALS = b'()<>@,;:\\"/[]?='


@dataclasses.dataclass
class Leaf:
    path: str
    type: str
    encoding: str
    content: bytes

    def digest(self):
        return hashlib.sha256(self.content).hexdigest()


def split_lines(data):
    """(line without its end, the end) for each."""
    for line in data.split(b"\n")[:-1]:
        yield (line[:-1], b"\r\n") if line.endswith(b"\r") else (line, b"\n")
    last = data[data.rfind(b"\n") + 1:]
    if last:
        yield last, b""


def is_field(line):
    return re.match(rb"[!-9;-~\x80-\xff\0-\x08]+[ \t]*:", line) is not None


def fields_of(lines):
    """(name in lower case, value with its folds removed) of each field."""
    found = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line)
        elif is_field(line):
            name, _, value = line.partition(b":")
            found.append((name.rstrip(b" \t").lower(), [value]))
        else:
            found.append((b"", []))  # takes its continuations along
    return [(name, b"".join(parts)) for name, parts in found if name]


def skip_comments(text):
    """Text behind white space and comments."""
    while True:
        text = text.lstrip(b" \t\r\n")
        if not text.startswith(b"("):
            return text
        depth = at = 0
        while at < len(text):
            char = text[at:at + 1]
            if char == b"\\":
                at += 1
            elif char == b"(":
                depth += 1
            elif char == b")":
                depth -= 1
                if depth == 0:
                    break
            at += 1
        text = text[at + 1:]


def token(text, more=b""):
    """(token, what stands behind); "more" are characters that it may have."""
    stop = bytes(c for c in TSPECIALS if c not in more) + b" \t\r\n"
    at = 0
    while at < len(text) and text[at] not in stop:
        at += 1
    return text[:at], text[at:]


def value_of(text):
    """(value, is it quoted, what stands behind) of a parameter."""
    if not text.startswith(b'"'):
        value, rest = token(text, b"/[]?=:@<>,)\\")
        return value, False, rest
    value, at = b"", 1
    while at < len(text) and text[at:at + 1] != b'"':
        if text[at:at + 1] == b"\\" and at + 1 < len(text):
            at += 1
        value += text[at:at + 1]
        at += 1
    return value, True, text[at + 1:]


def next_semicolon(text):
    """Text behind the next ";" that stands in no quotes and no comment."""
    while text:
        text = skip_comments(text)
        if text.startswith(b'"'):
            _, _, text = value_of(text)
        elif text.startswith(b";"):
            return text[1:]
        else:
            text = text[1:]
    return b""


def parameters(text):
    """(attribute in lower case, value), in their order."""
    found = []
    text = next_semicolon(text)
    while text:
        name, rest = token(skip_comments(text))
        rest = skip_comments(rest)
        if name and rest.startswith(b"="):
            value, _, rest = value_of(skip_comments(rest[1:]))
            found.append((name.lower(), value))
            text = next_semicolon(rest)
        else:
            text = next_semicolon(skip_comments(text))
    return found


def extended(value):
    """Of charset'language'text, or of what has no quotes marks, decoded."""
    return unpercent(value.split(b"'", 2)[-1])


def unpercent(text):
    return re.sub(rb"%([0-9A-Fa-f]{2})",
                  lambda m: bytes([int(m[1], 16)]), text)


def boundary_of(found):
    """The strict boundary: plain, else extended, else joined."""
    plain = [v for n, v in found if n == b"boundary"]
    if plain:
        return plain[0]
    whole = [v for n, v in found if n == b"boundary*"]
    if whole:
        return extended(whole[0])
    sections = {}
    for name, value in found:
        match = re.fullmatch(rb"boundary\*(\d{1,9})(\*?)", name)
        if match and int(match[1]) not in sections:
            sections[int(match[1])] = (value, bool(match[2]))
    out = b""
    for number in sorted(sections):
        value, coded = sections[number]
        if coded and number == 0 and value.count(b"'") >= 2:
            value = value.split(b"'", 2)[2]
        out += unpercent(value) if coded else value
    return out


class Entity:
    """What a header block says."""

    def __init__(self, lines, default):
        self.fields = fields_of(lines)
        text = self.first(b"content-type")
        self.type, self.boundary = default, b""
        if text is not None:
            self.type = "text/plain"
            main, rest = token(skip_comments(text))
            rest = skip_comments(rest)
            if main and rest.startswith(b"/"):
                sub, rest = token(skip_comments(rest[1:]))
                if sub:
                    self.type = (main + b"/" + sub).lower().decode("latin-1")
                    self.boundary = boundary_of(parameters(rest))
        word = self.first(b"content-transfer-encoding") or b""
        self.encoding = token(skip_comments(word))[0].lower().decode("latin-1")

    def encoded(self):
        return self.encoding not in ("", "7bit", "8bit", "binary")

    def applied(self):
        """The encoding, where the strict reading applies one."""
        held = self.type.startswith(("multipart/", "message/"))
        return "" if held and self.type != "message/global" else self.encoding

    def first(self, name):
        for other, value in self.fields:
            if other == name:
                return value
        return None


def base64_stop(data):
    """Up to the first "="; all else that is not of the alphabet is passed."""
    return base64_group(re.sub(rb"[^A-Za-z0-9+/]", b"", data.split(b"=")[0]))


ALPHABET = (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
            b"0123456789+/")
VALUES = {char: value for value, char in enumerate(ALPHABET)}


def base64_group(chars):
    """Characters of the alphabet, their last group perhaps not whole."""
    if len(chars) % 4 == 1:
        chars = chars[:-1]
    return base64.b64decode(chars + b"=" * (-len(chars) % 4))


def qp_strict(data):
    out = b""
    for line, end in split_lines(data):
        line = line.rstrip(b" \t")
        if line.endswith(b"="):
            line, end = line[:-1], b""
        out += re.sub(rb"=([0-9A-Fa-f]{2})",
                      lambda m: bytes([int(m[1], 16)]), line) + end
    return out


def decoded(encoding, data):
    from files import files_in
    if encoding == "base64":
        return base64_stop(data)
    if encoding == "quoted-printable":
        return qp_strict(data)
    if encoding in ("x-uuencode", "x-uue", "x-uu", "uuencode", "uue",
                    "x-yencode", "yencode"):
        return b"".join(files_in(data))
    return data


def is_delimiter(line, boundary):
    """None, "open" or "close"."""
    if not boundary or not line.startswith(b"--" + boundary[:BOUNDARY_MAX]):
        return None
    if len(boundary) > BOUNDARY_MAX:
        seen = line[:LINE_MAX].rstrip(b" \t")
        return "close" if seen.endswith(b"--") else "open"
    rest = line[2 + len(boundary):]
    if not rest.strip(b" \t"):
        return "open"
    if rest.startswith(b"--") and not rest[2:].strip(b" \t"):
        return "close"
    return None


class Reader:
    """One line after the other; open entities are a stack of levels."""

    def __init__(self):
        self.leaves = []
        self.entities = 0
        self.levels = []  # multiparts: boundary, path, parts, closed?, kind
        self.header, self.leaf = [], None
        self.start("", "text/plain", None)

    def start(self, path, default, forwarded):
        """A header block begins.  forwarded: the path of the message that
        this is the content of, if it is one's."""
        self.header, self.leaf = [], None
        self.path, self.default, self.forwarded = path, default, forwarded
        self.entities += 1

    def header_ends(self, has_body=True):
        e = Entity(self.header, self.default)
        self.header = None
        multi = e.type.startswith("multipart/") and e.boundary
        message = e.type in ("message/rfc822", "message/global") \
            and not e.encoded()
        path = self.path
        if self.forwarded is not None and not multi:
            path = f"{self.forwarded}.1".lstrip(".")
        if has_body and multi and len(self.levels) < DEPTH_MAX:
            self.levels.append([e.boundary, self.path if self.forwarded is None
                                else self.forwarded, 0, False, e.type])
        elif has_body and message and len(self.levels) < DEPTH_MAX:
            self.levels.append([None, path, 0, False, e.type])
            self.start(path, "text/plain", path)
        else:
            self.leaf = [path or "1", e, b"",
                         e.type == "message/global" and e.encoded()]

    def line(self, line, end):
        hit = self.delimiter(line)
        if hit:
            self.close_open(*hit)
        elif self.header is not None:
            if line:
                self.header.append(line)
            else:
                self.header_ends()
        elif self.leaf:
            self.leaf[2] += line + end

    def delimiter(self, line):
        if not line.startswith(b"--"):
            return None
        for index in range(len(self.levels) - 1, -1, -1):
            boundary, _, _, closed, _ = self.levels[index]
            kind = not closed and boundary and is_delimiter(line, boundary)
            if kind:
                return index, kind
        return None

    def close_open(self, index, kind):
        self.part_ends(True)
        del self.levels[index + 1:]
        level = self.levels[index]
        if kind == "close":
            level[3] = True
            return
        level[2] += 1
        if self.entities < PARTS_MAX:
            self.start(f"{level[1]}.{level[2]}".lstrip("."),
                       "message/rfc822" if level[4] == "multipart/digest"
                       else "text/plain", None)

    def part_ends(self, at_delimiter):
        if self.header is not None:
            self.header_ends(False)
        if self.leaf:
            path, e, content, message = self.leaf
            if at_delimiter:
                content = re.sub(rb"\r?\n\Z", b"", content)
            content = decoded(e.applied(), content)
            if message and content:
                sub = Reader()
                sub.levels = [[None, path, 0, False, e.type]]
                sub.start(path, "text/plain", path)
                sub.entities = self.entities
                self.leaves += sub.run(content)
            else:
                self.leaves.append(Leaf(path, e.type, e.encoding, content))
        self.leaf = None

    def run(self, data):
        for line, end in split_lines(data):
            self.line(line, end)
        self.part_ends(False)
        return self.leaves


def strict(data):
    return Reader().run(data)
