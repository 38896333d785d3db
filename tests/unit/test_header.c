/* SPDX-License-Identifier: ISC */
/* Header blocks: parser/mime/header.c. */
#include "parser/mime/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define FIELDS_MAX 4
#define BLOCK_MAX  512

/* Findings by their names, separated by blanks, in the order of the list. */
static void
expect_found(const struct anomalies *found, const char *names, const char *what)
{
	char text[1024] = "";
	size_t len = 0;

	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(found, a))
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s", len == 0 ? "" : " ", anomaly_name(a));
	}
	if (strcmp(text, names) != 0)
		fail_msg("%s: found \"%s\", not \"%s\"", what, text, names);
}

static void
expect_span(struct span s, const char *text, size_t len, const char *what)
{
	if (s.len != len || memcmp(s.ptr, text, len) != 0)
		fail_msg("%s: \"%.*s\", not \"%s\"", what, (int)s.len,
		    (const char *)s.ptr, text);
}

/* Text with a NUL in it. */
struct text {
	const char *ptr;
	size_t len;
};

#define T(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

/* A block: name and value of each field; a junk line has no name. */
struct block {
	struct text bytes;
	struct {
		const char *name;
		struct text value;
	} item[FIELDS_MAX];
	const char *found;
};

static const struct block blocks[] = {
    /* K1 */
    {T("A:b\r\n"), {{"A", T("b")}}, ""},
    {T("A: b\r\n"), {{"A", T(" b")}}, ""},
    {T("A:\tb\r\n"), {{"A", T("\tb")}}, ""},
    /* K2, K3 */
    {T("A: b\n c\n\td\nE: f\n"), {{"A", T(" b\n c\n\td")}, {"E", T(" f")}},
	"header-bare-lf"},
    {T("A: b\r\n c\r\n\td\r\nE: f\r\n"),
	{{"A", T(" b\r\n c\r\n\td")}, {"E", T(" f")}}, ""},
    /* K4 */
    {T("A:\r\n b\r\n"), {{"A", T("\r\n b")}}, ""},
    /* K5 */
    {T("A: b\r\n \r\n c\r\n"), {{"A", T(" b\r\n \r\n c")}},
	"header-fold-blank"},
    {T("A: b\r\n\t \r\n"), {{"A", T(" b\r\n\t ")}}, "header-fold-blank"},
    {T("A: b\n \n c\n"), {{"A", T(" b\n \n c")}},
	"header-bare-lf header-fold-blank"},
    {T("A: b\r\n "), {{"A", T(" b\r\n ")}}, "header-fold-blank"},
    /* K6 */
    {T("A : b\r\n"), {{"A", T(" b")}}, ""},
    {T("Content-Type \t: b\r\n"), {{"Content-Type", T(" b")}},
	"header-space-colon"},
    {T("CONTENT-X : b\r\n"), {{"CONTENT-X", T(" b")}}, "header-space-colon"},
    {T("Contents : b\r\n"), {{"Contents", T(" b")}}, ""},
    /* K7 */
    {T("A:"), {{"A", T("")}}, ""},
    {T("A:\r\n"), {{"A", T("")}}, ""},
    {T("A:\r\nB:\r\n"), {{"A", T("")}, {"B", T("")}}, ""},
    /* K9 */
    {T(""), {{0}}, ""},
    {T("\r\nA: b\r\n"), {{0}}, ""},
    {T("\nA: b\n"), {{0}}, ""},
    {T("A: b\r\n\r\nC: d\r\n"), {{"A", T(" b")}}, ""},
    /* K10 */
    {T("A: b"), {{"A", T(" b")}}, ""},
    {T("A: b\r\n c"), {{"A", T(" b\r\n c")}}, ""},
    /* K13 */
    {T("A: \xc3\xa9\r\n"), {{"A", T(" \xc3\xa9")}}, "header-8bit"},
    {T("A: \xe9\r\n"), {{"A", T(" \xe9")}}, "header-8bit-invalid"},
    {T("A: \xc3\r\n \xa9\r\n"), {{"A", T(" \xc3\r\n \xa9")}},
	"header-8bit-invalid"},
    {T("A: \xc3\xa9\r\n \xe9\r\n"), {{"A", T(" \xc3\xa9\r\n \xe9")}},
	"header-8bit-invalid"},
    {T("A: \xc3\xa9\r\nB: \xe9\r\n"),
	{{"A", T(" \xc3\xa9")}, {"B", T(" \xe9")}},
	"header-8bit header-8bit-invalid"},
    /* lines that are no field, with what continues them */
    {T("A: b\r\njunk\r\nC: d\r\n"),
	{{"A", T(" b")}, {NULL, T("junk")}, {"C", T(" d")}},
	"header-junk-line"},
    {T("junk\r\n more\r\nC: d\r\n"),
	{{NULL, T("junk\r\n more")}, {"C", T(" d")}}, "header-junk-line"},
    {T("A b: c\r\n"), {{NULL, T("A b: c")}}, "header-junk-line"},
    {T("From x@y Mon Nov 30 00:00:00 2026\r\nA: b\r\n"),
	{{NULL, T("From x@y Mon Nov 30 00:00:00 2026")}, {"A", T(" b")}},
	"header-junk-line"},
    {T(">From x@y\r\n"), {{NULL, T(">From x@y")}}, "header-junk-line"},
    {T("\xef\xbb\xbf"
       "A: b\r\nC: d\r\n"),
	{{NULL, T("\xef\xbb\xbf"
		  "A: b")},
	    {"C", T(" d")}},
	"header-8bit header-junk-line"},
    {T("\xe9: b\r\n"), {{NULL, T("\xe9: b")}},
	"header-8bit-invalid header-junk-line"},
    {T("A\r\n : b\r\n"), {{NULL, T("A\r\n : b")}}, "header-junk-line"},
    {T(" b\r\nA: c\r\n"), {{NULL, T(" b")}, {"A", T(" c")}},
	"header-leading-fold"},
    {T("\t\r\n b: c\r\nA: d\r\n"), {{NULL, T("\t\r\n b: c")}, {"A", T(" d")}},
	"header-leading-fold"},
    /* bytes */
    {T("A: b\rC: d\r\n"), {{"A", T(" b\rC: d")}}, "header-bare-cr"},
    {T("A: b\r\r\nC: d\r\n"), {{"A", T(" b\r")}, {"C", T(" d")}},
	"header-bare-cr"},
    {T("A: b\r\r"), {{"A", T(" b\r\r")}}, "header-bare-cr"},
    {T("\rA: b\r\n"), {{NULL, T("\rA: b")}}, "header-bare-cr header-junk-line"},
    {T("\r"), {{NULL, T("\r")}}, "header-bare-cr header-junk-line"},
    {T("A: b\r\n \r\r\n"), {{"A", T(" b\r\n \r")}}, "header-bare-cr"},
    {T("A: b\0c\r\n"), {{"A", T(" b\0c")}}, "header-nul"},
    {T("A: b\x01\r\n"), {{"A", T(" b\x01")}}, "header-control"},
    {T("A: b\x7f\r\n"), {{"A", T(" b\x7f")}}, "header-control"},
    {T("A: \x1f \t~\r\n"), {{"A", T(" \x1f \t~")}}, "header-control"},
    {T("A: \t ~\r\n"), {{"A", T(" \t ~")}}, ""},
    {T("A: b\nC: d\r\n"), {{"A", T(" b")}, {"C", T(" d")}}, "header-bare-lf"},
    /* names like those of fields that say what a part is */
    {T(": b\r\n"), {{NULL, T(": b")}}, "header-junk-line header-name-odd"},
    {T("Content-Transfer\0-Encoding: base64\r\n"),
	{{NULL, T("Content-Transfer\0-Encoding: base64")}},
	"header-junk-line header-name-odd header-nul"},
    {T("Content_Type: b\r\n"), {{"Content_Type", T(" b")}}, "header-name-odd"},
    {T("content-transfer_encoding: b\r\n"),
	{{"content-transfer_encoding", T(" b")}}, "header-name-odd"},
    {T("ContentDisposition: b\r\n"), {{"ContentDisposition", T(" b")}},
	"header-name-odd"},
    {T("Content-Type(x): b\r\n"), {{"Content-Type(x)", T(" b")}},
	"header-name-odd"},
    {T("C(a(b)c)ontent-Type: b\r\n"), {{"C(a(b)c)ontent-Type", T(" b")}},
	"header-name-odd"},
    {T("Content-Type (x): b\r\n"), {{NULL, T("Content-Type (x): b")}},
	"header-junk-line header-name-odd"},
    {T(" Content-Type: b\r\n"), {{NULL, T(" Content-Type: b")}},
	"header-leading-fold header-name-odd"},
    {T("Content.ID: b\r\n"), {{"Content.ID", T(" b")}}, "header-name-odd"},
    {T("CONTENT-TYPE: b\r\n"), {{"CONTENT-TYPE", T(" b")}}, ""},
    {T("Content-MD5: b\r\n"), {{"Content-MD5", T(" b")}}, ""},
    {T("Contents: b\r\n"), {{"Contents", T(" b")}}, ""},
    {T("X-Content_Type: b\r\n"), {{"X-Content_Type", T(" b")}}, ""},
    {T("Content-Typed: b\r\n"), {{"Content-Typed", T(" b")}}, ""},
    {T("Content-Typ: b\r\n"), {{"Content-Typ", T(" b")}}, ""},
};

