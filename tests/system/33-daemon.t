#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A daemon of old, as daemon(7) has it: -d and -p, what it stands on (session,
directory, standard streams, signals), what is said and what is left behind when
it ends, and what it starts with: few descriptors, signals that its caller
ignores or blocks."""
import os
import resource
import signal
import socket
import stat
import subprocess

from kit import proc
from kit.pratiqued import Pratiqued
from kit.tap import main, wait_for

FEW = 64  # descriptors; below that it says so
ENDING = ["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO",
          "SIGPWR", "SIGXCPU", "SIGSTKFLT", "SIGRTMIN", "SIGRTMAX"]


def world(stack, directory):
    p = Pratiqued(directory, f"unix:{directory}/no-clamd.sock")
    p.pid_file = os.path.join(directory, "pid")
    stack.callback(end, p)
    return p


def daemon_pid(p):
    try:
        with open(p.pid_file, encoding="ascii") as file:
            return int(file.read())
    except FileNotFoundError:
        return 0


def begin(p, *options, directory="/", **how):
    """pratiqued -d to its end: exit status.  Its log is p's."""
    p.write()
    with open(p.log_file, "wb") as log:
        return subprocess.run(
            [p.program(), "-d", "-c", p.config, *options], stdout=log,
            stderr=log, stdin=subprocess.DEVNULL, cwd=directory, timeout=60,
            check=False, **how).returncode


def end(p):
    pid = daemon_pid(p)
    if pid and proc.alive(pid):
        os.kill(pid, signal.SIGTERM)
        wait_for("its end", lambda: not proc.alive(pid))


