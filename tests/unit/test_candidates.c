/* SPDX-License-Identifier: ISC */
/*
 * What a program could take for a boundary, or for an encoding:
 * parser/mime/candidates.c and transfer.c.
 */
#include "parser/mime/entity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/describe.h"

#define MAX 64

static uint8_t buffer[8192];
static struct span out[MAX];

static const struct {
	const char *value;
	const char *want; /* with "|" between */
} rows[] = {
    {"", ""},
    {"text/plain", ""},
    {"m/x; boundary=b", "b"},
    {"m/x; boundary=\"b\"", "b|b\"|\"b\""},
    {"m/x; BOUNDARY = \"b\"", "b|b\"|\"b\""},
    {"boundary=b", "b"},
    {"x boundary=b", "b"},
    {"m/x; boundary=a; boundary=b", "a|b"},
    {"m/x; boundary=a; boundary*=x''%62", "a|b|x''%2562"},
    {"m/x; boundary*0=a; boundary*1=b", "ab|a|b"},
    {"m/x; boundary*0*=x'y'%61; boundary*1=%62",
	"a%2562|ab|x'y'%2561%2562|x'y'%2561|a|%2562|b"},
    {"m/x; boundary*0=a; boundary*0=b", "a|b|ab"},
    {"m/x; boundary=\"a\\b\"", "ab|a\\b|a\\b\"|\"a\\b\""},
    {"m/x; boundary=\"a\\\"b\"; c", "a\"b|a\\\"b|a\\|a\\\"b\"|\"a\\\"b\""},
    {"m/x; boundary=a b; c=d", "a|a b|ab"},
    {"m/x; boundary=a=b", "a=b|a"},
    {"m/x; boundary==a", "=a"},
    {"m/x; boundary='a b'", "'a|a|'a b'|'ab'|a b"},
    {"m/x; boundary='a", "'a|a"},
    {"m/x; boundary=\"'a'\"", "'a'|a|'a'\"|\"'a'\""},
    {"m/x; boundary=\"=?us-ascii?Q?b1?=\"",
	"=?us-ascii?Q?b1?=|b1|=?us-ascii?Q?b1?=\"|b1\"|\"=?us-ascii?Q?b1?=\"|\"b1\""},
    {"m/x; boundary==?us-ascii?Q?b1?=", "=?us-ascii?Q?b1?=|b1"},
    {"m/x; boundary=\"a", "a|\"a"},
    {"m/x; boundary=\"a; x=\"b\"", "a; x=|a;x=|a|\"a"},
    {"m/x; y=\"a; boundary=b", "b"},
    {"m/x; y=\"a; boundary=\"b\"", "b|b\"|\"b\""},
    {"m/x, boundary=b", "b"},
    {"m/x; y=z boundary=b", "b"},
    {"m/x; boundary=\"a \"", "a |a|a \"|a\"|\"a \"|\"a\"|\"a"},
    {"m/x; boundary=\" a\"", " a|a| a\"|a\"|\" a\"|\"a\"|\""},
    {"m/x; boundary=\"a\r\n b\"", "a b|ab|a b\"|ab\"|\"a b\"|\"ab\"|\"a"},
    {"m/x;\n\tboundary=\"a\"", "a|a\"|\"a\""},
    {"m/x; boundary=\"a\"b", "a|a\"b|\"a\"b"},
    {"m/x; boundary=a\"b\"", "a|a\"b\""},
    {"m/x; boundary (c) = (d) a", "a"},
    {"m/x; boundary(=a)=b", "b"},
    {"m/x; boundary*=a%62", "ab|a%2562"},
    {"m/x; boundary:a", ""},
    {"m/x; boundary=", ""},
    {"m/x; boundary=\"\"", "\"|\"\""},
    {"m/x; boundary=a,b", "a,b|a"},
    {"m/x; boundary=\"b%31\"", "b%2531|b1|b%2531\"|b1\"|\"b%2531\"|\"b1\""},
    {"m/x; boundary*1=b; boundary*0=a", "ab|ba|b|a"},
    {"m/x; boundary=a\tb", "a|a%09b|ab"},
    {"m/x; boundary=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
	"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy|yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"},
    {"m/x; boundary=\"a\rb\"", "a%0Db|ab|a%0Db\"|ab\"|\"a%0Db\"|\"ab\"|\"a"},
    {"m/x; boundary=\"a b \"", "a b |a b|ab|a b \"|ab\"|\"a b \"|\"ab\"|\"a"},
    {"m/x; y='boundary=\"a\\\"b\"'", "a\"b|a\\\"b|a\\|a\\\"b\"'|\"a\\\"b\"'"},
    {"m/x; boundaryx =b", "b"},
    {"m/x; boundary; x=b", ""},
    {"m/x; boundary 45678901234567890123456789012345678901234=b", ""},
    {"m/x; boundary 4567890123456789012345678901234567890123=b", "b"},
};

