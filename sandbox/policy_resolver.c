/* SPDX-License-Identifier: ISC */
/*
 * What the resolver may ask of the kernel: whatever a C library does to look up
 * a name, by files, name servers or a service of the host, and nothing else.
 * It is started by pratiqued, so no other table has to allow the same.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "sandbox/layer.h"

#define OPEN_KIND (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND)

static const struct policy_row rows[] = {
    /* its own work */
    {"nanosleep", .reason = "waits for the next round"},
    {"clock_nanosleep", .reason = "the same"},
    {"restart_syscall", .reason = "goes on after it was stopped"},
    {"write", .reason = "tells that it is confined; a question by TCP"},
    {"exit_group", .reason = "the end"},

    /* files: hosts, resolv.conf, nsswitch.conf, modules */
    {"openat", .check = {BITS(2, OPEN_KIND, O_RDONLY)},
	.reason = "configuration of names and modules, to read"},
    {"open", ONLY_X86_64, .check = {BITS(1, OPEN_KIND, O_RDONLY)},
	.reason = "the same, by C libraries that take this call for it"},
    {"read", .reason = "their text; an answer by TCP"},
    {"readv", .reason = "the same, other C libraries"},
    {"pread64", .reason = "headers of modules"},
    {"lseek", .reason = "back to the first line"},
    {"close", .reason = "what was read, asked"},
    {"newfstatat", .reason = "did resolv.conf change?"},
    {"stat", ONLY_X86_64, .reason = "the same, other C libraries"},
    {"lstat", ONLY_X86_64, .reason = "the same"},
    {"fstat", .reason = "the same, glibc from 2.39 on"},
    {"statx", .reason = "the same, for what came after stat"},
    {"access", ONLY_X86_64, .reason = "is a service of the host there?"},
    {"faccessat", .reason = "the same"},
    {"faccessat2", .reason = "the same, newer C libraries"},
    {"readlink", ONLY_X86_64, .reason = "where resolv.conf leads to"},
    {"readlinkat", .reason = "the same"},

    /* name servers, services of the host, own addresses */
    {"socket", .check = {IS(0, AF_INET)}, .reason = "name servers"},
    {"socket", .check = {IS(0, AF_INET6)}, .reason = "name servers"},
    {"socket", .check = {IS(0, AF_UNIX)},
	.reason = "a service of the host that looks up names"},
    {"socket", .check = {IS(0, AF_NETLINK)},
	.reason = "which addresses the host has, to sort those found"},
    {"connect", .reason = "to them"},
    {"bind", .reason = "netlink: an address of its own"},
    {"getsockname", .reason = "netlink: which; from where one is reached"},
    {"getpeername", .reason = "is it still connected?"},
    {"setsockopt", .reason = "errors of a name server are told"},
    {"getsockopt", .reason = "the same"},
    {"sendto", .reason = "questions"},
    {"sendmsg", .reason = "the same"},
    {"sendmmsg", .reason = "for both families at once"},
    {"recvfrom", .reason = "answers"},
    {"recvmsg", .reason = "the same"},
    {"ioctl", .check = {IS(1, FIONREAD)}, .reason = "how long one is"},
    {"poll", ONLY_X86_64, .reason = "waits for answers"},
    {"ppoll", .reason = "the same"},
    {"fcntl", .check = {IS(1, F_GETFL)}, .reason = "does a socket block?"},
    {"fcntl", .check = {IS(1, F_SETFL)}, .reason = "it should not"},
    {"fcntl", .check = {IS(1, F_GETFD)}, .reason = "is it inherited?"},
    {"fcntl", .check = {IS(1, F_SETFD)}, .reason = "it should not be"},

    /* the C library */
    {"brk", .reason = "heap"},
    {"mmap", .check = {BITS(2, PROT_EXEC, 0)}, .reason = "heap, data"},
    {"mmap", .check = {BITS(2, PROT_WRITE, 0)}, .reason = "code of modules"},
    {"mprotect", .check = {BITS(2, PROT_EXEC, 0)},
	.reason = "relocated data becomes read-only"},
    {"munmap", .reason = "files, heap"},
    {"madvise", .check = {IS(2, MADV_DONTNEED)}, .reason = "heap"},
    {"mremap", .reason = "heap"},
    {"futex", .reason = "locks of the C library"},
    {"rt_sigprocmask", .reason = "signals that a module blocks"},
    {"rt_sigaction", .reason = "signals that a module ignores"},
    {"clock_gettime", .reason = "how long an answer takes"},
    {"gettimeofday", .reason = "the same, other C libraries"},
    {"time", ONLY_X86_64, .reason = "the same"},
    {"getrandom", .reason = "the number of a question"},
    {"getpid", .reason = "the same, older ones"},
    {"gettid", .reason = "netlink"},
    {"uname", .reason = "the domain of this host"},
    {"sysinfo", .reason = "memory, for the size of sorted lists"},
    {"getuid", .reason = "who asks a service of the host"},
    {"geteuid", .reason = "may the environment be believed?"},
    {"getgid", .reason = "the same"},
    {"getegid", .reason = "the same"},
};

const struct policy policy_resolver = {
    .role = "resolver",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
