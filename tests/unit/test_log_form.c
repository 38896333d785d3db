/* SPDX-License-Identifier: ISC */
/*
 * The form of a log line: lib/log.c.  Nothing from outside ends a value or a
 * line, or reaches a terminal as it is; what has no room is left out whole.
 */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static int reader;
static size_t at_most; /* bytes that a sendmsg takes; 0: the kernel's */
static char taken[2 * LOG_LINE_MAX];
static size_t taken_len;

ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	static unsigned int turn;
	size_t len = msg->msg_iov[0].iov_len;

	if (at_most == 0)
		return syscall(SYS_sendmsg, fd, msg, flags);
	if (++turn % 3 == 0) {
		errno = EAGAIN;
		return -1;
	}
	if (len > at_most)
		len = at_most;
	assert_true(taken_len + len < sizeof(taken));
	memcpy(taken + taken_len, msg->msg_iov[0].iov_base, len);
	taken_len += len;
	return (ssize_t)len;
}

/* All that has been written since, as one string. */
static const char *
written(void)
{
	static char text[2 * LOG_LINE_MAX];
	ssize_t n = read(reader, text, sizeof(text) - 1);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
set(enum log_format format, enum log_to to)
{
	static int writer = -1;
	int fd[2];

	if (writer != -1) {
		close(writer);
		close(reader);
	}
	assert_int_equal(pipe2(fd, O_NONBLOCK | O_CLOEXEC), 0);
	reader = fd[0];
	writer = fd[1];
	log_init(writer, format, to);
}

static const struct {
	const char *value;
	size_t len;
	const char *logfmt, *json;
} values[] = {
    {"plain", 5, "k=plain", "\"k\":\"plain\""},
    {"", 0, "k=\"\"", "\"k\":\"\""},
    {"a b", 3, "k=\"a b\"", "\"k\":\"a b\""},
    {"a=b", 3, "k=\"a=b\"", "\"k\":\"a=b\""},
    {"\"", 1, "k=\"\\\"\"", "\"k\":\"\\\"\""},
    {"\\", 1, "k=\"\\\\\"", "\"k\":\"\\\\\""},
    {"\n", 1, "k=\"\\u000a\"", "\"k\":\"\\u000a\""},
    {"\0x", 2, "k=\"\\u0000x\"", "\"k\":\"\\u0000x\""},
    {"\033[2J", 4, "k=\"\\u001b[2J\"", "\"k\":\"\\u001b[2J\""},
    {"\177", 1, "k=\"\\u007f\"", "\"k\":\"\\u007f\""},
    {"\303\244", 2, "k=\"\\u00c3\\u00a4\"", "\"k\":\"\\u00c3\\u00a4\""},
    {"~!", 2, "k=~!", "\"k\":\"~!\""},
};

static void
test_values(void **state)
{
	char want[128];

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		for (int json = 0; json <= 1; json++) {
			struct log_line line;

			set(json ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT,
			    LOG_TO_SYSLOG);
			log_begin(&line, LOG_LEVEL_INFO, "e");
			log_bytes(&line, "k", values[i].value, values[i].len);
			log_number(&line, "n", UINT64_MAX);
			assert_true(log_end(&line));
			if (json)
				snprintf(want, sizeof(want),
				    "<22>pratiqued: {\"level\":\"info\","
				    "\"event\":\"e\",%s,"
				    "\"n\":18446744073709551615}",
				    values[i].json);
			else
				snprintf(want, sizeof(want),
				    "<22>pratiqued: level=info event=e %s "
				    "n=18446744073709551615",
				    values[i].logfmt);
			assert_string_equal(written(), want);
		}
	}
}

