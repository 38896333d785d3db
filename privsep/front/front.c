/* SPDX-License-Identifier: ISC */
/*
 * The listener and pratique-libmilter, as far as they are the same; see
 * front.h.
 *
 * The process is confined, and its filter in force, before it accepts
 * anything.  It reads what the monitor says and nothing else: of a connection
 * it only learns that there is something to be read (door.h).
 */
#include "privsep/front/front.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "lib/fd_numbers.h"
#include "lib/log.h"
#include "privsep/front/serve.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"
#include "sandbox/sandbox.h"

/* How long without a channel to a scanner until the monitor is asked for a
 * successor: a scanner that died is replaced in half of that time, so this one
 * is alive and has closed our channel. */
#define RENEW_ALONE_MS 30000ULL
#define EVENTS_MAX     64

static struct front_boot boot;
static int scanner = -1;     /* serve_scanner has it */
static uint64_t alone_since; /* without a scanner; 0: there is one */
static bool stopping;

void
front_tell(const void *record)
{
	/* The monitor is gone or does not read: there is nobody to serve. */
	if (!channel_send(CHILD_FD_MONITOR, record, -1) && errno != EAGAIN)
		_exit(EX_UNAVAILABLE);
}

bool
front_is_stopping(void)
{
	return stopping;
}

int
front_shorter(int a, int b)
{
	if (a == -1 || b == -1)
		return a > b ? a : b;
	return a < b ? a : b;
}

/* --- channels --------------------------------------------------------------- */

static void
take_scanner(int fd)
{
	ensure(fd > CHILD_FD_MONITOR);
	serve_scanner(fd);
	scanner = fd;
	alone_since = 0;
	door_watch(fd, 0); /* for its hang-up only */
}

static void
lose_scanner(uint64_t now)
{
	ensure(scanner != -1 && alone_since == 0);
	serve_scanner(-1);
	scanner = -1;
	alone_since = now;
}

static void
pong(void)
{
	struct record_plain r = {.head = record_head(RECORD_PONG, sizeof(r))};

	front_tell(&r);
}

/* One record from the monitor; one that it must not send ends the process. */
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
		take_scanner(passed);
	} else if (record_type_of(r) == RECORD_PING) {
		pong();
	} else {
		stopping = stopping || record_type_of(r) == RECORD_STOP;
		door_shut(stopping);
	}
}

/* --- the loop --------------------------------------------------------------- */

static void
handle_event(const struct epoll_event *ev, uint64_t now)
{
	if (ev->data.u64 == CHILD_FD_MONITOR)
		monitor_read();
	else if (scanner != -1 && ev->data.u64 == (uint64_t)scanner)
		lose_scanner(now);
	else
		serve_event(ev->data.u64, now);
}

/* Asks the monitor for a listener with a fresh address layout and a channel to
 * the scanner; and again after the same time if it has no room for one. */
static void
ask_for_successor(uint64_t now)
{
	struct record_plain r = {.head = record_head(RECORD_RENEW, sizeof(r))};
	bool alone = alone_since != 0 && now - alone_since >= RENEW_ALONE_MS;

	if (door_is_shut() || (!alone && !serve_is_old(now)))
		return;
	if (alone_since != 0)
		alone_since = now;
	serve_renewed(now);
	front_tell(&r);
}

static int
wait_time(uint64_t now, enum load_why why)
{
	uint64_t alone = alone_since + RENEW_ALONE_MS;
	int timer = alone_since != 0 && now < alone ? (int)(alone - now) : -1;

	timer = front_shorter(timer, serve_time(now, why));
	return front_shorter(
	    timer, front_shorter(door_time(now), load_time(now)));
}

static bool
at_work(uint64_t now)
{
	return !door_is_shut() || !door_is_empty() || !serve_is_over(now);
}

static enum load_why
turn(enum load_why why)
{
	struct epoll_event ev[EVENTS_MAX];
	uint64_t now = wire_now();
	int n = door_wait(ev, EVENTS_MAX, wait_time(now, why));

	now = wire_now();
	for (int i = 0; i < n; i++)
		handle_event(&ev[i], now);
	why = serve_ready();
	door_stalled(why != LOAD_NONE);
	if (!load_tell(&(struct load){.sessions = serve_count(),
			   .why = why,
			   .may_yield = serve_may_yield(),
			   .scanner = scanner},
		now))
		_exit(EX_UNAVAILABLE);
	serve_turn(now);
	ask_for_successor(now);
	return why;
}

/* --- start ------------------------------------------------------------------ */

static const char *
prepare(void)
{
	struct door_plan door = {.listens = boot.listener->listens,
	    .silent_time = boot.settings->limits.silent_time};
	const char *why = serve_prepare(&boot, &door);

	if (why != NULL)
		return why;
	if (!door_open(&door))
		return "out of memory, or of descriptors";
	door_watch(CHILD_FD_MONITOR, EPOLLIN);
	serve_watch();
	alone_since = wire_now();
	serve_renewed(alone_since);
	/* From here on nothing is said on the inherited standard error. */
	return dup2(STDIN_FILENO, STDERR_FILENO) == -1 ? strerror(errno) : NULL;
}

noreturn static void
fail(const char *what)
{
	log_event(LOG_LEVEL_ERROR, "listener-failed", what);
	_exit(EX_OSERR);
}

/* Everything up to the filter. */
static void
confine(struct sandbox_report *report)
{
	uint64_t listens = (1ULL << boot.listener->listens) - 1;
	const char *why;

	if (!sandbox_descriptors(CHILD_FDS | listens << CHILD_FD_LISTEN))
		fail("unexpected descriptors are open");
	if (!sandbox_enter(&boot.listener->sandbox, report))
		fail(report->missing);
	if ((why = prepare()) != NULL)
		fail(why);
	if (!policy_load(boot.filter))
		_exit(EX_CONFIG);
}

void
front_main(int argc)
{
	static struct sandbox_report report;
	struct record_ready ready = {
	    .head = record_head(RECORD_READY, sizeof(ready))};
	enum load_why why = LOAD_NONE;

	if (argc != 2 || !sandbox_first(getppid()) || !front_boot_load(&boot))
		fail("must be started by pratiqued");
	confine(&report);
	serve_start();
	ready.layers = report.layers | LAYER_BIT(LAYER_SECCOMP);
	memcpy(ready.missing, report.missing, sizeof(ready.missing));
	front_tell(&ready);
	while (at_work(wire_now()))
		why = turn(why);
	_exit(EX_OK);
}
