#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What one message alone on its connection asks of the kernel: no more calls
than these, counted by strace as bench/counts does it, with its load generator
and its clamd.

Bounds are for calls that our code decides on.  How often a process is woken,
how often it then finds nothing, and whether a second session overlaps, depends
on who is faster: epoll_pwait, recvmsg and waitid have no bound.  The figures
are what N more messages add, so a start is not in them, and a timer's calls
(a probe of clamd takes a dozen, every few seconds) are spread over N.
"""

import importlib.machinery
import importlib.util
import os
import sys

from kit.pace import factor
from kit.tap import BUILD, SOURCE, main

MESSAGES = 40
SLACK = 0.9  # of one call, for timers

# close_range of the listener is 1 if the three descriptors are neighbours, and
# 2 if the channel to the scanner came behind the first connection, and stands
# between them.
BOUND = {
    "listener": {"accept4": 1, "clone": 1, "close": 0, "close_range": 2,
                 "epoll_ctl": 2, "read": 1, "sendmsg": 1, "socketpair": 1},
    "session": {"close_range": 1, "dup3": 2, "exit_group": 1, "getppid": 1,
                "ppoll": 3, "prctl": 1, "prlimit64": 3, "read": 4,
                "seccomp": 1, "write": 4},
    "scanner": {"close": 3, "connect": 1, "epoll_ctl": 3, "fcntl": 1,
                "memfd_create": 1, "read": 2, "sendmsg": 2, "socket": 1,
                "writev": 1},
}
FREE = {"epoll_pwait", "recvmsg", "waitid", "clock_gettime"}


def counts():
    """bench/counts as a module."""
    path = os.path.join(SOURCE, "bench", "counts")
    loader = importlib.machinery.SourceFileLoader("counts", path)
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("counts", loader))
    loader.exec_module(module)
    return module


def measured(stack, directory):
    bench = counts()
    sys.argv[1:] = ["--tools", BUILD, "--pratiqued",
                    os.path.join(BUILD, "pratiqued")]
    args = bench.arguments()
    os.chmod(directory, 0o755)
    clamd, programs = bench.programs(args, directory)
    for program in (clamd, programs[0]):
        stack.callback(program.stop)
        program.start()
    for name in "START_SECONDS", "SETTLE_SECONDS":
        setattr(bench.compare, name, getattr(bench.compare, name) * factor())
    bench.compare.control(args, programs[0])
    bench.load(args, programs[0], MESSAGES)  # the first ones cost more
    return bench.calls_of(args, directory, programs[0], MESSAGES)


def bounds(tap, calls):
    """Per process: each call, and none that is not listed"""
    for role, bound in BOUND.items():
        got = {name: n for (name, r), n in calls.items() if r == role}
        tap.ok(sum(got.values()) > len(bound) / 2, f"{role}: calls are seen",
               str(got))
        for name in sorted((got.keys() | bound.keys()) - FREE):
            n, most = got.get(name, 0), bound.get(name, 0)
            tap.ok(n <= most + SLACK, f"{role}: {name} at most {most}",
                   f"{n:.2f}")


main(measured, bounds)
