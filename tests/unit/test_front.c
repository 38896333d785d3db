/* SPDX-License-Identifier: ISC */
/*
 * What listener and pratique-libmilter have in common: what the monitor says,
 * the channel to the scanner, and when a successor is asked for.  The clock,
 * the door, the channel and what serves connections are the test's.
 */
#include "privsep/front/front.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/unit/fake_clock.h"

#define SCANNER 17 /* a descriptor */
#define START	1000

static uint8_t coming[sizeof(struct record_ready)]; /* from the monitor */
static ssize_t coming_len;
static int coming_fd, coming_error;
static int send_error;
static unsigned int renewals, pongs, others; /* records that went out */
static bool is_shut, shut_dropped, is_old;
static int serving = -2; /* what serve_scanner was given last; -2: nothing */
static uint64_t event_of;
static int own_time = -1;

/* --- channel, door, load, what serves ---------------------------------------- */

ssize_t
channel_recv(int fd, void *buf, size_t size, int *passed)
{
	assert_int_equal(fd, CHILD_FD_MONITOR);
	assert_true(size >= sizeof(coming));
	*passed = coming_fd;
	errno = coming_error;
	if (coming_len > 0)
		memcpy(buf, coming, (size_t)coming_len);
	return coming_len;
}

bool
channel_send(int fd, const void *record, int passed)
{
	const struct record_head *head = record;

	assert_int_equal(fd, CHILD_FD_MONITOR);
	assert_int_equal(passed, -1);
	renewals += head->type == RECORD_RENEW;
	pongs += head->type == RECORD_PONG;
	others += head->type != RECORD_RENEW && head->type != RECORD_PONG;
	errno = send_error;
	return send_error == 0;
}

bool
door_open(const struct door_plan *plan)
{
	(void)plan;
	return true;
}

void
door_watch(int fd, uint32_t events)
{
	assert_true(fd != SCANNER || events == 0);
}

int
door_wait(struct epoll_event *ev, int max, int milliseconds)
{
	(void)ev;
	(void)max;
	(void)milliseconds;
	return 0;
}

int
door_time(uint64_t now)
{
	(void)now;
	return -1;
}

void
door_stalled(bool stalled)
{
	(void)stalled;
}

void
door_shut(bool drop)
{
	is_shut = true;
	shut_dropped = shut_dropped || drop;
}

bool
door_is_shut(void)
{
	return is_shut;
}

bool
door_is_empty(void)
{
	return true;
}

bool
load_tell(const struct load *load, uint64_t now)
{
	(void)load;
	(void)now;
	return true;
}

int
load_time(uint64_t now)
{
	(void)now;
	return -1;
}

const char *
serve_prepare(const struct front_boot *loaded, struct door_plan *door)
{
	(void)loaded;
	(void)door;
	return NULL;
}

void
serve_watch(void)
{
}

void
serve_start(void)
{
}

void
serve_scanner(int fd)
{
	serving = fd;
}

void
serve_event(uint64_t data, uint64_t now)
{
	(void)now;
	event_of = data;
}

enum load_why
serve_ready(void)
{
	return LOAD_NONE;
}

void
serve_turn(uint64_t now)
{
	(void)now;
}

int
serve_time(uint64_t now, enum load_why why)
{
	(void)now;
	(void)why;
	return own_time;
}

uint32_t
serve_count(void)
{
	return 0;
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
	return true;
}

bool
serve_is_old(uint64_t now)
{
	(void)now;
	return is_old;
}

void
serve_renewed(uint64_t now)
{
	(void)now;
	is_old = false;
}

/* --- tests --------------------------------------------------------------------- */

static int
anew(void **state)
{
	(void)state;
	now_ms = START;
	coming_fd = scanner = -1;
	coming_error = send_error = 0;
	renewals = pongs = others = 0;
	is_shut = shut_dropped = is_old = stopping = false;
	serving = -2;
	event_of = 0;
	own_time = -1;
	alone_since = START;
	return 0;
}

static void
says(enum record_type type, int fd)
{
	size_t len = type == RECORD_PEER ? sizeof(struct record_peer)
					 : sizeof(struct record_plain);
	struct record_peer r = {
	    .head = record_head(type, len), .link = 1, .role = ROLE_SCANNER};

	memcpy(coming, &r, len);
	coming_len = (ssize_t)len;
	coming_fd = fd;
}

static void
event(int fd)
{
	struct epoll_event ev = {.data.u64 = (uint64_t)fd};

	handle_event(&ev, now_ms);
}

