/* SPDX-License-Identifier: ISC */
/*
 * Negotiation: parser/milter/negotiate.c and the answer's packet in parser/milter/encoder.c.
 *
 * Input: one byte (1: quarantine is used), then an offer.  The answer never
 * grants itself what was not offered, and never leaves out what is ours to
 * ask for and was offered.
 */
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/mta_bytes.h"
#include "parser/mail/process.h"
#include "parser/milter/encoder.h"
#include "parser/milter/negotiate.h"

/* All replies but the last are asked to be left out, where that is offered. */
#define ALL_NR                                                       \
	(MILTER_P_NR_HDR | MILTER_P_NR_CONN | MILTER_P_NR_HELO |     \
	    MILTER_P_NR_MAIL | MILTER_P_NR_RCPT | MILTER_P_NR_DATA | \
	    MILTER_P_NR_UNKN | MILTER_P_NR_EOH | MILTER_P_NR_BODY)

/* Commands that carry mail: we want to see them, always. */
#define ALL_CONTENT                                            \
	(MILTER_P_NOMAIL | MILTER_P_NORCPT | MILTER_P_NOBODY | \
	    MILTER_P_NOHDRS | MILTER_P_NOCONNECT | MILTER_P_NOHELO)

static uint8_t sent[4096];
static size_t sent_len;

bool
process_mta_send(struct span bytes)
{
	NEED(bytes.len <= sizeof(sent) - sent_len);
	memcpy(&sent[sent_len], bytes.ptr, bytes.len);
	sent_len += bytes.len;
	return true;
}

/* The answer as it goes out. */
static void
check_packet(const struct negotiation *offer, const struct negotiation *answer)
{
	struct wire_offer offered = {
	    offer->version, offer->actions, offer->flags};
	struct wire_offer answered;
	struct wire_packet packet;
	struct cursor c;
	struct encoder *r = malloc(sizeof(*r));

	NEED(r != NULL);
	sent_len = 0;
	encoder_init(r);
	encoder_begin(r, MILTER_OPTNEG, true);
	NEED(encoder_optneg(r, answer) && !encoder_owed(r) && encoder_flush(r));
	NEED(!encoder_optneg(r, answer)); /* never twice */
	c = cursor_of(span_of(sent, sent_len));
	packet = wire_next(&c);
	NEED(cursor_empty(&c));
	answered = wire_answer(&packet, &offered);
	NEED(answered.version == answer->version &&
	     answered.actions == answer->actions &&
	     answered.flags == answer->flags);
	free(r);
}

/* Where the MTA has to wait for us, as a second table has it. */
static uint32_t
answered(uint32_t stages)
{
	static const uint32_t flags[] = {MILTER_P_NR_CONN, MILTER_P_NR_HELO,
	    MILTER_P_NR_MAIL, MILTER_P_NR_RCPT, MILTER_P_NR_DATA,
	    MILTER_P_NR_HDR, MILTER_P_NR_EOH, MILTER_P_NR_BODY};
	uint32_t all = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		all |= (stages >> i & 1) != 0 ? flags[i] : 0;
	return all;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c);
	struct rules_wants wants = {.quarantine = (choice & 1) != 0,
	    .stages = choice >> 1 & (POLICY_BIT(POLICY_STAGES) - 1)};
	struct negotiation offer = {0}, answer = {0}, again = {0};
	uint32_t asked;

	offer.version = fuzz_u32(&c);
	offer.actions = fuzz_u32(&c);
	offer.flags = fuzz_u32(&c);
	if (!negotiate_answer(&offer, &wants, &answer)) {
		NEED(offer.version < 2);
		return 0;
	}
	NEED(offer.version >= 2);
	asked = MILTER_ACT_ADDHDRS | MILTER_ACT_CHGHDRS |
		(wants.quarantine ? MILTER_ACT_QUARANTINE : 0);
	if (offer.actions == 0)
		offer.actions = MILTER_ACT_DEFAULT;
	NEED((answer.actions & ~MILTER_ACT_SETSYMLIST) ==
	     (offer.actions & asked));
	NEED((answer.flags & ALL_NR) ==
	     (offer.flags & ALL_NR & ~answered(wants.stages)));
	NEED((answer.flags & ALL_CONTENT) == 0);
	NEED((answer.flags & MILTER_P_SKIP) == 0);
	check_packet(&offer, &answer);
	/* An MTA that offers just what it was told changes nothing. */
	NEED(negotiate_answer(&answer, &wants, &again));
	NEED(answer.flags == 0 || again.flags == answer.flags);
	NEED(answer.actions == 0 || again.actions == answer.actions);
	NEED(again.version == answer.version);
	return 0;
}
