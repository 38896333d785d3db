/* SPDX-License-Identifier: ISC */
/*
 * The scanner's own look at archives: scanner/archive.c and look.c, with
 * archives of a few headers, in every coding that mail has, at every place,
 * in pieces and whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/look.h"

#define MB    (UINT64_C(1) << 20)
#define NONE  UINT32_MAX
#define FLAGS 0x0006U

/* Of clamd. */
static const struct archive_bounds bounds = {.file = 25 * MB, .all = 100 * MB};
static const struct archive_bounds telling = {
    .file = 25 * MB, .all = 25 * MB, .told = true};
static const struct archive_bounds unknown = {
    .file = UINT64_MAX, .all = UINT64_MAX};

struct buffer {
	size_t len;
	uint8_t bytes[1 << 16];
};

static struct buffer archive, coded;

static void
put(struct buffer *b, const void *bytes, size_t len)
{
	assert_true(b->len + len <= sizeof(b->bytes));
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

static void
put_text(struct buffer *b, const char *text)
{
	put(b, text, strlen(text));
}

static void
put_little(struct buffer *b, uint32_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		uint8_t byte = (uint8_t)(n >> (8 * i));

		put(b, &byte, 1);
	}
}

/* A file in a ZIP: its name, how it is packed, and both its headers' sizes. */
struct file {
	const char *name;
	uint32_t method, flags;
	uint32_t packed, size;	       /* of the file's header */
	uint32_t dir_packed, dir_size; /* of the directory's */
	uint32_t dir_method;	       /* NONE: the same */
};

#define SAME(packed, size) (packed), (size), (packed), (size), NONE
#define DEFLATE(name, packed, size)                \
	{                                          \
		name, 8, FLAGS, SAME(packed, size) \
	}

static void
put_file(struct buffer *b, const struct file *f)
{
	put_text(b, "PK\3\4");
	put_little(b, 10, 2); /* is a LF */
	put_little(b, f->flags, 2);
	put_little(b, f->method, 2);
	put_little(b, 0, 4);
	put_little(b, 0x12345678, 4);
	put_little(b, f->packed, 4);
	put_little(b, f->size, 4);
	put_little(b, (uint32_t)strlen(f->name), 2);
	put_little(b, 0, 2);
	put_text(b, f->name);
	put_text(b, "and what is in it");
}

static void
put_directory(struct buffer *b, const struct file *f, size_t place)
{
	put_text(b, "PK\1\2");
	put_little(b, 20, 2);
	put_little(b, 10, 2);
	put_little(b, f->flags, 2);
	put_little(b, f->dir_method != NONE ? f->dir_method : f->method, 2);
	put_little(b, 0, 4);
	put_little(b, 0x12345678, 4);
	put_little(b, f->dir_packed, 4);
	put_little(b, f->dir_size, 4);
	put_little(b, (uint32_t)strlen(f->name), 2);
	for (int i = 0; i < 3; i++)
		put_little(b, 0, 4);
	put_little(b, (uint32_t)place, 4);
	put_text(b, f->name);
}

static void
put_end(struct buffer *b, uint32_t offset)
{
	put_text(b, "PK\5\6");
	put_little(b, 0, 4);
	put_little(b, 1, 2);
	put_little(b, 1, 2);
	put_little(b, 99, 4);
	put_little(b, offset, 4);
	put_little(b, 0, 2);
}

/* With something in front of it, as self-extracting ones have. */
static void
make_zip(const struct file *files, size_t count)
{
	size_t place[16], front;

	assert_true(count <= sizeof(place) / sizeof(place[0]));
	archive.len = 0;
	put_text(&archive, "front");
	front = archive.len;
	for (size_t i = 0; i < count; i++) {
		place[i] = archive.len - front;
		put_file(&archive, &files[i]);
	}
	place[count] = archive.len - front;
	for (size_t i = count; i > 0; i--)
		put_directory(&archive, &files[i - 1], place[i - 1]);
	put_end(&archive, (uint32_t)place[count]);
}

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

/* --- codings -------------------------------------------------------------- */

enum coding {
	PLAIN,
	BASE64,
	BASE64_ODD,
	QUOTED,
	QUOTED_LINES,
	UU,
	UU_ODD,
	UU_SHORT,
	UU_CUT,
	CODINGS
};

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Lines as long as they may be, or of all lengths, with blanks and blank lines
 * between them. */
static void
code_base64(bool odd)
{
	size_t column = 0;

	for (size_t i = 0; i < archive.len; i += 3) {
		size_t n = archive.len - i < 3 ? archive.len - i : 3;
		uint8_t part[3] = {0};
		uint32_t bits;

		memcpy(part, archive.bytes + i, n);
		bits =
		    (uint32_t)part[0] << 16 | (uint32_t)part[1] << 8 | part[2];
		for (size_t k = 0; k < 4; k++) {
			put(&coded, k <= n ? &alphabet[bits >> 18 & 63] : "=",
			    1);
			bits <<= 6;
			if (++column % (odd ? 7 : 76) == 0)
				put_text(&coded, odd ? " \r\n\r\n- " : "\r\n");
		}
	}
	put_text(&coded, "\r\n");
}

