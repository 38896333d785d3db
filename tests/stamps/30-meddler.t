#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Mail that is altered between two hops: nothing but the harmless gets past
the second scan.  A relay of the kit stands between the hops, with Postfix and
then with Sendmail behind it; it knows hop1's key, as one that was taken over
would, and makes stamps of its own with verify.py where a good MAC is needed.
"""
import contextlib
import os
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import corpus
import verify
from hops import PEER, Chain
from kit import smtp
from kit.clamd import MARKER, MARKER_NAME
from kit.postfix import Postfix
from kit.sendmail import Sendmail
from kit.tap import main, wait_for
from kit.world import sender_of

DAY = 86400
TEXT = corpus.multipart(corpus.text_part("See there.\n"),
                        corpus.file_part(b"what is sent " * 20))
RECEIVED = (b"Received", b" from a.example by b.example;\n"
            b"\tTue, 14 Nov 2023 22:15:00 +0000")
OWN_LIST = ["X-Example-Filter", "x-policyd-*"]


class Altered:
    """What an alteration may use: the message and hop1's and hop2's keys."""

    def __init__(self, chain, fields, body):
        self.fields = fields
        self.body = body
        self.keys = {hop.name: hop.secret for hop in chain.hops}
        self.made = chain.made

    def names(self):
        return [name.lower() for name, _ in self.fields]

    def set(self, name, change):
        at = self.names().index(name)
        self.fields[at] = self.fields[at][0], change(self.fields[at][1])

    def remove(self, name):
        self.fields = [f for f in self.fields if f[0].lower() != name]

    def restamp(self, key="hop1", secret=None, **claims):
        """Puts a stamp of our own in the place of hop1's."""
        self.remove(verify.STAMP)
        now = int(time.time())
        claims = {"t": now, "x": now + 3600, "i": os.urandom(8).hex(),
                  "e": "verify.py", "d": 27091, "g": self.made, "p": "std",
                  **{tag: value(now) for tag, value in claims.items()}}
        key = verify.Key(key, secret or self.keys[key])
        stamp = verify.make(self.fields, self.body, key, **claims)
        self.fields.insert(0, (b"X-Scan-Stamp", b" " + verify.write(stamp)))


def body(change):
    def alter(m):
        m.body = change(m.body)
    return alter


def change(name, how):
    return lambda m: m.set(name, how)


def add(*field, at=0):
    return lambda m: m.fields.insert(len(m.fields) if at is None else at,
                                     field)


def add_trace(m):
    m.fields[:0] = [(b"X-Spam-Status", b" No"), RECEIVED]


def add_own_trace(m):
    m.fields[:0] = [(b"X-Example-Filter", b" seen"), (b"X-Policyd-A", b" b")]


def remove(name):
    return lambda m: m.remove(name)


def restamp(**claims):
    return lambda m: m.restamp(**claims)


def move_part(m):
    """The two parts of the multipart change places."""
    mark = b"--=_1\r\n"
    before, one, rest = m.body.split(mark)
    two, end = rest.split(b"--=_1--")
    m.body = before + mark + two + mark + one + b"--=_1--" + end


def move_field(m):
    at = m.names().index(b"subject")
    m.fields.append(m.fields.pop(at))


def swap_attachment(m):
    at = m.body.index(b"filename")
    start = m.body.index(b"\r\n\r\n", at) + 4
    other = corpus.b64(b"something else " * 20).replace("\n", "\r\n")
    m.body = (m.body[:start] + other.encode("ascii")
              + m.body[m.body.index(b"\r\n--=_1--", start):])


def other_content(m):
    """hop1's stamp on another message with the same tag."""
    keep = (verify.STAMP, b"x-test-tag")
    m.fields = [f for f in m.fields if f[0].lower() in keep]
    m.fields += [(b"From", b" eve@example.com"), (b"Subject", b" replayed")]
    m.body = b"What was never scanned.\r\n"


def flip_mac(value):
    return value[:-43] + (b"B" if value[-43:-42] != b"B" else b"C"
                          ) + value[-42:]


# What, how, and hop2's verdict on the stamp: None for one that holds.
ALTERATIONS = [
    ("nothing", lambda m: None, None),
    ("trace and verdict fields on top",
     add_trace, None),
    ("fields on the site's own list", add_own_trace, None),
    ("a stamp made by verify.py", restamp(), None),
    ("footer", body(lambda b: b + b"-- \r\na list\r\n"), "body"),
    ("subject tag", change(b"subject", lambda v: b" [list]" + v), "header"),
    ("swapped attachment", swap_attachment, "body"),
    ("extra Content-Type on top", add(b"Content-Type", b" text/html"),
     "header"),
    ("extra Content-Type at the bottom",
     add(b"Content-Type", b" text/html", at=None), "header"),
    ("moved part", move_part, "body"),
    ("moved field", move_field, "header"),
    ("removed MIME-Version", remove(b"mime-version"), "header"),
    ("removed Subject", remove(b"subject"), "header"),
    ("unknown field", add(b"X-Foo", b" bar"), "header"),
    ("From replaced", change(b"from", lambda v: b" <eve@example.com>"),
     "address"),
    ("stamp on other content", other_content, "body"),
    ("stamp taken off", remove(verify.STAMP), "none"),
    ("MAC altered", change(verify.STAMP, flip_mac), "bad-mac"),
    ("expiry put off by its text", change(
        verify.STAMP, lambda v: v.replace(b"x=1", b"x=2")), "bad-mac"),
    ("comment in the stamp", change(
        verify.STAMP, lambda v: v + b" (good)"), "syntax"),
    ("nine stamps",
     lambda m: [m.fields.append(m.fields[m.names().index(verify.STAMP)])
                for _ in range(8)], "too-many"),
    ("expired", restamp(t=lambda now: now - 3000, x=lambda now: now - 1),
     "expiry"),
    ("too old", restamp(t=lambda now: now - 3700, x=lambda now: now + 3600),
     "too-old"),
    ("future", restamp(t=lambda now: now + 1200, x=lambda now: now + 4800),
     "future"),
    ("valid for a year", restamp(x=lambda now: now + 365 * DAY), "expiry"),
    ("other key under the same id",
     lambda m: m.restamp(secret=os.urandom(32)), "bad-mac"),
    ("unknown key", lambda m: m.restamp("hop9", os.urandom(32)),
     "unknown-key"),
    ("hop2's own key", lambda m: m.restamp("hop2"), "key-not-for-client"),
    ("other profile", restamp(p=lambda _: "weak"), "profile"),
    ("no database", restamp(d=lambda _: 0), "no-db"),
    ("database of four days ago", restamp(g=lambda now: now - 4 * DAY),
     "db-old"),
]


