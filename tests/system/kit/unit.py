# SPDX-License-Identifier: ISC
"""What systemd would put around a service, without systemd: reads a unit file
and runs a program under the part of it that matters to pratiqued.

    python3 -m kit.unit UNIT [-r PATH]... [-l SOCKET]... [-d LOG] [-e CALL:ERRNO] --
        program argument...

In force: SystemCallFilter (sets expanded by systemd-analyze), Restrict-
AddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute, CapabilityBounding-
Set, NoNewPrivileges, User, PrivateNetwork, PrivateIPC, ProtectHostname, Private-
Mounts, ProtectSystem=strict (-r stays writable), PrivateDevices,
ProcSubset, ProtectProc, and
Limit*.  The rest of the file is not looked at.  -l is a listening Unix socket
that is passed as LISTEN_FDS says; -d becomes /dev/log under PrivateDevices;
-e is a call that fails as an old kernel or an outer filter makes it.  A line "Directive=value" may stand in place
of a file: UNIT is split at "@@".
"""
import ctypes
import errno
import functools
import fcntl
import grp
import os
import pwd
import resource
import socket
import stat
import struct
import subprocess
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE = {"mnt": 0x20000, "uts": 0x4000000, "ipc": 0x8000000,
         "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000,
         "cgroup": 0x2000000}
ACT_ALLOW = 0x7fff0000
CMP_NE, CMP_MASKED_EQ = 1, 7
PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 23, 24, 38
CAPABILITIES = {"CAP_CHOWN": 0, "CAP_DAC_OVERRIDE": 1, "CAP_FOWNER": 3,
                "CAP_FSETID": 4, "CAP_KILL": 5, "CAP_SETGID": 6,
                "CAP_SETUID": 7, "CAP_SETPCAP": 8, "CAP_NET_BIND_SERVICE": 10,
                "CAP_NET_RAW": 13, "CAP_SYS_CHROOT": 18, "CAP_MKNOD": 27,
                "CAP_AUDIT_WRITE": 29, "CAP_SETFCAP": 31}


def directives(text):
    """Name -> list of the values given, an empty one starts it anew."""
    found = {}
    for line in text.splitlines():
        name, equal, value = line.strip().partition("=")
        if not equal or name.startswith("#"):
            continue
        if value:
            found.setdefault(name, []).append(value)
        else:
            found[name] = [""]
    return found


def checked(result):
    if result < 0:
        number = ctypes.get_errno() or -result
        raise OSError(number, os.strerror(number))
    return result


@functools.lru_cache(None)
def expand(name):
    """The calls of a set, or the call itself."""
    if not name.startswith("@"):
        return frozenset([name])
    # From systemd 254 on it tells a service manager of its own end, and would
    # wait for a test that does not read that.
    text = subprocess.run(["systemd-analyze", "syscall-filter", name],
                          stdout=subprocess.PIPE, check=True,
                          env={k: v for k, v in os.environ.items()
                               if k != "NOTIFY_SOCKET"}).stdout.decode()
    calls = set()
    for line in text.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            calls |= expand(line.strip())
    return frozenset(calls)


