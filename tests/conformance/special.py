# SPDX-License-Identifier: ISC
"""Rows that are more than a conversation: pauses, deadlines, crowds, kills.
Each function is named by a row's Special, gets the world, and returns what is
wrong: a list of texts.  Those in SLOW wait for a deadline of the daemon; they
run in threads beside everything else.
"""
import os
import resource
import signal
import subprocess
import time

import daemon
from daemon import Connection
from engine import differences
from kit import proc
from kit.pace import paced
from kit.pratiqued import PROGRAM
from kit.tap import SOURCE, wait_for
from notation import (ALL_FLAGS, PACKETS, STATUS, Case, offer, packet,
                      packets_of, render, reply_words, script_bytes)

RECORDED = os.path.join(SOURCE, "tests/conformance/recorded")
SILENT = 1000
PACKET_TIME = paced(10)  # seconds; rows.t configures them


def dial(w):
    return Connection(w.pratiqued.socket)


def served(w):
    """Is a new connection served as it should be?"""
    return daemon.run_split(w.pratiqued.socket, Case("P7 E", "O c*8 CLEAN"),
                            "at once")


def pause_in_packet(w):
    """The length word, a second later the rest"""
    with dial(w) as mta:
        data = PACKETS["O"]
        mta.send(data[:4])
        time.sleep(1)
        mta.send(data[4:])
        return differences("replies", mta.words(1), ["O"])


def connect_and_close(w):
    before = w.pratiqued.text()
    for _ in range(50):
        dial(w).close()
    return served(w) + differences(
        "log", [line for line in w.pratiqued.text()[len(before):].split("\n")
                if line and "event=message" not in line], [])


def _write_and_close(w, address, queue_id):
    with Connection(address) as mta:
        mta.send(script_bytes(
            ["ALL C H", packet("D", b"Mi\0" + queue_id + b"\0"),
             "M R L", PACKETS["B"] * 3000, "Q"]))
    line = w.pratiqued.wait_line("message-aborted", qid=queue_id.decode())
    return differences("log", (line["rcpts"], line["size"]),
                       ("1", str(len("Subject:x\r\n\r\n") + 3000 * 4)))


def write_and_close(w):
    return _write_and_close(w, w.pratiqued.socket, b"F18")


def write_and_close_tcp(w):
    return _write_and_close(w, ("127.0.0.1", w.tcp_port), b"F19")


def half_close(w):
    with dial(w) as mta:
        mta.send(script_bytes("P1"))
        mta.shut()
        return differences("replies", mta.rest(), reply_words("O c*2"))


def drip(w):
    """A byte now and then, never so seldom that the silence counts"""
    with dial(w) as mta:
        mta.send(script_bytes("P3"))
        mta.words(5)
        mta.sock.settimeout(4)
        mta.send((60000).to_bytes(4, "big") + b"B")
        begun = time.monotonic()
        while time.monotonic() - begun < 3 * PACKET_TIME:
            mta.send(b"x")
            try:
                if not mta.read():
                    return []
            except TimeoutError:
                pass
    return ["still open"]


def stop_reading(w):
    """A megabyte of deletions that nobody takes"""
    count, messages = 9000, 6
    forged = packet("L", f"{STATUS}\0x\0".encode())
    with dial(w) as mta:
        try:
            mta.sock.sendall(script_bytes(
                ["ALL C"] + messages * ["M R", forged * count, "E"]))
            return ["all was taken"]
        except (BrokenPipeError, ConnectionResetError):
            pass
        mta.rest_as_it_is()
        packets, part = packets_of(mta.received)
        mta.received = mta.received[:len(mta.received) - len(part)]
        return [] if len(packets) < count * messages else ["all was sent"]


def silent_start(w):
    with dial(w) as mta:
        return differences("replies", mta.rest(), [])


SLOW = [drip, stop_reading, silent_start]


def two_offers(w):
    """In turns, command by command"""
    with dial(w) as quiet, dial(w) as plain:
        wrong = []
        count = 0
        for word in "O C H M R T L N B".split():
            quiet.send(PACKETS["ALL" if word == "O" else word])
            plain.send(PACKETS[word])
            count += 1
            wrong += differences(word, len(plain.words(count)), count)
        only_answer = offer_answer(quiet)
        wrong += differences("silent one", quiet.received, only_answer)
        for mta in quiet, plain:
            mta.send(PACKETS["E"] + PACKETS["Q"])
        return (wrong + differences("silent", quiet.rest(),
                                    reply_words("O CLEAN")) +
                differences("plain", plain.rest(),
                            reply_words("O c*8 CLEAN")))


def offer_answer(mta):
    """What has come is the answer to the offer and nothing else."""
    mta.words(1)
    return mta.received[:4 + int.from_bytes(mta.received[:4], "big")]


def odd_helo(w):
    w.conform_log.skip()
    with dial(w) as mta:
        mta.send(script_bytes(["ALL C", packet("H", b"\xe4\r\n\x1b[1m\0"),
                               "M R E Q"]))
        mta.rest()
    line = wait_for("its line", lambda: w.conform_log.lines("message"))[-1]
    if all(0x20 <= ord(c) < 0x7f for c in line.text):
        return []
    return [f"not escaped: {line.text!a}"]


