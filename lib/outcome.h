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
	OUTCOME_AMBIGUOUS,    /* unscanned: more readings than are followed */
	OUTCOME_CLAMD_DOWN,   /* unscanned: no clamd could be used */
	OUTCOME_CLAMD_ERROR, /* unscanned: clamd answered, but gave no verdict */
	OUTCOME_TIMEOUT,     /* unscanned: no answer within scan_timeout */
	OUTCOME_BUSY,	     /* unscanned: no room, or no clamd free in time */
	OUTCOME_INTERNAL,    /* unscanned: a fault of our own */
	/* By a rule, and not by a scan. */
	OUTCOME_EXEMPT, /* not to be scanned, and accepted all the same */
	OUTCOME_POLICY, /* refused, discarded or held */
	OUTCOME_COUNT
};

enum action {
	ACTION_ACCEPT,
	ACTION_REJECT,
	ACTION_TEMPFAIL,
	ACTION_DISCARD,
	ACTION_QUARANTINE,
	/* These are never configured. */
	ACTION_ABORTED, /* the MTA gave the message up */
	ACTION_PASS,	/* the MTA goes on without asking us any more */
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

/* Where in a session something can be decided: the commands of the MTA, and
 * the two halves of the end of a message. */
enum policy_stage {
	POLICY_CONNECT,
	POLICY_HELO,
	POLICY_MAIL,
	POLICY_RCPT,
	POLICY_DATA,
	POLICY_HEADER,
	POLICY_EOH,
	POLICY_BODY,
	POLICY_EOM,	/* the whole message is there, before it is scanned */
	POLICY_OUTCOME, /* the scan has come to one */
	POLICY_STAGES
};
#define POLICY_BIT(stage) (1U << (stage))

/* "clean", "clean-by-stamp", "infected", "unscanned", "exempt" or "policy". */
const char *outcome_verdict(enum outcome);

/* "too-big", "clamd-down", ...; "" for the others. */
const char *outcome_reason(enum outcome);

const char *action_name(enum action);

/* EXEMPT or POLICY: decided by a rule. */
bool outcome_is_ruled(enum outcome);

/* What a session may say of a message in place of having it judged: that, or
 * that it passed one of its own limits. */
bool outcome_is_unjudged(enum outcome);

/* "connect", "helo", "mail", ...; "" for what is none of these. */
const char *policy_stage_name(enum policy_stage);

/* The option's name; "" for NONE and for what is none of these. */
const char *limit_name(enum session_limit);

/* The action of that name among those that can be configured; false if there
 * is none. */
bool action_find(const char *name, enum action *out);

#endif
