/* SPDX-License-Identifier: ISC */
/*
 * Stamps as records and as text: lib/stamp.c and parser/mail/stamp_field.c.  The record
 * and the text of the first vector, strictness, and that what is written is
 * read as the same.
 */
#include "parser/mail/stamp_field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define HEAD                                                  \
	"v=1; k=2024a; s=virus; r=clean;\n"                   \
	"\tt=1700000100; x=1700003700; i=0011223344556677;\n" \
	"\te=ClamAV-1.4.6; d=27091; g=1699950000;\n"          \
	"\tp=std; f=none;\n"
#define B  "b=TKNWAqLy6mucWbS92ybSOnlaXaVpp28WtBSkH_FHAWc"
#define H  "h=txZn5KML5zcCaXllGq4ejUkgBy65DxRVM7T25-9tKD4"
#define A  "a=Z2dev_LFFJlEWQhwkGJo1lJHvluRmu15yDeJrquO5Ig"
#define M  "m=_wr4YviXK2cIHJYO8pyTDxmHQ0rAUcmXFK9q2wdbPQs"
#define V1 HEAD "\t" B ";\n\t" H ";\n\t" A ";\n\t" M

static const char record_v1[] =
    "7363616e2d7374616d702f763100000001010000000069d3000000006553f164"
    "000000006553ff740000000065532db000112233445566773230323461000000"
    "000000000000000073746400000000000000000000000000436c616d41562d31"
    "2e342e3600000000000000000000000000000000000000004ca35602a2f2ea6b"
    "9c59b4bddb26d23a795a5da569a76f16b414a41ff1470167b71667e4a30be737"
    "026979651aae1e8d4920072eb90f145533b4f6e7ef6d283e67675ebff2c51499"
    "44590870906268d65247be5b919aed79c83789aeab8ee488";

static const char *
hex(const uint8_t *bytes, size_t len)
{
	static char text[2 * STAMP_RECORD + 1];

	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

static bool
reads(const char *text)
{
	uint8_t mac[STAMP_MAC];
	struct stamp s;

	return stamp_read(span_text(text), &s, mac);
}

static void
test_vector(void **state)
{
	uint8_t record[STAMP_RECORD], mac[STAMP_MAC];
	char text[STAMP_TEXT_MAX];
	struct stamp s, again;

	(void)state;
	assert_true(stamp_read(span_text(" " V1), &s, mac));
	stamp_encode(&s, record);
	assert_string_equal(hex(record, sizeof(record)), record_v1);
	assert_string_equal(hex(mac, sizeof(mac)),
	    "ff0af862f8972b67081c960ef29c930f"
	    "1987434ac051c99714af6adb075b3d0b");
	stamp_write(&s, mac, text);
	assert_string_equal(text, V1);
	assert_true(stamp_decode(record, &again));
	assert_memory_equal(&s, &again, sizeof(s));
}

/* White space may stand anywhere, also within words. */
static void
test_white_space(void **state)
{
	static const char *const good[] = {
	    V1,
	    "  \t" V1 "  ",
	    HEAD " " B ";" H ";" A ";" M,
	    "v = 1; k=20 24a;s=vi\r\n rus; r=clean;t=1700000100;x=1700003700;"
	    "i=0011223344556677;e=ClamAV-1.4.6;d=27091;g=1699950000;p=std;"
	    "f=none;" B ";\n\t" H ";" A ";" M,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(reads(good[i]));
}

/* The good text with one piece replaced. */
static bool
reads_with(const char *old, const char *new)
{
	static char text[8192];
	const char *at = strstr(V1, old);
	size_t before;

	assert_non_null(at);
	before = (size_t)(at - V1);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)before, V1, new,
	    at + strlen(old));
	return reads(text);
}

static const struct {
	const char *old, *new;
} bad[] = {
    {"v=1;", "v=2;"},
    {"v=1;", "v=1.0;"},
    {"v=1;", ""},
    {"v=1;", "v=1; v=1;"},
    {"v=1; k=2024a;", "k=2024a; v=1;"},
    {"v=1;", "V=1;"},
    {"v=1;", "v=1; (new)"},
    {"k=2024a", "k="},
    {"k=2024a", "k=../../etc/x"},
    {"k=2024a", "k=A"},
    {"k=2024a", "k=a."},
    {"k=2024a", "k=-a"},
    {"k=2024a", "k=abcdefghijklmnopq"},
    {"s=virus", "s=spam"},
    {"s=virus", "s=Virus"},
    {"r=clean", "r=infected"},
    {"t=1700000100", "t=01700000100"},
    {"t=1700000100", "t=-1"},
    {"t=1700000100", "t="},
    {"t=1700000100", "t=9007199254740993"},
    {"t=1700000100", "t=100000000000000000000000000000"},
    {"i=0011223344556677", "i=00112233445566"},
    {"i=0011223344556677", "i=001122334455667A"},
    {"e=ClamAV-1.4.6", "e=-x"},
    {"e=ClamAV-1.4.6", "e=Clam/AV"},
    {"e=ClamAV-1.4.6", "e=abcdefghijklmnopqrstuvwxyz012345"},
    {"d=27091", "d=4294967296"},
    {"d=27091", "d=00"},
    {"p=std", "p=abcdefghijklmnop"},
    {"p=std", "p=_"},
    {"f=none", "f=md"},
    {"f=none", "f=D"},
    {"f=none", "f=none; alg=none"},
    {"kH_FHAWc", "kH_FHAWd"},  /* unused bits */
    {"kH_FHAWc", "kH_FHAWc="}, /* padding */
    {"kH_FHAWc", "kH/FHAWc"},  /* other alphabet */
    {"wdbPQs", "wdbPQs;"},
    {"wdbPQs", "wdbPQ"},
    {"wdbPQs", "wdbPQsA"},
    {"m=_wr4YviXK2cIHJYO8pyTDxmHQ0rAUcmXFK9q2wdbPQs", "m="},
    {"f=none", "f=\303\244"},
    {"f=none", "f=none\r"},
    {"f=none", "f=none\n"},
    {"f=none", "f=none\1"},
};

