#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A second program that makes and checks scan stamps, format version 1.

It knows the format from its description only and shares nothing with the C
programs: where both agree, a mistake would have had to be made twice.  It is
plain on purpose, and slow: every function is one rule of the format.

    verify.py check FILE [--key ID=FILE]... [--now SECONDS]
    verify.py make FILE --key ID=FILE [--now SECONDS] [--lifetime SECONDS]

As a module: check() and make() take a message as a list of (name, value), the
values as an MTA hands them to a filter, and the body, all of them bytes.
"""
import argparse
import base64
import dataclasses
import hashlib
import hmac
import ipaddress
import os
import re
import struct
import sys
import time

STAMP = b"x-scan-stamp"

IGNORED = frozenset((
    b"received x-received return-path delivered-to x-original-to envelope-to "
    b"delivery-date bcc resent-bcc content-length received-spf "
    b"authentication-results arc-seal arc-message-signature "
    b"arc-authentication-results dkim-signature domainkey-signature "
    b"x-virus-scanned x-virus-status x-spam x-quarantine-id x-greylist "
    b"x-scanned-by").split() + [STAMP])
IGNORED_PREFIXES = (b"x-spam-", b"x-spamd-", b"x-rspamd-", b"x-amavis-")
ADDRESS = frozenset(
    b"from sender reply-to to cc resent-from resent-sender resent-reply-to "
    b"resent-to resent-cc errors-to return-receipt-to "
    b"disposition-notification-to apparently-to mail-followup-to".split())
OPTIONAL = {b"date": "d", b"message-id": "m"}

NAME_MAX = 255
FIELDS_MAX = 2000
HEADER_MAX = 1 << 20
IGNORED_FIELDS_MAX = 250
IGNORED_VALUE_MAX = 16384
IGNORED_SUM_MAX = 65536
TOLERATED_MAX = 250
VALUE_MAX = 1200  # of a stamp
STAMPS_MAX = 8
LIFETIME_MAX = 7 * 86400
NUMBER_MAX = 1 << 53

FLAGS = {"none": 0, "d": 1, "m": 2, "dm": 3}
NUMBER = r"0|[1-9][0-9]{0,15}"
DIGEST = r"[A-Za-z0-9_-]{43}"
TAGS = (  # in their order; what each value must look like as a whole
    ("v", r"1"),
    ("k", r"[a-z0-9](?:[a-z0-9._-]{0,14}[a-z0-9])?"),
    ("s", r"virus"),
    ("r", r"clean"),
    ("t", NUMBER),
    ("x", NUMBER),
    ("i", r"[0-9a-f]{16}"),
    ("e", r"[A-Za-z0-9][A-Za-z0-9._+-]{0,30}"),
    ("d", NUMBER),
    ("g", NUMBER),
    ("p", r"[a-z0-9][a-z0-9._-]{0,14}"),
    ("f", r"none|d|m|dm"),
    ("b", DIGEST),
    ("h", DIGEST),
    ("a", DIGEST),
    ("m", DIGEST),
)
# After which tag the writer begins a new line.
BREAKS = frozenset("rigfbha")


class Refused(Exception):
    """This stamp, or this message, is no good; the argument says why."""


# --- canonical form -----------------------------------------------------------


def kind(name, also=()):
    """The class of a field, by its name alone; also: the site's own list."""
    name = name.lower()
    if name in IGNORED or name.startswith(IGNORED_PREFIXES) or name in also:
        return "ignored"
    if name in ADDRESS:
        return "address"
    return "optional" if name in OPTIONAL else "covered"


def normal(value):
    """A value as it is compared: line ends of folds, one leading space."""
    value = value.replace(b"\r\n", b"\n")
    return value[1:] if value[:1] == b" " else value


def well_formed(name, value):
    return (1 <= len(name) <= NAME_MAX
            and all(0x21 <= c <= 0x7e and c != 0x3a for c in name)
            and b"\0" not in value and b"\r" not in value
            and not re.search(rb"\n(?![ \t])", value))


def blank_fold(value):
    return any(not line.strip(b" \t") for line in value.split(b"\n")[1:])


