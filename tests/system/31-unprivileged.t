#!/usr/bin/python3 -B
# SPDX-License-Identifier: ISC
"""Where the daemon gets less than root on a host has: an ordinary user, a user
namespace, a container, a chroot.  It works in each, confines its processes
with what it can get, and tells exactly what that is and what is missing; and
where the operator requires what is missing, it does not start."""
import os
import pwd
import re
import shutil
import subprocess

from kit import machine, proc, smtp
from kit.clamd import EICAR
from kit.machine import BOUNDING_STAYS, EVERY_LAYER, entries, only_lo
from kit.pratiqued import MONITOR
from kit.tap import BUILD, SOURCE, main
from kit.world import World

PYTHON = "/usr/bin/python3"  # one that any user may run
KIT = os.path.join(SOURCE, "tests/system")
PROGRAMS = ["pratiqued", "pratique-monitor", "pratique-keys",
            "pratique-session", "pratique-scanner"]
FORBIDDEN = "(EPERM: forbidden from outside)"
NO_MORE = "(ENOSPC: as many as are allowed)"
USER = "nobody"

# The capabilities that container engines leave to root by default.
CONTAINER = "@@".join([
    "CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID "
    "CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_BIND_SERVICE "
    "CAP_NET_RAW CAP_SYS_CHROOT CAP_MKNOD CAP_AUDIT_WRITE CAP_SETFCAP",
    "RestrictNamespaces=yes"])

