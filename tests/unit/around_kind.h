/* SPDX-License-Identifier: ISC */
/*
 * Contents of which the kinds are expected: made of pieces, and read whole, in
 * pieces, and cut at the places where it matters.
 */
#ifndef TESTS_UNIT_AROUND_KIND_H
#define TESTS_UNIT_AROUND_KIND_H

#include "parser/mime/kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct content {
	size_t len;
	uint8_t byte[70000];
};

static inline void
content_add(struct content *c, const void *bytes, size_t len)
{
	assert_true(len <= sizeof(c->byte) - c->len);
	memcpy(c->byte + c->len, bytes, len);
	c->len += len;
}

#define ADD(c, text) content_add(c, text, sizeof(text) - 1)

static inline void
content_fill(struct content *c, size_t len, uint8_t byte)
{
	assert_true(len <= sizeof(c->byte) - c->len);
	memset(c->byte + c->len, byte, len);
	c->len += len;
}

/* Names of what is found, each behind a space. */
static inline const char *
kinds_of(const struct content *c, size_t first, size_t piece)
{
	static char names[1024];
	static struct kind_reader r;
	struct cursor in = cursor_of(span_of(c->byte, c->len));
	struct kinds found;

	memset(&r, 0xa5, sizeof(r));
	kind_begin(&r);
	for (size_t len = first; !cursor_empty(&in); len = piece) {
		struct span s;

		assert_true(
		    cursor_take(&in, len < in.left ? len : in.left, &s));
		kind_bytes(&r, s);
	}
	found = kind_end(&r);
	names[0] = '\0';
	for (unsigned int k = 0; k < KIND_COUNT; k++) {
		if (!kinds_has(&found, (enum kind)k))
			continue;
		strcat(names, " ");
		strcat(names, kind_name((enum kind)k));
	}
	return names;
}

/* Whole, in pieces, and cut at every place of a short one or around the places
 * where it matters of a long one. */
static inline void
expect(const struct content *c, const char *kinds)
{
	static const size_t pieces[] = {1, 7, 511, 512, 513, 4095, 4097};
	size_t near[] = {1, 512, 1024, 4096, 0x8001, c->len / 2, c->len};

	assert_string_equal(kinds_of(c, c->len, 1), kinds);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		assert_string_equal(kinds_of(c, pieces[i], pieces[i]), kinds);
	for (size_t i = 1; c->len < 2000 && i < c->len; i++)
		assert_string_equal(kinds_of(c, i, c->len), kinds);
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
		for (size_t at = near[i] > 40 ? near[i] - 40 : 1;
		     c->len >= 2000 && at < near[i] + 40; at++)
			assert_string_equal(kinds_of(c, at, c->len), kinds);
	}
}

#endif
