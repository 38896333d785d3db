# SPDX-License-Identifier: ISC
"""The usual set-up: client -> MTA -> pratiqued -> clamd, and the Sink behind;
the MTA is Postfix unless a test wants Sendmail, and a Recorder can be put
between it and pratiqued.  mta=None: none.  Each message carries a tag, in a field and as its sender's local
part, by which the Sink and the log are asked for it.
"""
import os

from . import proc, smtp
from .clamd import Clamd
from .postfix import Postfix
from .pratiqued import Pratiqued
from .recorder import Recorder
from .sink import Sink
from .tap import wait_for

SCANNED = "X-Virus-Scanned"
STATUS = "X-Virus-Status"

# The keys of a message's log line in their order, with those that only some
# verdicts have.
KEYS_BEFORE = ["ts", "level", "event", "qid", "client", "client_name", "helo",
               "from", "rcpts", "size", "verdict"]
KEYS_AFTER = ["wait_ms", "scan_ms", "action"]


def keys_for(verdict, backend=True):
    special = {"clean": [], "infected": ["signature"], "unscanned": ["reason"]}
    return (KEYS_BEFORE + special[verdict] + (["backend"] if backend else [])
            + KEYS_AFTER)


class World:
    def __init__(self, stack, directory, clamd_settings=None, tcp=False,
                 start=True, mta=Postfix, address="127.0.0.1", record=False,
                 **settings):
        self.directory = directory
        self.sink = stack.enter_context(Sink())
        self.clamd = stack.enter_context(
            Clamd(os.path.join(directory, "clamd"), clamd_settings))
        scanner = (f"inet:{self.clamd.port}@127.0.0.1" if tcp
                   else f"unix:{self.clamd.socket}")
        self.pratiqued = Pratiqued(directory, scanner, **settings)
        if start:
            self.pratiqued.start()
        stack.callback(self.pratiqued.stop)
        socket = self.pratiqued.socket
        if record:
            self.recorder = stack.enter_context(Recorder(socket))
            socket = self.recorder.socket
        if mta:
            self.mta = self.postfix = stack.enter_context(
                mta(os.path.join(directory, "mta"), self.sink.port,
                    [f"unix:{socket}"], address))

    def restart(self, **settings):
        """The daemon anew, with settings on top of those it had."""
        self.pratiqued.stop()
        self.pratiqued.settings.update(settings)
        self.pratiqued.start()

    def client(self, **options):
        return smtp.Client(self.mta.port, host=self.mta.address, **options)

    def raw(self):
        return smtp.Raw(self.mta.port, self.mta.address)

    def send(self, tag, data=None, **options):
        """One message in its own session; the reply that decided it."""
        options.setdefault("sender", sender_of(tag))
        with self.client() as client:
            return client.give(data or smtp.message(tag), **options)

    def log(self, tag):
        """The message's log line, when it is there."""
        return self.pratiqued.wait_line("message", **{"from": sender_of(tag)})

    def delivered(self, tag):
        return self.sink.wait(tag)

    def nothing_delivered(self, tag):
        """True if the queue is empty and no such message came out of it."""
        self.mta.idle()
        return not self.sink.mails(tag)

    def hang(self, raw, tag, data=None):
        """Sends a message on a raw session while clamd is frozen; returns
        when it is whole and the scanner waits for its verdict."""
        self.clamd.freeze()
        raw.start_data(sender_of(tag))
        raw.put(data or smtp.message(tag))
        raw.end()
        # The scanner keeps the message in a memfd until it has the verdict.
        wait_for("the scanner to have the message", lambda: "/memfd" in
                 proc.descriptors(self.pratiqued.scanner()).values())

    def recovers(self):
        """Sends new mail until it is accepted, as a client would retry; the
        replies in between, and the message, delivered."""
        replies = []

        def again():
            tag = smtp.new_tag()
            replies.append(self.send(tag))
            return tag if replies[-1].startswith("250 ") else None

        tag = wait_for("mail to go through again", again)
        return replies[:-1], self.delivered(tag)


def sender_of(tag):
    return f"{tag}@example.net"
