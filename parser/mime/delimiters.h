/* SPDX-License-Identifier: ISC */
/*
 * Candidates: whatever one or another program may take for the boundary of a
 * multipart.  A set of texts, and which rows of a message they make to
 * delimiters.  Pure, fixed memory; a row costs at most its length times the
 * logarithm of the set.
 */
#ifndef PARSER_MIME_DELIMITERS_H
#define PARSER_MIME_DELIMITERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define DELIMITERS_MAX	512
#define DELIMITERS_TEXT 12288

struct delimiters {
	size_t count;
	size_t roots; /* those of which no other one is the beginning, upper and
		       * lower case being one; in order */
	bool empty;   /* one is "" */
	bool full;    /* there were more than fit */
	size_t used;
	uint16_t at[DELIMITERS_MAX];
	uint16_t len[DELIMITERS_MAX];
	uint16_t root[DELIMITERS_MAX];
	bool first[256]; /* some root begins with that byte */
	uint8_t text[DELIMITERS_TEXT];
};

enum cut {
	CUT_NOT,
	CUT_NEAR, /* only some programs take it for a delimiter */
	CUT_EXACT,
};

void delimiters_clear(struct delimiters *);
void delimiters_add(struct delimiters *, struct span);

/* Only the first count of them stay. */
void delimiters_keep(struct delimiters *, size_t count);

/* The text of a row, or its beginning.  Near misses are all rows that begin,
 * behind white space, with a candidate, with or without dashes. */
enum cut delimiters_cut(const struct delimiters *, struct span row);

#endif
