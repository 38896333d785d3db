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
    [OUTCOME_CLAMD_DOWN] = "clamd-down",
    [OUTCOME_CLAMD_ERROR] = "clamd-error",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_BUSY] = "busy",
    [OUTCOME_INTERNAL] = "internal",
};

static const char *const actions[ACTION_COUNT] = {
    [ACTION_ACCEPT] = "accept",
    [ACTION_REJECT] = "reject",
    [ACTION_TEMPFAIL] = "tempfail",
    [ACTION_DISCARD] = "discard",
    [ACTION_QUARANTINE] = "quarantine",
    [ACTION_ABORTED] = "aborted",
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

const char *
outcome_verdict(enum outcome o)
{
	if (o == OUTCOME_CLEAN)
		return "clean";
	if (o == OUTCOME_CLEAN_BY_STAMP)
		return "clean-by-stamp";
	return o == OUTCOME_INFECTED ? "infected" : "unscanned";
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
