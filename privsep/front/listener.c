/* SPDX-License-Identifier: ISC */
/*
 * The listener (pratique-session): what it does beside front.c, which is to
 * fork one session per connection, once the first bytes are there.
 *
 * A session that dies abnormally retires the listener (all forked sessions
 * share its address layout, so a second try must meet another one): it closes
 * its sockets, drops what has no session yet, and ends when its last session
 * has ended.
 *
 * A session whose MTA has gone and that does not end is killed.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/fd_numbers.h"
#include "privsep/front/front.h"
#include "privsep/front/pending.h"
#include "privsep/front/serve.h"
#include "privsep/front/session_process.h"
#include "privsep/front/session_table.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"

/* How soon to look again when a session could not be started. */
#define STALL_MS 20
/* When the MTA has gone, a session that is honest may still wait for the
 * scanner to take what it has to say, then for a verdict (each scan_timeout at
 * most), and needs a little time itself. */
#define LINGER_MS 10000U

static struct front_boot boot; /* front.c has loaded it */
static struct session_area *area;
static pid_t own_pid;
static int signal_fd;
static int scanner_fd = -1; /* channel on which session channels go out */
static struct sessions *sessions;
static uint32_t started; /* since a successor was asked for last */
static uint64_t renew_at;

/*
 * fork without what the C library does around it for threads and atexit
 * handlers, which a session has no use for: it would write to pages that would
 * have to be copied.
 */
static pid_t
fork_bare(void)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

/* Closes descriptors in rising order, neighbours with one call. */
static void
close_all(const int *fd, size_t count)
{
	size_t next;

	for (size_t i = 0; i < count; i = next) {
		next = i + 1;
		while (next < count && fd[next] == fd[next - 1] + 1)
			next++;
		close_range((unsigned int)fd[i], (unsigned int)fd[next - 1], 0);
	}
}

/* Makes a new session's channel and gives the scanner its end, pair[1]; or
 * why that has to wait. */
static enum load_why
session_channel(int pair[2])
{
	struct record_plain r = {
	    .head = record_head(RECORD_CHANNEL, sizeof(r))};

	if (!channel_pair(pair))
		return LOAD_DESCRIPTORS;
	if (channel_send(scanner_fd, &r, pair[1]))
		return LOAD_NONE;
	close_all(pair, 2);
	return LOAD_SCANNER;
}

/* Starts a session for fd; LOAD_NONE, or why that has to wait. */
static enum load_why
session_start(int fd)
{
	int open[3] = {fd}; /* and the channel's two ends */
	enum load_why why;
	pid_t pid;

	if (scanner_fd == -1)
		return LOAD_SCANNER;
	if (sessions_count(sessions) >= boot.settings->max_sessions)
		return LOAD_MAX_SESSIONS;
	why = session_channel(open + 1);
	if (why != LOAD_NONE)
		return why;
	pid = fork_bare();
	if (pid == 0)
		session_main(area, own_pid, boot.settings, boot.session_filter,
		    fd, open[1]);
	if (pid == -1) {
		close_all(open + 1, 2);
		return LOAD_FORK;
	}
	sessions_add(sessions, pid);
	door_hand_over(fd, (uint32_t)pid);
	close_all(open, 3);
	started++;
	return LOAD_NONE;
}

enum load_why
serve_ready(void)
{
	enum load_why why = LOAD_NONE;
	int fd;

	while (why == LOAD_NONE && (fd = door_next()) != -1)
		why = session_start(fd);
	return why;
}

static bool
died_abnormally(const siginfo_t *info)
{
	static const int abnormal[] = {
	    SIGSYS, SIGSEGV, SIGILL, SIGBUS, SIGABRT, SIGTRAP, SIGFPE};

	if (info->si_code == CLD_EXITED)
		return false;
	for (size_t i = 0; i < sizeof(abnormal) / sizeof(abnormal[0]); i++) {
		if (info->si_status == abnormal[i])
			return true;
	}
	return false;
}

