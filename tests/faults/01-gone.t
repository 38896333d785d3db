#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Faults 1 to 19 and others by which a clamd is not there, not reached, or
does not come to an end: mostly the real one."""
import os
import signal
import socket
import threading
import time

from rig import MilterClient, paced, run, sockets, wait_for

TCP = "inet:{0.port}@127.0.0.1"


def unix(clamd):
    return f"unix:{clamd.socket}"


def hold(rig, clamd):
    """A message that a frozen clamd has: its future."""
    clamd.freeze()
    future = rig.background(b"Held.\r\n")
    wait_for("the message to be with clamd", rig.holds_message)
    return future


def goes_and_comes(rig, clamd, reason):
    """It is away, which the log says, and then it is there."""
    rig.unscanned(rig.send(), "clamd-down")
    rig.equal(rig.wait_log("backend-down")["reason"], reason,
              "the log says why")
    clamd.start()
    rig.recovers()


def not_started(rig):
    """no socket file"""
    clamd = rig.clamd(start=False)
    rig.start(unix(clamd), wait=False)
    goes_and_comes(rig, clamd, "No such file or directory")


def stale_socket(rig):
    """killed, its socket file is left"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    clamd.kill()
    rig.ok(os.path.exists(clamd.socket), "the socket file is there")
    goes_and_comes(rig, clamd, "Connection refused")


def closed_port(rig):
    """TCP port closed"""
    clamd = rig.clamd()
    rig.start(TCP.format(clamd))
    clamd.stop()
    goes_and_comes(rig, clamd, "Connection refused")


def no_answer_to_connect(rig):
    """TCP connection is never made: host gone, or its backlog full"""
    good = rig.fake()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        stuck = []
        for _ in range(4):  # the backlog takes one more than it says
            stuck.append(socket.socket())
            stuck[-1].setblocking(False)
            stuck[-1].connect_ex(("127.0.0.1", port))
        rig.start(f"inet:{port}@127.0.0.1", good.address, wait=False)
        rig.wait_log("backend-up", backend="c1")
        rig.clean(rig.send(), "the other one scans meanwhile")
        line = rig.wait_log("backend-down", backend="c0")
        rig.equal(line["reason"], "no answer to PING", "the log says why")
        for one in stuck:
            one.close()


def forbidden(rig):
    """socket may not be opened: its mode, or that of its directory"""
    clamd = rig.clamd()
    alone = sockets(clamd.process.pid)
    rig.start(unix(clamd))
    for path in clamd.socket, clamd.socket_directory:
        mode = os.stat(path).st_mode & 0o777
        os.chmod(path, 0)
        # a standby connection would still do
        wait_for("no connection to be left",
                 lambda: sockets(clamd.process.pid) <= alone)
        rig.unscanned(rig.send(), "clamd-down")
        rig.equal(rig.wait_log("backend-down")["reason"],
                  "Permission denied: its group belongs into scanner_group",
                  "the log says why")
        os.chmod(path, mode)
        rig.recovers()


def full_backlog(rig):
    """listen queue of the Unix socket is full"""
    clamd = rig.clamd(MaxConnectionQueueLength=2)
    rig.start(unix(clamd))
    clamd.freeze()
    stuck = []
    try:
        while True:
            stuck.append(socket.socket(socket.AF_UNIX))
            stuck[-1].setblocking(False)
            stuck[-1].connect(clamd.socket)
    except BlockingIOError:
        pass
    future = rig.background()
    time.sleep(paced(0.3))  # it tries and is turned away
    rig.ok(not future.done(), "the message waits")
    clamd.thaw()
    for one in stuck:
        one.close()
    rig.clean(future.result(), "and is scanned when there is room")


def loading(rig):
    """connections are taken while the database is loaded, no answer yet"""
    fake = rig.fake()
    release = threading.Event()
    fake.commands["accept"] = lambda _: release.wait(30) and False
    rig.start(fake.address, wait=False)
    rig.unscanned(rig.send(), "clamd-down")
    rig.equal(rig.daemon.lines("backend-up"), [], "it is not up")
    release.set()
    rig.recovers()


