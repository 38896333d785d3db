# SPDX-License-Identifier: ISC
"""What the fault tests are made of: a daemon in front of any clamds, an MTA
that talks to its milter socket, and rows: one function for one fault of
docs/faults.md, several of which run at a time.

A row gets a Rig and returns nothing; what it checks with rig.ok and its like
is printed when it is done.  A row that raises has failed.
"""
import concurrent.futures
import contextlib
import itertools
import os
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../system"))

from kit import proc  # noqa: E402
from kit.clamd import Clamd  # noqa: E402
from kit.pace import paced  # noqa: E402
from kit.pratiqued import Pratiqued  # noqa: E402
from kit.tap import Timeout, main, wait_for  # noqa: E402
from milterclient import Closed, MilterClient  # noqa: E402

from fake import Fake  # noqa: E402

AT_ONCE = 5  # rows; most of their time is waiting
# Seconds; less than the ten that a clamd has for a test message.
SCAN_TIMEOUT = min(paced(6), 9)

_numbers = itertools.count(1)


def sockets(pid):
    """How many of them the process has."""
    return list(proc.descriptors(pid).values()).count("socket")


class Result:
    """What became of a message: the MTA's answer and the log line."""

    def __init__(self, reply, line):
        self.reply = reply
        self.line = line
        self.verdict = line.get("verdict")
        self.reason = line.get("reason")

    def __repr__(self):
        return f"{self.reply} {self.line.text}"


class Rig:
    def __init__(self, directory):
        self.directory = directory
        self.stack = contextlib.ExitStack()
        self.results = []
        self.daemon = None

    def path(self, name):
        return os.path.join(self.directory, name)

    # --- what there is to test with

    def clamd(self, name="clamd", start=True, **settings):
        clamd = Clamd(self.path(name), settings)
        self.stack.callback(clamd.stop)
        return clamd.start() if start else clamd

    def fake(self, answer=None, name="fake", tcp=False, **options):
        where = ("127.0.0.1", 0) if tcp else self.path(name)
        return self.stack.enter_context(Fake(where, answer, **options))

    def start(self, *clamds, wait=True, **settings):
        """The daemon, with clamds that are addresses or (address, settings);
        they are called c0, c1 ...  Waits until all of them are up."""
        settings = {"scan_timeout": f"{SCAN_TIMEOUT}s", "check_interval": "5s",
                    "max_message_size": "8M", **settings}
        self.daemon = Pratiqued(self.directory, "unix:/nowhere",
                                socket_mode="0666", **settings)
        del self.daemon.settings['clamd "main"']
        for i, clamd in enumerate(clamds):
            address, more = clamd if isinstance(clamd, tuple) else (clamd, {})
            self.daemon.settings[f'clamd "c{i}"'] = {"address": address, **more}
        self.daemon.start()
        self.stack.callback(self.daemon.stop)
        for i in range(len(clamds) if wait else 0):
            self.daemon.wait_line("backend-up", backend=f"c{i}")
            self.daemon.wait_line("backend-proved", backend=f"c{i}")
        return self.daemon

    def holds_message(self):
        """Has the scanner a message in hand, and done with it what it can?
        Canaries, which have that in their name, do not count."""
        fds = f"/proc/{self.daemon.scanner()}/fd"
        names = []
        for fd in os.listdir(fds):
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                names.append(os.readlink(os.path.join(fds, fd)))
        return self.scanner_rests() and any(
            name.startswith("/memfd:") and "canary" not in name
            for name in names)

    def memfds(self):
        """How many messages and canaries has it?"""
        found = proc.descriptors(self.daemon.scanner()).values()
        return list(found).count("/memfd")

    def scanner_rests(self):
        """Has the scanner nothing to do?  What it was sent before this is
        asked, it has then seen: who is sent something does not sleep."""
        return proc.status(self.daemon.scanner()).get("State", "")[:1] == "S"

    # --- mail

    def send(self, body=b"Good day.\r\n", fields=(), queue_id=None):
        """One message on a connection of its own: its Result."""
        queue_id = queue_id or f"Q{os.getpid()}N{next(_numbers)}"
        with MilterClient(f"unix:{self.daemon.socket}") as mta:
            mta.negotiate()
            mta.connect()
            mta.helo()
            headers = [("From", "<a@example.net>"), ("Subject", "fault")]
            code, payload = mta.message(headers + list(fields), body,
                                        queue_id=queue_id)[-1]
        reply = code.decode() + payload.rstrip(b"\0").decode("latin-1")
        return Result(reply, self.daemon.wait_line("message", qid=queue_id))

    def background(self, *arguments, **keywords):
        """send() in a thread: a future of its Result."""
        pool = concurrent.futures.ThreadPoolExecutor(1)
        self.stack.callback(pool.shutdown)
        return pool.submit(self.send, *arguments, **keywords)

    def wait_log(self, event, **keys):
        return self.daemon.wait_line(event, **keys)

    # --- what must be true

    def ok(self, condition, name, *notes):
        self.results.append((bool(condition), name, notes))

    def comes(self, condition, name):
        """Waits for a condition to become true, which is the result."""
        try:
            self.ok(wait_for(name, condition), name)
        except Timeout as late:
            self.ok(False, name, late)

    def equal(self, got, want, name, *notes):
        self.ok(got == want, name, f"got {got!r}, want {want!r}", *notes)

    def unscanned(self, result, *reasons):
        """Put off, for one of the reasons, and said so in the log."""
        self.ok(result.reply.startswith("y451 4.7.1") and
                result.verdict == "unscanned" and result.reason in reasons,
                f"unscanned ({' or '.join(reasons)}), put off", result)

    def clean(self, result, what="clean"):
        self.ok(result.reply[:1] == "c" and result.verdict == "clean", what,
                result)

    def recovers(self, deadline=60):
        """New mail is scanned again, without help."""
        def again():
            result = self.send()
            return result if result.verdict == "clean" else None
        self.clean(wait_for("mail to be scanned again", again, deadline),
                   "recovers by itself")

    def not_used(self, why, backend="c0"):
        """This clamd is out of use for that reason, and mail knows it."""
        def down():
            return [line for line in self.daemon.lines("backend-down",
                                                       backend=backend)
                    if why in line["reason"]]
        self.comes(down, f"backend-down: {why}")
        self.unscanned(self.send(), "clamd-down")


def run(*rows):
    """Runs rows: (numbers of docs/faults.md, function)."""

    def one(directory, function):
        with tempfile.TemporaryDirectory(dir=directory, prefix="r") as at:
            os.chmod(at, 0o755)
            rig = Rig(at)
            try:
                with rig.stack:
                    function(rig)
            except Exception:
                log = rig.daemon.text() if rig.daemon else ""
                rig.ok(False, "came to its end", traceback.format_exc(),
                       log[-3000:])
            if not rig.results:
                rig.ok(False, "checked nothing")
            return rig.results

    def all_rows(tap, directory):
        wanted = os.environ.get("PRATIQUE_ROWS")
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            running = [(numbers, function, pool.submit(one, directory, function))
                       for numbers, function in rows if wanted is None or
                       set(wanted.split(",")) & set(map(str, numbers))]
            for numbers, function, future in running:
                title = " ".join(function.__doc__.split())
                for good, name, notes in future.result():
                    tap.ok(good, f"{','.join(map(str, numbers))} {title}: "
                           f"{name}", *notes)

    main(lambda _stack, directory: directory, all_rows)


__all__ = ["Closed", "MilterClient", "Rig", "proc", "run", "sockets",
           "paced", "wait_for", "SCAN_TIMEOUT"]