static void
check_block(const struct block *b)
{
	struct cursor c = cursor_of(span_of(b->bytes.ptr, b->bytes.len));
	struct header_field field;
	struct anomalies found = {0};
	size_t i;

	for (i = 0; i < FIELDS_MAX && b->item[i].value.ptr != NULL; i++) {
		enum header_item item = header_next(&c, &field, &found);

		assert_int_equal(
		    item, b->item[i].name == NULL ? HEADER_JUNK : HEADER_FIELD);
		if (item == HEADER_FIELD)
			expect_span(field.name, b->item[i].name,
			    strlen(b->item[i].name), b->bytes.ptr);
		expect_span(field.value, b->item[i].value.ptr,
		    b->item[i].value.len, b->bytes.ptr);
	}
	assert_int_equal(header_next(&c, &field, &found), HEADER_END);
	assert_int_equal(header_next(&c, &field, &found), HEADER_END);
	expect_found(&found, b->found, b->bytes.ptr);
}

static void
test_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		check_block(&blocks[i]);
}

/* An empty line ends a block and is left for whoever reads on. */
static void
test_empty_line_stays(void **state)
{
	struct cursor c = cursor_of(span_text("A: b\r\n\r\nbody"));
	struct header_field field;
	struct anomalies found = {0};

	(void)state;
	assert_int_equal(header_next(&c, &field, &found), HEADER_FIELD);
	assert_int_equal(header_next(&c, &field, &found), HEADER_END);
	expect_span(cursor_rest(&c), "\r\nbody", 6, "rest");
}

