/* SPDX-License-Identifier: ISC */
/*
 * What structured fields are made of (RFC 2045 5.1, RFC 5322 3.2): white space,
 * comments, tokens.  The end of a fold, CR LF or LF, is white space.
 */
#ifndef PARSER_MIME_SYNTAX_H
#define PARSER_MIME_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"
#include "parser/mime/ascii.h"

#define SYNTAX_DEPTH_MAX 32 /* of comments in comments */

struct syntax_found {
	bool comment;
	bool open; /* a comment without its end */
	bool deep; /* deeper than that: the rest was not read */
};

static inline bool
syntax_is_blank(int byte)
{
	return byte >= 0 && ascii_is_white((uint8_t)byte);
}

/* Is it one of those characters? */
static inline bool
syntax_is_one_of(int byte, const char *set)
{
	return byte > 0 && strchr(set, byte) != NULL;
}

/* One of the characters that end a token. */
static inline bool
syntax_is_special(int byte)
{
	return syntax_is_one_of(byte, "()<>@,;:\\\"/[]?=");
}

/* The next byte, which stays there; -1 at the end. */
static inline int
syntax_peek(const struct cursor *c)
{
	return c->left > 0 ? c->at[0] : -1;
}

static inline void
syntax_step(struct cursor *c)
{
	uint8_t byte;

	(void)cursor_u8(c, &byte);
}

/* What a cursor has passed since it was at before. */
static inline struct span
syntax_between(const struct cursor *before, const struct cursor *c)
{
	return span_of(before->at, before->left - c->left);
}

/* Is it that word, in upper or lower case? */
bool syntax_is(struct span, const char *lower);

bool syntax_equal(struct span, struct span);

/* Without white space at its end. */
struct span syntax_trim(struct span);

/* Does it contain that word, in upper or lower case? */
bool syntax_contains(struct span, const char *lower);

/* Passes white space and comments. */
void syntax_skip(struct cursor *, struct syntax_found *);

/* Takes what may stand in a token (RFC 2045), which may be nothing. */
struct span syntax_token(struct cursor *);

#endif
