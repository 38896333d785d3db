/* SPDX-License-Identifier: ISC */
/*
 * What the monitor may ask of the kernel while it supervises, and with it
 * what listener and scanner may ask until their own programs are in force:
 * filters are inherited by fork and execve and only ever add up, so the whole
 * start of a child, from the dynamic loader to the last layer, and all that
 * its own table allows must be in here.
 *
 * Intentionally left out: everything that mounts (but see policy_binds.c),
 * traces, loads code into the kernel, or opens a file for writing.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "sandbox/layer.h"

#define NAMESPACES  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)
#define STREAM_TYPE (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)
#define OPEN_KIND   (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

static const struct policy_row rows[] = {
    /* The calls that a session still makes: this filter is tested for each of
     * them, so they come first. */
    {"read", .reason = "signalfd; children: boot, libraries, all traffic"},
    {"write", .reason = "log lines, readiness; children: all traffic"},
    {"ppoll", .check = {IS(3, 0)}, .reason = "session: waits with a limit"},
    {"epoll_pwait", .check = {IS(4, 0)},
	.reason = "waits for children, signals, timers; likewise the children"},
    {"clock_gettime", .reason = "deadlines, times of log lines"},
    {"exit_group", .reason = "the end of any process"},

    /* supervision */
    {"epoll_create1", .check = {IS(0, EPOLL_CLOEXEC)},
	.reason = "the loops' own descriptors"},
    {"epoll_ctl", .reason = "descriptors join and leave a loop"},
    {"signalfd4", .check = {IS(3, SFD_NONBLOCK | SFD_CLOEXEC)},
	.reason = "signals as records, no handlers"},
    {"rt_sigprocmask", .reason = "signals blocked for signalfd; fork"},
    {"rt_sigaction", .reason = "children: SIGPIPE and SIGXFSZ ignored"},
    {"socketpair",
	.check = {IS(0, AF_UNIX),
	    IS(1, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC), IS(2, 0)},
	.reason = "channels"},
    {"sendmsg", .reason = "records, descriptors, log lines"},
    {"recvmsg", .reason = "records"},
    {"memfd_create", .check = {IS(1, MFD_CLOEXEC | MFD_ALLOW_SEALING)},
	.reason = "scanner: where a message is collected"},
    {"fcntl", .check = {IS(1, F_ADD_SEALS)},
	.reason = "scanner: messages become unchangeable"},
    {"fcntl", .check = {IS(1, F_GET_SEALS)},
	.reason =
	    "children: is the boot block sealed?; scanner: is a message?"},
    {"fcntl", .check = {IS(1, F_GETFL)},
	.reason = "scanner: looks whether a message can be read"},
    {"fcntl", .check = {IS(1, F_GETFD)},
	.reason = "children: is descriptor 0, 1, 2 open?"},
    {"close", .reason = "descriptors that went to a child or are done with"},
    {"clone",
	.check = {IS(0, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD)},
	.reason = "fork, with the C library's flags and no other"},
    {"clone", .check = {IS(0, SIGCHLD)},
	.reason = "listener: fork of a session"},
    {"fork", ONLY_X86_64, .reason = "the same; musl's fork"},
    {"fcntl", .check = {IS(1, F_DUPFD)},
	.reason = "a child's descriptors, out of each other's way"},
    {"dup2", ONLY_X86_64, .reason = "and into their places"},
    {"setpgid", .check = {IS(0, 0), IS(1, 0)},
	.reason = "a child's own group: a terminal's signals are for us"},
    {"dup3",
	.reason = "the same; session: its two descriptors; a new log socket"},
    {"close_range", .reason = "a child gets no others"},
    {"execve", .reason = "a child starts from a fresh image"},
    {"waitid", .reason = "how a child ended"},
    {"kill", .check = {IS(1, SIGKILL)}, .reason = "a child must end"},
    {"socket",
	.check = {IS(0, AF_UNIX),
	    IS(1, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK)},
	.reason = "a new connection to syslog; readiness to systemd"},
    {"connect", .reason = "the same; scanner: clamd"},

    {"unlink", ONLY_X86_64,
	.reason = "the end: listening sockets and pid file go"},
    {"unlinkat", .check = {IS(2, 0)}, .reason = "the same"},

    {"setitimer", .check = {IS(0, ITIMER_REAL)},
	.reason = "key reader: its end, if reading takes long"},
    {"getdents64", .reason = "key reader: names of key files"},

    /* A child's dynamic loader and C library.  Where several calls do the same
     * all are here, whichever one this C library takes (test_policy_twins). */
    {"brk", .reason = "heap"},
    {"mmap", .check = {BITS(2, PROT_EXEC, 0)},
	.reason = "memory and data of libraries"},
    {"mmap", .check = {BITS(2, PROT_WRITE, 0)},
	.reason = "code of libraries; never writable as well"},
    {"mremap", .reason = "heap: what is large grows; its rights stay"},
    {"mprotect", .check = {BITS(2, PROT_EXEC, 0)},
	.reason = "relocated data becomes read-only; guard pages"},
    {"mprotect", .check = {BITS(2, PROT_WRITE, 0)},
	.reason = "branch protection of code (BTI on aarch64)"},
    {"munmap", .reason = "the loader's cache file; heap"},
    {"madvise", .check = {IS(2, MADV_DONTNEED)},
	.reason = "heap is given back"},
    {"madvise", .check = {IS(2, MADV_FREE)}, .reason = "the same; musl's"},
    {"madvise", .check = {IS(2, MADV_DONTFORK)},
	.reason = "listener: tables that its sessions do not get"},
    {"prctl", .check = {IS(0, PR_SET_VMA), IS(1, PR_SET_VMA_ANON_NAME)},
	.reason = "glibc from 2.39 on can name its memory"},
    {"readlink", ONLY_X86_64,
	.reason = "children: a static program asks for its own path"},
    {"readlinkat", .reason = "the same, glibc from 2.41 on"},
    {"openat", .check = {BITS(2, OPEN_KIND, O_RDONLY)},
	.reason =
	    "libraries, time zone, /proc for libcap-ng, key files; to read only"},
    {"open", ONLY_X86_64, .check = {BITS(1, OPEN_KIND, O_RDONLY)},
	.reason = "the same; musl's open"},
    {"readv", .reason = "files as musl's stdio reads them"},
    {"access", ONLY_X86_64, .reason = "the loader: /etc/ld.so.preload"},
    {"faccessat", .reason = "the same"},
    {"faccessat2", .reason = "the same, with flags"},
    {"newfstatat", .reason = "sizes of libraries, boot block, key files"},
    {"fstat", .reason = "the same, glibc from 2.39 on"},
    {"stat", ONLY_X86_64, .reason = "the same; musl's stat"},
    {"lstat", ONLY_X86_64, .reason = "the same; musl's lstat"},
    {"statx", .reason = "the same, for what came after stat"},
    {"fstatfs", .reason = "libcap-ng: is /proc the real one?"},
    {"statfs", .reason = "the same, by path"},
    {"lseek", .reason = "the C library when it has read a file in part"},
    {"pread64", .reason = "ELF headers; scanner: messages"},
    {"arch_prctl", ONLY_X86_64, .reason = "thread pointer"},
    {"set_tid_address", .reason = "C library start"},
    {"set_robust_list", .reason = "C library start, and in a forked child"},
    {"rseq", .reason = "C library start"},
    {"futex", .check = {IS(1, FUTEX_WAKE_PRIVATE)},
	.reason = "the C library has done a thing once: wakes nobody"},
    {"getrandom", .reason = "heap seed; scanner: seed of its nonces"},
    {"gettid", .reason = "libcap-ng: which thread's sets"},
    {"getpid", .reason = "own number"},
    {"time", ONLY_X86_64,
	.reason = "as clock_gettime, where the vDSO cannot help"},
    {"gettimeofday", .reason = "the same"},
    {"restart_syscall",
	.reason = "a wait goes on after SIGSTOP and SIGCONT: the kernel's own"},

    /* a child puts on its layers, in the order of sandbox.c */
    {"prctl", .check = {IS(0, PR_SET_DUMPABLE), IS(1, 0)},
	.reason = "nobody looks into its memory"},
    {"prctl", .check = {IS(0, PR_GET_DUMPABLE)},
	.reason = "is that still so at the end?"},
    {"prctl", .check = {IS(0, PR_SET_PDEATHSIG), IS(1, SIGKILL)},
	.reason = "does not outlive its parent"},
    {"getppid", .reason = "is the parent still the parent?"},
    {"umask", .reason = "nothing for others, whatever is created"},
    {"geteuid", .reason = "started as root?"},
    {"prctl", .check = {IS(0, PR_SET_KEEPCAPS), IS(1, 1)},
	.reason = "SYS_CHROOT lasts until chroot"},
    {"setgroups", .check = {IS(0, 0)}, .reason = "no supplementary groups"},
    {"setresgid", .reason = "own gid"},
    {"setresuid", .reason = "own uid"},
    {"getresgid", .reason = "is it all three?"},
    {"getresuid", .reason = "is it all three?"},
    {"getgroups", .reason = "are they gone?"},
    {"unshare", .check = {IS(0, NAMESPACES | CLONE_NEWNET)},
	.reason = "own namespaces, with an empty network"},
    {"unshare", .check = {IS(0, NAMESPACES)},
	.reason = "the same for a scanner that needs TCP"},
    {"capget", .reason = "which capabilities are there"},
    {"capset", .reason = "and away with them"},
    {"prctl", .check = {IS(0, PR_CAPBSET_READ)},
	.reason = "is the bounding set empty?"},
    {"prctl", .check = {IS(0, PR_CAPBSET_DROP)}, .reason = "makes it empty"},
    {"prctl", .check = {IS(0, PR_CAP_AMBIENT), IS(1, PR_CAP_AMBIENT_IS_SET)},
	.reason = "libcap-ng: which capabilities does the kernel know?"},
    {"prctl", .check = {IS(0, PR_GET_SECUREBITS)},
	.reason = "libcap-ng at its start"},
    {"chdir", .reason = "into the new root"},
    {"chroot", .reason = "an empty directory as root"},
    {"prlimit64", .check = {IS(0, 0)}, .reason = "lowers its own limits"},
    {"getrlimit", .reason = "the same, in two calls"},
    {"setrlimit", .reason = "the same"},
    {"prctl", .check = {IS(0, PR_SET_NO_NEW_PRIVS), IS(1, 1)},
	.reason = "execve never gives anything again"},
    {"prctl", .check = {IS(0, PR_GET_NO_NEW_PRIVS)},
	.reason = "libcap-ng at its start; is it set?"},
    {"prctl", .check = {IS(0, PR_SET_MDWE), IS(1, PR_MDWE_REFUSE_EXEC_GAIN)},
	.reason = "no memory becomes executable"},
    {"landlock_create_ruleset", .reason = "asks the version; takes rights"},
    {"landlock_add_rule",
	.reason = "scanner: the ports of clamd; key reader: its directory"},
    {"landlock_restrict_self", .check = {IS(1, 0)},
	.reason = "puts the rules in force"},
    {"setuid", .check = {IS(0, 0)},
	.reason = "the proof that it fails; the last step"},
    {"seccomp", .check = {IS(0, SECCOMP_SET_MODE_FILTER), IS(1, 0)},
	.reason = "puts its own program on top"},

    /* only for what children allow themselves */
    {"accept4", .check = {IS(3, SOCK_NONBLOCK | SOCK_CLOEXEC)},
	.reason = "listener: an MTA's connection"},
    {"writev", .reason = "scanner: a batch of records into a memfd"},
    {"socket", .check = {IS(0, AF_UNIX), IS(1, STREAM_TYPE), IS(2, 0)},
	.reason = "scanner: clamd"},
    {"socket", .check = {IS(0, AF_INET), IS(1, STREAM_TYPE), IS(2, 0)},
	.reason = "scanner: clamd over IPv4"},
    {"socket", .check = {IS(0, AF_INET6), IS(1, STREAM_TYPE), IS(2, 0)},
	.reason = "scanner: clamd over IPv6"},
};

const struct policy policy_monitor = {
    .role = "monitor",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
