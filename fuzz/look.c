/* SPDX-License-Identifier: ISC */
/*
 * The scanner's own look at archives: scanner/look.c and archive.c, against a
 * second way to it that has the whole message before it: it brings it into each
 * of the readings, base64 from each even bit on, and hands every header in
 * them to archive.c.  In pieces and as a whole the same must be found.
 *
 * Input: length of the pieces, then the body.
 */
#include "scanner/look.h"

#include <stdlib.h>

#include "fuzz/kit/fuzz.h"

#define BODY_MAX 4096

static const struct archive_bounds bounds = {
    .file = UINT64_C(25) << 20, .all = UINT64_C(100) << 20};

struct reading {
	size_t len;
	uint8_t bytes[BODY_MAX + 8];
};

static struct reading reading;

static void
put(uint8_t byte)
{
	NEED(reading.len < sizeof(reading.bytes));
	reading.bytes[reading.len++] = byte;
}

/* Every header in the reading, which begins at that bit. */
static void
judge(struct archive *a, uint64_t from)
{
	for (size_t i = 0; i + ARCHIVE_MARK <= reading.len; i++) {
		const uint8_t *at = reading.bytes + i;
		size_t n = reading.len - i;
		uint32_t mark = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
				(uint32_t)at[2] << 8 | at[3];

		if (n > ARCHIVE_HEADER_MAX)
			n = ARCHIVE_HEADER_MAX;
		if (archive_is_mark(mark)) {
			struct span header = fuzz_copy(span_of(at, n));

			archive_header(a, header, from + i * 8);
			free((void *)(uintptr_t)header.ptr);
		}
	}
}

static int
letter(uint8_t c)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = memchr(alphabet, c, 64);

	return at == NULL ? -1 : (int)(at - alphabet);
}

/* Without the first bits, which are no more than a letter. */
static void
read_base64(struct span body, unsigned int drop, struct archive *a)
{
	uint32_t bits = 0;
	unsigned int have = 0;
	bool first = true;

	reading.len = 0;
	for (size_t i = 0; i < body.len; i++) {
		int l = letter(body.ptr[i]);

		if (l == -1)
			continue;
		bits = bits << 6 | (uint32_t)l;
		have += first ? 6 - drop : 6;
		first = false;
		if (have >= 8) {
			have -= 8;
			put((uint8_t)(bits >> have));
		}
	}
	judge(a, drop);
}

static void
read_plain(struct span body, struct archive *a)
{
	reading.len = 0;
	for (size_t i = 0; i < body.len; i++)
		put(body.ptr[i]);
	judge(a, 0);
}

static bool
same(const struct archive *a, const struct archive *b)
{
	return a->inner == b->inner && a->largest == b->largest &&
	       a->cabinets == b->cabinets && a->told == b->told &&
	       a->untold == b->untold &&
	       (a->fault == ARCHIVE_FINE) == (b->fault == ARCHIVE_FINE);
}

/* In one order, too. */
static bool
equal(const struct archive *a, const struct archive *b)
{
	return same(a, b) && a->difference == b->difference &&
	       a->open == b->open && a->listed == b->listed;
}

static void
look_at(struct look *l, struct span body, size_t step)
{
	struct cursor at = cursor_of(body);
	struct span piece;

	memset(l, 0, sizeof(*l));
	while (!cursor_empty(&at)) {
		NEED(cursor_take(&at, at.left < step ? at.left : step, &piece));
		piece = fuzz_copy(piece);
		look_body(l, piece);
		free((void *)(uintptr_t)piece.ptr);
	}
	look_end(l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct look pieces, whole;
	struct cursor c = cursor_of(span_of(data, size));
	size_t step = (size_t)fuzz_u8(&c) + 1;
	struct span body = cursor_rest(&c);
	struct archive plain = {0}, base64 = {0};

	if (body.len > BODY_MAX)
		return 0;
	look_setup(1);
	look_at(&pieces, body, step);
	look_at(&whole, body, BODY_MAX);
	NEED(look_judge(&pieces, &bounds) == look_judge(&whole, &bounds));
	NEED(look_is_blind(&pieces) == look_is_blind(&whole));
	NEED(equal(&pieces.uu.archive, &whole.uu.archive));
	NEED(equal(&pieces.quoted.bytes.archive, &whole.quoted.bytes.archive));
	NEED(equal(&pieces.unix_quoted.bytes.archive,
	    &whole.unix_quoted.bytes.archive));
	read_plain(body, &plain);
	NEED(equal(&plain, &whole.plain.archive));
	NEED(equal(&pieces.base64.archive, &whole.base64.archive));
	for (unsigned int drop = 0; drop < 8; drop += 2)
		read_base64(body, drop, &base64);
	NEED(same(&base64, &whole.base64.archive));
	return 0;
}
