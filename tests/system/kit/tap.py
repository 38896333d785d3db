# SPDX-License-Identifier: ISC
"""Test Anything Protocol, waiting with a deadline, and clean-up.

A test script defines functions and hands them to main() in order.  Each gets
the Tap object; one that raises is reported as failed and the next one runs.
The plan is written last, so that a script that dies never looks complete.
"""
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

from . import proc
from .pace import factor

DEADLINE = 60  # seconds any awaited condition may take; as all, times factor()
NOTE_MAX = 800  # characters of a line in a note
NOTE_LINES_MAX = 40
SCRIPT_MAX = 400  # seconds a whole script may take before it is ended; likewise

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
# The Makefile's build directory, whose variable B may name another one.
BUILD = os.path.join(SOURCE, os.environ.get("B", "build"))


class Timeout(Exception):
    """Something awaited did not come."""


def wait_for(what, condition, deadline=DEADLINE):
    """condition()'s first true value; Timeout names what was awaited.  The
    deadline is for a machine of the factor 1 (pace.py)."""
    deadline *= factor()
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Timeout(f"waited {deadline:.0f} s for {what}")
        time.sleep(0.02)


class Tap:
    """Counts and prints results; failures go on, so that all are seen."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def note(self, *lines):
        """Lines for the reader, safe for any terminal and parser."""
        for line in lines:
            for part in str(line).splitlines()[:NOTE_LINES_MAX] or [""]:
                print("#", ascii(part[:NOTE_MAX])[1:-1], flush=True)

    def ok(self, condition, name, *notes):
        self.count += 1
        word = "ok" if condition else "not ok"
        # "#" would start a directive.
        name = name.replace("#", "")
        print(f"{word} {self.count} - {name}", flush=True)
        if not condition:
            self.failed += 1
            self.note(*notes)
        return bool(condition)

    def elsewhere(self, name, control):
        """What this machine cannot do even where nothing forbids it: control
        says what came of it there.  It is no result, and counted by itself
        (tests/tally)."""
        self.count += 1
        name = name.replace("#", "")
        print(f"ok {self.count} - not on this machine: {name} "
              f"(unconfined: {control})", flush=True)

    def equal(self, got, want, name, *notes):
        return self.ok(got == want, name, f"got:  {got!r}", f"want: {want!r}",
                       *notes)

    def has(self, text, part, name, *notes):
        return self.ok(part in text, name, f"{part!r} is not in:", text, *notes)

    def comes(self, condition, name, *notes):
        """Waits for a condition to become true, which is the result: what it
        was, or None."""
        try:
            value = wait_for(name, condition)
        except Timeout as late:
            self.ok(False, name, late, *notes)
            return None
        self.ok(value, name)
        return value

    def run(self, function, *arguments):
        """One group of tests; an exception in it is one failed test."""
        title = function.__doc__ or function.__name__
        self.note(title.strip().splitlines()[0])
        try:
            function(self, *arguments)
        except Exception:
            self.ok(False, f"{function.__name__} came to its end",
                    traceback.format_exc())

    def done(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed or not self.count else 0


def nothing_left(directory):
    """Waits until no process belongs to the directory any more."""
    try:
        wait_for("all processes to end",
                 lambda: not proc.belonging(directory))
    except Timeout:
        left = proc.belonging(directory)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        raise RuntimeError(f"left running: {left}") from None


@contextlib.contextmanager
def scratch():
    """A temporary directory that other users may enter, removed at the end,
    when nothing that was started in it may be left: such a one is ended, and
    the script fails.

    Short, because socket paths must fit into 107 bytes."""
    directory = tempfile.mkdtemp(prefix="prtq", dir="/tmp")
    os.chmod(directory, 0o755)
    try:
        yield directory
        nothing_left(directory)
    finally:
        if os.environ.get("PRATIQUE_KEEP"):
            print("# kept:", directory, flush=True)
        else:
            shutil.rmtree(directory, ignore_errors=True)


def main(setup, *groups):
    """Runs setup(stack, directory), then each group with what it returned."""

    def ended(number, _frame):
        raise SystemExit(f"ended by signal {number}")

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP,
                   signal.SIGALRM):
        signal.signal(number, ended)
    signal.alarm(int(SCRIPT_MAX * factor()))
    if os.geteuid() != 0:
        sys.exit("the system tests must be run as root")
    if not os.path.exists(os.path.join(BUILD, "pratiqued")):
        sys.exit(f"no pratiqued in {BUILD}: run make first")
    tap = Tap()
    with scratch() as directory, contextlib.ExitStack() as stack:
        world = setup(stack, directory)
        wanted = os.environ.get("PRATIQUE_ONLY", "").split(",")
        for group in groups:
            if wanted == [""] or group.__name__ in wanted:
                tap.run(group, world)
    sys.exit(tap.done())
