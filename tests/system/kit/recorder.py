# SPDX-License-Identifier: ISC
"""A proxy between MTA and pratiqued that writes down what is said.

Everything is passed on as it comes.  Each connection becomes a Conversation:
the packets of both sides in order, and with each whether it came in the same
read as the one before.  Its text form is that of tests/conformance/recorded,
described in the README there.

mask is ANDed to the actions and flags of the MTA's offer before the filter
sees it, so that a real MTA can be recorded with fewer features.
"""
import itertools
import os
import selectors
import socket
import threading

from .tap import wait_for

# As they are: what is neither space nor backslash nor control.
SHOWN = {b: chr(b) for b in range(0x21, 0x7f) if chr(b) != "\\"}


def escape(payload):
    return "".join(SHOWN.get(b, f"\\x{b:02x}") for b in payload)


class Side:
    """The packets that one side has sent, cut out of its bytes."""

    def __init__(self):
        self.rest = b""

    def packets(self, data):
        self.rest += data
        while len(self.rest) >= 4:
            end = 4 + int.from_bytes(self.rest[:4], "big")
            if len(self.rest) < end:
                return
            yield self.rest[4:end]
            self.rest = self.rest[end:]


class Conversation:
    def __init__(self):
        self.packets = []  # (">" from the MTA or "<", bytes from the code on)
        self.turns = 0  # changes from the MTA's turn to ours
        self.open = True

    def add(self, direction, packet):
        if direction == "<" and self.packets and self.packets[-1][0] == ">":
            self.turns += 1
        self.packets.append((direction, packet))

    def text(self):
        """One line per packet: side, code, payload."""
        return "".join(
            f"{side} {chr(packet[0])} {escape(packet[1:])}".strip() + "\n"
            for side, packet in self.packets)

    def trace(self):
        """One line per turn: the codes that went each way."""
        turns = itertools.groupby(self.packets, lambda p: p[0])
        return [f"{side} {''.join(chr(p[0]) for _, p in group)}"
                for side, group in turns]

    def codes(self, direction):
        return "".join(chr(p[0]) for d, p in self.packets if d == direction)


class Recorder:
    def __init__(self, target, mask=(0xffffffff, 0xffffffff), name=".rec"):
        self.target = target
        self.mask = mask
        self.socket = target + name
        self.conversations = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.socket)
        os.chmod(self.socket, 0o666)
        self.listener.listen(64)

    def _masked(self, data):
        """The MTA's first packet with less in it."""
        words = [int.from_bytes(data[at:at + 4], "big") for at in (9, 13)]
        return data[:9] + b"".join(
            (word & mask).to_bytes(4, "big")
            for word, mask in zip(words, self.mask)) + data[17:]

    def _serve(self, mta):
        talk = Conversation()
        self.conversations.append(talk)
        filter_ = socket.socket(socket.AF_UNIX)
        filter_.connect(self.target)
        ways = {mta: (filter_, ">", Side()), filter_: (mta, "<", Side())}
        with selectors.DefaultSelector() as ready, mta, filter_:
            for source in ways:
                ready.register(source, selectors.EVENT_READ)
            while len(ready.get_map()) == 2:
                for key, _ in ready.select():
                    to, direction, side = ways[key.fileobj]
                    try:
                        data = key.fileobj.recv(1 << 16)
                        if data and direction == ">" and not talk.packets:
                            data = self._masked(data)
                        for packet in side.packets(data):
                            talk.add(direction, packet)
                        if data:
                            to.sendall(data)
                            continue
                    except OSError:
                        pass
                    ready.unregister(key.fileobj)
                    break
        talk.open = False

    def _accept(self):
        while True:
            try:
                mta, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(mta,),
                             daemon=True).start()

    def finished(self):
        """All conversations so far, when the last of them has ended."""
        wait_for("connections to end", lambda: not any(
            talk.open for talk in self.conversations))
        return self.conversations

    def take(self):
        """Those with a MAIL in them (not the probes of a test that waits for
        its MTA), and forgets all."""
        done, self.conversations = self.finished(), []
        return [talk for talk in done if "M" in talk.codes(">")]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