/* Blank and colon are told apart. */
static void
test_space_colon(void **state)
{
	struct cursor c = cursor_of(span_text("A : b\r\nC: d\r\n"));
	struct header_field field;
	struct anomalies found = {0};

	(void)state;
	assert_int_equal(header_next(&c, &field, &found), HEADER_FIELD);
	assert_true(field.space_colon);
	assert_int_equal(header_next(&c, &field, &found), HEADER_FIELD);
	assert_false(field.space_colon);
}

/* K7, K8, and the longest line: 998 bytes without its end. */
static void
test_long(void **state)
{
	static const struct {
		size_t name, value;
		const char *found;
	} rows[] = {
	    {998, 0, "header-line-long"},
	    {997, 0, ""},
	    {1, 996, ""},
	    {1, 997, "header-line-long"},
	    {1, 65536, "header-line-long"},
	};
	static uint8_t block[70000];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = rows[i].name + 1 + rows[i].value;
		struct cursor c = cursor_of(span_of(block, len + 2));
		struct anomalies found = {0}, one = {0};
		struct header_field field;

		memset(block, 'x', sizeof(block));
		block[rows[i].name] = ':';
		block[len] = '\r';
		block[len + 1] = '\n';
		assert_int_equal(header_next(&c, &field, &found), HEADER_FIELD);
		assert_int_equal(field.name.len, rows[i].name);
		assert_int_equal(field.value.len, rows[i].value);
		expect_found(&found, rows[i].found, "long");
		header_check(field.name, field.value, &one);
		expect_found(&one, rows[i].found, "long, by itself");
	}
}

/* K12: each byte of 10,000 fields is in one item, and the last one is seen as
 * it was. */
static void
test_many(void **state)
{
	static char block[10000 * 16 + 1];
	struct cursor c;
	struct header_field field;
	struct anomalies found = {0};
	size_t len = 0, fields = 0;

	(void)state;
	for (unsigned int i = 0; i < 10000; i++)
		len += (size_t)snprintf(
		    block + len, sizeof(block) - len, "X-%u: %u\r\n", i, i);
	c = cursor_of(span_of(block, len));
	while (header_next(&c, &field, &found) == HEADER_FIELD)
		fields++;
	assert_int_equal(fields, 10000);
	assert_true(cursor_empty(&c));
	assert_false(anomalies_any(&found));
}

/* Each item is the same whatever comes behind it, and a cut only makes one
 * shorter: a block may end anywhere. */
