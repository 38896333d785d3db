#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What both MTAs spell differently: IPv6 clients, local submission, UTF-8
addresses, null senders; the same mail must come to the same log line."""

import os
import subprocess

from kit import smtp
from kit.clamd import EICAR, EICAR_NAME, MARKER
from kit.mailchecks import is_clean
from kit.sendmail import Sendmail
from kit.tap import main, wait_for
from kit.world import World, sender_of


def world(stack, directory):
    """One daemon, both MTAs on ::1; Sendmail is the second."""
    w = World(stack, directory, address="::1", record=True,
              hostname="mx.example")
    w.second = stack.enter_context(
        Sendmail(os.path.join(directory, "second"), w.sink.port,
                 [f"unix:{w.recorder.socket}"], "::1"))
    return w


def both(w):
    """Each MTA in turn takes the place that World's methods look at."""
    for name, mta in (("Postfix", w.postfix), ("Sendmail", w.second)):
        w.mta = mta
        yield name


def connect_of(w):
    """Family and address of each CONNECT since the last look."""
    found = []
    for talk in w.recorder.take():
        for direction, packet in talk.packets:
            if direction == ">" and packet[:1] == b"C":
                _, _, rest = packet[1:].partition(b"\0")
                found.append((rest[:1], rest[3:].rstrip(b"\0")))
    return found


def ipv6(tap, w):
    """A client on ::1"""
    spelling = {"Postfix": b"::1", "Sendmail": b"IPv6:0:0:0:0:0:0:0:1"}
    for name in both(w):
        tag = smtp.new_tag()
        w.recorder.take()
        tap.has(w.send(tag), "250 ", f"{name}: accepted")
        is_clean(tap, w.delivered(tag), name)
        line = w.log(tag)
        tap.equal(line["client"], "::1", f"{name}: client in the log",
                  line.text)
        tap.equal(connect_of(w), [(b"6", spelling[name])],
                  f"{name}: and it was spelled as expected")
        reply = w.send(smtp.new_tag(), smtp.message("x", EICAR + "\n"))
        tap.has(reply, EICAR_NAME, f"{name}: infected mail is refused")


def null_sender(tap, w):
    """The empty reverse path"""
    for name in both(w):
        before = len(w.pratiqued.lines("message", **{"from": ""}))
        tag = smtp.new_tag()
        tap.has(w.send(tag, sender="<>"), "250 ", f"{name}: accepted")
        w.delivered(tag)
        lines = wait_for("its line", lambda: w.pratiqued.lines(
            "message", **{"from": ""})[before:])
        tap.equal(len(lines), 1, f"{name}: empty in the log")


def no_brackets(tap, w):
    """Addresses without angle brackets, and with parameters"""
    for name in both(w):
        tag = smtp.new_tag()
        with w.client() as client:
            client.say(f"MAIL FROM: {sender_of(tag)}")
            client.say(f"RCPT TO: {smtp.TO}")
            code, _ = client.data(smtp.wire(smtp.message(tag)))
        tap.equal(code, 250, f"{name}: accepted without brackets")
        tap.equal(w.log(tag)["from"], sender_of(tag), f"{name}: the sender")
        tag = smtp.new_tag()
        with w.client() as client:
            client.say(f"MAIL FROM:<{sender_of(tag)}> SIZE=300 BODY=8BITMIME")
            client.say(f"RCPT TO:<{smtp.TO}>")
            code, _ = client.data(smtp.wire(smtp.message(tag)))
        tap.equal(code, 250, f"{name}: accepted with parameters")
        tap.equal(w.log(tag)["from"], sender_of(tag),
                  f"{name}: the sender without them")


def header_spelling(tap, w):
    """White space behind the colon, folds and empty values arrive as sent"""
    fields = ("X-One:none\nX-Two:  two\nX-Tab:\ttab\nX-Empty:\n"
              "X-Fold:\n\tnext line\nX-Trail: end  \n")
    for name in both(w):
        tag = smtp.new_tag()
        w.recorder.take()
        w.send(tag, f"X-Test-Tag: {tag}\n{fields}\nText\n")
        w.delivered(tag)
        seen = [packet[1:] for talk in w.recorder.take()
                for direction, packet in talk.packets
                if direction == ">" and packet.startswith(b"LX-")
                and not packet.startswith(b"LX-Test-Tag")]
        want = [b"X-One\0none\0", b"X-Two\0  two\0", b"X-Tab\0\ttab\0",
                b"X-Empty\0\0", b"X-Fold\0\n\tnext line\0",
                b"X-Trail\0 end  \0"]
        tap.equal(seen, want, f"{name}: with leading space granted")


