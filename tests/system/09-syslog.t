#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The log in the system log, also across a restart of it.

/dev/log is ours for the time of the test; where the system has one already
the test fails rather than to take it away."""
import contextlib
import os
import re
import socket
import threading

from kit import smtp
from kit.tap import Timeout, main, wait_for
from kit.world import World

LOG = "/dev/log"


class SystemLog:
    """Takes datagrams at /dev/log."""

    def __init__(self):
        self.lines = []
        self.open()

    def open(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(LOG)
        os.chmod(LOG, 0o666)
        threading.Thread(target=self.read, args=(self.sock,),
                         daemon=True).start()

    def read(self, sock):
        while True:
            try:
                data = sock.recv(65536)
            except OSError:
                return
            if not data:
                return
            self.lines.append(data.decode())

    def close(self):
        self.sock.shutdown(socket.SHUT_RD)
        self.sock.close()
        os.unlink(LOG)

    def wait(self, pattern):
        def found():
            return [line for line in self.lines if re.search(pattern, line)]
        wait_for(f"{pattern} in the system log", found)
        return found()[-1]


def world(stack, directory):
    log = SystemLog()
    stack.callback(log.close)
    w = World(stack, directory, log_to="syslog")
    w.syslog = log
    log.wait("event=ready")
    return w


def send(w):
    tag = smtp.new_tag()
    return w.send(tag), tag


def lines(tap, w):
    """Priority and tag, no time of our own"""
    answer, tag = send(w)
    tap.has(answer, "250 ", "accepted")
    line = w.syslog.wait(f"event=message .*{tag}")
    tap.ok(re.match(r"<22>pratiqued: ", line), "mail.info, tag", line)
    start = w.syslog.wait("event=start")
    tap.ok(start.startswith("<22>pratiqued: "), "the start is there", start)
    tap.equal([x for x in w.syslog.lines if "\n" in x], [], "one line each")


def restart(tap, w):
    """The system log is restarted: a new socket at the old path"""
    w.syslog.close()
    w.syslog.lines.clear()
    w.syslog.open()
    answers = set()

    def arrives():
        answer, tag = send(w)
        answers.add(answer[:4])
        with contextlib.suppress(Timeout):
            return wait_for("the line", lambda: any(
                tag in line for line in w.syslog.lines), deadline=2)

    tap.comes(arrives, "lines arrive again")
    tap.equal(answers, {"250 "}, "all mail was accepted meanwhile")


main(world, lines, restart)
