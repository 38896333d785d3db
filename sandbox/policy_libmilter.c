/* SPDX-License-Identifier: ISC */
/*
 * What the one process of engine = "libmilter" may ask of the kernel.  It
 * takes the listener's place, and all sessions are threads of it: the table is
 * the listener's loop, a session's work, and what libmilter and the C
 * library's threads need beside it.  Nothing narrows it further when a
 * connection is served.
 *
 * Filters only ever add up, so the monitor that is to start this process must
 * allow the same: policy_monitor_libmilter is the monitor's table with the
 * rows that it lacks, in force only where this engine was chosen.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "sandbox/layer.h"

/* What the C library starts threads with, and no other flag. */
#define THREAD                                                              \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | \
	    CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |            \
	    CLONE_CHILD_CLEARTID)

/* musl's have one more, which has had no meaning since Linux 2.6.2. */
#define THREAD_MUSL (THREAD | CLONE_DETACHED)

/* Linux 6.13; the headers may be older than the kernel. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE  103
#endif

/* Rows that the monitor's own table does not have, for both tables. */
/* clang-format off */
#define ROWS_OF_THREADS                                                        \
    {"accept4", .check = {IS(3, SOCK_CLOEXEC)},                                \
	.reason = "an MTA's connection; libmilter wants it blocking"},         \
    {"poll", ONLY_X86_64, .reason = "libmilter: waits for packets"},           \
    {"clone", .check = {IS(0, THREAD)},                                        \
	.reason = "a worker thread, with the C library's flags"},              \
    {"clone", .check = {IS(0, THREAD_MUSL)},                                   \
	.reason = "the same; musl's flags"},                                   \
    {"clone3", .error = ENOSYS,                                                \
	.reason = "its flags are out of sight of a filter: the C library "     \
		  "then takes clone"},                                         \
    {"futex", .reason = "threads wait for each other"},                        \
    {"exit", .reason = "the end of a worker thread"},                          \
    {"membarrier",                                                             \
	.check = {IS(0, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)},           \
	.reason = "musl: before the first thread is started"},                 \
    {"madvise", .check = {IS(2, MADV_GUARD_INSTALL)},                          \
	.reason = "guard pages of stacks, glibc from 2.42 on"},                \
    {"madvise", .check = {IS(2, MADV_GUARD_REMOVE)},                           \
	.reason = "the same"},                                                 \
    {"rt_sigtimedwait", .reason = "libmilter's signal thread"},                \
    {"clock_nanosleep", .reason = "libmilter: before it tries again"},         \
    {"nanosleep", .reason = "the same; musl's sleep"},                         \
    {"setsockopt", .check = {IS(1, SOL_SOCKET), IS(2, SO_KEEPALIVE)},          \
	.reason = "libmilter: on each connection"},                            \
    {"fcntl", .check = {IS(1, F_SETFD), IS(2, FD_CLOEXEC)},                    \
	.reason = "libmilter: the same"},                                      \
    {"fcntl", .check = {IS(1, F_GETFL)},                                       \
	.reason = "libmilter: its pipe does not block"},                       \
    {"fcntl", .check = {IS(1, F_SETFL)}, .reason = "the same"},                \
    {"pipe2", .check = {IS(1, 0)},                                             \
	.reason = "libmilter: wakes its controller"},                          \
    {"pipe", ONLY_X86_64, .reason = "the same; musl's pipe"}
/* clang-format on */

static const struct policy_row more[] = {ROWS_OF_THREADS};

const struct policy policy_monitor_libmilter = {
    .role = "monitor, engine = \"libmilter\"",
    .row = more,
    .rows = sizeof(more) / sizeof(more[0]),
    .base = &policy_monitor,
};

static const struct policy_row rows[] = {
    /* the loop that accepts */
    {"epoll_pwait", .check = {IS(4, 0)},
	.reason = "waits for connections, first bytes, the monitor"},
    {"epoll_ctl", .reason = "accepted descriptors join and leave the loop"},
    {"socketpair",
	.check = {IS(0, AF_UNIX),
	    IS(1, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC), IS(2, 0)},
	.reason = "the channel between a new session and the scanner"},
    {"sendmsg", .reason = "CHANNEL with the descriptor; READY"},
    {"recvmsg", .reason = "PEER, RETIRE, STOP from the monitor"},
    {"close", .reason = "descriptors that are done with"},

    /* sessions */
    {"read", .reason = "packets from MTAs, results, libmilter's pipe"},
    {"restart_syscall",
	.reason = "a wait goes on after SIGSTOP and SIGCONT: the kernel's own"},
    {"write", .reason = "records; connections to libmilter; its pipe"},
    {"writev", .reason = "libmilter: replies to MTAs"},
    {"ppoll", .check = {IS(3, 0)}, .reason = "waits with a limit"},
    {"clock_gettime", .reason = "deadlines, where the vDSO cannot help"},
    {"gettimeofday", .reason = "libmilter: the same"},
    {"time", ONLY_X86_64, .reason = "libmilter: the same"},
    {"exit_group", .reason = "the end"},

    /* the C library: threads and heap */
    {"mmap", .check = {BITS(2, PROT_EXEC, 0)},
	.reason = "stacks of threads, memory of sessions"},
    {"mprotect", .check = {BITS(2, PROT_EXEC, 0)},
	.reason = "guard pages of stacks"},
    {"munmap", .reason = "both are given back"},
    {"madvise", .check = {IS(2, MADV_DONTNEED)},
	.reason = "the stack of a thread is given back"},
    {"madvise", .check = {IS(2, MADV_FREE)},
	.reason = "heap is given back; musl's"},
    {"mremap", .reason = "a table of libmilter grows"},
    {"brk", .reason = "heap"},
    {"prctl", .check = {IS(0, PR_SET_VMA), IS(1, PR_SET_VMA_ANON_NAME)},
	.reason = "glibc from 2.39 on can name its memory"},
    {"set_robust_list", .reason = "start of a thread"},
    {"rseq", .reason = "start of a thread"},
    {"rt_sigprocmask", .reason = "signals blocked around the start of one"},
    {"rt_sigaction", .reason = "libmilter: SIGPIPE ignored"},
    {"fcntl", .check = {IS(1, F_GETFD)},
	.reason = "libmilter: before it sets the flag below"},
    ROWS_OF_THREADS,
};

const struct policy policy_libmilter = {
    .role = "libmilter",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
