/* SPDX-License-Identifier: ISC */
/*
 * Charsets as far as names need them: a converter takes bytes one by one, so
 * that a character may come in two pieces, and writes UTF-8.  Pure.
 */
#ifndef PARSER_MIME_CHARSET_H
#define PARSER_MIME_CHARSET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/utf8.h"

enum charset {
	CHARSET_BYTES, /* of UTF-8, or of what we do not know */
	CHARSET_LATIN1,
	CHARSET_LATIN9,
	CHARSET_1252,
	CHARSET_UTF16, /* its first bytes say which of the next two */
	CHARSET_UTF16BE,
	CHARSET_UTF16LE,
	CHARSET_UTF7,
};

/* Begins with to and charset set, and the rest zero. */
struct charset_converter {
	struct utf8_sink *to;
	enum charset charset;
	uint32_t high; /* UTF-16: first half of a pair, or 0 */
	bool half;     /* a first byte of a unit is kept */
	uint8_t first;
	bool shifted; /* UTF-7: inside base64 */
	bool empty;   /* with nothing in it so far */
	uint32_t bits, count;
};

/* The one of that name, in upper or lower case.  False: none that we know, its
 * bytes stay as they are. */
bool charset_find(struct span name, enum charset *out);

void charset_byte(struct charset_converter *, uint8_t byte);

/* There are no more: half a character becomes a replacement. */
void charset_end(struct charset_converter *);

/* The value of a base64 character; 64 of others. */
uint32_t charset_base64(uint8_t byte);

#endif
