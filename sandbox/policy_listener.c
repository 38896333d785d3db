/* SPDX-License-Identifier: ISC */
/*
 * What the listener may ask of the kernel.  It is in force after the listener
 * is confined; every session inherits it at fork and puts the session's
 * program on top, so the session's five calls are in here too, and so are the
 * few steps between fork and that program.
 *
 * The listener opens no file and makes no outside connection: descriptors
 * come from accept4 and from the monitor.
 */
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "sandbox/layer.h"

/* A pid below 0 stands for a group, or for everybody. */
#define NEGATIVE 0xffffffff80000000ULL

static const struct policy_row rows[] = {
    /* the loop */
    {"epoll_pwait", .check = {IS(4, 0)},
	.reason = "waits for connections, first bytes, ends of sessions"},
    {"accept4", .check = {IS(3, SOCK_NONBLOCK | SOCK_CLOEXEC)},
	.reason = "an MTA's connection"},
    {"epoll_ctl", .reason = "accepted descriptors join and leave the loop"},
    {"socketpair",
	.check = {IS(0, AF_UNIX),
	    IS(1, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC), IS(2, 0)},
	.reason = "the channel between a new session and the scanner"},
    {"sendmsg", .reason = "CHANNEL with the descriptor; READY, ENDED"},
    {"recvmsg", .reason = "PEER, RETIRE, STOP from the monitor"},
    {"close", .reason = "descriptors that went to a session or are done with"},
    {"read", .reason = "signalfd; session: packets and results"},
    {"write", .reason = "session: replies and records"},
    {"ppoll", .check = {IS(3, 0)}, .reason = "session: waits with a limit"},
    {"clock_gettime", .reason = "deadlines, where the vDSO cannot help"},
    {"exit_group", .reason = "the end of listener or session"},

    /* one process per connection */
    {"clone", .check = {IS(0, SIGCHLD)},
	.reason = "fork of a session, with no other flag"},
    {"waitid", .reason = "how a session ended"},
    {"kill", .check = {BITS(0, NEGATIVE, 0), IS(1, SIGKILL)},
	.reason = "a session that has not ended long after its MTA has gone"},
    {"dup3", .reason = "session: its two descriptors get their numbers"},
    {"close_range", .reason = "session: closes all but those two"},
    {"prlimit64", .check = {IS(0, 0)},
	.reason = "session: lowers its own limits"},
    {"getrlimit", .reason = "session: the same, in two calls"},
    {"setrlimit", .reason = "session: the same"},
    {"prctl", .check = {IS(0, PR_SET_PDEATHSIG), IS(1, SIGKILL)},
	.reason = "session: does not outlive the listener"},
    {"getppid", .reason = "session: is the listener still there?"},
    {"seccomp", .check = {IS(0, SECCOMP_SET_MODE_FILTER), IS(1, 0)},
	.reason = "session: puts its own program on top"},
};

const struct policy policy_listener = {
    .role = "listener",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};
