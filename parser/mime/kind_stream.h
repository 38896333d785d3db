/* SPDX-License-Identifier: ISC */
/*
 * What streams by behind the beginning of a content: names in ZIP directories
 * and OLE2 sectors, words of PDF, marks at fixed places.  Each place is looked
 * at once, with KIND_AHEAD bytes from there on in view, or those up to the end;
 * therefore the result does not depend on how the content is cut.  A header in
 * a ZIP archive is what has its mark, also when the content ends in it: its
 * flags count if they are there.
 */
#ifndef PARSER_MIME_KIND_STREAM_H
#define PARSER_MIME_KIND_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/kind_table.h"

#define KIND_AHEAD 512

struct kind_stream {
	struct kinds of_zip; /* if it turns out to be one */
	uint64_t zip_end;    /* where its end record stands, and one; or 0 */
};

/* Looks at the first places of view, which stands at base in the content. */
void kind_scan(struct kind_stream *, struct kinds *found, uint64_t base,
    struct span view, size_t places);

/* The content has len bytes; tail are the last KIND_AHEAD of them, or all. */
void kind_scan_end(
    struct kind_stream *, struct kinds *found, uint64_t len, struct span tail);

#endif
