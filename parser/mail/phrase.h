/* SPDX-License-Identifier: ISC */
/*
 * The words that Pratique writes into headers and replies: built in fixed
 * memory, without stdio.  Signature names come from outside; phrase_name makes
 * them harmless before anything else sees them.
 */
#ifndef PARSER_MAIL_PHRASE_H
#define PARSER_MAIL_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/decoding.h"
#include "lib/outcome.h"

/* Longer than any name of clamd's own; what is longer is cut. */
#define PHRASE_NAME_MAX 64
/* A host name (255) and a few words; or an SMTP line. */
#define PHRASE_MAX 512

struct phrase {
	size_t len;
	bool full; /* something did not fit: not to be used */
	char text[PHRASE_MAX];
};

/* What %v stands for: the signature name, reduced to printable ASCII without
 * spaces, parentheses and backslashes and cut; without a name the reason
 * ("timeout"), or the verdict. */
void phrase_name(
    enum outcome, const char *signature, char out[static PHRASE_NAME_MAX + 1]);

/* Each returns false if the text does not fit.  name is from phrase_name. */

/* "Clean", "Infected (NAME)", "Exempt", "Unscanned (REASON)"; "Infected (NAME)
 * in part 2.1 (base64-restart)" if the object has a part. */
bool phrase_status(struct phrase *, enum outcome, const char *name,
    const struct reading_object *);

/* "Pratique at HOSTNAME". */
bool phrase_scanned(struct phrase *, const char *hostname);

/* The operator's reply with %v and %% replaced. */
bool phrase_reply(struct phrase *, const char *reply, const char *name);

#endif
