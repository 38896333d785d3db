#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Clean only counts when it is confirmed by a canary (confirm_interval): which
messages wait for one, which do not, and what becomes of those that wait.  With
a clamd whose canaries can be held up; that real ones which go blind are found
out in time is in 02-blind.t."""
import socket
import threading
import time

from rig import Closed, MilterClient, paced, run, wait_for

MARKER = b"an infected one"


class Gate:
    """Lets canaries through, or holds them up; notes when they began."""

    def __init__(self, fake):
        self.open = threading.Event()
        self.open.set()
        self.began = []
        self.holding = 0
        self.fake = fake
        fake.canary = self.answer

    def answer(self, request):
        self.began.append(time.monotonic())
        self.holding += 1
        self.open.wait(60)
        self.holding -= 1
        if request.data[:2] == b"\x1f\x8b":
            return request.reply(
                b"Heuristics.Limits.Exceeded.MaxRecursion FOUND")
        return request.reply(b"Eicar FOUND")

    def close(self):
        self.open.clear()

    def wait_held(self, count=1):
        wait_for("a canary that is held up", lambda: self.holding >= count)


def gated(rig, tcp=False, name="fake"):
    fake = rig.fake(lambda r: r.reply(
        b"Marker FOUND" if MARKER in r.data else b"OK"), name=name, tcp=tcp)
    gate = Gate(fake)
    rig.stack.callback(gate.open.set)
    return fake, gate


def start(rig, *fakes, interval="0", **settings):
    rig.start(*[fake.address for fake in fakes], check_interval="1m",
              confirm_interval=interval, **settings)


def each_waits(rig):
    """interval 0: a canary for each, which begins after the answer"""
    fake, gate = gated(rig)
    start(rig, fake)
    for count in 1, 2, 3:
        before = len(gate.began)
        gate.close()
        waiting = rig.background()
        gate.wait_held()
        rig.equal(len(fake.requests), count, "clamd has judged the message")
        rig.ok(not waiting.done(), "which waits all the same")
        gate.open.set()
        rig.clean(waiting.result(60), "until the canary is found")
        rig.equal(len(gate.began) - before, 1, "one canary")


def infected_at_once(rig):
    """what is infected does not wait"""
    fake, gate = gated(rig)
    start(rig, fake)
    gate.close()
    rig.equal(rig.send(MARKER).verdict, "infected", "at once")
    waiting = rig.background()
    gate.wait_held()
    rig.equal(rig.send(MARKER).verdict, "infected", "while others wait")
    rig.ok(not waiting.done(), "these go on waiting")
    gate.open.set()
    rig.clean(waiting.result(60))


def length(rig):
    """a canary is as long as what it confirms"""
    fake, gate = gated(rig)
    start(rig, fake, interval="1m")
    before = len(gate.began)
    for size, canaries in ((10, 1), (60000, 2), (70000, 3), (10, 3),
                           (3 << 20, 4), (3 << 20, 4), (100000, 4),
                           (5 << 20, 5), (3 << 20, 5)):
        rig.clean(rig.send(b"l" * size))
        rig.equal(len(gate.began) - before, canaries, f"{size} bytes")


def by_stream(rig):
    """over TCP: the canary goes as a stream too"""
    fake, gate = gated(rig, tcp=True)
    start(rig, fake)
    del fake.seen[:]
    before = len(gate.began)
    rig.clean(rig.send())
    rig.equal(len(gate.began) - before, 1, "one canary")
    rig.equal({head[:10] for head in fake.seen}, {b"zINSTREAM\0"},
              "both as streams")


def missed(rig):
    """canary not found: other clamds get the message, this one is down"""
    blind, gate = gated(rig, name="blind")
    good, _ = gated(rig, name="good")
    rig.start((blind.address, {"weight": 100}), good.address,
              check_interval="1m", confirm_interval="0")
    blind.canary = lambda r: r.reply(b"OK")
    result = rig.send()
    rig.clean(result, "called clean by the other one")
    rig.equal(result.line["backend"], "c1", "by that one", result)
    rig.equal(len(blind.requests), 1, "after this one had it")
    rig.ok("says OK to the EICAR test string in 8192 bytes" in
           rig.wait_log("backend-down", backend="c0")["reason"], "is down")
    gate.fake.canary = gate.answer
    wait_for("it to come back", lambda: rig.daemon.lines(
        "backend-up", backend="c0")[1:])


def missed_by_all(rig):
    """canary not found by two: no third one is asked"""
    fakes = [gated(rig, name=f"f{i}")[0] for i in range(3)]
    start(rig, *fakes)
    for fake in fakes:
        fake.canary = lambda r: r.reply(b"OK")
    rig.unscanned(rig.send(), "clamd-error")
    rig.equal(sum(len(fake.requests) for fake in fakes), 2, "two had it")


def dies(rig):
    """clamd dies between its answer and its canary"""
    fake, _ = gated(rig)
    start(rig, fake)
    fake.canary = lambda r: None
    rig.unscanned(rig.send(), "clamd-error")
    rig.wait_log("backend-down",
                 reason="no verdict on a test message: no-reply")


def never_found(rig):
    """canary is not answered: the message ends in time"""
    fake, gate = gated(rig)
    start(rig, fake)
    gate.close()
    rig.unscanned(rig.send(), "timeout")
    rig.wait_log("backend-down")
    gate.open.set()
    rig.recovers()


def never_found_here(rig):
    """canary is not answered: the message is judged by another clamd"""
    silent, gate = gated(rig, name="silent")
    good, _ = gated(rig, name="good")
    rig.start((silent.address, {"weight": 100}), good.address,
              check_interval="1m", confirm_interval="0",
              scan_timeout=f"{paced(60)}s")
    gate.close()
    result = rig.send()
    rig.clean(result)
    rig.equal(result.line["backend"], "c1", "by the other one", result)
    rig.wait_log("backend-down", backend="c0",
                 reason="no answer to a test message")


def slow_with_long(rig):
    """a long canary is not answered in time: shorter mail goes on"""
    fake, gate = gated(rig)

    def answer(request):
        if b"canary.tar.gz" in request.data and len(request.data) > 50000:
            request.connection.recv(1)  # until we leave
            return None
        return gate.answer(request)

    fake.canary = answer
    start(rig, fake)
    waiting = rig.background(b"l" * (7 << 20))
    rig.wait_log("backend-measuring")
    rig.clean(rig.send(), "short mail")
    rig.clean(rig.send(b"l" * (2 << 20)), "longer than all before")
    rig.unscanned(waiting.result(60), "timeout")
    rig.clean(rig.send(), "the same afterwards")
    rig.equal(rig.daemon.lines("backend-down"), [], "it was never down")


def restarts(rig):
    """a start has no long canaries follow, however often"""
    fake, gate = gated(rig)
    lengths = []

    def answer(request):
        lengths.append((b"name=canary.tar.gz" in request.data,
                        len(request.data)))
        return gate.answer(request)

    fake.canary = answer
    start(rig, fake)
    for _ in range(3):
        rig.daemon.stop()
        rig.daemon.start()
        rig.wait_log("backend-proved")
    rig.equal([one for one in lengths if one[0] or one[1] > 1 << 20], [],
              f"none of {len(lengths)}")
    rig.clean(rig.send(b"l" * (6 << 20)), "the first long message")
    rig.ok([one for one in lengths if one[0]], "has one, once it is there")


def given_up(rig):
    """MTA leaves while its message waits"""
    fake, gate = gated(rig)
    start(rig, fake)
    wait_for("canaries to be over", lambda: rig.memfds() == 0)
    gate.close()
    with MilterClient(f"unix:{rig.daemon.socket}") as mta:
        def talk():
            try:
                mta.negotiate()
                mta.message([("From", "<a@example.net>")], b"x\r\n")
            except (Closed, OSError):
                pass
        thread = threading.Thread(target=talk)
        thread.start()
        gate.wait_held()
        rig.equal(rig.memfds(), 2, "message and canary are in memory")
        mta.sock.shutdown(socket.SHUT_RDWR)
        wait_for("the message to go", lambda: rig.memfds() == 1)
        thread.join()
    gate.open.set()
    wait_for("the canary to go", lambda: rig.memfds() == 0)
    rig.clean(rig.send(), "others go on")


def stopped(rig):
    """SIGTERM while a message waits"""
    fake, gate = gated(rig)
    start(rig, fake)
    gate.close()
    waiting = rig.background()
    gate.wait_held()
    stop = threading.Timer(paced(0.5), gate.open.set)
    stop.start()
    rig.equal(rig.daemon.stop(), 0, "ends as it should")
    rig.clean(waiting.result(60), "with its verdict")


run(((20,), each_waits), ((20,), infected_at_once), ((22,), length),
    ((20,), by_stream), ((67,), missed), ((67,), missed_by_all), ((17,), dies),
    ((14,), never_found), ((14,), slow_with_long), ((20,), restarts),
    ((14,), never_found_here), ((20,), given_up), ((18,), stopped))
