#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""How much slower this machine is than the one that times in the tests were
chosen on: a factor, 1 or more, by which they are multiplied.

It is measured once, by what a message costs: a fork, and a search through a
megabyte.  tests/run measures and hands it on as PRATIQUE_PACE, which a test
that is run by itself measures when it needs it; tests/unit/pace.h reads the
same variable.  As a program: prints the factor, or the seconds given times
the factor, for shell scripts.
"""
import math
import os
import sys
import time

# Milliseconds on a machine of the factor 1, from Python.
FORK_MS = 0.5
SEARCH_MS = 1.0
ROUNDS = 24
FACTOR_MAX = 4.0  # what waits would cost, above, is more than they are worth

_measured = []


def _fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def _search():
    if b"\1\2" in bytes(1 << 20):
        raise AssertionError("nobody put it there")


def _usual_ms(what):
    """The lower quartile: not what somebody else's load makes of it."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        what()
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)[ROUNDS // 4]


def _measure():
    slower = max(_usual_ms(_fork) / FORK_MS, _usual_ms(_search) / SEARCH_MS)
    return min(max(slower, 1.0), FACTOR_MAX)


def factor():
    """The same in all of one run of the suite."""
    if not _measured:
        given = os.environ.get("PRATIQUE_PACE")
        _measured.append(float(given) if given else _measure())
        if _measured[0] < 1:
            sys.exit("PRATIQUE_PACE must be 1 or more")
        # Tests that this one starts are to agree.
        os.environ["PRATIQUE_PACE"] = f"{_measured[0]:.1f}"
    return _measured[0]


def paced(seconds):
    """So many seconds here; a whole number, as a configuration takes them,
    stays one."""
    scaled = seconds * factor()
    return math.ceil(scaled) if isinstance(seconds, int) else scaled


if __name__ == "__main__":
    given = [float(text) for text in sys.argv[1:]]
    print(*[math.ceil(paced(seconds)) for seconds in given] or
          [f"{factor():.1f}"])
