/* SPDX-License-Identifier: ISC */
/*
 * What the session logic answers, and does to a message at its end (edit_ in
 * parser/mail/session.h), by means of libmilter, with the native engine's
 * checks: nothing that is not canonical goes to an MTA.
 */
#ifndef LIBMILTER_EDITS_H
#define LIBMILTER_EDITS_H

#include <libmilter/mfapi.h>

#include "parser/mail/session.h"

/* The edits of one message: made at once. */
struct session_edits {
	SMFICTX *ctx;
	bool leading_space; /* values are sent with the space before them */
};

/* The callback's answer, with the session's reply. */
sfsistat edits_answer(
    SMFICTX *, const struct session *, enum session_status status);

#endif
