# SPDX-License-Identifier: ISC
"""Calls in a table that no process makes while survey.t traces the daemon, and
why they stay.  Reviewed by hand: survey.t fails for a call that was never seen
and is not in here, and for one in here that was seen or that no table has.
The role is the table's; a call that a child makes counts as seen.
"""
# Where the kernel's clock source can be read from user space, and that is on
# each machine these tests run on, the C library does so.
CLOCK = ("served by the vDSO, without a call; a call where the vDSO can not "
         "read the clock: a clock source such as hpet or acpi_pm, "
         "or a kernel booted with vdso=0. ")
NEW_FSTAT = "newfstatat until glibc 2.38, fstat again from 2.39 on: "

REASONS = {
    "monitor": {
        "clock_gettime": CLOCK + "Times of log lines, deadlines of children.",
        "readlinkat":
            "aarch64's spelling of readlink, seen on x86-64: a static "
            "pratique-session asks for its own path when it starts.",
        "faccessat":
            "aarch64's spelling of access, seen on x86-64: the dynamic "
            "loader looks for /etc/ld.so.preload at each start of a child.",
        "fstat":
            NEW_FSTAT + "the loader asks for the sizes of libraries, a child "
            "for that of its boot block.",
    },
    "listener": {
        "clock_gettime": CLOCK + "Deadlines of silent connections.",
    },
    "session": {
        "clock_gettime": CLOCK + "Deadlines of packets and messages.",
    },
    "scanner": {
        "clock_gettime": CLOCK + "Deadlines of scans, times of log lines.",
    },
    "keys": {
        "fstat": NEW_FSTAT + "a key file's owner, mode and length.",
    },
    'monitor, engine = "libmilter"': {
        "mremap": "its child's, see there.",
        "clock_nanosleep": "its child's, see there.",
    },
    "libmilter": {
        "clock_gettime": CLOCK + "Deadlines of sessions.",
        "munmap":
            "the C library keeps 40 MB of stacks of ended threads, and gives "
            "back what is above: after more than 160 sessions at once.",
        "mremap":
            "libmilter's table of polled descriptors has grown above 128 KB: "
            "more than 16,384 sessions, max_sessions may be 20,000.",
        "clock_nanosleep":
            "libmilter waits before it tries again to start a thread or to "
            "take a connection that the system refused.",
    },
}
