/* SPDX-License-Identifier: ISC */
/*
 * The rows of a message: its lines, as they are to all programs together.  A
 * row ends with LF, CRLF, CR CR LF, or a CR alone; and where a long line may be
 * broken on its way to somebody's reader, if "-" stands there.
 */
#ifndef PARSER_MIME_ROWS_H
#define PARSER_MIME_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/source.h"

#define ROW_KEPT 1024 /* of a row; the rest is only counted */

struct row {
	uint64_t begins;
	uint64_t next; /* where the row behind it begins */
	uint64_t len;  /* of its text */
	uint8_t end;   /* bytes of its end: 0 to 3 */
	bool cr;       /* that is a CR alone */
	bool within;   /* it begins within a line */
	bool relayed;  /* and where programs that relay mail break lines */
	size_t kept;
	uint8_t text[ROW_KEPT];
};

struct rows {
	struct source *source;
	unsigned int level;
	struct cursor in;
	/* Where the next of these is in it, counted from its end: not looked
	 * for again with each row of a long piece. */
	size_t lf, cr;
	uint64_t at;	 /* of in */
	uint64_t column; /* of the line, where the row begins */
	uint8_t crs;	 /* CR that were read of its end */
	bool owed;	 /* a row begins with a CR that was read */
	bool dash;	 /* the last byte was "-" */
	uint32_t fills;
	struct source_mark mark; /* for where the row begins */
	struct row row;
};

/* From where level k of the source is read, which is at. */
void rows_begin(struct rows *, struct source *, unsigned int k, uint64_t at);

/* The next row is in ->row; false if there is none. */
bool rows_next(struct rows *);

/* What is kept of the row's text. */
static inline struct span
row_text(const struct row *row)
{
	return span_of(row->text, row->kept);
}

#endif