static void
test_strict(void **state)
{
	(void)state;
	assert_true(reads_with("f=none", "f=dm"));
	assert_true(reads_with("t=1700000100", "t=9007199254740992"));
	assert_true(reads_with("t=1700000100", "t=0"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("%s -> %s\n", bad[i].old, bad[i].new);
		assert_false(reads_with(bad[i].old, bad[i].new));
	}
	assert_false(reads(""));
	assert_false(stamp_read(span_of(V1 "\0", sizeof(V1)),
	    &(struct stamp){0}, (uint8_t[STAMP_MAC]){0}));
}

/* Are 1,200 bytes a stamp, and not one more?  first: what stands in front;
 * folds: lines of blanks at the end, each with that line end and a TAB. */
static void
assert_length(const char *first, size_t folds, const char *fold)
{
	char text[3 * STAMP_VALUE_MAX];
	size_t len = strlen(first) + sizeof(V1) - 1;
	size_t counted = sizeof(V1) - 1 + 2 * folds;

	memset(text, ' ', sizeof(text));
	snprintf(text, sizeof(text), "%s%s", first, V1);
	for (size_t i = 0; i < folds; i++) {
		memcpy(text + len, fold, strlen(fold));
		len += strlen(fold);
	}
	memset(text + len, ' ', sizeof(text) - len);
	len += STAMP_VALUE_MAX - counted;
	text[len] = '\0';
	assert_true(reads(text));
	text[len] = ' ';
	text[len + 1] = '\0';
	assert_false(reads(text));
}

/* Neither the space behind the colon nor the CR of a fold is counted: whether
 * they come is the MTA's choice. */
static void
test_length(void **state)
{
	(void)state;
	assert_length("", 0, "");
	assert_length(" ", 0, "");
	assert_length("", 300, "\n\t");
	assert_length("", 300, "\r\n\t");
	assert_length(" ", 300, "\r\n\t");
}

/* Every single byte of the record counts, or makes it none. */
static void
test_record_bytes(void **state)
{
	uint8_t record[STAMP_RECORD], again[STAMP_RECORD], mac[STAMP_MAC];
	struct stamp s, other;

	(void)state;
	assert_true(stamp_read(span_text(V1), &s, mac));
	for (size_t i = 0; i < STAMP_RECORD; i++) {
		stamp_encode(&s, record);
		record[i] ^= 0x10;
		if (!stamp_decode(record, &other))
			continue;
		stamp_encode(&other, again);
		assert_memory_equal(record, again, sizeof(record));
		assert_memory_not_equal(&s, &other, sizeof(s));
	}
}

static void
test_longest(void **state)
{
	struct stamp s = {.flags = STAMP_FLAGS,
			 .database = UINT32_MAX,
			 .time = STAMP_NUMBER_MAX,
			 .expiry = STAMP_NUMBER_MAX,
			 .database_time = STAMP_NUMBER_MAX,
			 .key = "abcdefghijklmnop",
			 .profile = "abcdefghijklmno",
			 .engine = "ClamAV-1.4.6.abcdefghijklmnopqr"},
		     again;
	uint8_t mac[STAMP_MAC] = {0xff}, read_mac[STAMP_MAC];
	char text[STAMP_TEXT_MAX];
	/* The first line has the field's name in front. */
	size_t line = sizeof("X-Scan-Stamp:");

	(void)state;
	stamp_write(&s, mac, text);
	assert_true(strlen(text) < 400);
	for (const char *c = text; *c != '\0'; c++) {
		line = *c == '\n' ? 0 : line + 1;
		assert_true(line < 78);
	}
	assert_true(stamp_read(span_text(text), &again, read_mac));
	assert_memory_equal(&s, &again, sizeof(s));
	assert_memory_equal(mac, read_mac, sizeof(mac));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vector),
	    cmocka_unit_test(test_white_space),
	    cmocka_unit_test(test_strict),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_record_bytes),
	    cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
