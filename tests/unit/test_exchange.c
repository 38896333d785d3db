/* SPDX-License-Identifier: ISC */
/*
 * One exchange with a clamd, byte by byte: scanner/clamd/exchange.c.  The test
 * is clamd, at the other end of a Unix socket.  (Connections that were made
 * before: test_standby.c.)
 */
#include "scanner/clamd/exchange.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define MB (UINT64_C(1) << 20)

static char directory[] = "/tmp/pratique-exchange-XXXXXX";
static struct address address;
static int listener = -1, clamd = -1, memfd = -1;
static struct exchange c;

static int
setup(void **state)
{
	(void)state;
	address = (struct address){.local.sun_family = AF_UNIX};
	(void)snprintf(address.local.sun_path, sizeof(address.local.sun_path),
	    "%s/clamd", directory);
	address.len = sizeof(address.local);
	(void)unlink(address.local.sun_path);
	listener =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, &address.any, address.len), 0);
	assert_int_equal(listen(listener, 1), 0);
	memfd = memfd_create("test", MFD_CLOEXEC);
	assert_int_not_equal(memfd, -1);
	exchange_init(&c);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	exchange_close(&c);
	close(listener);
	close(memfd);
	if (clamd != -1)
		close(clamd);
	clamd = -1;
	return 0;
}

static enum step
open_it(enum request request, uint64_t size, bool growing)
{
	enum step step =
	    exchange_open(&c, request, &address, memfd, size, growing);

	clamd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	assert_int_not_equal(clamd, -1);
	return step;
}

/* So many bytes have come, and these. */
static void
has_got(const void *bytes, size_t len)
{
	uint8_t got[256];

	assert_true(len < sizeof(got));
	assert_int_equal(read(clamd, got, sizeof(got)), len);
	assert_memory_equal(got, bytes, len);
}

/* clamd says that, with its NUL, and closes. */
static void
says(const char *text)
{
	size_t len = strlen(text) + 1;

	assert_int_equal(send(clamd, text, len, MSG_NOSIGNAL), len);
	close(clamd);
	clamd = -1;
}

/* Up to the end. */
static void
goes_on(void)
{
	enum step step = STEP_WAIT_READ;

	for (int i = 0; i < 1000 && step != STEP_ENDED; i++) {
		step = exchange_continue(&c);
		assert_true(step == STEP_ENDED || step == STEP_WAIT_READ ||
			    step == STEP_WAIT_WRITE);
	}
	assert_int_equal(step, STEP_ENDED);
}

static void
ends_as(enum outcome outcome, enum reply_fault fault)
{
	struct reply reply = exchange_reply(&c);

	assert_int_equal(reply.outcome, outcome);
	assert_string_equal(
	    reply_fault_text(reply.fault), reply_fault_text(fault));
}

static void
test_words(void **state)
{
	static const struct {
		enum request request;
		const char *word;
	} row[] = {{REQUEST_PING, "zPING"}, {REQUEST_VERSION, "zVERSION"},
	    {REQUEST_STATS, "zSTATS"}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		assert_int_equal(
		    open_it(row[i].request, 0, false), STEP_WAIT_READ);
		has_got(row[i].word, strlen(row[i].word) + 1);
		says("PONG");
		goes_on();
		assert_int_equal(c.end, REPLY_EOF);
		assert_true(
		    reply_is_pong(span_of(c.reply, c.reply_len), c.end));
		exchange_close(&c);
	}
}

/* One descriptor with nine bytes; the reply comes in two pieces, and counts
 * when the connection has ended. */
