# SPDX-License-Identifier: ISC
"""Shapes on their way through a mail server, or straight to pratiqued."""
import dataclasses
import importlib.util
import os
import re
import socket
import struct
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import shapes
from kit import smtp
from kit.tap import wait_for
from kit.world import sender_of
from milterclient import MilterClient
from shape import wire
from strict import is_field, split_lines

LEAD_IN = b"Received: from a by b; Fri, 20 Nov 2026 12:00:00 +0000\r\n"
PER_CONNECTION = 40


def ask_clamd(path, data):
    """Does clamd by itself find something in the message?"""
    with socket.socket(socket.AF_UNIX) as clamd:
        clamd.connect(path)
        clamd.sendall(b"zINSTREAM\0")
        clamd.sendall(struct.pack("!I", len(LEAD_IN + data)) + LEAD_IN + data
                      + bytes(4))
        reply = clamd.makefile("rb").read()
    return b"FOUND" in reply


def as_postfix_passes(data):
    """What Postfix 3.7 makes of it before a filter sees it: a lone LF is a
    line end, CRs in front of one are gone, another CR is a space, and the first
    line that is no field ends the header.  NUL ends a field."""
    data = re.sub(rb"\r*\n", b"\r\n", data)
    data = re.sub(rb"\r(?!\n)", b" ", data)
    fields, body = head_and_body(data)
    head = b"".join(name + b":" + value.split(b"\0")[0].replace(b"\n", b"\r\n")
                    + b"\r\n" for name, value in fields)
    return head + b"\r\n" + body


def head_and_body(data):
    """The fields as an MTA gives them, folds as LF, and the body."""
    fields, at = [], 0
    for line, end in split_lines(data):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b"\n" + line
        elif line and is_field(line):
            name, _, value = line.partition(b":")
            fields.append([name.rstrip(b" \t"), value])
        else:
            at += 0 if line else len(line + end)
            break
        at += len(line + end)
    return fields, data[at:]


@dataclasses.dataclass
class Message:
    name: str
    data: bytes


def ordinary():
    """What is sent on through chains of relays (tests/stamps), and the shapes
    without a trick."""
    spec = importlib.util.spec_from_file_location(
        "relayed", os.path.join(HERE, "../stamps/corpus.py"))
    relayed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(relayed)
    return [Message(what, smtp.wire(text("ordinary")))
            for what, text in relayed.messages()] + [
        Message(name, wire(text)) for name, text in shapes.harmless().items()
        if name.startswith("ok-")]


def through_mta(world, every):
    """Each in a transaction of its own; {name: (reply, log line)}."""
    tags, replies = {}, {}
    for i in range(0, len(every), PER_CONNECTION):
        with world.client() as client:
            for shape in every[i:i + PER_CONNECTION]:
                tag = tags[shape.name] = smtp.new_tag()
                replies[shape.name] = give(client, tag, shape.data)
    lines = logged(world.pratiqued, list(tags.values()))
    return {name: (replies[name], lines[tag]) for name, tag in tags.items()}


def give(client, tag, data):
    """The bytes as they are; smtplib doubles dots only."""
    client.mail(sender_of(tag), ["BODY=8BITMIME"])
    client.rcpt(smtp.TO)
    code, text = client.data(data)
    return f"{code} {text.decode('latin-1')}"


def direct(pratiqued, every):
    """The same, as a mail server that changes nothing would: {name: (code of
    the reply, log line)}."""
    tags, replies = {}, {}
    for i in range(0, len(every), PER_CONNECTION):
        with MilterClient(f"unix:{pratiqued.socket}") as mta:
            mta.negotiate()
            mta.connect()
            mta.helo()
            for shape in every[i:i + PER_CONNECTION]:
                tag = tags[shape.name] = smtp.new_tag()
                fields, body = head_and_body(shape.data)
                replies[shape.name] = mta.message(
                    [(n, v.replace(b"\0", b"")) for n, v in fields], body,
                    f"<{sender_of(tag)}>", queue_id=tag)[-1]
    lines = logged(pratiqued, list(tags.values()))
    return {name: (replies[name], lines[tag]) for name, tag in tags.items()}


def logged(pratiqued, tags):
    """{tag: its log line} of all."""
    senders = {sender_of(tag): tag for tag in tags}

    def complete():
        found = {senders[line["from"]]: line
                 for line in pratiqued.lines("message")
                 if line.get("from") in senders}
        return found if len(found) == len(tags) else None

    return wait_for("all messages to be in the log", complete)
