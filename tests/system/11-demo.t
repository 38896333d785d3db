#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The demonstration behind ./quickstart: to its end, and ended by a terminal
that goes away, which must leave nothing running."""
import os
import pty
import re
import select

from kit import proc
from kit.tap import Timeout, main, wait_for

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo")


class Terminal:
    """The demonstration in a terminal of its own."""

    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(DEMO, [DEMO])
        self.text = ""

    def read(self):
        """What it printed meanwhile; False at its end."""
        if not select.select([self.fd], [], [], 1)[0]:
            return True
        try:
            data = os.read(self.fd, 4096)
        except OSError:
            data = b""
        self.text += data.decode("utf-8", "replace")
        return bool(data)

    def hang_up(self):
        os.close(self.fd)

    def status(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def directory(self):
        return re.search(r"below (/tmp/\S+)", self.text).group(1)


def to_its_end(tap, _):
    """Left alone"""
    terminal = Terminal()
    while terminal.read():
        pass
    tap.equal(terminal.status(), 0, "exit status 0", terminal.text)
    for part in "250 ", "550 5.7.1 ", "verdict=clean", "verdict=infected":
        tap.has(terminal.text, part, f"it shows {part}")
    tap.ok("NOT" not in terminal.text, "all of it is as expected",
           terminal.text)
    tap.equal(proc.belonging(terminal.directory()), {}, "nothing is left")


def hung_up(tap, _):
    """Its terminal goes away in the middle"""
    terminal = Terminal()
    wait_for("the daemon to run", lambda: terminal.read() and
             "pratique-scanner" in terminal.text)
    directory = terminal.directory()
    tap.ok(len(proc.belonging(directory)) > 3, "control: it runs",
           proc.belonging(directory))
    terminal.hang_up()
    try:
        wait_for("its end", lambda: not proc.belonging(directory))
    except Timeout:
        pass
    tap.equal(proc.belonging(directory), {}, "nothing is left running")
    tap.ok(terminal.status() != 0, "it does not call that a success")
    tap.ok(not os.path.exists(directory), "its directory is gone")


main(lambda stack, directory: None, to_its_end, hung_up)
