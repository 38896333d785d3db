#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""engine = "libmilter": the same mail and faults as with the native engine, and
the one process that serves all sessions: what it is allowed to be, what its
end does, what it holds back."""
import collections
import os
import pwd
import re
import signal
import subprocess
import sys

from kit import machine, proc, smtp
from kit.clamd import MARKER, MARKER_NAME
from kit.pratiqued import LIBMILTER
from kit.tap import BUILD, main, wait_for
from kit.world import STATUS, World, keys_for, sender_of
from milterclient import MilterClient, packet

HERE = os.path.dirname(os.path.abspath(__file__))
SESSIONS = 8  # max_sessions here
MESSAGES = 6  # limits: messages
OFFER = packet(b"O", b"\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
# Whole tests that must pass with this engine, too.
SAME = ["01-mail.t", "03-clamd-faults.t"]

CAPABILITY_SETS = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]
# Code that must be in the program, and code that must not.
INSIDE = ["session_", "smfi_", "negotiate_"]
OUTSIDE = ["engine_", "packet_", "clamd_", "stream_", "seccomp_", "cfg_",
           "sodium_"]


def world(stack, directory):
    return World(stack, directory, engine="libmilter", scan_timeout="30s",
                 max_sessions=SESSIONS, limits={"silent_time": "2s", "messages": MESSAGES})


def same(tap, w):
    """The tests of the native engine"""
    environment = dict(os.environ, PRATIQUE_TEST_ENGINE="libmilter")
    for name in SAME:
        done = subprocess.run([sys.executable, "-B",
                               os.path.join(HERE, name)], check=False,
                              stdout=subprocess.PIPE, env=environment,
                              stderr=subprocess.STDOUT, timeout=600)
        text = done.stdout.decode("utf-8", "replace")
        passed = re.findall(r"^ok ", text, re.MULTILINE)
        failed = re.findall(r"^not ok .*", text, re.MULTILINE)
        tap.equal((done.returncode, failed), (0, []), f"{name}: all good")
        tap.ok(len(passed) > 50, f"{name}: {len(passed)} results")


def confined(tap, w):
    """What the process is"""
    with w.raw() as raw:
        raw.start_data()
        pid = w.pratiqued.listener()
        tap.equal(proc.program(pid), LIBMILTER, "the program")
        tap.equal(proc.children(pid), [], "no process but this one")
        threads = os.listdir(f"/proc/{pid}/task")
        tap.ok(len(threads) > 3, "several threads", threads)
        entry = pwd.getpwnam("pratique")
        for thread in threads:
            status = proc.status(f"{pid}/task/{thread}")
            tap.equal((set(status["Uid"].split()), set(status["Gid"].split()),
                       status["Groups"], status["NoNewPrivs"],
                       status["Seccomp"], proc.filters(status),
                       {int(status[s], 16) for s in CAPABILITY_SETS
                        if machine.has("namespaces") or s != "CapBnd"}),
                      ({str(entry.pw_uid)}, {str(entry.pw_gid)}, "", "1", "2",
                       2, {0}), f"thread {thread}: ids, no groups, "
                      "NoNewPrivs, two filters, no capabilities")
        root = f"/proc/{pid}/root/"
        tap.equal(os.listdir(root), [], "empty root directory")
        for name in "net", "mnt", "ipc", "uts":
            if machine.has("namespaces"):
                tap.ok(os.readlink(f"/proc/{pid}/ns/{name}") !=
                       os.readlink(f"/proc/self/ns/{name}"),
                       f"own {name} namespace")
            else:
                tap.elsewhere(f"own {name} namespace",
                              machine.lacks()["namespaces"])
        with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
            tap.equal(re.findall(r"^\S+ .wx.*", file.read(), re.MULTILINE), [],
                      "no memory both writable and executable")
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            limits = file.read()
        tap.ok(re.search(r"^Max core file size +0 ", limits, re.MULTILINE) and
               re.search(r"^Max file size +0 ", limits, re.MULTILINE),
               "no core, no file")
        # Listening socket, channels to monitor and scanner, one session's two;
        # the loop's own; our pipe and libmilter's.
        found = collections.Counter(proc.descriptors(pid).values())
        tap.equal(found, {"/dev/null": 3, "socket": 5, "eventpoll": 1,
                          "pipe": 4}, "its descriptors, and no other")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          check=True).stdout.decode()


def linked(tap, w):
    """Which code is in the program"""
    program = os.path.join(BUILD, LIBMILTER)
    names = {line.split()[-1] for line in output("nm", program).splitlines()}
    for prefix in INSIDE:
        tap.ok(any(n.startswith(prefix) for n in names), f"{prefix} is in it")
    for prefix in OUTSIDE:
        tap.equal([n for n in names if n.startswith(prefix)], [],
                  f"{prefix} is not")
    needed = re.findall(r"\(NEEDED\).*\[(.*?)\]", output("readelf", "-d",
                                                       program))
    tap.ok(needed and not any("milter" in n for n in needed),
           "libmilter is linked statically", needed)


def paused(tap, w):
    """SIGSTOP and SIGCONT: what waits goes on, with the kernel's own call"""
    tag = smtp.new_tag()
    with w.raw() as raw:
        raw.start_data(sender_of(tag))
        pid = w.pratiqued.listener()
        os.kill(pid, signal.SIGSTOP)
        wait_for("the stop",
                 lambda: proc.status(pid)["State"].startswith("T"))
        os.kill(pid, signal.SIGCONT)
        raw.put(smtp.message(tag))
        raw.end()
        tap.equal(raw.reply()[:3], "250", "a session goes on after a stop")
    tap.equal(w.pratiqued.listener(), pid, "it is the same process")


