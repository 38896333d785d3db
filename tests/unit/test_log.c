/* SPDX-License-Identifier: ISC */
/*
 * A log that does not take lines (lib/log.c, privsep/start/standard_error.c): nobody waits
 * for it, no line is torn or changes places, and each that is missing is
 * counted.  The form of a line is fuzz/log.c's matter.
 */
#include "lib/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/start/standard_error.h"

#define LINES 20000 /* more than pipe and memory hold */

static int writer, reader;

static void
say(uint64_t number)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_INFO, "test");
	log_number(&line, "number", number);
	log_text(&line, "filler", "some text so that it is of usual length");
	log_end(&line);
}

static void
be_pipe(void)
{
	int fd[2];

	assert_int_equal(pipe2(fd, O_NONBLOCK), 0);
	reader = fd[0];
	writer = fd[1];
}

/* Waits in itself: only the sender's flag keeps it from that. */
static void
be_socket(int type)
{
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, type, 0, fd), 0);
	assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	reader = fd[0];
	writer = fd[1];
}

static void
be_stream(void)
{
	be_socket(SOCK_STREAM);
}

static void
be_datagram(void)
{
	be_socket(SOCK_DGRAM);
}

/* A number behind the key, or UINT64_MAX. */
static uint64_t
number_in(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	if (at == NULL)
		return UINT64_MAX;
	at += strcspn(at, "0123456789");
	return strtoull(at, NULL, 10);
}

struct sum {
	uint64_t next, lost, notices;
};

/* One line: whole, and the next one, or the count of those before it. */
static void
take(const char *line, size_t len, bool json, struct sum *sum)
{
	uint64_t number, lines;
	char text[LOG_LINE_MAX];

	assert_in_range(len, 1, sizeof(text) - 1);
	memcpy(text, line, len);
	text[len] = '\0';
	number = number_in(text, "number");
	lines = number_in(text, "lines");
	/* For syslog a priority and a tag come first. */
	if (json)
		assert_true(strchr(text, '{') != NULL && text[len - 1] == '}');
	if (lines != UINT64_MAX) {
		assert_non_null(strstr(text, "log-lost"));
		assert_non_null(strstr(text, "warning"));
		assert_true(lines > 0);
		sum->next += lines;
		sum->lost += lines;
		sum->notices++;
		return;
	}
	assert_int_equal(number, sum->next);
	assert_non_null(strstr(text, "of usual length"));
	sum->next++;
}

