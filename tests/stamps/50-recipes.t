#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""What docs/multi-hop.md tells operators to do works as it stands there: the
daemon takes the configurations, the tool makes keys and takes copies of them.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

from hops import Ring
from kit.pratiqued import Pratiqued
from kit.tap import BUILD, SOURCE, main

MARK = "<!-- pratique.conf -->\n"


def recipes():
    with open(os.path.join(SOURCE, "docs/multi-hop.md"),
              encoding="utf-8") as file:
        for part in file.read().split(MARK)[1:]:
            yield re.match(r"(?:    .*\n)+", part).group()


def setup(_stack, directory):
    return directory


def taken(tap, directory):
    """Each as the whole configuration"""
    ring = Ring(os.path.join(directory, "keys"))
    ring.put("mx1-2026", os.urandom(32), "stamp")
    daemon = Pratiqued(directory, "unix:/nonexistent/clamd")
    found = list(recipes())
    tap.ok(len(found) >= 6, "there are recipes", len(found))
    for text in found:
        if "stamp {" in text:
            text = text.replace("stamp {",
                                f'stamp {{\n    key_dir = "{ring.directory}"')
        path = os.path.join(directory, "recipe.conf")
        with open(path, "w", encoding="ascii") as out:
            out.write(text)
        status, output, errors = daemon.run("-T", "-c", path)
        what = text.split("\n")[0].strip()
        tap.equal(status, 0, f"{what} ... is taken", text, errors)
        tap.has(output, "stamp", f"{what} ... has effect")
    with open(path, "a", encoding="ascii") as out:
        out.write("stamp { no_such_option = 1 }\n")
    tap.ok(daemon.run("-T", "-c", path)[0] != 0,
           "an unknown option would be refused")


def shell(command, **environment):
    done = subprocess.run(["sh", "-c", command], env={
        **os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}", **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode()


def keys(tap, directory):
    """A key for the host that stamps, and its copy for those that check"""
    mine, theirs = f"{directory}/mine", f"{directory}/theirs"
    os.mkdir(mine)
    os.mkdir(theirs)
    with open(os.path.join(SOURCE, "docs/multi-hop.md"),
              encoding="utf-8") as file:
        text = file.read()
    new = re.search(r"^    (pratique key new .*)$", text, re.MULTILINE)[1]
    copy = re.search(r"^    (sed '.*') /etc", text, re.MULTILINE)[1]
    tap.equal(shell(f"{new} --file {mine}/mx1-2026.key")[0], 0, new)
    tap.equal(shell(f"umask 377; {copy} {mine}/mx1-2026.key "
                    f">{theirs}/mx1-2026.key")[0], 0, copy)
    for where, use in (mine, "stamp"), (theirs, "check"):
        status, output = shell(f"pratique key check {where}")
        tap.equal(status, 0, f"use {use}: the directory is right", output)
        status, output = shell(f"pratique key list {where}")
        tap.equal(output.split()[:2], ["mx1-2026", use], f"use {use}: listed")


main(setup, taken, keys)
