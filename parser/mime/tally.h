/* SPDX-License-Identifier: ISC */
/*
 * Which kinds of bytes there are, in one pass over many bytes at once.
 */
#ifndef PARSER_MIME_TALLY_H
#define PARSER_MIME_TALLY_H

#include <stdbool.h>

#include "lib/span.h"

struct tally {
	bool bare_cr; /* a CR without LF behind it; the last byte counts */
	bool bare_lf; /* a LF without CR before it; the first byte counts */
	bool nul;
	bool high; /* 8-bit */
};

struct tally tally_bytes(struct span);

#endif