def several(tap, w):
    """Many sessions at once, each with its own verdict and log line"""
    raws, tags = [], []
    for number in range(6):
        raw, tag = w.raw(), smtp.new_tag()
        raws.append(raw.__enter__())
        tags.append(tag)
        raw.start_data(sender_of(tag))
        raw.put(smtp.message(tag, f"{MARKER}\n" if number % 2 else
                             "fine\n"))
    for raw in reversed(raws):
        raw.end()
    for number, (raw, tag) in enumerate(zip(raws, tags)):
        reply = raw.reply()
        bad = number % 2
        tap.has(reply, MARKER_NAME if bad else "250 ", f"session {number}")
        line = w.log(tag)
        tap.equal(line.order, keys_for("infected" if bad else "clean"),
                  f"session {number}: log line", line.text)
        raw.__exit__(None, None, None)
    w.postfix.idle()
    tap.equal([len(w.sink.mails(tag)) for tag in tags], [1, 0] * 3,
              "each clean one was delivered once")


def ended(tap, w):
    """The process is killed, crashes, or loses its scanner"""
    for what, victim, how in (
            ("killed", w.pratiqued.listener, signal.SIGKILL),
            ("crashed", w.pratiqued.listener, signal.SIGSEGV),
            ("scanner killed", w.pratiqued.scanner, signal.SIGKILL)):
        tag = smtp.new_tag()
        monitor = w.pratiqued.pid()
        with w.raw() as raw:
            w.hang(raw, tag)
            pid = victim()
            os.kill(pid, how)
            wait_for(f"{pid} to end", lambda: not proc.alive(pid))
            w.clamd.thaw()
            reply = raw.reply()
            between, mail = w.recovers()
        tap.ok(reply.startswith("4"), f"{what}: temporary failure", reply)
        tap.ok(all(r.startswith("4") for r in between),
               f"{what}: until it is back only temporary failures", between)
        tap.equal(mail.values(STATUS), ["Clean"],
                  f"{what}: new mail is scanned")
        tap.equal(w.pratiqued.pid(), monitor, f"{what}: the monitor lives")
        w.postfix.idle()
        tap.equal(w.sink.mails(tag), [], f"{what}: not delivered")


def screened(tap, w):
    """Packets that the library would cut, or would not survive"""
    address = f"unix:{w.pratiqued.socket}"
    pid = w.pratiqued.listener()
    for what, command, payload in (
            ("a NUL within a value", b"L", b"Subject\0 a\0b\0"),
            ("a value without its NUL", b"L", b"Subject\0 a"),
            ("a macro without its NUL", b"D", b"Li\0Q1"),
            ("a macro without a value", b"D", b"Li\0"),
            ("a string behind the NUL of HELO", b"H", b"a\0b\0")):
        with MilterClient(address) as mta:
            mta.negotiate()
            mta.connect()
            if command == b"L":
                mta.send(b"M", b"<a@example.com>\0")
                mta.send(b"R", b"<b@example.com>\0")
            mta.send(command, payload)
            tap.ok(mta.closed(), f"{what}: closed")
    with MilterClient(address) as mta:
        mta.negotiate()
        mta.connect()
        mta.send(b"D", b"Hi\0Q1\0")
        mta.send(b"H", b"a\0")
        tap.ok(mta.silent(), "control: well-formed packets are not closed")
    tap.equal(w.pratiqued.listener(), pid, "the same process lives")
    tap.has(w.send(smtp.new_tag()), "250 ", "and mail goes through")


def bounds(tap, w):
    """A silent connection, and more connections than max_sessions"""
    address = f"unix:{w.pratiqued.socket}"
    with MilterClient(address) as silent:
        tap.ok(silent.closed(), "a silent one is closed after silent_time")
    open_ones = [MilterClient(address) for _ in range(SESSIONS)]
    for mta in open_ones:
        mta.negotiate()
    with MilterClient(address) as waiting:
        waiting.send_raw(OFFER)
        tap.ok(waiting.silent(), "one more than max_sessions waits")
        open_ones.pop().close()
        tap.equal(waiting.recv()[0], b"O", "and is served when one ends")
    for mta in open_ones:
        mta.close()
    tap.has(w.send(smtp.new_tag()), "250 ", "then mail goes through")


def many(tap, w):
    """More messages on one connection than it may bring, and as many again"""
    names = [f"MANY{n}" for n in range(3 * MESSAGES)]
    with MilterClient(f"unix:{w.pratiqued.socket}") as mta:
        mta.negotiate()
        mta.connect()
        codes = [mta.message([("Subject", "many")], b"x\r\n",
                             queue_id=name)[-1][0] for name in names]
    tap.equal(codes[:MESSAGES], [b"c"] * MESSAGES, "the first are scanned")
    for name in names[MESSAGES:]:
        line = w.pratiqued.wait_line("message", qid=name)
        tap.equal((line["reason"], line["limit"], line["action"]),
                  ("limits", "messages", "tempfail"), f"{name}: it is not")
    tap.equal(w.pratiqued.lines("session-violation"), [],
              "and the session has broken no rule")


def stop(tap, w):
    """SIGTERM while a message waits for its verdict"""
    tag = smtp.new_tag()
    with w.raw() as raw:
        w.hang(raw, tag)
        w.pratiqued.process.send_signal(signal.SIGTERM)
        w.pratiqued.wait_line("stop")
        w.clamd.thaw()
        tap.has(raw.reply(), "250 ", "it is finished")
        status = w.pratiqued.process.wait(60)
    w.pratiqued.process = None
    tap.equal(status, 0, "exit status 0")
    tap.equal(w.delivered(tag).values(STATUS), ["Clean"], "and delivered")


main(world, same, confined, linked, paused, several, ended, screened, bounds,
     many, stop)
