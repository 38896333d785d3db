/* SPDX-License-Identifier: ISC */
/*
 * What the scanner may ask of the kernel: fifteen calls.  It opens no file;
 * the only outside things that it reaches are clamd's sockets, and a message
 * is in memory (memfd) from its first byte to its last.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "sandbox/layer.h"

#define STREAM_TYPE (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

static const struct policy_row rows[] = {
    {"epoll_pwait", .check = {IS(4, 0)},
	.reason = "waits for sessions, clamd, the monitor, deadlines"},
    {"read", .reason = "replies from clamd"},
    {"write", .reason = "RESULT, pieces to clamd, log lines, the memfd"},
    {"writev", .reason = "a batch of records into the memfd in one call"},
    {"sendmsg",
	.reason =
	    "the memfd to clamd (FILDES); READY, BACKEND, CUT; log lines"},
    {"recvmsg",
	.reason =
	    "records from sessions; CHANNEL, PEER and LOG with descriptors"},
    {"epoll_ctl", .reason = "descriptors join and leave the loop"},
    {"close", .reason = "connections, channels and memfds that are done"},
    {"memfd_create", .check = {IS(1, MFD_CLOEXEC | MFD_ALLOW_SEALING)},
	.reason = "where a message is collected"},
    {"fcntl", .check = {IS(1, F_ADD_SEALS)},
	.reason = "nobody can change the message any more"},
    {"pread64",
	.reason = "the message again, for clamd over TCP, for its session"},
    {"socket", .check = {IS(0, AF_UNIX), IS(1, STREAM_TYPE), IS(2, 0)},
	.reason = "a connection to a local clamd"},
    {"socket", .check = {IS(0, AF_INET), IS(1, STREAM_TYPE), IS(2, 0)},
	.reason = "a connection to a clamd over IPv4"},
    {"socket", .check = {IS(0, AF_INET6), IS(1, STREAM_TYPE), IS(2, 0)},
	.reason = "a connection to a clamd over IPv6"},
    {"connect", .reason = "the same; Landlock narrows the ports"},
    {"clock_gettime", .reason = "deadlines, times of log lines"},
    {"exit_group", .reason = "the end"},
};

const struct policy policy_scanner = {
    .role = "scanner",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
