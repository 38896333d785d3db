/* SPDX-License-Identifier: ISC */
/*
 * The end of a message: what the scan came to, and the decision about it turned
 * into edits of the message and the status that the engine answers with.
 */
#ifndef PARSER_MAIL_DISPOSAL_H
#define PARSER_MAIL_DISPOSAL_H

#include "parser/mail/phrase.h"
#include "parser/mail/rules.h"
#include "parser/mail/session_state.h"
#include "parser/mail/stamp_field.h"

/* What is known of a complete message. */
struct judgement {
	enum outcome outcome;
	char name[PHRASE_NAME_MAX + 1]; /* %v */
	struct reading_object object;	/* INFECTED: in which, or "" */
	uint32_t good;			/* number of the good stamp, or 0 */
	char stamp[STAMP_TEXT_MAX];	/* of a new one, or "" */
};

/* More fields of ours than are taken out of a message: none of them may pass,
 * so it may not either. */
bool disposal_too_many(const struct session *);

/* Has the scanner end the message, and asks it for the outcome; progress: the
 * engine's packet for process_scan_end. */
void disposal_judge(struct session *, struct span progress, struct judgement *);

/* A rule decided after the scan: the message no longer counts as clean. */
void disposal_overrule(struct judgement *, const struct decision *);

/* Carries the action out as far as it goes; *taken is what was done: an edit
 * that cannot be made turns it into a TEMPFAIL. */
enum session_status disposal_carry_out(const struct session *,
    const struct judgement *, const struct decision *, struct session_edits *,
    enum action *taken);

#endif
