# SPDX-License-Identifier: ISC
"""What `pratique mime` says about messages, asked for many at once, and as text
that people can read and compare: describe(messages), canonical(description).
"""
import json
import os
import subprocess
import tempfile

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.path.join(SOURCE, os.environ.get("B", "build"))
PROGRAM = os.path.join(BUILD, "pratique")
MIME_CASE = os.path.join(BUILD, "mime-case")


def describe(messages):
    """{name: description} of {name: bytes}."""
    with tempfile.TemporaryDirectory(prefix="prtq") as directory:
        for number, data in enumerate(messages.values()):
            with open(f"{directory}/{number}", "wb") as out:
                out.write(data)
        done = subprocess.run(
            [PROGRAM, "mime", "--json", *(str(i) for i in range(len(messages)))],
            cwd=directory, stdout=subprocess.PIPE, check=False)
    lines = done.stdout.decode("ascii").splitlines()
    if done.returncode not in (0, 1) or len(lines) != len(messages):
        raise RuntimeError(f"pratique mime: status {done.returncode}, "
                           f"{len(lines)} descriptions")
    return {name: json.loads(line)
            for name, line in zip(messages, lines, strict=True)}


def case(manner, cuts, data):
    """The description by mime-case, with the message in pieces."""
    done = subprocess.run([MIME_CASE, manner, cuts], input=data,
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def text_of(name):
    """A name's bytes as readable text where it is UTF-8."""
    data = name.encode("latin-1")
    try:
        return json.dumps(data.decode("utf-8"), ensure_ascii=False)
    except UnicodeDecodeError:
        return json.dumps(name)


def _part(part):
    words = [part["path"] or "-", part["type"]]
    if part["charset"]:
        words.append(part["charset"])
    words += [part["decoding"] if part["file"] else part["encoding"],
              str(part["size"]), (part["sha256"] or "-")[:16]]
    if part["attachment"]:
        words.append("attachment")
    words += [text_of(name) for name in part["names"]]
    if part["kinds"]:
        words.append("is " + ",".join(part["kinds"]))
    if part["anomalies"]:
        words.append("odd " + ",".join(part["anomalies"]))
    return " ".join(words)


def canonical(description):
    """Lines: the parts, the message's anomalies, what was read again."""
    lines = [_part(part) for part in description["parts"]]
    if description["parts_left_out"]:
        lines.append(f"and {description['parts_left_out']} more")
    if description["anomalies"]:
        lines.append("odd " + ",".join(
            a["name"] for a in description["anomalies"]))
    if description["limited"]:
        lines.append("limited")
    if description["ambiguous"]:
        lines.append(f"read again: {description['readings']['end']}")
        lines += [f"  {o['part']} {o['decoding']} {o['size']} "
                  f"{o['sha256'][:16]}"
                  for o in description["readings"]["objects"]]
    return lines