static void
test_descriptor(void **state)
{
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	uint8_t got[32];
	struct iovec iov = {.iov_base = got, .iov_len = sizeof(got)};
	struct msghdr msg = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	int fd;

	(void)state;
	assert_int_equal(open_it(REQUEST_FILDES, 3, false), STEP_WAIT_READ);
	assert_int_equal(recvmsg(clamd, &msg, MSG_CMSG_CLOEXEC), 9);
	assert_memory_equal(got, "zFILDES\0", 9);
	assert_non_null(CMSG_FIRSTHDR(&msg));
	assert_int_equal(CMSG_FIRSTHDR(&msg)->cmsg_len, CMSG_LEN(sizeof(int)));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	close(fd);
	assert_int_equal(send(clamd, "fd[9", 4, MSG_NOSIGNAL), 4);
	assert_int_equal(exchange_continue(&c), STEP_WAIT_READ);
	assert_int_equal(send(clamd, "]: OK", 6, MSG_NOSIGNAL), 6);
	assert_int_equal(exchange_continue(&c), STEP_WAIT_READ);
	close(clamd);
	clamd = -1;
	assert_int_equal(exchange_continue(&c), STEP_ENDED);
	ends_as(OUTCOME_CLEAN, REPLY_FAULT_NONE);
}

/* A message in two parts and its end, as clamd wants it. */
static void
test_stream(void **state)
{
	(void)state;
	assert_int_equal(write(memfd, "0123456789abcde", 15), 15);
	assert_int_equal(open_it(REQUEST_INSTREAM, 10, true), STEP_WAIT_MORE);
	has_got("zINSTREAM\0\0\0\0\x0a"
		"0123456789",
	    24);
	assert_false(exchange_grow(&c, 10, false));
	assert_true(exchange_grow(&c, 13, false));
	assert_int_equal(exchange_continue(&c), STEP_WAIT_MORE);
	has_got("\0\0\0\x03"
		"abc",
	    7);
	assert_true(exchange_grow(&c, 15, true));
	assert_int_equal(exchange_continue(&c), STEP_WAIT_READ);
	has_got("\0\0\0\x02"
		"de\0\0\0\0",
	    10);
	says("stream: OK");
	goes_on();
	ends_as(OUTCOME_CLEAN, REPLY_FAULT_NONE);
}

/* Nothing came behind what was there: the end alone. */
static void
test_stream_end(void **state)
{
	(void)state;
	assert_int_equal(write(memfd, "x", 1), 1);
	assert_int_equal(open_it(REQUEST_INSTREAM, 1, true), STEP_WAIT_MORE);
	assert_true(exchange_grow(&c, 1, true));
	assert_int_equal(exchange_continue(&c), STEP_WAIT_READ);
	has_got("zINSTREAM\0\0\0\0\x01x\0\0\0\0", 19);
	says("stream: X.Y FOUND");
	goes_on();
	ends_as(OUTCOME_INFECTED, REPLY_FAULT_NONE);
}

/* What comes before the whole was sent is no verdict, whatever it is: while
 * more is awaited, or in the middle of what is there. */
static void
test_before_the_end(void **state)
{
	static const char *const reply[] = {
	    "stream: OK", "stream: X.Y FOUND", "stream: no ERROR"};

	(void)state;
	for (size_t i = 0; i < sizeof(reply) / sizeof(reply[0]); i++) {
		assert_int_equal(ftruncate(memfd, 8 * (off_t)MB), 0);
		assert_int_equal(
		    open_it(REQUEST_INSTREAM, 10, true), STEP_WAIT_MORE);
		has_got("zINSTREAM\0\0\0\0\x0a\0\0\0\0\0\0\0\0\0\0", 24);
		says(reply[i]);
		goes_on();
		assert_int_equal(c.end, REPLY_CUT);
		ends_as(OUTCOME_CLAMD_ERROR, REPLY_FAULT_NOT_SENT);
		exchange_close(&c);
		assert_int_equal(
		    open_it(REQUEST_INSTREAM, 8 * MB, false), STEP_WAIT_WRITE);
		says(reply[i]);
		goes_on();
		assert_int_equal(c.end, REPLY_CUT);
		ends_as(OUTCOME_CLAMD_ERROR, REPLY_FAULT_NOT_SENT);
		exchange_close(&c);
	}
	/* But that it is too long is heard. */
	assert_int_equal(
	    open_it(REQUEST_INSTREAM, 8 * MB, false), STEP_WAIT_WRITE);
	says("INSTREAM size limit exceeded. ERROR");
	goes_on();
	ends_as(OUTCOME_TOO_BIG, REPLY_FAULT_NONE);
}

