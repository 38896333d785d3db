# SPDX-License-Identifier: ISC
"""What this machine has no layer for: tried without confinement, by a child
that is an ordinary user.  And so what a daemon tells here."""
import ctypes
import errno
import functools
import os

EVERY_LAYER = ("ids,capabilities,no_new_privs,not_dumpable,root,network,"
               "namespaces,landlock,limits,mdwe,seccomp").split(",")
BOUNDING_STAYS = "capabilities: bounding set stays, for want of SETPCAP"
NO_CHROOT = "root: chroot (EPERM: forbidden from outside)"
NOBODY = 65534
LANDLOCK_CREATE_RULESET, LANDLOCK_VERSION = 444, 1  # on all machines
SET_MDWE, REFUSE_GAIN = 65, 1
NAMESPACES = 0x10000000 | 0x00020000 | 0x08000000 | 0x04000000 | 0x40000000
ABI_TCP, ABI_SCOPES = 4, 6


def tried(name, *arguments):
    """What a call gives to a child: (result, errno)."""
    ours, its = os.pipe()
    pid = os.fork()
    if pid == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        result = getattr(libc, name)(*arguments)
        os.write(its, f"{result} {ctypes.get_errno()}".encode())
        os._exit(0)
    os.close(its)
    with open(ours, encoding="ascii") as file:
        result, error = map(int, file.read().split())
    os.waitpid(pid, 0)
    return result, error if result == -1 else 0


def cause(error):
    """As sandbox/confinement.c tells it."""
    return {errno.EPERM: "EPERM: forbidden from outside",
            errno.ENOSYS: "ENOSYS: not in this kernel",
            errno.ENOSPC: "ENOSPC: as many as are allowed",
            errno.EOPNOTSUPP: "EOPNOTSUPP"}.get(
                error, errno.errorcode.get(error, str(error)))


@functools.lru_cache(None)
def landlock():
    """(ABI or -1, errno)"""
    return tried("syscall", LANDLOCK_CREATE_RULESET, None,
                 ctypes.c_size_t(0), LANDLOCK_VERSION)


@functools.lru_cache(None)
def lacks():
    """{layer: cause}"""
    found = {}
    _, error = tried("unshare", NAMESPACES)
    if error:
        found["namespaces"] = cause(error)
        if not only_lo():
            found["network"] = cause(error)
    _, error = tried("prctl", SET_MDWE, ctypes.c_ulong(REFUSE_GAIN),
                     *[ctypes.c_ulong(0)] * 3)
    if error:  # a kernel before 6.3: an option it does not know
        found["mdwe"] = cause(errno.ENOSYS if error == errno.EINVAL else error)
    if landlock()[1]:
        found["landlock"] = cause(landlock()[1])
    return found


def only_lo():
    """This machine has the network that a session should have."""
    with open("/proc/self/net/dev", encoding="ascii") as file:
        return [line.split(":")[0].strip() for line in file][2:] == ["lo"]


def has(*layers):
    return not set(layers) & set(lacks())


def complete():
    """True if it has everything."""
    return not lacks() and landlock()[0] >= ABI_SCOPES


def none_of(layers):
    """Why it has none of these layers; None if it has one, or none is asked."""
    gone = lacks()
    if landlock()[0] < ABI_TCP:
        gone = {**gone, "landlock for TCP": "not in this kernel"}
    if not layers or set(layers) - set(gone):
        return None
    return "; ".join(f"{layer}: {gone[layer]}" for layer in layers)


def entries(missing):
    return sorted(entry for entry in missing.split("; ") if entry)


def told(layers, missing, ordinary=False):
    """(layers, entries): what a process tells here that would tell these where
    the kernel has every layer.  ordinary: it is no root, and only a user
    namespace lets it chroot."""
    gone, out = lacks(), set(entries(missing))
    lost = {"mdwe", "landlock"} & set(gone) & set(layers)
    if "namespaces" in layers and "namespaces" in gone:
        lost |= {"namespaces", *({"network"} & set(layers) & set(gone))}
        out.add(BOUNDING_STAYS)
        if ordinary:
            lost.add("root")
            out.add(NO_CHROOT)
    for layer in lost & set(gone):
        word = "none" if layer in ("mdwe", "landlock") else "refused"
        out.add(f"{layer}: {word} ({gone[layer]})")
    abi = landlock()[0]
    if "landlock" in layers and 0 < abi < ABI_SCOPES:
        out.add("landlock: no scopes in this kernel" if abi >= ABI_TCP else
                "landlock: no TCP rules and scopes in this kernel")
    return [x for x in EVERY_LAYER if x in layers and x not in lost], \
        sorted(out)
