/* SPDX-License-Identifier: ISC */
/*
 * Option negotiation: the MTA's offer in, our answer out, no memory.
 *
 * What we want: edits of the header, quarantine if the settings use it, no
 * reply to anything but the end of a message and the stages where a rule may
 * decide, no packets that tell us nothing (UNKNOWN, and without such a stage
 * DATA and end of headers), header values with their leading space, and no
 * macros but the queue id.  Never more than was offered: what was not
 * granted is either answered with CONTINUE (NR flags) or missed when it is
 * needed (actions), and then the message is tempfailed.
 */
#ifndef PARSER_MILTER_NEGOTIATE_H
#define PARSER_MILTER_NEGOTIATE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/mail/rules.h"
#include "parser/milter/milter.h"

/* The three words of an OPTNEG packet, in both directions. */
struct negotiation {
	uint32_t version;
	uint32_t actions; /* MILTER_ACT_ */
	uint32_t flags;	  /* MILTER_P_ */
};

/* The macro lists that go with an answer that has MILTER_ACT_SETSYMLIST, by
 * stage: names separated by spaces. */
extern const char *const negotiate_macros[MILTER_STAGES];

/* Fills *answer.  wants: as session_wants says.  False: versions below 2 are
 * refused; close without an answer. */
bool negotiate_answer(const struct negotiation *offer,
    const struct rules_wants *wants, struct negotiation *answer);

#endif
