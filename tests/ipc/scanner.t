#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A scanner that breaks the rules (client.c), with real sessions on one side
and the real monitor on the other.  A session that is told nonsense never
calls its message clean; a scanner that talks nonsense to the monitor is ended
and replaced; the daemon stays, and serves the next message."""
import contextlib
import os
import re
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../escape"))
import prison  # noqa: E402
from kit import proc  # noqa: E402
from kit.pace import paced  # noqa: E402
from kit.tap import SOURCE, main, wait_for  # noqa: E402
from milterclient import Closed, MilterClient  # noqa: E402

SCAN_TIMEOUT = paced(2)  # seconds; a session waits some more for its scanner
ACCEPT, TEMPFAIL = (b"a", b"c"), (b"t", b"y")
FLOOD_MEMORY = 4096  # KiB that the monitor may grow
FLOOD_LOG = 20000  # bytes that the log may
LIES = 5


def cases():
    """The numbers of client.c's enum."""
    with open(os.path.join(SOURCE, "tests/ipc/ipc_client.c"),
              encoding="ascii") as file:
        text = re.search(r"enum \{(.*?)\};", file.read(), re.DOTALL)[1]
    found, number = {}, -1
    for name, value in re.findall(r"CASE_(\w+)(?: = (\d+))?,", text):
        number = int(value) if value else number + 1
        found[name] = number
    return found


CASE = cases()


class World:
    def __init__(self, stack, directory):
        self.cell = prison.Prison(directory, prison.ALL, "ipc")
        self.daemon = self.cell.daemon
        # The real session.
        path = os.path.join(self.daemon.settings["libexec_dir"],
                            prison.SESSION)
        os.remove(path)
        os.symlink(os.path.join(prison.BUILD, prison.SESSION), path)
        self.daemon.settings["scan_timeout"] = f"{SCAN_TIMEOUT}s"
        stack.callback(self.cell.stop)
        self.cell.fresh()

    def mta(self):
        mta = MilterClient(f"unix:{self.daemon.socket}")
        mta.negotiate()
        mta.connect()
        mta.helo()
        return mta

    def tell(self, mta, name):
        """One message whose queue id asks for a case; the final reply."""
        replies = mta.message([("Subject", " x")], b"text\r\n",
                              queue_id=f"CASE{CASE[name]:03d}")
        return replies[-1][0]

    def send(self, name):
        with self.mta() as mta:
            return self.tell(mta, name)

    def works(self):
        """Honest mail until it is accepted, as a new scanner comes up."""
        def accepted():
            try:
                return self.send("HONEST") in ACCEPT
            except (Closed, ConnectionError):
                return False
        return wait_for("mail to be accepted", accepted)

    def memory(self):
        return int(proc.status(self.daemon.pid())["VmRSS"].split()[0])


def world(stack, directory):
    w = World(stack, directory)
    w.works()
    return w


def to_session(tap, w):
    """Nonsense to a session"""
    tap.ok(w.send("HONEST") in ACCEPT, "control: clean is accepted")
    for name in ("TYPE", "SHORT", "LONG", "HEAD_LENGTH", "OUTCOME",
                 "NAME_LENGTH", "EMPTY", "BYTE", "CLOSE", "OWN_TYPE", "FLOOD",
                 "DRAIN", "CONTENT", "SILENT"):
        with w.mta() as mta:
            got = w.tell(mta, name)
            tap.ok(got in TEMPFAIL, f"{name}: temporary failure", got)
            try:
                again = w.tell(mta, "HONEST")
            except (Closed, ConnectionError):
                again = b"t"  # it has ended: the MTA puts the mail off
            tap.ok(again in TEMPFAIL or name == "SILENT",
                   f"{name}: nor is the next message called clean", again)
        tap.ok(w.works(), f"{name}: others are served")
    got = w.send("NUMBER")
    tap.ok(got not in ACCEPT, "NUMBER: clean for another message is not for "
           "this one", got)


def doubled(tap, w):
    """A result too many, a descriptor with a result"""
    with w.mta() as mta:
        tap.ok(w.tell(mta, "TWICE") in ACCEPT, "TWICE: the first counts")
        got = w.tell(mta, "NUMBER")
        tap.ok(got not in ACCEPT, "TWICE: the second not for the next", got)
    with w.mta() as mta:
        tap.ok(w.tell(mta, "DESCRIPTOR") in ACCEPT, "DESCRIPTOR: read")
        session = wait_for("the session", w.daemon.sessions)[-1]
        tap.equal(sorted(proc.descriptors(session)), [0, 1, 2, 3, 4],
                  "DESCRIPTOR: has not arrived")


def ends(tap, w):
    """The scanner ends with a message"""
    for name in "EXIT", "CRASH":
        w.cell.fresh()  # else its restarts are slowed down
        old = w.daemon.scanner()
        got = w.send(name)
        tap.ok(got in TEMPFAIL, f"{name}: temporary failure", got)
        wait_for("another scanner", lambda o=old: w.daemon.scanner() not in
                 (0, o))
        tap.ok(w.works(), f"{name}: others are served")


