/* SPDX-License-Identifier: ISC */
/*
 * What is fit to be sent to an MTA.  MTAs differ widely in what they make of
 * control characters, bare line ends and half-formed replies, and some read
 * past their buffers; so nothing leaves us that is not in the one form that
 * all of them treat alike (docs/protocol.md, replies).  Pure predicates.
 */
#ifndef PARSER_MAIL_CANONICAL_H
#define PARSER_MAIL_CANONICAL_H

#include "lib/span.h"

/* An SMTP line with code and CRLF: RFC 5321 4.5.3.1.5. */
#define CANONICAL_LINE_MAX  512U
#define CANONICAL_LINES_MAX 32U /* as libmilter's multi-line call */

/* An SMTP reply taken apart: "550 5.7.1 text".  Lines of text are separated by
 * LF and go out with code and status on each. */
struct canonical_reply {
	struct span code;   /* three digits, the first 4 or 5 */
	struct span status; /* RFC 3463, same class as the code */
	struct span text;   /* not empty, no line of it is; % single */
};

/* A field name: 0x21 to 0x7e without colon, not empty. */
bool canonical_name(struct span);

/* A field value, possibly empty: printable ASCII and tabs; LF only before
 * space or tab. */
bool canonical_value(struct span);

/* A line of printable ASCII, not empty. */
bool canonical_line(struct span);

/* One envelope address, with or without brackets: a line without space or
 * comma outside a quoted local part. */
bool canonical_address(struct span);

/* Takes a reply apart, if all of it is as described above, and no line of it
 * is longer than CANONICAL_LINE_MAX once % is doubled. */
bool canonical_reply(struct span, struct canonical_reply *out);

/* The number of percent signs, which the encoder doubles. */
size_t canonical_percents(struct span);

/* Takes a line of text off c: up to the next LF, or all that is left. */
struct span canonical_next_line(struct cursor *c);

#endif