def inert(value):
    return (all(c in b" \t\n" or 0x21 <= c <= 0x7e for c in value)
            and not blank_fold(value))


def plain_address(value):
    return (all(c in b"\t\n" or c >= 0x20 and c != 0x7f for c in value)
            and not blank_fold(value))


def absent(fields):
    """The flags of a message that is about to be stamped."""
    names = {name.lower() for name, _ in fields}
    return sum(FLAGS[flag] for name, flag in OPTIONAL.items()
               if name not in names)


def sort_fields(fields, flags, also):
    """Every field as (class, lower-case name, value); Refused if one of them
    breaks a rule.  With flags, a Date or Message-ID may be "tolerated"."""
    if len(fields) > FIELDS_MAX:
        raise Refused("fields")
    out = []
    for name, value in fields:
        value = normal(value)
        if not well_formed(name, value):
            raise Refused("malformed")
        name = name.lower()
        of = kind(name, also)
        if of == "optional" and flags & FLAGS[OPTIONAL[name]]:
            of = "tolerated"
        out.append((of, name, value))
    if sum(len(name) + len(value) for _, name, value in out) > HEADER_MAX:
        raise Refused("header-size")
    return out


def check_rules(fields):
    ignored = [value for of, _, value in fields if of == "ignored"]
    if (len(ignored) > IGNORED_FIELDS_MAX
            or sum(map(len, ignored)) > IGNORED_SUM_MAX
            or any(len(value) > IGNORED_VALUE_MAX for value in ignored)):
        raise Refused("ignored-size")
    if not all(map(inert, ignored)):
        raise Refused("not-inert")
    if not all(plain_address(value) for of, _, value in fields
               if of == "address"):
        raise Refused("not-plain")
    tolerated = [(name, value) for of, name, value in fields
                 if of == "tolerated"]
    if len({name for name, _ in tolerated}) != len(tolerated):
        raise Refused("tolerated")
    for _, value in tolerated:
        if len(value) > TOLERATED_MAX or b"\n" in value or not inert(value):
            raise Refused("tolerated")


def counted(value):
    return struct.pack(">I", len(value)) + value


def inputs(fields, body, flags=None, also=()):
    """What goes into the three digests; flags None: as for stamping."""
    if flags is None:
        flags = absent(fields)
    fields = sort_fields(fields, flags, also)
    check_rules(fields)
    header, address, numbers = b"", b"", [0, 0]
    for of, name, value in fields:
        name = struct.pack(">H", len(name)) + name
        if of == "address":
            header += b"\2" + name
            address += b"\2" + name + counted(
                bytes(c for c in value if c not in b" \t\n"))
            numbers[1] += 1
        elif of in ("covered", "optional"):
            header += b"\1" + name + counted(value)
        else:
            continue
        numbers[0] += 1
    return (b"scan-stamp/v1 b\0" + body + struct.pack(">Q", len(body)),
            b"scan-stamp/v1 h\0" + header + struct.pack(">BI", 0, numbers[0]),
            b"scan-stamp/v1 a\0" + address + struct.pack(">BI", 0, numbers[1]))


def digests(fields, body, flags=None, also=()):
    """Body, header and address digest, 32 bytes each."""
    return tuple(hashlib.sha256(data).digest()
                 for data in inputs(fields, body, flags, also))


# --- the stamp: text, record, MAC -----------------------------------------------


def read(value):
    """A stamp's text as a dict of its tags, digests as bytes and numbers as
    int; Refused("syntax") for anything that is not exactly a stamp."""
    value = normal(value)
    if len(value) > VALUE_MAX:
        raise Refused("syntax")
    if (re.search(rb"\n(?![ \t])", value)
            or not all(c in b" \t\n" or 0x21 <= c <= 0x7e for c in value)):
        raise Refused("syntax")
    parts = bytes(c for c in value if c not in b" \t\n").split(b";")
    if len(parts) != len(TAGS):
        raise Refused("syntax")
    out = {}
    for part, (tag, form) in zip(parts, TAGS):
        found = re.fullmatch(f"{tag}=({form})", part.decode("ascii"))
        if not found:
            raise Refused("syntax")
        out[tag] = _value(found.group(1), tag, form)
    return out


