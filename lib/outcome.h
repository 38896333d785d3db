/* SPDX-License-Identifier: ISC */
/*
 * The words for what became of a message: outcome, verdict, reason, action.
 *
 * An outcome is a verdict together with its reason; every message ends in
 * exactly one.  The operator sets one action for each.  All spellings (log,
 * header, configuration) come from here.
 */
#ifndef LIB_OUTCOME_H
#define LIB_OUTCOME_H

#include <stdbool.h>

enum outcome {
	OUTCOME_CLEAN, /* clamd judged the whole message clean */
	/* Another relay of the site had it judged: its stamp is good. */
	OUTCOME_CLEAN_BY_STAMP,
	OUTCOME_INFECTED, /* clamd named a signature */
	OUTCOME_TOO_BIG,  /* unscanned: above max_message_size */
	OUTCOME_LIMITS,	  /* unscanned: passed another limit of a session */
	OUTCOME_LIMITS_EXCEEDED, /* unscanned: a limit inside of clamd */
	OUTCOME_NOT_UNPACKED, /* unscanned: clamd did not look into all of it */
	OUTCOME_CLAMD_DOWN,   /* unscanned: no clamd could be used */
	OUTCOME_CLAMD_ERROR, /* unscanned: clamd answered, but gave no verdict */
	OUTCOME_TIMEOUT,     /* unscanned: no answer within scan_timeout */
	OUTCOME_BUSY,	     /* unscanned: no room, or no clamd free in time */
	OUTCOME_INTERNAL,    /* unscanned: a fault of our own */
	OUTCOME_COUNT
};

enum action {
	ACTION_ACCEPT,
	ACTION_REJECT,
	ACTION_TEMPFAIL,
	ACTION_DISCARD,
	ACTION_QUARANTINE,
	ACTION_ABORTED, /* never configured: the MTA gave the message up */
	ACTION_COUNT
};

/* The limit of section limits that made an outcome LIMITS. */
enum session_limit {
	SESSION_LIMIT_NONE,
	SESSION_LIMIT_RECIPIENTS,
	SESSION_LIMIT_HEADER_FIELDS,
	SESSION_LIMIT_HEADER_SIZE,
	SESSION_LIMIT_OWN_FIELDS,
	SESSION_LIMIT_PARAMETERS,
	SESSION_LIMIT_MESSAGES,
	SESSION_LIMIT_MESSAGE_TIME,
	SESSION_LIMIT_COUNT
};

/* "clean", "clean-by-stamp", "infected" or "unscanned". */
const char *outcome_verdict(enum outcome);

/* "too-big", "clamd-down", ...; "" for the others. */
const char *outcome_reason(enum outcome);

const char *action_name(enum action);

/* The option's name; "" for NONE and for what is none of these. */
const char *limit_name(enum session_limit);

/* The action of that name among those that can be configured; false if there
 * is none. */
bool action_find(const char *name, enum action *out);

#endif