def stopped(rig):
    """stopped: connections are taken, nothing is answered"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    future = hold(rig, clamd)
    rig.unscanned(future.result(), "timeout")
    rig.not_used("no answer to PING")
    clamd.thaw()
    rig.recovers()


def reloading(rig):
    """reload during which nothing is answered"""
    clamd = rig.clamd(ConcurrentDatabaseReload="no", IdleTimeout=3)
    rig.start(unix(clamd))
    rig.clean(rig.send(), "before")
    clamd.process.send_signal(signal.SIGUSR2)
    result = rig.send()
    rig.ok(result.verdict == "clean" or
           result.reason in ("timeout", "clamd-down"),
           "a verdict, or put off", result)
    rig.recovers()


def many_at_once(rig):
    """more messages than it has threads"""
    fake = rig.fake(threads=2)
    rig.start(fake.address)
    rig.equal(rig.daemon.lines("backend-up")[0]["threads"], "2",
              "MaxThreads is known from STATS")
    wait_for("canaries to be over", lambda: fake.now == 0)
    fake.most = 0

    def together(request):
        wait_for("two at a time", lambda: fake.most >= 2)
        return request.reply(b"OK")

    fake.answer = together
    futures = [rig.background() for _ in range(12)]
    rig.ok(all(f.result().verdict == "clean" for f in futures),
           "all are scanned")
    rig.equal(fake.most, 2, "never more at once than threads")


def slow_mail(rig):
    """all threads busy with slow mail"""
    fake = rig.fake(lambda r: (time.sleep(paced(2)), r.reply(b"OK"))[1],
                    threads=1)
    rig.start(fake.address, scan_timeout=f"{paced(12)}s")
    futures = [rig.background() for _ in range(2)]
    results = [f.result() for f in futures]
    for result in results:
        rig.clean(result, "late, but scanned")
    rig.ok(max(int(r.line["wait_ms"]) for r in results) > 1000,
           "one has waited", results)


def wedged(rig):
    """answers PING, but scans do not end"""
    fake = rig.fake()
    rig.start(fake.address)
    stuck = threading.Event()
    rig.stack.callback(stuck.set)

    def hang(_):
        stuck.wait(60)

    fake.commands["FILDES"] = fake.commands["STATS"] = hang
    rig.unscanned(rig.send(), "timeout")
    rig.not_used("no answer to")
    del fake.commands["FILDES"], fake.commands["STATS"]
    rig.recovers()


def slow_event(rig):
    """VirusEvent that takes long"""
    clamd = rig.clamd(VirusEvent="sleep 1")
    rig.start(unix(clamd))
    result = rig.send(b"pratique-yellow-flag-" + b"test-word\r\n")
    rig.equal(result.verdict, "infected", "found, late", result)
    rig.ok(int(result.line["scan_ms"]) >= 900, "after the event", result)


def killed_in_scan(rig):
    """dies with a message"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    future = hold(rig, clamd)
    clamd.kill()
    rig.unscanned(future.result(), "clamd-error")
    line = rig.wait_log("clamd-error")
    rig.equal(line["reason"], "no-reply", "the log says what happened")
    clamd.start()
    rig.recovers()
    again = rig.send(b"Held.\r\n")
    rig.unscanned(again, "clamd-error")
    rig.ok("backend" not in again.line, "it is remembered, and not sent again",
           again)
    rig.equal(rig.wait_log("message-remembered")["reason"], "clamd-error",
              "the log says so")


