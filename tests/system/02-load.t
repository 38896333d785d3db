#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Many messages over many connections at once: what goes in comes out once
or is refused, nothing else."""
import collections
import threading

from kit import proc, smtp
from kit.clamd import EICAR, EICAR_NAME
from kit.tap import main, wait_for
from kit.world import World, sender_of

CONNECTIONS = 20
EACH = 10
INFECTED_EVERY = 4


def world(stack, directory):
    return World(stack, directory, max_sessions=100)


def crowd(tap, w):
    """200 messages, a quarter of them infected, over 20 connections"""
    replies = {}

    def client(number):
        with w.client() as smtp_client:
            for n in range(EACH):
                bad = (number + n) % INFECTED_EVERY == 0
                tag = smtp.new_tag() + ("-bad" if bad else "")
                text = EICAR + "\n" if bad else f"Message {tag}\n" * 20
                replies[tag] = smtp_client.give(smtp.message(tag, text),
                                                sender=sender_of(tag))

    threads = [threading.Thread(target=client, args=(n,))
               for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tap.equal(len(replies), CONNECTIONS * EACH, "every message was answered")
    good = {t for t, r in replies.items() if r.startswith("250 ")}
    refused = {t for t, r in replies.items()
               if r.startswith("550 ") and EICAR_NAME in r}
    other = {t: r for t, r in replies.items() if t not in good | refused}
    tap.equal(other, {}, "each was accepted or refused by name")
    tap.equal(refused, {t for t in replies if t.endswith("-bad")},
              "exactly the infected ones were refused")
    wait_for("all deliveries", lambda: len(w.sink.mails()) >= len(good))
    w.postfix.idle()
    count = collections.Counter(mail.tag() for mail in w.sink.mails())
    tap.equal(set(count), good, "delivered is what was accepted")
    tap.equal(set(count.values()), {1}, "nothing was delivered twice")
    mixed = [m.tag() for m in w.sink.mails()
             if m.body.decode() != f"Message {m.tag()}\n" * 20]
    tap.equal(mixed, [], "each body belongs to its header")


def log(tap, w):
    """One log line for each message"""
    lines = wait_for("all log lines", lambda: (
        lambda found: found if len(found) >= CONNECTIONS * EACH else None)(
            w.pratiqued.lines("message")))
    tap.equal(len(lines), CONNECTIONS * EACH, "as many lines as messages")
    tap.equal(len({line["qid"] for line in lines}), len(lines),
              "each with a queue id of its own")
    tap.equal({(line["verdict"], line["action"], "-bad" in line["from"])
               for line in lines},
              {("clean", "accept", False), ("infected", "reject", True)},
              "verdict and action as they were answered")


def after(tap, w):
    """What is left when the crowd has gone"""
    tap.comes(lambda: not w.pratiqued.sessions(),
              "no session process is left")
    tap.equal(len(w.pratiqued.lines("listener-start")), 1,
              "the listener is the first one")
    tap.equal(len(proc.children(w.pratiqued.pid())), 2,
              "the monitor has two children")
    tap.equal(w.pratiqued.lines("session-died"), [], "no session died")
    tap.equal(w.pratiqued.lines("message-lost"), [], "no message was lost")


main(world, crowd, log, after)
