/* SPDX-License-Identifier: ISC */
/* Encoded words and charsets: parser/mime/word.c. */
#include "parser/mime/word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROOM 256

struct row {
	const char *text;
	const char *strict;   /* NULL: the same as text */
	const char *anywhere; /* NULL: the same as strict */
	uint32_t words;	      /* decoded anywhere */
	bool odd;
};

static const struct row rows[] = {
    {"", NULL, NULL, 0, false},
    {"plain text", NULL, NULL, 0, false},
    /* K35 to K38, K40 */
    {"=?utf-8?B?w6k=?=", "\xc3\xa9", NULL, 1, false},
    {"=?utf-8?Q?a_b=C3=A9?= x", "a b\xc3\xa9 x", NULL, 1, false},
    {"=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "\xc3\xa9\xc3\xa9", NULL, 2, false},
    {"=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "\xc3\xa9", NULL, 2, false},
    {"=?utf-8*de?Q?b?=", "b", NULL, 1, false},
    {"=?utf-8*?Q?b?=", "b", NULL, 1, false},
    /* K39 */
    {"a=?utf-8?Q?b?=c", NULL, "abc", 1, false},
    {"eicar=?UTF-8?Q?=2Ec?=om", NULL, "eicar.com", 1, false},
    {"a =?utf-8?Q?b?=c", NULL, "a bc", 1, false},
    {"a=?utf-8?Q?b?= c", NULL, "ab c", 1, false},
    {"\"=?utf-8?Q?b?=\"", NULL, "\"b\"", 1, false},
    /* K41 */
    {"=?x?B\?\?\?\?\?=", NULL, NULL, 0, false},
    {"=?utf-8?X?a?=", NULL, NULL, 0, false},
    {"=?utf-8?QB?a?=", NULL, NULL, 0, false},
    {"=?utf-8??a?=", NULL, NULL, 0, false},
    {"=?utf-8?Q?a", NULL, NULL, 0, false},
    {"=?utf-8?Q?a?", NULL, NULL, 0, false},
    {"=?utf-8?Q?a?x", NULL, NULL, 0, false},
    {"=?utf-8?Q", NULL, NULL, 0, false},
    {"=?utf-8", NULL, NULL, 0, false},
    {"=?", NULL, NULL, 0, false},
    {"=", NULL, NULL, 0, false},
    {"=?\?Q?a?=", NULL, NULL, 0, false},
    {"=?u t?Q?a?=", NULL, NULL, 0, false},
    {"=?u=t?Q?a?=", NULL, NULL, 0, false},
    {"=?u\xe9t?Q?a?=", NULL, NULL, 0, false},
    {"=?=?utf-8?Q?a?=", NULL, "=?a", 1, false},
    /* nam-ew-nopad, and other base64 that is not quite so */
    {"=?utf-8?B?ZWljYXIuY29t?=", "eicar.com", NULL, 1, false},
    {"=?utf-8?B?YS5leGU?=", "a.exe", NULL, 1, false},
    {"=?utf-8?b?YQ?=", "a", NULL, 1, false},
    {"=?utf-8?b?YWI?=", "ab", NULL, 1, false},
    {"=?utf-8?b?Y?=", "", NULL, 1, false},
    {"=?utf-8?b?YQ==YmM=?=", "abc", NULL, 1, false},
    {"=?utf-8?b?Y!W-I=?=", "ab", NULL, 1, false},
    {"=?utf-8?B?\?=", "", NULL, 1, false},
    {"=?utf-8?B?+/8=?=", "\xfb\xff", NULL, 1, false},
    /* Q */
    {"=?utf-8?q?a=2eb=2Ec?=", "a.b.c", NULL, 1, false},
    {"=?utf-8?Q?=?=", "=", NULL, 1, false},
    {"=?utf-8?Q?=4?=", "=4", NULL, 1, false},
    {"=?utf-8?Q?=G1=4G=41?=", "=G1=4GA", NULL, 1, false},
    {"=?utf-8?Q?a b?=", NULL, "a b", 1, false},
    {"=?utf-8?Q?a\xc3\xa9?=", NULL, "a\xc3\xa9", 1, false},
    /* neighbours */
    {"=?utf-8?Q?a?==?utf-8?Q?b?=", NULL, "ab", 2, false},
    {"=?utf-8?Q?a?=\r\n\t =?utf-8?Q?b?=", "ab", NULL, 2, false},
    {"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b", NULL, 2, false},
    {"=?utf-8?Q?a?=  ", "a  ", NULL, 1, false},
    {" =?utf-8?Q?a?=", " a", NULL, 1, false},
    {"=?utf-8?Q?a?= =?x", "a =?x", NULL, 1, false},
    {"=?utf-8?Q?a?= =?us-ascii?Q?b?= c", "ab c", NULL, 2, false},
    {"=?utf-8?Q?=C3?= =?UTF-8*en?B?qQ==?=", "\xc3\xa9", NULL, 2, false},
    {"=?utf-8?Q?=C3?= =?us-ascii?Q?=A9?=", "\xc3\xa9", NULL, 2, false},
    {"=?utf-16be?B?ACA=?= =?utf-16le?B?IAA=?=", "  ", NULL, 2, true},
    {"=?utf-16be?Q?=00?= =?utf-16be?Q?a?=", "a", NULL, 2, true},
    {"=?utf-16be?Q?=00?= =?utf-8?Q?a?=",
	"\xef\xbf\xbd"
	"a",
	NULL, 2, true},
    /* charsets */
    {"=?ISO-8859-1?Q?=E9=80?=", "\xc3\xa9\xc2\x80", NULL, 1, false},
    {"=?latin1?Q?=E9?=", "\xc3\xa9", NULL, 1, false},
    {"=?iso-8859-15?Q?=A4=A5?=", "\xe2\x82\xac\xc2\xa5", NULL, 1, false},
    {"=?windows-1252?Q?=80=93=A0a?=",
	"\xe2\x82\xac\xe2\x80\x9c\xc2\xa0"
	"a",
	NULL, 1, false},
    {"=?us-ascii?Q?a=E9?=", "a\xe9", NULL, 1, false},
    {"=?x-unknown?Q?a=E9?=", "a\xe9", NULL, 1, true},
    {"=?utf-7?Q?+AGU-icar.com?=", "eicar.com", NULL, 1, true},
    {"=?utf-16?Q?=FE=FF=00a?=", "a", NULL, 1, true},
};

static void
expect(const struct row *r, enum word_place place, const char *want)
{
	size_t want_len = strlen(want);

	for (size_t room = 0; room <= want_len + 1; room++) {
		uint8_t *out = malloc(room + 1);
		uint32_t words;
		bool odd, cut;
		size_t len;

		assert_non_null(out);
		len = word_decode(
		    span_text(r->text), place, out, room, &words, &odd, &cut);
		if (len > room || memcmp(out, want, len) != 0 ||
		    cut != (room < want_len) || (!cut && len != want_len))
			fail_msg("%s: %.*s, not %s", r->text, (int)len,
			    (const char *)out, want);
		/* A character has up to four bytes and stays whole. */
		assert_true(len + 3 >= room || len == want_len);
		if (place == WORD_ANYWHERE) {
			assert_int_equal(words, r->words);
			assert_int_equal(odd, r->odd);
		}
		free(out);
	}
}

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *strict =
		    rows[i].strict != NULL ? rows[i].strict : rows[i].text;

		expect(&rows[i], WORD_STRICT, strict);
		expect(&rows[i], WORD_ANYWHERE,
		    rows[i].anywhere != NULL ? rows[i].anywhere : strict);
	}
}

