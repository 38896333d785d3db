/* SPDX-License-Identifier: ISC */
/*
 * The scanner's own look at archives: scanner/archive.c and look.c, with ZIP
 * archives of a few headers (around_look.h).
 */
#include "tests/unit/around_look.h"

static void
test_within(void **state)
{
	const struct file files[] = {DEFLATE("a.txt", 40, 100),
	    {"b.png", 0, 0, SAME(50, 50)},
	    {"c.bin", 8, 8, 0, 0, 30, 25 * MB, NONE},
	    {"folder/", 0, 0, SAME(0, 0)},
	    {"random", 8, 0, SAME(1000006, 1000000)},
	    {"d", 12, 0, SAME(99, 37)}, {"e", 9, 0, SAME(30000, 24 * MB)},
	    {"secret", 99, 1, SAME(99, 37)}};

	(void)state;
	make_zip(files, sizeof(files) / sizeof(files[0]));
	finds(ARCHIVE_FINE, false, &bounds);
	finds(ARCHIVE_FINE, false, &telling);
	finds(ARCHIVE_FINE, false, &unknown);
}

static void
test_too_big(void **state)
{
	const uint32_t more = 25 * MB + 1;

	(void)state;
	make_zip(ONE(DEFLATE("a.txt", 30000, more)));
	finds(ARCHIVE_TOO_BIG, false, &bounds);
	finds(ARCHIVE_FINE, false, &telling);
	finds(ARCHIVE_FINE, false, &unknown);
	/* Behind the content, in one header only. */
	make_zip(ONE({"a", 8, 8, 0, 0, 30000, more, NONE}));
	finds(ARCHIVE_TOO_BIG, false, &bounds);
	make_zip(ONE({"a", 8, 0, 30000, 40000, 30000, more, NONE}));
	finds(ARCHIVE_TOO_BIG, false, &bounds);
	finds(ARCHIVE_HEADERS, false, &unknown);
	make_zip(ONE({"a", 8, 0, 30000, more, 30000, 40000, NONE}));
	finds(ARCHIVE_TOO_BIG, false, &bounds);
	make_zip(ONE({"a", 8, 8, 0, 0, 30000, UINT32_MAX, NONE}));
	finds(ARCHIVE_TOO_BIG, false, &bounds);
}

static void
test_faults(void **state)
{
	static const uint32_t methods[] = {1, 2, 5, 10, 14, 93, 95, 98};

	(void)state;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		make_zip(ONE({"a", methods[i], 0, SAME(99, 100)}));
		finds(ARCHIVE_METHOD, false, &telling);
	}
	/* A number that is no method: no header. */
	make_zip(ONE({"a", 50, 0, SAME(99, 30 * MB)}));
	finds(ARCHIVE_FINE, false, &bounds);
	make_zip(ONE({"a", 8, 0, NONE, NONE, 99, 100, NONE}));
	finds(ARCHIVE_ZIP64, false, &telling);
	make_zip(ONE(DEFLATE("a", 99, 100)));
	archive.len -= 22;
	put_end(&archive, UINT32_MAX);
	finds(ARCHIVE_ZIP64, false, &telling);
	/* Packed 40 times as long. */
	make_zip(ONE(DEFLATE("a", 40000, 1000)));
	finds(ARCHIVE_SIZES, false, &telling);
	make_zip(ONE({"a", 0, 0, SAME(40000, 100)}));
	finds(ARCHIVE_SIZES, false, &telling);
	/* For clamd it is something else. */
	make_zip(ONE({"a", 0, 0, 100, 100, 100, 100, 8}));
	finds(ARCHIVE_HEADERS, false, &telling);
	make_zip(ONE({"a", 8, 0, 5000, 6000, 100, 200, NONE}));
	finds(ARCHIVE_HEADERS, false, &telling);
	make_zip(ONE({"a", 8, 8, 0, 0, 100, 200, 0}));
	finds(ARCHIVE_SIZES, false, &telling);
}

/* Two wrongs of which one has the headers that the other lacks: each says what
 * some other says, but not at its place. */
