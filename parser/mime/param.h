/* SPDX-License-Identifier: ISC */
/*
 * Parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231),
 * read strictly, with what other programs would read differently as anomalies.
 * Values stay where they are, folds, escapes and all, until they are written
 * somewhere.  Pure; no recursion; linear.
 */
#ifndef PARSER_MIME_PARAM_H
#define PARSER_MIME_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/span.h"

#define PARAMS_MAX	64   /* of one field; more: limit-params, not read */
#define PARAM_SECTIONS	64   /* of one parameter, from 0; the same */
#define PARAM_VALUE_MAX 4096 /* what is used of one value */

struct param {
	struct span name;  /* without what RFC 2231 puts behind it */
	struct span value; /* as it stands, without quotes */
	struct span whole; /* unquoted: up to the next semicolon, or so far */
	uint8_t section;
	bool sectioned; /* it has such a number */
	bool extended;	/* it has a charset and percent escapes */
	bool quoted;
	bool loose;    /* no semicolon before it: not read strictly */
	bool specials; /* unquoted, with characters that end a token */
	bool odd;      /* others may read another value, for other reasons */
};

struct params {
	uint32_t count;
	struct param param[PARAMS_MAX];
	struct anomalies found; /* param-*, limit-params */
	bool comment;		/* there is a comment between them */
	bool broken; /* others may find other parameters than these */
};

/* Reads what stands behind type or disposition; alone: there is none, so that
 * the first parameter needs no semicolon. */
void params_read(struct span rest, bool alone, struct params *out);

/* A value: of one parameter, or of sections joined. */
struct value {
	uint32_t count;
	const struct param *section[PARAM_SECTIONS];
	bool gap;   /* a section is missing, or its number is odd */
	bool twice; /* a section is there twice, with different values */
};

enum value_form {
	VALUE_PLAIN,   /* escapes resolved, both kinds; no charset */
	VALUE_KEPT,    /* the same with backslashes where they stand */
	VALUE_LITERAL, /* the same with charset and percent escapes */
	VALUE_WHOLE,   /* of one unquoted parameter: what is whole above */
};

/* The next parameter of that name, not sectioned, at *from or behind it; *from
 * becomes its successor.  False: there is no other. */
bool value_next(
    const struct params *, const char *name, uint32_t *from, struct value *out);

/* The sections of that name, by number; of those that are there twice the
 * first or the last.  False: there are none. */
bool value_join(
    const struct params *, const char *name, bool last, struct value *out);

/* The charset of an extended value, "" if it is not extended; false if it is
 * and has none. */
bool value_charset(const struct value *, struct span *out);

/*
 * Writes it without the ends of folds.  What does not fit is left out: of all
 * but the first room - tail and the last tail bytes.  Returns the length; found
 * gets param-percent-bad; *cut is set if something was left out.
 */
size_t value_write(const struct value *, enum value_form, uint8_t *out,
    size_t room, size_t tail, struct anomalies *found, bool *cut);

#endif
