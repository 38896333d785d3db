/* SPDX-License-Identifier: ISC */
/*
 * Rules for tests (parser/mail/rules.h): mail says itself what is decided
 * about it.  At each stage a word "STAGE-ACTION" is looked for, as in
 * "mail-reject": at CONNECT in the client's name, at HELO in the name it gives,
 * at RCPT in the recipient, at HEADER in the field's value, else in the sender.
 * "plain" in the same place: with no text for the reply; "wrong": with one of
 * another class.
 */
#ifndef TESTS_UNIT_STUB_RULES_H
#define TESTS_UNIT_STUB_RULES_H

#include "parser/mail/rules.h"

struct stub_rules {
	struct rules_wants wants; /* what the test chooses; nothing at first */
	uint32_t asked;		  /* set of stages that were asked about */
};

extern struct stub_rules stub_rules;

/* The number of the rule that decides so. */
#define STUB_RULE(stage, action) (100 * (uint32_t)(stage) + (action) + 1)

#endif
