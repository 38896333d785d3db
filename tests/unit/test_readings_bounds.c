/* SPDX-License-Identifier: ISC */
/*
 * What bounds the readings of a message: objects, bytes, cuts, depth, work; and
 * how they stop (parser/mime/readings.c).  Beyond a bound what was found before
 * is given all the same.
 */
#include "parser/mime/readings.h"

#include <stdio.h>

#include "tests/unit/around_readings.h"

#define NL "\r\n"
#define TOP \
	"MIME-Version: 1.0" NL "Content-Type: multipart/mixed; boundary=b1" NL
#define CTE "Content-Transfer-Encoding: base64" NL

static char text[1 << 22];
static size_t text_len;

static void
add(const char *more)
{
	size_t len = strlen(more);

	assert_true(len < sizeof(text) - text_len);
	memcpy(&text[text_len], more, len);
	text_len += len;
}

static void
begin(const char *first)
{
	text_len = 0;
	add(first);
}

static enum readings_end
read_it(void)
{
	return run(span_of(text, text_len), 65536, UINT32_MAX, UINT32_MAX);
}

/* So many different parts. */
static void
parts(unsigned int count)
{
	char part[100];

	begin(TOP NL);
	for (unsigned int i = 0; i < count; i++) {
		(void)snprintf(part, sizeof(part),
		    "--b1" NL "Content-Type: text/plain" NL NL "part %u" NL, i);
		add(part);
	}
	add("--b1--" NL);
}

static void
test_objects(void **state)
{
	(void)state;
	parts(READINGS_OBJECTS_MAX);
	assert_int_equal(read_it(), READINGS_DONE);
	assert_int_equal(seen.objects, READINGS_OBJECTS_MAX);
	parts(READINGS_OBJECTS_MAX + 1);
	assert_int_equal(read_it(), READINGS_LIMIT);
	assert_int_equal(seen.objects, READINGS_OBJECTS_MAX);
}

/* Many parts that are the same are one object. */
static void
test_many_parts(void **state)
{
	(void)state;
	begin(TOP NL);
	for (int i = 0; i < 900; i++)
		add("--b1" NL NL "the same" NL);
	add("--b1" NL NL "another" NL "--b1--" NL);
	assert_int_equal(read_it(), READINGS_DONE);
	assert_int_equal(seen.objects, 2);
	assert_true(has_object("another"));
	assert_int_equal(seen.dropped, 0);
}

static void
test_cuts(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		begin(TOP NL);
		for (int i = 0; i < READINGS_CUTS_MAX - 1 + 2 * more; i++)
			add("--b1" NL);
		add("--b1x" NL NL "last" NL);
		assert_int_equal(
		    read_it(), more ? READINGS_LIMIT : READINGS_DONE);
	}
}

/* The bytes of all objects together; smaller ones are given after one that was
 * too large. */
static void
test_bytes(void **state)
{
	static char line[1000];
	uint64_t total = 0;

	(void)state;
	memset(line, 'a', sizeof(line) - 3);
	line[10] = '=';
	line[997] = '\r';
	line[998] = '\n';
	begin(TOP NL "--b1" NL "Content-Transfer-Encoding: foo" NL "x" NL "y" NL
		     "z" NL NL);
	for (int i = 0; i < 300; i++)
		add(line);
	add("--b1--" NL NL "the end" NL);
	assert_int_equal(read_it(), READINGS_LIMIT);
	for (size_t i = 0; i < seen.objects; i++)
		total += seen.object[i].len;
	assert_true(total <= 4 * text_len + READINGS_BYTES_SPARE);
	assert_true(total > 3 * text_len);
	assert_true(has_object("the end"));
}

static size_t
base64(const char *in, size_t len, char *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
	    "opqrstuvwxyz0123456789+/";
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)(uint8_t)in[i] << 16;

		if (i + 1 < len)
			bits |= (uint32_t)(uint8_t)in[i + 1] << 8;
		if (i + 2 < len)
			bits |= (uint32_t)(uint8_t)in[i + 2];
		for (unsigned int j = 0; j < 4; j++)
			out[n++] = i + j > len
				       ? '='
				       : alphabet[bits >> (18 - 6 * j) & 63];
	}
	out[n] = '\0';
	return n;
}

/* A message within a message, in base64, so many times. */
static void
nest(unsigned int depth)
{
	static char inner[1 << 16], outer[1 << 16];
	static const char head[] = "Content-Type: message/rfc822" NL
				   "Content-Transfer-Encoding : base64" NL NL;
	size_t len;

	(void)snprintf(
	    inner, sizeof(inner), "Subject: x" NL CTE NL "c2VjcmV0" NL);
	while (depth-- > 0) {
		(void)snprintf(outer, sizeof(outer), "%s", head);
		len = strlen(outer);
		(void)base64(inner, strlen(inner), &outer[len]);
		(void)snprintf(inner, sizeof(inner), "%s" NL, outer);
	}
	begin(TOP NL "--b1" NL);
	add(inner);
	add("--b1--" NL);
}

