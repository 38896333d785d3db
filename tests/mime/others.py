# SPDX-License-Identifier: ISC
"""The leaves of messages as other parsers find them: by_email() and
by_mime_parser(), {name: {path: Leaf}}; ours() brings a description of `pratique
mime` into the same form."""
import dataclasses
import email
import email.header
import email.policy
import hashlib
import os
import re
import subprocess
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))


@dataclasses.dataclass(frozen=True)
class Leaf:
    type: str
    names: frozenset  # of bytes; ours: every spelling, theirs: the one or two
    digest: str | None

    def agrees(self, theirs):
        return (self.type == theirs.type and theirs.names <= self.names and
                theirs.digest in (None, self.digest))


def crlf(data):
    return re.sub(rb"\r?\n", b"\r\n", data)


def lf(data):
    return data.replace(b"\r\n", b"\n")


def ours(description):
    """The leaves of a description.  A part whose path stands twice is a message
    and the multipart that it consists of."""
    return {part["path"]: Leaf(part["type"], frozenset(
        name.encode("latin-1") for name in part["names"]), part["sha256"])
        for part in description["parts"]
        if part["sha256"] is not None and not part["file"]}


# --- Python's email -----------------------------------------------------------------

def _in_utf8(data, charset):
    """Where we bring a charset into UTF-8."""
    if (charset or "").lower() in ("iso-8859-1", "iso-8859-15", "windows-1252"):
        return data.decode(charset).encode("utf-8")
    return data


def _name(part, header, attribute):
    """The bytes of a parameter, RFC 2231 undone.  Folds inside of quotes are
    left to the caller."""
    value = part.get_param(attribute, None, header)
    if value is None:
        return None
    if not isinstance(value, tuple):
        return re.sub("\r?\n", "", value).encode("utf-8", "surrogateescape")
    charset, _, text = value
    return _in_utf8(text.encode("latin-1"), charset)


def _leaf(part):
    names = {_name(part, "content-disposition", "filename"),
             _name(part, "content-type", "name")} - {None}
    return Leaf(part.get_content_type(), frozenset(names), hashlib.sha256(
        part.get_payload(decode=True)).hexdigest())


def _walk(part, path, found):
    kind = part.get_content_type()
    if part.get_content_maintype() == "multipart":
        for number, inner in enumerate(part.get_payload(), 1):
            _walk(inner, f"{path}.{number}" if path else str(number), found)
    elif kind in ("message/rfc822", "message/global"):
        inner = part.get_payload(0)
        multipart = inner.get_content_maintype() == "multipart"
        _walk(inner, path if multipart else f"{path}.1" if path else "1", found)
    elif kind.startswith("message/") and part.is_multipart():
        # It takes these for messages, and keeps no bytes.
        found[path or "1"] = Leaf(kind, frozenset(), None)
    else:
        found[path or "1"] = _leaf(part)


def by_email(messages):
    """Of the messages as they are on their way, with CR LF."""
    result = {}
    for name, data in messages.items():
        result[name] = {}
        _walk(email.message_from_bytes(crlf(data),
                                       policy=email.policy.compat32), "",
              result[name])
    return result


# --- Perl's MIME::Parser ----------------------------------------------------------------

def _decoded(name):
    """It gives RFC 2231 as encoded words."""
    return b"".join(
        piece.encode("latin-1") if isinstance(piece, str) else
        _in_utf8(piece, charset)
        for piece, charset in email.header.decode_header(name.decode("latin-1")))


def by_mime_parser(messages):
    """Of the messages with LF, as it wants them."""
    with tempfile.TemporaryDirectory(prefix="prtq") as directory:
        for number, data in enumerate(messages.values()):
            with open(f"{directory}/{number}", "wb") as out:
                out.write(lf(data))
        done = subprocess.run(
            ["perl", f"{HERE}/mime_parser.pl",
             *(str(i) for i in range(len(messages)))], cwd=directory,
            stdout=subprocess.PIPE, check=True)
    found = []
    for line in done.stdout.decode("ascii").splitlines():
        if line == "message":
            found.append({})
            continue
        path, kind, names, digest = line.split("\t")
        found[-1][path] = Leaf(kind, frozenset(
            _decoded(bytes.fromhex(name)) for name in names.split(",") if name),
            digest)
    return dict(zip(messages, found, strict=True))
