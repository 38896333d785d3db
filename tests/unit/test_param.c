/* SPDX-License-Identifier: ISC */
/*
 * Parameters of structured fields, and their values: parser/mime/param.c and
 * value.c.
 */
#include "parser/mime/param.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/describe.h"

#define ROOM 64

static struct params params;

/* --- what is read --------------------------------------------------------- */

/* "name=value", with ":N" behind the name of a section, "*" behind one that is
 * extended, and "~" before one that is loose; values as VALUE_PLAIN. */
static void
describe_param(struct described *d, const struct param *p)
{
	struct value v = {.count = 1, .section = {p}};
	struct anomalies found = {0};
	uint8_t text[ROOM];
	char section[8];
	bool cut;

	describe_text(d, d->len > 0 ? " " : "");
	describe_text(d, p->loose ? "~" : "");
	describe_span(d, p->name);
	snprintf(section, sizeof(section), p->sectioned ? ":%u" : "%.0u",
	    (unsigned int)p->section);
	describe_text(d, section);
	describe_text(d, p->extended ? "*=" : "=");
	describe_span(d, span_of(text, value_write(&v, VALUE_PLAIN, text,
					   sizeof(text), 0, &found, &cut)));
	describe_text(d, p->odd ? "?" : "");
}

static const char *
described(const char *rest, bool alone)
{
	static struct described d;

	d.len = 0;
	d.text[0] = '\0';
	params_read(span_text(rest), alone, &params);
	for (uint32_t i = 0; i < params.count; i++)
		describe_param(&d, &params.param[i]);
	describe_found(&d, &params.found);
	describe_text(&d, params.broken ? " !" : "");
	return d.text;
}

