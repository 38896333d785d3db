# SPDX-License-Identifier: ISC
"""Ordinary mail as it is seen in the wild, written for this project: MESSAGES
has the bytes of each by its name; AGAIN, for the few honest messages that are
read again, why.  `python3 -B tests/mime/corpus write DIRECTORY` writes them as
files."""
import os
import sys

sys.path.insert(1, os.path.dirname(os.path.realpath(__file__)))

import material
import clients  # noqa: F401
import lists  # noqa: F401
import machines  # noqa: F401
import nested  # noqa: F401
import plain  # noqa: F401
import reports  # noqa: F401
import scripts  # noqa: F401
import signed  # noqa: F401

MESSAGES, AGAIN = material.MESSAGES, material.AGAIN
