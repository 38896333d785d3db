/* SPDX-License-Identifier: ISC */
/* Framing: parser/milter/packet.c.  Rows F01-F12, F16, F17 of the conformance list. */
#include "parser/milter/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/milter/milter.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *what;
	const char *in;
	size_t len;
	enum packet_result result;
	size_t size, payload;
} rows[] = {
    {"nothing", BYTES(""), PACKET_NEED_MORE, 0, 0},
    {"three bytes", BYTES("\0\0\0"), PACKET_NEED_MORE, 0, 0},
    {"length only", BYTES("\0\0\0\1"), PACKET_NEED_MORE, 0, 0},
    {"no payload", BYTES("\0\0\0\1Q"), PACKET_WHOLE, 5, 0},
    {"payload", BYTES("\0\0\0\3Bhi"), PACKET_WHOLE, 7, 2},
    {"payload, more behind", BYTES("\0\0\0\3Bhi\0\0"), PACKET_WHOLE, 7, 2},
    {"part of payload", BYTES("\0\0\0\3Bh"), PACKET_NEED_MORE, 0, 0},
    {"any command byte", BYTES("\0\0\0\1\x80"), PACKET_WHOLE, 5, 0},
    {"length 0", BYTES("\0\0\0\0"), PACKET_BAD, 0, 0},
    {"length 0, command", BYTES("\0\0\0\0Q"), PACKET_BAD, 0, 0},
    {"top bit", BYTES("\x80\0\0\1Q"), PACKET_BAD, 0, 0},
    {"all bits", BYTES("\xff\xff\xff\xff"), PACKET_BAD, 0, 0},
    {"largest signed", BYTES("\x7f\xff\xff\xff"), PACKET_BAD, 0, 0},
    {"largest legal", BYTES("\0\1\0\0"), PACKET_NEED_MORE, 0, 0},
    {"one more", BYTES("\0\1\0\1"), PACKET_BAD, 0, 0},
    {"HTTP", BYTES("GET / HTTP/1.0\r\n\r\n"), PACKET_BAD, 0, 0},
    {"TLS", BYTES("\x16\3\1\0\xa5"), PACKET_BAD, 0, 0},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct packet p = {0};

		print_message("%s\n", rows[i].what);
		assert_int_equal(
		    packet_next(span_of(rows[i].in, rows[i].len), &p),
		    rows[i].result);
		assert_int_equal(p.size, rows[i].size);
		assert_int_equal(p.payload.len, rows[i].payload);
	}
}

/* Every prefix of a legal packet needs more; a bad one is bad from the fourth
 * byte on.  The copy on the heap lets the address sanitizer see over-reads. */
static void
test_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t n = 0; n <= rows[i].len; n++) {
			uint8_t *copy = malloc(n + 1);
			struct packet p;
			enum packet_result want = PACKET_NEED_MORE;

			assert_non_null(copy);
			memcpy(copy, rows[i].in, n);
			copy = realloc(copy, n > 0 ? n : 1);
			if (rows[i].result == PACKET_BAD && n >= 4)
				want = PACKET_BAD;
			else if (rows[i].result == PACKET_WHOLE &&
				 n >= rows[i].size)
				want = PACKET_WHOLE;
			assert_int_equal(
			    packet_next(span_of(copy, n), &p), want);
			free(copy);
		}
	}
}

static void
test_largest(void **state)
{
	static uint8_t in[MILTER_PACKET_MAX] = {0, 1, 0, 0, 'B'};
	struct packet p;

	(void)state;
	assert_int_equal(
	    packet_next(span_of(in, sizeof(in) - 1), &p), PACKET_NEED_MORE);
	assert_int_equal(
	    packet_next(span_of(in, sizeof(in)), &p), PACKET_WHOLE);
	assert_int_equal(p.payload.len, MILTER_PAYLOAD_MAX);
	assert_int_equal(p.size, MILTER_PACKET_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
