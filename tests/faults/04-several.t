#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Several clamds, one of which dies, hangs or lies; their shares of the work;
and what happens when there is more work than can be done."""
import collections
import concurrent.futures
import os
import threading
import time

from rig import MilterClient, paced, run, wait_for


def unix(clamd):
    return f"unix:{clamd.socket}"


def many(rig, count, at_once=4, body=b"Good day.\r\n"):
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda _: rig.send(body), range(count)))


def shares(results):
    return collections.Counter(r.line["backend"] for r in results)


def off_balance(results, weights):
    """Those whose share is more than 10 % off what the weights say."""
    got, whole = shares(results), sum(weights.values())
    wants = {name: len(results) * weight / whole
             for name, weight in weights.items()}
    return [name for name, want in wants.items()
            if abs(got[name] - want) > 0.1 * want + 1]


def balanced(rig, results, weights, what):
    rig.ok(not off_balance(results, weights), f"{what}: shares by weight",
           shares(results))


def one_dies(rig):
    """one of two dies in the middle of the work, and comes back"""
    first, second = rig.clamd("first"), rig.clamd("second")
    rig.start(unix(first), unix(second))
    stop = threading.Event()
    results = []

    def work():
        while not stop.is_set():
            results.append(rig.send())

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for step in first.kill, first.start, first.kill, first.start:
        before = len(results)
        wait_for("some mail", lambda: len(results) > before + 20)
        step()
    wait_for("it to be used again", lambda: any(
        r.line["backend"] == "c0" for r in results[-20:]))
    stop.set()
    for worker in workers:
        worker.join()
    rig.ok(all(r.verdict == "clean" for r in results),
           f"each of {len(results)} messages is scanned",
           [r for r in results if r.verdict != "clean"][:5])


def one_hangs(rig):
    """one of two hangs with messages: they go to the other one"""
    first, second = rig.clamd("first"), rig.clamd("second")
    rig.start(unix(first), unix(second), scan_timeout=f"{paced(60)}s")
    first.freeze()
    begun = time.monotonic()
    results = many(rig, 8, at_once=4)
    rig.ok(all(r.verdict == "clean" and r.line["backend"] == "c1"
               for r in results), "all are scanned by the other one", results)
    rig.wait_log("backend-down", backend="c0", reason="no answer to PING")
    rig.ok(time.monotonic() - begun < paced(50), "long before their deadline")
    results = many(rig, 8)
    rig.equal(shares(results), {"c1": 8}, "it is out of use at once")
    first.thaw()
    rig.wait_log("backend-up", backend="c0")
    wait_for("it to be used again", lambda: shares(many(rig, 4))["c0"])


def one_lies(rig):
    """one of two begins to say OK to everything"""
    first, second = rig.fake(name="first"), rig.fake(name="second")
    rig.start(first.address, second.address)
    first.canary = lambda r: r.reply(b"OK")
    rig.wait_log("backend-down", backend="c0")
    results = many(rig, 10)
    rig.equal(shares(results), {"c1": 10}, "only the other one is asked")
    first.canary = None
    wait_for("it to be used again", lambda: shares(many(rig, 4))["c0"])


def killer(rig):
    """a message that each clamd dies of: two see it, no more"""
    fakes = [rig.fake(name=f"f{i}") for i in range(3)]
    for fake in fakes:
        fake.answer = lambda r: None if b"killer" in r.data else r.reply(b"OK")
    rig.start(*[fake.address for fake in fakes])

    def tries():
        return sum(b"killer" in r.data for f in fakes for r in f.requests)

    rig.unscanned(rig.send(b"killer\r\n"), "clamd-error")
    rig.equal(tries(), 2, "two have seen it")
    again = rig.send(b"killer\r\n")
    rig.unscanned(again, "clamd-error")
    rig.equal(tries(), 2, "and none when it comes again")
    rig.clean(rig.send(b"wholesome\r\n"), "other mail is scanned")


def slow_killer(rig):
    """a message that takes too long, on a clamd that is well"""
    fake = rig.fake(lambda r: (time.sleep(paced(20)), None)[1]
                    if b"slow" in r.data else r.reply(b"OK"))
    rig.start(fake.address, scan_timeout=f"{paced(7)}s")
    future = rig.background(b"slow\r\n")
    wait_for("the scan", lambda: fake.requests)
    wait_for("an answer to others", lambda: rig.send().verdict == "clean")
    rig.unscanned(future.result(), "timeout")
    again = rig.send(b"slow\r\n")
    rig.unscanned(again, "timeout")
    rig.ok(int(again.line["wait_ms"]) < paced(5000) and "backend" not in again.line,
           "put off at once when it comes again", again)
    rig.wait_log("message-remembered", reason="timeout")


def scale_out(rig):
    """three real ones on loopback ports, one weighted, one failing"""
    clamds = [rig.clamd(f"clamd{i}") for i in range(3)]
    address = "inet:{0.port}@127.0.0.1"
    rig.start((address.format(clamds[0]), {"weight": 2}),
              address.format(clamds[1]), address.format(clamds[2]))
    balanced(rig, many(rig, 80), {"c0": 2, "c1": 1, "c2": 1}, "three")
    clamds[2].kill()
    results = many(rig, 60)
    rig.ok(all(r.verdict == "clean" for r in results), "none is put off",
           [r for r in results if r.verdict != "clean"])
    balanced(rig, results, {"c0": 2, "c1": 1}, "two are left")
    clamds[2].start()
    rig.wait_log("backend-down", backend="c2")
    # At first it is also busy with its large canary.
    wait_for("shares by weight among three", lambda: not off_balance(
        many(rig, 80), {"c0": 2, "c1": 1, "c2": 1}))


def queue_full(rig):
    """more messages than may wait, and than can be scanned in time"""
    go = threading.Event()
    rig.stack.callback(go.set)
    fake = rig.fake(lambda r: (go.wait(paced(30)), r.reply(b"OK"))[1],
                    threads=1)
    rig.start(fake.address, max_waiting=2, wait_timeout=f"{paced(3)}s",
              scan_timeout=f"{paced(30)}s")
    first = rig.background()
    wait_for("the first to be asked", lambda: fake.requests)
    waiting = [rig.background() for _ in range(2)]
    wait_for("both to be there", lambda: rig.memfds() == 3)
    rig.unscanned(rig.send(), "busy")
    rig.equal([f.done() for f in waiting], [False, False],
              "one too many is put off at once")
    for future in waiting:
        rig.unscanned(future.result(), "busy")
    go.set()
    rig.clean(first.result(), "the first is scanned")
    rig.recovers()


def memory_full(rig):
    """more message bytes than max_memory"""
    fake = rig.fake()
    rig.start(fake.address, max_message_size="2M", max_memory="4M")
    half = b"m" * 70 + b"\r\n"
    with MilterClient(f"unix:{rig.daemon.socket}") as mta:
        mta.begin("HALF1")
        for _ in range(31):
            mta.command(b"B", half * 900)
        wait_for("it to be there", rig.holds_message)
        with MilterClient(f"unix:{rig.daemon.socket}") as other:
            other.begin("HALF2")
            for _ in range(31):
                other.command(b"B", half * 900)
            rig.unscanned(rig.send(half * 20000), "busy")
    rig.clean(wait_for("memory to be free again", lambda: (
        lambda r: r if r.verdict == "clean" else None)(rig.send(half * 20000))))


def early_stream(rig):
    """streams begin while the message arrives"""
    fake = rig.fake(tcp=True)
    rig.start(fake.address)
    body = os.urandom(1 << 19).hex().encode()
    for _ in range(3):
        rig.clean(rig.send(body))
    rig.ok(all(r.data.endswith(b"\r\n\r\n" + body) for r in fake.requests),
           "each arrives whole", len(fake.requests))
    with MilterClient(f"unix:{rig.daemon.socket}") as mta:
        mta.begin("EARLY1")
        before = fake.seen.count(b"zINSTREAM\0" + fake.seen[-1][10:])
        for _ in range(8):
            mta.command(b"B", b"e" * 60000)
        wait_for("the stream to begin", lambda: sum(
            head.startswith(b"zINSTREAM") for head in fake.seen) > before)
        mta.abort()
    rig.equal(len(fake.requests), 3, "given up with the message")
    rig.clean(rig.send(body), "and the next one goes through")


def long_scan(rig):
    """longer than any MTA's patience: it is told to wait"""
    fake = rig.fake(lambda r: (time.sleep(13), r.reply(b"OK"))[1])
    rig.start(fake.address, scan_timeout=f"{paced(30)}s")
    with MilterClient(f"unix:{rig.daemon.socket}") as mta:
        mta.begin("LONG1")
        mta.command(b"B", b"x\r\n")
        mta.sock.settimeout(10)  # as long as Sendmail waits
        mta.send(b"E")
        codes = [code for code, _ in mta.recv_final()]
    rig.ok(codes.count(b"p") >= 2 and codes[-1] == b"c",
           "progress, progress, verdict", codes)


run((("pool",), one_dies), (("pool",), one_hangs), (("pool",), one_lies),
    (("16", "pool"), killer), (("13", "pool"), slow_killer),
    (("pool",), scale_out), (("pool",), queue_full),
    (("pool",), memory_full), (("pool",), early_stream),
    (("13", "pool"), long_scan))
