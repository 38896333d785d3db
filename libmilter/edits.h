/* SPDX-License-Identifier: ISC */
/*
 * What the session logic does to a message at its end (edit_ in
 * parser/mail/session.h), by means of libmilter, with the native engine's checks:
 * nothing that is not canonical goes to an MTA.
 */
#ifndef LIBMILTER_EDITS_H
#define LIBMILTER_EDITS_H

#include <libmilter/mfapi.h>

#include "parser/mail/canonical.h"
#include "parser/mail/session.h"

/* The edits of one message: made at once, but for the text of the reply. */
struct session_edits {
	SMFICTX *ctx;
	bool leading_space; /* values are sent with the space before them */
	char code[4];	    /* of the reply; "" if none was prepared */
	char status[16];
	char text[2 * CANONICAL_LINE_MAX + 1]; /* % doubled */
};

/* The callback's answer, with the prepared reply if it is of the class that
 * the status asks for. */
sfsistat edits_answer(struct session_edits *, enum session_status);

#endif
