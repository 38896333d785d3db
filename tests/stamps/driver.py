# SPDX-License-Identifier: ISC
"""The C programs' judgement on a Case, asked of build/stamp-case in lines of
text (docs/stamps.md, "Test driver"), many cases in one run.
"""
import os
import subprocess

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PROGRAM = os.path.join(SOURCE, os.environ.get("B", "build"), "stamp-case")
CHUNK = 1 << 16  # bytes of body in one line


def _hex(data):
    return data.hex() or "-"


def _message(fields, body):
    lines = [f"field {_hex(name)} {_hex(value)}" for name, value in fields]
    return lines + [f"body {_hex(body[at:at + CHUNK])}"
                    for at in range(0, len(body), CHUNK)]


def _peer(case):
    """The driver gets the peer that was found, the search is not its work."""
    if case.client != "192.0.2.1":
        return "peer none"
    peer = case.policy.peers[0]
    return (f"peer {'*' if peer.keys is None else ','.join(peer.keys)} "
            f"{'tolerant' if peer.tolerant else 'strict'}")


def _settings(case):
    policy = case.policy
    lines = [f"key {key.name} {key.secret.hex()} {key.first} {key.last}"
             for key in policy.keys.values()]
    lines += [f"set {name} {value}" for name, value in (
        ("now", case.now), ("max_age", policy.max_age),
        ("skew", policy.skew), ("db_lag", policy.db_lag),
        ("db_age", policy.db_age))]
    lines += [f"profile {name}" for name in policy.profiles]
    if policy.own_db == "none":
        lines.append("own none")
    elif policy.own_time is None:
        lines.append("own 0 0")
    else:
        lines.append(f"own 27091 {policy.own_time}")
    return lines + [_peer(case)]


def ask(lines):
    """The answers to lines of commands."""
    done = subprocess.run([PROGRAM], input="\n".join(lines).encode() + b"\n",
                          stdout=subprocess.PIPE, timeout=200, check=True)
    return done.stdout.decode().splitlines()


def check(cases):
    """For each case ("skip", "good") or ("rescan", reason)."""
    lines = []
    for case in cases:
        lines += ["reset", *_settings(case),
                  *_message(case.fields, case.body), "check"]
    return [_verdict(answer) for answer in ask(lines)]


def _verdict(answer):
    word, _, reason = answer.partition(" ")
    return word == "skip", "good" if word == "skip" else reason


def digests(messages):
    """For each (fields, body, flags): header, address and body digest in
    hex, or None if it has none."""
    lines = []
    for fields, body, flags in messages:
        lines += ["reset", *_message(fields, body), f"digest {flags}"]
    return [tuple(answer.split()[1:]) if answer.startswith("digest ")
            else None for answer in ask(lines)]


def make(messages):
    """For each (fields, body, key, claims): the stamp's value, or None."""
    lines = []
    for fields, body, key, c in messages:
        lines += ["reset", f"key {key.name} {key.secret.hex()}",
                  *_message(fields, body),
                  f"stamp {key.name} {c['t']} {c['x']} {c['i']} {c['e']} "
                  f"{c['d']} {c['g']} {c['p']}"]
    return [bytes.fromhex(answer.split()[1]) if answer.startswith("stamp ")
            else None for answer in ask(lines)]
