/* SPDX-License-Identifier: ISC */
/*
 * Spans and cursors: the only way in which outside bytes are read.
 *
 * A span is a view of bytes that somebody else owns.  A cursor walks through
 * one and cannot leave it: each cursor_ function checks what is left, and
 * either takes and returns true, or leaves cursor and results alone and
 * returns false.  Parsers are written with these and without pointer
 * arithmetic of their own.
 */
#ifndef LIB_SPAN_H
#define LIB_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *ptr;
	size_t len;
};

struct cursor {
	const uint8_t *at;
	size_t left;
};

static inline struct span
span_of(const void *ptr, size_t len)
{
	return (struct span){.ptr = ptr, .len = len};
}

static inline struct span
span_text(const char *text)
{
	return span_of(text, strlen(text));
}

static inline struct cursor
cursor_of(struct span s)
{
	return (struct cursor){.at = s.ptr, .left = s.len};
}

/* Takes n bytes; *out views them. */
static inline bool
cursor_take(struct cursor *c, size_t n, struct span *out)
{
	if (c->left < n)
		return false;
	*out = span_of(c->at, n);
	c->at += n;
	c->left -= n;
	return true;
}

static inline bool
cursor_u8(struct cursor *c, uint8_t *out)
{
	struct span s;

	if (!cursor_take(c, 1, &s))
		return false;
	*out = s.ptr[0];
	return true;
}

/* 16 and 32 bits, big-endian. */
static inline bool
cursor_u16(struct cursor *c, uint16_t *out)
{
	struct span s;

	if (!cursor_take(c, 2, &s))
		return false;
	*out = (uint16_t)(s.ptr[0] << 8 | s.ptr[1]);
	return true;
}

static inline bool
cursor_u32(struct cursor *c, uint32_t *out)
{
	struct span s;

	if (!cursor_take(c, 4, &s))
		return false;
	*out = (uint32_t)s.ptr[0] << 24 | (uint32_t)s.ptr[1] << 16 |
	       (uint32_t)s.ptr[2] << 8 | (uint32_t)s.ptr[3];
	return true;
}

/* Takes bytes up to and with the next NUL; *out is without the NUL.  False
 * if there is no NUL in what is left. */
static inline bool
cursor_string(struct cursor *c, struct span *out)
{
	const uint8_t *nul = c->left ? memchr(c->at, 0, c->left) : NULL;

	if (nul == NULL)
		return false;
	*out = span_of(c->at, (size_t)(nul - c->at));
	c->at += out->len + 1;
	c->left -= out->len + 1;
	return true;
}

/* All that is left. */
static inline struct span
cursor_rest(struct cursor *c)
{
	struct span s = span_of(c->at, c->left);

	c->at += c->left;
	c->left = 0;
	return s;
}

static inline bool
cursor_empty(const struct cursor *c)
{
	return c->left == 0;
}

#endif