/* OK, and then no regular end: clamd has not read the request. */
static void
test_reset(void **state)
{
	(void)state;
	assert_int_equal(open_it(REQUEST_FILDES, 3, false), STEP_WAIT_READ);
	says("fd[9]: OK");
	goes_on();
	assert_int_equal(c.end, REPLY_RESET);
	ends_as(OUTCOME_CLAMD_ERROR, REPLY_FAULT_RESET);
}

static void
test_silent(void **state)
{
	uint8_t got[32];

	(void)state;
	assert_int_equal(open_it(REQUEST_FILDES, 3, false), STEP_WAIT_READ);
	assert_int_equal(read(clamd, got, sizeof(got)), 9);
	close(clamd);
	clamd = -1;
	goes_on();
	ends_as(OUTCOME_CLAMD_ERROR, REPLY_FAULT_SILENT);
}

/* As long as it may be, and a byte longer. */
static void
test_length(void **state)
{
	static const char head[] = "stream: ", tail[] = " FOUND";
	static char reply[REPLY_MAX + 2];

	(void)state;
	for (size_t len = REPLY_MAX - 1; len <= REPLY_MAX; len++) {
		memset(reply, 'x', len);
		memcpy(reply, head, sizeof(head) - 1);
		memcpy(reply + len - sizeof(tail), tail, sizeof(tail));
		assert_int_equal(
		    open_it(REQUEST_INSTREAM, 0, false), STEP_WAIT_READ);
		has_got("zINSTREAM\0\0\0\0\0", 14);
		assert_int_equal(send(clamd, reply, len, MSG_NOSIGNAL), len);
		close(clamd);
		clamd = -1;
		goes_on();
		if (len < REPLY_MAX)
			ends_as(OUTCOME_INFECTED, REPLY_FAULT_NONE);
		else
			ends_as(OUTCOME_CLAMD_ERROR, REPLY_FAULT_TOO_LONG);
		exchange_close(&c);
	}
}

static void
test_no_connection(void **state)
{
	int waiting[8];
	size_t n = 0;

	(void)state;
	/* A full backlog. */
	for (; n < 8; n++) {
		waiting[n] = socket(
		    AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(waiting[n], &address.any, address.len) == -1)
			break;
	}
	assert_true(n < 8);
	assert_int_equal(
	    exchange_open(&c, REQUEST_PING, &address, -1, 0, false), STEP_BUSY);
	assert_int_equal(c.fd, -1);
	for (size_t i = 0; i <= n; i++)
		close(waiting[i]);
	(void)unlink(address.local.sun_path);
	assert_int_equal(
	    exchange_open(&c, REQUEST_PING, &address, -1, 0, false),
	    STEP_REFUSED);
	assert_int_equal(c.error, ENOENT);
	address.len = 0; /* its host's name is not known yet */
	assert_int_equal(
	    exchange_open(&c, REQUEST_PING, &address, -1, 0, false),
	    STEP_REFUSED);
	assert_int_equal(c.error, EDESTADDRREQ);
}

/* What is in the memfd is less than what it should be; or more than the length
 * of a chunk can say. */
static void
test_faults(void **state)
{
	(void)state;
	assert_int_equal(
	    exchange_open(&c, REQUEST_INSTREAM, &address, memfd, 10, false),
	    STEP_FAULT);
	assert_int_equal(c.state, EXCHANGE_CLOSED);
	assert_int_equal(exchange_open(&c, REQUEST_INSTREAM, &address, memfd,
			     UINT64_C(1) << 32, false),
	    STEP_FAULT);
	assert_int_equal(c.error, EFBIG);
	assert_int_equal(exchange_continue(&c), STEP_FAULT);
}

static int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static int
remove_directory(void **state)
{
	(void)state;
	(void)unlink(address.local.sun_path);
	return rmdir(directory);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_words),
	    T(test_descriptor),
	    T(test_stream),
	    T(test_stream_end),
	    T(test_before_the_end),
	    T(test_reset),
	    T(test_silent),
	    T(test_length),
	    T(test_no_connection),
	    T(test_faults),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
