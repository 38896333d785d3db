/* SPDX-License-Identifier: ISC */
/* Our answer to an MTA's offer; see negotiate.h. */
#include "parser/milter/negotiate.h"

#include "lib/ensure.h"

#define WANTED_ACTIONS \
	(MILTER_ACT_ADDHDRS | MILTER_ACT_CHGHDRS | MILTER_ACT_SETSYMLIST)

/* With all of these a message costs one reply, the one to BODYEOB. */
#define WANTED_NO_REPLIES                                            \
	(MILTER_P_NR_CONN | MILTER_P_NR_HELO | MILTER_P_NR_MAIL |    \
	    MILTER_P_NR_RCPT | MILTER_P_NR_DATA | MILTER_P_NR_UNKN | \
	    MILTER_P_NR_HDR | MILTER_P_NR_EOH | MILTER_P_NR_BODY)

#define WANTED_FLAGS                                                \
	(WANTED_NO_REPLIES | MILTER_P_NODATA | MILTER_P_NOUNKNOWN | \
	    MILTER_P_NOEOH | MILTER_P_HDR_LEADSPC)

/* Flags that are not asked for where a rule may decide at that stage.  The end
 * of a message is always answered. */
static const uint32_t needed[POLICY_STAGES] = {
    [POLICY_CONNECT] = MILTER_P_NR_CONN,
    [POLICY_HELO] = MILTER_P_NR_HELO,
    [POLICY_MAIL] = MILTER_P_NR_MAIL,
    [POLICY_RCPT] = MILTER_P_NR_RCPT,
    [POLICY_DATA] = MILTER_P_NR_DATA | MILTER_P_NODATA,
    [POLICY_HEADER] = MILTER_P_NR_HDR,
    [POLICY_EOH] = MILTER_P_NR_EOH | MILTER_P_NOEOH,
    [POLICY_BODY] = MILTER_P_NR_BODY,
};

/* Macro lists exist from this version on. */
#define VERSION_MACRO_LISTS 6U

/* Sendmail ignores a list for EOM without one for EOH, and Postfix ignores an
 * empty list: a name that nobody defines is the portable way to get nothing. */
const char *const negotiate_macros[MILTER_STAGES] = {
    [MILTER_STAGE_CONNECT] = "{none}",
    [MILTER_STAGE_HELO] = "{none}",
    [MILTER_STAGE_MAIL] = "i",
    [MILTER_STAGE_RCPT] = "{none}",
    [MILTER_STAGE_DATA] = "i",
    [MILTER_STAGE_EOM] = "i",
    [MILTER_STAGE_EOH] = "i",
};

static uint32_t
wanted_flags(uint32_t stages)
{
	uint32_t flags = WANTED_FLAGS;

	for (size_t i = 0; i < POLICY_STAGES; i++) {
		if ((stages & POLICY_BIT(i)) != 0)
			flags &= ~needed[i];
	}
	return flags;
}

bool
negotiate_answer(const struct negotiation *offer,
    const struct rules_wants *wants, struct negotiation *answer)
{
	uint32_t actions = WANTED_ACTIONS;
	uint32_t offered_actions = offer->actions;
	uint32_t offered_flags = offer->flags;

	if (offer->version < MILTER_VERSION_MIN)
		return false;
	/* The oldest MTAs offer 0 and mean what existed in their time. */
	if (offered_actions == 0)
		offered_actions = MILTER_ACT_DEFAULT;
	if (offered_flags == 0)
		offered_flags = MILTER_P_DEFAULT;
	if (wants->quarantine)
		actions |= MILTER_ACT_QUARANTINE;
	if (offer->version < VERSION_MACRO_LISTS)
		actions &= ~MILTER_ACT_SETSYMLIST;

	answer->version =
	    offer->version < MILTER_VERSION ? offer->version : MILTER_VERSION;
	answer->actions = actions & offered_actions;
	answer->flags = wanted_flags(wants->stages) & offered_flags;
	ensure(answer->version >= MILTER_VERSION_MIN &&
	       answer->version <= offer->version);
	return true;
}
