#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What max_message_size counts is what SMTP carries, to the byte, with folded
fields, too; and no message that Postfix takes with the same message_size_limit
is longer."""
from kit import smtp
from kit.tap import main, wait_for
from kit.world import World

LIMIT = 8192
FIELDS = [("X-Folded", "\n\t".join(["a line of a field"] * 20))]


def world(stack, directory):
    return World(stack, directory, max_message_size=str(LIMIT))


def message(tag, size):
    """One of so many bytes, as SMTP carries it."""
    data = smtp.message(tag, fields=FIELDS)
    data += "x" * (size - len(data.replace("\n", "\r\n")) - 2) + "\n"
    assert len(data.replace("\n", "\r\n")) == size
    return data


def send(w, size):
    tag = smtp.new_tag()
    return tag, w.send(tag, message(tag, size))


def ours(tap, w):
    """A message of max_message_size, and one of a byte more"""
    tag, reply = send(w, LIMIT)
    tap.has(reply, "250 ", "just as long: taken")
    line = w.log(tag)
    tap.equal((line["verdict"], line["size"]), ("clean", str(LIMIT)),
              "scanned, and counted alike", line.text)
    tag, reply = send(w, LIMIT + 1)
    tap.has(reply, "451 4.7.1", "a byte more: not taken")
    line = w.log(tag)
    tap.equal((line["reason"], line["size"]), ("too-big", str(LIMIT + 1)),
              "too big", line.text)


def theirs(tap, w):
    """Postfix with the same limit takes nothing that is too big"""
    w.mta.command("postconf", "-e", f"message_size_limit = {LIMIT}")
    w.mta.command("postfix", "reload")
    wait_for("Postfix to have its new limit",
             lambda: send(w, LIMIT + 1)[1].startswith("552 "))
    # Without what Postfix adds where it is missing, and a milter sees.
    least, most, taken = LIMIT // 2, LIMIT + 1, None
    while most - least > 1:
        size = (least + most) // 2
        tag = smtp.new_tag()
        reply = w.send(tag, f"X-A: b\n\n{'x' * (size - 12)}\n")
        if reply.startswith("250 "):
            least, taken = size, tag
        else:
            most = size
            tap.has(reply, "552 ", f"{size} bytes: refused by Postfix itself")
    line = w.log(taken)
    tap.equal(line["verdict"], "clean",
              f"the longest that it takes, {least} bytes, is scanned")
    tap.ok(least < int(line["size"]) <= LIMIT,
           "with the fields that it has added", line.text)


main(world, ours, theirs)
