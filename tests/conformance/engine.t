#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The conformance rows against the engine and the encoder alone: what can be
run under sanitizers."""
import os
import sys

sys.path.insert(1, os.path.join(os.path.dirname(__file__), "../system"))

from engine import Engine
from kit.tap import Tap
from table import ROWS

tap = Tap()
with Engine() as engine:
    for row in ROWS:
        if not all(hasattr(case, "name") for case in row.cases):
            wrong = [text for case in row.cases for text in engine.run(case)]
            tap.ok(not wrong, f"{row.id} {row.sent}", *wrong)
sys.exit(tap.done())