static const char *
found(struct span value)
{
	static struct described d;
	size_t n = entity_boundaries(value, buffer, sizeof(buffer), out, MAX);

	d.len = 0;
	d.text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		describe_text(&d, i > 0 ? "|" : "");
		describe_span(&d, out[i]);
	}
	return d.text;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
		    found(span_text(rows[i].value)), rows[i].want);
}

static void
test_nul(void **state)
{
	static const char value[] = "m/x; boundary=a\0b";

	(void)state;
	assert_string_equal(
	    found(span_of(value, sizeof(value) - 1)), "a%00b|a");
}

/* All of them are different, and no longer than a boundary may be. */
static void
test_long(void **state)
{
	static char text[4096];
	size_t len = (size_t)snprintf(text, sizeof(text), "m/x; boundary=");

	(void)state;
	memset(text + len, 'x', 1000);
	found(span_text(text));
	assert_int_equal(out[0].len, ENTITY_BOUNDARY_MAX);
	assert_int_equal(out[1].len, 70);
}

static size_t
with_room(const char *value, size_t room, size_t max)
{
	return entity_boundaries(span_text(value), buffer, room, out, max);
}

static void
test_room(void **state)
{
	static const char value[] = "m/x; boundary=abc; boundary=de";

	(void)state;
	assert_int_equal(with_room(value, 5, 2), 2);
	assert_int_equal(with_room(value, 5, 1), 1);
	assert_int_equal(with_room(value, 5, 0), 0);
	assert_int_equal(with_room(value, 4, 2), 1);
	assert_int_equal(with_room(value, 0, 2), 0);
}

/* Places at which one may stand: as many as there may be parameters, also
 * within quotes. */
static void
test_places(void **state)
{
	static char text[8192];
	size_t len = (size_t)snprintf(text, sizeof(text), "m/x; x=\"");

	(void)state;
	for (int i = 0; i < 70; i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, "boundary=b%d;", i);
	found(span_text(text));
	assert_int_equal(with_room(text, sizeof(buffer), MAX), MAX);
	assert_memory_equal(out[MAX - 1].ptr, "b63", 3);
}

static const struct {
	const char *value;
	uint32_t set;
} encodings[] = {
    {"", 0},
    {" \t()", 0},
    {"7bit", 1 << ENCODING_7BIT},
    {"8BIT", 1 << ENCODING_8BIT},
    {" binary ", 1 << ENCODING_BINARY},
    {"Base64", 1 << ENCODING_BASE64},
    {"\"base64\"", 1 << ENCODING_BASE64},
    {"'base64'", 1 << ENCODING_BASE64},
    {"(base64)", 1 << ENCODING_BASE64},
    {"base64;x", 1 << ENCODING_BASE64 | 1 << ENCODING_UNKNOWN},
    {"base64,7bit", 1 << ENCODING_BASE64 | 1 << ENCODING_7BIT},
    {"base64\r\n quoted-printable",
	1 << ENCODING_BASE64 | 1 << ENCODING_QUOTED_PRINTABLE},
    {"base64x", 1 << ENCODING_UNKNOWN},
    {"x-base64", 1 << ENCODING_UNKNOWN},
    {"base-64", 1 << ENCODING_UNKNOWN},
    {"x-uue", 1 << ENCODING_UUENCODE},
    {"yenc", 1 << ENCODING_YENC},
    {"quoted-printablequoted-printable", 1 << ENCODING_UNKNOWN},
    {"quoted-printablequoted-printable-base64", 1 << ENCODING_UNKNOWN},
};

static void
test_encodings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		assert_int_equal(
		    entity_encodings(span_text(encodings[i].value)),
		    encodings[i].set);
}

/* A NUL may end a word, or be nothing. */
static void
test_encodings_nul(void **state)
{
	static const char inside[] = "bas\0e64", behind[] = "7bit\0x";

	(void)state;
	assert_int_equal(entity_encodings(span_of(inside, sizeof(inside) - 1)),
	    1 << ENCODING_BASE64 | 1 << ENCODING_UNKNOWN);
	assert_int_equal(entity_encodings(span_of(behind, sizeof(behind) - 1)),
	    1 << ENCODING_7BIT | 1 << ENCODING_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_encodings),
	    cmocka_unit_test(test_encodings_nul),
	};

	return cmocka_run_group_tests_name("candidates", tests, NULL, NULL);
}
