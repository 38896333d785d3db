#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A message that mail programs read in different ways, through a real MTA and
clamd: what only another reading contains is found, and named in log and field;
what is harmless is clean, and stamped; what has more readings than are followed
is put off, and known when it comes again; ordinary mail has none of that.
tests/mime/ has all the shapes that there are."""
import base64
import os
import re
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../stamps"))

from hops import Chain  # noqa: E402
from kit import smtp  # noqa: E402
from kit.clamd import EICAR, EICAR_NAME  # noqa: E402
from kit.postfix import Postfix  # noqa: E402
from kit.tap import main, wait_for  # noqa: E402
from kit.world import STATUS, World  # noqa: E402

AMBIGUOUS = "451 4.7.1 Message could not be scanned, try again later"
KEYS = "part", "reading", "readings", "anomalies"


def world(stack, directory):
    w = World(stack, directory, {"LogClean": "yes"})
    w.there, w.stack = directory, stack
    return w


def scans(w):
    """Messages and parts that clamd has called clean."""
    with open(w.clamd.log, encoding="latin-1") as log:
        return len(re.findall(r"^(?!.*canary).* -> .+: OK$", log.read(),
                              re.MULTILINE))


def padded(content, tag=""):
    """Base64 that ends for clamd behind the first text, which has a padding;
    for most programs content follows."""
    return "".join(base64.encodebytes(x.encode()).decode()
                   for x in (f"Good day{tag}.".ljust(40), content))


def parts(tag, bodies):
    text = "".join(
        "--=_part\nContent-Type: application/octet-stream\n"
        "Content-Transfer-Encoding: base64\n"
        f'Content-Disposition: attachment; filename="a{n}.bin"\n\n{b}'
        for n, b in enumerate(bodies))
    return smtp.message(tag, text + "--=_part--\n", [
        ("MIME-Version", "1.0"),
        ("Content-Type", 'multipart/mixed; boundary="=_part"')])


def hidden(tag, content):
    return parts(tag, [base64.encodebytes(b"See attachment.\n").decode(),
                       padded(content, tag)])


def there(line):
    return [key for key in KEYS if key in line]


def infected(tap, w):
    """EICAR where clamd has stopped to read"""
    tag = smtp.new_tag()
    reply = w.send(tag, hidden(tag, EICAR))
    line = w.log(tag)
    tap.equal(reply, f"550 5.7.1 Message refused: {EICAR_NAME} found",
              "refused", line.text)
    tap.equal((line["verdict"], line["signature"],
               line["anomalies"].split(",")[0]),
              ("infected", EICAR_NAME, "base64-pad-inside"),
              "the log says what, and why")
    tap.ok(re.fullmatch(r"2|@[0-9]+", line["part"]), "in which part",
           line["part"])
    tap.ok(line["reading"].startswith("base64"),
           "and in which reading", line["reading"])
    tag = smtp.new_tag()
    w.send(tag, smtp.attachment(tag, EICAR.encode()))
    line = w.log(tag)
    tap.equal((line["verdict"], there(line)), ("infected", []),
              "control: what clamd sees is found in no part")


def field(tap, w):
    """The status field says the same"""
    w.restart(on_infected={"action": "accept"})
    tag = smtp.new_tag()
    w.send(tag, hidden(tag, EICAR))
    line = w.log(tag)
    tap.equal(w.delivered(tag).values(STATUS),
              [f"Infected ({EICAR_NAME}) in part {line['part']} "
               f"({line['reading']})"],
              "part and reading")
    w.restart(on_infected={"action": "reject"})


def ordinary(tap, w):
    """Mail that everybody reads alike"""
    for name, make in (
            ("plain", smtp.message),
            ("an attachment", lambda t: smtp.attachment(t, os.urandom(5000))),
            ("two", lambda t: parts(t, [
                base64.encodebytes(os.urandom(500)).decode()] * 2))):
        tag = smtp.new_tag()
        reply = w.send(tag, make(tag))
        line = w.log(tag)
        tap.equal((reply[:4], line["verdict"], there(line)),
                  ("250 ", "clean", []), f"{name}: clean, and no readings",
                  line.text)


def many(tag):
    """More objects than are followed."""
    return parts(tag, [padded("Harmless.")] + [
        base64.encodebytes(f"number {n}".encode()).decode()
        for n in range(80)])


def known(tap, w):
    """Too many readings: put off, and known when it comes again"""
    tag = smtp.new_tag()
    data = many(tag)
    reply = w.send(tag, data)
    line = w.log(tag)
    tap.equal(reply, AMBIGUOUS, "put off", line.text)
    tap.equal((line["reason"], line["action"]), ("ambiguous", "tempfail"),
              "in the log")
    tap.ok("limit-readings" in line["anomalies"], "and why",
           line["anomalies"])
    scanned = scans(w)
    reply = w.send(tag, data)
    lines = wait_for("the second line", lambda: [
        x for x in w.pratiqued.lines("message")
        if x["from"] == line["from"]][1:])
    tap.equal((reply, lines[0]["reason"]), (AMBIGUOUS, "ambiguous"),
              "again: the same")
    tap.ok("backend" not in lines[0] and "readings" not in lines[0] and
           scans(w) == scanned, "clamd saw nothing of it", lines[0].text)
    tap.equal(len(w.pratiqued.lines("message-remembered")), 1, "it was known")


def limited(tap, w):
    """More parts than are read: put off; infected all the same"""
    for end in "Harmless.", EICAR:
        tag = smtp.new_tag()
        reply = w.send(tag, parts(tag, [
            base64.encodebytes(x.encode()).decode()
            for x in [end] + ["x"] * 1100]))
        line = w.log(tag)
        tap.ok("limit-parts" in line["anomalies"], "the log says why",
               line.text)
        if end == EICAR:
            tap.equal(line["verdict"], "infected", "infected beats it")
        else:
            tap.equal((reply, line["reason"]), (AMBIGUOUS, "ambiguous"),
                      "never clean")


def stamped(tap, w):
    """A harmless ambiguous message is clean, and its stamp covers all of it"""
    chain = Chain(w.stack, os.path.join(w.there, "chain"), Postfix, Postfix)
    tags = chain.send([lambda tag: hidden(tag, "Harmless.")])
    first, last = (hop.lines(tags)[tags[0]] for hop in chain.hops)
    tap.equal((first["verdict"], first["stamp"]), ("clean", "made"),
              "hop1: clean, stamped", first.text)
    tap.ok(int(first["readings"]) > 0, "its parts were scanned", first.text)
    tap.equal((last["verdict"], last["stamp"], "readings" in last),
              ("clean-by-stamp", "skip", False), "hop2: not read again",
              last.text)
    tap.equal([hop.pratiqued.stop() for hop in chain.hops], [0, 0],
              "orderly end")


def counted(tap, w):
    """What came is counted, and told at the end"""
    tap.equal(w.pratiqued.stop(), 0, "orderly end")
    lines = w.pratiqued.lines("anomaly-counts")
    tap.ok(lines and int(lines[-1]["read_again"]) >= 4 and
           re.search(" base64-pad-inside=[2-9]", lines[-1].text),
           "anomaly-counts", [x.text for x in lines])


main(world, infected, ordinary, known, limited, counted, field, stamped)