static void
test_swapped(void **state)
{
	const struct file a = {"a", 8, 0, SAME(100, 200)},
			  b = {"a", 0, 0, SAME(100, 100)};

	(void)state;
	for (size_t at = 0; at < 2; at++) {
		size_t place[2];

		archive.len = 0;
		place[0] = archive.len;
		put_file(&archive, &a);
		place[1] = archive.len;
		put_file(&archive, &b);
		put_directory(&archive, &a, place[at]);
		put_directory(&archive, &b, place[1 - at]);
		put_end(&archive, (uint32_t)(archive.len - 2 * 47));
		finds(
		    at == 0 ? ARCHIVE_FINE : ARCHIVE_HEADERS, false, &telling);
	}
	/* A stray pair that makes up for it in the sum of what is said. */
	make_zip(ONE({"a", 0, 0, 100, 100, 100, 200, 8}));
	put_file(&archive, &a);
	put_directory(&archive, &b, 0);
	put_end(&archive, 48);
	finds(ARCHIVE_HEADERS, false, &telling);
}

/* clamd passes by what has its sizes in a directory that is not there. */
static void
test_no_directory(void **state)
{
	const struct file sized = {"a", 8, 0, SAME(100, 200)},
			  streamed = {"a", 8, 8, 0, 0, 100, 200, NONE};

	(void)state;
	archive.len = 0;
	put_file(&archive, &sized);
	finds(ARCHIVE_FINE, false, &telling);
	put_file(&archive, &streamed);
	finds(ARCHIVE_HEADERS, false, &telling);
	/* It has no end. */
	make_zip(ONE(DEFLATE("a", 99, 100)));
	archive.len -= 22;
	finds(ARCHIVE_HEADERS, false, &telling);
}

static void
test_inner(void **state)
{
	static const char others[][12] = {"7z\xbc\xaf\x27\x1c", "Rar!\x1a\x07",
	    "\x1f\x8b\x08\x08zzzz\2\3", "BZh91AY&SY", "\xfd\x37zXZ"};
	static const size_t lengths[] = {6, 6, 10, 10, 6};
	static const char *const names[] = {
	    "inner.zip", "A.DOCX", "x.tar.gz", "mail.eml"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		make_zip(ONE(DEFLATE(names[i], 99, 100)));
		finds(ARCHIVE_FINE, true, &bounds);
	}
	/* Stored: its headers are seen. */
	make_zip(ONE({"inner.zip", 0, 0, SAME(99, 99)}));
	finds(ARCHIVE_FINE, false, &bounds);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		archive.len = 0;
		put(&archive, others[i], lengths[i]);
		put_text(&archive, "and so on");
		finds(ARCHIVE_FINE, true, &bounds);
	}
}

/* What was kept back of an escape and stands for itself comes on top of a piece
 * as long as one can be. */
static void
test_full_piece(void **state)
{
	static const char *const kept_back[] = {"", "=", "=A", "=\r", "= "};
	static struct look look;

	(void)state;
	make_zip(ONE(DEFLATE("a.txt", 30000, 25 * MB + 1)));
	for (size_t i = 0; i < sizeof(kept_back) / sizeof(kept_back[0]); i++) {
		memset(&look, 0, sizeof(look));
		coded.len = 0;
		while (coded.len < sizeof(coded.bytes) - archive.len)
			put_text(&coded, "x");
		put(&coded, archive.bytes, archive.len);
		look_body(&look, span_text(kept_back[i]));
		look_body(&look, span_of(coded.bytes, coded.len));
		look_end(&look);
		assert_int_equal(look_judge(&look, &bounds), ARCHIVE_TOO_BIG);
		assert_int_equal(look.unix_quoted.bytes.archive.largest,
		    look.plain.archive.largest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_within),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_swapped),
	    cmocka_unit_test(test_no_directory),
	    cmocka_unit_test(test_inner),
	    cmocka_unit_test(test_full_piece),
	};

	look_setup(UINT64_C(0x9e3779b97f4a7c15));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