def again(tap, w):
    """A second EHLO in a message, RSET, and an unknown command"""
    for name in both(w):
        tag = smtp.new_tag()
        with w.client() as client:
            for line in (f"MAIL FROM:<{sender_of('dropped')}>",
                         f"RCPT TO:<{smtp.TO}>", "EHLO again.example",
                         f"MAIL FROM:<{sender_of('dropped')}>", "RSET",
                         "XYZZY"):
                client.say(line)
            reply = client.give(smtp.message(tag), sender=sender_of(tag))
        tap.has(reply, "250 ", f"{name}: accepted")
        line = w.log(tag)
        tap.equal((line["helo"], line["rcpts"]), ("again.example", "1"),
                  f"{name}: the last HELO, its own recipient", line.text)
    tap.equal(w.pratiqued.lines("message", **{"from": sender_of("dropped")}),
              [], "dropped messages have no line")


def local_submission(tap, w):
    """Postfix's sendmail command"""
    w.mta = w.postfix
    tag = smtp.new_tag()
    w.recorder.take()

    def submit(data):
        subprocess.run(["/usr/sbin/sendmail", "-C", w.postfix.config, "-i",
                        "-f", sender_of(tag), smtp.TO],
                       input=data.encode(), check=True)

    submit(smtp.message(tag))
    mail = w.delivered(tag)
    is_clean(tap, mail, "local")
    line = w.log(tag)
    tap.equal((line["client_name"], line["from"], line["rcpts"]),
              ("localhost", sender_of(tag), "1"), "local: log", line.text)
    talk = w.recorder.take()[0]
    mails = [p for d, p in talk.packets if p[:1] == b"M"]
    tap.equal(mails, [b"M" + sender_of(tag).encode() + b"\0"],
              "local: the sender came without brackets")
    tag = smtp.new_tag()
    submit(smtp.message(tag, f"{MARKER}\n"))
    line = w.log(tag)
    tap.equal((line["verdict"], line["action"]), ("infected", "reject"),
              "local: infected mail is refused", line.text)
    tap.ok(not w.sink.mails(tag), "local: and not delivered")


def standard_input(tap, w):
    """Sendmail's SMTP on standard input: a client without an address"""
    w.mta = w.second
    tag = smtp.new_tag()
    w.recorder.take()
    lines = ["EHLO stdin.example", f"MAIL FROM:<{sender_of(tag)}>",
             f"RCPT TO:<{smtp.TO}>", "DATA", smtp.message(tag) + "."]
    with w.second.open("-bs") as server:
        for line in lines:  # each behind the reply to the one before
            while server.stdout.readline()[3:4] == b"-":
                pass
            server.stdin.write(smtp.wire(line + "\n"))
            server.stdin.flush()
        output = server.stdout.readline().decode()
        server.stdin.write(b"QUIT\r\n")
        server.stdin.close()
        server.stdout.read()
    tap.has(output, "250 2.0.0", "accepted")
    is_clean(tap, w.delivered(tag), "standard input")
    line = w.log(tag)
    tap.equal(line["client"], "", "no address in the log", line.text)
    tap.equal([kind for kind, _ in connect_of(w)], [b"U"],
              "and it came as family U")


def utf8(tap, w):
    """SMTPUTF8: Postfix offers it, Debian's Sendmail does not"""
    w.mta = w.postfix
    tag = smtp.new_tag()
    sender = f"gr\u00fc\u00df-{tag}@example.net"
    with w.client() as client:
        tap.ok(client.has_extn("smtputf8"), "Postfix: offered")
        client.send(f"MAIL FROM:<{sender}> SMTPUTF8\r\n".encode())
        tap.equal(client.getreply()[0], 250, "Postfix: sender taken")
        client.say(f"RCPT TO:<{smtp.TO}>")
        code, text = client.data(
            smtp.message(tag, fields=[("X-Name", "gr\u00fc\u00df")])
            .replace("\n", "\r\n").encode())
    tap.equal(code, 250, "Postfix: accepted", text)
    line = wait_for("its log line", lambda: [
        l for l in w.pratiqued.lines("message") if tag in l["from"]])[0]
    tap.equal(line["verdict"], "clean", "Postfix: scanned", line.text)
    tap.ok(all(0x20 <= ord(c) < 0x7f for c in line.text),
           "Postfix: the line is printable ASCII", line.text)
    w.mta = w.second
    with w.client() as client:
        tap.ok(not client.has_extn("smtputf8"), "Sendmail: not offered")


def account(tap, w):
    """At the end: nothing left over"""
    tap.equal(w.pratiqued.lines("session-died"), [], "no session died")
    tap.equal(w.pratiqued.lines("message-lost"), [], "no message was lost")


main(world, ipv6, null_sender, no_brackets, header_spelling, again,
     local_submission, standard_input, utf8, account)