/* What has come, up to where nothing more is there. */
static void
take_all(bool json, bool datagrams, struct sum *sum)
{
	static char text[1 << 20];
	static size_t have; /* of a line whose end has not come */
	ssize_t n;
	char *end, *at = text;

	if (datagrams) {
		while ((n = read(reader, text, sizeof(text))) > 0)
			take(text, (size_t)n, json, sum);
		return;
	}
	while ((n = read(reader, text + have, sizeof(text) - have)) > 0)
		have += (size_t)n;
	while ((end = memchr(at, '\n', have)) != NULL) {
		take(at, (size_t)(end - at), json, sum);
		have -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	memmove(text, at, have);
}

static void
stall(void (*make)(void), enum log_format format, enum log_to to)
{
	struct sum sum = {0};
	bool json = format == LOG_FORMAT_JSON;

	make();
	log_init(writer, format, to);
	for (uint64_t i = 0; i < LINES; i++)
		say(i);
	assert_int_equal(log_flush(), EAGAIN);
	while (log_flush() != 0)
		take_all(json, to == LOG_TO_SYSLOG, &sum);
	/* From here on it keeps up. */
	for (uint64_t i = LINES; i < LINES + 100; i++) {
		say(i);
		take_all(json, to == LOG_TO_SYSLOG, &sum);
	}
	assert_int_equal(sum.next, LINES + 100);
	assert_int_equal(sum.notices, 1);
	assert_in_range(sum.lost, 1, LINES - 1000);
	assert_int_equal(log_flush(), 0);
	close(reader);
	close(writer);
}

static void
test_stalled(void **state)
{
	static const enum log_format forms[] = {
	    LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		stall(be_pipe, forms[i], LOG_TO_STDERR);
		stall(be_stream, forms[i], LOG_TO_STDERR);
		stall(be_datagram, forms[i], LOG_TO_SYSLOG);
	}
}

/* A reader that takes a little now and then: gaps, each with its count. */
static void
test_slow(void **state)
{
	struct sum sum = {0};
	char text[8192];
	uint64_t i;

	(void)state;
	be_pipe();
	log_init(writer, LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	for (i = 0; i < LINES; i++) {
		static char part[LOG_LINE_MAX];
		static size_t have;

		say(i);
		if (i % 60 != 0)
			continue;
		for (ssize_t n = read(reader, text, 4096), k = 0; k < n; k++) {
			part[have++] = text[k];
			if (text[k] != '\n')
				continue;
			take(part, have - 1, false, &sum);
			have = 0;
		}
	}
	assert_true(sum.notices > 0);
	assert_true(sum.next < LINES);
	close(reader);
	close(writer);
	be_pipe();
	log_redirect(writer, LOG_TO_STDERR);
	while (log_flush() == EAGAIN)
		while (read(reader, text, sizeof(text)) > 0)
			;
	close(reader);
	close(writer);
}

/* A new descriptor takes what the old one did not. */
static void
test_replaced(void **state)
{
	struct sum sum = {0};

	(void)state;
	be_datagram();
	log_init(writer, LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG);
	close(reader);
	say(0);
	say(1);
	assert_true(log_is_gone(log_flush()));
	close(writer);
	be_datagram();
	log_redirect(writer, LOG_TO_SYSLOG);
	assert_int_equal(log_flush(), 0);
	take_all(false, true, &sum);
	assert_int_equal(sum.next, 2);
	assert_int_equal(sum.notices, 0);
	close(reader);
	close(writer);
}

/* All that was kept goes out at once: the count of what was not is still to
 * come, and whoever waits for that is told to come again. */
static void
test_count_is_due(void **state)
{
	char text[LOG_LINE_MAX + 1] = "";
	off_t end;

	(void)state;
	be_pipe();
	log_init(writer, LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	for (uint64_t i = 0; i < LINES; i++)
		say(i);
	close(reader);
	close(writer);
	writer = memfd_create("log", MFD_CLOEXEC);
	log_redirect(writer, LOG_TO_STDERR);
	assert_int_equal(log_flush(), EAGAIN);
	assert_int_equal(log_flush(), 0);
	end = lseek(writer, 0, SEEK_END);
	assert_true(end > LOG_LINE_MAX);
	assert_int_equal(pread(writer, text, LOG_LINE_MAX, end - LOG_LINE_MAX),
	    LOG_LINE_MAX);
	assert_non_null(strstr(text, "event=log-lost lines="));
	close(writer);
}

/* A disk that is full: what does not fit is written when there is room, and
 * the line at the edge is whole. */
static void
test_full_disk(void **state)
{
	struct rlimit before, limit;
	struct sum sum = {0};
	char name[] = "/tmp/test-log-XXXXXX";

	(void)state;
	writer = mkstemp(name);
	reader = open(name, O_RDONLY);
	unlink(name);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	log_init(writer, LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	for (uint64_t i = 0; i < 50; i++)
		say(i);
	assert_int_equal(log_flush(), EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(log_flush(), 0);
	take_all(false, false, &sum);
	assert_int_equal(sum.next, 50);
	assert_int_equal(sum.lost, 0);
	close(reader);
	close(writer);
}

/* --- standard error ------------------------------------------------------------ */

static void
test_standard_error(void **state)
{
	int fd[2], saved = dup(STDERR_FILENO);
	struct sum sum = {0};

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(dup2(fd[1], STDERR_FILENO), STDERR_FILENO);
	standard_error_own();
	/* Whoever has the old one still waits; who has ours does not. */
	assert_int_equal(fcntl(fd[1], F_GETFL), O_WRONLY);
	assert_int_equal(
	    fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	reader = fd[0];
	assert_int_equal(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
	log_init(STDERR_FILENO, LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	for (uint64_t i = 0; i < 1000; i++)
		say(i);
	assert_int_equal(log_flush(), EAGAIN);
	while (log_flush() != 0)
		take_all(false, false, &sum);
	take_all(false, false, &sum);
	assert_int_equal(sum.next, 1000);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd[0]);
	close(fd[1]);
}

/* The place where a file is written at belongs to who opened it. */
static void
test_standard_error_file(void **state)
{
	int fd, saved = dup(STDERR_FILENO);
	char name[] = "/tmp/test-log-XXXXXX";

	(void)state;
	fd = mkstemp(name);
	unlink(name);
	assert_int_equal(write(fd, "before\n", 7), 7);
	dup2(fd, STDERR_FILENO);
	standard_error_own();
	assert_int_equal(write(STDERR_FILENO, "after\n", 6), 6);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 13);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stalled),
	    cmocka_unit_test(test_slow),
	    cmocka_unit_test(test_replaced),
	    cmocka_unit_test(test_count_is_due),
	    cmocka_unit_test(test_full_disk),
	    cmocka_unit_test(test_standard_error),
	    cmocka_unit_test(test_standard_error_file),
	};

	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	alarm(300); /* who waits for a reader waits for ever */
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
