/* SPDX-License-Identifier: ISC */
/* UTF-8 (RFC 3629), a character at a time.  Pure. */
#ifndef PARSER_MIME_UTF8_H
#define PARSER_MIME_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define UTF8_MAX	 4	/* bytes of a character */
#define UTF8_REPLACEMENT 0xfffd /* for what is no character */

/* Takes a character off a cursor that is not empty.  False: what stands there
 * is none; one byte is taken, and *code is its value. */
bool utf8_next(struct cursor *, uint32_t *code);

/* Returns the number of bytes; what is no character becomes the replacement. */
size_t utf8_put(uint32_t code, uint8_t out[static UTF8_MAX]);

/* Output, which is full for good once something did not fit: cut is set. */
struct utf8_sink {
	uint8_t *out;
	size_t room, len;
	bool cut;
};

/* As many as fit, whatever they are. */
void utf8_sink_bytes(struct utf8_sink *, struct span bytes);
void utf8_sink_byte(struct utf8_sink *, uint8_t byte);

/* A character, whole or not at all. */
void utf8_sink_code(struct utf8_sink *, uint32_t code);

#endif