def setup(_stack, directory):
    return directory


def own_list(hops):
    for hop in hops:
        hop.pratiqued.settings["stamp"]["ignore"] = OWN_LIST


def run(tap, directory, title, mta):
    with contextlib.ExitStack() as stack:
        chain = Chain(stack, os.path.join(directory, title), Postfix, mta,
                      meddler=True, prepare=own_list)
        skipped = 0
        for what, alter, reason in ALTERATIONS:
            line = one(tap, chain, f"{title}: {what}", alter, reason)
            skipped += bool(reason) and line["verdict"] == "clean-by-stamp"
        number = sum(reason is not None for _, _, reason in ALTERATIONS)
        tap.equal(skipped, 0, f"{title}: 0 of {number} alterations skip")
        infected(tap, chain, title)
        newer_database(tap, chain, title)


def meddle(chain, alter):
    def altered(fields, content):
        message = Altered(chain, fields, content)
        alter(message)
        return message.fields, message.body
    chain.meddler.alter = altered


def one(tap, chain, what, alter, reason):
    """One message, altered on its way; hop2's log line."""
    meddle(chain, alter)
    before = chain.last.scans()
    tag, = chain.send([TEXT])
    line = chain.last.lines([tag])[tag]
    fields = [(name.encode("latin-1"), value.encode("latin-1"))
              for name, value in chain.mail(tag).fields]
    keys = [verify.read(value)["k"] for value in verify.stamps_of(fields)]
    # After a rescan the stamp is hop2's.
    want = (("clean-by-stamp", None, 0, ["hop1"]) if reason is None
            else ("clean", reason, 1, ["hop2"]))
    # An altered message may have to be read in more than one way.
    parts = int(line.get("readings", 0))
    tap.equal((line["verdict"], line.get("stamp_reason"),
               chain.last.scans() - before - parts, keys), want, what, line.text)
    return line


def infected(tap, chain, title):
    """An attachment that clamd knows, under the stamp of a clean message"""
    meddle(chain, body(lambda b: b + MARKER.encode() + b"\r\n"))
    tag = smtp.new_tag()
    smtp.send(chain.first.mta.port, TEXT(tag), sender=sender_of(tag))
    wait_for("hop2 to refuse it", lambda: chain.meddler.refused)
    line = chain.last.lines([tag])[tag]
    tap.equal((line["verdict"], line.get("signature"), line["stamp_reason"]),
              ("infected", MARKER_NAME, "body"),
              f"{title}: virus put in behind hop1 is found", line.text)
    tap.has(chain.meddler.refused.pop()[1], "550", f"{title}: and refused")


def newer_database(tap, chain, title):
    """hop2 has newer signatures than hop1"""
    chain.last.pratiqued.stop()
    chain.last.clamd.stop()
    chain.last.database(27092, chain.made + 1800)
    chain.last.clamd.start()
    chain.last.pratiqued.start()
    one(tap, chain, f"{title}: newer database at hop2", lambda m: None,
        "own-db-newer")


def postfix(tap, directory):
    """Postfix -> meddler -> Postfix"""
    run(tap, directory, "pp", Postfix)


def sendmail(tap, directory):
    """Postfix -> meddler -> Sendmail"""
    run(tap, directory, "ps", Sendmail)


def tolerant(tap, directory):
    """A peer that may rewrite addresses"""
    def prepare(hops):
        hops[1].pratiqued.settings[PEER]["tolerant"] = "yes"

    with contextlib.ExitStack() as stack:
        chain = Chain(stack, os.path.join(directory, "tolerant"), Postfix,
                      Postfix, meddler=True, prepare=prepare)
        for what, alter, reason in (
                ("From masqueraded", change(
                    b"from", lambda v: v.replace(b"example.net",
                                                 b"mx.example.net")), None),
                ("second From", add(b"From", b" eve@example.com"), "header"),
                ("Subject changed",
                 change(b"subject", lambda v: v + b"!"), "header"),
                ("body changed", body(lambda b: b + b"x\r\n"), "body")):
            one(tap, chain, f"tolerant: {what}", alter, reason)


main(setup, postfix, sendmail, tolerant)
