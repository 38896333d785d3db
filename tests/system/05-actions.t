#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What the operator can choose: the action for each outcome, replies, header
names, log form, listening sockets; and the daemon's options and signals."""
import grp
import gzip
import json
import os
import signal
import subprocess

from kit import actions, proc, smtp
from kit.actions import FORGED, infected
from kit.clamd import MARKER_NAME, free_port
from kit.postfix import Postfix
from kit.pratiqued import MONITOR, PROGRAM
from kit.tap import main, wait_for
from kit.world import SCANNED, STATUS, World, keys_for

EX_USAGE = 64
EX_CONFIG = 78


def world(stack, directory):
    w = World(stack, directory, max_message_size="100K", scan_timeout="10s")
    w.stack = stack
    return w


def discard(tap, w):
    """on_infected: discard"""
    actions.discard(tap, w)
    tap.has(w.postfix.log(), "milter-discard", "Postfix says the same")


def quarantine(tap, w):
    """on_infected: quarantine puts it into the hold queue"""
    w.restart(on_infected={"action": "quarantine"})
    tag = smtp.new_tag()
    reply = w.send(tag, infected(tag))
    tap.has(reply, "250 ", "the client hears 250")
    queue_id = reply.split()[-1]
    held = wait_for("the hold queue", w.postfix.held)
    tap.equal(held, [queue_id], "it is on hold")
    content = w.postfix.command("postcat", "-q", queue_id)
    tap.has(content, f"{STATUS}: Infected ({MARKER_NAME})",
            "its header says infected")
    tap.equal(content.count(STATUS), 1, "forged status is gone")
    tap.equal(w.sink.mails(tag), [], "not delivered")
    line = w.log(tag)
    tap.equal((line["action"], line["qid"]), ("quarantine", queue_id),
              "in the log")
    w.postfix.command("postsuper", "-d", queue_id)
    w.restart(on_infected={"action": "reject"})


def clean(tap, w):
    """on_clean can refuse, too"""
    w.restart(on_clean={"action": "reject", "reply": "550 5.7.1 No mail today"})
    tap.equal(w.send(smtp.new_tag()), "550 5.7.1 No mail today", "refused")
    w.restart(on_clean={"action": "accept"})


def is_unscanned(tap, w, tag, reason):
    """Delivered, and nothing in it says that it was scanned."""
    mail = w.delivered(tag)
    tap.equal(mail.values(STATUS), [f"Unscanned ({reason})"],
              f"{reason}: status says so, forged ones are gone")
    tap.equal(mail.values(SCANNED), [], f"{reason}: no {SCANNED}")
    line = w.log(tag)
    tap.equal((line["verdict"], line["reason"], line["action"]),
              ("unscanned", reason, "accept"), f"{reason}: in the log")


def unscanned(tap, w):
    """on_unscanned: accept, and one reason with an action of its own"""
    w.restart(on_unscanned={"action": "accept"},
              on_too_big={"action": "reject",
                          "reply": "552 5.3.4 Too big to be scanned"})
    big = "t" * 70 + "\n"
    tag = smtp.new_tag()
    tap.equal(w.send(tag, smtp.message(tag, big * 2000, FORGED)),
              "552 5.3.4 Too big to be scanned", "too big: refused")
    w.clamd.stop()
    tag = smtp.new_tag()
    tap.has(w.send(tag, infected(tag)), "250 ", "clamd down: accepted")
    is_unscanned(tap, w, tag, "clamd-down")
    w.clamd.start()
    w.restart(on_unscanned={"action": "tempfail"},
              on_too_big={"action": "accept"})
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.message(tag, big * 2000, FORGED)), "250 ",
            "too big: accepted")
    is_unscanned(tap, w, tag, "too-big")
    tap.equal(w.sink.mails(tag)[0].body.decode(), big * 2000,
              "too big: delivered whole")


