#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""miltertest, an MTA's side of the protocol that others wrote: the plain
paths.  A script that ends without an error has found nothing wrong."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

from kit.clamd import MARKER
from kit.tap import main
from kit.world import World


def world(stack, directory):
    return World(stack, directory, mta=None, hostname="mx.example")


def run(w, script, **variables):
    """Exit status and output."""
    variables["socket"] = f"unix:{w.pratiqued.socket}"
    defines = [word for name, value in variables.items()
               for word in ("-D", f"{name}={value}")]
    done = subprocess.run(["miltertest", *defines, "-s",
                           os.path.join(HERE, script)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    return done.returncode, done.stdout.decode("latin-1")


def scripts(tap, w):
    """Our scripts"""
    for offer in "all", "plain":
        status, output = run(w, "clean.lua", offer=offer)
        tap.equal(status, 0, f"clean.lua, offer {offer}", output)
    for number in 1, 2:
        line = w.pratiqued.wait_line("message", qid=f"LUA{number}")
        tap.equal((line["verdict"], line["from"], line["client"]),
                  ("clean", "lua@example.net", "192.0.2.7"),
                  f"log of message {number}", line.text)
    status, output = run(w, "infected.lua", marker=MARKER)
    tap.equal(status, 0, "infected.lua", output)


def control(tap, w):
    """A script that expects something else does fail"""
    status, output = run(w, "infected.lua", marker="harmless")
    tap.ok(status != 0 and "refused" in output, "and says where", output)


main(world, scripts, control)
