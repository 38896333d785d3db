/* SPDX-License-Identifier: ISC */
/*
 * The listener (pratique-session): accepts connections on the sockets that
 * the monitor opened and forks one session per connection.
 *
 * It is confined before it accepts anything, and reads nothing from a
 * connection: once the first bytes are there the connection goes to a new
 * session.  A session that dies abnormally retires the listener (all forked
 * sessions share its address layout, so a second try must meet another one):
 * it closes its sockets, drops what has no session yet, and ends when its
 * last session has ended.
 *
 * A session whose MTA has gone and that does not end is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/fd_numbers.h"
#include "lib/log.h"
#include "privsep/front/door.h"
#include "privsep/front/front_boot.h"
#include "privsep/front/load.h"
#include "privsep/front/pending.h"
#include "privsep/front/session_process.h"
#include "privsep/front/session_table.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

/* The monitor is asked for a successor after so long without a channel to a
 * scanner: one that died is replaced in half of that, so it lives and has
 * closed ours. */
#define RENEW_ALONE_MS 30000ULL
/* How soon to look again when a session could not be started. */
#define STALL_MS 20
/* When the MTA has gone, a session that is honest may still wait for the
 * scanner to take what it has to say, then for a verdict (each scan_timeout at
 * most), and needs a little time itself. */
#define LINGER_MS  10000U
#define EVENTS_MAX 64

static struct front_boot boot;
static struct session_area *area;
static pid_t own_pid;
static int signal_fd;
static int scanner_fd = -1; /* channel on which session channels go out */
static struct sessions *sessions;
static uint32_t started; /* since a successor was asked for last */
static uint64_t renew_at;
static uint64_t alone_since; /* without a scanner; 0: there is one */
static bool stopping;

static void
monitor_tell(const void *record)
{
	/* The monitor is gone or does not read: there is nobody to serve. */
	if (!channel_send(CHILD_FD_MONITOR, record, -1) && errno != EAGAIN)
		_exit(EX_UNAVAILABLE);
}

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

