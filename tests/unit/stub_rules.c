/* SPDX-License-Identifier: ISC */
/* Rules for tests; see stub_rules.h. */
#include "tests/unit/stub_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stub_rules stub_rules;

struct rules_wants
rules_wants(const struct session_settings *settings)
{
	(void)settings;
	return stub_rules.wants;
}

static struct span
text_at(const struct rules_question *q)
{
	if (q->stage == POLICY_CONNECT)
		return span_text(q->claims->client_name);
	if (q->stage == POLICY_HELO)
		return span_text(q->claims->helo);
	if (q->stage == POLICY_RCPT)
		return q->recipient;
	if (q->stage == POLICY_HEADER)
		return q->value;
	return span_text(q->claims->sender);
}

static bool
has(struct span text, const char *word)
{
	return text.len > 0 &&
	       memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

static enum outcome
outcome_for(const struct rules_question *q, enum action action)
{
	if (action != ACTION_ACCEPT && action != ACTION_PASS)
		return OUTCOME_POLICY;
	return q->stage == POLICY_OUTCOME ? q->outcome : OUTCOME_EXEMPT;
}

static const char *
reply_for(struct span text, enum action action)
{
	if (has(text, "plain"))
		return "";
	return (action == ACTION_REJECT) != has(text, "wrong")
		   ? "554 5.7.1 100%% refused (%v)"
		   : "451 4.7.1 not now (%v)";
}

bool
rules_decide(const struct rules_question *q, struct decision *out)
{
	struct span text = text_at(q);
	char word[64];

	if ((stub_rules.wants.stages & POLICY_BIT(q->stage)) == 0) {
		fprintf(stderr, "rules asked where nothing is decided\n");
		abort();
	}
	stub_rules.asked |= POLICY_BIT(q->stage);
	for (enum action a = 0; a < ACTION_COUNT; a++) {
		bool late = q->stage == POLICY_OUTCOME && a == ACTION_PASS;

		snprintf(word, sizeof(word), "%s-%s",
		    policy_stage_name(q->stage), action_name(a));
		if (a == ACTION_ABORTED || late || !has(text, word))
			continue;
		*out = (struct decision){.outcome = outcome_for(q, a),
		    .action = a,
		    .rule = STUB_RULE(q->stage, a),
		    .reply = reply_for(text, a)};
		return true;
	}
	return false;
}
