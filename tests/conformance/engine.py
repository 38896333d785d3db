# SPDX-License-Identifier: ISC
"""The engine and the encoder behind a pipe: build/conform-engine, whose head
comment describes the requests.
"""
import os
import re
import subprocess

from kit.tap import BUILD
from notation import (MARKER_NAME, Case, Encoder, render, reply_words,
                      script_bytes)

PROGRAM = os.path.join(BUILD, "conform-engine")
STEPS = (0, 1, 7)  # all at once, byte by byte, oddly

# What a report holds: texts, then numbers.
TEXTS = ("qid", "client", "client_name", "helo", "from")


def hexed(data):
    return data.hex() or "-"


class Engine:
    def __init__(self):
        self.process = subprocess.Popen(
            [PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words):
        line = " ".join(hexed(word) if isinstance(word, bytes) else str(word)
                        for word in words)
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode()
        if not answer:
            raise RuntimeError(f"conform-engine ended at {line[:80]}")
        return answer.split()

    def bytes(self, *words):
        answer = self.ask(*words)[-1]
        return b"" if answer == "-" else bytes.fromhex(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def conversation(self, case, step):
        """Why it closed, and all that was sent."""
        self.ask("start")
        for outcome, action, reply in case.actions:
            self.ask("action", outcome, action, reply.encode())
        parts = (case.script if isinstance(case.clean, tuple)
                 else [script_bytes(case.script)])
        clean = case.clean if isinstance(case.clean, tuple) else [case.clean]
        for part, good in zip(parts, clean, strict=True):
            self.ask("outcome", "clean" if good else "infected",
                     b"" if good else MARKER_NAME.encode())
            data = script_bytes(part)
            why, sent = self.ask("feed", step, data)
        return why, b"" if sent == "-" else bytes.fromhex(sent)

    def run_case(self, case, step):
        """What is wrong with it: a list of texts."""
        why, sent = self.conversation(case, step)
        content = self.bytes("content")
        log = self.bytes("close").decode("latin-1")
        wrong = differences("replies", render(sent),
                            reply_words(case.replies))
        wrong += differences("end", why, case.ends)
        if case.answer is not None:
            wrong += differences("answer", sent[:len(case.answer)],
                                 case.answer)
        if case.content is not None:
            wrong += differences("content", content, case.content)
        if case.host is not None:
            calls = [line.split()[0] for line in log.split("\n") if
                     re.match(r"(begin|end|report) \d|abort$", line)]
            wrong += differences("host calls", calls, case.host.split())
        for line in case.log:
            if line not in log:
                wrong.append(f"host log without {line!r}")
        if case.seen:
            *texts, rcpts, size = self.ask("report")
            seen = {key: "" if text == "-" else bytes.fromhex(text).decode()
                    for key, text in zip(TEXTS, texts)}
            # The daemon's log counts the empty line behind the headers too.
            seen |= {"rcpts": rcpts, "size": str(int(size) + 2)}
            wrong += differences("seen", {k: seen[k] for k in case.seen},
                                 case.seen)
        return [f"engine, step {step}: {text}" for text in wrong]

    def run_encoder(self, case):
        wrong = []
        for step in case.steps:
            if step[0] in ("grant", "answer"):
                self.ask(*step)
                continue
            passed = self.ask(*step[1:]) == ["1"]
            if passed != step[0]:
                wrong.append(f"encoder: {step[1:]!r:.200} "
                             f"{'passed' if passed else 'was refused'}")
        sent = self.bytes("sent")
        render_all(sent)
        return wrong + differences("encoder: sent", sent, case.sent)

    def run(self, case):
        if isinstance(case, Encoder):
            return self.run_encoder(case)
        if not isinstance(case, Case):
            return []
        return [text for step in STEPS for text in self.run_case(case, step)]


def render_all(data):
    """Judges what the encoder sent, where any reply is legal."""
    while data:
        length = int.from_bytes(data[:4], "big")
        if not 1 <= length <= 65536 or data[4:5] in b"4fl":
            raise ValueError(f"illegal packet {data[:40]!r}")
        data = data[4 + length:]


def differences(what, got, want):
    return [] if got == want else [f"{what}: {got!r:.600} is not "
                                   f"{want!r:.600}"]
