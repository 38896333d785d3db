# SPDX-License-Identifier: ISC
"""What can happen to a stamped message on its way, and what a checking hop
must make of it: one row for each, (what, step, verdict), numbered from 1 in
their order.  The verdict is "good", which alone means that the scan may be
left out, or the reason for which the message is scanned again.
"""
import re

import verify
from cases import (ANOTHER, DATABASE, KEY, MADE, NOW, OTHER, add, at_time,
                   base, body, drop, each, field_of, foreign_stamp,
                   from_client, key, move, nothing, peer, rename,
                   renewed_digests, restamp, settings, sha512_mac, stamp,
                   steps, tag, value, without_key)

DAY = 86400
TRACE = (b"Received", b" from a.example by b.example;\n"
         b"\tTue, 14 Nov 2023 22:15:00 +0000")


def undigestible(why):
    return f"not-digestible {why}"


def many(name, text, number):
    return steps(*[add(name, text)] * number)


def swapped(old, new):
    """bytes.replace that must find something."""
    def change(data):
        assert old in data
        return data.replace(old, new, 1)
    return change


def squeezed(data):
    return re.sub(rb" {2,}", b" ", data)


def one_line(text):
    return re.sub(rb"[ \t\n]+", b"", text)


def refolded(text):
    return b"".join(b" " + part + b";\n  \t" for part in
                    one_line(text).split(b";"))[:-5]


def second_stamp(case):
    case.fields.insert(0, field_of(case.stamp_with(OTHER)))


def another_message(case):
    case.fields[1:] = ANOTHER[0]
    case.body = ANOTHER[1]


def swap_places(case):
    one, two = case.find(b"Subject"), case.find(b"X-Mailer")
    case.fields[one], case.fields[two] = case.fields[two], case.fields[one]


def header_into_body(case):
    name, text = case.fields.pop(case.find(b"X-Mailer"))
    case.body = name + b":" + text + b"\r\n" + case.body


def joined(case):
    """Without lengths the digest's input would be the same."""
    name, text = case.fields.pop(case.find(b"X-Mailer"))
    at = case.find(b"Content-Type")
    case.fields[at] = (b"Content-Type", case.fields[at][1] + name.lower()
                       + verify.normal(text))


def unused_bits(text):
    """The last letter of the MAC stands for four bits and two unused."""
    letters = (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               b"0123456789-_")
    last = letters.index(text[-1])
    assert last % 4 == 0
    return text[:-1] + letters[last + 1:last + 2]


def plain_letters(text):
    other = text.replace(b"-", b"+").replace(b"_", b"/")
    # Hyphens of the engine are no matter: it may have a plus.
    assert one_line(other).partition(b"b=")[2] != one_line(
        text).partition(b"b=")[2]
    return other


def refilled(data):
    """The base64 part in lines of 64."""
    start = data.index(b"VGhp")
    end = data.index(b"\r\n--a  b--")
    text = data[start:end].replace(b"\r\n", b"")
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return data[:start] + b"\r\n".join(lines) + data[end:]


def in_body_only(case):
    name, text = case.fields.pop(case.find(verify.STAMP))
    case.body = name + b":" + text.replace(b"\n", b"\r\n") + b"\r\n" + case.body


ABSENT = steps(drop(b"date", b"message-id"), restamp())
NEW_DATE = (b"Date", b" Tue, 14 Nov 2023 22:12:00 +0000")
NEW_ID = (b"Message-ID", b" <new@example.com>")
BLANK_LINE = b"\n \t\n\tmore"
MASQUERADED = value(b"From", swapped(b"host.example.com", b"example.com"))
TOLERANT = peer(tolerant=True)

