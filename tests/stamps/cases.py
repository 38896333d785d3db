# SPDX-License-Identifier: ISC
"""A case: a stamped message as a checking hop gets it, that hop's settings,
and the steps by which cases are altered.

base() makes the message that every alteration starts from.  A step is a
function that changes a case in place; the functions below make steps, and
steps() joins several into one.
"""
import copy
import dataclasses
import hashlib
import hmac
import re

import verify

NOW = 1700000160  # a minute after the stamp
MADE = 1700000100
DATABASE = 1699950000
CLIENT = "192.0.2.1"
KEY = verify.Key("2024a", bytes(range(32)))
OTHER = verify.Key("hop2", bytes(range(64, 96)))
CLAIMS = {"t": MADE, "x": MADE + 3600, "i": "0011223344556677",
          "e": "ClamAV-1.4.6", "d": 27091, "g": DATABASE, "p": "std"}

FIELDS = [
    (b"Received", b" from client.example (client.example [192.0.2.77])\n"
     b"\tby mx.example with ESMTP id 4SVxyz;\n"
     b"\tTue, 14 Nov 2023 22:10:00 +0000 (UTC)"),
    (b"DKIM-Signature", b" v=1; a=rsa-sha256; d=example.com; s=s1;\n"
     b"\th=from:subject; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=;\n"
     b"\tb=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR"),
    (b"From", b' "Example, Anne" <anne@host.example.com>'),
    (b"To", b" bert@example.net, carl@example.net,\n\tdora@example.net"),
    (b"Subject", b" Figures for November"),
    (b"Date", b" Tue, 14 Nov 2023 22:09:00 +0000"),
    (b"Message-ID", b" <20231114.1@example.com>"),
    (b"MIME-Version", b" 1.0"),
    (b"Content-Type", b' multipart/mixed;\n\tboundary="a  b"'),
    (b"X-Mailer", b" Example Mailer 1.0"),
]
BODY = (b"--a  b\r\n"
        b"Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\n"
        b"Gr\xc3\xbc\xc3\x9fe, two  blanks, and one at the line's end \r\n"
        + b"A long line. " * 50 + b"\r\n"
        b"--a  b\r\n"
        b"Content-Type: application/octet-stream\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        b"VGhpcyBpcyB3aGF0IHN0YW5kcyBpbiB0aGUgYXR0YWNobWVudCwgYW5kIGl0IGlz"
        b"IGxvbmcgZW5v\r\ndWdoIGZvciB0d28gbGluZXMu\r\n"
        b"--a  b--\r\n\r\n")
ANOTHER = ([(b"From", b" eve@example.com"), (b"Subject", b" something else")],
           b"Another message.\r\n")


@dataclasses.dataclass
class Case:
    fields: list
    body: bytes
    policy: verify.Policy
    client: str = CLIENT
    now: int = NOW

    def bare(self):
        """The fields without stamps."""
        return [(name, value) for name, value in self.fields
                if name.lower() != verify.STAMP]

    def stamp_with(self, key, fields=None, body=None, **claims):
        """A stamp for what the message is now, or for another."""
        return verify.make(self.bare() if fields is None else fields,
                           self.body if body is None else body, key,
                           **{**CLAIMS, **claims})

    def find(self, name):
        """The place of the first field of that name."""
        return [n.lower() for n, _ in self.fields].index(name.lower())

    def verdict(self):
        return verify.check(self.fields, self.body, self.policy, self.client,
                            self.now)


def base():
    policy = verify.Policy(
        keys={key.name: copy.copy(key) for key in (KEY, OTHER)},
        peers=[verify.Peer("192.0.2.1/32")], own_time=DATABASE)
    case = Case(list(FIELDS), BODY, policy)
    case.fields.insert(0, field_of(case.stamp_with(KEY)))
    return case


def field_of(stamp):
    return b"X-Scan-Stamp", b" " + verify.write(stamp)


# --- steps --------------------------------------------------------------------


def steps(*all_of):
    def step(case):
        for one in all_of:
            one(case)
    return step


def nothing(_case):
    """The message as it was stamped."""


def body(change):
    def step(case):
        case.body = change(case.body)
    return step


def add(name, value, at=0):
    """A field; at: from the top, None for the bottom."""
    def step(case):
        place = len(case.fields) if at is None else at
        case.fields.insert(place, (name, value))
    return step


def drop(*names):
    def step(case):
        case.fields = [(name, value) for name, value in case.fields
                       if name.lower() not in names]
    return step


def value(name, change):
    """Changes the value of the first field of that name."""
    def step(case):
        at = case.find(name)
        case.fields[at] = case.fields[at][0], change(case.fields[at][1])
    return step


def rename(name, new):
    def step(case):
        at = case.find(name)
        case.fields[at] = new, case.fields[at][1]
    return step


def each(change):
    """change(name, value) for every field."""
    def step(case):
        case.fields = [change(*field) for field in case.fields]
    return step


def move(name, at=None):
    def step(case):
        field = case.fields.pop(case.find(name))
        case.fields.insert(len(case.fields) if at is None else at, field)
    return step


def stamp(change):
    """Changes the stamp's text."""
    return value(verify.STAMP, change)


def tag(name, text):
    """Another value for one tag; the MAC stays."""
    form = re.compile(rb"(?<![^ \t;])" + name + rb"=[^;]*")
    return stamp(lambda old: form.sub(lambda _: name + b"=" + text, old,
                                      count=1))


def restamp(key=KEY, **claims):
    """Stamps the message afresh, with a MAC that is right."""
    def step(case):
        case.fields[case.find(verify.STAMP)] = field_of(
            case.stamp_with(key, **claims))
    return step


def foreign_stamp(key=KEY, **replaced):
    """The stamp that another message got; replaced: tags taken from this
    one's, the MAC is the other one's."""
    def step(case):
        theirs = case.stamp_with(key, *ANOTHER)
        ours = case.stamp_with(key)
        theirs.update({name: ours[name] for name in replaced})
        case.fields[case.find(verify.STAMP)] = field_of(theirs)
    return step


def renewed_digests(case):
    """The digests of the message as it is now under the old MAC."""
    at = case.find(verify.STAMP)
    old = verify.read(case.fields[at][1])
    case.fields[at] = field_of({**case.stamp_with(KEY), "m": old["m"]})


def sha512_mac(case):
    at = case.find(verify.STAMP)
    old = verify.read(case.fields[at][1])
    old["m"] = hmac.new(KEY.secret, verify.record(old),
                        hashlib.sha512).digest()[:32]
    case.fields[at] = field_of(old)


def settings(**changes):
    """Settings of the checking hop."""
    def step(case):
        for name, setting in changes.items():
            assert hasattr(case.policy, name)
            setattr(case.policy, name, setting)
    return step


def peer(**changes):
    def step(case):
        case.policy.peers = [dataclasses.replace(case.policy.peers[0],
                                                 **changes)]
    return step


def key(**changes):
    def step(case):
        case.policy.keys[KEY.name] = dataclasses.replace(KEY, **changes)
    return step


def without_key(case):
    del case.policy.keys[KEY.name]


def at_time(now):
    def step(case):
        case.now = now
    return step


def from_client(address):
    def step(case):
        case.client = address
    return step
