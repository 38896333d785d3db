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

#include "lib/log.h"
#include "privsep/boot.h"
#include "privsep/channel.h"
#include "privsep/pending.h"
#include "privsep/record.h"
#include "privsep/session.h"
#include "privsep/sessions.h"
#include "privsep/wire.h"

/* The monitor is asked for a successor after so long without a channel to a
 * scanner: one that died is replaced in half of that, so it lives and has
 * closed ours. */
#define RENEW_ALONE_MS 30000ULL
/* How soon to look again when a session could not be started. */
#define STALL_MS 20
/* Connections taken from one socket in a row. */
#define ACCEPT_BURST 64
/* When the MTA has gone, a session that is honest may still wait for the
 * scanner to take what it has to say, then for a verdict (each scan_timeout at
 * most), and needs a little time itself. */
#define LINGER_MS 10000U
/* In an event: the rest is the pid of a session whose MTA has gone. */
#define EVENT_LEFT (UINT64_C(1) << 32)
#define EVENTS_MAX 64

static const struct listener_boot *boot;
static struct session_area *area;
static struct pending *pending;
static pid_t own_pid;
static int epoll_fd, signal_fd;
static int scanner_fd = -1; /* channel on which session channels go out */
static struct sessions *sessions;
static uint32_t started; /* since a successor was asked for last */
static uint64_t renew_at;
static uint64_t alone_since;	      /* without a scanner; 0: there is one */
static uint64_t drop_at = UINT64_MAX; /* what has no session by then */
static bool accepting = true, stopping;

static void
watch(int fd, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u64 = (uint64_t)fd};

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) == -1)
		_exit(EX_OSERR);
}

static void
unwatch(int fd)
{
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void
monitor_tell(const void *record)
{
	/* The monitor is gone or does not read: there is nobody to serve. */
	if (!channel_send(CHILD_FD_MONITOR, record, -1) && errno != EAGAIN)
		_exit(EX_UNAVAILABLE);
}

static void
pending_drop(int fd)
{
	unwatch(fd);
	pending_remove(pending, fd);
	close(fd);
}

/* No more connections; those without a session are dropped if drop is true. */
static void
retire(bool drop)
{
	if (accepting) {
		for (uint32_t i = 0; i < boot->listens; i++) {
			unwatch(CHILD_FD_LISTEN + (int)i);
			close(CHILD_FD_LISTEN + (int)i);
		}
	}
	if (accepting)
		drop_at = wire_now() + boot->settings.limits.silent_time;
	accepting = false;
	while (drop && pending_expired(pending, 0, true) != -1)
		pending_drop(pending_expired(pending, 0, true));
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

/*
 * fd belongs to a session now.  It is closed here, but what it stands for stays
 * in the epoll set until the session has closed it, too (epoll(7)): so the
 * hang-up is told, once, to a process that can not read from it any more.
 */
static void
hand_over(int fd, pid_t pid)
{
	struct epoll_event ev = {.events = EPOLLRDHUP | EPOLLONESHOT,
	    .data.u64 = EVENT_LEFT | (uint64_t)pid};

	epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &ev);
	pending_remove(pending, fd);
	close(fd);
}

/* Starts a session for fd; false if that has to wait. */
static bool
session_start(int fd)
{
	struct record_plain r = {
	    .head = record_head(RECORD_CHANNEL, sizeof(r))};
	int pair[2];
	pid_t pid;

	if (scanner_fd == -1 ||
	    sessions_count(sessions) >= boot->settings.max_sessions ||
	    !channel_pair(pair))
		return false;
	if (!channel_send(scanner_fd, &r, pair[1])) {
		close(pair[0]);
		close(pair[1]);
		return false;
	}
	close(pair[1]);
	pid = fork_bare();
	if (pid == 0)
		session_main(area, own_pid, &boot->settings, &boot->session, fd,
		    pair[0]);
	close(pair[0]);
	if (pid == -1)
		return false;
	sessions_add(sessions, pid);
	hand_over(fd, pid);
	started++;
	return true;
}

/* Starts what is ready; true if something is left waiting for a place. */
static bool
start_ready(void)
{
	int fd;

	while ((fd = pending_first_ready(pending)) != -1) {
		if (!session_start(fd))
			return true;
	}
	return false;
}

static void
accept_from(int listen_fd, uint64_t now)
{
	for (int i = 0; i < ACCEPT_BURST; i++) {
		int fd = accept4(
		    listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd == -1)
			return;
		int evicted = pending_add(pending, fd, now);
		if (evicted != -1) {
			if (evicted != fd)
				unwatch(evicted);
			close(evicted);
		}
		if (evicted != fd)
			watch(fd, EPOLLIN | EPOLLONESHOT);
	}
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
	retire(true);
	/* Without a word of it nobody would take our place. */
	if (!channel_send(CHILD_FD_MONITOR, &r, -1))
		_exit(EX_UNAVAILABLE);
}

static void
reap(void)
{
	struct signalfd_siginfo unused;
	siginfo_t info = {0};

	while (read(signal_fd, &unused, sizeof(unused)) > 0)
		;
	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) == 0 &&
	       info.si_pid != 0) {
		session_ended(&info);
		info.si_pid = 0;
	}
}