def to_monitor(tap, w):
    """Nonsense to the monitor"""
    for name in sorted(n for n in CASE if n.startswith("MONITOR_")
                       and "FLOOD" not in n):
        w.cell.fresh()
        monitor, old = w.daemon.pid(), w.daemon.scanner()
        died = len(w.daemon.lines("child-died", role="scanner"))
        w.send(name)
        wait_for("the scanner's end", lambda d=died: len(
            w.daemon.lines("child-died", role="scanner")) > d)
        tap.ok(not proc.alive(old), f"{name}: the scanner is ended")
        tap.ok(w.works() and w.daemon.scanner() != old
               and proc.alive(monitor), f"{name}: another one serves")
        # An empty datagram looks like the end of the channel.
        tap.ok(w.daemon.lines("violation", role="scanner")
               or name == "MONITOR_EMPTY", f"{name}: the log says so")


def files(w):
    return len(os.listdir(f"/proc/{w.daemon.pid()}/fd"))


def floods(tap, w):
    """More records to the monitor than there can be news"""
    w.cell.fresh()
    w.works()
    before, had = w.memory(), files(w)
    for name, record in (("MONITOR_FLOOD", "backend"),
                         ("MONITOR_LOST_FLOOD", "log-lost"),
                         ("MONITOR_CUT_FLOOD", "cut")):
        old, log = w.daemon.scanner(), len(w.daemon.text())
        w.send(name)
        line = w.daemon.wait_line("violation", record=record)
        # A CUT of zeros is one of a channel that never was.
        tap.equal((line["pid"], line["what"]), (str(old), "unexpected"
                  if record == "cut" else "too many"),
                  f"{name}: it is ended, and the log says why")
        tap.ok(w.works(), f"{name}: mail is served")
        tap.ok(len(w.daemon.text()) - log < FLOOD_LOG,
               f"{name}: the log has hardly grown")
    tap.ok(w.memory() - before < FLOOD_MEMORY, "the monitor has not grown",
           before, w.memory())
    tap.equal(files(w), had, "the monitor has as many descriptors")


def listener(tap, w):
    """What it does to a listener"""
    for name in "LISTENER_LIE", "LISTENER_GONE":
        w.cell.fresh()
        scanner, old = w.daemon.scanner(), w.daemon.listener()
        with contextlib.suppress(Closed, ConnectionError):
            w.send(name)
        wait_for("the listener's end", lambda o=old: not proc.alive(o))
        lines = w.daemon.lines("violation", pid=str(old), to="scanner")
        tap.equal(len(lines), 1 if name == "LISTENER_LIE" else 0,
                  f"{name}: the listener is ended")
        tap.ok(w.works() and w.daemon.scanner() == scanner,
               f"{name}: another one serves")
    for _ in range(LIES):
        old = w.daemon.listener()
        with contextlib.suppress(Closed, ConnectionError):
            w.send("LISTENER_LIE")
        wait_for("another", lambda o=old: w.daemon.listener() not in (0, o))
    delays = [int(line["delay_ms"]) for line in
              w.daemon.lines("restart-delayed", role="listener")]
    tap.ok(len(delays) >= LIES and delays == sorted(delays)
           and delays[-1] > 4 * delays[0],
           "the more lies, the later listeners are started", delays)
    tap.ok(w.works(), "others are served")


def silently(tap, w):
    """It closes the listener's channel and says nothing"""
    for engine in "native", "libmilter":
        w.daemon.settings["engine"] = engine
        tap.note(engine)
        without_a_word(tap, w)
    del w.daemon.settings["engine"]


def without_a_word(tap, w):
    w.cell.fresh()
    scanner, old = w.daemon.scanner(), w.daemon.listener()
    got = w.send("LISTENER_CLOSE")
    tap.ok(got in ACCEPT, "the session has a channel of its own")
    new = wait_for("a successor", lambda: w.daemon.listener() not in (0, old)
                   and w.daemon.listener())
    tap.ok(w.works(), "it serves")
    wait_for("the old one's end", lambda: not proc.alive(old))
    tap.equal((w.daemon.listener(), w.daemon.scanner(),
               w.daemon.lines("child-died")), (new, scanner, []),
              "nobody was ended")


def ticks(pid):
    """Processor time used, in hundredths of a second."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return sum(map(int, file.read().rpartition(")")[2].split()[11:13]))


def requests(tap, w):
    """More requests about keys than there can be messages"""
    keys = os.path.join(w.daemon.directory, "keys")
    os.mkdir(keys, 0o700)
    with open(os.path.join(keys, "mine.key"), "w", encoding="ascii",
              opener=lambda p, f: os.open(p, f, 0o400)) as out:
        out.write("pratique-key 1\nid mine\nuse stamp\nsecret "
                  f"{os.urandom(32).hex()}\n")
    w.daemon.settings["stamp"] = {"add": "yes", "key_dir": keys}
    w.cell.fresh()
    w.works()
    before, had, old = w.memory(), files(w), w.daemon.listener()
    scanner, idle = w.daemon.scanner(), ticks(w.daemon.scanner())

    def flood():
        with contextlib.suppress(Closed, ConnectionError):
            w.send("MONITOR_CHECK_FLOOD")

    thread = threading.Thread(target=flood)
    thread.start()
    wait_for("the flood", lambda: ticks(scanner) > idle + 2)
    os.kill(old, signal.SIGKILL)
    wait_for("another", lambda: w.daemon.listener() not in (0, old))
    tap.ok(w.daemon.scanner() == scanner, "a listener is replaced meanwhile")
    thread.join()
    tap.ok(w.works(), "others are served")
    tap.ok(w.memory() - before < FLOOD_MEMORY, "the monitor has not grown",
           before, w.memory())
    tap.equal(files(w), had, "the monitor has as many descriptors")


main(world, to_session, doubled, ends, to_monitor, floods, listener, silently,
     requests)
