/* SPDX-License-Identifier: ISC */
/*
 * Content-Transfer-Encodings as programs read them: a decoder takes the bytes
 * of a body in pieces of any size and gives what they stand for.  Where
 * programs differ there is a decoding for each kind of them (lib/decoding.h).
 *
 * Pure, no allocation, constant work per byte; the same result however the
 * bytes are cut.
 */
#ifndef PARSER_MIME_DECODE_H
#define PARSER_MIME_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/decoding.h"
#include "lib/span.h"
#include "parser/mime/decoder.h"

/* What a Content-Transfer-Encoding says. */
enum encoding {
	ENCODING_NONE, /* there is no such field */
	ENCODING_7BIT,
	ENCODING_8BIT,
	ENCODING_BINARY,
	ENCODING_BASE64,
	ENCODING_QUOTED_PRINTABLE,
	ENCODING_UUENCODE, /* x-uuencode and its like */
	ENCODING_YENC,	   /* x-yencode */
	ENCODING_UNKNOWN,
	ENCODINGS
};

void decoder_begin(struct decoder *, enum decoding);

/*
 * Takes bytes off in and writes what they stand for to out; returns how many
 * that are, at most room, which is at least DECODER_TAIL_MAX.  Returns when in
 * is empty, when there is no room, or when a file begins (files has grown):
 * what it wrote belongs to what came before, and the caller calls again.
 */
size_t decoder_bytes(
    struct decoder *, struct cursor *in, uint8_t *out, size_t room);

/* There are no more bytes; what was still held back, at most
 * DECODER_TAIL_MAX.  If a file begins only here, it is that one's. */
size_t decoder_end(struct decoder *, uint8_t *out);

/* The strict decoding of an encoding; AS_IS for NONE, UNKNOWN and those that
 * change nothing. */
enum decoding decoding_of(enum encoding);

/* "7bit", "base64", ...; "none", "unknown". */
const char *encoding_name(enum encoding);

#endif