class _Compare(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


class Filter:
    """One seccomp filter, made by libseccomp."""

    def __init__(self, default):
        self.lib = ctypes.CDLL("libseccomp.so.2")
        self.lib.seccomp_init.restype = ctypes.c_void_p
        self.lib.seccomp_rule_add_array.argtypes = [
            ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint,
            ctypes.POINTER(_Compare)]
        self.lib.seccomp_load.argtypes = [ctypes.c_void_p]
        self.context = self.lib.seccomp_init(ctypes.c_uint32(default))

    def rule(self, action, call, *compare):
        number = self.lib.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return  # another architecture's
        array = (_Compare * max(1, len(compare)))(*compare)
        checked(self.lib.seccomp_rule_add_array(
            self.context, action, number, len(compare), array))

    def load(self):
        checked(self.lib.seccomp_load(self.context))


def refuse(number):
    return 0x00050000 | number


def syscall_filter(unit):
    """The first entry says whether the list allows or denies."""
    entries = unit.get("SystemCallFilter", [])
    if not entries:
        return
    allow = not entries[0].startswith("~")
    calls = set(expand("@default")) if allow else set()
    for entry in entries:
        inverse = entry.startswith("~")
        for name in entry.lstrip("~").split():
            if inverse == allow:
                calls -= expand(name)
            else:
                calls |= expand(name)
    rules = Filter(refuse(errno.EPERM) if allow else ACT_ALLOW)
    for call in calls:
        rules.rule(ACT_ALLOW if allow else refuse(errno.EPERM), call)
    rules.load()


def other_filters(unit):
    families = unit.get("RestrictAddressFamilies")
    if families:
        rules = Filter(ACT_ALLOW)
        allowed = {int(getattr(socket, name))
                   for value in families for name in value.split()}
        for family in range(46):
            if family not in allowed:
                rules.rule(refuse(errno.EAFNOSUPPORT), "socket",
                           _Compare(0, CMP_MASKED_EQ, 0xffffffff, family))
        rules.load()
    if unit.get("RestrictNamespaces"):
        allowed = unit["RestrictNamespaces"][-1].split()
        rules = Filter(ACT_ALLOW)
        for name, flag in CLONE.items():
            if name not in allowed:
                for call in "unshare", "clone":
                    rules.rule(refuse(errno.EPERM), call,
                               _Compare(0, CMP_MASKED_EQ, flag, flag))
        rules.rule(refuse(errno.ENOSYS), "clone3")
        rules.load()
    if yes(unit, "MemoryDenyWriteExecute"):
        rules = Filter(ACT_ALLOW)
        rules.rule(refuse(errno.EPERM), "mmap", _Compare(2, CMP_MASKED_EQ, 6, 6))
        rules.rule(refuse(errno.EPERM), "mprotect",
                   _Compare(2, CMP_MASKED_EQ, 4, 4))
        rules.load()


def failing_calls(calls):
    if calls:
        rules = Filter(ACT_ALLOW)
        for call, _, number in (entry.partition(":") for entry in calls):
            rules.rule(refuse(int(number)), call)
        rules.load()


def yes(unit, name):
    return unit.get(name, ["no"])[-1] == "yes"


def loopback_up():
    with socket.socket() as asking:
        fcntl.ioctl(asking, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def devices(log):
    """A /dev with little in it, and the system log."""
    names = "null", "zero", "full", "random", "urandom"
    numbers = {name: os.stat(f"/dev/{name}").st_rdev for name in names}
    mount("-t", "tmpfs", "-o", "mode=0755", "dev", "/dev")
    for name, number in numbers.items():
        os.mknod(f"/dev/{name}", 0o666 | stat.S_IFCHR, number)
        os.chmod(f"/dev/{name}", 0o666)
    for path in log:
        with open("/dev/log", "xb"):
            mount("--bind", path, "/dev/log")


def namespaces(unit, writable, log):
    mounts = yes(unit, "PrivateMounts")
    flags = (CLONE["net"] if yes(unit, "PrivateNetwork") else 0) \
        | (CLONE["ipc"] if yes(unit, "PrivateIPC") else 0) \
        | (CLONE["uts"] if yes(unit, "ProtectHostname") else 0) \
        | (CLONE["mnt"] if mounts else 0)
    checked(LIBC.unshare(flags))
    if yes(unit, "PrivateNetwork"):
        loopback_up()
    if not mounts:
        return
    mount("--make-rprivate", "/")
    if yes(unit, "PrivateDevices"):
        devices(log)
    if unit.get("ProtectSystem") == ["strict"]:
        for path in writable:
            mount("--bind", path, path)
        mount("-o", "remount,bind,ro", "/")
    options = []
    if unit.get("ProcSubset") == ["pid"]:
        options.append("subset=pid")
    if unit.get("ProtectProc"):
        options.append("hidepid=" + unit["ProtectProc"][-1])
    if options:
        mount("-t", "proc", "-o", ",".join(options), "proc", "/proc")


def identity(unit):
    bounding = unit.get("CapabilityBoundingSet")
    if bounding is not None:
        keep = {CAPABILITIES[name] for value in bounding
                for name in value.split()}
        for number in range(64):
            if number not in keep and LIBC.prctl(
                    PR_CAPBSET_READ, number, 0, 0, 0) == 1:
                checked(LIBC.prctl(PR_CAPBSET_DROP, number, 0, 0, 0))
    if unit.get("User"):
        user = pwd.getpwnam(unit["User"][-1])
        groups = [grp.getgrnam(name).gr_gid
                  for name in unit.get("SupplementaryGroups", [])]
        os.setgroups(groups)
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    if yes(unit, "NoNewPrivileges"):
        checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def limits(unit):
    for name, number in (("LimitNOFILE", resource.RLIMIT_NOFILE),
                         ("LimitCORE", resource.RLIMIT_CORE)):
        if name in unit:
            value = int(unit[name][-1])
            hard = resource.getrlimit(number)[1]
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            resource.setrlimit(number, (value, value))


def pass_sockets(paths):
    """Descriptors 3 and following."""
    opened = []
    for path in paths:
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        os.chmod(path, 0o666)
        listening.listen(128)
        opened.append(fcntl.fcntl(listening.detach(), fcntl.F_DUPFD, 100))
    for place, number in enumerate(opened, 3):
        os.dup2(number, place)
    if opened:
        os.environ["LISTEN_PID"] = str(os.getpid())
        os.environ["LISTEN_FDS"] = str(len(opened))


def main(arguments):
    if os.path.exists(arguments[0]):
        with open(arguments[0], encoding="utf-8") as file:
            unit = directives(file.read())
    else:
        unit = directives(arguments[0].replace("@@", "\n"))
    split = arguments.index("--")
    options = list(zip(arguments[1:split:2], arguments[2:split:2]))
    command = arguments[split + 1:]
    limits(unit)
    namespaces(unit, *([path for option, path in options if option == name]
                       for name in ("-r", "-d")))
    # While any program may still be run, and the libraries be loaded.
    for value in unit.get("SystemCallFilter", []):
        for name in value.lstrip("~").split():
            expand(name)
    expand("@default")
    pass_sockets([path for option, path in options if option == "-l"])
    identity(unit)
    failing_calls([value for option, value in options if option == "-e"])
    other_filters(unit)
    syscall_filter(unit)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
