#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""`pratique key`: what it makes, what it refuses and says, and that `check`
takes what the daemon would take, and nothing else.
"""
import datetime
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(1, os.path.join(HERE, "../system"))

from kit.tap import BUILD, main

LINE = "pratique-key 1\nid {}\nuse {}\n{}secret {}\n"


def day(days):
    """So many days from now, as a key file has it"""
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


class Keys:
    """A directory of keys, and a configuration that names it."""

    def __init__(self, directory):
        self.directory = os.path.join(directory, "keys")
        os.mkdir(self.directory)
        self.config = os.path.join(directory, "pratique.conf")

    def put(self, name, use, window=""):
        path = os.path.join(self.directory, f"{name}.key")
        if os.path.exists(path):
            os.unlink(path)
        with open(path, "w", encoding="ascii") as out:
            os.fchmod(out.fileno(), 0o400)
            out.write(LINE.format(name, use, window, os.urandom(32).hex()))

    def configure(self, stamp="", more=""):
        with open(self.config, "w", encoding="ascii") as out:
            out.write(f'stamp {{\n key_dir = "{self.directory}"\n{stamp}\n}}\n'
                      f"{more}\n")

    def run(self, *command, program="pratique"):
        done = subprocess.run(
            [os.path.join(BUILD, program), *command], check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def check(self, *arguments):
        return self.run("key", "check", "-c", self.config, *arguments)


def setup(_stack, directory):
    return Keys(directory)


def making(tap, keys):
    """What is wrong on the command line is named, with the mend"""
    path = os.path.join(keys.directory, "new")
    for arguments, said in (
            (["--from", "2026-13-01", "a"], ('--from "2026-13-01"', "such as")),
            (["--until", "tomorrow", "a"], ('--until "tomorrow"', "such as")),
            (["--until", "2026-02-29", "a"], ('"2026-02-29"', "such as")),
            (["--from", "2026-02-02", "--until", "2026-02-01", "a"],
             ("2026-02-01", "2026-02-02", "later")),
            (["--use", "both", "a"], ('--use "both"', "stamp or check")),
            (["Capital"], ('"Capital"', "1 to 16")),
            ([""], ('""', "1 to 16"))):
        status, output, errors = keys.run("key", "new", "--file", path,
                                          *arguments)
        tap.equal((status, output), (64, ""), f"{arguments}: refused")
        for text in said:
            tap.has(errors, text, f"{arguments}: says {text}")
        tap.ok(not os.path.exists(path), f"{arguments}: nothing was made")
    status, output, errors = keys.run(
        "key", "new", "--file", path, "--from", day(0), "--until", day(0), "a")
    tap.equal((status, output), (0, path + "\n"), "one day is a window", errors)
    os.unlink(path)


def as_the_daemon(tap, keys):
    """What the daemon would refuse is refused: directory, add and key count"""
    peer = 'stamp_peer "192.0.2.1" {\n keys = {"one"}\n}'
    keys.put("one", "check")
    keys.configure(more=peer)
    status, output, errors = keys.check()
    tap.equal(status, 0, "key_dir is looked at", output, errors)
    tap.has(output, keys.directory, "and named")
    keys.configure("add = yes")
    status, _, errors = keys.check()
    tap.equal(status, 65, "add = yes, and no key that stamps")
    tap.has(errors, "stamp.add", "says why")
    keys.put("two", "stamp")
    tap.equal(keys.check()[0], 0, "with one it is right")
    keys.configure('add = yes\nkey = "one"')
    status, _, errors = keys.check()
    tap.equal(status, 65, "another one than stamp.key names")
    tap.has(errors, "stamp.key", "says why")
    status, _, errors = keys.check(keys.directory)
    tap.equal(status, 65, "the same for a directory that is given", errors)
    keys.configure()
    status, output, _ = keys.check()
    tap.equal(status, 0, "no keys are in use")
    tap.has(output, "no keys are in use", "and it says so")
    _, output, _ = keys.run("key", "list", "-c", keys.config)
    tap.equal(sorted(output.splitlines()),
              ["one check - -", "two stamp - -"], "list: the same place")
    with open(keys.config, "w", encoding="ascii") as out:
        out.write("no_such_option = 1\n")
    tap.equal(keys.check()[0], 78, "a configuration that is wrong")


def windows(tap, keys):
    """A key that has ended, will soon, or is not valid yet"""
    keys.configure("add = yes")
    for window, said in (
            ("", None),
            (f"from {day(-100)}\nuntil {day(100)}\n", None),
            (f"from {day(-100)}\nuntil {day(3)}\n",
             f"is valid until {day(3)}"),
            (f"from {day(-100)}\nuntil {day(-1)}\n",
             f"has expired: its last day was {day(-1)}"),
            (f"from {day(2)}\nuntil {day(100)}\n",
             f"is not valid before {day(2)}")):
        keys.put("two", "stamp", window)
        status, _, errors = keys.check()
        what = said or f"valid: {window.split()}"
        tap.equal(status, 0, f"check, {what}: it is taken", errors)
        test = keys.run("-T", "-c", keys.config, program="pratiqued")
        tap.equal(test[0], 0, f"pratiqued -T, {what}: good", test[2])
        for how, text in ("check", errors), ("-T", test[2]):
            if said:
                tap.has(text, f"warning: key two, which stamps, {said}",
                        f"{how}: warns")
                tap.has(text, "ROTATION", f"{how}: says what to do")
            else:
                tap.ok("key two" not in text, f"{how}, {what}: silent", text)
    keys.put("two", "stamp")
    keys.put("one", "check", f"until {day(-1)}\n")
    tap.has(keys.check()[2], "key one, which checks, has expired",
            "one that only checks")


main(setup, making, as_the_daemon, windows)
