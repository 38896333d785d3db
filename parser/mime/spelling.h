/* SPDX-License-Identifier: ISC */
/*
 * The names of an entity's file in every spelling that a program could take:
 * escapes resolved or kept, encoded words decoded or literal, whole or cut at a
 * blank, with its directories and without.
 */
#ifndef PARSER_MIME_SPELLING_H
#define PARSER_MIME_SPELLING_H

#include "lib/span.h"
#include "parser/mime/entity.h"
#include "parser/mime/name.h"
#include "parser/mime/param.h"

struct spellings {
	struct entity *entity; /* gets names and anomalies */
	bool any;	       /* there has been a name that is not empty */
	size_t len;
	uint8_t first[NAME_MAX_KEPT]; /* its normal form */
};

void spellings_begin(struct spellings *, struct entity *);

/* All spellings of one value of a parameter. */
void spellings_value(struct spellings *, const struct value *);

/* All values that a parameter has in a field: first those of RFC 2231, then the
 * plain ones, each in its order; those without a semicolon before them or the
 * others. */
void spellings_param(
    struct spellings *, const struct params *, const char *name, bool loose);

/* Of a field that is no name, but that some programs take for one. */
void spellings_text(struct spellings *, struct span value);

#endif
