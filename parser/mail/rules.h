/* SPDX-License-Identifier: ISC */
/*
 * Rules: what the session logic asks, and the answers.  A link-time seam:
 * rules.c has no rules, so nothing is asked; tests bring rules of their own
 * (tests/unit/stub_rules.c).
 *
 * A rule decides at a stage of the session (enum policy_stage).  Stages that
 * nobody wants cost nothing: the MTA does not wait for us there.
 */
#ifndef PARSER_MAIL_RULES_H
#define PARSER_MAIL_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "lib/anomaly.h"
#include "lib/claims.h"
#include "lib/outcome.h"
#include "lib/span.h"

/* What becomes of a message, of a session, or of one recipient. */
struct decision {
	enum outcome outcome;
	enum action action;
	uint32_t rule; /* its number; 0: none, the table of dispositions */
	/* Template of a REJECT's or TEMPFAIL's reply, as in the settings; "":
	 * the MTA's own.  Lives as long as the settings. */
	const char *reply;
};

struct rules_wants {
	uint32_t stages; /* set of POLICY_BIT: where something may be decided */
	bool quarantine; /* it may be QUARANTINE */
};

struct rules_question {
	enum policy_stage stage;
	const struct session_settings *settings;
	const struct claims
	    *claims;		 /* client, HELO, sender, as they are known */
	struct span recipient;	 /* RCPT: without brackets */
	struct span name, value; /* HEADER: as it goes to the scanner */
	enum outcome outcome;	 /* OUTCOME: what the scan came to, */
	const char *signature;	 /* made harmless (phrase.h) */
	const struct anomalies *anomalies; /* EOM, OUTCOME: of the message */
};

/* What the rules of these settings want to be asked about. */
struct rules_wants rules_wants(const struct session_settings *);

/*
 * True if a rule decides at this stage; *out has its number, then.  Until
 * there is an outcome a rule says EXEMPT, with one of
 *
 *	ACCEPT	the message is not scanned, and has its fields like any other;
 *		of one recipient: if the same is decided for all of them
 *	PASS	not even that: the MTA does not ask about the message, or at
 *		CONNECT and HELO about the session, any more
 *
 * or POLICY with REJECT or TEMPFAIL (at RCPT: of this recipient), DISCARD, or
 * QUARANTINE, of the message or of all messages of the session.  At OUTCOME it
 * leaves the outcome as it is, with any action of the settings, or says POLICY
 * with any but ACCEPT.
 */
bool rules_decide(const struct rules_question *, struct decision *out);

#endif
