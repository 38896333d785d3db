/* SPDX-License-Identifier: ISC */
/*
 * Header blocks (RFC 5322 2.2, with the obsolete forms of 4.2 and 4.5): fields
 * one after the other, and their unfolded values.  Lines end with CRLF or LF.
 * Pure functions over spans; linear; NUL is a byte like others.
 */
#ifndef PARSER_MIME_HEADER_H
#define PARSER_MIME_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/anomaly.h"
#include "lib/span.h"

struct header_field {
	struct span name;  /* without white space before the colon */
	struct span value; /* from behind the colon up to the last line's end,
			    * which is left out; folds as they stand */
	bool space_colon;  /* there was white space before the colon */
};

enum header_item {
	HEADER_FIELD,
	HEADER_JUNK, /* a line that is no field: value is that, with what
		      * continues it */
	HEADER_END,  /* there is nothing more, or an empty line, which stays */
};

/*
 * Takes the next item off a header block, which ends before its empty line or
 * anywhere.  A white-space-only line behind a field is a continuation.  found
 * gets header-junk-line, -leading-fold, -fold-blank, -bare-cr, -bare-lf, -nul,
 * -control, -8bit, -8bit-invalid, -line-long, -name-odd; header-space-colon
 * only of Content- fields.
 */
enum header_item header_next(
    struct cursor *block, struct header_field *out, struct anomalies *found);

/* The same findings for one field as the MTA gives it, whose folds are LF and
 * white space. */
void header_check(struct span name, struct span value, struct anomalies *found);

/* value without its line ends, white space kept; what does not fit into room is
 * left out.  *cut says whether.  Returns the length. */
size_t header_unfold(struct span value, uint8_t *out, size_t room, bool *cut);

/* Is that the field's name, in upper or lower case? */
bool header_is(struct span name, const char *lower);

/* Is that line, without its end, a field: a name, perhaps white space, and a
 * colon? */
bool header_is_field(struct span line);

#endif
