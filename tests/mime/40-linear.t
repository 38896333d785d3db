#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Work is linear in the message: for each shape that could make it more, twice
as much input takes at most 2.2 times the instructions, counted by callgrind,
above those of an empty message.  Both passes are counted."""
import base64
import concurrent.futures
import re
import subprocess
import sys

from describe import MIME_CASE

MOST = 2.2
count = 0
failed = False


def ok(good, name, why=()):
    global count, failed
    count += 1
    failed |= not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    for line in [] if good else why:
        print("#", line)


def instructions(data):
    """And what the reader says of it."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         MIME_CASE, "read", "whole"], input=data, capture_output=True,
        check=True)
    found = re.search(rb"Collected : (\d+)", done.stderr)
    return int(found[1]), done.stdout.decode().strip()


def wire(text):
    return text.replace("\n", "\r\n").encode("latin-1")


def multipart(edge, body):
    return (f'Content-Type: multipart/mixed; boundary="{edge}"\n\n' + body)


def part(edge, content, fields="Content-Type: text/plain\n"):
    return f"--{edge}\n{fields}\n{content}"


def b64(text):
    return base64.encodebytes(wire(text)).decode()


def nested(levels, body, edge="edge-{:03}"):
    """So many multiparts, one in the other."""
    edges = [edge.format(i) for i in range(levels)]
    head = "".join(multipart(e, f"--{e}\n") for e in edges)
    return head + "\n" + body + "\n" + "".join(
        f"--{e}--\n" for e in reversed(edges))


