/* SPDX-License-Identifier: ISC */
/* Bytes as ASCII characters, whatever the locale says. */
#ifndef PARSER_MIME_ASCII_H
#define PARSER_MIME_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

static inline uint8_t
ascii_lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A'))
					  : byte;
}

/* White space within a line. */
static inline bool
ascii_is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* That, or a byte of a line end. */
static inline bool
ascii_is_white(uint8_t byte)
{
	return ascii_is_blank(byte) || byte == '\r' || byte == '\n';
}

/* Are they the same, in upper or lower case? */
static inline bool
ascii_same(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return false;
	}
	return true;
}

#endif
