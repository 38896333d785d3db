#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The directories of clamds' sockets, which are all that the scanner sees: one
that is made anew, as service managers do it, one that is not there at the
start, and several that have only / in common (where nothing can be mounted:
31-unprivileged.t)."""
import contextlib
import os
import shutil
import tempfile

from kit import smtp
from kit.clamd import Clamd
from kit.tap import main, wait_for
from kit.world import STATUS, World


def world(stack, directory):
    return World(stack, directory)


def made_anew(tap, w):
    """clamd ends, its directory goes, both come back"""
    tap.has(w.send(smtp.new_tag()), "250 ", "before: accepted")
    old = w.pratiqued.scanner()
    w.clamd.stop()
    shutil.rmtree(w.clamd.socket_directory)
    tap.has(w.send(smtp.new_tag()), "451 ", "without clamd: put off")
    os.mkdir(w.clamd.socket_directory)
    shutil.chown(w.clamd.socket_directory, "clamav")
    w.clamd.start()
    wait_for("another scanner", lambda: w.pratiqued.lines("scanner-replaced")
             and w.pratiqued.scanners() and w.pratiqued.scanner() != old)
    tap.equal(w.recovers()[1].values(STATUS), ["Clean"],
              "mail goes through again, scanned")
    tap.equal(w.pratiqued.lines("child-died"), [], "nothing died of it")


def same_directory(pid, place, clamd):
    return os.path.samestat(os.stat(f"/proc/{pid}/root/{place}"),
                            os.stat(clamd.socket_directory))


def late(tap, w):
    """The directory is not there when pratiqued starts"""
    w.clamd.stop()
    shutil.rmtree(w.clamd.socket_directory)
    w.restart()
    root = f"/proc/{w.pratiqued.scanner()}/root/"
    tap.equal(os.listdir(root), [], "the scanner sees an empty directory")
    tap.has(w.send(smtp.new_tag()), "451 ", "put off")
    os.mkdir(w.clamd.socket_directory)
    shutil.chown(w.clamd.socket_directory, "clamav")
    w.clamd.start()
    w.recovers()
    tap.ok(same_directory(w.pratiqued.scanner(), "", w.clamd),
           "now it sees clamd's")


def alone(tap, w, name, other):
    """Mail while the other one is away is scanned by the clamd of that name."""
    other.stop()
    w.recovers()
    tag = smtp.new_tag()
    tap.has(w.send(tag), "250 ", f"{name} alone: accepted")
    tap.equal(w.log(tag)["backend"], name, f"{name} alone: it was asked")
    other.start()


@contextlib.contextmanager
def two_clamds(w, **settings):
    """Another clamd, in a directory of its own outside of /tmp."""
    directory = tempfile.mkdtemp(dir="/var/tmp")
    os.chmod(directory, 0o755)
    try:
        with Clamd(f"{directory}/clamd") as second:
            w.restart(**settings, **{
                'clamd "main"': {"address": f"unix:{w.clamd.socket}"},
                'clamd "second"': {"address": f"unix:{second.socket}"}})
            yield second
            w.pratiqued.stop()
    finally:
        shutil.rmtree(directory)


def several(tap, w):
    """Two clamds, each in a directory of its own"""
    with two_clamds(w, require=["root"]) as second:
        pid = w.pratiqued.scanner()
        tap.equal(sorted(os.listdir(f"/proc/{pid}/root")), ["0", "1"],
                  "the scanner's root has a place for each")
        tap.ok(same_directory(pid, "0", w.clamd), "the first one's is 0")
        tap.ok(same_directory(pid, "1", second), "the second one's is 1")
        line = w.pratiqued.wait_line("scanner-start")
        tap.ok("root" in line["layers"].split(","), "root holds", line.text)
        alone(tap, w, "second", w.clamd)
        alone(tap, w, "main", second)
        with open("/proc/self/mounts", encoding="utf-8") as file:
            tap.ok(w.directory not in file.read(),
                   "nothing is mounted for the rest of the host")


main(world, made_anew, late, several)
