/* SPDX-License-Identifier: ISC */
/*
 * Makes seeds of tests: linked in front of the engine (ld's --wrap) into the
 * unit tests that hold conversations, it writes each one that they hold as an
 * input for the conversation and the packet target.  The tests' cases and the
 * seeds can so never drift apart.
 *
 * FUZZ_SEEDS in the environment is the folder, which has a folder for each of
 * the two targets.  A file is named by a hash of its content.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/kit/mutator.h"
#include "parser/milter/engine.h"
#include "tests/unit/stub_process.h"

void __real_engine_init(struct engine *, const struct session_settings *);
void __wrap_engine_init(struct engine *, const struct session_settings *);
enum engine_next __real_engine_input(
    struct engine *, struct span in, size_t *used);
enum engine_next __wrap_engine_input(
    struct engine *, struct span in, size_t *used);

static uint8_t held[MUTATE_INPUT_MAX];
static size_t held_len = MUTATE_HEAD;
static size_t unused; /* bytes that the engine will be given again */
static bool too_long;
static const struct session_settings *settings;

/* FNV-1a. */
static uint64_t
hash(struct span s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * UINT64_C(0x100000001b3);
	return h;
}

static void
write_seed(const char *target, struct span s)
{
	const char *folder = getenv("FUZZ_SEEDS");
	char path[1024];
	FILE *fp;

	if (folder == NULL)
		abort();
	snprintf(
	    path, sizeof(path), "%s/%s/%016" PRIx64, folder, target, hash(s));
	fp = fopen(path, "wb");
	if (fp == NULL || fwrite(s.ptr, 1, s.len, fp) != s.len ||
	    fclose(fp) != 0)
		abort();
}

/* The conversation that was held, with the head that leads to the outcome and
 * the action of the test; see conversation.c. */
static void
finish(void)
{
	uint8_t outcome = (uint8_t)stub.result.outcome;

	if (held_len > MUTATE_HEAD && !too_long) {
		held[1] = outcome;
		if (outcome < OUTCOME_COUNT)
			held[4] =
			    (uint8_t)((outcome + 1U) *
				      settings->disposition[outcome].action);
		write_seed("conversation", span_of(held, held_len));
		write_seed("packet",
		    span_of(held + MUTATE_HEAD, held_len - MUTATE_HEAD));
	}
	held_len = MUTATE_HEAD;
	unused = 0;
	too_long = false;
}

void
__wrap_engine_init(struct engine *e, const struct session_settings *s)
{
	static bool registered;

	if (!registered)
		atexit(finish);
	registered = true;
	finish();
	settings = s;
	__real_engine_init(e, s);
}

enum engine_next
__wrap_engine_input(struct engine *e, struct span in, size_t *used)
{
	enum engine_next next = __real_engine_input(e, in, used);
	struct span fresh = span_of(in.ptr + unused, in.len - unused);

	if (fresh.len > sizeof(held) - held_len)
		too_long = true;
	else {
		memcpy(&held[held_len], fresh.ptr, fresh.len);
		held_len += fresh.len;
	}
	unused = in.len - *used;
	return next;
}
