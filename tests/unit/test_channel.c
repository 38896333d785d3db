/* SPDX-License-Identifier: ISC */
/*
 * Datagrams, records, boot blocks and bytes on the wire: privsep/ipc/channel.c,
 * record.c, boot.c and wire.c.
 */
#include "privsep/ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/boot.h"
#include "privsep/ipc/record.h"
#include "privsep/ipc/wire.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static int pair[2];

static int
setup(void **state)
{
	(void)state;
	return channel_pair(pair) ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	close(pair[0]);
	close(pair[1]);
	return 0;
}

/* --- channel --------------------------------------------------------------------- */

/* A datagram with so many copies of descriptor 0. */
static void
send_with(size_t len, size_t descriptors)
{
	static const uint8_t bytes[256];
	struct iovec iov = {(void *)(uintptr_t)bytes, len};
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control = {.bytes = {0}};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (descriptors > 0) {
		struct cmsghdr *c;

		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
	}
	assert_int_equal(sendmsg(pair[0], &msg, 0), (ssize_t)len);
}

static void
test_receive(void **state)
{
	static const struct {
		size_t len, descriptors;
		ssize_t got;
	} rows[] = {
	    {64, 0, 64},
	    {65, 0, -1},
	    {64, 1, 64},
	    {65, 1, -1},
	    {64, 2, -1},
	    {1, 3, -1},
	    {1, 0, 1},
	};
	uint8_t buffer[64];
	int passed, next = dup(0);

	(void)state;
	close(next);
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("row %zu\n", i);
		send_with(rows[i].len, rows[i].descriptors);
		errno = 0;
		assert_int_equal(
		    channel_recv(pair[1], buffer, sizeof(buffer), &passed),
		    rows[i].got);
		if (rows[i].got == -1) {
			assert_int_equal(errno, EBADMSG);
			assert_int_equal(passed, -1);
		}
		assert_int_equal(
		    passed != -1, rows[i].got != -1 && rows[i].descriptors > 0);
		if (passed != -1) {
			assert_true(fcntl(passed, F_GETFD) & FD_CLOEXEC);
			close(passed);
		}
		/* None has stayed open. */
		assert_int_equal(dup(0), next);
		close(next);
	}
}

/* --- records --------------------------------------------------------------------- */

static void
test_records(void **state)
{
	struct record_load load = {
	    .head = record_head(RECORD_LOAD, sizeof(load))};
	struct {
		struct record_field field;
		char bytes[8];
	} f = {.field = {.head = record_head(RECORD_FIELD, sizeof(f)),
		   .name_len = 3,
		   .value_len = 5}};
	struct span whole = span_of(&load, sizeof(load));

	(void)state;
	assert_true(record_check(ROLE_LISTENER, ROLE_MONITOR, whole, false));
	assert_true(record_check(ROLE_LISTENER, ROLE_SCANNER, whole, false));
	assert_false(record_check(ROLE_SCANNER, ROLE_MONITOR, whole, false));
	assert_false(record_check(ROLE_LISTENER, ROLE_SESSION, whole, false));
	assert_false(record_check(ROLE_LISTENER, ROLE_MONITOR, whole, true));
	load.head.length--;
	assert_false(record_check(ROLE_LISTENER, ROLE_MONITOR, whole, false));
	whole.len--;
	assert_false(record_check(ROLE_LISTENER, ROLE_MONITOR, whole, false));
	whole.len = 1;
	assert_false(record_check(ROLE_LISTENER, ROLE_MONITOR, whole, false));

	whole = span_of(&f, sizeof(f));
	assert_true(record_check(ROLE_SESSION, ROLE_SCANNER, whole, false));
	f.field.value_len = 4;
	assert_false(record_check(ROLE_SESSION, ROLE_SCANNER, whole, false));
	f.field.value_len = 6;
	assert_false(record_check(ROLE_SESSION, ROLE_SCANNER, whole, false));
	f.field.name_len = UINT32_MAX;
	assert_false(record_check(ROLE_SESSION, ROLE_SCANNER, whole, false));
	f.field.head.type = RECORD_TYPES;
	assert_false(record_check(ROLE_SESSION, ROLE_SCANNER, whole, false));
}

