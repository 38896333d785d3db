/* SPDX-License-Identifier: ISC */
/* What the beginning of a content says of its kind; see kind.h. */
#ifndef PARSER_MIME_KIND_HEAD_H
#define PARSER_MIME_KIND_HEAD_H

#include "lib/span.h"
#include "parser/mime/kind_table.h"

/* The first bytes, at most KIND_HEAD_MAX; all if there are fewer.  Adds to
 * found. */
#define KIND_HEAD_MAX 4096
void kind_head(struct span head, struct kinds *found);

#endif