/* Starts what is ready; why something is left waiting, if it is. */
static enum load_why
start_ready(void)
{
	enum load_why why = LOAD_NONE;
	int fd;

	while (why == LOAD_NONE && (fd = door_next()) != -1)
		why = session_start(fd);
	door_stalled(why != LOAD_NONE);
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
		monitor_tell(&r);
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

static void
handle_peer(int fd)
{
	if (scanner_fd != -1) {
		door_unwatch(scanner_fd);
		close(scanner_fd);
	}
	scanner_fd = fd;
	alone_since = 0;
	door_watch(fd, 0); /* for its hang-up only */
}

/* One record from the monitor; what it must not send ends the listener. */
static void
monitor_read(void)
{
	uint8_t buf[sizeof(struct record_ready)];
	int passed;
	ssize_t n = channel_recv(CHILD_FD_MONITOR, buf, sizeof(buf), &passed);
	struct span r = span_of(buf, n > 0 ? (size_t)n : 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (!record_check(ROLE_MONITOR, ROLE_LISTENER, r, passed != -1))
		_exit(n == 0 ? EX_OK : EX_PROTOCOL);
	if (record_type_of(r) == RECORD_PEER) {
		handle_peer(passed);
	} else if (record_type_of(r) == RECORD_PING) {
		struct record_plain pong = {
		    .head = record_head(RECORD_PONG, sizeof(pong))};
		monitor_tell(&pong);
	} else {
		stopping = stopping || record_type_of(r) == RECORD_STOP;
		door_shut(stopping);
	}
}

/* When time alone is a reason for a successor. */
static uint64_t
renew_time(void)
{
	uint64_t alone = alone_since + RENEW_ALONE_MS;

	return alone_since != 0 && alone < renew_at ? alone : renew_at;
}

static void
renew_later(uint64_t now)
{
	started = 0;
	renew_at = now + boot.settings->renew_interval;
	if (alone_since != 0)
		alone_since = now;
}

/* Asks the monitor for a listener with a fresh address layout, after so many
 * sessions or so long; again as much later if it has no place for one. */
static void
ask_for_successor(uint64_t now)
{
	struct record_plain r = {.head = record_head(RECORD_RENEW, sizeof(r))};

	if (door_is_shut() ||
	    (started < boot.settings->renew_sessions && now < renew_time()))
		return;
	renew_later(now);
	monitor_tell(&r);
}

static void
handle_event(const struct epoll_event *ev, uint64_t now)
{
	int fd = (int)(uint32_t)ev->data.u64;

	if ((ev->data.u64 & DOOR_LEFT) != 0) {
		sessions_left(sessions, fd, now);
	} else if (fd == CHILD_FD_MONITOR) {
		monitor_read();
	} else if (fd == signal_fd) {
		reap();
	} else if (fd == scanner_fd) {
		door_unwatch(fd);
		close(fd);
		scanner_fd = -1;
		alone_since = now;
	}
}

/* Of two waits in milliseconds the shorter; -1 is for ever. */
static int
shorter(int a, int b)
{
	if (a == -1 || b == -1)
		return a > b ? a : b;
	return a < b ? a : b;
}

static int
wait_time(uint64_t now, enum load_why why)
{
	uint64_t renew = renew_time(), overdue = sessions_next(sessions);
	uint64_t until = overdue < renew && overdue > now ? overdue : renew;
	int timer = now < until ? (int)(until - now) : -1;
	/* The end of a session, or a new scanner, is an event. */
	int stall =
	    why == LOAD_FORK || why == LOAD_DESCRIPTORS || why == LOAD_SCANNER
		? STALL_MS
		: -1;

	return shorter(
	    shorter(timer, stall), shorter(door_time(now), load_time(now)));
}

/* They had their time. */
static void
end_overdue(uint64_t now)
{
	pid_t pid;

	while ((pid = sessions_overdue(sessions, now)) != 0)
		kill(pid, SIGKILL);
}

static void
loop(void)
{
	struct epoll_event ev[EVENTS_MAX];
	uint64_t now = wire_now();
	enum load_why why = LOAD_NONE;
	int n;

	while (!door_is_shut() || sessions_count(sessions) > 0 ||
	       !door_is_empty()) {
		n = door_wait(ev, EVENTS_MAX, wait_time(now, why));
		now = wire_now();
		for (int i = 0; i < n; i++)
			handle_event(&ev[i], now);
		why = start_ready();
		if (!load_tell(
			&(struct load){.sessions = sessions_count(sessions),
			    .why = why,
			    .may_yield = true,
			    .scanner = scanner_fd},
			now))
			_exit(EX_UNAVAILABLE);
		end_overdue(now);
		ask_for_successor(now);
	}
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

static const char *
prepare(void)
{
	const struct door_plan door = {.listens = boot.listener->listens,
	    .flags = SOCK_NONBLOCK | SOCK_CLOEXEC,
	    .capacity = pending_capacity(),
	    .others = LISTENER_OTHER_FILES,
	    .silent_time = boot.settings->limits.silent_time};
	sigset_t set;

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
	if (area == NULL || sessions == NULL || !door_open(&door))
		return "out of memory, or of descriptors";
	door_watch(CHILD_FD_MONITOR, EPOLLIN);
	door_watch(signal_fd, EPOLLIN);
	alone_since = wire_now();
	renew_later(alone_since);
	/* From here on nothing is said on the inherited standard error. */
	return dup2(STDIN_FILENO, STDERR_FILENO) == -1 ? strerror(errno) : NULL;
}

static void
fail(const char *what)
{
	log_event(LOG_LEVEL_ERROR, "listener-failed", what);
	_exit(EX_OSERR);
}

int
main(int argc, char **argv)
{
	static struct sandbox_report report;
	struct record_ready ready = {
	    .head = record_head(RECORD_READY, sizeof(ready))};
	const char *why;
	uint64_t listens;

	(void)argv;
	if (argc != 2 || !sandbox_first(getppid()) || !front_boot_load(&boot))
		fail("must be started by pratiqued");
	listens = (1ULL << boot.listener->listens) - 1;
	if (!sandbox_descriptors(CHILD_FDS | listens << CHILD_FD_LISTEN))
		fail("unexpected descriptors are open");
	if (!sandbox_enter(&boot.listener->sandbox, &report))
		fail(report.missing);
	if ((why = prepare()) != NULL)
		fail(why);
	if (!policy_load(boot.filter))
		_exit(EX_CONFIG);
	ready.layers = report.layers | LAYER_BIT(LAYER_SECCOMP);
	memcpy(ready.missing, report.missing, sizeof(ready.missing));
	monitor_tell(&ready);
	loop();
	return 0;
}
