/* SPDX-License-Identifier: ISC */
/*
 * Encoded words (RFC 2047), and charsets as far as names need them.  Pure.
 */
#ifndef PARSER_MIME_WORD_H
#define PARSER_MIME_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

enum word_place {
	WORD_STRICT,   /* only whole words, as RFC 2047 has it */
	WORD_ANYWHERE, /* inside other text as well, as many programs do */
};

/*
 * Text with its encoded words decoded to UTF-8 where their charset is known
 * (us-ascii, utf-8, iso-8859-1 and -15, windows-1252, utf-16, utf-7), else to
 * their bytes.  White space between two of them goes; bytes of neighbours with
 * one charset are joined first.  What is no encoded word stays as it is.
 * Returns the length, at most room.  *words is how many were decoded, *odd
 * whether a charset is utf-7, utf-16 or unknown, *cut whether there was no room.
 * A strict one has only printable ASCII in it, another anything.
 */
size_t word_decode(struct span text, enum word_place, uint8_t *out, size_t room,
    uint32_t *words, bool *odd, bool *cut);

/* Does it contain something that begins like an encoded word ("=?") and, behind
 * that, ends like one ("?=")? */
bool word_is_there(struct span text);

/* Bytes of a charset as UTF-8, if it is one of those above; else as they are,
 * and false.  What does not fit is left out. */
bool word_to_utf8(struct span charset, struct span bytes, uint8_t *out,
    size_t room, size_t *len);

bool word_is_utf8(struct span);

#endif
