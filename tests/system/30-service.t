#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Under a service manager: the unit files are good and tight, the daemon works
within what they permit, takes its sockets from the service manager, and
pratique(8) tells what is in force.  No systemd runs here: kit.unit puts the
parts of the unit around the daemon that it can meet."""
import grp
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

from kit import machine, proc, smtp
from kit.clamd import EICAR, free_port
from kit.machine import EVERY_LAYER
from kit.tap import BUILD, SOURCE, main, wait_for
from kit.world import World

UNITS = {"pratiqued.service": ("etc/pratiqued.service.in", 15),
         "pratiqued-unprivileged.service":
             ("etc/pratiqued-unprivileged.service.in", 5),
         "pratiqued-unprivileged.socket":
             ("etc/pratiqued-unprivileged.socket", None)}
PYTHON = "/usr/bin/python3"  # one that any user may run
KIT = os.path.join(SOURCE, "tests/system")
BOUNDING_STAYS = "capabilities: bounding set stays, for want of SETPCAP"
NO_NAMESPACES = "namespaces: refused (EPERM: forbidden from outside)"


def world(stack, directory):
    w = World(stack, directory, start=False)
    w.units = os.path.join(directory, "units")
    os.mkdir(w.units)
    # Programs where any user may run them.
    w.pratiqued.programs_in = os.path.join(directory, "bin")
    os.mkdir(w.pratiqued.programs_in)
    for name in ("pratiqued", "pratique-monitor", "pratique-keys",
                 "pratique-session", "pratique-scanner"):
        shutil.copy(os.path.join(BUILD, name), w.pratiqued.programs_in)
    w.pratiqued.settings["libexec_dir"] = w.pratiqued.programs_in
    for name, (source, _) in UNITS.items():
        with open(os.path.join(SOURCE, source), encoding="utf-8") as file:
            text = file.read()
        with open(f"{w.units}/{name}", "w", encoding="utf-8") as file:
            file.write(text.replace("@SBINDIR@", w.pratiqued.programs_in))
    return w


def around(*arguments):
    """What makes a program run in a unit's surroundings."""
    return ["env", f"PYTHONPATH={KIT}", PYTHON, "-B", "-m", "kit.unit",
            *arguments, "--"]


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", "--no-pager", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "SYSTEMD_COLORS": "0"},
                          check=False)
    return done.returncode, done.stdout.decode()


def unit_files(tap, w):
    """systemd-analyze verify and security"""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no",
         *(f"{w.units}/{name}" for name in UNITS)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{w.units}:"})
    tap.equal((done.returncode, done.stdout.decode()), (0, ""),
              "verify has nothing to say")
    broken = f"{w.units}/broken.service"
    with open(broken, "w", encoding="ascii") as file:
        file.write("[Service]\nExecStart=/nonexistent\nNoSuchThing=yes\n")
    status, text = analyze("verify", "--man=no", broken)
    tap.ok(status != 0 or text, "control: it complains about a broken unit")
    os.unlink(broken)
    for name, (_, most) in UNITS.items():
        if most is None:
            continue
        status, text = analyze("security", "--offline=1",
                               f"--threshold={most}", f"{w.units}/{name}")
        tap.equal(status, 0, f"{name}: exposure at most {most / 10}", text)
        tap.note(text.strip().splitlines()[-1])
        tap.ok(analyze("security", "--offline=1", "--threshold=1",
                       f"{w.units}/{name}")[0] != 0,
               f"control: {name} has not less than 0.1")


PROBE = r"""
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def say(what, result):
    print(what, os.strerror(ctypes.get_errno()) if result == -1 else "works")
say("mount", libc.mount(b"x", b"/mnt", b"tmpfs", 0, None))
say("swapoff", libc.swapoff(b"/nonexistent"))
say("chroot", libc.chroot(b"/"))
say("inet", libc.socket(2, 1, 0))
say("unix", libc.socket(1, 1, 0))
say("file", libc.open(b"/etc/pratique-test", 0o101, 0o600))
say("landlock", libc.syscall(444, None, 0, 1))
say("unshare", libc.unshare(0x10000000))
with open("/proc/self/status") as f:
    for line in f:
        if line.startswith(("CapBnd", "CapEff", "NoNewPrivs", "Uid")):
            print(*line.split()[:2])
with open("/proc/self/net/dev") as f:
    print(*[line.split(":")[0].strip() for line in f][2:])
"""