# A user namespace with all ids, in which no other can be made: by the
# namespace's own limit, which nobody outside notices.
NO_USER_NAMESPACES = r"""
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
ready, mapped = os.pipe(), os.pipe()
child = os.getpid()
if os.fork() == 0:
    os.read(ready[0], 1)
    for name in "uid_map", "gid_map":
        with open(f"/proc/{child}/{name}", "w") as file:
            file.write("0 0 65536")
    os.write(mapped[1], b"x")
    os._exit(0)
if libc.unshare(0x10000000) != 0:
    sys.exit("unshare: " + os.strerror(ctypes.get_errno()))
os.write(ready[1], b"x")
os.read(mapped[0], 1)
os.wait()
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
for fd in ready + mapped:
    os.close(fd)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def world(stack, directory):
    w = World(stack, directory, start=False)
    p = w.pratiqued
    p.programs_in = os.path.join(directory, "bin")
    os.mkdir(p.programs_in)
    for name in PROGRAMS:
        shutil.copy(os.path.join(BUILD, name), p.programs_in)
    p.settings["libexec_dir"] = p.programs_in
    w.usual = dict(p.settings)
    return w


def own(w, user):
    """Settings for a user without privilege: everything in directories of
    its own, and a socket that every MTA may use."""
    p = w.pratiqued
    at = os.path.join(w.directory, "own")
    shutil.rmtree(at, ignore_errors=True)
    os.mkdir(at)
    p.config = os.path.join(at, "pratique.conf")
    with open(p.config, "wb"):
        pass
    for path in at, p.config:
        shutil.chown(path, user)
    # The address that Postfix was given, in a directory of ours.
    p.settings = {**w.usual, "run_dir": f"{at}/run", "socket_mode": "0666",
                  "socket_group": "", "listen": [f"unix:{at}/milter.sock"]}
    if os.path.lexists(p.socket):
        os.unlink(p.socket)
    os.symlink(f"{at}/milter.sock", p.socket)


def usual(w):
    p = w.pratiqued
    p.stop()
    p.around = []
    p.settings = dict(w.usual)
    p.config = os.path.join(w.directory, "pratique.conf")
    if os.path.lexists(p.socket):
        os.unlink(p.socket)


def told(tap, w, name, layers, missing, ordinary=False, proc_there=True):
    """Log and pratique sandbox say exactly this, mail is scanned, and a child
    that is killed is replaced.  Without /proc no process can see that its
    network is empty."""
    p = w.pratiqued
    if only_lo() and proc_there and "network" not in layers:
        # This machine has the network that a session should have.
        layers = [*layers, "network"]
        missing = re.sub(r"network: refused \([^)]*\)(; )?", "",
                         missing).removesuffix("; ")
    wanted = machine.told(layers, missing, ordinary)
    tap.has(w.send(smtp.new_tag()), "250 ", f"{name}: a clean message")
    tap.has(w.send(smtp.new_tag(), smtp.attachment("e", EICAR.encode())),
            "550 ", f"{name}: an infected one")
    status, text = p.tool("sandbox")
    tap.equal(status, 0, f"{name}: /proc shows what the processes tell", text)
    for role in "listener", "scanner":
        line = p.wait_line(f"{role}-start")
        tap.equal((line["layers"].split(","), entries(line["missing"])),
                  wanted,
                  f"{name}: {role} tells what is in force, and what not")
        shown = re.search(rf"^{role}, pid \d+\n  layers +(.*)\n"
                          r"  missing +(.*)$", text, re.MULTILINE)
        tap.equal(shown and shown.groups(),
                  (line["layers"], line["missing"] or "nothing"),
                  f"{name}: pratique sandbox shows the same of the {role}")
    for pid, program in p.programs():
        found = proc.status(pid)
        tap.ok(found["NoNewPrivs"] == "1" and found["Seccomp"] == "2",
               f"{name}: {program} has no_new_privs and a filter", found)
        if pid != p.pid():
            tap.equal({int(found[x], 16) for x in ("CapPrm", "CapEff")}, {0},
                      f"{name}: {program} has no capability")
    os.kill(p.scanner(), 9)
    tap.ok(w.recovers(), f"{name}: a killed scanner is replaced")


def required(tap, w, name, layer, there):
    """With require = {layer} it starts if there is one, else not."""
    p = w.pratiqued
    p.stop()
    p.settings["require"] = [layer]
    if there or (layer == "network" and only_lo()):
        p.start()
        tap.has(p.wait_line("listener-start")["layers"].split(","), layer,
                f"{name}: starts where {layer} is required, and has it")
        p.stop()
    else:
        p.write()
        status, _, text = p.run("-c", p.config)
        tap.ok(status == 71 and f"required: {layer}" in text,
               f"{name}: does not start where {layer} is required, and says "
               "why", status, text)
    del p.settings["require"]


def host(tap, w):
    """Control: root on a host gets every layer"""
    p = w.pratiqued
    p.start()
    told(tap, w, "host", EVERY_LAYER, "")
    p.stop()
    every = ["ids", "root", "network", "namespaces", "landlock", "mdwe"]
    p.settings["require"] = [x for x in every if machine.has(x)]
    p.start()
    tap.equal(entries(p.wait_line("scanner-start")["missing"]),
              machine.told(EVERY_LAYER, "")[1],
              "host: starts with all layers required")
    for layer in machine.lacks():
        required(tap, w, "host", layer, False)
    usual(w)


def ordinary(tap, w):
    """An ordinary user"""
    own(w, USER)
    p = w.pratiqued
    p.around = ["setpriv", f"--reuid={USER}", "--regid=nogroup",
                "--clear-groups"]
    p.start()
    told(tap, w, "ordinary user", [x for x in EVERY_LAYER if x != "ids"],
         "ids: not started as root", ordinary=True)
    uid = str(pwd.getpwnam(USER).pw_uid)
    for pid, program in p.programs():
        tap.equal(set(proc.status(pid)["Uid"].split()), {uid},
                  f"ordinary user: {program} is that user")
    required(tap, w, "ordinary user", "ids", False)
    required(tap, w, "ordinary user", "namespaces", machine.has("namespaces"))
    usual(w)


def user_namespace(tap, w):
    """Root of a user namespace that an ordinary user made"""
    if not machine.has("namespaces"):
        tap.elsewhere("unshare -r", machine.lacks()["namespaces"])
        return
    own(w, USER)
    p = w.pratiqued
    p.around = ["setpriv", f"--reuid={USER}", "--regid=nogroup",
                "--clear-groups", "unshare", "--map-root-user"]
    p.start()
    told(tap, w, "unshare -r", [x for x in EVERY_LAYER if x != "ids"],
         "ids: root of a user namespace that does not have them")
    required(tap, w, "unshare -r", "ids", False)
    p.around += ["sh", "-c", "echo 0 >/proc/sys/user/max_user_namespaces && "
                 'exec "$@"', "sh"]
    p.start()
    told(tap, w, "unshare -r without more of them",
         [x for x in EVERY_LAYER if x not in ("ids", "network", "namespaces")],
         "ids: root of a user namespace that does not have them; "
         f"namespaces: refused {NO_MORE}; network: refused {NO_MORE}; "
         f"{BOUNDING_STAYS}")
    usual(w)


def several_directories(tap, w):
    """Sockets of clamds in several directories, and nothing can be mounted: the
    scanner then has no root directory of its own."""
    p = w.pratiqued
    p.settings['clamd "elsewhere"'] = {"address": "unix:/nowhere/clamd.sock"}
    p.start()
    line = p.wait_line("scanner-start")
    tap.ok("root" not in line["layers"].split(",")
           and "root: sockets in several directories" in line["missing"],
           "several directories: root is told as missing", line.text)
    tap.ok("root" in p.wait_line("listener-start")["layers"].split(","),
           "the listener has its own")
    w.recovers()
    required(tap, w, "several directories", "root", False)
    del p.settings['clamd "elsewhere"']


def no_user_namespaces(tap, w):
    """Root where user namespaces are forbidden (user.max_user_namespaces)"""
    if not machine.has("namespaces"):  # then all else here is that test
        tap.elsewhere("no user namespaces in one",
                      machine.lacks()["namespaces"])
        return
    p = w.pratiqued
    p.around = [PYTHON, "-c", NO_USER_NAMESPACES]
    p.start()
    told(tap, w, "no user namespaces",
         [x for x in EVERY_LAYER if x not in ("network", "namespaces")],
         f"namespaces: refused {NO_MORE}; network: refused {NO_MORE}; "
         f"{BOUNDING_STAYS}")
    required(tap, w, "no user namespaces", "network", False)
    required(tap, w, "no user namespaces", "root", True)
    several_directories(tap, w)
    own(w, USER)
    p.around += ["setpriv", f"--reuid={USER}", "--regid=nogroup",
                 "--clear-groups"]
    p.start()
    told(tap, w, "ordinary user without them",
         [x for x in EVERY_LAYER
          if x not in ("ids", "root", "network", "namespaces")],
         f"ids: not started as root; namespaces: refused {NO_MORE}; "
         f"network: refused {NO_MORE}; {BOUNDING_STAYS}; "
         f"root: chroot {FORBIDDEN}")
    required(tap, w, "ordinary user without them", "root", False)
    usual(w)


def container(tap, w):
    """A container: fourteen capabilities, no namespaces"""
    p = w.pratiqued
    around = ["env", f"PYTHONPATH={KIT}", PYTHON, "-B", "-m", "kit.unit"]
    p.around = [*around, CONTAINER, "--"]
    p.start()
    told(tap, w, "container",
         [x for x in EVERY_LAYER if x not in ("network", "namespaces")],
         f"namespaces: refused {FORBIDDEN}; network: refused {FORBIDDEN}; "
         f"{BOUNDING_STAYS}")
    required(tap, w, "container", "namespaces", False)
    p.around = [*around, CONTAINER + "@@PrivateNetwork=yes", "--"]
    p.start()
    told(tap, w, "container without network",
         [x for x in EVERY_LAYER if x != "namespaces"],
         f"namespaces: refused {FORBIDDEN}; {BOUNDING_STAYS}")
    required(tap, w, "container without network", "network", True)
    # All that seccomp and Landlock need, and nothing else.
    own(w, USER)
    p.around = [*around, f"{CONTAINER}@@CapabilityBoundingSet=@@User={USER}"
                "@@NoNewPrivileges=yes", "--"]
    p.start()
    told(tap, w, "container, ordinary user",
         [x for x in EVERY_LAYER
          if x not in ("ids", "root", "network", "namespaces")],
         f"ids: not started as root; namespaces: refused {FORBIDDEN}; "
         f"network: refused {FORBIDDEN}; root: chroot {FORBIDDEN}")
    p.stop()
    # Landlock forbidden or not there, seccomp as before.
    for call, error, words in (
            ("landlock_create_ruleset", 1, "none (EPERM: forbidden from "
             "outside)"),
            ("landlock_create_ruleset", 38, "none (ENOSYS: not in this "
             "kernel)")):
        p.around = [*around, f"{CONTAINER}@@User={USER}", "-e",
                    f"{call}:{error}", "--"]
        p.start()
        line = p.wait_line("listener-start")
        tap.ok("landlock" not in line["layers"] and
               f"landlock: {words}" in line["missing"],
               f"landlock, errno {error}: told apart", line.text)
        required(tap, w, f"landlock, errno {error}", "landlock", False)
    usual(w)


def recipe():
    """The commands in docs/deploy.md that fill the directory."""
    with open(os.path.join(SOURCE, "docs/deploy.md"), encoding="utf-8") as doc:
        text = doc.read()
    return re.search(r"here `/srv/pratique`:\n\n((?:    .*\n)+)", text)[1]


def chroot(tap, w):
    """A chroot that holds nothing but the daemon, as in docs/deploy.md"""
    p = w.pratiqued
    jail = os.path.join(w.directory, "jail")
    os.mkdir(jail)
    script = recipe()
    for there, here in (("/srv/pratique", jail),
                        ("/usr/local/sbin/pratiqued", f"{BUILD}/pratiqued"),
                        ("/usr/local/libexec/pratique/*",
                         f"{BUILD}/pratique-*[a-z]"),
                        (" /run/clamav ", f" {w.clamd.socket_directory} ")):
        assert there in script, there
        script = script.replace(there, here)
    done = subprocess.run(["sh", "-euc", script], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    try:
        tap.equal((done.returncode, done.stdout), (0, b""),
                  "chroot: the recipe of docs/deploy.md works")
        p.settings = {**w.usual, "libexec_dir": "/bin",
                      "run_dir": "/run/pratique", "socket_group": "",
                      "socket_mode": "0666",
                      "listen": ["unix:/run/pratique/milter.sock"],
                      'clamd "main"': {
                          "address": "unix:/run/clamav/clamd.sock"}}
        p.config = f"{jail}/etc/pratique.conf"
        if os.path.lexists(p.socket):
            os.unlink(p.socket)
        os.symlink(f"{jail}/run/pratique/milter.sock", p.socket)
        p.around = ["chroot", jail]
        with_config(p, "/etc/pratique.conf", "/bin/pratiqued")
        p.start()
        p.settings["run_dir"] = f"{jail}/run/pratique"  # as we see it
        # The limit is asked before whether this is a chroot.
        no = f"({machine.lacks()['namespaces']})" if not machine.has(
            "namespaces") else FORBIDDEN
        told(tap, w, "chroot",
             [x for x in EVERY_LAYER if x not in ("network", "namespaces")],
             f"namespaces: refused {no}; network: refused {no}; "
             f"{BOUNDING_STAYS}", proc_there=False)
        for pid, program in p.programs():
            if program != MONITOR:
                root = os.readlink(f"/proc/{pid}/root")
                tap.ok(root.startswith(f"{jail}/run/"),
                       f"chroot: {program} has a root directory in it", root)
        p.stop()
    finally:
        p.stop()
        subprocess.run(["umount", f"{jail}/run/clamav"], check=False)
        for name in "program", "inside":
            p.__dict__.pop(name, None)
        usual(w)


def with_config(p, config, program):
    """Both as they are called inside of the chroot."""
    p.inside = config
    p.program = lambda: program


main(world, host, ordinary, user_namespace, no_user_namespaces, container,
     chroot)