static void
test_levels(void **state)
{
	static const struct {
		enum log_level level;
		const char *start;
	} rows[] = {
	    {LOG_LEVEL_ERROR, "<19>pratiqued: level=error "},
	    {LOG_LEVEL_WARNING, "<20>pratiqued: level=warning "},
	    {LOG_LEVEL_INFO, "<22>pratiqued: level=info "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set(LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG);
		log_event(rows[i].level, "e", "w");
		assert_memory_equal(
		    written(), rows[i].start, strlen(rows[i].start));
	}
}

/* To standard error with a time, and each line ends. */
static void
test_standard_error(void **state)
{
	const char *text;
	int digits = 0, len = 0;

	(void)state;
	set(LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	log_event(LOG_LEVEL_INFO, "e", "w");
	log_event(LOG_LEVEL_INFO, "f", "x");
	text = written();
	assert_int_equal(sscanf(text,
			     "ts=%*4d-%*2d-%*2dT%*2d:%*2d:%*2d.%3dZ "
			     "%nlevel=info event=e what=w\n",
			     &digits, &len),
	    1);
	assert_int_equal(len, strlen("ts=2026-11-20T10:00:00.123Z "));
	assert_non_null(strstr(text, " what=w\nts="));
	assert_string_equal(text + strlen(text) - 2, "x\n");
}

/* However long, a line has its form and its end, and no half of a value; what
 * comes behind what had no room is left out too. */
static void
test_full(void **state)
{
	static const char filler[LOG_LINE_MAX] = {1};

	(void)state;
	for (size_t len = 0; len < LOG_LINE_MAX; len++) {
		struct log_line line;
		const char *text;
		size_t all;

		set(LOG_FORMAT_JSON, LOG_TO_STDERR);
		log_begin(&line, LOG_LEVEL_INFO, "e");
		log_bytes(&line, "a", filler + 1, len / 6);
		log_text(&line, "b", "0123456789");
		log_number(&line, "c", 12345);
		assert_true(log_end(&line));
		text = written();
		all = strlen(text);
		assert_true(all <= LOG_LINE_MAX);
		assert_string_equal(text + all - 2, "}\n");
		assert_true(text[all - 3] == '"' || text[all - 3] == '5');
		if (strstr(text, "\"b\"") == NULL)
			assert_null(strstr(text, "\"c\""));
		else
			assert_non_null(strstr(text, "\"b\":\"0123456789\""));
		if (strstr(text, "\"c\"") != NULL)
			assert_non_null(strstr(text, ",\"c\":12345}"));
	}
}

/* At every length in steps of one byte, with bytes that need no escape. */
static void
test_end(void **state)
{
	static char filler[LOG_LINE_MAX];
	size_t longest = 0;

	(void)state;
	memset(filler, 'x', sizeof(filler));
	for (size_t len = LOG_LINE_MAX - 200; len < LOG_LINE_MAX; len++) {
		struct log_line line;
		const char *text;

		set(LOG_FORMAT_JSON, LOG_TO_STDERR);
		log_begin(&line, LOG_LEVEL_INFO, "e");
		log_bytes(&line, "a", filler, len);
		assert_true(log_end(&line));
		text = written();
		assert_true(strlen(text) <= LOG_LINE_MAX);
		if (strlen(text) > longest)
			longest = strlen(text);
		assert_string_equal(text + strlen(text) - 3, "\"}\n");
	}
	assert_int_equal(longest, LOG_LINE_MAX);
}

/* A stream that takes some bytes at a time, and then for once none: each line
 * comes whole, in order, and once. */
static void
test_in_pieces(void **state)
{
	char want[2 * LOG_LINE_MAX] = "";

	(void)state;
	for (at_most = 1; at_most < 100; at_most += 7) {
		taken_len = 0;
		want[0] = '\0';
		log_init(-1, LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG);
		for (int i = 10; i < 40; i++) {
			log_event(LOG_LEVEL_INFO, "e", "w");
			snprintf(want + strlen(want), 100,
			    "<22>pratiqued: level=info event=e what=w");
		}
		while (log_flush() != 0)
			continue;
		taken[taken_len] = '\0';
		assert_string_equal(taken, want);
	}
	at_most = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_standard_error),
	    cmocka_unit_test(test_full),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
