#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A session that was taken over and wants a stamp for what was not scanned,
against the real scanner, monitor and clamd: it gets one for the message that
clamd has called clean, and for no other; and which key bytes can be found
where."""
import os
import re
import signal
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../escape"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../stamps"))
import daily  # noqa: E402
import prison  # noqa: E402
from kit.clamd import EICAR, Clamd  # noqa: E402
from kit.tap import BUILD, main, wait_for  # noqa: E402

ROWS = [line.split() for line in subprocess.run(
    [os.path.join(BUILD, "ipc/records")], stdout=subprocess.PIPE,
    check=True).stdout.decode().splitlines()]
TYPE = {name: int(number) for name, number, _ in ROWS}
SIZE = {name: int(size) for name, _, size in ROWS}
CLEAN, BY_STAMP, INFECTED = (TYPE["outcome-" + word] for word in (
    "clean", "clean-by-stamp", "infected"))
RECORD, MAC = 216, 32
RESULT_TAIL = 4 + RECORD + MAC  # stamped, stamp, mac: the end of a RESULT
SECRET = os.urandom(32)


def record(name, rest=b"", size=None):
    body = rest.ljust((size or SIZE[name]) - 8, b"\0")
    return struct.pack("=II", TYPE[name], 8 + len(body)) + body


def begin(number):
    return record("begin", struct.pack("=II", number, 1) + b"4STAMP")


def field(value):
    return record("field", struct.pack("=II", 7, len(value)) + b"Subject"
                  + value)


def body(data):
    return record("body", data)


def end(number, size=20):
    return record("end", struct.pack("=IIIIQ", number, 0, 0, 0, size))


def report(number):
    return record("report", struct.pack("=II", number, 1))


def candidate(stamp, number=1, peer=0):
    return record("candidate", struct.pack("=II", number, peer) + stamp)


def message(number, subject, data=b"text\r\n", stamps=()):
    return (begin(number) + field(subject)
            + b"".join(candidate(s, i + 1) for i, s in enumerate(stamps))
            + body(data) + end(number))


class Result:
    def __init__(self, datagram):
        _, _, self.message, self.outcome = struct.unpack("=IIII",
                                                         datagram[:16])
        tail = datagram[-RESULT_TAIL:]
        self.stamped, = struct.unpack("=I", tail[:4])
        self.stamp = tail[4:]


class Puppet:
    """A session that does as it is told; see engine.c."""

    def __init__(self, cell):
        self.sock = cell.connect()

    def _order(self, *orders):
        """In one piece: a result that comes while a session waits for the
        MTA is thrown away by it, as one to an earlier message."""
        self.sock.sendall(b"".join(
            letter + struct.pack("!I", len(data)) + data
            for letter, data in orders))
        return self

    def _answer(self):
        length, = struct.unpack("!I", self._exactly(4))
        return self._exactly(length)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            piece = self.sock.recv(count - len(data))
            if not piece:
                raise ConnectionError("the session is gone")
            data += piece
        return data

    def write(self, data):
        return int(self._order((b"W", data))._answer())

    def read(self):
        """A datagram, or None if the channel is closed."""
        answer = self._order((b"R", b""))._answer()
        return answer[1:] if answer[:1] == b"+" else None

    def ask(self, data):
        """Writes a datagram and waits for its RESULT."""
        self._order((b"W", data), (b"R", b""))
        if int(self._answer()) != 0:
            return None
        got = self._answer()
        return Result(got[1:]) if got[:1] == b"+" else None

    def whole(self, number, *arguments, **options):
        """A message, its result, and the report that ends it."""
        result = self.ask(message(number, *arguments, **options))
        self.write(report(number))
        return result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()


class World:
    def __init__(self, stack, directory):
        clamd = Clamd(os.path.join(directory, "clamd"))
        daily.write(os.path.join(directory, "clamd/db/daily.cud"), 27091,
                    int(time.time()) - 3600)
        self.clamd = stack.enter_context(clamd)
        self.keys = os.path.join(directory, "keys")
        os.mkdir(self.keys, 0o700)
        self.key_file("mine", "stamp", SECRET)
        self.cell = prison.Prison(directory, prison.ALL, "ipc")
        self.daemon = self.cell.daemon
        path = os.path.join(self.daemon.settings["libexec_dir"],
                            "pratique-scanner")
        os.remove(path)
        os.symlink(os.path.join(BUILD, "pratique-scanner"), path)
        self.daemon.settings.update({
            'clamd "main"': {"address": f"unix:{clamd.socket}"},
            "stamp": {"add": "yes", "key_dir": self.keys},
            'stamp_peer "192.0.2.0/24"': {"keys": ["mine"]}})
        stack.callback(self.cell.stop)
        self.cell.fresh()
        self.scanner = self.daemon.scanner()

    def key_file(self, name, use, secret, mode=0o400):
        path = os.path.join(self.keys, f"{name}.key")
        if os.path.exists(path):
            os.remove(path)
        with open(path, "w", encoding="ascii") as out:
            out.write(f"pratique-key 1\nid {name}\nuse {use}\n"
                      f"secret {secret.hex()}\n")
        os.chmod(path, mode)

    def reload(self, event):
        before = len(self.daemon.lines(event))
        os.kill(self.daemon.pid(), signal.SIGHUP)
        wait_for(event, lambda: len(self.daemon.lines(event)) > before)
        return self.daemon.lines(event)[-1]

    def puppet(self):
        return Puppet(self.cell)


def control(tap, w):
    """A stamp for a clean message; it is good for that message"""
    with w.puppet() as p:
        numbers = iter(range(1, 1000))

        def stamped():
            got = p.whole(next(numbers), b" A")
            return got if got.stamped else None
        # At its start a clamd is used before all is known of it.
        first = wait_for("a stamp", stamped)
        w.stamp = first.stamp
        tap.equal((first.outcome, first.stamped), (CLEAN, 1), "A: a stamp")
        again = p.whole(next(numbers), b" A", stamps=[w.stamp])
        tap.equal((again.outcome, again.stamped), (BY_STAMP, 1),
                  "A with its stamp: clean by stamp, its number")
        tap.ok(w.stamp[RECORD:] not in again.stamp, "and no new stamp")


def other_content(tap, w):
    """A to the scanner, B to the MTA"""
    with w.puppet() as p:
        for n, (what, arguments) in enumerate({
                "B": (b" B",), "another body": (b" A", b"Text\r\n"),
                "one byte more": (b" A", b"text\r\n\r\n")}.items(), 1):
            got = p.whole(n, *arguments, stamps=[w.stamp])
            tap.ok(got.outcome == CLEAN and got.stamp != w.stamp,
                   f"{what} with A's stamp: scanned")
        got = p.whole(4, b" A", EICAR.encode(), stamps=[w.stamp])
        tap.equal((got.outcome, got.stamped), (INFECTED, 0),
                  "an infected one with A's stamp: found, and no stamp")
        bad = w.stamp[:-1] + bytes([w.stamp[-1] ^ 1])
        got = p.whole(5, b" A", stamps=[bad] * 8)
        tap.equal(got.outcome, CLEAN, "eight with a wrong MAC: scanned")
        tap.ok(w.daemon.lines("stamp-bad-mac"), "and the log warns")


def breach(tap, w, what, *datagrams):
    made = len(w.daemon.lines("violation"))
    with w.puppet() as p:
        for datagram in datagrams:
            if p.write(datagram) != 0:
                break
        tap.equal(p.read(), None, f"{what}: the channel is closed, no result")
    tap.equal((w.daemon.scanner(), len(w.daemon.lines("violation"))),
              (w.scanner, made), f"{what}: the scanner was not asked for it")


def rules(tap, w):
    """Asking twice, asking the monitor itself"""
    whole = message(1, b" A")
    breach(tap, w, "END twice", whole + end(1))
    breach(tap, w, "a field behind END", whole + field(b" B"))
    breach(tap, w, "a candidate behind the body",
           begin(1) + body(b"x") + candidate(w.stamp))
    breach(tap, w, "nine candidates", begin(1) + candidate(w.stamp) * 9)
    breach(tap, w, "a peer that there is not",
           begin(1) + candidate(w.stamp, 1, 1))
    for name in "stamp", "check", "stamped", "checked":
        size = {"stamp": 224, "check": 260, "stamped": 260,
                "checked": 12}[name]
        breach(tap, w, f"a {name} of its own", begin(1) + field(b" A")
               + record(name, size=size))


def abort(tap, w):
    """ABORT at every moment: no stamp outlives it"""
    with w.puppet() as p:
        good = 0
        for n in range(1, 121, 3):
            # B behind it in the same datagram: A cannot have been judged.
            got = p.ask(message(n, b" A") + record("abort") + report(n)
                        + message(n + 1, b" B%d" % n))
            p.write(report(n + 1))
            own = got and (got.message, got.stamped) == (n + 1, 1)
            other = p.whole(n + 2, b" A", stamps=[got.stamp]) if own else None
            good += bool(other and other.outcome == CLEAN)
        tap.equal(good, 40, "forty times: the stamp is B's, not A's")


def maps_hold(pid, needles):
    """Which of them are in memory that can be read; and the unreadable."""
    found, closed = set(), []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            low, high = (int(x, 16) for x in line.split()[0].split("-"))
            try:
                mem.seek(low)
                data = mem.read(high - low)
                while data is not None and len(data) < high - low:
                    more = mem.read(high - low - len(data))
                    if not more:
                        break
                    data += more
            except (OSError, ValueError, OverflowError):
                closed.append(line)
                continue
            found |= {n for n in needles if n in data}
    return found, closed


def nowhere(tap, w):
    """Which key bytes are in which process"""
    pieces = [SECRET[at:at + 8] for at in range(0, 25)]
    needles = pieces + [SECRET.hex().encode()[at:at + 16]
                        for at in range(0, 49)]
    marker = b"X-Scan-Stamp"
    with w.puppet() as p:
        p.whole(1, b" A")
        roles = {"listener": w.daemon.listener(),
                 "session": w.daemon.sessions()[-1],
                 "scanner": w.daemon.scanner(), "monitor": w.daemon.pid()}
        for role, pid in roles.items():
            found, closed = maps_hold(pid, needles + [marker])
            tap.ok(marker in found, f"control: {role}: a word is found")
            tap.equal(found - {marker}, set(), f"{role}: no piece of the key")
            for name in "environ", "cmdline", "comm":
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    data = file.read()
                tap.ok(not any(n in data for n in needles),
                       f"{role}: nor in {name}")
            if role == "monitor":
                memory(tap, pid, closed)


def memory(tap, pid, closed):
    """The monitor has it where nobody else can read."""
    secret = any("secretmem" in name for name in closed)
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as file:
        areas = re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", file.read(),
                         flags=re.MULTILINE)
    flags = [re.search(r"^VmFlags: (.*)$", area, re.MULTILINE)[1].split()
             for area in areas if "secretmem" in area]
    locked = [area for area in areas if re.search(
        r"^VmFlags:.*\blo\b.*\bdd\b|^VmFlags:.*\bdd\b.*\blo\b", area,
        re.MULTILINE)]
    tap.note(f"memfd_secret: {secret}, flags: {flags}")
    tap.ok(secret and all({"lo", "dd", "dc"} <= set(f) and "wr" not in f
                          for f in flags) or not secret and locked,
           "monitor: locked, not dumped, not inherited, read-only")


def rotation(tap, w):
    """SIGHUP: a ring in one step, or the old one"""
    fresh = os.urandom(32)
    with w.puppet() as p:
        before = p.whole(1, b" A").stamp
        w.key_file("next", "check", fresh)
        line = w.reload("keys-loaded")
        tap.equal((line["keys"], line["stamping"]), ("2", "mine"),
                  "a second key for checking")
        w.key_file("next", "stamp", fresh)
        line = w.reload("keys-refused")
        tap.has(line["what"], "second one", "two for stamping: refused")
        got = p.whole(2, b" A", stamps=[before])
        tap.equal(got.outcome, BY_STAMP, "the old ring still works")
        os.remove(os.path.join(w.keys, "next.key"))
        w.key_file("next", "check", fresh, 0o440)
        tap.has(w.reload("keys-refused")["what"], "0400", "mode: refused")
        w.key_file("mine", "check", SECRET)
        w.key_file("next", "stamp", fresh)
        line = w.reload("keys-loaded")
        tap.equal((line["keys"], line["stamping"]), ("2", "next"),
                  "they change places")
        got = p.whole(3, b" C")
        tap.ok(b"next" in got.stamp and got.stamped, "stamped with the new")
        got = p.whole(4, b" A", stamps=[before])
        tap.equal(got.outcome, BY_STAMP, "stamps of the old one are good")
        os.remove(os.path.join(w.keys, "mine.key"))
        w.reload("keys-loaded")
        got = p.whole(5, b" A", stamps=[before])
        tap.equal(got.outcome, CLEAN, "until it is withdrawn")
        tap.equal(w.daemon.scanner(), w.scanner, "all with one scanner")


def limited(tap, w):
    """No memory may be locked: what may be raised is, else that is told"""
    def loads(limit, name):
        w.cell.stop()
        w.daemon.around = ["prlimit", f"--memlock={limit}"]
        w.cell.fresh()
        tap.ok(w.daemon.wait_line("keys-loaded"), name)

    loads("0:65536", "the soft limit is raised")
    none = ["prlimit", "--memlock=0:0"]
    control = subprocess.run([*none, "prlimit", "--memlock=65536:65536",
                              "true"], stderr=subprocess.DEVNULL, check=False)
    if control.returncode == 0:
        loads("0:0", "root raises the hard one, too")
    else:
        tap.elsewhere("root raises the hard one, too",
                      "prlimit may not: no CAP_SYS_RESOURCE")
    w.cell.stop()
    w.daemon.around = [*none, "setpriv", "--bounding-set=-sys_resource"]
    status, _, err = w.daemon.run("-c", w.daemon.config)
    tap.equal(status, 71, "without CAP_SYS_RESOURCE: exit status")
    tap.has(err, "raise the limit", "and why")
    w.daemon.around = []


def start(tap, w):
    """What the daemon does not start with"""
    w.cell.stop()
    for what, prepare, text in (
            ("a key that others can read",
             lambda: w.key_file("next", "stamp", SECRET, 0o444), "0400"),
            ("no key for stamping",
             lambda: w.key_file("next", "check", os.urandom(32)),
             "use stamp"),
            ("a key of one byte",
             lambda: w.key_file("next", "stamp", b"\7" * 32), "same byte")):
        prepare()
        status, _, err = w.daemon.run("-c", w.daemon.config)
        tap.equal(status, 78, f"{what}: exit status")
        tap.has(err, text, f"{what}: and why")


main(World, control, other_content, rules, abort, nowhere, rotation,
     limited, start)
