/* SPDX-License-Identifier: ISC */
/*
 * Address lists (RFC 5322 3.4, with the obsolete forms of 4.4 and what real
 * mail has besides).  Pure; no recursion; linear.
 */
#ifndef PARSER_MIME_MAILBOX_H
#define PARSER_MIME_MAILBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"

struct mailbox {
	struct span name;    /* display name or comment, as it stands; or "" */
	struct span address; /* without brackets and route, with comments and
			      * white space inside it; may be "" */
	struct span group;   /* name of the group it is in; or "" */
};

struct mailbox_list {
	struct cursor at;
	struct span group;
	bool in_group;
	uint32_t groups; /* that have begun */
	bool malformed;	 /* something was not understood, or nested too deep */
};

/* An unfolded value. */
void mailbox_begin(struct mailbox_list *, struct span value);

/* The next one; false: there are no more.  Encoded words are not decoded:
 * their content is no syntax. */
bool mailbox_next(struct mailbox_list *, struct mailbox *out);

#endif