static const struct {
	const char *rest;
	const char *want; /* with "?" behind what is odd, "!" if broken */
} rows[] = {
    {"", ""},
    {" ", ""},
    {";", ""},
    {"; ", ""},
    /* K14 to K17 */
    {"; Charset=UTF-8", "Charset=UTF-8"},
    {";charset=\"utf-8\";format=flowed", "charset=utf-8 format=flowed"},
    {" (a (b) c); charset=x (d)", "charset=x"},
    {"; a (x) = (y) b (z) ; c=d", "a=b c=d"},
    {"; a=(\\)b)\"c\"", "a=c"},
    /* K19: only of what a backslash matters for */
    {"; a=\"x\\\"y\\\\z\"", "a=x\"y\\z"},
    {"; name=\"x\\\"y\"", "name=x\"y? : param-backslash"},
    {"; filename=\"x\\y\"", "filename=xy? : param-backslash"},
    {"; boundary=\"x\\y\"", "boundary=xy? : param-backslash"},
    {"; name=x\\y", "name=x\\y? : param-backslash param-specials-unquoted"},
    {"; a=x\\y", "a=x\\y : param-specials-unquoted"},
    /* K20 */
    {"; a=\"b", "a=b? : param-unterminated-quote !"},
    {"; a=\"", "a=? : param-unterminated-quote !"},
    {"; a=\"b\\", "a=b\\? : param-unterminated-quote !"},
    {"; a=\"b\\\"", "a=b\"? : param-unterminated-quote !"},
    {"; a=\"b;c=d", "a=b;c=d? : param-unterminated-quote !"},
    /* K21 */
    {"; a=b c; d=e", "a=b? d=e : param-space-unquoted"},
    {"; a=b c e; d=e", "a=b? d=e : param-space-unquoted"},
    {"; a=b \t", "a=b"},
    {"; a=b\r\n c", "a=b? : param-space-unquoted"},
    /* K22, K23 */
    {"; a=b;; ;d=e;", "a=b d=e : param-junk !"},
    {"; =b; c", " : param-junk !"},
    {";; a=b", "a=b : param-junk !"},
    {"; a=b;", "a=b"},
    {"; a=", "a="},
    {"; a=;b=", "a= b="},
    {"; a=\"\"", "a="},
    /* K24 to K30 */
    {"; a*=utf-8'en'%E2%82%AC", "a*=%E2%82%AC"},
    {"; a*0*=utf-8''%E2; a*1*=%82; a*2=%AC", "a:0*=%E2 a:1*=%82 a:2=%25AC"},
    {"; a*1=b; a*0=a", "a:1=b a:0=a"},
    {"; a*0=a; a*2=c", "a:0=a a:2=c"},
    {"; a*0=a; a*0=b", "a:0=a a:0=b? : param-conflict"},
    {"; a*0=a; A*0=a", "a:0=a A:0=a"},
    {"; a*0=a; a*0*=b", "a:0=a a:0*=b? : param-conflict"},
    {"; a*63=z", "a:63=z"},
    {"; a*64=z", " : limit-params param-junk !"},
    {"; a*9999999999999999999999=z", " : limit-params param-junk !"},
    {"; a*=utf-8''%zz", "a*=%25zz"},
    {"; a*=utf-8''%4", "a*=%254"},
    {"; a*=utf-8''%", "a*=%25"},
    {"; a*=utf-8''%4aB%4A", "a*=JBJ"},
    {"; a*=%41", "a*=A"},
    {"; a*=x'%41", "a*=x'A"},
    {"; a*=\"utf-8''%41\"", "a*=A? : param-extended-quoted"},
    {"; a*00=b", "a:0=b? : param-continuation-gap"},
    {"; a*01=b", "a:1=b? : param-continuation-gap"},
    {"; a*x=b", " : param-junk !"},
    {"; a**=b", " : param-junk !"},
    {"; a*0*x=b", " : param-junk !"},
    {"; a*0**=b", " : param-junk !"},
    {"; *=b", "*=b"},
    /* twice */
    {"; a=b; a=b", "a=b a=b"},
    {"; a=b; A=c", "a=b A=c? : param-conflict"},
    {"; a=b; a*=c; a*0=d", "a=b a*=c a:0=d"},
    {"; a=b; a*=c; a*=d", "a=b a*=c a*=d? : param-conflict"},
    {"; ab=b; a=c", "ab=b a=c"},
    /* K33, and other characters */
    {"; boundary=a=b", "boundary=a=b : param-specials-unquoted"},
    {"; a==?x?q?b?=", "a==?x?q?b?= : param-specials-unquoted"},
    {"; a=b,c", "a=b,c : param-specials-unquoted"},
    {"; a='b'", "a='b'? : param-single-quoted"},
    {"; a='", "a='? : param-single-quoted"},
    {"; a*=''b", "a*=b"},
    {"; a=b(c)", "a=b"},
    {"; a=b\"c\"", "a=b? : param-junk param-space-unquoted !"},
    {"; a=\"b\" c", "a=b : param-junk !"},
    {"; a=\"b\"c\"d\"", "a=b : param-junk !"},
    {"; a=\"b; c=\"d\"", "a=b; c= : param-junk !"},
    {"; a=\"b\r\n c\"", "a=b c? : param-fold-in-quotes"},
    {"; a=\"b\n\tc\"", "a=b%09c? : param-fold-in-quotes"},
    {"; a=\"b\rc\"", "a=b%0Dc"},
    /* no semicolon, or a comma */
    {" a=b", "~a=b : param-no-semicolon !"},
    {", a=b", "~a=b : param-junk param-no-semicolon !"},
    {"; a=\"b\" c=d", "a=b ~c=d : param-no-semicolon !"},
    {"; a=b c=d; e=f", "a=b ~c=d e=f : param-no-semicolon !"},
    {"; a=b, c=d", "a=b ~c=d : param-junk param-no-semicolon !"},
    {"; a=b,; c=d", "a=b c=d : param-junk !"},
    {"; a=b,", "a=b : param-junk !"},
    {"junk; a=b", "a=b : param-junk !"},
    {"; a b=c", "~b=c : param-junk param-no-semicolon !"},
    {"; a(x", " : param-junk !"},
    {"; a=b (x", "a=b : param-junk !"},
    /* NUL and others are bytes */
    {"; a=b\x01\x80", "a=b%01%80"},
    {"; a\x80=b", "a%80=b"},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
		    described(rows[i].rest, false), rows[i].want);
}

/* Where there is no type, the first parameter needs no semicolon. */
static void
test_alone(void **state)
{
	(void)state;
	assert_string_equal(described("a=b; c=d", true), "a=b c=d");
	assert_string_equal(described("; a=b", true), "a=b : param-junk !");
}

static void
test_nul(void **state)
{
	static const char text[] = "; a=b\0c; d=\"e\0f\"";
	static struct described d;

	(void)state;
	d.len = 0;
	params_read(span_of(text, sizeof(text) - 1), false, &params);
	assert_int_equal(params.count, 2);
	describe_param(&d, &params.param[0]);
	describe_param(&d, &params.param[1]);
	assert_string_equal(d.text, "a=b%00c d=e%00f");
}

/* --- limits --------------------------------------------------------------- */

/* The same piece so many times. */
static struct span
repeated(const char *piece, size_t times)
{
	static char text[1 << 20];
	size_t len = strlen(piece);

	assert_true(len * times <= sizeof(text));
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, piece, len);
	return span_of(text, len * times);
}