static void
handle_peer(int fd)
{
	if (scanner_fd != -1) {
		unwatch(scanner_fd);
		close(scanner_fd);
	}
	scanner_fd = fd;
	alone_since = 0;
	watch(fd, 0); /* for its hang-up only */
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
	} else {
		stopping = stopping || record_type_of(r) == RECORD_STOP;
		retire(stopping);
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
	renew_at = now + boot->settings.renew_interval;
	if (alone_since != 0)
		alone_since = now;
}

/* Asks the monitor for a listener with a fresh address layout, after so many
 * sessions or so long; again as much later if it has no place for one. */
static void
ask_for_successor(uint64_t now)
{
	struct record_plain r = {.head = record_head(RECORD_RENEW, sizeof(r))};

	if (!accepting ||
	    (started < boot->settings.renew_sessions && now < renew_time()))
		return;
	renew_later(now);
	monitor_tell(&r);
}

static void
handle_event(const struct epoll_event *ev, uint64_t now)
{
	int fd = (int)(uint32_t)ev->data.u64;

	if ((ev->data.u64 & EVENT_LEFT) != 0) {
		sessions_left(sessions, fd, now);
	} else if (fd == CHILD_FD_MONITOR) {
		monitor_read();
	} else if (fd == signal_fd) {
		reap();
	} else if (fd == scanner_fd) {
		unwatch(fd);
		close(fd);
		scanner_fd = -1;
		alone_since = now;
	} else if (fd < CHILD_FD_LISTEN + (int)boot->listens) {
		if (accepting)
			accept_from(fd, now);
	} else {
		pending_ready(pending, fd);
	}
}

static int
wait_time(uint64_t now, bool stalled)
{
	int wait = pending_wait(pending, now);
	uint64_t until[] = {renew_time(), sessions_next(sessions), drop_at};

	if (stalled)
		return STALL_MS;
	for (size_t i = 0; i < sizeof(until) / sizeof(until[0]); i++) {
		if (until[i] > now && until[i] != UINT64_MAX &&
		    (wait == -1 || until[i] - now < (uint64_t)wait))
			wait = (int)(until[i] - now);
	}
	return wait;
}

/* They had their time. */
static void
end_overdue(uint64_t now)
{
	pid_t pid;

	if (now >= drop_at) {
		drop_at = UINT64_MAX;
		retire(true);
	}
	while ((pid = sessions_overdue(sessions, now)) != 0)
		kill(pid, SIGKILL);
}

static void
loop(void)
{
	struct epoll_event ev[EVENTS_MAX];
	uint64_t now = wire_now();
	bool stalled = false;
	int n, fd;

	while (accepting || sessions_count(sessions) > 0 ||
	       pending_expired(pending, 0, true) != -1) {
		n = epoll_pwait(
		    epoll_fd, ev, EVENTS_MAX, wait_time(now, stalled), NULL);
		now = wire_now();
		for (int i = 0; i < n; i++)
			handle_event(&ev[i], now);
		stalled = start_ready();
		while ((fd = pending_expired(pending, now, false)) != -1)
			pending_drop(fd);
		end_overdue(now);
		ask_for_successor(now);
	}
}

/* How many silent connections the descriptor limit leaves room for. */
static uint32_t
pending_capacity(void)
{
	struct rlimit limit;
	uint32_t wanted = boot->settings.limits.silent;

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
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd == -1 || sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) == -1)
		return "cannot make epoll and signal descriptors";
	own_pid = getpid();
	area = session_area_make();
	pending = pending_make(pending_capacity(), LISTENER_OTHER_FILES,
	    boot->settings.limits.silent_time);
	sessions = sessions_make(boot->settings.max_sessions,
	    2 * boot->settings.scan_timeout + LINGER_MS);
	if (area == NULL || pending == NULL || sessions == NULL)
		return "out of memory";
	watch(CHILD_FD_MONITOR, EPOLLIN);
	watch(signal_fd, EPOLLIN);
	for (uint32_t i = 0; i < boot->listens; i++)
		watch(CHILD_FD_LISTEN + (int)i, EPOLLIN);
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
	if (argc != 2 || !sandbox_first(getppid()) ||
	    (boot = boot_load(sizeof(*boot))) == NULL)
		fail("must be started by pratiqued");
	listens = (1ULL << boot->listens) - 1;
	if (!sandbox_descriptors(CHILD_FDS | listens << CHILD_FD_LISTEN))
		fail("other descriptors are open than should be");
	if (!sandbox_enter(&boot->sandbox, &report))
		fail(report.missing);
	if ((why = prepare()) != NULL)
		fail(why);
	if (!policy_load(&boot->listener))
		_exit(EX_CONFIG);
	ready.layers = report.layers | LAYER_BIT(LAYER_SECCOMP);
	memcpy(ready.missing, report.missing, sizeof(ready.missing));
	monitor_tell(&ready);
	loop();
	return 0;
}
