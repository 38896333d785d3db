/* SPDX-License-Identifier: ISC */
/* No rules, see rules.h.  In the session process and pratique-libmilter. */
#include "parser/mail/rules.h"

struct rules_wants
rules_wants(const struct session_settings *settings)
{
	(void)settings;
	return (struct rules_wants){0};
}

bool
rules_decide(const struct rules_question *q, struct decision *out)
{
	(void)q;
	(void)out;
	return false;
}