static bool
has(enum anomaly a)
{
	return anomalies_has(&params.found, a);
}

static void
test_count(void **state)
{
	(void)state;
	params_read(repeated(";a=b", PARAMS_MAX), false, &params);
	assert_int_equal(params.count, PARAMS_MAX);
	assert_false(has(ANOMALY_LIMIT_PARAMS));
	params_read(repeated(";a=b", PARAMS_MAX + 1), false, &params);
	assert_int_equal(params.count, PARAMS_MAX);
	assert_true(has(ANOMALY_LIMIT_PARAMS));
	/* K31 */
	params_read(repeated(";a=b", 262144), false, &params);
	assert_int_equal(params.count, PARAMS_MAX);
	assert_true(has(ANOMALY_LIMIT_PARAMS));
}

/* K18 */
static void
test_comments(void **state)
{
	static char text[512];
	size_t n = 32;

	(void)state;
	memset(text, '(', n);
	memset(text + n, ')', n);
	strcpy(text + 2 * n, "; a=b");
	params_read(span_text(text), false, &params);
	assert_int_equal(params.count, 1);
	assert_true(params.comment);
	assert_false(has(ANOMALY_LIMIT_PARAMS));
	n = 33;
	memset(text, '(', n);
	memset(text + n, ')', n);
	strcpy(text + 2 * n, "; a=b");
	params_read(span_text(text), false, &params);
	assert_int_equal(params.count, 0);
	assert_true(has(ANOMALY_LIMIT_PARAMS));
	params_read(repeated("(", 100000), false, &params);
	assert_true(has(ANOMALY_LIMIT_PARAMS));
	params_read(repeated("()", 100000), false, &params);
	assert_false(has(ANOMALY_LIMIT_PARAMS));
}

/* --- values --------------------------------------------------------------- */

static const char *
written(const struct value *v, enum value_form form)
{
	static struct described d;
	static uint8_t text[ROOM];
	struct anomalies found = {0};
	bool cut = false;
	size_t len = value_write(v, form, text, sizeof(text), 0, &found, &cut);

	assert_false(cut);
	d.len = 0;
	d.text[0] = '\0';
	describe_span(&d, span_of(text, len));
	describe_found(&d, &found);
	return d.text;
}

static const struct {
	const char *rest;
	const char *plain, *kept, *literal, *whole;
} forms[] = {
    {"; a=b", "b", "b", "b", "b"},
    {"; a=b c", "b", "b", "b", "b c"},
    {"; a=b c ; d=e", "b", "b", "b", "b c"},
    {"; a=b(c)d;", "b", "b", "b", "b(c)d"},
    {"; a=b\r\n c", "b", "b", "b", "b c"},
    {"; a=\"b\\c\"", "bc", "b\\c", "bc", "bc"},
    {"; a=\"b\\\\c\" d", "b\\c", "b\\\\c", "b\\c", "b\\c"},
    {"; a=\"b\\", "b\\", "b\\", "b\\", "b\\"},
    {"; a=b\\c", "b\\c", "b\\c", "b\\c", "b\\c"},
    {"; a*=x'y'%41%", "A%25 : param-percent-bad", "A%25 : param-percent-bad",
	"x'y'%2541%25", "x'y'%2541%25"},
    {"; a*=\"x''%5c\\%41\"", "\\A", "\\\\A", "x''%255c%2541", "x''%255c%2541"},
};

static void
test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct value v;
		uint32_t from = 0;

		params_read(span_text(forms[i].rest), false, &params);
		assert_true(value_next(&params, "a", &from, &v));
		assert_string_equal(written(&v, VALUE_PLAIN), forms[i].plain);
		assert_string_equal(written(&v, VALUE_KEPT), forms[i].kept);
		assert_string_equal(
		    written(&v, VALUE_LITERAL), forms[i].literal);
		assert_string_equal(written(&v, VALUE_WHOLE), forms[i].whole);
	}
}

static const struct {
	const char *rest;
	const char *first, *last;
	bool gap, twice;
} joins[] = {
    /* K25 to K28 */
    {"; a*0*=utf-8''%E2; a*1*=%82; a*2=%AC", "%E2%82%25AC", "%E2%82%25AC",
	false, false},
    {"; a*1=b; a*0=a", "ab", "ab", false, false},
    {"; a*0=a; a*2=c", "ac", "ac", true, false},
    {"; a*0=a; a*0=b", "a", "b", false, true},
    {"; a*0=a; a*0=b; a*1=c; a*1=d; a*0=e", "ac", "ed", false, true},
    {"; a*0=a; a*0=a", "a", "a", false, false},
    {"; a*1=b; a*2=c", "bc", "bc", true, false},
    {"; a*63=z; A*0=a", "az", "az", true, false},
    {"; a*0=\"a\\b\"; a*1=\" c\"", "ab c", "ab c", false, false},
    {"; a*0=x''%41; a*1*=x''%41", "x''%2541x''A", "x''%2541x''A", false, false},
    {"; a*0=a; b*1=b; a=c; a*=d", "a", "a", false, false},
};

