/* SPDX-License-Identifier: ISC */
/*
 * Cuts a level of a source, the message or what is inside of it, into segments:
 * at each row that some program may take for a delimiter.
 */
#ifndef PARSER_MIME_CUTTER_H
#define PARSER_MIME_CUTTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/mime/delimiters.h"
#include "parser/mime/gather.h"
#include "parser/mime/rows.h"
#include "parser/mime/segment.h"
#include "parser/mime/source.h"

/* Where a level is being cut. */
struct cutting {
	struct source_mark here, next; /* segment.begins, next_at */
	uint64_t next_at;
	struct segment segment;
	uint64_t near_end;  /* of the segment, if it goes on over near misses */
	bool near;	    /* it ended with one */
	bool last;	    /* there is none behind it */
	bool dashes;	    /* no row has a candidate: "--" is enough */
	uint32_t inherited; /* encodings that multiparts around name */
	size_t candidates;  /* those of the levels below */
};

/* What is needed for one level at a time. */
struct cutter {
	struct source *source;
	struct delimiters candidates;
	uint32_t cuts; /* on all levels */
	struct rows rows;
	struct segment_reader reader;
	struct gather gather;
};

void cutter_begin(struct cutter *, struct source *);

/* Level k, which is read from its beginning, is to be cut. */
void cutter_open(struct cutter *, struct cutting *, unsigned int k);

/* Cuts the next segment off; false: there are no more. */
bool cutter_next(struct cutter *, struct cutting *, unsigned int k);

/* The same segment, but longer, as programs see it who take only exact
 * delimiters for one; false: there is none. */
bool cutter_longer(struct cutter *, struct cutting *, unsigned int k);

/* The level is done: the levels below go on with their candidates. */
void cutter_close(struct cutter *, const struct cutting *);

#endif
