#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Each of our processes is killed while it has a message.  The sender is told
to try again, new mail goes through without help, the listening socket is
there all the time, and no message is lost or doubled."""
import os
import signal
import socket
import stat
import threading
import time

from kit import proc, smtp
from kit.tap import main, wait_for
from kit.world import STATUS, World, sender_of

PROBE_PAUSE = 0.02  # seconds between two connections of the Prober
STORM_CLIENTS, STORM_EACH = 12, 8
STORM_KILLS, STORM_PAUSE = 24, 0.05


def world(stack, directory):
    return World(stack, directory, scan_timeout="30s")


class Prober:
    """Connects to the listening socket again and again; .refused has the
    errors.  A connection that says nothing costs the daemon no process."""

    def __init__(self, path):
        self.path = path
        self.refused = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def _loop(self):
        while True:
            try:
                with socket.socket(socket.AF_UNIX) as sock:
                    sock.settimeout(30)
                    sock.connect(self.path)
            except OSError as error:
                self.refused.append(error)
            if self._end.wait(PROBE_PAUSE):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()


def victim(w, role):
    """The process of that role that has to do with the open message."""
    if role == "session":
        return wait_for("a session", w.pratiqued.sessions)[0]
    return {"listener": w.pratiqued.listener,
            "scanner": w.pratiqued.scanner}[role]()


def end(pid, how):
    os.kill(pid, how)
    wait_for(f"{pid} to end", lambda: not proc.alive(pid))


def accounted(tap, w, tag, reply, what):
    """A message is delivered once if it was accepted, else never."""
    w.postfix.idle()
    tap.equal(len(w.sink.mails(tag)), int(reply.startswith("250 ")),
              f"{what}: neither lost nor doubled", reply)
    for mail in w.sink.mails(tag):
        tap.equal(mail.values(STATUS), ["Clean"], f"{what}: it was scanned")


def finish(w, raw, tag, stage):
    """Lets the open message come to its end."""
    if stage == "at the end":
        w.clamd.thaw()
    else:
        raw.put(smtp.message(tag))
        raw.end()


def one(tap, w, role, stage, how=signal.SIGKILL):
    """One kill: of whom, when, with which signal."""
    what = f"{role}, {stage}, {how.name}"
    tag = smtp.new_tag()
    monitor = w.pratiqued.pid()
    with w.raw() as raw:
        if stage == "at the end":
            w.hang(raw, tag)
        else:
            raw.start_data(sender_of(tag))
            raw.put("Subject: half of it\n")
        # Found before the Prober's connections have sessions, too.
        pid = victim(w, role)
        prober = Prober(w.pratiqued.socket)
        with prober:
            end(pid, how)
            finish(w, raw, tag, stage)
            reply = raw.reply()
            between, mail = w.recovers()
    # Sessions may survive their listener and finish their work.
    wanted = ("4", "250 ") if role == "listener" else ("4",)
    tap.ok(reply.startswith(wanted), f"{what}: temporary failure", reply)
    tap.ok(all(r.startswith("4") for r in between),
           f"{what}: until it is back only temporary failures", between)
    tap.equal(mail.values(STATUS), ["Clean"], f"{what}: new mail is scanned")
    tap.equal(prober.refused, [],
              f"{what}: the socket takes connections all the time")
    tap.ok(w.pratiqued.pid() == monitor and proc.alive(monitor),
           f"{what}: the monitor lives")
    accounted(tap, w, tag, reply, what)


def killed(tap, w):
    """SIGKILL for each role in the middle and at the end of a message"""
    for role in "session", "listener", "scanner":
        for stage in "in the middle", "at the end":
            one(tap, w, role, stage)


def crashed(tap, w):
    """A session that crashes retires its listener"""
    for how in signal.SIGSEGV, signal.SIGABRT, signal.SIGSYS:
        old = w.pratiqued.listener()
        died = len(w.pratiqued.lines("session-died"))
        one(tap, w, "session", "at the end", how)
        new = wait_for("a new listener", lambda: (
            lambda now: now if now not in (0, old) else None)(
                w.pratiqued.listener()))
        tap.ok(new != old, f"{how.name}: a new listener")
        line = wait_for("session-died", lambda: w.pratiqued.lines(
            "session-died")[died:])[0]
        tap.equal((line["signal"], line["listener"]),
                  (str(how.value), "retired"), f"{how.name}: in the log")
        tap.comes(lambda old=old: not proc.alive(old),
                  f"{how.name}: the old listener ends")


def again(tap, w):
    """The listener and the scanner die several times in a row"""
    for role in "listener", "scanner":
        for _ in range(3):
            pid = wait_for(f"a {role}", lambda: victim(w, role))
            end(pid, signal.SIGKILL)
        between, _ = w.recovers()
        tap.ok(all(r.startswith("4") for r in between),
               f"{role}: only temporary failures until it is back", between)
    tap.comes(lambda: len(w.pratiqued.tree()) == 3,
              "monitor, one listener, one scanner are left")


def storm(tap, w):
    """Parts die while twelve clients send; each message is tried again until
    it is accepted"""
    accepted, odd = [], []

    def client():
        for _ in range(STORM_EACH):
            tag = smtp.new_tag()
            while not (reply := w.send(tag)).startswith("250 "):
                if not reply.startswith("4"):
                    odd.append(reply)
                    return
            accepted.append(tag)

    threads = [threading.Thread(target=client) for _ in range(STORM_CLIENTS)]
    for thread in threads:
        thread.start()
    kills = 0
    while any(thread.is_alive() for thread in threads):
        role = (w.pratiqued.sessions, w.pratiqued.listeners,
                w.pratiqued.scanners)[kills % 3]
        for pid in role()[-1:] if kills < STORM_KILLS else []:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # its session had just ended
        kills += 1
        time.sleep(STORM_PAUSE)
    tap.note(f"{min(kills, STORM_KILLS)} kills")
    tap.equal(odd, [], "nothing but success and temporary failures")
    tap.equal(len(accepted), STORM_CLIENTS * STORM_EACH,
              "every message was accepted in the end")
    w.postfix.idle()
    tap.equal([len(w.sink.mails(tag)) for tag in accepted],
              [1] * len(accepted), "each was delivered once")
    tap.ok(all(m.values(STATUS) == ["Clean"] for m in w.sink.mails()),
           "whatever was delivered was scanned")


def monitor(tap, w):
    """The monitor is killed: everything ends, a new start just works"""
    tag = smtp.new_tag()
    with w.raw() as raw:
        w.hang(raw, tag)
        tree = w.pratiqued.tree()
        tap.ok(len(tree) >= 4, "monitor, listener, session, scanner", tree)
        w.pratiqued.stop(signal.SIGKILL)
        tap.comes(lambda: not any(map(proc.alive, tree)),
                  "its children have ended")
        w.clamd.thaw()
        reply = raw.reply()
        tap.ok(reply.startswith("4"), "temporary failure", reply)
    accounted(tap, w, tag, reply, "monitor")
    tap.ok(stat.S_ISSOCK(os.stat(w.pratiqued.socket).st_mode),
           "the old socket file is still there")
    tap.has(w.send(smtp.new_tag()), "451 ", "while it is gone: put off")
    w.pratiqued.start()
    tap.has(w.send(smtp.new_tag()), "250 ", "a new start: at work at once")


def account(tap, w):
    """At the end"""
    w.postfix.idle()
    seen = [m.tag() for m in w.sink.mails()]
    tap.equal(len(seen), len(set(seen)), "no message was delivered twice")
    tap.equal(w.pratiqued.stop(), 0, "SIGTERM: exit status 0")


main(world, killed, crashed, again, storm, monitor, account)
