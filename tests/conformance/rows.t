#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The conformance list, against the engine, the encoder and the daemon; and
docs/conformance.md, which must be what this run makes of it.  With --write the
file is written anew.
"""
import os
import pathlib
import re
import sys
import threading

sys.path.insert(1, os.path.join(os.path.dirname(__file__), "../system"))

import daemon
import special
from engine import Engine
from kit.clamd import free_port
from kit.tap import SOURCE, main
from kit.world import World
from notation import HOST, PACKETS, Case, Encoder, Special, packet
from table import ROWS, document

DOCUMENT = os.path.join(SOURCE, "docs/conformance.md")
# They read what the others leave, or stop the daemon.
LAST = ["killed_in_each_state", "stop_in_message", "no_descriptors",
        "all_replies_legal"]


def world(stack, directory):
    port = free_port()
    w = World(stack, directory, mta=None, hostname=HOST, start=False,
              max_message_size="1M",
              limits={"packet_time": f"{special.PACKET_TIME}s",
                      "own_fields": "10000"})  # F22
    w.tcp_port = port
    w.pratiqued.settings["listen"].append(f"inet:{port}@127.0.0.1")
    w.pratiqued.start()
    w.conform_log = daemon.Log(w.pratiqued)
    w.engine = stack.enter_context(Engine())
    w.failed = set()
    return w


def run_case(w, case, slow):
    wrong = w.engine.run(case)
    if isinstance(case, Case) and case.daemon:
        wrong += daemon.run(w, case)
    elif isinstance(case, Special):
        if case.name in slow:
            thread, result = slow[case.name]
            thread.join()
            wrong += result
        else:
            wrong += getattr(special, case.name)(w)
    return wrong


def start_slow(w):
    """name: (thread, what will be wrong)."""
    slow = {}
    for function in special.SLOW:
        result = []

        def run(function=function, result=result):
            try:
                result += function(w)
            except Exception as error:
                result.append(repr(error))

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        slow[function.__name__] = thread, result
    return slow


def order(row):
    """Slow rows late, those that stop the daemon last."""
    names = [case.name for case in row.cases if isinstance(case, Special)]
    late = [LAST.index(name) + 2 for name in names if name in LAST]
    waits = [1 for name in names
             if name in [f.__name__ for f in special.SLOW]]
    return max(late + waits, default=0)


def rows(tap, w):
    """Every row"""
    slow = start_slow(w)
    for row in sorted(ROWS, key=order):
        wrong = []
        for case in row.cases:
            try:
                wrong += run_case(w, case, slow)
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")
        if not tap.ok(not wrong, f"{row.id} {row.sent}", *wrong):
            w.failed.add(row.id)


WRONG = [Case("P7", "O c*7"), Case("P7", "O c*9"), Case("P1 E", "O c*2"),
         Case("P1", "O c*2", "order"), Case("O", "O", answer=PACKETS["O"]),
         Case("P4 N E", "O c*6 CLEAN", seen={"client": "192.0.2.2"})]
WRONG_ENCODER = [Encoder([("grant", 0, 0), ("answer", "E", 1),
                          (True, "plain", "s")], b""),
                 Encoder([("grant", 0, 0), ("answer", "E", 1),
                          (True, "plain", "c")], packet("r"))]


def control(tap, w):
    """Expectations that are wrong are seen to be"""
    for case in WRONG + WRONG_ENCODER:
        tap.ok(w.engine.run(case), f"engine: {case!r:.70}")
    # Not those that wait for what never comes: that takes minutes.
    for case in WRONG[:1] + WRONG[2:3] + WRONG[4:]:
        tap.ok(daemon.run_case(w, case, "at once"), f"daemon: {case!r:.70}")


def written(tap, w):
    """docs/conformance.md"""
    text = document(w.failed)
    if "--write" in sys.argv:
        with open(DOCUMENT, "w", encoding="utf-8") as out:
            out.write(text)
    with open(DOCUMENT, encoding="utf-8") as file:
        tap.ok(file.read() == text, "docs/conformance.md says what this run "
               "says (tests/conformance/rows.t --write)")


def habits(tap, _):
    """The places and tests that docs/protocol.md names do exist"""
    with open(os.path.join(SOURCE, "docs/protocol.md"),
              encoding="utf-8") as file:
        table = file.read().partition("\n## Habits")[2]
    lines = [line.split(" | ") for line in table.split("\n")
             if line.startswith("| ") and not line.startswith("| habit")]
    ids = {row.id for row in ROWS}
    code = ""
    for folder in "parser", "privsep", "lib", "tests/unit", "tests/system":
        for path in pathlib.Path(SOURCE, folder).rglob("*.[ct]"):
            code += f"{path.name}\n{path.read_text(encoding='utf-8')}"
    with open(os.path.join(SOURCE, "tests/system/kit/mailchecks.py"),
              encoding="utf-8") as file:
        code += file.read()
    wrong = [word for _, place, tests in lines
             for word in re.findall(r"`([\w.]+)`", place + tests)
             if not re.search(rf"\b{re.escape(word)}\b", code)]
    wrong += [word for *_, tests in lines
              for word in re.findall(r"\b[A-Z]\d\d\b", tests)
              if word not in ids]
    wrong += [line[0] for line in lines
              if not re.search(r"\b[A-Z]\d\d\b|\d\d-", line[2])]
    tap.ok(len(lines) > 30 and not wrong, "docs/protocol.md: each habit has "
           "a place and a test", *wrong)


main(world, control, rows, written, habits)
