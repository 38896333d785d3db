# SPDX-License-Identifier: ISC
"""Starts the daemon with the programs of this directory in the place of
session and scanner, and has one of them try one attempt.

The programs are started by the real monitor (in columns without all layers:
the same with --wrap), get the same descriptors and put the same layers on; in
the place of their parser they have the table of attempts.
"""
import contextlib
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../system"))
from kit import proc  # noqa: E402
from kit.pratiqued import (KEYS, LIBMILTER, MONITOR, SCANNER,  # noqa: E402
                           SESSION, Pratiqued)
from kit.tap import BUILD, Timeout, wait_for  # noqa: E402

PLACE = "/tmp/pratique-escape"
ABSTRACT = "\0pratique-escape"
PORT = 25  # an address of this host that somebody listens on
MAY_SCANNER, SURVIVES, FAULTS, FOREIGN, ENDS, MAY_LIBMILTER = (
    0x100, 0x400, 0x800, 0x1000, 0x2000, 0x4000)
MAY = {"session": 0, "scanner": MAY_SCANNER, "libmilter": MAY_LIBMILTER}
KILLED = "killed"

# LAYER_BITs of sandbox/sandbox.h.
LAYERS = ["ids", "capabilities", "no_new_privs", "not_dumpable", "root",
          "network", "namespaces", "landlock", "limits", "mdwe", "seccomp"]


def bits(*names):
    return sum(1 << LAYERS.index(name) for name in names)


ALL = bits(*LAYERS)
COLUMNS = {
    "all": ALL,
    "no seccomp": ALL & ~bits("seccomp"),
    "seccomp": bits("seccomp"),
    "landlock": bits("landlock"),
    "namespaces": bits("namespaces", "network"),
    "root": bits("root"),
    "ids": bits("ids"),
    "capabilities": bits("capabilities"),
    "limits": bits("limits"),
    "mdwe": bits("mdwe"),
    "none": 0,
}


class Attempt:
    def __init__(self, number, line):
        family, what, call, name, flags, died = line.rstrip("\n").split("\t")
        self.number, self.family, self.what = number, family, what
        self.call, self.name, self.flags = int(call), name, int(flags)
        # What it dies of where nothing forbids it: it cannot even be tried
        # on this machine.
        self.control = None
        if int(died) and not self.flags & FAULTS:
            self.control = signal.Signals(int(died)).name

    def expected(self, role):
        """What must come of it under all layers: (word, killing call)."""
        if self.flags & (SURVIVES | MAY[role]):
            return None
        if self.flags & FAULTS:
            return "fault", None
        return KILLED, None if self.flags & FOREIGN else self.call

    def call_text(self):
        if self.call == -1:
            return "-"
        return f"`{self.name or self.call}`"


def attempts():
    # In namespaces of its own only because some leave something behind.
    done = subprocess.run(["unshare", "--ipc", "--uts", "--mount",
                           os.path.join(BUILD, "escape/list")],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True)
    return [Attempt(n, line)
            for n, line in enumerate(done.stdout.decode().splitlines())]


@contextlib.contextmanager
def place():
    """What attempts reach for: files, a program, sockets that listen."""
    shutil.rmtree(PLACE, ignore_errors=True)
    os.mkdir(PLACE)
    os.chmod(PLACE, 0o777)
    for name, mode in (("file", 0o666), ("other", 0o600), ("deleted", 0o666), ("moved", 0o666),
                       ("prog", 0o755)):
        with open(f"{PLACE}/{name}", "w", encoding="ascii") as out:
            out.write("#!/bin/true\n")
        os.chmod(f"{PLACE}/{name}", mode)
    with contextlib.ExitStack() as stack:
        for address in f"{PLACE}/socket", ABSTRACT:
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen()
        os.chmod(f"{PLACE}/socket", 0o666)
        tcp = stack.enter_context(socket.socket())
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody else's will do
            tcp.bind(("127.0.0.1", PORT))
            tcp.listen()
        try:
            yield
        finally:
            shutil.rmtree(PLACE, ignore_errors=True)


class Result:
    """What came of one attempt: .word for the table, .calls announced."""

    def __init__(self, attempt, text, died):
        self.calls, self.value = [], None
        for line in text.splitlines():
            key, _, value = line.partition(" ")
            if key == "call" and value.lstrip("-").isdigit():
                self.calls.append(int(value))
            elif key == "result" and self.value is None:
                self.value = int(value)
        self.signal = died
        self.word = self._word(attempt)

    def _word(self, attempt):
        if self.value is None:
            if self.signal == signal.SIGSYS:
                return KILLED
            return "fault" if self.signal else "done"
        if not -4096 < self.value < 0:
            return "done"
        name = errno.errorcode.get(-self.value, str(-self.value))
        if -self.value == attempt.flags & 0xff:
            return f"willing ({name})"
        return name


