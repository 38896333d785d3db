#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""A clamd whose host is a name: one that is not known at the start, becomes
known, changes its address; and pratique-resolver, which looks it up.  The
daemon has an /etc/hosts of its own, in a mount namespace."""
import os
import pwd

from kit import proc, smtp
from kit.tap import main, wait_for
from kit.world import World

NAME = "clamd.test"
RESOLVER = "pratique-resolver"
HOSTS = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'


def world(stack, directory):
    w = World(stack, directory, start=False)
    w.hosts = os.path.join(directory, "hosts")
    known(w, None)
    os.chmod(w.hosts, 0o644)
    w.pratiqued.around = ["unshare", "-m", "sh", "-c", HOSTS, "sh", w.hosts]
    w.pratiqued.settings['clamd "named"'] = {
        "address": f"inet:{w.clamd.port}@{NAME}"}
    return w


def known(w, address):
    """What the name stands for from now on; the same file, as it is mounted."""
    with open(w.hosts, "w", encoding="ascii") as file:
        file.write("127.0.0.1 localhost\n")
        if address:
            file.write(f"{address} {NAME}\n")


def clamd(w, name):
    """What pratique status says of a clamd."""
    _, text = w.pratiqued.tool("status")
    for line in text.splitlines():
        if line.startswith("clamd") and line.split()[1] == name:
            return line.split(None, 2)[2]
    return ""


def resolvers(w):
    return [pid for pid in proc.children(w.pratiqued.pid())
            if proc.program(pid) == RESOLVER]


def unknown(tap, w):
    """The name is not known at the start"""
    p = w.pratiqued
    p.write()
    status, _, err = p.run("-T", "-c", p.config)
    tap.ok(status == 0 and "warning: clamd" in err and NAME in err,
           "-T: a warning", status, err)
    p.start()
    tap.has(w.send(smtp.new_tag()), "250 ", "the other clamd scans")
    wait_for("it to be looked at", lambda: clamd(w, "named")[:4] == "down")
    tap.has(clamd(w, "named"), "the address of its host is not known",
            "status says why it is not used")


def found(tap, w):
    """It becomes known"""
    known(w, "127.0.0.1")
    w.pratiqued.wait_line("backend-up", backend="named")
    tap.ok(w.pratiqued.lines("backend-address"), "the log has the change")
    # The daemon anew, with that one only.
    del w.pratiqued.settings['clamd "main"']
    w.restart()
    w.recovers()
    tag = smtp.new_tag()
    tap.has(w.send(tag), "250 ", "it scans, alone")
    tap.equal(w.log(tag)["backend"], "named", "says the log")


def changed(tap, w):
    """Its address changes, to one where no clamd is, and back"""
    known(w, "127.0.0.7")
    wait_for("it to be down", lambda: clamd(w, "named")[:4] == "down")
    tap.has(w.send(smtp.new_tag()), "451 ", "put off")
    wait_for("the reason", lambda: "Connection refused" in clamd(w, "named"))
    known(w, "127.0.0.1")
    w.recovers()
    tap.has(w.send(smtp.new_tag()), "250 ", "back: it scans again")


def confined(tap, w):
    """The process that looks names up"""
    pids = resolvers(w)
    tap.equal(len(pids), 1, "one resolver")
    status = proc.status(pids[0])
    scan = pwd.getpwnam("pratique-scan")
    tap.equal(status["Uid"].split(), [str(scan.pw_uid)] * 4,
              "the scanner's user")
    tap.equal(status["Groups"].split(), [], "no groups")
    tap.equal((status["NoNewPrivs"], status["Seccomp"],
               proc.filters(status)), ("1", "2", 1),
              "no_new_privs, and a filter of its own")
    tap.equal({int(status[x], 16) for x in ("CapPrm", "CapEff", "CapInh",
                                            "CapAmb")}, {0}, "no capability")
    tap.equal(proc.descriptors(pids[0]).keys() - {0, 1, 2}, set(),
              "no descriptor but the standard ones")
    status, text = w.pratiqued.tool("sandbox")
    tap.equal(status, 0, "pratique sandbox is content", text)
    tap.has(text, f"resolver, pid {pids[0]}\n", "and shows it")
    tap.has(w.pratiqued.tool("status")[1], f"resolver  pid {pids[0]}",
            "so does pratique status")
    with open(f"/proc/{w.pratiqued.scanner()}/maps", encoding="ascii") as file:
        views = [line for line in file if "pratique-addresses" in line]
    tap.ok(views and all(" r--s " in line for line in views),
           "the scanner sees its memory, and cannot write to it", views)


def ended(tap, w):
    """It ends"""
    os.kill(resolvers(w)[0], 9)
    w.pratiqued.wait_line("resolver-died")
    tap.has(w.send(smtp.new_tag()), "250 ", "mail is scanned as before")
    os.kill(w.pratiqued.scanner(), 9)
    w.recovers()
    tap.has(w.send(smtp.new_tag()), "250 ", "a new scanner has the address")
    tap.equal(w.pratiqued.stop(), 0, "an orderly end")
    w.pratiqued.start()
    pid = resolvers(w)[0]
    os.kill(w.pratiqued.pid(), 9)
    wait_for("the resolver to end with the monitor",
             lambda: not proc.alive(pid))
    tap.ok(not proc.alive(pid), "it does not outlive the monitor")
    w.pratiqued.process.wait(60)


def not_needed(tap, w):
    """No name, no resolver"""
    del w.pratiqued.settings['clamd "named"']
    w.pratiqued.settings['clamd "main"'] = {
        "address": f"inet:{w.clamd.port}@127.0.0.1"}
    w.pratiqued.start()
    tap.has(w.send(smtp.new_tag()), "250 ", "mail is scanned")
    tap.equal(resolvers(w), [], "there is none")
    w.pratiqued.stop()


def listening(tap, w):
    """A name to listen on that is not known: what time may heal"""
    p = w.pratiqued
    p.settings["listen"] = [f"inet:8894@{NAME}x"]
    p.write()
    status, _, err = p.run("-c", p.config)
    tap.ok(status == 71 and f"{NAME}x" in err and "not known" in err,
           "it does not start, with a status for which the unit tries again",
           status, err)


main(world, unknown, found, changed, confined, ended, not_needed, listening)