/* lines: what is LF in it ends a line, and is CR LF on its way; and there are
 * blanks behind the signs that join lines. */
static void
code_quoted(bool lines)
{
	char text[4];

	for (size_t i = 0; i < archive.len; i++) {
		uint8_t c = archive.bytes[i];

		if (lines && c == '\n')
			put_text(&coded, "\r\n");
		else if (c > ' ' && c < 127 && c != '=' && c % 3 != 0)
			put(&coded, &c, 1);
		else {
			snprintf(
			    text, sizeof(text), i % 2 ? "=%02X" : "=%02x", c);
			put_text(&coded, text);
		}
		if (i % 23 == 22)
			put_text(&coded, lines		? "= \t\r\n"
					 : i % 46 == 45 ? "=\n"
							: "=\r\n");
	}
}

/* In lines of so many bytes.  cut: without blanks at their ends. */
static void
code_uu(size_t width, bool cut)
{
	put_text(&coded, "begin 644 a.zip\r\n");
	for (size_t i = 0; i < archive.len; i += width) {
		size_t n = archive.len - i < width ? archive.len - i : width;
		uint8_t c = (uint8_t)(' ' + n);

		put(&coded, &c, 1);
		for (size_t k = 0; k < n; k += 3) {
			uint8_t part[3] = {0};
			uint32_t bits;

			memcpy(
			    part, archive.bytes + i + k, n - k < 3 ? n - k : 3);
			bits = (uint32_t)part[0] << 16 |
			       (uint32_t)part[1] << 8 | part[2];
			for (int j = 0; j < 4; j++) {
				c = (uint8_t)(bits >> 18 & 63);
				c = c == 0 && !cut ? '`' : (uint8_t)(' ' + c);
				put(&coded, &c, 1);
				bits <<= 6;
			}
		}
		while (cut && coded.bytes[coded.len - 1] == ' ')
			coded.len--;
		put_text(&coded, i % 2 ? "\r\n" : "\n");
	}
	put_text(&coded, "`\r\nend\r\n");
}

/* A message with the archive in it. */
static void
code(enum coding how, const char *front)
{
	coded.len = 0;
	put_text(&coded, front);
	switch (how) {
	case PLAIN:
		put(&coded, archive.bytes, archive.len);
		break;
	case BASE64:
	case BASE64_ODD:
		code_base64(how == BASE64_ODD);
		break;
	case QUOTED:
	case QUOTED_LINES:
		code_quoted(how == QUOTED_LINES);
		break;
	case UU:
		code_uu(45, false);
		break;
	case UU_ODD:
		code_uu(43, false);
		break;
	case UU_SHORT:
		code_uu(1, false);
		break;
	case UU_CUT:
		code_uu(45, true);
		break;
	case CODINGS:
		break;
	}
	put_text(&coded, "\r\n--=_p--\r\n");
}

/* In pieces of so many bytes, each on the heap, where its ends are seen. */
static void
look_at(struct look *l, size_t step)
{
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < coded.len; i += step) {
		size_t n = coded.len - i < step ? coded.len - i : step;
		uint8_t *piece = malloc(n);

		assert_non_null(piece);
		memcpy(piece, coded.bytes + i, n);
		look_body(l, span_of(piece, n));
		free(piece);
	}
	look_end(l);
}

/* With lines that end in CR LF, as some readers have them, an archive may be
 * faulty that for others is none. */
static void
holds(const struct look *l, enum coding how, enum archive_fault want,
    bool inner, const struct archive_bounds *b)
{
	if (how == QUOTED_LINES) {
		if (want != ARCHIVE_FINE)
			assert_int_not_equal(look_judge(l, b), ARCHIVE_FINE);
		return;
	}
	assert_int_equal(look_judge(l, b), want);
	assert_int_equal(look_is_blind(l), inner);
}

/* The same whatever it is coded in, wherever it begins. */
static void
finds(enum archive_fault want, bool inner, const struct archive_bounds *b)
{
	static const char *const fronts[] = {
	    "--=_p\r\nContent-Type: x/y\r\n\r\n", "=\r\n", "A\r\n\r\n",
	    "AB\r\n\r\n", "begin\r\n", ""};
	static const size_t steps[] = {1, 57, 4096, SIZE_MAX / 2};
	struct look l;

	for (int how = 0; how < CODINGS; how++) {
		for (size_t f = 0; f < sizeof(fronts) / sizeof(fronts[0]);
		     f++) {
			code((enum coding)how, fronts[f]);
			for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]);
			     s++) {
				look_at(&l, steps[s]);
				holds(&l, (enum coding)how, want, inner, b);
			}
		}
	}
}

/* --- tests ---------------------------------------------------------------- */

#define ONE(...) (const struct file[]){__VA_ARGS__}, 1

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
	    cmocka_unit_test(test_within),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_swapped),
	    cmocka_unit_test(test_no_directory),
	    cmocka_unit_test(test_inner),
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