def gigabyte(w):
    """16384 packets of 65535 bytes; the session's memory stays as it is"""
    piece = packet("B", b"g" * 65535)
    with dial(w) as mta:
        mta.send(script_bytes("ALL C H M R L") + piece)
        known = wait_for("the session", lambda: [
            pid for pid in w.pratiqued.sessions()
            if proc.status(pid).get("State")])
        for _ in range((1 << 30) // 65535):
            mta.send(piece)
        peak = [int(proc.status(pid).get("VmHWM", "0 kB").split()[0])
                for pid in known]
        mta.send(PACKETS["E"] + PACKETS["Q"])
        words = mta.rest()
    wrong = [] if max(peak) < 8192 else [f"memory: {peak} KB"]
    return wrong + differences("class", [w[:3] for w in words[1:]], ["y 4"])


def progress(w):
    w.clamd.freeze()
    try:
        with dial(w) as mta:
            mta.send(script_bytes("P7 E"))
            words = mta.words(10 + 1)
            w.clamd.thaw()
            mta.send(PACKETS["Q"])
            rest = mta.rest()
    finally:
        w.clamd.thaw()
    return (differences("while it lasts", words[:11],
                        reply_words("O c*8 p*2")) +
            differences("then", [word for word in rest if word != "p"],
                        reply_words("O c*8 CLEAN")))


def all_replies_legal(w):
    """Every packet of every connection, judged again by render()"""
    count = sum(len(render(data)) for data in Connection.everything)
    return [] if count > 20000 else [f"only {count} packets"]


def unescape(text):
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


def conversations(name):
    """(bytes of the MTA, bytes of the filter) of each in a recording."""
    with open(os.path.join(RECORDED, name), encoding="ascii") as file:
        for talk in file.read().split("\n\n"):
            sides = {">": b"", "<": b""}
            for line in talk.splitlines():
                side, code, *payload = line.split(" ")
                sides[side] += packet(code, unescape("".join(payload)))
            yield sides[">"], sides["<"]


def _replay(w, mta):
    wrong = []
    for kind in "quick", "plain":
        name = f"{mta}-{kind}.txt"
        for number, (sent, want) in enumerate(conversations(name)):
            for split, sizes in daemon.SPLITS.items():
                with dial(w) as connection:
                    connection.send(sent, sizes)
                    connection.rest()
                    wrong += differences(f"{name} {number} {split}",
                                         connection.received, want)
    return wrong


def replay_postfix(w):
    return _replay(w, "postfix")


def replay_sendmail(w):
    return _replay(w, "sendmail")


def killed_in_each_state(w):
    wrong = differences("died before", w.pratiqued.lines("session-died"), [])
    for state in range(8):
        with dial(w) as mta:
            old = set(w.pratiqued.sessions())
            mta.send(script_bytes(f"P{state}"))
            want = reply_words(f"O c*{state + 1 if state else 0}")
            mta.words(len(want))
            new = wait_for("its session", lambda: set(
                w.pratiqued.sessions()) - old)
            if len(new) != 1:
                return [f"sessions: {new}"]
            os.kill(new.pop(), signal.SIGKILL)
            wrong += differences(f"P{state}", mta.rest(), want)
        wrong += served(w)
    return wrong


def thousand_silent(w):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE,
                       (min(hard, 4 * SILENT), hard))
    silent = [dial(w) for _ in range(SILENT)]
    wrong = served(w)
    for mta in silent:
        mta.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wrong + served(w)


def stop_in_message(w):
    """SIGTERM at the end of a message, and in its middle"""
    wrong = []
    for script, more in ("P7 E", ""), ("P5", "N B E"):
        w.clamd.freeze()
        with dial(w) as mta:
            mta.send(script_bytes(script))
            mta.words(6)
            w.pratiqued.process.send_signal(signal.SIGTERM)
            wait_for("the stop", lambda: w.pratiqued.lines("stop")
                     or w.pratiqued.process.poll() is not None)
            mta.send(script_bytes(more))
            w.clamd.thaw()
            words = [word for word in mta.rest() if word != "p"]
        status = w.pratiqued.process.wait(60)
        final = words[9:] if more == "" else words[7:]
        put_off = not final or final[-1][:3] in ("t", "y 4")
        if final != reply_words("CLEAN") and not put_off and \
                final != reply_words("c*2 CLEAN"):
            wrong.append(f"{script}: {words}")
        wrong += differences("exit status", status, 0)
        w.pratiqued.start()
        w.conform_log.at = 0
    return wrong + served(w)


def no_descriptors(w):
    w.pratiqued.stop()
    with subprocess.Popen(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh",
                           PROGRAM, "-c", w.pratiqued.config]) as running:
        def there():
            try:
                return not served(w)
            except OSError:
                return running.poll() is not None

        wait_for("the daemon", there)
        wrong = served(w) if running.poll() is None else ["it ended"]
        wrong += daemon.run_split(
            w.pratiqued.socket, Case("ALL C M R L BAD E Q", "O BAD", "quit"),
            "byte by byte")
        running.terminate()
    w.pratiqued.start()
    w.conform_log.at = 0
    return wrong + served(w)
