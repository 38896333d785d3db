/* SPDX-License-Identifier: ISC */
/*
 * For tests of scanner/look.c: archives in every coding that mail has, at every
 * place, in pieces and whole.
 */
#ifndef TESTS_UNIT_AROUND_LOOK_H
#define TESTS_UNIT_AROUND_LOOK_H

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

#endif
