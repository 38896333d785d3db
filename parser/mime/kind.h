/* SPDX-License-Identifier: ISC */
/*
 * What a content is by its own bytes: a small table of signatures, and
 * what streams by behind them (names in ZIP directories and OLE2 sectors, words
 * of PDF).  All kinds that fit are reported, not the first.  Nothing is
 * unpacked.  Pure, fixed memory, constant work per byte.
 */
#ifndef PARSER_MIME_KIND_H
#define PARSER_MIME_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/kind_head.h"
#include "parser/mime/kind_stream.h"
#include "parser/mime/kind_table.h"

/* Memory is touched as content comes. */
struct kind_reader {
	uint64_t len; /* bytes so far */
	struct kinds found;
	struct kind_stream stream;
	uint8_t head[KIND_HEAD_MAX];
	uint8_t keep[2 * KIND_AHEAD]; /* the last ones: not yet looked at */
};

void kind_begin(struct kind_reader *);
void kind_bytes(struct kind_reader *, struct span decoded);
/* The content is whole. */
struct kinds kind_end(struct kind_reader *);

#endif