RELAYS = [
    ("nothing", nothing, "good"),
    ("one Received on top", add(*TRACE), "good"),
    ("twelve Received on top", many(*TRACE, 12), "good"),
    ("Return-Path, Delivered-To, X-Original-To",
     steps(add(b"Return-Path", b" <anne@example.com>"),
           add(b"Delivered-To", b" bert@example.net"),
           add(b"X-Original-To", b" bert@example.net")), "good"),
    ("signature and authentication results of a later filter",
     steps(add(b"DKIM-Signature", b" v=1; a=rsa-sha256; b=abcd"),
           add(b"Authentication-Results", b" mx.example; dkim=pass"),
           add(b"ARC-Seal", b" i=1; cv=none; b=abcd"),
           add(b"ARC-Message-Signature", b" i=1; b=abcd"),
           add(b"ARC-Authentication-Results", b" i=1; mx.example")), "good"),
    ("verdict fields of other filters",
     steps(add(b"X-Spam-Status", b" No, score=0.1"),
           add(b"X-Rspamd-Server", b" one"),
           add(b"X-Virus-Scanned", b" by another"),
           add(b"X-Amavis-Alert", b" none")), "good"),
    ("old signature and Received taken out",
     drop(b"dkim-signature", b"received"), "good"),
    ("stamp refolded", stamp(refolded), "good"),
    ("stamp on one line", stamp(one_line), "good"),
    ("stamp at the bottom", move(verify.STAMP), "good"),
    ("name of the stamp in other case",
     rename(verify.STAMP, b"x-SCAN-stamp"), "good"),
    ("all names in lower case",
     each(lambda name, text: (name.lower(), text)), "good"),
    ("no blank after the colon",
     each(lambda name, text: (name, verify.normal(text))), "good"),
    ("folds with CR LF",
     each(lambda name, text: (name, text.replace(b"\n", b"\r\n"))), "good"),
    ("To refolded", value(b"To", lambda text: re.sub(rb",\s*", b",\n    ",
                                                     text)), "good"),
    ("absent Date and Message-ID added",
     steps(ABSENT, add(*NEW_DATE, None), add(*NEW_ID, None)), "good"),
    ("Date and Message-ID still absent", ABSENT, "good"),
    ("Bcc and Content-Length taken out",
     steps(add(b"Bcc", b" fred@example.net"), add(b"Content-Length", b" 77"),
           restamp(), drop(b"bcc", b"content-length")), "good"),
    ("second good stamp, another key", second_stamp, "good"),
    ("junk of the stamp's name beside the good one",
     add(b"X-Scan-Stamp", b" junk"), "good"),
    ("key rotated since, the old one kept",
     steps(settings(keys={KEY.name: KEY,
                          "2024b": verify.Key("2024b", b"n" * 31 + b"w")})),
     "good"),
    ("clock of the first hop two minutes ahead",
     restamp(t=NOW + 120, x=NOW + 3720), "good"),
    ("other recipients", nothing, "good"),
]

BODIES = [
    ("one bit flipped", body(lambda b: b[:400] + bytes([b[400] ^ 1])
                             + b[401:]), "body"),
    ("footer appended", body(lambda b: b + b"-- \r\na list\r\n"), "body"),
    ("part appended behind the last boundary",
     body(lambda b: b + b"--a  b\r\n\r\nmore\r\n--a  b--\r\n"), "body"),
    ("an empty line appended", body(lambda b: b + b"\r\n"), "body"),
    ("the last empty line dropped", body(lambda b: b[:-2]), "body"),
    ("blank at a line end dropped", body(swapped(b" \r\n", b"\r\n")), "body"),
    ("runs of blanks squeezed", body(squeezed), "body"),
    ("line ends LF", body(lambda b: b.replace(b"\r\n", b"\n")), "body"),
    ("a bare CR", body(swapped(b"two  blanks", b"two\r blanks")), "body"),
    ("text recoded", body(lambda b: swapped(b"8bit", b"quoted-printable")(
        swapped(b"Gr\xc3\xbc\xc3\x9fe", b"Gr=C3=BC=C3=9Fe")(b))), "body"),
    ("long line broken", body(lambda b: b[:500] + b"\r\n" + b[500:]), "body"),
    ("cut short", body(lambda b: b[:-20]), "body"),
    ("empty", body(lambda b: b""), "body"),
    ("empty line in front", body(lambda b: b"\r\n" + b), "body"),
    ("header line moved into it", header_into_body, "body"),
    ("attachment refilled", body(refilled), "body"),
]