static void
test_scanner(void **state)
{
	(void)state;
	event(SCANNER); /* not the scanner's yet */
	assert_int_equal(event_of, SCANNER);
	assert_int_equal(serving, -2);
	says(RECORD_PEER, SCANNER);
	event(CHILD_FD_MONITOR);
	assert_int_equal(serving, SCANNER);
	assert_int_equal(alone_since, 0);
	assert_int_equal(wait_time(now_ms, LOAD_NONE), -1);
	now_ms += 5;
	event_of = 0;
	event(SCANNER);
	assert_int_equal(event_of, 0);
	assert_int_equal(serving, -1);
	assert_int_equal(alone_since, now_ms);
	event(SCANNER); /* whose number may be another one now */
	assert_int_equal(event_of, SCANNER);
}

static void
test_alone(void **state)
{
	(void)state;
	assert_int_equal(wait_time(now_ms, LOAD_NONE), RENEW_ALONE_MS);
	own_time = 7;
	assert_int_equal(wait_time(now_ms, LOAD_NONE), 7);
	now_ms += RENEW_ALONE_MS - 1;
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 0);
	now_ms++;
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 1);
	ask_for_successor(now_ms); /* not before it is due again */
	assert_int_equal(renewals, 1);
	now_ms += RENEW_ALONE_MS;
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 2);
	is_shut = true; /* it has one */
	now_ms += RENEW_ALONE_MS;
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 2);
}

static void
test_old(void **state)
{
	(void)state;
	says(RECORD_PEER, SCANNER);
	event(CHILD_FD_MONITOR);
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 0);
	is_old = true;
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 1);
	assert_int_equal(alone_since, 0);
	ask_for_successor(now_ms);
	assert_int_equal(renewals, 1);
}

static void
test_words(void **state)
{
	(void)state;
	says(RECORD_PING, -1);
	event(CHILD_FD_MONITOR);
	assert_int_equal(pongs, 1);
	assert_false(is_shut);
	says(RECORD_RETIRE, -1);
	event(CHILD_FD_MONITOR);
	assert_true(is_shut && !shut_dropped && !front_is_stopping());
	says(RECORD_STOP, -1);
	event(CHILD_FD_MONITOR);
	assert_true(shut_dropped && front_is_stopping());
	says(RECORD_RETIRE, -1); /* does not take it back */
	event(CHILD_FD_MONITOR);
	assert_true(front_is_stopping());
	coming_len = -1;
	coming_error = EAGAIN;
	event(CHILD_FD_MONITOR);
	assert_int_equal(others, 0);
}

/* The exit status of a process for which that happens; -1: it goes on. */
static int
status_of(void (*act)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid != -1);
	if (pid == 0) {
		act();
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 99 ? -1 : WEXITSTATUS(status);
}

static void
read_it(void)
{
	event(CHILD_FD_MONITOR);
}

static void
tell_it(void)
{
	struct record_plain r = {.head = record_head(RECORD_RENEW, sizeof(r))};

	front_tell(&r);
}

static void
test_ends(void **state)
{
	(void)state;
	says(RECORD_PING, -1);
	assert_int_equal(status_of(read_it), -1); /* control */
	says(RECORD_PING, SCANNER); /* with a descriptor that is not due */
	assert_int_equal(status_of(read_it), EX_PROTOCOL);
	says(RECORD_PEER, -1);
	assert_int_equal(status_of(read_it), EX_PROTOCOL);
	says(RECORD_RESULT, -1);
	assert_int_equal(status_of(read_it), EX_PROTOCOL);
	coming_len--;
	assert_int_equal(status_of(read_it), EX_PROTOCOL);
	coming_len = 0; /* the monitor has ended */
	coming_fd = -1;
	assert_int_equal(status_of(read_it), EX_OK);
	assert_int_equal(status_of(tell_it), -1); /* control */
	send_error = EAGAIN;
	assert_int_equal(status_of(tell_it), -1);
	send_error = EPIPE;
	assert_int_equal(status_of(tell_it), EX_UNAVAILABLE);
}

static void
test_shorter(void **state)
{
	(void)state;
	assert_int_equal(front_shorter(-1, -1), -1);
	assert_int_equal(front_shorter(-1, 5), 5);
	assert_int_equal(front_shorter(5, -1), 5);
	assert_int_equal(front_shorter(5, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_scanner, anew),
	    cmocka_unit_test_setup(test_alone, anew),
	    cmocka_unit_test_setup(test_old, anew),
	    cmocka_unit_test_setup(test_words, anew),
	    cmocka_unit_test_setup(test_ends, anew),
	    cmocka_unit_test_setup(test_shorter, anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