def _value(text, tag, form):
    if form == NUMBER:
        number = int(text)
        if number > (0xffffffff if tag == "d" else NUMBER_MAX):
            raise Refused("syntax")
        return number
    if form == DIGEST:
        raw = base64.urlsafe_b64decode(text + "=")
        if encode(raw) != text:
            raise Refused("syntax")
        return raw
    return text


def encode(raw):
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def record(stamp):
    """The 216 bytes that the MAC is made of."""
    return struct.pack(
        ">16sBBBBIQQQ8s16s16s32s32s32s32s", b"scan-stamp/v1", 1, 1,
        FLAGS[stamp["f"]], 0, stamp["d"], stamp["t"], stamp["x"], stamp["g"],
        bytes.fromhex(stamp["i"]), stamp["k"].encode(), stamp["p"].encode(),
        stamp["e"].encode(), stamp["b"], stamp["h"], stamp["a"])


def mac(secret, stamp):
    return hmac.new(secret, record(stamp), hashlib.sha256).digest()


def write(stamp):
    """The value of the field as the writer folds it, without its first
    blank."""
    out = ""
    for number, (tag, _) in enumerate(TAGS):
        value = stamp[tag]
        out += f"{tag}={encode(value) if isinstance(value, bytes) else value}"
        if number + 1 < len(TAGS):
            out += ";\n\t" if tag in BREAKS else "; "
    return out.encode("ascii")


def make(fields, body, key, **claims):
    """A stamp for a message, as a dict; claims are the tags t x i e d g p."""
    flags = absent(fields)
    stamp = {"v": "1", "k": key.name, "s": "virus", "r": "clean",
             "f": next(f for f, bits in FLAGS.items() if bits == flags)}
    stamp.update(claims)
    stamp["b"], stamp["h"], stamp["a"] = digests(fields, body, flags)
    stamp["m"] = mac(key.secret, stamp)
    return stamp


# --- policy -------------------------------------------------------------------


@dataclasses.dataclass
class Key:
    name: str
    secret: bytes
    first: int = 0
    last: int = NUMBER_MAX


@dataclasses.dataclass
class Peer:
    network: str
    keys: tuple = None  # None: all that the ring has
    tolerant: bool = False


@dataclasses.dataclass
class Policy:
    """A checking hop: what it is set to, and what it knows."""
    keys: dict = dataclasses.field(default_factory=dict)
    peers: list = dataclasses.field(default_factory=list)
    max_age: int = 3600
    skew: int = 300
    profiles: tuple = ("std",)
    db_lag: int = 0
    db_age: int = 72 * 3600
    own_db: str = "required"
    own_time: int = None  # database time of the own clamd
    also: tuple = ()  # names that the site ignores, too


def peer_of(policy, client):
    for peer in policy.peers:
        if (ipaddress.ip_address(client)
                in ipaddress.ip_network(peer.network)):
            return peer
    return None


def check_key(stamp, policy, peer, now):
    """What only the holder of the keys can say."""
    key = policy.keys.get(stamp["k"])
    if key is None:
        raise Refused("unknown-key")
    if peer.keys is not None and key.name not in peer.keys:
        raise Refused("key-not-for-client")
    if not hmac.compare_digest(mac(key.secret, stamp), stamp["m"]):
        raise Refused("bad-mac")
    made, ends = stamp["t"], stamp["x"]
    if not key.first <= made <= key.last:
        raise Refused("key-window")
    if made > now + policy.skew:
        raise Refused("future")
    if not made < ends <= made + LIFETIME_MAX or now >= ends:
        raise Refused("expiry")
    if now - made > policy.max_age:
        raise Refused("too-old")
    if stamp["p"] not in policy.profiles:
        raise Refused("profile")