static void
session_ended(const siginfo_t *info)
{
	bool exited = info->si_code == CLD_EXITED;
	struct record_ended r = {.head = record_head(RECORD_ENDED, sizeof(r)),
	    .pid = info->si_pid,
	    .signal = exited ? 0 : info->si_status,
	    .status = exited ? info->si_status : 0};

	sessions_remove(sessions, info->si_pid);
	if (exited && info->si_status == 0)
		return;
	if (!died_abnormally(info)) {
		front_tell(&r);
		return;
	}
	door_shut(true);
	/* Without a word of it nobody would take our place. */
	if (!channel_send(CHILD_FD_MONITOR, &r, -1))
		_exit(EX_UNAVAILABLE);
}

static void
reap(void)
{
	struct signalfd_siginfo unused;
	siginfo_t info = {0};

	/* One SIGCHLD stands for all that ended before it was read. */
	(void)!read(signal_fd, &unused, sizeof(unused));
	while (sessions_count(sessions) > 0 &&
	       waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 &&
	       info.si_pid != 0) {
		session_ended(&info);
		info.si_pid = 0;
	}
}

void
serve_scanner(int fd)
{
	if (scanner_fd != -1) {
		door_unwatch(scanner_fd);
		close(scanner_fd);
	}
	scanner_fd = fd;
}

void
serve_event(uint64_t data, uint64_t now)
{
	if ((data & DOOR_LEFT) != 0)
		sessions_left(sessions, (pid_t)(uint32_t)data, now);
	else if (data == (uint64_t)signal_fd)
		reap();
}

/* So many sessions, or so long, have passed. */
bool
serve_is_old(uint64_t now)
{
	return started >= boot.settings->renew_sessions || now >= renew_at;
}

void
serve_renewed(uint64_t now)
{
	started = 0;
	renew_at = now + boot.settings->renew_interval;
}

int
serve_time(uint64_t now, enum load_why why)
{
	uint64_t overdue = sessions_next(sessions);
	uint64_t until =
	    overdue < renew_at && overdue > now ? overdue : renew_at;
	int timer = now < until ? (int)(until - now) : -1;
	/* The end of a session, or a new scanner, is an event. */
	int stall =
	    why == LOAD_FORK || why == LOAD_DESCRIPTORS || why == LOAD_SCANNER
		? STALL_MS
		: -1;

	return front_shorter(timer, stall);
}

uint32_t
serve_count(void)
{
	return sessions_count(sessions);
}

bool
serve_may_yield(void)
{
	return true;
}

bool
serve_is_over(uint64_t now)
{
	(void)now;
	return sessions_count(sessions) == 0;
}

/* Those that are overdue have had their time. */
void
serve_turn(uint64_t now)
{
	pid_t pid;

	while ((pid = sessions_overdue(sessions, now)) != 0)
		kill(pid, SIGKILL);
}

/* How many silent connections the descriptor limit leaves room for. */
static uint32_t
pending_capacity(void)
{
	struct rlimit limit;
	uint32_t wanted = boot.settings->limits.silent;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur >= (rlim_t)wanted + LISTENER_OTHER_FILES)
		return wanted;
	return limit.rlim_cur > (rlim_t)2 * LISTENER_OTHER_FILES
		   ? (uint32_t)limit.rlim_cur - LISTENER_OTHER_FILES
		   : LISTENER_OTHER_FILES;
}

const char *
serve_prepare(const struct front_boot *loaded, struct door_plan *door)
{
	sigset_t set;

	boot = *loaded;
	door->flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	door->capacity = pending_capacity();
	door->others = LISTENER_OTHER_FILES;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) == -1)
		return "cannot make a signal descriptor";
	own_pid = getpid();
	sandbox_no_rseq();
	area = session_area_make();
	sessions = sessions_make(boot.settings->max_sessions,
	    2 * boot.settings->scan_timeout + LINGER_MS);
	return area == NULL || sessions == NULL ? "out of memory" : NULL;
}

void
serve_watch(void)
{
	door_watch(signal_fd, EPOLLIN);
}

void
serve_start(void)
{
}

int
main(int argc, char **argv)
{
	(void)argv;
	front_main(argc);
}