def stats(pid):
    """Fields of /proc/PID/stat from the state on."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()


def detached(tap, p):
    """-d -p: ready when the parent ends; what the daemon stands on"""
    tap.equal(begin(p, "-p", "pid", directory=p.directory), 0,
              "the process in the foreground ends with 0")
    tap.equal(len(p.lines("ready")), 1, "when it is ready")
    pid = daemon_pid(p)
    tap.ok(proc.alive(pid), "the pid file has a living process", pid)
    _, parent, group, session, tty = stats(pid)[:5]
    tap.ok(int(parent) != os.getpid(), "it is nobody's child here", parent)
    tap.ok(int(session) not in (os.getsid(0), pid), "in a session of its own, "
           "not its leader", session, pid)
    tap.ok(int(group) != os.getpgid(0), "in a group of its own", group)
    tap.equal(tty, "0", "without a terminal")
    tap.equal(os.readlink(f"/proc/{pid}/cwd"), "/", "in the root directory")
    tap.equal([os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(3)],
              ["/dev/null"] * 3, "standard streams")
    tap.equal(proc.status(pid)["Umask"], "0077", "umask")
    mode = os.stat(p.pid_file).st_mode
    tap.equal(stat.filemode(mode), "-rw-r--r--", "mode of the pid file")


def twice(tap, p):
    """A second one with the same pid file"""
    pid = daemon_pid(p)
    done = p.run("-d", "-c", p.config, "-p", p.pid_file)
    tap.equal(done[0], 1, "is refused")
    tap.has(done[2], f"is already running with pid file {p.pid_file} "
            f"(process {pid})", "and is told why")
    tap.has(done[2], "ended before it took connections", "by both processes")
    tap.ok(daemon_pid(p) == pid and proc.alive(pid) and
           os.path.exists(p.socket), "the first one goes on")


def signals(tap, p):
    """Signals that mean nothing to it"""
    pid = daemon_pid(p)
    for name in ENDING:
        number = int(getattr(signal, name))
        os.kill(pid, number)
        said = "a real-time signal" if name.startswith("SIGRT") else {
            "SIGIO": "POLL"}.get(name, name[3:])
        tap.ok(wait_for(f"a word about {name}", lambda n=said: p.lines(
            "signal-ignored", what=n)), f"{name}: is told of")
    tap.ok(proc.alive(pid), "it lives")


def removed(tap, p):
    """A socket that somebody removes while it is listened on"""
    os.unlink(p.socket)
    tap.equal(p.wait_line("socket-gone")["what"], p.socket, "is told of")
    other = socket.socket(socket.AF_UNIX)
    other.bind(p.socket)
    end(p)
    tap.ok(os.path.exists(p.socket), "another's at that name stays")
    other.close()
    os.unlink(p.socket)
    tap.equal(len(p.lines("socket-gone")), 1, "said once")


def ended(tap, p):
    """The end, whatever was left behind before"""
    with open(p.pid_file, "w", encoding="ascii") as file:
        file.write("99999999\n")
    tap.equal(begin(p, "-p", p.pid_file), 0, "starts over a stale pid file")
    pid = daemon_pid(p)
    tap.ok(proc.alive(pid), "which has its number now")
    os.kill(pid, signal.SIGKILL)
    wait_for("its end", lambda: not proc.alive(pid))
    tap.ok(os.path.exists(p.pid_file) and os.path.exists(p.socket),
           "control: SIGKILL leaves both files")
    tap.equal(begin(p, "-p", p.pid_file), 0, "starts again over both")
    end(p)
    last = p.lines()[-1]
    tap.equal(last["event"], "stopped",
              "the last line of the log says that it has ended")
    tap.ok(not os.path.exists(p.pid_file), "the pid file is gone")
    tap.ok(not os.path.exists(p.socket), "the socket is gone")


def in_vain(tap, p):
    """A start that fails leaves nothing"""
    settings = dict(p.settings)
    p.settings["listen"] = [f"unix:{p.socket}", "inet:1@192.0.2.1"]
    tap.equal(begin(p, "-p", p.pid_file), 1, "-d ends with 1")
    tap.has(p.text(), "listen inet:1@192.0.2.1", "with the reason")
    tap.ok(not os.path.exists(p.pid_file), "no pid file is left")
    tap.ok(not os.path.exists(p.socket), "no socket is left")
    p.settings = settings


def odd_caller(tap, p):
    """Signals that the caller ignores or blocks"""
    def ignore():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK,
                               [signal.SIGTERM, signal.SIGCHLD])

    tap.equal(begin(p, "-p", p.pid_file, preexec_fn=ignore), 0, "starts")
    pid = daemon_pid(p)
    os.kill(pid, signal.SIGHUP)
    tap.ok(p.wait_line("reload-refused"), "takes SIGHUP")
    scanner = [c for c in proc.children(pid)
               if proc.program(c) == "pratique-scanner"][0]
    os.kill(scanner, signal.SIGKILL)
    tap.ok(p.wait_line("child-died"), "sees a child's end")
    end(p)
    tap.equal(p.lines()[-1]["event"], "stopped", "takes SIGTERM")


def few_descriptors(tap, p):
    """Few descriptors"""
    def limit(number):
        return lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                          (number, number))

    for number in (128, FEW):
        tap.equal(begin(p, "-p", p.pid_file, preexec_fn=limit(number)), 0,
                  f"{number}: starts", p.text())
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(p.socket)
            s.sendall(b"\0\0\0\rO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
            s.settimeout(30)
            tap.equal(s.recv(5)[4:5], b"O", f"{number}: a session answers")
        end(p)
    tap.equal(begin(p, "-p", p.pid_file, preexec_fn=limit(FEW - 1)), 71,
              f"{FEW - 1}: is refused")
    tap.has(p.text(), f"only {FEW - 1} descriptors are permitted",
            "with the true reason")

    def soft():
        resource.setrlimit(resource.RLIMIT_NOFILE, (32, 1024))

    tap.equal(begin(p, "-p", p.pid_file, preexec_fn=soft), 0,
              "a soft limit of 32 is raised")
    end(p)


def said(tap, p):
    """-d without a log on standard error keeps nothing of the caller's"""
    p.settings["log_to"] = "syslog"
    sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sink.bind("/dev/log")
    except OSError:
        sink.close()
    p.write()
    done = subprocess.run([p.program(), "-d", "-c", p.config, "-p", p.pid_file],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, check=False)
    tap.equal((done.returncode, done.stdout, done.stderr), (0, b"", b""),
              "a caller that reads to the end gets there")
    end(p)
    if sink.fileno() != -1:
        sink.close()
        os.unlink("/dev/log")
    del p.settings["log_to"]


main(world, detached, twice, signals, removed, ended, in_vain, odd_caller,
     few_descriptors, said)