HEADERS = [
    ("second Content-Type on top",
     add(b"Content-Type", b" text/html"), "header"),
    ("second Content-Type at the bottom",
     add(b"Content-Type", b" text/html", None), "header"),
    ("second Content-Type in other case",
     add(b"CONTENT-type", b" text/html", None), "header"),
    ("blanks in the boundary squeezed",
     value(b"Content-Type", swapped(b"a  b", b"a b")), "header"),
    ("Content-Type refolded",
     value(b"Content-Type", swapped(b"\n\t", b" ")), "header"),
    ("Content-Transfer-Encoding added",
     add(b"Content-Transfer-Encoding", b" base64", None), "header"),
    ("Content-Disposition on top",
     add(b"Content-Disposition", b" attachment"), "header"),
    ("MIME-Version taken out", drop(b"mime-version"), "header"),
    ("Subject tagged",
     value(b"Subject", swapped(b" ", b" [list] ")), "header"),
    ("second Subject", add(b"Subject", b" another", None), "header"),
    ("unknown field", add(b"X-Foo", b" bar"), "header"),
    ("fields of a list", steps(
        add(b"List-Id", b" <list.example>"),
        add(b"List-Unsubscribe", b" <mailto:l@example>")), "header"),
    ("X-Mailer taken out", drop(b"x-mailer"), "header"),
    ("two fields change places", swap_places, "header"),
    ("Date changed", value(b"Date", swapped(b":09:", b":10:")), "header"),
    ("second Date", add(*NEW_DATE, None), "header"),
    ("absent Date added twice",
     steps(ABSENT, add(*NEW_DATE), add(*NEW_DATE)),
     undigestible("tolerated")),
    ("absent Message-ID added folded",
     steps(ABSENT, add(b"Message-ID", b"\n\t<new@example.com>")),
     undigestible("tolerated")),
    ("absent Message-ID added, 400 bytes",
     steps(ABSENT, add(b"Message-ID", b" <" + b"m" * 398 + b">")),
     undigestible("tolerated")),
    ("Date taken out", drop(b"date"), "header"),
    ("From replaced",
     value(b"From", lambda _: b" eve@example.com"), "address"),
    ("display name changed", value(b"From", swapped(b"Anne", b"Eve")),
     "address"),
    ("second From", add(b"From", b" eve@example.com", None), "header"),
    ("Cc added", add(b"Cc", b" eve@example.com", None), "header"),
    ("Resent-From and Resent-To added", steps(
        add(b"Resent-To", b" carl@example.net"),
        add(b"Resent-From", b" bert@example.net")), "header"),
    ("blank line in To", value(b"To", lambda text: text + BLANK_LINE),
     undigestible("not-plain")),
    ("blank line in Received", add(b"Received", b" from a" + BLANK_LINE),
     undigestible("not-inert")),
    ("8-bit in Received", add(b"Received", b" from \xe4.example"),
     undigestible("not-inert")),
    ("control byte in Received", add(b"Received", b" from \x1b[1m"),
     undigestible("not-inert")),
    ("UTF-8 in X-Spam-Report", add(b"X-Spam-Report", b" gr\xc3\xbc\xc3\x9fe"),
     undigestible("not-inert")),
    ("bare CR in Received", add(b"Received", b" from a\rSubject: b"),
     undigestible("malformed")),
    ("LF without a blank behind it", add(b"Received", b" from a\nSubject: b"),
     undigestible("malformed")),
    ("NUL", value(b"Subject", lambda text: text + b"\0"),
     undigestible("malformed")),
    ("blank in front of the colon", rename(b"X-Mailer", b"X-Mailer "),
     undigestible("malformed")),
    ("8-bit in a name", rename(b"X-Mailer", b"X-M\xe4iler"),
     undigestible("malformed")),
    ("empty name", rename(b"X-Mailer", b""), undigestible("malformed")),
    ("Received of 20,000 bytes", add(b"Received", b" " + b"r" * 19999),
     undigestible("ignored-size")),
    ("300 Received", many(*TRACE, 300), undigestible("ignored-size")),
    ("80 KiB of X-Spam-", many(b"X-Spam-Report", b" " + b"s" * 16383, 5),
     undigestible("ignored-size")),
    ("two values joined", joined, "header"),
]

