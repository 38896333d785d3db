#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Clients are served by turns, and have memory by turns: what one sends, how
much and how long it may be, does not put off what others send."""
import concurrent.futures
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../faults"))
from rig import SCAN_TIMEOUT, Rig  # noqa: E402
from kit.pace import paced  # noqa: E402
from kit.tap import main, wait_for  # noqa: E402
from milterclient import MilterClient  # noqa: E402

KB = 1 << 10
MB = 1 << 20
CROWD = 30  # long messages of one client
SCANS = "1m"  # scan_timeout: nothing here waits for it


class Gate:
    """A clamd with one thread, which lets messages pass one by one."""

    def __init__(self):
        self.order = []
        self.turn = threading.Semaphore(0)

    def answer(self, request):
        head, _, rest = request.data.partition(b"Subject: ")
        self.order.append(rest.partition(b"\r\n")[0].decode())
        self.turn.acquire()
        return request.reply(b"OK")

    def open(self):
        self.turn.release(1000)


class World:
    def __init__(self, stack, directory):
        self.directory = directory
        self.pool = stack.enter_context(
            concurrent.futures.ThreadPoolExecutor(200))

    def rig(self, name):
        where = os.path.join(self.directory, name)
        os.mkdir(where)
        os.chmod(where, 0o755)
        return Rig(where)

    @staticmethod
    def start(rig, fake, **settings):
        rig.start(fake.address, wait=False, **settings)
        rig.wait_log("backend-up")

    def send(self, rig, name, size, client, times=1):
        """So many messages on one connection: the replies, in the end."""
        def messages():
            with MilterClient(f"unix:{rig.daemon.socket}") as mta:
                mta.negotiate()
                mta.connect(address=client)
                mta.helo()
                return [mta.message([("From", "<a@example.net>"),
                                     ("Subject", name)], b"x" * size,
                                    queue_id=f"{name}N{n}")[-1][0]
                        for n in range(times)]
        return self.pool.submit(messages)


def accepted(sent):
    """How many of all were accepted."""
    return sum(reply == b"c" for s in sent for reply in s.result())


def turns(tap, w, tcp):
    """One client with many long messages, and others"""
    rig, gate = w.rig(f"turns-{tcp:d}"), Gate()
    with rig.stack:
        fake = rig.fake(gate.answer, threads=1, tcp=tcp)
        w.start(rig, fake, max_message_size="2M", max_memory="200M",
                scan_timeout=SCANS, wait_timeout=SCANS)
        sent = [w.send(rig, "FIRST", KB, "192.0.2.1")]
        wait_for("clamd to have the first", lambda: gate.order)
        for n in range(CROWD):
            sent.append(w.send(rig, f"CROWD{n}", MB, "192.0.2.1"))
        wait_for("the crowd to wait", lambda: rig.memfds() > CROWD)
        late = {"SMALL": (KB, "192.0.2.2"), "LONG": (MB, "192.0.2.3"),
                "SIX": (KB, "2001:db8::1"), "OWN": (KB, "192.0.2.1")}
        for name, (size, client) in late.items():
            sent.append(w.send(rig, name, size, client))
        wait_for("the others to wait",
                 lambda: rig.memfds() > CROWD + len(late))
        gate.open()
        tap.equal(accepted(sent), len(sent), "all are accepted")
        tap.equal(len(gate.order), len(sent), "each was scanned once")
        tap.note(" ".join(gate.order))
        # One of the crowd may have had its turn when the others came.
        for name, most in (("SMALL", 5), ("SIX", 5), ("OWN", 5), ("LONG", 7)):
            at = gate.order.index(name)
            tap.ok(at <= most, f"{name} is number {at} of {len(sent)}")
    return rig


def local(tap, w):
    """Turns at a clamd on a Unix socket"""
    turns(tap, w, False)


def remote(tap, w):
    """Turns at a clamd over TCP, to which messages go while they arrive"""
    turns(tap, w, True)


def quiet(fake):
    """How many commands it has seen, if there are no more for a while."""
    before = len(fake.seen)
    time.sleep(paced(0.3))
    return before if before == len(fake.seen) else None


def holds_back(tap, w):
    """Over TCP: a message that arrives and arrives has no thread to itself"""
    rig, gate = w.rig("slow"), Gate()
    gate.open()
    with rig.stack:
        fake = rig.fake(gate.answer, threads=1, tcp=True)
        w.start(rig, fake, max_message_size="1M", max_memory="20M",
                check_interval="60s")
        before = wait_for("clamd to be left alone", lambda: quiet(fake))
        with MilterClient(f"unix:{rig.daemon.socket}") as mta:
            mta.begin("4SLOW")
            mta.command(b"B", b"x" * 60000)
            mta.command(b"B", b"x" * 60000)
            wait_for("clamd to be sent it", lambda: len(fake.seen) > before)
            reply = w.send(rig, "WHOLE", KB, "192.0.2.9")
            tap.equal(accepted([reply]), 1, "a whole one is scanned")
            waited = int(rig.wait_log("message", qid="WHOLEN0")["wait_ms"])
            tap.ok(waited < SCAN_TIMEOUT * 1000 / 3,
                   f"it has waited {waited} ms, not until the other's time "
                   f"of {SCAN_TIMEOUT} s is over")
            tap.equal(mta.command(b"E")[-1][0], b"c",
                      "the other is scanned when it is whole")


def memory(tap, w):
    """Little memory, many clients, and the test messages for clamd"""
    rig = w.rig("memory")
    clients, each = 40, 20
    with rig.stack:
        fake = rig.fake()
        w.start(rig, fake, max_message_size="1M",
                max_memory="2M")
        sent = [w.send(rig, f"M{n}", 30 * KB, f"192.0.2.{n}", each)
                for n in range(clients)]
        tap.equal(accepted(sent), clients * each,
                  f"{clients * each} messages of {clients} clients pass")


def greedy(tap, w):
    """A client that wants all memory does not get it"""
    rig, gate = w.rig("greedy"), Gate()
    with rig.stack:
        fake = rig.fake(gate.answer, threads=4)
        w.start(rig, fake, max_message_size="1M", max_memory="20M",
                scan_timeout=SCANS, wait_timeout=SCANS)
        sent = [w.send(rig, f"G{n}", MB - 10 * KB, "192.0.2.1")
                for n in range(CROWD)]
        wait_for("some to be refused", lambda: sum(
            s.done() for s in sent) > CROWD // 3)
        mine = [w.send(rig, f"H{n}", MB // 2, f"192.0.2.{10 + n}")
                for n in range(3)]
        wait_for("the others to be there", lambda: (
            rig.memfds() + sum(s.done() for s in sent + mine)
            >= CROWD + len(mine)))
        tap.ok(not any(s.done() for s in mine), "others still have room")
        gate.open()
        tap.equal(accepted(mine), len(mine), "and are accepted")
        got = accepted(sent)
        tap.ok(CROWD // 3 < got < CROWD,
               f"of the greedy one {got} of {CROWD}")


main(World, local, remote, holds_back, memory, greedy)
