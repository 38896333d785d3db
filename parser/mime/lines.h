/* SPDX-License-Identifier: ISC */
/*
 * The lines of a stream of bytes, of which only the beginnings are looked at.
 * A line that lies in one piece is not copied.
 */
#ifndef PARSER_MIME_LINES_H
#define PARSER_MIME_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define LINES_HEAD_MAX 128

/* Zeroed memory: at the start of a line. */
struct lines {
	uint64_t len; /* of the current line, so far */
	bool told;    /* its head */
	bool cr;      /* its last byte is a CR */
	uint8_t head[LINES_HEAD_MAX];
};

/* A line, or a piece of one: starts comes once for each, ends as well. */
struct lines_line {
	bool starts;
	struct span head; /* then: at most LINES_HEAD_MAX, without its end */
	bool ends;
	uint64_t len;	   /* then: of all of it, without its end */
	struct span piece; /* bytes taken now, without LF */
	uint64_t from;	   /* where in the line they stand */
	size_t taken;	   /* bytes of input */
};

/* Takes a line or piece off in; false: in is empty. */
bool lines_next(struct lines *, struct cursor *in, struct lines_line *out);

/* There is no more: the last line, if it had no end; false if it had. */
bool lines_end(struct lines *, struct lines_line *out);

#endif