static void
test_joins(void **state)
{
	struct value v;

	(void)state;
	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		params_read(span_text(joins[i].rest), false, &params);
		assert_true(value_join(&params, "a", false, &v));
		assert_string_equal(written(&v, VALUE_PLAIN), joins[i].first);
		assert_int_equal(v.gap, joins[i].gap);
		assert_int_equal(v.twice, joins[i].twice);
		assert_true(value_join(&params, "a", true, &v));
		assert_string_equal(written(&v, VALUE_PLAIN), joins[i].last);
	}
	params_read(span_text("; a=b; a*=c"), false, &params);
	assert_false(value_join(&params, "a", false, &v));
}

static void
test_next(void **state)
{
	struct value v;
	uint32_t from = 0;

	(void)state;
	params_read(span_text("; a=1; b=2; A=3; a*0=4; a*=5"), false, &params);
	assert_true(value_next(&params, "a", &from, &v));
	assert_string_equal(written(&v, VALUE_PLAIN), "1");
	assert_true(value_next(&params, "a", &from, &v));
	assert_string_equal(written(&v, VALUE_PLAIN), "3");
	assert_true(value_next(&params, "a", &from, &v));
	assert_string_equal(written(&v, VALUE_PLAIN), "5");
	assert_false(value_next(&params, "a", &from, &v));
	assert_false(value_next(&params, "a", &from, &v));
}

static const struct {
	const char *rest;
	const char *charset; /* NULL: there should be one */
} charsets[] = {
    {"; a=b''c", ""},
    {"; a*=b''c", "b"},
    {"; a*=UTF-8'en'c", "UTF-8"},
    {"; a*='en'c", NULL},
    {"; a*=c", NULL},
    {"; a*=b'c", NULL},
    {"; a*=", NULL},
};

static void
test_charsets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		struct described d = {0};
		struct span charset;
		struct value v;
		uint32_t from = 0;

		params_read(span_text(charsets[i].rest), false, &params);
		assert_true(value_next(&params, "a", &from, &v));
		assert_int_equal(
		    value_charset(&v, &charset), charsets[i].charset != NULL);
		describe_span(&d, charset);
		assert_string_equal(d.text,
		    charsets[i].charset != NULL ? charsets[i].charset : "");
	}
}

/* What is too long loses its end, or its middle. */
static void
test_cut(void **state)
{
	static const struct {
		const char *value;
		size_t tail;
		const char *want;
	} cuts[] = {
	    {"abcdefgh", 0, "abcdefgh"},
	    {"abcdefghi", 0, "abcdefgh"},
	    {"abcdefghi", 3, "abcdeghi"},
	    {"abcdefghijklmnop", 8, "ijklmnop"},
	    {"abcdefgh", 8, "abcdefgh"},
	};
	struct anomalies found = {0};
	char text[64];
	uint8_t out[8];

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct value v;
		uint32_t from = 0;
		bool cut = false;

		snprintf(text, sizeof(text), "; a=%s", cuts[i].value);
		params_read(span_text(text), false, &params);
		assert_true(value_next(&params, "a", &from, &v));
		assert_int_equal(value_write(&v, VALUE_PLAIN, out, sizeof(out),
				     cuts[i].tail, &found, &cut),
		    sizeof(out));
		assert_memory_equal(out, cuts[i].want, sizeof(out));
		assert_int_equal(cut, strlen(cuts[i].value) > sizeof(out));
	}
}

/* Of what goes on behind a blank no more is taken than of a value. */
static void
test_whole(void **state)
{
	(void)state;
	params_read(repeated(" a=b", 100000), false, &params);
	for (uint32_t i = 0; i < params.count; i++)
		assert_true(params.param[i].whole.len <= PARAM_VALUE_MAX);
	assert_int_equal(params.param[0].whole.len, PARAM_VALUE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_alone),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_count),
	    cmocka_unit_test(test_comments),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_joins),
	    cmocka_unit_test(test_next),
	    cmocka_unit_test(test_charsets),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_whole),
	};

	return cmocka_run_group_tests_name("param", tests, NULL, NULL);
}