STAMPS = [
    ("MAC altered", stamp(lambda text: text[:-43]
                          + (b"B" if text[-43:-42] != b"B" else b"C")
                          + text[-42:]), "bad-mac"),
    ("MAC cut to 16 bytes", stamp(lambda text: text[:-43] + text[-43:-22]
                                  + b"A"), "syntax"),
    ("MAC empty", tag(b"m", b""), "syntax"),
    ("MAC padded", stamp(lambda text: text + b"="), "syntax"),
    ("unused bits of the MAC", stamp(unused_bits), "syntax"),
    ("letters of plain base64", stamp(plain_letters), "syntax"),
    ("stamp on another message", another_message, "body"),
    ("this body's digest in another message's stamp",
     foreign_stamp(b=True), "bad-mac"),
    ("digests of the changed message, old MAC",
     steps(body(lambda b: b + b"x"), renewed_digests), "bad-mac"),
    ("expiry put off", tag(b"x", b"%d" % (MADE + 7200)), "bad-mac"),
    ("time changed", tag(b"t", b"%d" % (MADE + 1)), "bad-mac"),
    ("database version raised", tag(b"d", b"27092"), "bad-mac"),
    ("database time raised", tag(b"g", b"%d" % (DATABASE + 1)), "bad-mac"),
    ("profile changed", steps(tag(b"p", b"best"),
                              settings(profiles=("best",))), "bad-mac"),
    ("engine changed", tag(b"e", b"ClamAV-1.4.7"), "bad-mac"),
    ("stamp id changed", tag(b"i", b"0011223344556678"), "bad-mac"),
    ("flags none -> dm, Date taken out",
     steps(drop(b"date"), tag(b"f", b"dm")), "bad-mac"),
    ("id of another known key", tag(b"k", b"hop2"), "bad-mac"),
    ("id of an unknown key", tag(b"k", b"2024z"), "unknown-key"),
    ("a path for a key id", tag(b"k", b"../../etc/x"), "syntax"),
    ("no key id", tag(b"k", b""), "syntax"),
    ("v=2", tag(b"v", b"2"), "syntax"),
    ("v=1.0", tag(b"v", b"1.0"), "syntax"),
    ("algorithm slipped in", stamp(swapped(b"v=1;", b"v=1; a=none;")),
     "syntax"),
    ("a tag twice", stamp(swapped(b"p=std;", b"p=std; p=std;")), "syntax"),
    ("other order", stamp(swapped(b"s=virus; r=clean;", b"r=clean; s=virus;")),
     "syntax"),
    ("a tag missing", stamp(swapped(b"p=std; ", b"")), "syntax"),
    ("a tag in capitals", stamp(swapped(b"p=", b"P=")), "syntax"),
    ("a semicolon at the end", stamp(lambda text: text + b";"), "syntax"),
    ("scope spam", tag(b"s", b"spam"), "syntax"),
    ("result infected", tag(b"r", b"infected"), "syntax"),
    ("time with a leading zero", tag(b"t", b"0%d" % MADE), "syntax"),
    ("time negative", tag(b"t", b"-1"), "syntax"),
    ("time of 30 digits", tag(b"t", b"1" * 30), "syntax"),
    ("stamp id in capitals", tag(b"i", b"AABBCCDDEEFF0011"), "syntax"),
    ("a comment", stamp(swapped(b"p=std", b"p=std (weak)")), "syntax"),
    ("8-bit in the stamp", stamp(swapped(b"std", b"st\xe4")), "syntax"),
    ("stamp of 5,000 bytes", stamp(lambda text: text + b"\n\t" + b" " * 4600),
     "syntax"),
    ("nine of the name, the good one last",
     many(b"X-Scan-Stamp", b" junk", 8), "too-many"),
    ("empty", stamp(lambda _: b""), "syntax"),
    ("none", drop(verify.STAMP), "none"),
    ("in the body only", in_body_only, "none"),
    ("key of another site", restamp(verify.Key(KEY.name, b"\x55" * 31 + b"x")),
     "bad-mac"),
    ("MAC of HMAC-SHA-512/256", sha512_mac, "bad-mac"),
]

