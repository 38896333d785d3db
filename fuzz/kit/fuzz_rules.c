/* SPDX-License-Identifier: ISC */
/*
 * Rules for conversations (parser/mail/rules.h), as the plan has them: at one
 * stage each second question, the first included, is decided in one way.
 */
#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/fuzz_process.h"
#include "parser/mail/rules.h"

struct rules_wants
rules_wants(const struct session_settings *settings)
{
	(void)settings;
	return (struct rules_wants){
	    .stages = host.plan.stages, .quarantine = host.plan.stages != 0};
}

bool
rules_decide(const struct rules_question *q, struct decision *out)
{
	enum action action = host.plan.rule_action;
	bool passes = action == ACTION_ACCEPT || action == ACTION_PASS;
	bool late = q->stage == POLICY_OUTCOME;

	NEED((host.plan.stages & POLICY_BIT(q->stage)) != 0);
	NEED(q->claims != NULL && q->settings == &host.plan.settings);
	NEED(!late || (q->outcome < OUTCOME_COUNT && q->signature != NULL));
	if (q->stage != host.plan.rule_stage || host.asked++ % 2 != 0)
		return false;
	*out = (struct decision){.outcome = !passes ? OUTCOME_POLICY
					    : late  ? q->outcome
						    : OUTCOME_EXEMPT,
	    .action = late && passes ? ACTION_ACCEPT : action,
	    .rule = HOST_RULE,
	    .reply = action == ACTION_REJECT	 ? "550 5.7.1 100%% (%v)"
		     : action == ACTION_TEMPFAIL ? "450 4.7.1 later"
						 : ""};
	return true;
}
