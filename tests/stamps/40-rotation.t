#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Keys are changed on two hops while mail flows: every message is stamped by
the first hop and skips the scan of the second, before, between and after the
three steps.
"""
import collections
import os
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

import corpus
import verify
from hops import DAILY, Chain
from kit import smtp
from kit.postfix import Postfix
from kit.pratiqued import KEYS, LIBMILTER, MONITOR, SCANNER, SESSION
from kit.tap import BUILD, main, wait_for
from kit.world import sender_of

OLD, NEW = "hop1", "hop1-new"
SENDERS = 3
ENOUGH = 40  # messages that pass between two steps
TEXT = corpus.plain()


class Load:
    """Clients that send without a pause until the block is left."""

    def __init__(self, port):
        self.port = port
        self.tags = []
        self.problems = []
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run)
                         for _ in range(SENDERS)]

    def _run(self):
        try:
            with smtp.Client(self.port) as client:
                while not self._ending.is_set():
                    tag = smtp.new_tag()
                    reply = client.give(TEXT(tag), sender=sender_of(tag))
                    if reply.startswith("250 "):
                        self.tags.append(tag)
                    else:
                        self.problems.append(reply)
        except Exception as error:  # whatever it is, the test must see it
            self.problems.append(repr(error))

    def more(self):
        """Waits until some more have been sent; all tags until then."""
        enough = len(self.tags) + ENOUGH
        wait_for("more mail to be sent",
                 lambda: self.problems or len(self.tags) >= enough)
        return list(self.tags)

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        for thread in self._threads:
            thread.join()


def own_programs(hop, directory):
    """Programs that can be replaced, for one hop."""
    os.makedirs(directory)
    for name in MONITOR, KEYS, SESSION, LIBMILTER, SCANNER:
        os.symlink(os.path.join(BUILD, name), os.path.join(directory, name))
    hop.pratiqued.settings["libexec_dir"] = directory


def setup(stack, directory):
    def prepare(hops):
        hops[1].trust(NEW)
        own_programs(hops[1], os.path.join(directory, "programs"))
    return Chain(stack, directory, Postfix, Postfix, prepare=prepare)


def rotation(tap, chain):
    """The three steps under load"""
    first, last = chain.hops
    secret = os.urandom(32)
    with Load(first.mta.port) as load:
        load.more()
        for hop in chain.hops:  # 1: known everywhere
            hop.ring.put(NEW, secret)
            hop.reload_keys()
        load.more()
        first.ring.put(OLD, first.secret)  # 2: the other one stamps
        first.ring.put(NEW, secret, "stamp")
        first.reload_keys()
        last.lines(load.more())  # 3: nothing with the old one is on its way
        for hop in chain.hops:
            hop.ring.drop(OLD)
            hop.reload_keys()
        load.more()
    tap.equal(load.problems, [], "every message was taken")
    made = first.lines(load.tags)
    by_key = collections.Counter(line.get("stamp_key")
                                 for line in made.values())
    tap.note(f"{len(load.tags)} messages, by key: {dict(by_key)}")
    tap.ok(set(by_key) == {OLD, NEW} and min(by_key.values()) >= ENOUGH,
           "each got a stamp, the old key's or the new one's", by_key)
    tap.equal([line.text for line in last.lines(load.tags).values()
               if (line["verdict"], line.get("stamp"))
               != ("clean-by-stamp", "skip")], [],
              f"all {len(load.tags)} skip the second scan")
    tap.equal(last.scans(), 0, "its clamd was never asked")


def stamped(chain, name, secret):
    """A message with a stamp of our own, given to hop2 directly; its line."""
    tag, now = smtp.new_tag(), int(time.time())
    text = TEXT(tag)
    stamp = verify.make(
        *verify.split_message(text.encode("latin-1")),
        verify.Key(name, secret), t=now, x=now + 3600, i="00" * 8, e="x",
        d=DAILY, g=chain.made, p="std")
    smtp.send(chain.last.mta.port, f"X-Scan-Stamp: {verify.write(stamp).decode()}"
              f"\n{text}", sender=sender_of(tag))
    return chain.last.lines([tag])[tag]


def retired(tap, chain):
    """The old key is worth nothing afterwards"""
    line = stamped(chain, OLD, chain.first.secret)
    tap.equal((line["verdict"], line.get("stamp_reason")),
              ("clean", "unknown-key"), "a stamp made with it is scanned",
              line.text)


def ending(tap, chain):
    """The stamping key ends: told before, at and after its end"""
    hop = chain.first
    secret, day = os.urandom(32), 86400

    def says(what, first, last, word, reason):
        """The window, from and until, in seconds from now."""
        now, seen = int(time.time()), len(lines())
        hop.ring.put(NEW, secret, "stamp",
                     f"from {now + first}\nuntil {now + last}\n")
        hop.reload_keys()
        found = wait_for(f"{what} to be told", lambda: lines()[seen:])[0]
        tap.equal((found["state"], found["stamp_key"], found["level"]),
                  (word, NEW, "warning"), f"{what}: log", found.text)
        tap.has(hop.pratiqued.tool("status")[1], f" {NEW}    {word}",
                f"{what}: status")
        tag, = chain.send([TEXT])
        line = hop.lines([tag])[tag]
        tap.equal((line["stamp"], line.get("stamp_not_made")),
                  ("none" if reason else "made", reason),
                  f"{what}: a message", line.text)

    def lines():
        return hop.pratiqued.lines("stamping-key")

    says("it ends in five days", -95 * day, 5 * day, "ends-soon", None)
    says("it has ended", -95 * day, -1, "expired", "key-expired")
    says("it begins tomorrow", day, 5 * day, "not-yet", "key-not-yet")
    # By itself, while nothing else happens.  The monitor looks every five
    # seconds at least.
    begun = time.monotonic()
    hop.reload_keys()
    soon = 6 + int(10 * (time.monotonic() - begun))
    now, seen = int(time.time()), len(lines())
    hop.ring.put(NEW, secret, "stamp",
                 f"from {now + soon}\nuntil {now + 2 * soon - 1}\n")
    hop.reload_keys()
    wait_for("it to end", lambda: any(
        line["state"] == "expired" for line in lines()[seen:]), 60 + 2 * soon)
    states = [line["state"] for line in lines()[seen:]]
    tap.equal((states[0], states[-1]), ("not-yet", "expired"),
              f"it begins in {soon} s and ends after as long", states)
    tap.ok(set(states[1:-1]) & {"valid", "ends-soon"},
           "and was noticed in between", states)
    seen = len(lines())
    for each in chain.hops:
        each.ring.put(NEW, secret, "stamp" if each is hop else "check")
        each.reload_keys()
    tap.equal(len(lines()), seen, "a key without an end: nothing is told")


def refused(tap, chain):
    """A ring that is wrong does not replace the one in use"""
    hop = chain.last
    path = os.path.join(hop.ring.directory, "wrong.key")
    with open(path, "w", encoding="ascii") as out:
        out.write("pratique-key 1\n")
    os.chmod(path, 0o400)
    refuses(tap, chain, "a file that is none", "wrong.key")
    os.unlink(path)


def refuses(tap, chain, what, why):
    """SIGHUP changes nothing, and the log says why."""
    hop = chain.last
    before = len(hop.pratiqued.lines("keys-refused"))
    os.kill(hop.pratiqued.pid(), signal.SIGHUP)
    found = wait_for("the refusal", lambda: (
        hop.pratiqued.lines("keys-refused")[before:]))
    tap.has(found[0].text, why, f"{what}: refused, says why")
    tag, = chain.send([TEXT])
    line = hop.lines([tag])[tag]
    tap.equal(line["verdict"], "clean-by-stamp",
              f"{what}: stamps hold as before", line.text)


def broken_reader(tap, chain):
    """A key reader that fails, or reads nothing and is content"""
    hop = chain.last.pratiqued
    path = os.path.join(hop.settings["libexec_dir"], KEYS)
    for program, why in (("/bin/false", "status 1"), ("/bin/true", "status 0"),
                         ("/nonexistent", "status 69")):
        os.unlink(path)
        os.symlink(program, path)
        refuses(tap, chain, program, f"{KEYS} ended with {why}")
    os.unlink(path)
    os.symlink("/bin/false", path)
    hop.stop()
    hop.process = subprocess.Popen(
        [hop.program(), "-c", hop.config], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text, _ = hop.process.communicate(timeout=60)
    tap.equal(hop.process.returncode, os.EX_CONFIG, "no keys, no start")
    tap.has(text.decode(), f"{KEYS} ended with status 1", "and says why")
    hop.process = None


main(setup, rotation, retired, ending, refused, broken_reader)
