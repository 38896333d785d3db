# SPDX-License-Identifier: ISC
"""Calls in a table that no process makes while survey.t traces the daemon, and
why they stay.  Reviewed by hand: survey.t fails for a call that was never seen
and is not in here, and for one in here that was seen or that no table has.
The role is the table's; a call that a child makes counts as seen.
"""
# Where the kernel's clock source can be read from user space, and that is on
# each machine these tests run on, the C library does so.
CLOCK = ("served by the vDSO, without a call; a call where the vDSO cannot "
         "read the clock: a clock source such as hpet or acpi_pm, "
         "or a kernel booted with vdso=0. ")
NEW_FSTAT = "newfstatat until glibc 2.38, fstat again from 2.39 on: "
OTHER = "another C library's call for the same thing (test_policy_twins.c): "

REASONS = {
    "monitor": {
        "clock_gettime": CLOCK + "Times of log lines, deadlines of children.",
        "time": CLOCK + "Where a C library has a call of its own for it.",
        "gettimeofday": CLOCK + "The same.",
        "fork": OTHER + "musl's fork on x86-64.",
        "readlinkat":
            OTHER + "a static pratique-session asks for its own path when it "
            "starts; glibc from 2.41 on, and aarch64.",
        "unlinkat": OTHER + "aarch64's spelling of unlink.",
        "open": OTHER + "musl's open on x86-64, and so its loader.",
        "readv": OTHER + "musl's stdio, with which libcap-ng reads /proc.",
        "faccessat": OTHER + "the loader looks for /etc/ld.so.preload; aarch64.",
        "faccessat2": OTHER + "the same, where it asks with flags.",
        "fstat":
            NEW_FSTAT + "the loader asks for the sizes of libraries, a child "
            "for that of its boot block.",
        "stat": OTHER + "musl's stat on x86-64.",
        "lstat": OTHER + "musl's lstat on x86-64.",
        "statx": OTHER + "the only one on the newest architectures.",
        "statfs": OTHER + "libcap-ng asks whether /proc is the real one.",
        "getrlimit": OTHER + "C libraries without prlimit64.",
        "setrlimit": OTHER + "the same.",
        "mremap": "a heap's large piece grows, where realloc is called; and its "
                  "child's with the other engine.",
        "futex": "glibc wakes whoever waits for a thing that is done once "
                 "(call_once); not on each start, not in each version.",
        "restart_syscall":
            "made by the kernel when a wait with a time limit goes on after "
            "SIGSTOP and SIGCONT.",
    },
    "listener": {
        "kill": "a session that was taken over, and stays when its MTA has "
                "gone (tests/ipc/lingering.t).",
        "clock_gettime": CLOCK + "Deadlines of silent connections.",
        "getrlimit": OTHER + "C libraries without prlimit64.",
        "setrlimit": OTHER + "the same.",
    },
    "session": {
        "clock_gettime": CLOCK + "Deadlines of packets and messages.",
    },
    "scanner": {
        "clock_gettime": CLOCK + "Deadlines of scans, times of log lines.",
    },
    "keys": {
        "open": OTHER + "musl's open on x86-64.",
        "fstat": NEW_FSTAT + "a key file's owner, mode and length.",
        "statx": OTHER + "the only one on the newest architectures.",
    },
    'monitor, engine = "libmilter"': {
        "clock_nanosleep": "its child's, see there.",
        "nanosleep": "its child's, see there.",
        "membarrier": "its child's, see there.",
        "pipe": "its child's, see there.",
    },
    "libmilter": {
        "clock_gettime": CLOCK + "Deadlines of sessions.",
        "time": CLOCK + "libmilter's own timeouts.",
        "gettimeofday": CLOCK + "The same.",
        "mremap":
            "libmilter's table of polled descriptors has grown above 128 KB: "
            "more than 16,384 sessions, max_sessions may be 20,000.",
        "clock_nanosleep":
            "libmilter waits before it tries again to start a thread or to "
            "take a connection that the system refused.",
        "nanosleep": OTHER + "musl's sleep.",
        "membarrier": OTHER + "musl, before it starts the first thread.",
        "pipe": OTHER + "musl's pipe on x86-64.",
        "prctl": "glibc from 2.39 on names its memory (heap, stacks of "
                 "threads) where its tunable decorate_maps is set.",
        "restart_syscall":
            "made by the kernel when libmilter's wait goes on after SIGSTOP "
            "and SIGCONT (tests/system/30-libmilter.t).",
    },
}

# Seen in some runs: whether the memory of a connection is given back, or kept
# for the next one, depends on how much there is at that moment.
SOMETIMES = {"libmilter": {"munmap"}}