/* NUL is a byte like others. */
static void
test_nul(void **state)
{
	static const char text[] = "a\0=?utf-8?Q?=00b?=";
	uint8_t out[ROOM];
	uint32_t words;
	bool odd, cut;
	size_t len = word_decode(span_of(text, sizeof(text) - 1), WORD_ANYWHERE,
	    out, sizeof(out), &words, &odd, &cut);

	(void)state;
	assert_int_equal(len, 4);
	assert_memory_equal(out, "a\0\0b", 4);
	assert_int_equal(words, 1);
}

static void
test_there(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {{"=?utf-8?Q?a?=", true}, {"x=?a?=y", true}, {"", false},
	    {"=?", false}, {"=?=", false}, {"=\?\?=", true}, {"?==?", false},
	    {"?= =?", false}, {"=?utf-8?Q?a", false}, {"=?a?b?c=", false},
	    {"=?=?=", true}, {"plain", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (word_is_there(span_text(texts[i].text)) != texts[i].is)
			fail_msg("%s", texts[i].text);
	}
}

static void
test_charsets(void **state)
{
	static const struct {
		const char *charset;
		const char *bytes;
		size_t len;
		const char *utf8;
		bool is_known;
	} charsets[] = {
	    {"utf-8", "\xc3\xa9", 2, "\xc3\xa9", true},
	    {"UTF8", "\xc3", 1, "\xc3", true},
	    {"ASCII", "a\xe9", 2, "a\xe9", true},
	    {"", "a\xe9", 2, "a\xe9", false},
	    {"koi8-r", "\xe9", 1, "\xe9", false},
	    {"utf-88", "\xe9", 1, "\xe9", false},
	    {"iso8859-1", "\xa4\xff", 2, "\xc2\xa4\xc3\xbf", true},
	    {"latin9", "\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe\xff", 9,
		"\xe2\x82\xac\xc5\xa0\xc5\xa1\xc5\xbd\xc5\xbe\xc5\x92\xc5\x93"
		"\xc5\xb8\xc3\xbf",
		true},
	    {"cp1252", "\x7f\x80\x81\x9f\xa0", 5,
		"\x7f\xe2\x82\xac\xc2\x81\xc5\xb8\xc2\xa0", true},
	    {"utf-16be", "\0a\x20\xac", 4, "a\xe2\x82\xac", true},
	    {"utf-16le", "a\0\xac\x20", 4, "a\xe2\x82\xac", true},
	    {"utf-16", "\0a\x20\xac", 4, "a\xe2\x82\xac", true},
	    {"utf-16", "a\0\xac\x20", 4, "a\xe2\x82\xac", true},
	    {"utf-16", "\xff\xfe\xac\x20", 4, "\xe2\x82\xac", true},
	    {"utf-16", "\xfe\xff\x20\xac", 4, "\xe2\x82\xac", true},
	    {"utf-16be", "\xd8\x3d\xde\x00", 4, "\xf0\x9f\x98\x80", true},
	    {"utf-16be", "\xd8\x3d\0a", 4,
		"\xef\xbf\xbd"
		"a",
		true},
	    {"utf-16be", "\xd8\x3d\xd8\x3d\xde\x00", 6,
		"\xef\xbf\xbd\xf0\x9f\x98\x80", true},
	    {"utf-16be", "\xde\x00\0a", 4,
		"\xef\xbf\xbd"
		"a",
		true},
	    {"utf-16be", "\xd8\x3d", 2, "\xef\xbf\xbd", true},
	    {"utf-16be", "\0a\0", 3, "a\xef\xbf\xbd", true},
	    {"utf-7", "a+AOk-b", 7,
		"a\xc3\xa9"
		"b",
		true},
	    {"utf-7", "+AOkA6Q-", 8, "\xc3\xa9\xc3\xa9", true},
	    {"utf-7", "+-", 2, "+", true},
	    {"utf-7", "+AOk.", 5, "\xc3\xa9.", true},
	    {"utf-7", "+.", 2, ".", true},
	    {"utf-7", "+2D3eAA-", 8, "\xf0\x9f\x98\x80", true},
	    {"utf-7", "+2D0-", 5, "\xef\xbf\xbd", true},
	    {"utf-7", "+2D0-a", 6,
		"\xef\xbf\xbd"
		"a",
		true},
	    {"utf-7", "+2D0=a+3gA-", 11, "\xef\xbf\xbd=a\xef\xbf\xbd", true},
	    {"utf-7", "+AOk", 4, "\xc3\xa9", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		uint8_t out[ROOM];
		size_t len;
		bool is_known = word_to_utf8(span_text(charsets[i].charset),
		    span_of(charsets[i].bytes, charsets[i].len), out,
		    sizeof(out), &len);

		assert_int_equal(is_known, charsets[i].is_known);
		if (len != strlen(charsets[i].utf8) ||
		    memcmp(out, charsets[i].utf8, len) != 0)
			fail_msg("row %zu, %s: %.*s", i, charsets[i].charset,
			    (int)len, (const char *)out);
	}
}

/* A character that is made here goes in whole or not at all. */
static void
test_whole_characters(void **state)
{
	uint8_t out[4];
	size_t len;

	(void)state;
	for (size_t room = 0; room < sizeof(out); room++) {
		assert_true(word_to_utf8(
		    span_text("latin9"), span_text("\xa4"), out, room, &len));
		assert_int_equal(len, room < 3 ? 0 : 3);
	}
}

static void
test_utf8(void **state)
{
	static const struct {
		const char *bytes;
		bool is;
	} texts[] = {{"", true}, {"a", true}, {"\x7f", true}, {"\x80", false},
	    {"\xbf", false}, {"\xc0\x80", false}, {"\xc1\xbf", false},
	    {"\xc2\x80", true}, {"\xc2", false},
	    {"\xc2"
	     "a",
		false},
	    {"\xc2\xc2", false}, {"\xdf\xbf", true}, {"\xe0\x9f\xbf", false},
	    {"\xe0\xa0\x80", true}, {"\xe2\x82", false}, {"\xed\x9f\xbf", true},
	    {"\xed\xa0\x80", false}, {"\xed\xbf\xbf", false},
	    {"\xee\x80\x80", true}, {"\xef\xbf\xbf", true},
	    {"\xf0\x8f\xbf\xbf", false}, {"\xf0\x90\x80\x80", true},
	    {"\xf4\x8f\xbf\xbf", true}, {"\xf4\x90\x80\x80", false},
	    {"\xf5\x80\x80\x80", false}, {"\xf0\x90\x80", false},
	    {"\xff", false}, {"a\xc3\xa9\xe2\x82\xac", true}};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (word_is_utf8(span_text(texts[i].bytes)) != texts[i].is)
			fail_msg("row %zu", i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_there),
	    cmocka_unit_test(test_charsets),
	    cmocka_unit_test(test_whole_characters),
	    cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
