/* SPDX-License-Identifier: ISC */
/*
 * Records to the stream that clamd gets: scanner/base/stream.c.  The bytes, the
 * limit, the seals, and that one message's bytes stay out of another's.
 */
#include "scanner/base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/field.h"
#include "privsep/ipc/record.h"
#include "scanner/base/memory.h"

static bool write_less; /* by one byte */

ssize_t
writev(int fd, const struct iovec *run, int runs)
{
	struct iovec part[IOV_MAX];

	memcpy(part, run, (size_t)runs * sizeof(*run));
	part[runs - 1].iov_len -= write_less ? 1 : 0;
	return syscall(SYS_writev, fd, part, runs);
}

#define LIMIT 200000
#define ROOM  (LIMIT + STREAM_LEAD_MAX)

static char content[ROOM + 1];

/* Reads a finished stream into content; returns where the lead-in ends. */
static const char *
read_back(const struct stream *s)
{
	struct stat st;
	const char *end;

	assert_int_not_equal(s->memfd, -1);
	assert_int_equal(fstat(s->memfd, &st), 0);
	assert_int_equal(st.st_size, s->written);
	assert_true(st.st_size <= ROOM);
	assert_int_equal(
	    pread(s->memfd, content, ROOM, 0), (ssize_t)st.st_size);
	content[st.st_size] = '\0';
	end = strstr(content, "\r\n");
	assert_non_null(end);
	return end + 2;
}

static void
assert_message(const struct stream *s, const char *want, size_t len)
{
	const char *got = read_back(s);

	assert_int_equal(s->len, len);
	assert_int_equal(s->written, (uint64_t)(got - content) + len);
	assert_memory_equal(got, want, len);
}

static void
begin(struct stream *s)
{
	stream_begin(s, span_text("4F1Abc"));
}

static void
field(struct stream *s, const char *name, const char *value)
{
	stream_field(s, span_text(name), span_text(value));
}

static void
test_exact_bytes(void **state)
{
	static const char want[] = "Subject: hello\r\n"
				   "X-Fold: a\r\n b\r\n\tc\r\n"
				   "X-Tight:value\r\n"
				   "X-Empty:\r\n"
				   "X-LF:\r\n\r\n\r\n"
				   "\r\n"
				   "first\r\n"
				   "second\nthird";
	struct stream s;

	(void)state;
	begin(&s);
	field(&s, "Subject", " hello");
	field(&s, "X-Fold", " a\n b\n\tc");
	stream_flush(&s);
	field(&s, "X-Tight", "value");
	field(&s, "X-Empty", "");
	field(&s, "X-LF", "\n\n");
	stream_body(&s, span_text("first\r\n"));
	stream_body(&s, span_text(""));
	stream_body(&s, span_text("second\nthird"));
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	assert_message(&s, want, sizeof(want) - 1);
	stream_drop(&s);
	assert_int_equal(s.memfd, -1);
}

/* Session and scanner count alike: line ends as SMTP has them. */
static void
test_size(void **state)
{
	static const char *const value[] = {"", " b", "b", " b\n c\n\td",
	    " b\r\n c", "\n\n", "\r\n\r\n", " b\r", "\r\r\n", "\n\r"};
	static const uint64_t size[] = {4, 6, 5, 14, 10, 8, 8, 7, 7, 7};
	struct stream s;

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		begin(&s);
		field(&s, "A", value[i]);
		assert_int_equal(s.len, size[i]);
		assert_int_equal(
		    field_size(span_text("A"), span_text(value[i])), size[i]);
		assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
		assert_int_equal(s.len, size[i] + FIELD_SEPARATOR);
		stream_drop(&s);
	}
	begin(&s);
	field(&s, "A", " b\r\n c\n d");
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	assert_message(&s, "A: b\r\n c\r\n d\r\n\r\n", 16);
	stream_drop(&s);
}

static void
test_no_body_and_nothing(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	field(&s, "A", " b");
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	assert_message(&s, "A: b\r\n\r\n", 8);
	stream_drop(&s);
	begin(&s);
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	assert_message(&s, "\r\n", 2);
	stream_drop(&s);
}

/* The lead-in has its form, and no two messages have the same. */
static void
test_lead(void **state)
{
	static const char form[] =
	    "^Received: from pratique by localhost id [0-9a-f]{32}\\.[0-9]+; "
	    "(Sun|Mon|Tue|Wed|Thu|Fri|Sat), [0-9]{1,2} [A-Z][a-z]{2} 20[0-9]{2}"
	    " [0-9]{2}:[0-9]{2}:[0-9]{2} \\+0000\r\n";
	char first[STREAM_LEAD_MAX];
	struct stream s;
	regex_t re;

	(void)state;
	assert_int_equal(regcomp(&re, form, REG_EXTENDED | REG_NOSUB), 0);
	for (int i = 0; i < 2; i++) {
		begin(&s);
		assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
		read_back(&s);
		assert_int_equal(regexec(&re, content, 0, NULL, 0), 0);
		if (i == 1)
			assert_string_not_equal(first, content);
		assert_true(strlen(content) < sizeof(first));
		memcpy(first, content, strlen(content) + 1);
		stream_drop(&s);
	}
	regfree(&re);
}

