/* SPDX-License-Identifier: ISC */
/*
 * A segment: what stands between two rows that some program may take for
 * delimiters.  A segment's header ends here for one program and there for
 * another; so it has several bodies, each with the encodings that the fields
 * before it name.
 */
#ifndef PARSER_MIME_SEGMENT_H
#define PARSER_MIME_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/decoding.h"
#include "lib/span.h"
#include "parser/mime/rows.h"

#define SEGMENT_BODIES 12
#define SEGMENT_FIELD  2048

struct segment_body {
	uint64_t at;
	uint32_t decodings; /* 1 << enum decoding: as what it is to be read */
};

struct segment {
	uint64_t begins, ends;
	size_t bodies;
	struct segment_body body[SEGMENT_BODIES];
	uint32_t words; /* 1 << enum encoding: all that its fields name */
	bool multipart; /* they say that it is one, or a message */
	bool message;
};

/* What reads the rows of a segment. */
struct segment_reader {
	struct segment *out;
	uint32_t inherited; /* encodings of what is around it */
	enum {
		SEGMENT_HEADER, /* fields, up to an empty row */
		SEGMENT_SECOND, /* what may be another header */
		SEGMENT_TEXT,	/* what may end before an encoded body */
		SEGMENT_BODY
	} state;
	bool uuencode, yenc; /* one begins in it */
	uint32_t fields;     /* of the header so far */
	uint32_t others;     /* rows of it that are none */
	uint32_t blanks;     /* of white space only, within headers */
	uint32_t junk;	     /* where a body was supposed */
	uint32_t paddings;   /* of base64 */
	bool cr;	     /* a CR alone seemed to end a header */
	bool field_cut;
	size_t field_len; /* the last field or other row, unfolded */
	uint8_t field[SEGMENT_FIELD];
	uint8_t copy[SEGMENT_FIELD];
};

void segment_begin(struct segment_reader *, struct segment *out, uint64_t at,
    uint32_t inherited);
void segment_row(struct segment_reader *, const struct row *);
void segment_end(struct segment_reader *, uint64_t at);

#endif