POLICIES = [
    ("expired", at_time(MADE + 3600), "expiry"),
    ("older than allowed", steps(settings(max_age=1800),
                                 at_time(MADE + 1801)), "too-old"),
    ("ten minutes in the future", restamp(t=NOW + 600, x=NOW + 4200),
     "future"),
    ("expiry a year ahead", restamp(x=MADE + 365 * DAY), "expiry"),
    ("expiry before its time", restamp(x=MADE - 1), "expiry"),
    ("key past its last day", key(last=MADE - 1), "key-window"),
    ("key withdrawn", without_key, "unknown-key"),
    ("client no peer", from_client("192.0.2.2"), "not-peer"),
    ("key not for this client", peer(keys=("hop2",)), "key-not-for-client"),
    ("key for this client", peer(keys=("2024a",)), "good"),
    ("own database newer", settings(own_time=DATABASE + 1), "own-db-newer"),
    ("own database newer, lag allowed",
     settings(own_time=DATABASE + 3600, db_lag=DAY), "good"),
    ("own database older", settings(own_time=DATABASE - DAY), "good"),
    ("database four days old",
     steps(restamp(g=NOW - 4 * DAY), settings(own_time=NOW - 4 * DAY)),
     "db-old"),
    ("own database unknown", settings(own_time=None), "own-db-unknown"),
    ("no own clamd, and set so",
     settings(own_time=None, own_db="none"), "good"),
    ("stamp without a database", restamp(d=0), "no-db"),
    ("profile not accepted", restamp(p="weak"), "profile"),
]

REWRITING = [
    ("From masqueraded, strict", MASQUERADED, "address"),
    ("From masqueraded, tolerant", steps(MASQUERADED, TOLERANT), "good"),
    ("To qualified, tolerant",
     steps(value(b"To", swapped(b"carl@example.net",
                                b"carl@host.example.net")), TOLERANT), "good"),
    ("second From, tolerant",
     steps(add(b"From", b" eve@example.com"), TOLERANT), "header"),
    ("control byte in From, tolerant",
     steps(value(b"From", swapped(b"Anne", b"An\x07ne")), TOLERANT),
     undigestible("not-plain")),
    ("blank line in From, tolerant",
     steps(value(b"From", lambda text: text + BLANK_LINE), TOLERANT),
     undigestible("not-plain")),
    ("body changed, tolerant",
     steps(body(lambda b: b + b"x"), TOLERANT), "body"),
    ("Subject changed, tolerant",
     steps(value(b"Subject", lambda text: text + b"!"), TOLERANT), "header"),
]

ALTERATIONS = RELAYS + BODIES + HEADERS + STAMPS + POLICIES + REWRITING
# These leave the message as it was (18: what was taken out was not in the
# digests either); every other one must change something.
UNCHANGED = (1, 18, 23)

# What gets no stamp at all: fields added to the base message, and why not.
NEVER = [
    ("a bare CR", [(b"X-A", b" a\rb")], "malformed"),
    ("blank in front of a colon", [(b"X-A ", b" a")], "malformed"),
    ("blank line in Received", [(b"Received", b" a" + BLANK_LINE)],
     "not-inert"),
    ("blank line in To", [(b"To", b" a" + BLANK_LINE)], "not-plain"),
    ("2,001 fields", [(b"X-A", b" a")] * 1991, "fields"),
]


def cases():
    """(number, what, altered case, verdict) of every row."""
    for number, (what, step, verdict) in enumerate(ALTERATIONS, 1):
        case = base()
        before = repr(case)
        step(case)
        if (repr(case) == before) != (number in UNCHANGED):
            raise AssertionError(f"{number} {what}: changed or not?")
        yield number, what, case, verdict