static void
test_every_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct text whole = blocks[i].bytes;

		for (size_t cut = 0; cut <= whole.len; cut++) {
			uint8_t *copy = malloc(cut + 1);
			struct cursor c = cursor_of(span_of(copy, cut));
			struct anomalies found = {0};
			struct header_field field;
			size_t left = cut + 1;

			assert_non_null(copy);
			memcpy(copy, whole.ptr, cut);
			while (header_next(&c, &field, &found) != HEADER_END) {
				assert_true(c.left < left);
				assert_true(
				    field.name.len + field.value.len <= left);
				left = c.left;
			}
			free(copy);
		}
	}
}

/* Single fields, as an MTA gives them. */
static void
test_check(void **state)
{
	static const struct {
		const char *name;
		struct text value;
		const char *found;
	} rows[] = {
	    {"A", T(" b"), ""},
	    {"A", T(""), ""},
	    {"A", T(" b\n c\n\td"), ""},
	    {"A", T(" b\r\n c"), ""},
	    {"A", T("\n b"), ""},
	    {"A", T(" \n b"), ""},
	    {"A", T(" b\n \n c"), "header-fold-blank"},
	    {"A", T(" b\r\n \r\n c"), "header-fold-blank"},
	    {"A", T(" b\n\t"), "header-fold-blank"},
	    {"A", T(" b\nC: d"), "header-junk-line"},
	    {"A", T(" b\n\n c"), "header-junk-line"},
	    {"A", T(" b\n"), "header-junk-line"},
	    {"A", T(" b\rc"), "header-bare-cr"},
	    {"A", T(" b\r"), "header-bare-cr"},
	    {"A", T(" b\0"), "header-nul"},
	    {"A", T(" b\x1b"), "header-control"},
	    {"A", T(" \xc3\xa9"), "header-8bit"},
	    {"A", T(" \xe9"), "header-8bit-invalid"},
	    {"A", T(" \xc3\n \xa9"), "header-8bit-invalid"},
	    {"Content_Type", T(" b"), "header-name-odd"},
	    {"Content-Type ", T(" b"), "header-name-odd header-space-colon"},
	    {"A ", T(" b"), ""},
	    {"", T(" b"), "header-name-odd"},
	    {"\xe9", T(" b"), "header-8bit-invalid"},
	    {"\xc3\xa9", T(" b"), "header-8bit"},
	    {"\x01", T(" b"), "header-control"},
	    {"Content-Type", T(" text/plain"), ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct anomalies found = {0};

		header_check(span_text(rows[i].name),
		    span_of(rows[i].value.ptr, rows[i].value.len), &found);
		expect_found(&found, rows[i].found, rows[i].value.ptr);
	}
}

static void
test_unfold(void **state)
{
	static const struct {
		struct text value, unfolded;
	} rows[] = {
	    {T(""), T("")},
	    {T(" b"), T(" b")},
	    {T(" b\n c\n\td"), T(" b c\td")},
	    {T(" b\r\n c\r\n\td"), T(" b c\td")},
	    {T("\r\n b"), T(" b")},
	    {T("\n\n b"), T(" b")},
	    {T("b\r"), T("b\r")},
	    {T("b\rc\r\n d"), T("b\rc d")},
	    {T("b\r\r\n d"), T("b\r d")},
	    {T("b\0\n \0c"), T("b\0 \0c")},
	    {T("b\r\n"), T("b")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span value =
		    span_of(rows[i].value.ptr, rows[i].value.len);
		struct text want = rows[i].unfolded;
		bool cut;

		for (size_t room = 0; room <= want.len + 1; room++) {
			uint8_t out[BLOCK_MAX];
			size_t len = header_unfold(value, out, room, &cut);

			assert_int_equal(cut, room < want.len);
			expect_span(span_of(out, len), want.ptr,
			    room < want.len ? room : want.len, want.ptr);
		}
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char *line;
		bool is;
	} rows[] = {{"A:", true}, {"A \t:b", true}, {"A", false}, {"", false},
	    {":", false}, {" A:", false}, {"A b:", false}, {"A\x01:", false},
	    {"\xc3\xa9:", false}, {"!~:", true}, {"A ", false},
	    {"http://x", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (header_is_field(span_text(rows[i].line)) != rows[i].is)
			fail_msg("%s", rows[i].line);
	}
	assert_true(header_is(span_text("cOnTent-TYPE"), "content-type"));
	assert_false(header_is(span_text("content-typ"), "content-type"));
	assert_false(header_is(span_text("content-typex"), "content-type"));
	assert_false(header_is(span_text("content-typf"), "content-type"));
	assert_false(header_is(span_text("CONTENT\rTYPE"), "content-type"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_empty_line_stays),
	    cmocka_unit_test(test_space_colon),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_every_cut),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_unfold),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
