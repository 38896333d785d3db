/* SPDX-License-Identifier: ISC */
/*
 * What the scanner's loop rests on: scanner/base/log_retry.c, poll.c and
 * monitor_link.c.  The monitor and the reader of the log are socket pairs of
 * the test's, at the descriptors that the scanner has them at.
 */
#include "scanner/base/log_retry.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/poll.h"

static int monitor; /* its end of the channel */

/* The next record's type that the monitor gets; RECORD_TYPES: none. */
static uint32_t
told(void *record, size_t size)
{
	struct record_head head = {.type = RECORD_TYPES};
	ssize_t n = recv(monitor, record, size, MSG_DONTWAIT);

	if (n >= (ssize_t)sizeof(head))
		memcpy(&head, record, sizeof(head));
	return head.type;
}

static bool
is_closed(int fd)
{
	return fcntl(fd, F_GETFD) == -1;
}

/* A log of one kind; *reader is the other end. */
static int
make_log(int *reader)
{
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	*reader = pair[0];
	return pair[1];
}

static size_t
lines_in(int reader)
{
	char line[LOG_LINE_MAX];
	size_t lines = 0;

	while (recv(reader, line, sizeof(line), MSG_DONTWAIT) > 0)
		lines++;
	return lines;
}

/* More lines than the log takes at once: the rest is due at once, and then
 * every 100 ms until the log has it. */
static void
test_waiting(void **state)
{
	int reader, log = make_log(&reader);
	size_t lines = 0, said = 0;

	(void)state;
	log_retry_setup(log, LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	assert_true(log_retry_next() == UINT64_MAX);
	while (log_retry_next() == UINT64_MAX && said < 10000) {
		log_retry_event(LOG_LEVEL_INFO, "e", "w");
		said++;
	}
	assert_int_equal(log_retry_next(), 0);
	log_retry_run(1000);
	assert_int_equal(log_retry_next(), 1100);
	lines = lines_in(reader);
	assert_int_equal(lines, said - 1);
	log_retry_run(1099);
	assert_int_equal(lines_in(reader), 0);
	log_retry_run(1100);
	assert_int_equal(lines_in(reader), 1);
	assert_true(log_retry_next() == UINT64_MAX);
	close(reader);
}

/* A system log that has gone is asked for anew, once in each try; a file or
 * pipe is not. */
static void
test_gone(void **state)
{
	struct record_plain r;
	int reader, log = make_log(&reader), newer, old;

	(void)state;
	for (int syslog = 0; syslog <= 1; syslog++) {
		print_message("syslog %d\n", syslog);
		log = make_log(&reader);
		old = log;
		log_retry_setup(log, LOG_FORMAT_LOGFMT,
		    syslog ? LOG_TO_SYSLOG : LOG_TO_STDERR);
		close(reader);
		log_retry_event(LOG_LEVEL_INFO, "e", "w");
		assert_int_equal(log_retry_next(), 0);
		log_retry_run(5000);
		assert_int_equal(told(&r, sizeof(r)),
		    syslog ? RECORD_LOG_LOST : RECORD_TYPES);
		assert_int_equal(log_retry_next(), 6000);
		log_retry_run(5999);
		assert_int_equal(told(&r, sizeof(r)), RECORD_TYPES);
		newer = make_log(&reader);
		log_retry_replace(newer);
		assert_true(is_closed(old));
		assert_int_equal(log_retry_next(), 0);
		log_retry_run(6000);
		assert_int_equal(lines_in(reader), 1);
		assert_true(log_retry_next() == UINT64_MAX);
		close(reader);
	}
}

static void
test_monitor(void **state)
{
	struct sandbox_report report = {.layers = 5, .missing = "mdwe: none"};
	struct record_backend backend = {.index = 3, .up = 1}, got;
	struct record_ready ready;
	struct record_plain plain;

	(void)state;
	assert_true(monitor_send_ready(&report));
	assert_int_equal(told(&ready, sizeof(ready)), RECORD_READY);
	assert_int_equal(ready.layers, 5);
	assert_string_equal(ready.missing, "mdwe: none");
	monitor_send_backend(&backend);
	assert_int_equal(told(&got, sizeof(got)), RECORD_BACKEND);
	assert_int_equal(got.head.length, sizeof(got));
	assert_int_equal(got.index, 3);
	monitor_send_plain(RECORD_PONG);
	assert_int_equal(told(&plain, sizeof(plain)), RECORD_PONG);
	plain.head = record_head(RECORD_LOG_LOST, sizeof(plain));
	assert_true(monitor_send(&plain));
	assert_int_equal(told(&plain, sizeof(plain)), RECORD_LOG_LOST);
}

static void
on_alarm(int number)
{
	(void)number;
}

static void
test_poll(void **state)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
	enum poll_for have = POLL_NOTHING;
	struct poll_event event[POLL_ROUND];
	int pair[2], copy;

	(void)state;
	assert_true(poll_setup());
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_true(poll_watch(pair[0], POLL_METER, 9, &have, POLL_READ));
	assert_int_equal(have, POLL_READ);
	assert_int_equal(poll_wait(event, 0), 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_int_equal(poll_wait(event, 0), 1);
	assert_int_equal(event[0].kind, POLL_METER);
	assert_int_equal(event[0].index, 9);
	/* Writable at once; then no more than what it is waited for. */
	assert_int_equal(read(pair[0], event, 1), 1);
	assert_true(
	    poll_watch(pair[0], POLL_SCAN, UINT32_MAX, &have, POLL_WRITE));
	assert_int_equal(have, POLL_WRITE);
	assert_int_equal(poll_wait(event, 0), 1);
	assert_int_equal(event[0].kind, POLL_SCAN);
	assert_true(event[0].index == UINT32_MAX);
	/* One of which there is a copy goes by poll_leave. */
	copy = dup(pair[0]);
	poll_leave(pair[0]);
	close(pair[0]);
	assert_int_equal(poll_wait(event, 0), 0);
	/* A signal is no end, and no event. */
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(poll_wait(event, 60000), 0);
	/* What is none cannot be watched. */
	have = POLL_NOTHING;
	assert_false(poll_watch(pair[0], POLL_SCAN, 0, &have, POLL_READ));
	assert_int_equal(have, POLL_NOTHING);
	close(copy);
	close(pair[1]);
}

static int
setup(void **state)
{
	int pair[2];

	(void)state;
	if (!channel_pair(pair))
		return -1;
	/* Above all that the tests open. */
	monitor = fcntl(pair[0], F_DUPFD_CLOEXEC, 100);
	if (pair[1] != CHILD_FD_MONITOR)
		dup2(pair[1], CHILD_FD_MONITOR);
	return monitor == -1 ? -1 : 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_waiting),
	    cmocka_unit_test(test_gone),
	    cmocka_unit_test(test_monitor),
	    cmocka_unit_test(test_poll),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
