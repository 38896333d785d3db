#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The recipe of README.md for Postfix: its services in a chroot, as Debian has
them, and the socket below the queue directory.  The lines for pratique.conf and
main.cf are taken from README.md itself."""
import os
import re
import subprocess

from kit import proc, smtp
from kit.clamd import EICAR, EICAR_NAME
from kit.postfix import Postfix
from kit.tap import SOURCE, main, wait_for
from kit.world import STATUS, World, sender_of

QUEUE = "/var/spool/postfix"  # of the recipe


def recipe():
    """The milter for main.cf, the socket and its group for pratique.conf, and
    the command that makes the directory."""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
        text = file.read()
    milters = set(re.findall(r"smtpd_milters=(\S+)", text))
    return (*milters, *re.findall(r'^    listen = {"unix:(\S+)"}', text, re.M),
            *re.findall(r'^    socket_group = "(.*)"', text, re.M),
            *re.findall(rf"^    install -d -m (\d+) ({QUEUE}/\S+)", text, re.M))


def world(stack, directory):
    milter, socket, group, (mode, made) = recipe()
    w = World(stack, directory, mta=None, start=False)
    queue = f"{directory}/mta/queue"
    os.makedirs(made.replace(QUEUE, queue))
    os.chmod(made.replace(QUEUE, queue), int(mode, 8))
    w.pratiqued.socket = socket.replace(QUEUE, queue)
    w.pratiqued.settings.update({"listen": [f"unix:{w.pratiqued.socket}"],
                                 "socket_group": group})
    w.pratiqued.start()
    w.mta = w.postfix = stack.enter_context(
        Postfix(f"{directory}/mta", w.sink.port, [milter], chroot=True))
    return w


def delivered(tap, w):
    """Mail by SMTP"""
    with w.raw() as raw:
        raw.start_data()
        roots = {os.readlink(f"/proc/{pid}/root") for pid in proc.pids()
                 if proc.program(pid) == "smtpd"}
    tap.has(roots, f"{w.directory}/mta/queue", "control: smtpd is in a chroot")
    tag = smtp.new_tag()
    tap.has(w.send(tag), "250 ", "clean: accepted")
    tap.equal(w.delivered(tag).values(STATUS), ["Clean"], "and scanned")
    tag = smtp.new_tag()
    tap.has(w.send(tag, smtp.message(tag, EICAR + "\n")), EICAR_NAME,
            "infected: refused")


def submitted(tap, w):
    """Mail from sendmail(1)"""
    tag = smtp.new_tag()
    subprocess.run(["/usr/sbin/sendmail", "-C", w.mta.config, "-f",
                    sender_of(tag), "rcpt@example.org"], check=True,
                   input=smtp.message(tag).encode(), timeout=60)
    tap.equal(w.delivered(tag).values(STATUS), ["Clean"], "scanned")


def out_of_sight(tap, w):
    """Control: a socket outside of the queue directory"""
    outside = f"{w.directory}/outside.sock"
    w.restart(listen=[f"unix:{outside}"])
    for name in "smtpd_milters", "non_smtpd_milters":
        w.mta.command("postconf", "-e", f"{name}=unix:{outside}")
    w.mta.command("postfix", "reload")
    tag = smtp.new_tag()
    wait_for("the new settings", lambda: "451 4.7.1" in w.send(tag))
    tap.ok(wait_for("the log to say why",
                    lambda: "No such file or directory" in w.mta.log()),
           "a chrooted smtpd does not find it, and the log says why")


main(world, delivered, submitted, out_of_sight)
