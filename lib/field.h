/* SPDX-License-Identifier: ISC */
/*
 * Header fields: how long one is, and its class for the digests of a stamp
 * (scanner/digest.h), by its name alone.  The built-in lists belong to version
 * 1 of the stamp: with another list it would be another version.  Pure.
 */
#ifndef LIB_FIELD_H
#define LIB_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"

#define FIELD_NAME_MAX 64 /* of a name in a list, with its NUL */

/* What a message has besides its fields and its body: the empty line. */
#define FIELD_SEPARATOR 2

enum field_class {
	FIELD_COVERED,	  /* all that is in no list */
	FIELD_IGNORED,	  /* trace and verdict fields */
	FIELD_ADDRESS,	  /* addresses, which MTAs rewrite */
	FIELD_DATE,	  /* MTAs put it in where it is missing */
	FIELD_MESSAGE_ID, /* the same */
};

/* Names that a site adds to the ignored ones: lower case; a "*" at the end
 * stands for anything. */
struct field_list {
	uint32_t count;
	const char (*name)[FIELD_NAME_MAX];
};

/* Bytes of a field as SMTP carries it, each line with CR LF, and as the stream
 * for clamd has it.  The size of a message is that of its fields, its body and
 * the empty line between them. */
uint64_t field_size(struct span name, struct span value);

/* name in lower case. */
enum field_class field_class(struct span name, const struct field_list *site);

/* May a site add that name, in lower case, to the ignored ones? */
bool field_may_ignore(const char *name);

/* Do other programs have a field of that name, in upper or lower case?  If we
 * used it too, every message would lose theirs. */
bool field_is_others(const char *name);

#endif