def ended_in_scan(rig):
    """told to end with a message"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    future = hold(rig, clamd)
    clamd.process.terminate()
    clamd.stop()
    result = future.result()
    rig.ok(result.verdict == "clean" or
           result.reason in ("clamd-error", "clamd-down"),
           "a verdict, or put off", result)
    clamd.start()
    rig.recovers()


def ended_in_stream(rig):
    """closes in the middle of a stream"""
    def once(connection):
        connection.recv(1000)  # and no more

    cut = rig.fake(name="cut", tcp=True)
    good = rig.fake()
    rig.start(cut.address, (good.address, {"weight": 1}))
    cut.commands["INSTREAM"] = once
    for _ in range(4):
        rig.clean(rig.send(b"x" * 70 * 3000), "the other one scans it")
    rig.ok(len(good.requests) == 4, "all of them")


def out_of_memory(rig):
    """Can't allocate memory ERROR"""
    fake = rig.fake()
    rig.start(fake.address)
    fake.answer = lambda r: r.reply(b"Can't allocate memory ERROR")
    rig.unscanned(rig.send(), "clamd-error")
    line = rig.wait_log("backend-suspect")
    rig.equal(line["reason"], "scan-error", "it is suspect")
    rig.ok("allocate" in rig.wait_log("clamd-error")["reply"],
           "the log has its words")
    fake.answer = lambda r: r.reply(b"OK")
    rig.recovers()


def shut_down_by_others(rig):
    """somebody else ends it over TCP"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    with socket.create_connection(("127.0.0.1", clamd.port)) as other:
        other.sendall(b"zSHUTDOWN\0")
    clamd.process.wait()
    rig.unscanned(rig.send(), "clamd-down")
    clamd.start()
    rig.recovers()


def half_dead(rig):
    """TCP connections on which nothing comes any more"""
    fake = rig.fake(tcp=True)
    rig.start(fake.address)
    stuck = threading.Event()
    rig.stack.callback(stuck.set)
    fake.commands["accept"] = lambda _: stuck.wait(60)
    rig.unscanned(rig.send(), "timeout", "clamd-down")
    rig.not_used("no answer to")
    stuck.set()
    del fake.commands["accept"]
    rig.recovers()


def interrupted(rig):
    """signals while the scanner waits"""
    clamd = rig.clamd()
    rig.start(unix(clamd))
    future = hold(rig, clamd)
    for _ in range(5):
        os.kill(rig.daemon.scanner(), signal.SIGSTOP)
        time.sleep(0.05)
        os.kill(rig.daemon.scanner(), signal.SIGCONT)
        time.sleep(0.05)
    clamd.thaw()
    rig.clean(future.result(), "nothing of it is noticed")


def abandoned(rig):
    """a scan that we gave up goes on in clamd"""
    stuck = threading.Event()
    rig.stack.callback(stuck.set)
    fake = rig.fake(lambda r: (stuck.wait(60), r.reply(b"OK"))[1], threads=1)
    rig.start(fake.address, wait_timeout=f"{paced(2)}s")
    with MilterClient(f"unix:{rig.daemon.socket}") as mta:
        mta.begin("GONE1")
        mta.command(b"B", b"x\r\n")
        mta.send(b"E")
        wait_for("the scan", lambda: fake.requests)
    rig.unscanned(rig.send(), "busy")
    rig.equal(fake.most, 1, "its thread is not given away")
    stuck.set()
    rig.clean(rig.send(), "it is free as soon as clamd has answered")


def all_down(rig):
    """all of several are down"""
    clamd = rig.clamd(start=False)
    rig.start(unix(clamd), TCP.format(clamd), wait=False,
              on_clamd_down={"action": "accept"})
    result = rig.send()
    rig.ok(result.reply[:1] == "c" and result.verdict == "unscanned" and
           result.reason == "clamd-down", "what the operator chose", result)
    clamd.start()
    rig.recovers()


run(((1,), not_started), ((2,), stale_socket), ((3,), closed_port),
    ((4, 8), no_answer_to_connect), ((5, 6), forbidden), ((7,), full_backlog),
    ((9,), loading), ((10,), stopped), ((11,), reloading),
    ((12,), many_at_once), ((13,), slow_mail), ((14,), wedged),
    ((15,), slow_event), ((16,), killed_in_scan), ((17,), ended_in_scan),
    ((18,), ended_in_stream), ((19,), out_of_memory),
    ((56,), shut_down_by_others), ((59,), half_dead), ((63,), interrupted),
    ((64,), abandoned), ((68,), all_down))
