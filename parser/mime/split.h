/* SPDX-License-Identifier: ISC */
/*
 * Cuts a stream of bytes at the delimiters of the open levels, and, while a
 * header is read, at its empty line.  What lies between comes as runs, as long
 * as the pieces let them be; a line end before a delimiter belongs to that and
 * is in no run.  A CR and its LF are never in two runs.
 *
 * The same runs, put together, whatever the pieces are.
 */
#ifndef PARSER_MIME_SPLIT_H
#define PARSER_MIME_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/level.h"

#define SPLIT_EOL_MAX 2

/* A line that is not whole yet, behind room for the line end before it. */
struct split_held {
	uint8_t bytes[SPLIT_EOL_MAX + LEVEL_LINE_MAX];
};

enum split_eol {
	SPLIT_EOL_NONE,
	SPLIT_EOL_CR, /* perhaps a LF comes */
	SPLIT_EOL_LF,
	SPLIT_EOL_CRLF,
};

struct split {
	struct split_held *held;
	size_t held_len;
	uint64_t at;	    /* bytes that events have accounted for */
	enum split_eol eol; /* held back */
	bool at_start;	    /* the next byte begins a line */
	bool header;
	bool skip;     /* up to the line's end: it was a delimiter */
	bool cut_free; /* nothing can be cut: no line is looked at */
	bool first[256];
};

enum split_what {
	SPLIT_MORE, /* the input is used up */
	SPLIT_RUN,
	SPLIT_BLANK, /* the empty line behind a header */
	SPLIT_DELIMITER,
	SPLIT_CLOSE,
};

struct split_event {
	struct span run;
	uint32_t level; /* of a delimiter or close */
	bool near;	/* of a run: a near miss is in it */
	bool late;	/* the delimiter of a level that has gone */
	bool bare_lf;	/* of the others: a line end at it is one */
};

/* A new line begins here; levels or header have changed. */
void split_begin(
    struct split *, const struct levels *, struct level_range, bool header);

/* The next thing that happens; end: no input will follow, and SPLIT_MORE says
 * that nothing is held back. */
enum split_what split_next(struct split *, const struct levels *,
    struct level_range, struct cursor *in, bool end, struct split_event *out);

#endif
