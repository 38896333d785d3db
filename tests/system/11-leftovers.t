#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What is at the paths of socket, status and pid file already: what an earlier
run left behind is taken, everything else stays, and the daemon says why it does
not start."""
import os
import signal
import socket

from kit import smtp
from kit.tap import main, wait_for
from kit.world import World

PRECIOUS = "precious\n"


def world(stack, directory):
    return World(stack, directory, start=False)


def put(path):
    with open(path, "w", encoding="ascii") as out:
        out.write(PRECIOUS)


def kept(path):
    with open(path, encoding="ascii") as file:
        return file.read() == PRECIOUS


def refused(tap, p, name, *words, options=()):
    p.write()
    status, _, text = p.run("-c", p.config, *options)
    tap.ok(status in (71, 73) and all(word in text for word in words),
           f"{name}: does not start, and says why", status, text)


def socket_path(tap, w):
    """listen = "unix:" and the path of something else"""
    p = w.pratiqued
    put(p.socket)
    refused(tap, p, "a regular file", p.socket, "not a socket", "remove it")
    tap.ok(kept(p.socket), "the regular file is there as it was")
    other = f"{w.directory}/other"
    os.rename(p.socket, other)
    os.symlink(other, p.socket)
    refused(tap, p, "a link to it", p.socket, "not a socket")
    tap.ok(kept(other) and os.path.islink(p.socket), "both are there")
    os.unlink(p.socket)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(p.socket)
    os.chmod(w.directory, 0o777)
    refused(tap, p, "left behind where everybody can write", p.socket,
            "mode 0777", "chmod go-w")
    tap.ok(os.path.exists(p.socket), "that socket is there")
    os.chmod(w.directory, 0o755)


def files(tap, w):
    """The paths of status and pid file"""
    p = w.pratiqued
    status = os.path.join(p.settings["run_dir"], "status")
    pid_file = f"{w.directory}/pid"
    put(status)
    refused(tap, p, "run_dir with a file named status", status, "remove it")
    tap.ok(kept(status), "that file is as it was")
    os.unlink(status)
    put(pid_file)
    refused(tap, p, "-p and another file", pid_file, "remove it",
            options=("-p", pid_file))
    tap.ok(kept(pid_file), "that file is as it was")
    os.unlink(pid_file)


def own(tap, w):
    """Control: after an end without warning everything is taken again"""
    p = w.pratiqued
    pid_file = f"{w.directory}/pid"
    for how in "first", "again":
        p.start("-p", pid_file)
        with open(pid_file, encoding="ascii") as file:
            tap.equal(file.read(), f"{p.pid()}\n", f"{how}: the pid file")
        tap.has(w.send(smtp.new_tag()), "250 ", f"{how}: mail is taken")
        tree = p.tree()
        p.stop(signal.SIGKILL)
        wait_for("its children to end", lambda: not any(
            os.path.exists(f"/proc/{pid}/exe") for pid in tree))
        tap.ok(os.path.exists(p.socket), f"{how}: a socket is left behind")


main(world, socket_path, files, own)