def check_database(stamp, policy, now):
    if stamp["d"] == 0 or stamp["g"] == 0:
        raise Refused("no-db")
    if now - stamp["g"] > policy.db_age:
        raise Refused("db-old")
    if policy.own_db == "none":
        return
    if policy.own_time is None:
        raise Refused("own-db-unknown")
    if policy.own_time - stamp["g"] > policy.db_lag:
        raise Refused("own-db-newer")


def check_content(stamp, fields, body, policy, tolerant):
    try:
        found = digests(fields, body, FLAGS[stamp["f"]], policy.also)
    except Refused as why:
        raise Refused(f"not-digestible {why}") from None
    for number, what in enumerate(("body", "header", "address")):
        if found[number] != stamp[what[0]]:
            if what != "address" or not tolerant:
                raise Refused(what)


def check_one(value, fields, body, policy, peer, now):
    """None if this stamp covers the message, else why not."""
    try:
        stamp = read(value)
        check_key(stamp, policy, peer, now)
        check_database(stamp, policy, now)
        check_content(stamp, fields, body, policy, peer.tolerant)
    except Refused as why:
        return str(why)
    return None


def stamps_of(fields):
    return [value for name, value in fields if name.lower() == STAMP]


def check(fields, body, policy, client, now):
    """(True, "good") for skip, or (False, reason).  If no stamp is good, the
    reason is that of the last one that reads as a stamp."""
    peer = peer_of(policy, client)
    if peer is None:
        return False, "not-peer"
    found = stamps_of(fields)
    if not found:
        return False, "none"
    if len(found) > STAMPS_MAX:
        return False, "too-many"
    reasons = [check_one(value, fields, body, policy, peer, now)
               for value in found]
    if None in reasons:
        return True, "good"
    read_well = [why for why in reasons if why != "syntax"]
    return False, (read_well or ["syntax"])[-1]


# --- command line ---------------------------------------------------------------


def split_message(data):
    """A saved message as an MTA would hand it over: fields with folds as LF,
    body with CR LF.  LF alone ends a line, too."""
    data = re.sub(rb"(?<!\r)\n", b"\r\n", data)
    head, _, body = data.partition(b"\r\n\r\n")
    if data.startswith(b"\r\n"):
        head, body = b"", data[2:]
    fields = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b"\n" + line
        elif line:
            name, _, value = line.partition(b":")
            fields.append([name, value])
    return [tuple(field) for field in fields], body


def read_key(argument):
    name, _, path = argument.partition("=")
    with open(path, "rb") as file:
        secret = file.read()
    if len(secret) != 32:
        sys.exit(f"{path}: not 32 bytes")
    return Key(name, secret)


def report(fields, body, options):
    """Prints what each stamp claims and whether it holds; 0 if one does."""
    policy = Policy(keys={key.name: key for key in options.key},
                    peers=[Peer("0.0.0.0/0")], own_db="none",
                    max_age=NUMBER_MAX, db_age=NUMBER_MAX)
    good = 0
    for number, value in enumerate(stamps_of(fields), 1):
        try:
            stamp = read(value)
            policy.profiles = (stamp["p"],)
            claims = " ".join(f"{tag}={stamp[tag]}" for tag in "ktxiedgpf")
        except Refused:
            claims = "-"
        why = check_one(value, fields, body, policy, policy.peers[0],
                        options.now)
        good += why is None
        print(number, why or "good", claims)
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("check", "make"))
    parser.add_argument("file")
    parser.add_argument("--key", type=read_key, action="append", default=[])
    parser.add_argument("--now", type=int, default=int(time.time()))
    parser.add_argument("--lifetime", type=int, default=3600)
    options = parser.parse_args()
    with open(options.file, "rb") as file:
        fields, body = split_message(file.read())
    if options.command == "check":
        sys.exit(report(fields, body, options))
    if not options.key:
        parser.error("make needs a key")
    stamp = make(fields, body, options.key[0], t=options.now,
                 x=options.now + options.lifetime, i=os.urandom(8).hex(),
                 e="verify.py", d=1, g=options.now, p="std")
    print("X-Scan-Stamp:", write(stamp).decode("ascii"))


if __name__ == "__main__":
    main()
