/* SPDX-License-Identifier: ISC */
/*
 * Whole conversations: parser/milter/engine.c with all that is behind it, against
 * kit/judge.c.
 *
 * Input: eight bytes that choose settings, outcomes and how the bytes arrive
 * (kit/mutator.h), then what the MTA sends.  Each conversation is held twice,
 * with all bytes at once and in pieces; both must come to the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "fuzz/kit/fuzz_process.h"
#include "fuzz/kit/judge.h"
#include "fuzz/kit/mutator.h"
#include "parser/mail/inspection.h"
#include "parser/milter/engine.h"

#define PIECES_MAX 512 /* a large input in single bytes takes too long */

#define SET_TEXT(field, text) snprintf(field, sizeof(field), "%s", text)

struct ending {
	char why[32];
	uint64_t hash, total;
	struct content content;
};

static void
choose_dispositions(struct session_settings *s, uint8_t first, uint8_t texts)
{
	for (uint32_t i = 0; i < OUTCOME_COUNT; i++) {
		struct disposition *d = &s->disposition[i];

		/* Every action meets every outcome, given enough inputs. */
		d->action = (enum action)((first / (i + 1)) % ACTION_ABORTED);
		if ((texts & 1) != 0)
			SET_TEXT(d->reply, "");
		else if (d->action == ACTION_REJECT)
			SET_TEXT(d->reply, "554 5.7.1 100%% sure: %v");
		else
			SET_TEXT(d->reply, "451 4.7.1 later (%v)");
	}
}

/* The head's bytes, see kit/mutator.h. */
static struct host_plan
choose(struct cursor *c, uint8_t *pieces)
{
	static const uint64_t sizes[] = {25000000, 0, 1, 20, 100, 1000};
	static const struct limit_settings generous = {.recipients = 1000,
	    .header_fields = 1000,
	    .header_size = 1000000,
	    .own_fields = 100,
	    .parameters = 1000,
	    .messages = 1000};
	static const struct limit_settings tight = {.recipients = 2,
	    .header_fields = 3,
	    .header_size = 50,
	    .own_fields = 1,
	    .parameters = 1,
	    .messages = 2};
	struct host_plan plan = {0};
	struct session_settings *s = &plan.settings;
	uint8_t names, size, limit;

	*pieces = fuzz_u8(c);
	plan.outcome = fuzz_u8(c);
	plan.stride = fuzz_u8(c);
	names = fuzz_u8(c);
	choose_dispositions(s, fuzz_u8(c), names >> 4);
	plan.signature = fuzz_u8(c);
	size = fuzz_u8(c);
	limit = fuzz_u8(c);
	s->max_message_size = sizes[size % (sizeof(sizes) / sizeof(sizes[0]))];
	s->limits = size < 128 ? generous : tight;
	/* The bits of names that mean nothing else. */
	if ((names & 8) != 0) {
		plan.rule_stage = (names >> 5) + (plan.signature & 3);
		plan.rule_action = (plan.signature >> 2) % ACTION_COUNT;
		if (plan.rule_action == ACTION_ABORTED)
			plan.rule_action = ACTION_PASS;
		plan.stages = POLICY_BIT(plan.rule_stage) |
			      (plan.stride & ((1U << POLICY_STAGES) - 1));
	}
	plan.send_limit = limit == 0 ? SIZE_MAX : limit;
	SET_TEXT(s->header_scanned, (names & 1) ? "" : "X-Virus-Scanned");
	SET_TEXT(s->header_status, (names & 2) ? "" : "X-Virus-Status");
	if ((names & 4) != 0)
		SET_TEXT(s->header_status, s->header_scanned);
	SET_TEXT(s->hostname, "mx.example");
	return plan;
}

/* Gives the bytes in pieces, as the session process does: what was not used
 * comes again with more behind it. */
static void
talk(struct engine *e, struct span bytes, size_t step)
{
	enum engine_next next = ENGINE_MORE;
	size_t from = 0, to = 0, used;

	while (next == ENGINE_MORE && to < bytes.len) {
		struct span in;

		to = bytes.len - to < step ? bytes.len : to + step;
		in = fuzz_copy(span_of(bytes.ptr + from, to - from));
		next = engine_input(e, in, &used);
		NEED(engine_idle(e) || next == ENGINE_MORE);
		judge_input(in, used, next == ENGINE_CLOSE, engine_why(e));
		free((void *)(uintptr_t)in.ptr);
		from += used;
	}
}

static struct ending
hold(const struct host_plan *plan, struct span bytes, size_t step)
{
	struct engine *e = malloc(engine_size());
	struct ending ending;

	NEED(e != NULL);
	memset(e, 0, engine_size());
	memset(e, 0xa5, engine_size() - inspection_size());
	host_start(plan);
	judge_start();
	engine_init(e, &host.plan.settings);
	talk(e, bytes, step);
	engine_close(e);
	engine_close(e);
	NEED(engine_idle(e));
	judge_end();
	SET_TEXT(ending.why, engine_why(e));
	ending.hash = host.sent_hash;
	ending.total = host.sent_total;
	ending.content = host.content;
	free(e);
	return ending;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	struct ending whole, parts;
	struct host_plan plan;
	struct span bytes;
	uint8_t pieces;
	size_t step;

	if (size > MUTATE_INPUT_MAX)
		return 0;
	plan = choose(&c, &pieces);
	bytes = cursor_rest(&c);
	whole = hold(&plan, bytes, bytes.len);
	step = 1 + pieces % 64 + bytes.len / PIECES_MAX;
	parts = hold(&plan, bytes, step);
	/* An MTA that goes away does so in different places. */
	if (plan.send_limit == SIZE_MAX)
		NEED(strcmp(whole.why, parts.why) == 0 &&
		     whole.hash == parts.hash && whole.total == parts.total &&
		     whole.content.total == parts.content.total &&
		     whole.content.begun == parts.content.begun);
	return 0;
}
