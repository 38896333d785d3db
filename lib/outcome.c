/* SPDX-License-Identifier: ISC */
/* The spellings of outcomes and actions; see outcome.h. */
#include "lib/outcome.h"

#include <stddef.h>
#include <string.h>

static const char *const reasons[OUTCOME_COUNT] = {
    [OUTCOME_CLEAN] = "",
    [OUTCOME_CLEAN_BY_STAMP] = "",
    [OUTCOME_INFECTED] = "",
    [OUTCOME_TOO_BIG] = "too-big",
    [OUTCOME_LIMITS] = "limits",
    [OUTCOME_LIMITS_EXCEEDED] = "limits-exceeded",
    [OUTCOME_NOT_UNPACKED] = "not-unpacked",
    [OUTCOME_AMBIGUOUS] = "ambiguous",
    [OUTCOME_CLAMD_DOWN] = "clamd-down",
    [OUTCOME_CLAMD_ERROR] = "clamd-error",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_BUSY] = "busy",
    [OUTCOME_INTERNAL] = "internal",
    [OUTCOME_EXEMPT] = "",
    [OUTCOME_POLICY] = "",
};

static const char *const actions[ACTION_COUNT] = {
    [ACTION_ACCEPT] = "accept",
    [ACTION_REJECT] = "reject",
    [ACTION_TEMPFAIL] = "tempfail",
    [ACTION_DISCARD] = "discard",
    [ACTION_QUARANTINE] = "quarantine",
    [ACTION_ABORTED] = "aborted",
    [ACTION_PASS] = "pass",
};

static const char *const limits[SESSION_LIMIT_COUNT] = {
    [SESSION_LIMIT_NONE] = "",
    [SESSION_LIMIT_RECIPIENTS] = "recipients",
    [SESSION_LIMIT_HEADER_FIELDS] = "header_fields",
    [SESSION_LIMIT_HEADER_SIZE] = "header_size",
    [SESSION_LIMIT_OWN_FIELDS] = "own_fields",
    [SESSION_LIMIT_PARAMETERS] = "parameters",
    [SESSION_LIMIT_MESSAGES] = "messages",
    [SESSION_LIMIT_MESSAGE_TIME] = "message_time",
};

static const char *const stages[POLICY_STAGES] = {
    [POLICY_CONNECT] = "connect",
    [POLICY_HELO] = "helo",
    [POLICY_MAIL] = "mail",
    [POLICY_RCPT] = "rcpt",
    [POLICY_DATA] = "data",
    [POLICY_HEADER] = "header",
    [POLICY_EOH] = "eoh",
    [POLICY_BODY] = "body",
    [POLICY_EOM] = "eom",
    [POLICY_OUTCOME] = "outcome",
};

/* The verdicts that have no reason. */
static const char *const verdicts[OUTCOME_COUNT] = {
    [OUTCOME_CLEAN] = "clean",
    [OUTCOME_CLEAN_BY_STAMP] = "clean-by-stamp",
    [OUTCOME_INFECTED] = "infected",
    [OUTCOME_EXEMPT] = "exempt",
    [OUTCOME_POLICY] = "policy",
};

const char *
outcome_verdict(enum outcome o)
{
	return o < OUTCOME_COUNT && verdicts[o] != NULL ? verdicts[o]
							: "unscanned";
}

bool
outcome_is_ruled(enum outcome o)
{
	return o == OUTCOME_EXEMPT || o == OUTCOME_POLICY;
}

bool
outcome_is_unjudged(enum outcome o)
{
	return outcome_is_ruled(o) || o == OUTCOME_TOO_BIG ||
	       o == OUTCOME_LIMITS;
}

const char *
policy_stage_name(enum policy_stage stage)
{
	return stage < POLICY_STAGES ? stages[stage] : "";
}

const char *
outcome_reason(enum outcome o)
{
	return o < OUTCOME_COUNT ? reasons[o] : reasons[OUTCOME_INTERNAL];
}

const char *
action_name(enum action a)
{
	return a < ACTION_COUNT ? actions[a] : "unknown";
}

const char *
limit_name(enum session_limit limit)
{
	return limit < SESSION_LIMIT_COUNT ? limits[limit] : "";
}

bool
action_find(const char *name, enum action *out)
{
	for (enum action a = ACTION_ACCEPT; a < ACTION_ABORTED; a++) {
		if (strcmp(name, actions[a]) == 0) {
			*out = a;
			return true;
		}
	}
	return false;
}
