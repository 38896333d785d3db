/* SPDX-License-Identifier: ISC */
/*
 * The scanner's own look at cabinets, and at what stands around archives:
 * scanner/archive.c and look.c (around_look.h).
 */
#include "tests/unit/around_look.h"

/* A cabinet of folders with so many blocks each. */
static void
make_cabinet(const uint32_t *blocks, size_t folders, bool reserved)
{
	archive.len = 0;
	put_text(&archive, "MSCF");
	for (int i = 0; i < 5; i++)
		put_little(&archive, 0, 4);
	put_little(&archive, 0x103, 2);
	put_little(&archive, (uint32_t)folders, 2);
	put_little(&archive, 1, 2);
	put_little(&archive, reserved ? 4 : 0, 2);
	put_little(&archive, 0, 4);
	if (reserved) {
		put_little(&archive, 20, 2);
		put_little(&archive, 4, 2);
		for (int i = 0; i < 5; i++)
			put_little(&archive, 0, 4);
	}
	for (size_t i = 0; i < folders; i++) {
		put_little(&archive, 0, 4);
		put_little(&archive, blocks[i], 2);
		put_little(&archive, 1, 2);
		if (reserved)
			put_little(&archive, 0, 4);
	}
	put_text(&archive, "files");
}

static void
test_cabinets(void **state)
{
	static const uint32_t few[] = {100, 200}, many[] = {100, 800};
	static uint32_t folders[60];

	(void)state;
	for (int reserved = 0; reserved < 2; reserved++) {
		make_cabinet(few, 2, reserved);
		finds(ARCHIVE_FINE, true, &bounds);
		make_cabinet(many, 2, reserved);
		finds(ARCHIVE_TOO_BIG, true, &bounds);
		finds(ARCHIVE_TOO_BIG, true, &telling);
		finds(ARCHIVE_FINE, true, &unknown);
	}
	/* A sum that goes round to nothing is none. */
	{
		struct archive a = {.cabinets = UINT64_MAX - 5 * MB};

		make_cabinet(few, 2, false);
		archive_header(&a, span_of(archive.bytes, archive.len), 0);
		assert_int_equal(archive_judge(&a, &bounds), ARCHIVE_TOO_BIG);
	}
	/* Of more than we see nothing good is assumed, nor of what is in
	 * another cabinet. */
	make_cabinet(folders, 60, false);
	finds(ARCHIVE_TOO_BIG, true, &bounds);
	for (uint8_t chained = 1; chained <= 2; chained++) {
		make_cabinet(few, 2, false);
		archive.bytes[30] |= chained;
		finds(ARCHIVE_TOO_BIG, true, &bounds);
	}
}

/* The longest name of which the end is still seen, and the next one. */
static void
test_longest_name(void **state)
{
	char name[ARCHIVE_HEADER_MAX];
	const size_t seen = ARCHIVE_HEADER_MAX - 46;

	(void)state;
	for (size_t len = seen - 1; len <= seen + 1; len++) {
		memset(name, 'n', len);
		name[len] = '\0';
		make_zip(ONE(DEFLATE(name, 99, 100)));
		finds(ARCHIVE_FINE, len > seen, &bounds);
		memcpy(name + len - 4, ".zip", 4);
		make_zip(ONE(DEFLATE(name, 99, 100)));
		finds(ARCHIVE_FINE, true, &bounds);
	}
}

/* A header that ends with the last byte of the last line: of that one the end
 * of the name tells. */
static void
test_last_byte(void **state)
{
	static const char *const names[] = {"a.zip", "ab.zip", "abc.zip"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		make_zip(ONE(DEFLATE(names[i], 99, 100)));
		archive.len -= 22;
		finds(ARCHIVE_HEADERS, true, &telling);
	}
}

/* Encrypted, or with its sizes behind it, for one of the headers only. */
static void
test_flags_differ(void **state)
{
	static const uint8_t flags[] = {1, 8};

	(void)state;
	for (size_t i = 0; i < sizeof(flags); i++) {
		make_zip(ONE(DEFLATE("a", 99, 100)));
		archive.bytes[6] ^= flags[i];
		finds(ARCHIVE_HEADERS, false, &telling);
	}
}

/* What gzip(5) may begin with, and what only looks like it. */
static void
test_gzip(void **state)
{
	static const struct {
		uint8_t level, system;
		bool inner;
	} rows[] = {{0, 3, true}, {2, 0, true}, {4, 13, true}, {2, 255, true},
	    {5, 3, false}, {2, 14, false}, {2, 254, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		archive.len = 0;
		put(&archive, "\x1f\x8b\x08\0zzzz", 8);
		put(&archive, &rows[i].level, 1);
		put(&archive, &rows[i].system, 1);
		put_text(&archive, "and so on");
		finds(ARCHIVE_FINE, rows[i].inner, &bounds);
	}
}

/* Of what clamd looks into in all, the message and what is decoded of it take
 * their part. */
static void
test_message_counts(void **state)
{
	static const uint32_t blocks[] = {100};
	struct archive_bounds b = {.file = UINT64_MAX};
	struct look l;

	(void)state;
	make_cabinet(blocks, 1, false);
	for (int how = 0; how < CODINGS; how++) {
		code((enum coding)how, "");
		look_at(&l, 1000);
		b.all = UINT64_C(100) * 32768 + 3 * coded.len;
		assert_int_equal(look_judge(&l, &b), ARCHIVE_FINE);
		b.all--;
		assert_int_equal(look_judge(&l, &b), ARCHIVE_TOO_BIG);
		b.all = 3 * coded.len - 1;
		assert_int_equal(look_judge(&l, &b), ARCHIVE_TOO_BIG);
	}
}

/* Text, and headers that are cut off, are no archives. */
static void
test_nothing(void **state)
{
	struct look l;

	(void)state;
	coded.len = 0;
	while (coded.len < 40000)
		put_text(&coded, "PK is how Phil Katz signed =50=4B his "
				 "files.\r\nbegin with this\r\n");
	look_at(&l, 1000);
	assert_int_equal(look_judge(&l, &bounds), ARCHIVE_FINE);
	assert_false(look_is_blind(&l));
	for (size_t i = 0; i < archive_marks; i++)
		assert_true(archive_is_mark(archive_mark[i]));
	make_zip(ONE(DEFLATE("a", 99, 30 * MB)));
	for (size_t len = 0; len < 27; len++) {
		archive.len = len;
		code(BASE64, "");
		look_at(&l, 10);
		assert_int_equal(look_judge(&l, &bounds), ARCHIVE_FINE);
	}
}

/* "==50" and the like: what other readers take for a sign is one. */
static void
test_equal_signs(void **state)
{
	struct look l;

	(void)state;
	make_zip(ONE(DEFLATE("a", 99, 30 * MB)));
	code(QUOTED, "==\r\n=5=5==Z=\r=");
	for (size_t step = 1; step < 9; step++) {
		look_at(&l, step);
		assert_int_equal(look_judge(&l, &bounds), ARCHIVE_TOO_BIG);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cabinets),
	    cmocka_unit_test(test_longest_name),
	    cmocka_unit_test(test_last_byte),
	    cmocka_unit_test(test_flags_differ),
	    cmocka_unit_test(test_gzip),
	    cmocka_unit_test(test_message_counts),
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_equal_signs),
	};

	look_setup(UINT64_C(0x9e3779b97f4a7c15));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
