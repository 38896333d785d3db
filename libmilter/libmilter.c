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

#include "lib/fd_numbers.h"
#include "lib/log.h"
#include "libmilter/callbacks.h"
#include "libmilter/handover.h"
#include "libmilter/threads.h"
#include "privsep/front/door.h"
#include "privsep/front/front_boot.h"
#include "privsep/front/load.h"
#include "privsep/front/pending.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "sandbox/sandbox.h"

/* How soon to look again when a connection has to wait for a place, or the
 * process for the end of messages. */
#define STALL_MS 20
/* The same when the last sessions are waited for. */
#define RETIRED_MS 1000
/* After so long without a channel to a scanner a successor is asked for: one
 * that died is replaced in half of that, so it lives and has closed ours. */
#define RENEW_ALONE_MS 30000ULL
#define EVENTS_MAX     64
/* libmilter and the session logic need a tenth of it. */
#define THREAD_STACK ((size_t)256 * 1024)

static struct front_boot boot;
static int scanner_fd = -1; /* threads.c owns it */
static bool stopping;
static uint64_t alone_since; /* without a scanner; 0: there is one */

/* Hands over what is ready; why something is left waiting, if it is. */
static enum load_why
hand_over_ready(void)
{
	int fd;

	while ((fd = door_next()) != -1) {
		if (scanner_fd == -1)
			return LOAD_SCANNER;
		if (threads_count() >= boot.settings->max_sessions)
			return LOAD_MAX_SESSIONS;
		door_take(fd);
		threads_connection(false);
		if (!handover_give(fd)) {
			threads_connection(true);
			close(fd);
		}
	}
	return LOAD_NONE;
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
		threads_set_scanner(passed);
		scanner_fd = passed;
		alone_since = 0;
		door_watch(passed, 0); /* for its hang-up only */
	} else if (record_type_of(r) == RECORD_PING) {
		struct record_plain pong = {
		    .head = record_head(RECORD_PONG, sizeof(pong))};
		(void)channel_send(CHILD_FD_MONITOR, &pong, -1);
	} else {
		stopping = stopping || record_type_of(r) == RECORD_STOP;
		door_shut(stopping);
	}
}

/* --- the loop --------------------------------------------------------------- */

static void
handle_event(const struct epoll_event *ev, uint64_t now)
{
	int fd = (int)(uint32_t)ev->data.u64;

	if (fd == CHILD_FD_MONITOR) {
		monitor_read();
	} else if (fd == scanner_fd) {
		threads_set_scanner(-1);
		scanner_fd = -1;
		alone_since = now;
	}
}

static void
ask_for_successor(uint64_t now)
{
	struct record_plain r = {.head = record_head(RECORD_RENEW, sizeof(r))};

	if (door_is_shut() || alone_since == 0 ||
	    now - alone_since < RENEW_ALONE_MS)
		return;
	alone_since = now; /* there may be no place for one now */
	(void)channel_send(CHILD_FD_MONITOR, &r, -1);
}

static int
wait_time(uint64_t now, bool stalled)
{
	int wait = door_time(now), tell = load_time(now);

	if (stalled || stopping)
		return STALL_MS;
	/* Without a scanner there is no hurry with anything. */
	if (door_is_shut() || alone_since != 0)
		return RETIRED_MS;
	if (wait == -1 || tell == -1)
		return wait > tell ? wait : tell;
	return wait < tell ? wait : tell;
}

/* Whether there is a reason to go on. */
static bool
at_work(uint64_t now)
{
	if (!door_is_shut() || !door_is_empty())
		return true;
	return threads_count() > 0 && !(stopping && threads_idle(now));
}

static void
loop(void)
{
	struct epoll_event ev[EVENTS_MAX];
	uint64_t now = wire_now();
	enum load_why why = LOAD_NONE;
	int n;

	while (at_work(now)) {
		n = door_wait(ev, EVENTS_MAX, wait_time(now, why != LOAD_NONE));
		now = wire_now();
		for (int i = 0; i < n; i++)
			handle_event(&ev[i], now);
		why = hand_over_ready();
		door_stalled(why != LOAD_NONE);
		if (!load_tell(&(struct load){.sessions = threads_count(),
				   .why = why,
				   .scanner = scanner_fd},
			now))
			_exit(EX_UNAVAILABLE);
		ask_for_successor(now);
	}
}

/* --- start ------------------------------------------------------------------ */

static void *
serve(void *unused)
{
	(void)unused;
	(void)callbacks_run(boot.settings, HANDOVER_ADDRESS);
	_exit(EX_SOFTWARE); /* it never ends by itself */
}

static const char *
prepare(void)
{
	/* Blocking, as libmilter wants them: nothing is read here. */
	const struct door_plan door = {.listens = boot.listener->listens,
	    .flags = SOCK_CLOEXEC,
	    .capacity = boot.settings->limits.silent,
	    .others = LISTENER_OTHER_FILES + 2 * boot.settings->max_sessions,
	    .silent_time = boot.settings->limits.silent_time};

	if (!handover_init())
		return "cannot make a pipe";
	/* Each further arena would be address space for nothing. */
	if (mallopt(M_ARENA_MAX, 1) != 1)
		return "cannot set the number of arenas";
	if (!door_open(&door))
		return "out of memory, or of descriptors";
	threads_init(boot.settings->scan_timeout);
	alone_since = wire_now();
	door_watch(CHILD_FD_MONITOR, EPOLLIN);
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
	start_serving();
	ready.layers = report.layers | LAYER_BIT(LAYER_SECCOMP);
	memcpy(ready.missing, report.missing, sizeof(ready.missing));
	if (!channel_send(CHILD_FD_MONITOR, &ready, -1))
		_exit(EX_UNAVAILABLE);
	loop();
	_exit(EX_OK);
}
