# SPDX-License-Identifier: ISC
"""The SMTP client side: messages with a mark, sent by smtplib, and raw
sessions for what smtplib is too polite for.
"""
import base64
import itertools
import os
import smtplib
import socket

from .pace import paced

FROM = "sender@example.net"
TO = "user@example.org"
TIMEOUT = paced(120)  # seconds without an answer before a test gives up

_numbers = itertools.count(1)


def new_tag():
    """A mark for one message, unique in all runs."""
    return f"t{os.getpid()}-{next(_numbers)}"


def message(tag, text="Good day.\n", fields=()):
    """A small complete message with the mark in a field of its own."""
    lines = [f"From: <{FROM}>", f"To: <{TO}>", f"Subject: test {tag}",
             "Date: Fri, 20 Nov 2026 12:00:00 +0000",
             f"Message-ID: <{tag}@example.net>", f"X-Test-Tag: {tag}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return "\n".join(lines) + "\n\n" + text


def attachment(tag, content, fields=()):
    """The same with content as a base64 attachment."""
    mime = [("MIME-Version", "1.0"),
            ("Content-Type", 'multipart/mixed; boundary="=_part"')]
    coded = base64.encodebytes(content).decode()
    return message(tag, fields=mime + list(fields), text=(
        "--=_part\nContent-Type: text/plain\n\nSee attachment.\n"
        "--=_part\nContent-Type: application/octet-stream\n"
        "Content-Transfer-Encoding: base64\n"
        'Content-Disposition: attachment; filename="a.bin"\n\n'
        f"{coded}--=_part--\n"))


def wire(text):
    """As it goes over the wire: bytes, lines end in CR LF."""
    return text.encode("latin-1").replace(b"\n", b"\r\n")


class Client(smtplib.SMTP):
    """smtplib's client with replies as text: "250 2.0.0 Ok"."""

    def __init__(self, port, helo="client.example", host="127.0.0.1"):
        super().__init__(host, port, local_hostname=helo,
                         timeout=TIMEOUT)
        self.ehlo()

    def say(self, line):
        return encoder_text(self.docmd(line))

    def give(self, data, sender=FROM, recipients=(TO,)):
        """One transaction; the reply that decided it."""
        reply = self.mail(sender)
        if reply[0] != 250:
            return encoder_text(reply)
        for recipient in recipients:
            reply = self.rcpt(recipient)
            if reply[0] != 250:
                return encoder_text(reply)
        try:
            return encoder_text(self.data(wire(data)))
        except smtplib.SMTPDataError as error:
            return encoder_text((error.smtp_code, error.smtp_error))

    def __exit__(self, *_):
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()


def encoder_text(reply):
    return f"{reply[0]} {reply[1].decode('latin-1')}"


def send(port, data, **options):
    """One message in a session of its own; the deciding reply."""
    with Client(port) as client:
        return client.give(data, **options)


class Raw:
    """Bytes to and lines from an SMTP server, with no opinion."""

    def __init__(self, port, host="127.0.0.1"):
        self.sock = socket.create_connection((host, port), TIMEOUT)
        self.file = self.sock.makefile("rb")
        self.reply()

    def reply(self):
        """One whole reply, the lines of several joined."""
        lines = []
        while True:
            line = self.file.readline()
            lines.append(line.decode("latin-1").rstrip("\r\n"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def say(self, line):
        self.sock.sendall(wire(line + "\n"))
        return self.reply()

    def start_data(self, sender=FROM):
        """Up to the point where the message may be sent."""
        for line in ("EHLO raw.example", f"MAIL FROM:<{sender}>",
                     f"RCPT TO:<{TO}>", "DATA"):
            reply = self.say(line)
        return reply

    def put(self, text):
        """A piece of message; dots at the line start are the caller's."""
        self.sock.sendall(wire(text))

    def end(self):
        self.sock.sendall(b".\r\n")

    def close(self):
        self.file.close()
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