def limits_exceeded(tap, w):
    """A short message that trips a limit inside of clamd is not too big"""
    nested = os.urandom(64)
    for _ in range(100):  # the greatest MaxRecursion there is
        nested = gzip.compress(nested, 0)
    w.restart(on_unscanned={"action": "accept"},
              on_too_big={"action": "accept"})
    tag = smtp.new_tag()
    tap.equal(w.send(tag, smtp.attachment(tag, nested, FORGED)),
              "451 4.7.1 Message could not be scanned, try again later",
              "accept for others is not accept for this")
    line = w.log(tag)
    tap.equal((line["reason"], line["limit"], line["action"]),
              ("limits-exceeded", "Heuristics.Limits.Exceeded.MaxRecursion",
               "tempfail"), "in the log")
    w.restart(on_limits_exceeded={"action": "accept"})
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.attachment(tag, nested, FORGED)), "250 ",
            "by its own section: accepted")
    is_unscanned(tap, w, tag, "limits-exceeded")
    w.restart(**{name: {"action": "tempfail"} for name in (
        "on_unscanned", "on_too_big", "on_limits_exceeded")})


def headers(tap, w):
    """Other header names, and none"""
    w.restart(headers={"scanned": "X-Site-Scanned", "status": ""})
    tag = smtp.new_tag()
    forged = FORGED + [("x-site-scanned", "forged")]
    tap.has(w.send(tag, smtp.message(tag, fields=forged)), "250 ", "accepted")
    mail = w.delivered(tag)
    values = mail.values("X-Site-Scanned")
    tap.ok(len(values) == 1 and "forged" not in values[0],
           "the name of the operator's, once, ours", values)
    tap.equal((mail.values(SCANNED), mail.values(STATUS)),
              (["by nobody"], ["Clean"]), "other fields are left alone")
    w.restart(headers={"scanned": SCANNED, "status": STATUS})


def log_forms(tap, w):
    """JSON, and log_clean = no"""
    w.restart(log_format="json", log_clean="no")
    for data in smtp.message(smtp.new_tag()), None:
        tag = smtp.new_tag()
        w.send(tag, data or infected(tag))
    line = w.log(tag)
    tap.equal(line.order, keys_for("infected"), "json: keys and order")
    tap.equal((line["rcpts"], line["signature"]), (1, MARKER_NAME),
              "json: numbers and text")
    # Warnings about the configuration come before the log.
    whole = [json.loads(text) for text in w.pratiqued.text().splitlines()
             if not text.startswith(f"{w.pratiqued.config}:")]
    tap.ok(all("event" in entry for entry in whole), "json: every line")
    tap.equal(len(w.pratiqued.lines("message")), 1,
              "log_clean = no: the clean one has no line")
    w.restart(log_format="logfmt", log_clean="yes")


def two_sockets(tap, w):
    """A Unix and an inet socket at once"""
    port = free_port()
    w.restart(listen=[f"unix:{w.pratiqued.socket}",
                      f"inet:{port}@127.0.0.1"])
    other = w.stack.enter_context(Postfix(
        f"{w.directory}/postfix2", w.sink.port, [f"inet:127.0.0.1:{port}"]))
    for what, relay in ("unix", w.postfix), ("inet", other):
        tag = smtp.new_tag()
        reply = smtp.send(relay.port, smtp.message(tag))
        tap.has(reply, "250 ", f"{what}: clean is accepted")
        tap.equal(w.delivered(tag).values(STATUS), ["Clean"],
                  f"{what}: and was scanned")
        reply = smtp.send(relay.port, infected(smtp.new_tag()))
        tap.has(reply, MARKER_NAME, f"{what}: infected is refused")


def drain(tap, w):
    """SIGTERM while a message is being scanned"""
    tag = smtp.new_tag()
    with w.raw() as raw:
        w.hang(raw, tag)
        tree = w.pratiqued.tree()
        w.pratiqued.process.send_signal(signal.SIGTERM)
        w.pratiqued.wait_line("stop")
        w.clamd.thaw()
        reply = raw.reply()
        tap.ok(reply.startswith(("250 ", "4")), "the message has an answer",
               reply)
    tap.equal(w.pratiqued.process.wait(60), 0, "exit status 0")
    w.pratiqued.process = None
    tap.comes(lambda: not any(map(proc.alive, tree)), "no process is left")
    w.postfix.idle()
    tap.equal(len(w.sink.mails(tag)), int(reply.startswith("250 ")),
              "delivered if it was accepted, else not")


def faults(err):
    """What is more than a warning: mail that nobody scanned is accepted here."""
    return [line for line in err.splitlines() if ": warning: " not in line]


