/* SPDX-License-Identifier: ISC */
/*
 * What libmilter gets to read (libmilter/screen.c), in pieces as the library
 * asks for them: head, then payload into one buffer.
 */
#include "libmilter/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FD   7
#define HEAD 5

#define P(command, payload)                           \
	{                                             \
		command, payload, sizeof(payload) - 1 \
	}

static const struct row {
	char command;
	const char *payload;
	size_t len;
} sound[] =
    {
	P('L', "Subject\0 a\0"),
	P('L', "Subject\0\0"),
	P('D', "Li\0Q1\0"),
	P('D', "L"),
	P('H', "a.example\0"),
	P('M', "<a@b>\0SIZE=1\0"),
	P('C', "a\0U"),
	P('C', "a\0004\0\0311.2.3.4\0"),
	P('N', ""),
	P('B', "body\0body"),
	P('E', ""),
	P('?', "no command of ours"),
},
  malformed[] = {
      P('L', "Subject\0 a\0b\0"),
      P('L', "Subject\0 a"),
      P('L', "Subject\0"),
      P('L', ""),
      P('D', "Li\0Q1"),
      P('D', "Li\0"),
      P('D', ""),
      P('H', "a\0b\0"),
      P('H', "a"),
      P('M', "<a@b>\0SIZE=1"),
      P('C', "a\0004\0\031127.1\0"),
      P('C', "a"),
      P('U', "a"),
};

static uint8_t buffer[256];

static bool
takes(const uint8_t *bytes, size_t n)
{
	return screen_take(FD, bytes, (ssize_t)n) == (ssize_t)n;
}

/* Each piece of at most that many bytes; true if all of them pass. */
static bool
passes(const struct row *row, size_t piece)
{
	uint8_t head[HEAD] = {
	    0, 0, 0, (uint8_t)(row->len + 1), (uint8_t)row->command};
	bool ok = true;

	for (size_t at = 0, n = 0; ok && at < HEAD; at += n) {
		n = HEAD - at < piece ? HEAD - at : piece;
		ok = takes(head + at, n);
	}
	memcpy(buffer, row->payload, row->len);
	for (size_t at = 0, n = 0; ok && at < row->len; at += n) {
		n = row->len - at < piece ? row->len - at : piece;
		ok = takes(buffer + at, n);
	}
	return ok;
}

static void
test_packets(void **state)
{
	(void)state;
	for (size_t piece = 1; piece < 32; piece++) {
		assert_true(screen_open(FD));
		for (size_t i = 0; i < sizeof(sound) / sizeof(sound[0]); i++)
			assert_true(passes(&sound[i], piece));
		for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]);
		     i++) {
			print_message("%zu, %zu\n", piece, i);
			assert_true(screen_open(FD));
			assert_true(passes(&sound[0], piece));
			assert_false(passes(&malformed[i], piece));
		}
		screen_close(FD);
	}
}

/* A length that is out of range ends the connection when its four bytes are
 * there. */
static void
test_lengths(void **state)
{
	static const struct {
		uint8_t head[HEAD];
		bool ok;
	} rows[] = {
	    {{0, 0, 0, 0, 'N'}, false},
	    {{0, 0, 0, 1, 'N'}, true},
	    {{0, 1, 0, 0, 'B'}, true}, /* 65535 and the command */
	    {{0, 1, 0, 1, 'B'}, false},
	    {{0x80, 0, 0, 1, 'N'}, false},
	    {{0xff, 0xff, 0xff, 0xff, 'N'}, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(screen_open(FD));
		assert_int_equal(takes(rows[i].head, HEAD), rows[i].ok);
		assert_true(screen_open(FD));
		assert_int_equal(takes(rows[i].head, 4), rows[i].ok);
	}
	screen_close(FD);
}

/* Other descriptors and errors are none of its business; a library that reads
 * otherwise than it expects loses the connection. */
static void
test_reads(void **state)
{
	static const uint8_t head[] = {0, 0, 0, 3, 'B', 'x', 'y'};

	(void)state;
	assert_int_equal(screen_take(FD, malformed[0].payload, 3), 3);
	assert_int_equal(screen_take(-1, head, 3), 3);
	assert_int_equal(screen_take(INT32_MAX, head, 3), 3);
	assert_false(screen_open(-1));
	assert_false(screen_open(INT32_MAX));
	screen_close(-1);
	screen_close(INT32_MAX);
	assert_true(screen_open(FD));
	assert_int_equal(screen_take(FD, head, -1), -1);
	assert_int_equal(screen_take(FD, head, 0), 0);
	assert_false(takes(head, sizeof(head)));
	assert_true(screen_open(FD));
	assert_true(takes(head, HEAD));
	assert_true(takes(buffer, 1));
	assert_false(takes(buffer + 2, 1)); /* not behind the first */
	assert_true(screen_open(FD));
	assert_true(takes(head, HEAD));
	assert_false(takes(buffer, 3)); /* more than the packet has */
	screen_close(FD);
	assert_int_equal(screen_take(FD, head, sizeof(head)), sizeof(head));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_packets),
	    cmocka_unit_test(test_lengths),
	    cmocka_unit_test(test_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