class Prison:
    """One daemon with a set of layers, and settings on top of the kit's."""

    def __init__(self, directory, layers, programs="escape", **settings):
        self.whole = layers == ALL
        self.at = os.path.join(directory, f"{programs}-{layers:x}")
        here = os.path.join(self.at, f"layers-{layers:x}")
        os.makedirs(here)
        os.chmod(self.at, 0o755)
        for name in ("pratiqued", MONITOR, KEYS, SESSION, SCANNER,
                     LIBMILTER):
            os.symlink(self._program(programs, name),
                       os.path.join(here, name))
        self.daemon = Pratiqued(self.at, "unix:/nonexistent/clamd",
                                libexec_dir=here, **settings)
        if not self.whole:
            self.daemon.programs_in = here
        self.started = False

    @staticmethod
    def _program(programs, name):
        """One of the test programs if there is such a one, else ours."""
        special = os.path.join(BUILD, programs, name)
        return special if os.path.exists(special) else os.path.join(
            BUILD, name)

    def fresh(self):
        self.stop()
        self.daemon.start()
        self.started = True

    def stop(self):
        if self.started:
            self.started = False
            # SIGTERM waits for sessions; these have nothing to finish.
            monitor = str(self.daemon.pid())
            tree = [*self.daemon.tree(), *(
                pid for pid in proc.pids()
                if proc.status(pid).get("PPid") == monitor)]
            self.daemon.stop(signal.SIGKILL)
            wait_for("all to end", lambda: self._ended(tree))

    def _ended(self, tree):
        """Ends what is left: an attempt that worked may have undone what ends
        its process now, or have ended all of it but a thread, and a listener
        that was just being renewed is not in the tree."""
        more = proc.belonging(self.at)
        for pid in [*tree, *more]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not (more or any(map(proc.alive, tree)) or self._listens())

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.daemon.socket)
            except (ConnectionRefusedError, FileNotFoundError):
                return False
        return True

    def connect(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(60)
        sock.connect(self.daemon.socket)
        return sock

    def _died(self, event, keys, wait):
        """The signal of the process that is gone, None if it just ended."""
        def line():
            return self.daemon.lines(event, **keys)
        try:
            found = wait_for("the end", line, 60 if wait else 1)
        except Timeout:
            return None
        return int(found[-1].get("signal", 0)) or None

    def _asked(self, attempt, event, keys):
        """Tried by the process that has the connection."""
        with self.connect() as sock:
            sock.sendall(b"0%04d" % attempt.number)
            text = b""
            # A thread that ended alone leaves its process behind.
            if attempt.flags & ENDS:
                sock.settimeout(5)
            with contextlib.suppress(ConnectionResetError, TimeoutError):
                while piece := sock.recv(65536):
                    text += piece
        died = None
        if b"result" not in text:
            wait = not attempt.flags & ENDS or (
                self.whole and not attempt.flags & MAY_LIBMILTER)
            died = self._died(event, keys, wait)
        return Result(attempt, text.decode("latin-1"), died)

    def session(self, attempt):
        return self._asked(attempt, "session-died", {})

    def libmilter(self, attempt):
        return self._asked(attempt, "child-died", {"role": "listener"})

    def scanner(self, attempt):
        start = os.path.getsize(self.daemon.log_file)

        def text():
            with open(self.daemon.log_file, encoding="latin-1") as log:
                log.seek(start)
                return log.read()

        with self.connect() as sock:
            sock.sendall(b"1%04d" % attempt.number)
            wait_for("an outcome", lambda: "\nresult " in text() or
                     text().startswith("result ") or
                     self.daemon.lines("child-died", role="scanner"))
            found = text()
        died = None
        if "result" not in found:
            died = self._died("child-died", {"role": "scanner"}, True)
        return Result(attempt, found, died)

    def run(self, role, attempt):
        """Tries it; a process that died, or that is used for more than one,
        means a new daemon next time."""
        if not self.started:
            self.fresh()
        result = getattr(self, role)(attempt)
        if role != "session" or result.value is None:
            self.stop()
        return result
