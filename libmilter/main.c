/* SPDX-License-Identifier: ISC */
/*
 * pratique-libmilter: engine = "libmilter", one process in the listener's
 * place.  The main thread accepts connections on the sockets that the monitor
 * opened, keeps silent ones to itself, as the listener does, and hands those
 * that have something to say over to libmilter, which serves them in threads
 * of its own.
 *
 * It is confined, and its filter is in force, before there is a second thread
 * or a connection.  A crash ends all sessions; the monitor starts it anew.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/log.h"
#include "libmilter/callbacks.h"
#include "libmilter/handover.h"
#include "libmilter/sessions.h"
#include "privsep/boot.h"
#include "privsep/channel.h"
#include "privsep/pending.h"
#include "privsep/record.h"
#include "sandbox/sandbox.h"

/* How soon to look again when a connection has to wait for a place, or the
 * process for the end of messages. */
#define STALL_MS 20
/* The same when the last sessions are waited for. */
#define RETIRED_MS 1000
/* After so long without a channel to a scanner a successor is asked for: one
 * that died is replaced in half of that, so it lives and has closed ours. */
#define RENEW_ALONE_MS 30000ULL
/* Connections taken from one socket in a row. */
#define ACCEPT_BURST 64
#define EVENTS_MAX   64
/* libmilter and the session logic need a tenth of it. */
#define THREAD_STACK ((size_t)256 * 1024)

static const struct listener_boot *boot;
static struct pending *pending;
static int epoll_fd;
static int scanner_fd = -1; /* sessions.c owns it */
static bool accepting = true, stopping;
static uint64_t alone_since; /* without a scanner; 0: there is one */

static void
watch(int fd, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.fd = fd};

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) == -1)
		_exit(EX_OSERR);
}

static void
unwatch(int fd)
{
	epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void
drop(int fd)
{
	unwatch(fd);
	pending_remove(pending, fd);
	close(fd);
}

/* --- connections ------------------------------------------------------------ */

static void
accept_from(int listen_fd, uint64_t now)
{
	for (int i = 0; i < ACCEPT_BURST; i++) {
		/* Blocking, as libmilter wants it: nothing is read here. */
		int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
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

/* Hands over what is ready; true if something is left waiting for a place. */
static bool
hand_over_ready(void)
{
	int fd;

	while ((fd = pending_first_ready(pending)) != -1) {
		if (scanner_fd == -1 ||
		    sessions_count() >= boot->settings.max_sessions)
			return true;
		unwatch(fd);
		pending_remove(pending, fd);
		sessions_connection(false);
		if (!handover_give(fd)) {
			sessions_connection(true);
			close(fd);
		}
	}
	return false;
}

/* No more connections; those that are not handed over are dropped if all is
 * true. */
static void
retire(bool all)
{
	if (accepting) {
		for (uint32_t i = 0; i < boot->listens; i++) {
			unwatch(CHILD_FD_LISTEN + (int)i);
			close(CHILD_FD_LISTEN + (int)i);
		}
	}
	accepting = false;
	while (all && pending_expired(pending, 0, true) != -1)
		drop(pending_expired(pending, 0, true));
}

/* --- the monitor ------------------------------------------------------------ */

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
		sessions_set_scanner(passed);
		scanner_fd = passed;
		alone_since = 0;
		watch(passed, 0); /* for its hang-up only */
	} else {
		stopping = stopping || record_type_of(r) == RECORD_STOP;
		retire(stopping);
	}
}

/* --- the loop --------------------------------------------------------------- */

static void
handle_event(const struct epoll_event *ev, uint64_t now)
{
	int fd = ev->data.fd;

	if (fd == CHILD_FD_MONITOR) {
		monitor_read();
	} else if (fd == scanner_fd) {
		sessions_set_scanner(-1);
		scanner_fd = -1;
		alone_since = now;
	} else if (fd < CHILD_FD_LISTEN + (int)boot->listens) {
		if (accepting)
			accept_from(fd, now);
	} else {
		pending_ready(pending, fd);
	}
}

static void
ask_for_successor(uint64_t now)
{
	struct record_plain r = {.head = record_head(RECORD_RENEW, sizeof(r))};

	if (!accepting || alone_since == 0 ||
	    now - alone_since < RENEW_ALONE_MS)
		return;
	alone_since = now; /* there may be no place for one now */
	(void)channel_send(CHILD_FD_MONITOR, &r, -1);
}

static int
wait_time(uint64_t now, bool stalled)
{
	if (stalled || stopping)
		return STALL_MS;
	/* Without a scanner there is no hurry with anything. */
	if (!accepting || alone_since != 0)
		return RETIRED_MS;
	return pending_wait(pending, now);
}

/* Whether there is a reason to go on. */
static bool
at_work(uint64_t now)
{
	if (accepting || pending_expired(pending, 0, true) != -1)
		return true;
	return sessions_count() > 0 && !(stopping && sessions_idle(now));
}

static void
loop(void)
{
	struct epoll_event ev[EVENTS_MAX];
	uint64_t now = wire_now();
	bool stalled = false;
	int n, fd;

	while (at_work(now)) {
		n = epoll_pwait(
		    epoll_fd, ev, EVENTS_MAX, wait_time(now, stalled), NULL);
		now = wire_now();
		for (int i = 0; i < n; i++)
			handle_event(&ev[i], now);
		stalled = hand_over_ready();
		while ((fd = pending_expired(pending, now, false)) != -1)
			drop(fd);
		ask_for_successor(now);
	}
}

/* --- start ------------------------------------------------------------------ */

static void *
serve(void *unused)
{
	(void)unused;
	(void)callbacks_run(&boot->settings, HANDOVER_ADDRESS);
	_exit(EX_SOFTWARE); /* it never ends by itself */
}

static const char *
prepare(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd == -1 || !handover_init())
		return "cannot make epoll and pipe descriptors";
	/* Each further arena would be address space for nothing. */
	if (mallopt(M_ARENA_MAX, 1) != 1)
		return "cannot set the number of arenas";
	pending = pending_make(boot->settings.limits.silent,
	    LISTENER_OTHER_FILES + 2 * boot->settings.max_sessions,
	    boot->settings.limits.silent_time);
	if (pending == NULL)
		return "out of memory";
	sessions_init(boot->settings.scan_timeout);
	alone_since = wire_now();
	watch(CHILD_FD_MONITOR, EPOLLIN);
	for (uint32_t i = 0; i < boot->listens; i++)
		watch(CHILD_FD_LISTEN + (int)i, EPOLLIN);
	/* From here on nothing is said on the inherited standard error. */
	return dup2(STDIN_FILENO, STDERR_FILENO) == -1 ? strerror(errno) : NULL;
}

static void
start_serving(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	/* For libmilter's threads as well. */
	if (pthread_attr_init(&attributes) != 0 ||
	    pthread_attr_setstacksize(&attributes, THREAD_STACK) != 0 ||
	    pthread_setattr_default_np(&attributes) != 0 ||
	    pthread_create(&thread, NULL, serve, NULL) != 0)
		_exit(EX_OSERR);
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
	uint64_t listens;
	const char *why;

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
	start_serving();
	ready.layers = report.layers | LAYER_BIT(LAYER_SECCOMP);
	memcpy(ready.missing, report.missing, sizeof(ready.missing));
	if (!channel_send(CHILD_FD_MONITOR, &ready, -1))
		_exit(EX_UNAVAILABLE);
	loop();
	_exit(EX_OK);
}
