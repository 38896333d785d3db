#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""The directory of clamd's socket is made anew, as service managers do it: the
scanner, whose root it was, is replaced."""
import os
import shutil

from kit import smtp
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


main(world, made_anew)