# Name: (text of a message so large, a size).  The sizes are below or beyond the
# limits, as the shape is interesting.
SHAPES = {
    "a header field": (lambda n: "A: " + "x" * n + "\n\n", 500_000),
    "header fields": (lambda n: "A: b\n" * n + "\n", 10_000),
    "header fields of a part": (lambda n: multipart("e", "--e\n" + "A: b\n" * n +
                                                    "\n--e--\n"), 8_000),
    "parameters": (lambda n: "Content-Type: text/plain" + ";a=b" * n + "\n\nx\n",
                   125_000),
    "sections of a parameter": (lambda n: "Content-Type: text/plain" + "".join(
        f';\n name*{i}="b"' for i in range(n)) + "\n\nx\n", 2_000),
    "boundary parameters": (lambda n: "Content-Type: multipart/mixed" + "".join(
        f";\n boundary=b{i}" for i in range(n)) + "\n\n--b1\n\nx\n", 2_000),
    "comments": (lambda n: "Content-Type: text/plain " + "(" * n + "\n\nx\n",
                 60_000),
    "comments in addresses": (lambda n: "To: " + "(" * n + "\n\nx\n", 50_000),
    "encoded words": (lambda n: 'Content-Type: text/plain; name="' +
                      "=?utf-8?B?w6k=?= " * n + '"\n\nx\n', 3_000),
    "folds": (lambda n: "Content-Type: text/plain" + ";\n " * n + "a=b\n\nx\n",
              10_000),
    "blank folds": (lambda n: "Content-Type: text/plain;" + "\n " * n +
                    "a=b\n\nx\n", 20_000),
    "lines with hyphens": (lambda n: multipart("e", "--e\n\n" + "--x\n" * n +
                                               "--e--\n"), 40_000),
    "hyphens in 32 levels": (lambda n: nested(31, "\n" + ("--" + "e" * 40 + "\n")
                                              * n, "e" * 240 + "-{:03}"), 4_000),
    "delimiters of an outer level": (lambda n: nested(20, "\n") + "\n--edge-000"
                                     "\n\n" * n, 4_000),
    "near misses": (lambda n: multipart("edge", "--edge\n\n" + "--edgeX\n" * n +
                                        "--edge--\n"), 20_000),
    "few parts": (lambda n: multipart("e", part("e", "x\n") * n + "--e--\n"),
                  500),
    "too many parts": (lambda n: multipart("e", part("e", "x\n") * n + "--e--\n"),
                       1_200),
    "levels": (lambda n: nested(n, "\nx"), 10),
    "messages in messages": (lambda n: "Content-Type: message/rfc822\n\n" * n +
                             "\nx\n", 100),
    "equals signs": (lambda n: "Content-Transfer-Encoding: base64\n\n" +
                     ("=" * 72 + "\n") * (n // 72), 64_000),
    "equals signs inside": (lambda n: "Content-Transfer-Encoding: base64\n\n" +
                            "QQ==QUI=" * (n // 8) + "\n", 64_000),
    "soft breaks": (lambda n: "Content-Transfer-Encoding: quoted-printable\n\n" +
                    "a= \n" * n, 20_000),
    "escapes that are none": (lambda n: "Content-Transfer-Encoding: quoted-"
                              "printable\n\n" + "=Z" * n + "\n", 40_000),
    "one line": (lambda n: "A: b\n\n" + "x" * n, 4_000_000),
    "one line of base64": (lambda n: "Content-Transfer-Encoding: base64\n\n" +
                           "QUJD" * n, 250_000),
    "CRs": (lambda n: "A: b\n\n" + "x\r" * n, 50_000),
    "line ends": (lambda n: "A: b\n\n" + "\n" * n, 100_000),
    "NULs": (lambda n: "A: b\n\n" + "\0" * n, 100_000),
    "uuencoded files": (lambda n: "A: b\n\n" + "begin 644 a\n#86)C\n`\nend\n" * n,
                        4_000),
    "beginnings of uuencoded files": (lambda n: "A: b\n\n" + "begin 644 a\n" * n,
                                      10_000),
    # The second pass: as many values that may be a boundary as lines that may
    # begin with one.
    "candidates and lines": (lambda n: "Content-Type: multipart/mixed\n\n" +
                             "".join(f'x boundary="b{i}"\n' for i in range(n)) +
                             "".join(f"--b{i % 7}x\n\ny\n" for i in range(n)),
                             2_000),
    "candidates in parts": (lambda n: multipart("e", "".join(
        part("e", "x\n", f"Content-Type: text/plain; boundary=b{i}\n")
        for i in range(n)) + "--e--\n"), 1_500),
    "lines that cut": (lambda n: "Content-Type: multipart/mixed\n\n" +
                       "--a\nContent-Type: text/plain\n\nx\n" * n, 2_000),
    "encoded messages": (lambda n: multipart("e", "".join(
        part("e", b64("Content-Type: message/rfc822\n"
                      "Content-Transfer-Encoding: base64\n\n" +
                      b64("Subject: x\n\n" + "text\n" * 50)),
             "Content-Type: message/rfc822\n"
             "Content-Transfer-Encoding: base64\n") for _ in range(n)) +
        "--e--\n"), 40),
    "fields in bodies": (lambda n: multipart("e", part(
        "e", "Content-Type: text/plain\n\n" * n) + "--e--\n"), 5_000),
}


def measure(name):
    make, size = SHAPES[name]
    return [instructions(wire(make(times * size))) for times in (1, 2, 4)[
        :3 if name == CONTROL else 2]]


CONTROL = "lines with hyphens"
base, _ = instructions(b"A: b\r\n\r\nx\r\n")
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    found = dict(zip(SHAPES, pool.map(measure, SHAPES)))
for name, ((one, said), (two, _), *_) in found.items():
    ratio = (two - base) / (one - base)
    ok(one > base and ratio <= MOST, f"{name}: {ratio:.2f} times",
       [f"{one - base} {two - base} above {base}"])
    print(f"# {said}, {(one - base) / 1e6:.1f} million instructions")
one, _, four = (number for number, _ in found[CONTROL])
ok((four - base) / (one - base) > MOST,
   "control: four times the instructions are noticed")
print(f"1..{count}")
sys.exit(failed)