/* One behind the other, to the end; none that goes beyond it, or never ends. */
static void
test_batch(void **state)
{
	struct record_plain r[3];
	struct cursor c = cursor_of(span_of(r, sizeof(r)));
	struct span record;

	(void)state;
	for (size_t i = 0; i < COUNT(r); i++)
		r[i].head = record_head(RECORD_ABORT, sizeof(r[i]));
	for (size_t i = 0; i < COUNT(r); i++) {
		assert_true(record_next(&c, &record));
		assert_ptr_equal(record.ptr, &r[i]);
		assert_int_equal(record.len, sizeof(r[i]));
	}
	assert_false(record_next(&c, &record));
	c = cursor_of(span_of(r, sizeof(r[0])));
	r[0].head.length = 0;
	assert_false(record_next(&c, &record));
	r[0].head.length = sizeof(struct record_head) - 1;
	assert_false(record_next(&c, &record));
	r[0].head.length = sizeof(r[0]) + 1;
	assert_false(record_next(&c, &record));
}

/* --- boot blocks ------------------------------------------------------------------- */

static void
test_boot(void **state)
{
	static const char block[100] = "block";
	int fd = boot_make(block, sizeof(block));
	char byte = 'x';

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(pread(fd, &byte, 1, 0), 1);
	assert_int_equal(byte, 'b');
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 1), -1);
	assert_int_equal(ftruncate(fd, 200), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, 0), -1); /* sealed itself */
	close(fd);
}

/* --- bytes ------------------------------------------------------------------------- */

/* Reads until the end; how many bytes, and whether they are in order. */
static void *
read_all(void *out)
{
	size_t *good = out;
	uint8_t piece[1000];
	ssize_t n;

	while ((n = read(pair[1], piece, sizeof(piece))) > 0) {
		for (ssize_t i = 0; i < n; i++, ++*good) {
			if (piece[i] != *good % 251)
				return NULL;
		}
	}
	return NULL;
}

/* More than the socket holds: each byte once, as the other one reads. */
static void
test_write(void **state)
{
	static uint8_t bytes[1 << 20];
	pthread_t reader;
	size_t good = 0;

	teardown(state);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i % 251);
	assert_int_equal(pthread_create(&reader, NULL, read_all, &good), 0);
	assert_true(wire_write(
	    pair[0], span_of(bytes, sizeof(bytes)), wire_now() + 100000));
	shutdown(pair[0], SHUT_WR);
	pthread_join(reader, NULL);
	assert_int_equal(good, sizeof(bytes));
}

/* Nobody reads: the deadline is the end. */
static void
test_deadline(void **state)
{
	static uint8_t bytes[1 << 22];
	struct wire_ends ends = {.mta = pair[0], .scanner = pair[1]};

	teardown(state);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_false(
	    wire_write(pair[0], span_of(bytes, sizeof(bytes)), wire_now() + 5));
	ends.mta = pair[0];
	ends.scanner = pair[1];
	assert_int_equal(
	    wire_wait(&ends, WIRE_READ_MTA, false, wire_now() + 5), 0);
}

/* What the MTA said before it went is read first. */
static void
test_last_words(void **state)
{
	struct wire_ends ends;
	char byte;

	teardown(state);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	ends = (struct wire_ends){.mta = pair[0], .scanner = -1};
	assert_int_equal(write(pair[1], "x", 1), 1);
	close(pair[1]);
	pair[1] = dup(0);
	assert_int_equal(
	    wire_wait(&ends, WIRE_READ_MTA, true, wire_now() + 100000),
	    WIRE_READ_MTA);
	assert_int_equal(read(pair[0], &byte, 1), 1);
	assert_int_not_equal(
	    wire_wait(&ends, 0, true, wire_now() + 100000) & WIRE_MTA_GONE, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_receive),
	    T(test_records),
	    T(test_batch),
	    T(test_boot),
	    T(test_write),
	    T(test_deadline),
	    T(test_last_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