/* More pieces than one writev takes, and values that double. */
static void
test_many_pieces(void **state)
{
	static char lf[RECORD_BATCH_MAX], body[1000];
	struct stream s;
	const char *got;

	(void)state;
	memset(lf, '\n', sizeof(lf));
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (char)('a' + i % 26);
	begin(&s);
	stream_field(&s, span_text("N"), span_of(lf, sizeof(lf)));
	stream_flush(&s);
	/* every second byte: no two pieces touch each other */
	for (size_t i = 0; i < sizeof(body); i += 2)
		stream_body(&s, span_of(body + i, 1));
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	got = read_back(&s);
	assert_memory_equal(got, "N:\r\n", 4);
	got += 2 + 2 * sizeof(lf) + 2;
	assert_memory_equal(got, "\r\n", 2);
	for (size_t i = 0; i < sizeof(body); i += 2)
		assert_int_equal(got[2 + i / 2], body[i]);
	stream_drop(&s);
}

static void
test_limit(void **state)
{
	static char body[LIMIT];
	struct stream s;

	(void)state;
	memset(body, 'x', sizeof(body));
	begin(&s);
	stream_body(&s, span_of(body, LIMIT - 2));
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	stream_drop(&s);

	begin(&s);
	stream_body(&s, span_of(body, LIMIT - 2));
	stream_flush(&s);
	stream_body(&s, span_of(body, 1));
	assert_int_equal(s.memfd, -1);
	assert_int_equal(s.state, STREAM_TOO_BIG);
	stream_flush(&s);
	stream_body(&s, span_of(body, 1));
	assert_int_equal(stream_finish(&s), OUTCOME_TOO_BIG);

	/* the blank line counts too */
	begin(&s);
	for (int i = 0; i < 3; i++) {
		stream_field(&s, span_text("A"), span_of(body, 60000));
		stream_flush(&s);
	}
	stream_field(&s, span_text("A"), span_of(body, LIMIT - s.len - 5));
	assert_int_equal(s.len, LIMIT - 1);
	assert_int_equal(stream_finish(&s), OUTCOME_TOO_BIG);
}

static void
test_sealed(void **state)
{
	struct stream s;

	(void)state;
	begin(&s);
	field(&s, "A", " b");
	stream_flush(&s);
	assert_int_equal(pwrite(s.memfd, "R", 1, 0), 1); /* positive control */
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	assert_int_equal(pwrite(s.memfd, "R", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(s.memfd, 0), -1);
	assert_int_equal(ftruncate(s.memfd, ROOM), -1);
	assert_int_equal(fcntl(s.memfd, F_ADD_SEALS, F_SEAL_SEAL), -1);
	stream_drop(&s);
}

/* Of a queue id only letters and digits reach clamd's log. */
static void
test_memfd_name(void **state)
{
	char link[64], name[PATH_MAX] = "";
	struct stream s;

	(void)state;
	stream_begin(&s, span_text("4F1\nA/../b c-9%n"));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", s.memfd);
	assert_true(readlink(link, name, sizeof(name) - 1) > 0);
	assert_string_equal(name, "/memfd:pratique-4F1Abc9n (deleted)");
	stream_drop(&s);
}

/* No memory: the descriptor cannot be written, as when tmpfs is full. */
static void
test_write_fault(void **state)
{
	struct stream s;
	int real;

	(void)state;
	begin(&s);
	real = s.memfd;
	s.memfd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(s.memfd, -1);
	stream_body(&s, span_text("x"));
	stream_flush(&s);
	assert_int_equal(s.state, STREAM_FAILED);
	stream_body(&s, span_text("y"));
	assert_int_equal(stream_finish(&s), OUTCOME_INTERNAL);
	assert_int_equal(s.memfd, -1);
	close(real);
}

/* No memory is left, for what was too much by a byte. */
static void
test_no_memory(void **state)
{
	struct stream s;

	(void)state;
	for (uint64_t left = 0; left < 2; left++) {
		stream_begin_bare(&s, span_text("memory"));
		memory_setup(4 + left);
		stream_body(&s, span_text("12345"));
		assert_int_equal(stream_finish(&s),
		    left == 0 ? OUTCOME_BUSY : OUTCOME_CLEAN);
		stream_drop(&s);
	}
	memory_setup(4 * LIMIT);
}

/* Memory of the machine runs out in the middle of a piece. */
static void
test_cut(void **state)
{
	struct stream s;

	(void)state;
	for (int less = 0; less < 2; less++) {
		begin(&s);
		stream_body(&s, span_text("12345"));
		write_less = less == 1;
		assert_int_equal(stream_finish(&s),
		    less == 0 ? OUTCOME_CLEAN : OUTCOME_INTERNAL);
		write_less = false;
		stream_drop(&s);
	}
}

/* Two messages, batch by batch in turns; a third one dropped in between. */
static void
test_interleaved(void **state)
{
	struct stream a, b, c;

	(void)state;
	begin(&a);
	field(&a, "A", "1");
	stream_flush(&a);
	begin(&b);
	field(&b, "B", "1");
	stream_flush(&b);
	begin(&c);
	field(&c, "Secret", "of another session");
	stream_drop(&c);
	stream_body(&a, span_text("aaa"));
	stream_flush(&a);
	stream_body(&b, span_text("bbb"));
	stream_flush(&b);
	assert_int_equal(stream_finish(&a), OUTCOME_CLEAN);
	assert_int_equal(stream_finish(&b), OUTCOME_CLEAN);
	assert_message(&a, "A:1\r\n\r\naaa", 10);
	assert_message(&b, "B:1\r\n\r\nbbb", 10);
	stream_drop(&a);
	stream_drop(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_exact_bytes),
	    cmocka_unit_test(test_size),
	    cmocka_unit_test(test_no_body_and_nothing),
	    cmocka_unit_test(test_lead),
	    cmocka_unit_test(test_many_pieces),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_sealed),
	    cmocka_unit_test(test_memfd_name),
	    cmocka_unit_test(test_write_fault),
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_interleaved),
	};

	memory_setup(4 * LIMIT);
	if (!stream_setup(LIMIT))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