def check_option(tap, w):
    """-T prints what is in force, in a form that can be read again"""
    p = w.pratiqued
    status, out, err = p.run("-T", "-c", p.config)
    tap.equal((status, faults(err)), (0, []), "-T: good")
    for part in "scan_timeout", p.socket, w.clamd.socket, "on_too_big":
        tap.has(out, part, f"-T: shows {os.path.basename(part)}")
    again = f"{w.directory}/again.conf"
    with open(again, "w", encoding="latin-1") as file:
        file.write(out)
    os.chmod(again, 0o600)
    status, second, err = p.run("-T", "-c", again)
    tap.equal((status, second, faults(err)), (0, out, []),
              "-T: reads its own output")


def bad_configurations(tap, w):
    """Faults in the configuration: exit status 78, file, line, key"""
    p = w.pratiqued
    path = f"{w.directory}/bad.conf"
    cases = [("max_mesage_size = 5M\n", "bad.conf:2", "max_mesage_size"),
             ("scan_timeout = soon\n", "bad.conf:2", "scan_timeout"),
             ("listen = { \"tcp:1\" }\n", "bad.conf:2", "listen"),
             ("user = no-such-user-here\n", "bad.conf:2", "user"),
             ("on_infected {\n action = reject\n reply = \"250 2.0.0 x\"\n}\n",
              "bad.conf", "reply"),
             ("headers {\n", "bad.conf", "")]
    for text, place, key in cases:
        with open(path, "w", encoding="latin-1") as file:
            file.write("# a comment\n" + text)
        os.chmod(path, 0o600)
        for options in ["-T"], []:
            status, out, err = p.run(*options, "-c", path)
            what = f"{text.split()[0]} {' '.join(options)}"
            tap.equal((status, out), (EX_CONFIG, ""), f"{what}: status", err)
            tap.ok(place in err and key in err, f"{what}: place and key", err)
    with open(path, "w", encoding="latin-1") as file:
        file.write("log_clean = yes\n")
    os.chmod(path, 0o666)
    status, _, err = p.run("-T", "-c", path)
    tap.equal(status, EX_CONFIG, "writable by all: refused", err)
    status, _, err = p.run("-T", "-c", f"{w.directory}/none.conf")
    tap.equal(status, EX_CONFIG, "no such file: refused", err)
    tap.has(err, "none.conf", "no such file: named")


def socket_file(tap, w):
    """The socket's mode and group, and two daemons for one socket"""
    p = w.pratiqued
    p.start()
    status = os.stat(p.socket)
    tap.equal((status.st_mode & 0o777, grp.getgrgid(status.st_gid).gr_name),
              (0o660, "postfix"), "socket_mode and socket_group")
    status, _, err = p.run("-c", p.config)
    tap.ok(status not in (0, EX_CONFIG), "a second daemon does not start",
           status)
    tap.has(err, p.socket, "it says which socket is in use")
    tap.has(w.send(smtp.new_tag()), "250 ", "the first one goes on")
    p.stop()


def options(tap, w):
    """-V, a wrong option, -p and -d"""
    p = w.pratiqued
    status, out, _ = p.run("-V")
    tap.ok(status == 0 and out.split(), "-V: prints a version", out)
    tap.equal(p.run("-Z")[0], EX_USAGE, "unknown option: status 64")
    pid_file = f"{w.directory}/pid"
    p.start("-p", pid_file)
    with open(pid_file, encoding="ascii") as file:
        tap.equal(int(file.read()), p.pid(), "-p: the monitor's pid")
    p.stop()
    p.write()
    done = subprocess.run([PROGRAM, "-d", "-c", p.config, "-p", pid_file],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, timeout=60, check=False)
    tap.equal(done.returncode, 0, "-d: comes back with status 0")
    with open(pid_file, encoding="ascii") as file:
        daemon = int(file.read())
    tap.ok(proc.program(daemon) == MONITOR and
           os.getsid(daemon) != os.getsid(0), "-d: runs in its own session")
    tap.has(w.send(smtp.new_tag()), "250 ", "-d: at work when it comes back")
    os.kill(daemon, signal.SIGTERM)
    tap.comes(lambda: not proc.alive(daemon), "-d: ends on SIGTERM")


main(world, actions.refusals, actions.accept, discard, quarantine, clean,
     unscanned, limits_exceeded, headers, log_forms, two_sockets, drain,
     check_option, bad_configurations, socket_file, options)
