/* SPDX-License-Identifier: ISC */
/*
 * Gathers candidates from a message: whatever stands behind the word boundary,
 * wherever that is, up to the end of the field or line and its continuations.
 * Takes the message in pieces of any size.  Pure, fixed memory, linear.
 */
#ifndef PARSER_MIME_GATHER_H
#define PARSER_MIME_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/delimiters.h"

#define GATHER_VALUE 2048 /* a longer one is looked at in pieces */

struct gather {
	struct delimiters *into;
	bool multipart;	  /* the word was there */
	bool boundary;	  /* the other one was */
	uint8_t matched;  /* of "boundary" */
	uint8_t matched2; /* of "multipart" */
	bool inside;	  /* of a value */
	bool line_ended;  /* it may go on with a continuation */
	size_t len;
	uint8_t value[GATHER_VALUE];
	uint8_t work[4 * GATHER_VALUE];
};

void gather_begin(struct gather *, struct delimiters *);
void gather_bytes(struct gather *, struct span);
void gather_end(struct gather *);

#endif
