# SPDX-License-Identifier: ISC
"""Chains of relays: each hop is an MTA, a pratiqued with keys of its own and
a clamd of its own; behind the last one is the Sink.

A Meddler is a relay of the chain that is nobody's friend: it does to each
message what a test tells it before it passes it on.
"""
import os
import re
import smtplib
import time

import daily
import verify

from kit import smtp
from kit.clamd import Clamd
from kit.pratiqued import Pratiqued
from kit.sink import Sink
from kit.tap import wait_for
from kit.world import sender_of

PEER = 'stamp_peer "127.0.0.1/32"'
DAILY = 27091
RELAYED = 120  # seconds for a whole corpus to come through


class Ring:
    """The key files of one hop."""

    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, mode=0o755)

    def put(self, name, secret, use="check", window=""):
        """Adds a key, or replaces the one of that name in one step.  window:
        its lines from and until."""
        path = os.path.join(self.directory, f"{name}.key")
        with open(path + ".new", "w", encoding="ascii") as out:
            os.fchmod(out.fileno(), 0o400)
            out.write(f"pratique-key 1\nid {name}\nuse {use}\n{window}"
                      f"secret {secret.hex()}\n")
        os.rename(path + ".new", path)

    def drop(self, name):
        os.remove(os.path.join(self.directory, f"{name}.key"))


class Hop:
    """number: 1 for the first; next_port: where mail goes from here; made:
    time of the daily database."""

    def __init__(self, stack, directory, number, mta, next_port, made):
        at = os.path.join(directory, f"hop{number}")
        os.makedirs(at)
        self.name = f"hop{number}"
        self.secret = os.urandom(32)
        self.ring = Ring(os.path.join(at, "keys"))
        self.ring.put(self.name, self.secret, "stamp")
        self.clamd = Clamd(os.path.join(at, "clamd"), {"LogClean": "yes"})
        self.database(DAILY, made)
        stack.enter_context(self.clamd)
        self.pratiqued = Pratiqued(
            at, f"unix:{self.clamd.socket}",
            stamp={"add": "yes", "key_dir": self.ring.directory})
        self.mta = mta(os.path.join(at, "mta"), next_port,
                       [f"unix:{self.pratiqued.socket}"])
        if mta.__name__ == "Postfix":
            self.mta.command("postconf", "-e",
                             f"myhostname={self.name}.example")

    def trust(self, *names):
        """Stamps made with these keys are good here."""
        peer = self.pratiqued.settings.setdefault(PEER, {"keys": []})
        peer["keys"] += names

    def start(self, stack):
        stack.enter_context(self.pratiqued)
        stack.enter_context(self.mta)

    def database(self, number, made):
        """Another daily database for clamd when it is next started."""
        daily.write(f"{self.clamd.directory}/db/daily.cud", number, made)

    def reload_keys(self):
        before = len(self.pratiqued.lines("keys-loaded"))
        os.kill(self.pratiqued.pid(), 1)  # SIGHUP
        wait_for("the keys to be loaded", lambda: len(
            self.pratiqued.lines("keys-loaded")) > before)

    def scans(self):
        """How many messages this hop's clamd has called clean, as its own
        log says.  It says so of what it is measured with, too."""
        with open(self.clamd.log, encoding="latin-1") as log:
            return len(re.findall(r"^(?!.*canary).* -> .+: OK$", log.read(),
                                  re.MULTILINE))

    def lines(self, tags):
        """The log line of each message."""
        senders = {sender_of(tag): tag for tag in tags}

        def complete():
            found = {senders[line["from"]]: line
                     for line in self.pratiqued.lines("message")
                     if line.get("from") in senders}
            return found if len(found) == len(tags) else None

        return wait_for(f"{self.name} to log all messages", complete)


class Chain:
    """mtas: the class of each hop's MTA, first to last.  Every hop stamps
    with its own key and knows those of the hops in front of it; all have the
    same database, of an hour ago.  prepare: is called with the hops before
    they are started, to change settings."""

    def __init__(self, stack, directory, *mtas, meddler=False, prepare=None):
        self.sink = stack.enter_context(Sink())
        self.meddler = None
        self.hops = []
        self.made = int(time.time()) - 3600
        port = self.sink.port
        for number in range(len(mtas), 0, -1):
            hop = Hop(stack, directory, number, mtas[number - 1], port,
                      self.made)
            self.hops.insert(0, hop)
            port = hop.mta.port
            if meddler and number == 2:
                self.meddler = stack.enter_context(Meddler(port))
                port = self.meddler.port
        for number, hop in enumerate(self.hops):
            for earlier in self.hops[:number]:
                hop.ring.put(earlier.name, earlier.secret)
                hop.trust(earlier.name)
        if prepare:
            prepare(self.hops)
        for hop in self.hops:
            hop.start(stack)
        self.first, self.last = self.hops[0], self.hops[-1]

    def send(self, texts):
        """Sends each text (a function of a tag) into the chain and waits
        until all are in the Sink; the tags in the same order."""
        tags = [smtp.new_tag() for _ in texts]
        with smtp.Client(self.first.mta.port) as client:
            for tag, text in zip(tags, texts):
                reply = client.give(text(tag), sender=sender_of(tag))
                if not reply.startswith("250 "):
                    raise RuntimeError(f"{tag} was not taken: {reply}")
        senders = {sender_of(tag) for tag in tags}

        def arrived():
            if self.meddler and self.meddler.refused:
                raise RuntimeError(str(self.meddler.refused))
            return senders <= {mail.sender for mail in self.sink.mails()}

        wait_for("all messages to come through", arrived, RELAYED)
        return tags

    def mail(self, tag):
        """The delivered message of that tag's sender."""
        return [mail for mail in self.sink.mails()
                if mail.sender == sender_of(tag)][-1]


class Meddler(Sink):
    """alter(fields, body) returns both as they shall go on; see verify.py
    for their shape.  What the next hop refuses is in .refused."""

    def __init__(self, port):
        super().__init__()
        self.next_port = port
        self.alter = lambda fields, body: (fields, body)
        self.refused = []

    def keep(self, mail):
        fields, body = self.alter(*verify.split_message(mail.data))
        head = b"".join(name + b":" + value.replace(b"\n", b"\r\n") + b"\r\n"
                        for name, value in fields)
        try:
            with smtplib.SMTP("127.0.0.1", self.next_port,
                              local_hostname="meddler.example",
                              timeout=smtp.TIMEOUT) as client:
                client.sendmail(mail.sender, mail.recipients,
                                head + b"\r\n" + body, ["BODY=8BITMIME"])
        except smtplib.SMTPException as error:
            self.refused.append((mail.sender, repr(error)))
        super().keep(mail)
