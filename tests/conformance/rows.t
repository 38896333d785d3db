#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The conformance list, against the engine, the encoder and the daemon; and
docs/conformance.md, which must be what this run makes of it.  With --write the
file is written anew.
"""
import os
import sys
import threading

sys.path.insert(1, os.path.join(os.path.dirname(__file__), "../system"))

import daemon
import special
from engine import Engine
from kit.clamd import free_port
from kit.tap import SOURCE, main
from kit.world import World
from notation import HOST, Case, Special
from table import ROWS, document

DOCUMENT = os.path.join(SOURCE, "docs/conformance.md")
# They read what the others leave, or stop the daemon.
LAST = ["killed_in_each_state", "stop_in_message", "no_descriptors",
        "all_replies_legal"]


def world(stack, directory):
    port = free_port()
    w = World(stack, directory, mta=None, hostname=HOST, start=False,
              max_message_size="1M")
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


def paper(tap, w):
    """docs/conformance.md"""
    text = document(w.failed)
    if "--write" in sys.argv:
        with open(DOCUMENT, "w", encoding="utf-8") as out:
            out.write(text)
    with open(DOCUMENT, encoding="utf-8") as file:
        tap.ok(file.read() == text, "docs/conformance.md says what this run "
               "says (tests/conformance/rows.t --write)")


main(world, rows, paper)
