# SPDX-License-Identifier: ISC
"""For the tests of a listener that breaks the record protocol (listener.c):
the daemon with such a listener and the real monitor, scanner, sessions and
clamd; what is ordered; and how it is looked whether others noticed.

After each try the offender has ended, or nothing has come of it; another
listener serves mail, which is scanned, found out and stamped; monitor and
scanner are the same processes, with as many descriptors and no more memory.
"""
import contextlib
import os
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../escape"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../stamps"))
import daily  # noqa: E402
import prison  # noqa: E402
from kit import proc  # noqa: E402
from kit.clamd import EICAR, Clamd  # noqa: E402
from kit.tap import BUILD, wait_for  # noqa: E402
from milterclient import Closed, MilterClient  # noqa: E402

ROWS = [line.split() for line in subprocess.run(
    [os.path.join(BUILD, "ipc/records")], stdout=subprocess.PIPE,
    check=True).stdout.decode().splitlines()]
TYPE = {name: int(number) for name, number, _ in ROWS}
SIZE = {name: int(size) for name, _, size in ROWS}
RECORDS = [name for name in TYPE if not name.startswith("outcome-")
           and name not in ("unknown", "batch-max")]
STAMP = b"X-Scan-Stamp"
SESSIONS = 20  # max_sessions; the scanner has room for twice that, and 64
FLOOD = 30000  # records, more than a child may say at once
SLACK = 4096  # KiB that monitor and scanner may grow, each
# Ends of listeners for which one daemon is used: then restarts are slow.
TURNS = 4


def record(kind, rest=b"", size=None, length=None):
    """A record: its head, then rest, filled with zeros to its size."""
    number = TYPE[kind] if isinstance(kind, str) else kind
    body = rest.ljust((size or SIZE.get(kind, 8)) - 8, b"\0")
    return struct.pack("=II", number, length if length is not None
                       else 8 + len(body)) + body


def ended(pid, how=0, status=1):
    return record("ended", struct.pack("=iii", pid, how, status))


def order(to, data=b"", times=1, passed="E", copies=0, what="S"):
    return struct.pack("=4scccBII", b"IPC!", what.encode(), to.encode(),
                       passed.encode(), copies, times, len(data)) + data


class World:
    def __init__(self, stack, directory):
        clamd = Clamd(os.path.join(directory, "clamd"))
        daily.write(os.path.join(directory, "clamd/db/daily.cud"), 27091,
                    int(time.time()) - 3600)
        self.clamd = stack.enter_context(clamd)
        keys = os.path.join(directory, "keys")
        os.mkdir(keys, 0o700)
        with open(os.path.join(keys, "mine.key"), "w", encoding="ascii",
                  opener=lambda p, f: os.open(p, f, 0o400)) as out:
            out.write("pratique-key 1\nid mine\nuse stamp\nsecret "
                      f"{os.urandom(32).hex()}\n")
        self.cell = prison.Prison(directory, prison.ALL, "ipc/listener")
        self.daemon = self.cell.daemon
        self.daemon.settings.update({
            'clamd "main"': {"address": f"unix:{clamd.socket}"},
            "max_sessions": SESSIONS,
            "stamp": {"add": "yes", "key_dir": keys}})
        stack.callback(self.cell.stop)
        self.turns = 0

    def ready(self, tap):
        """A daemon that has still patience with its listeners."""
        if self.turns == 0 or self.turns == TURNS:
            if self.turns == TURNS:
                self.growth(tap)
            self.fresh()
        self.turns += 1

    def fresh(self):
        self.turns = 0
        self.cell.fresh()
        self.served()
        self.monitor = self.daemon.pid()
        self.scanner = self.daemon.scanner()
        # Canaries come and go: what there is without one.
        self.base = [min(counts) for counts in
                     zip(*(self.descriptors() for _ in range(25)))]
        self.before = self.memory()

    def growth(self, tap):
        grown = [b - a for a, b in zip(self.before, self.memory())]
        tap.ok(max(grown) < SLACK, "monitor and scanner have grown by "
               f"{grown[0]} and {grown[1]} KiB")

    def descriptors(self):
        time.sleep(0.02)
        return [len(os.listdir(f"/proc/{pid}/fd"))
                for pid in (self.monitor, self.scanner)]

    def memory(self):
        return [int(proc.status(pid)["VmRSS"].split()[0])
                for pid in (self.monitor, self.scanner)]

    def order(self, *arguments, **keys):
        """Has the listener do something; its answer, "" if it has ended."""
        with self.cell.connect() as sock:
            sock.sendall(order(*arguments, **keys))
            if keys.get("what", "S") != "S":
                return ""
            with contextlib.suppress(ConnectionError):
                return sock.recv(100).decode()
        return ""

    def mta(self):
        mta = MilterClient(f"unix:{self.daemon.socket}")
        mta.negotiate()
        mta.connect()
        mta.helo()
        return mta

    @staticmethod
    def send(mta, body=b"text\r\n"):
        return mta.message([("From", "a@example.com"), ("Subject", "x")],
                           body)

    def served(self):
        """Mail, until a listener takes it: scanned, found out, stamped."""
        def stamped():
            try:
                with self.mta() as mta:
                    replies = self.send(mta)
                    bad = self.send(mta, EICAR.encode())
            except (Closed, ConnectionError, TimeoutError):
                return False
            return (replies[-1][0] in b"ac" and bad[-1][0] in b"ry"
                    and any(STAMP in payload for _, payload in replies))
        return wait_for("mail to be scanned and stamped", stamped)

    def others(self, tap, name):
        good = self.served()
        same = (self.daemon.pid() == self.monitor
                and self.daemon.scanner() == self.scanner
                and proc.alive(self.monitor))
        wait_for(f"{name}: no more descriptors than {self.base}", lambda: all(
            now <= then for now, then in zip(self.descriptors(), self.base)))
        tap.ok(good and same, f"{name}: others are served, nothing is left")


def breach(tap, w, name, *orders, to="monitor", word=None, what="unexpected"):
    """Orders (arguments, keys) of which the last brings the listener's end.
    word: the record that the log must name, None if it has no word on it."""
    w.ready(tap)
    old = w.daemon.listener()
    for arguments, keys in orders:
        w.order(*arguments, **keys)
    wait_for(f"{name}: the listener's end", lambda: not proc.alive(old))
    lines = [(line["to"], line["record"], line["what"]) for line in
             w.daemon.lines("violation", role="listener", pid=str(old))]
    tap.equal(lines, [(to, word, what)] if word else [],
              f"{name}: it has ended, and the log says why")
    w.others(tap, name)


def say(*arguments, **keys):
    return arguments, keys