def probe(unit):
    done = subprocess.run([*around(unit), PYTHON, "-c", PROBE],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.stdout.decode().splitlines()


def surroundings(tap, w):
    """What is put around the daemon here does forbid things"""
    no = "Operation not permitted"
    got = probe(f"{w.units}/pratiqued.service")
    tap.equal(got[:6], [f"mount {no}", f"swapoff {no}",
                        "chroot works",
                        "inet Address family not supported by protocol",
                        "unix works", "file Read-only file system"],
              "default unit: calls, address families, files", got)
    _, error = machine.landlock()
    landlock = os.strerror(error) if error else "works"
    tap.ok(f"landlock {landlock}" in got and f"unshare {no}" in got and "NoNewPrivs: 1" in got
           and "CapBnd: 00000000000400e0" in got
           and "CapEff: 00000000000400e0" in got and "Uid: 0" in got
           and got[-1] == "lo", "default unit: four capabilities, only lo",
           got)
    got = probe(f"{w.units}/pratiqued-unprivileged.service")
    tap.ok(f"chroot {no}" in got and "CapBnd: 0000000000000000" in got
           and "CapEff: 0000000000000000" in got and "Uid: 0" not in got,
           "unprivileged unit: no chroot, no capability, not root", got)
    got = probe("NoNewPrivileges=no")
    tap.ok({"unshare works", "mount works", "inet works", "file works",
            "NoNewPrivs: 0"} <= set(got), "control: without a unit they work",
           got)
    if os.path.exists("/etc/pratique-test"):
        os.unlink("/etc/pratique-test")


class Manager:
    """A service manager: reads what the daemon notifies it of."""

    def __init__(self, path):
        self.socket = self.bound(path)
        os.environ["NOTIFY_SOCKET"] = path

    @staticmethod
    def bound(path):
        taker = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        taker.bind(path)
        os.chmod(path, 0o666)
        taker.settimeout(60)
        return taker

    @staticmethod
    def received(taker):
        """What is there already, as a list."""
        taker.setblocking(False)
        try:
            return [taker.recv(4096)]
        except BlockingIOError:
            return []

    def next(self):
        return self.socket.recv(4096).decode()

    def close(self):
        del os.environ["NOTIFY_SOCKET"]
        self.socket.close()


def works(tap, w, name):
    tap.has(w.send(smtp.new_tag()), "250 ", f"{name}: a clean message")
    tap.has(w.send(smtp.new_tag(), smtp.attachment("e", EICAR.encode())),
            "550 ", f"{name}: an infected one")


def told(tap, w, name, layers, missing, roles=("listener", "scanner")):
    """The start lines say exactly this, and pratique sandbox the same."""
    status, text = w.pratiqued.tool("sandbox")
    tap.equal(status, 0, f"{name}: /proc shows what the processes tell", text)
    for role in roles:
        line = w.pratiqued.wait_line(f"{role}-start")
        tap.equal((line["layers"].split(","),
                   machine.entries(line["missing"])),
                  machine.told(layers, missing),
                  f"{name}: {role} tells what is in force, and what not")
        shown = re.search(rf"^{role}, pid {line['pid']}\n  layers +(.*)\n"
                          r"  missing +(.*)$", text, re.MULTILINE)
        tap.equal(shown and shown.groups(),
                  (line["layers"], line["missing"] or "nothing"),
                  f"{name}: pratique sandbox shows the same of the {role}",
                  text)
    return text


def reload_works(tap, w, name, unit):
    """The unit's ExecReload=, within what the unit permits"""
    with open(unit, encoding="utf-8") as file:
        command = re.search(r"^ExecReload=(.*)$", file.read(), re.MULTILINE)
    words = [word.replace("$MAINPID", str(w.pratiqued.pid()))
             for word in command[1].split()]
    done = subprocess.run([*around(unit), *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    tap.equal(done.returncode, 0, f"{name}: ExecReload", done.stdout)
    # There are no keys here, and the daemon says so.
    tap.ok(w.pratiqued.wait_line("reload-refused"),
           f"{name}: the monitor has got it")


def default_unit(tap, w):
    """pratiqued.service: everything but namespaces for each process"""
    name = "default unit"
    p = w.pratiqued
    manager = Manager(f"{w.directory}/notify")
    system_log = Manager.bound(f"{w.directory}/log")
    p.around = around(f"{w.units}/pratiqued.service", "-r", w.directory,
                      "-d", f"{w.directory}/log")
    p.start()
    tap.has(manager.next(), "READY=1", f"{name}: readiness is told")
    works(tap, w, name)
    layers = [x for x in EVERY_LAYER if x != "namespaces"]
    text = told(tap, w, name, layers, f"{NO_NAMESPACES}; {BOUNDING_STAYS}")
    monitor = text.partition("\n\n")[0].partition("scanner, pid")[0]
    tap.has(monitor, "effective 400e0 permitted 400e0 inheritable 0 ambient 0 "
            "bounding 400e0", f"{name}: the monitor has its four capabilities")
    entry = os.stat(p.socket)
    tap.equal((stat.S_IMODE(entry.st_mode), entry.st_gid),
              (0o660, grp.getgrnam("postfix").gr_gid),
              f"{name}: socket_group without CAP_CHOWN")
    tap.equal(Manager.received(system_log), [],
              f"{name}: no library says something to the system log")
    reload_works(tap, w, name, f"{w.units}/pratiqued.service")
    # What the four capabilities are for.
    old = p.scanner()
    os.kill(old, signal.SIGKILL)
    wait_for("another scanner", lambda: p.scanner() not in (0, old))
    tap.ok(w.recovers(), f"{name}: a killed scanner is replaced")
    p.stop()
    tap.has(manager.next(), "STOPPING=1", f"{name}: the end is told")
    p.settings["scan_timeout"] = "1s"  # it is waited for, and 15 s more
    p.start()
    frozen = p.listener()
    with w.raw() as raw:
        raw.start_data()
        wait_for("a session", p.sessions)
        os.kill(frozen, signal.SIGSTOP)
        begun = time.monotonic()
        tap.equal(p.stop(), 0, f"{name}: SIGTERM ends it, and a child that "
                  "does not listen is ended")
        tap.note(f"took {time.monotonic() - begun:.1f} s")
    tap.ok(not proc.alive(frozen), f"{name}: the frozen listener is gone")
    p.settings["scan_timeout"] = "60s"
    manager.close()


def with_dropins(w, *names):
    """The default unit, and these of the drop-ins in docs/deploy.md."""
    with open(os.path.join(SOURCE, "docs/deploy.md"), encoding="utf-8") as doc:
        text = doc.read()
    path = f"{w.units}/changed.service"
    shutil.copy(f"{w.units}/pratiqued.service", path)
    with open(path, "a", encoding="utf-8") as unit:
        for name in names:
            unit.write(re.search(rf"{name}\.conf\n(.*?)```", text,
                                 re.DOTALL)[1])
    return path


def tcp(tap, w):
    """TCP addresses need a change of the unit, and say so"""
    p = w.pratiqued
    unit = f"{w.units}/pratiqued.service"
    usual = dict(p.settings)
    p.settings["listen"] = [f"inet:{free_port()}@127.0.0.1"]
    p.write()
    p.around = around(unit, "-r", w.directory)
    status, _, text = p.run("-c", p.config)
    tap.ok(status == 71 and "RestrictAddressFamilies=" in text,
           "listen on TCP: refused, with the mend", status, text)
    p.settings = {**usual, 'clamd "main"': {
        "address": f"inet:{w.clamd.port}@127.0.0.1", "max_scans": 4}}
    p.write()
    status, _, text = p.run("-c", p.config)
    tap.ok(status == 71 and "RestrictAddressFamilies=" in text,
           "clamd over TCP: refused, with the mend", status, text)
    name = "with the drop-ins for TCP and namespaces"
    p.around = around(with_dropins(w, "tcp", "namespaces"),
                      "-r", w.directory)
    p.start()
    works(tap, w, name)
    told(tap, w, name, EVERY_LAYER, "", roles=("listener",))
    told(tap, w, name, [x for x in EVERY_LAYER if x != "network"], "",
         roles=("scanner",))
    p.stop()
    p.settings = usual
    name = "with the drop-in for namespaces"
    p.around = around(with_dropins(w, "namespaces"), "-r", w.directory)
    p.start()
    works(tap, w, name)
    told(tap, w, name, EVERY_LAYER, "")
    p.stop()


def unprivileged_unit(tap, w):
    """pratiqued-unprivileged.service with sockets that are passed"""
    name = "unprivileged unit"
    p = w.pratiqued
    usual = dict(p.settings)
    run_dir = f"{w.directory}/urun"
    os.mkdir(run_dir)
    shutil.chown(run_dir, "pratique")
    p.settings.update({"run_dir": run_dir,
                       "listen": ["unix:/nonexistent/milter.sock"]})
    p.write()
    os.chmod(p.config, 0o644)
    p.write = lambda: None
    os.unlink(p.socket) if os.path.exists(p.socket) else None
    p.around = around(f"{w.units}/pratiqued-unprivileged.service",
                      "-r", w.directory, "-l", p.socket)
    p.start()
    tap.equal(p.lines("start")[0]["listen"], f"unix:{p.socket}",
              f"{name}: listens on the socket that was passed")
    works(tap, w, name)
    told(tap, w, name, [x for x in EVERY_LAYER
                        if x not in ("ids", "root", "namespaces")],
         "ids: not started as root; " + NO_NAMESPACES +
         "; root: chroot (EPERM: forbidden from outside)")
    for pid, program in p.programs():
        status = proc.status(pid)
        tap.ok("0" not in status["Uid"].split() and
               {int(status[x], 16) for x in ("CapPrm", "CapEff", "CapBnd")}
               == {0}, f"{name}: {program} is not root and has no capability",
               status)
    reload_works(tap, w, name, f"{w.units}/pratiqued-unprivileged.service")
    old = p.listener()
    os.kill(old, signal.SIGKILL)
    wait_for("another listener", lambda: p.listener() not in (0, old))
    tap.ok(w.recovers(), f"{name}: a killed listener is replaced")
    tap.equal(p.stop(), 0, f"{name}: SIGTERM ends it")
    del p.write
    p.settings = usual


def activation(tap, w):
    """systemd-socket-activate"""
    p = w.pratiqued
    usual = dict(p.settings)
    # With a group that does not matter now, and an address that would fail.
    p.settings["listen"] = ["unix:/nonexistent/milter.sock"]
    os.unlink(p.socket) if os.path.exists(p.socket) else None
    port = free_port()
    p.around = ["systemd-socket-activate", "-l", p.socket,
                "-l", f"127.0.0.1:{port}"]
    p.write()
    with open(p.log_file, "wb") as log:
        p.process = subprocess.Popen(
            [*p.around, p.program(), "-c", p.config],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    wait_for("systemd-socket-activate to listen",
             lambda: os.path.exists(p.socket) and "Listening" in p.text())
    os.chmod(p.socket, 0o666)
    tap.equal(proc.program(p.pid()), "systemd-socket-activate",
              "nothing runs before the first connection")
    works(tap, w, "activated")
    line = p.wait_line("start")
    tap.ok(line["listen"] == f"unix:{p.socket},inet:{port}@127.0.0.1",
           "both sockets are named in the start line", line.text)
    with socket.create_connection(("127.0.0.1", port)) as milter:
        milter.sendall(b"\0\0\0\rO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
        tap.equal(milter.recv(5)[4:5], b"O", "the TCP one is served, too")
    tap.equal(p.stop(), 0, "SIGTERM ends it")
    tap.ok(os.path.exists(p.socket), "the socket stays: it is not ours")
    os.unlink(p.socket)
    # What is passed must be what we can use.
    for fds, pid, what, want in (
            ("17", "self", "too many", "LISTEN_FDS"),
            ("1", "self", "no socket", "ListenStream="),
            ("1", "1", "another process's", "/nonexistent")):
        done = subprocess.run(
            ["sh", "-c", f'[ {pid} = 1 ] && LISTEN_PID=1 || LISTEN_PID=$$; '
             f'export LISTEN_PID LISTEN_FDS={fds}; exec "$@" 3</dev/null',
             "sh", p.program(), "-c", p.config], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
            check=False)
        tap.ok(done.returncode == 71 and want in done.stdout.decode(),
               f"LISTEN_FDS, {what}: told", done)
    p.around = []
    p.settings = usual


def tool(tap, w):
    """pratique status and its exit status"""
    p = w.pratiqued
    tap.equal(p.tool("status")[0], 3, "3: it does not run; a file is left")
    tap.equal(p.tool("nonsense")[0], 64, "64: no such command")
    p.start()
    w.send(smtp.new_tag())
    with w.raw() as raw:
        raw.start_data()
        wait_for("a session", p.sessions)
        status, text = p.tool("status")
        tap.equal(status, 0, "0: mail is scanned", text)
        for part in (f"pid {p.pid()} ", f"pid {p.listener()} ",
                     f"pid {p.scanner()} ", "sessions: 1", p.socket,
                     w.clamd.socket, " up "):
            tap.has(text, part, f"status has {part}")
        status, text = p.tool("sandbox")
        tap.equal(status, 0, "0: what is told is what /proc shows", text)
        tap.has(text, f"session, pid {p.sessions()[0]}\n",
                "sandbox has the session", text)
    told(tap, w, "all layers", EVERY_LAYER, "")
    w.clamd.stop()
    w.send(smtp.new_tag())
    p.wait_line("backend-down")
    # The scanner tells the log before it tells the monitor.
    wait_for("the status file", lambda: p.tool("status")[0] == 1)
    status, text = p.tool("status")
    tap.equal(status, 1, "1: no clamd can be used", text)
    w.clamd.start()
    with open(p.config, encoding="utf-8") as file:
        text = file.read()
    other = f"{w.directory}/other.conf"
    with open(other, "w", encoding="utf-8") as file:
        file.write(text.replace(p.socket, f"{w.directory}/other.sock"))
    status, _, text = p.run("-c", other)
    tap.ok(status == 71 and "another pratiqued" in text,
           "a second daemon in the same run_dir is refused", status, text)
    p.stop()


def forged(tap, w):
    """pratique sandbox notices what /proc does not confirm"""
    p = w.pratiqued
    p.start()
    # The layers that the listener told, written over those of the monitor,
    # in place: the file's lock and map stay.  The monitor stands still: with
    # its next turn it would put right what is there.
    path = os.path.join(p.settings["run_dir"], "status")
    entry = os.stat(path)
    tap.equal((entry.st_uid, stat.S_IMODE(entry.st_mode)), (0, 0o600),
              "the status file is root's alone")
    os.kill(p.pid(), signal.SIGSTOP)
    wait_for("it to stand still",
             lambda: proc.status(p.pid())["State"][:1] == "T")
    with open(path, "r+b") as file:
        block = file.read()
        at = block.index(str.encode("monitor\0")) - 16
        every = (1 << len(EVERY_LAYER)) - 1
        file.seek(at)
        file.write(every.to_bytes(4, sys.byteorder))
    status, text = p.tool("sandbox")
    os.kill(p.pid(), signal.SIGCONT)
    tap.equal(status, 1, "1: the monitor has no such layers", text)
    for layer in "ids", "root", "namespaces":
        tap.has(text, f"FAULT         {layer} is reported",
                f"{layer} is noticed")
    p.stop()


main(world, unit_files, surroundings, default_unit, tcp, unprivileged_unit,
     activation, tool, forged)
