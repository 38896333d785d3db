#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Prints the conversations of the conformance list (tests/conformance) in the
form that the oracle reads: its id in a comment, then the bytes as they stand."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                os.pardir, "conformance"))

from notation import Case, script_bytes  # noqa: E402
from table import ROWS  # noqa: E402

for row in ROWS:
    for case in row.cases:
        if isinstance(case, Case):
            text = "".join(chr(b) if 0x21 <= b <= 0x7e and b != 0x5c
                           else f"\\x{b:02x}"
                           for b in script_bytes(case.script))
            print(f"# {row.id}\n= {text}\n")
