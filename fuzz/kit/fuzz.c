/* SPDX-License-Identifier: ISC */
/* What all fuzz targets share; see fuzz.h. */
#include "fuzz/kit/fuzz.h"

#include <stdio.h>

void
fuzz_fault(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: violated: %s\n", file, line, what);
}

struct span
fuzz_copy(struct span s)
{
	uint8_t *copy = malloc(s.len > 0 ? s.len : 1);

	NEED(copy != NULL);
	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	return span_of(copy, s.len);
}

uint8_t
fuzz_u8(struct cursor *c)
{
	uint8_t byte = 0;

	(void)cursor_u8(c, &byte);
	return byte;
}

uint32_t
fuzz_u32(struct cursor *c)
{
	uint32_t n = 0;

	(void)cursor_u32(c, &n);
	return n;
}

struct span
fuzz_bytes(struct cursor *c)
{
	size_t len = fuzz_u8(c);
	struct span s = span_of(c->at, 0);

	(void)cursor_take(c, len < c->left ? len : c->left, &s);
	return s;
}

bool
fuzz_within(struct span inner, struct span outer)
{
	return inner.len == 0 ||
	       (inner.ptr >= outer.ptr && inner.len <= outer.len &&
		   (size_t)(inner.ptr - outer.ptr) <= outer.len - inner.len);
}

bool
fuzz_same(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