static void
test_depth(void **state)
{
	(void)state;
	nest(2);
	assert_int_equal(read_it(), READINGS_DONE);
	assert_true(has_object("secret"));
	nest(3);
	assert_int_equal(read_it(), READINGS_LIMIT);
	assert_false(has_object("secret"));
	/* Signed and encoded alternately are levels as well. */
}

static void
test_files(void **state)
{
	(void)state;
	for (int count = 60; count <= 70; count += 10) {
		begin("Subject: x" NL NL);
		for (int i = 0; i < count; i++)
			add("begin 644 x" NL "#86)C" NL "`" NL "end" NL);
		assert_int_equal(
		    read_it(), count > 64 ? READINGS_LIMIT : READINGS_DONE);
		assert_true(has_object("abc"));
		assert_int_equal(seen.objects, 2);
	}
}

/* More boundaries than are kept: not all is read. */
static void
test_boundaries(void **state)
{
	char field[100];

	(void)state;
	for (unsigned int count = 100; count <= 600; count += 500) {
		begin("X: y" NL);
		for (unsigned int i = 0; i < count; i++) {
			(void)snprintf(
			    field, sizeof(field), "X: boundary=b%u" NL, i);
			add(field);
		}
		add(NL "Hello" NL);
		assert_int_equal(
		    read_it(), count > 512 ? READINGS_LIMIT : READINGS_DONE);
	}
}

/* What is fetched and moved grows as the message does, whatever it is. */
static void
test_work(void **state)
{
	static const char *const unit[] = {"--b1x" NL, "--b1" NL, "--" NL, "\r",
	    "=" NL, "= " NL "=\r", "boundary=x;" NL, "boundary=x;" NL " ",
	    "begin 644 x" NL, "=ybegin x" NL, CTE, " " NL, NL, "junk" NL,
	    "A: b" NL NL, "--b1x--" NL CTE NL "QUJD=" NL};
	static const char head[] =
	    TOP "Content-Transfer-Encoding: foo" NL NL "--b1" NL
		"Content-Transfer-Encoding: base64 quoted-printable" NL NL;

	(void)state;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		uint64_t fetched[2];

		for (int twice = 0; twice < 2; twice++) {
			begin(head);
			while (text_len < (size_t)100000 << twice)
				add(unit[i]);
			(void)read_it();
			fetched[twice] = seen.fetched;
		}
		if (fetched[1] > 100 * text_len ||
		    fetched[1] > fetched[0] * 5 / 2 + 1000000)
			fail_msg("%zu: %zu %zu", i, (size_t)fetched[0],
			    (size_t)fetched[1]);
	}
}

static void
test_stops(void **state)
{
	static const char message[] =
	    TOP NL "--b1" NL CTE NL "QUJD" NL "--b1x" NL
		   "Content-Type: a/b" NL NL "ABC" NL "--b1--" NL;
	struct span all = span_text(message);
	unsigned int stopped = 0;

	(void)state;
	assert_int_equal(run(all, 20, UINT32_MAX, UINT32_MAX), READINGS_DONE);
	for (unsigned int i = 0; i < 30; i++)
		assert_int_equal(run(all, 20, i, UINT32_MAX), READINGS_STOPPED);
	for (unsigned int i = 0; i < 30; i++) {
		if (run(all, 20, UINT32_MAX, i) == READINGS_STOPPED)
			stopped++;
	}
	assert_in_range(stopped, 8, 29);
}

/* The stored message is shorter than was said; empty; or has no header. */
static void
test_ends(void **state)
{
	(void)state;
	assert_int_equal(read_text(""), READINGS_DONE);
	assert_int_equal(seen.objects, 0);
	assert_int_equal(read_text("x"), READINGS_DONE);
	assert_int_equal(read_text("\r"), READINGS_DONE);
	assert_int_equal(read_text("\r\r"), READINGS_DONE);
	assert_int_equal(read_text("A: b" NL NL "\r\r"), READINGS_DONE);
	running = calloc(1, readings_size());
	assert_non_null(running);
	seen.message = span_text("A: b" NL NL "text");
	seen.size = 1000;
	seen.fetches_left = seen.calls_left = UINT32_MAX;
	seen.objects = seen.used = 0;
	assert_int_equal(readings_run(running, seen.size), READINGS_DONE);
	assert_true(has_object("text"));
	free(running);
	running = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_objects),
	    cmocka_unit_test(test_many_parts),
	    cmocka_unit_test(test_cuts),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_boundaries),
	    cmocka_unit_test(test_work),
	    cmocka_unit_test(test_stops),
	    cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
