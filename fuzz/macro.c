/* SPDX-License-Identifier: ISC */
/*
 * Macros: parser/milter/macro.c against a model of a few lines.
 *
 * The model keeps all sets ever defined, each with the number of the last
 * event that emptied its stage; it has no tables to run over.  Input: one byte
 * per operation, DEFINE with a stage and its pairs.  After each operation all
 * names in use are looked up in both.
 */
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "parser/milter/macro.h"

#define NAMES (sizeof(name_text) / sizeof(name_text[0]))

static const char stage_command[] = "CHMRTNE"; /* in order of time */
static const enum milter_stage stage_number[] = {MILTER_STAGE_CONNECT,
    MILTER_STAGE_HELO, MILTER_STAGE_MAIL, MILTER_STAGE_RCPT, MILTER_STAGE_DATA,
    MILTER_STAGE_EOH, MILTER_STAGE_EOM};
static const char *const name_text[] = {
    "i", "{i}", "j", "{auth_authen}", "{}", "", "{ii}", "{"};

/* The set of a stage: the pairs as they came, and how many of their bytes
 * fit. */
static struct span model[MILTER_STAGES];
static bool model_used[MILTER_STAGES];

static void
model_clear(size_t from)
{
	for (size_t i = from; i < MILTER_STAGES; i++) {
		model[i] = span_of("", 0);
		model_used[i] = false;
	}
}

static struct span
bare(struct span name)
{
	bool braces = name.len == 3 && name.ptr[0] == '{' && name.ptr[2] == '}';

	return braces ? span_of(name.ptr + 1, 1) : name;
}

/* The first pair of that name that was within the room. */
static bool
model_find_in(size_t stage, struct span wanted, struct span *out)
{
	struct cursor c = cursor_of(model[stage]);
	size_t room = MACRO_STAGE_MAX;
	struct span name, value;

	while (cursor_string(&c, &name) && cursor_string(&c, &value)) {
		size_t size;

		name = bare(name);
		size = name.len + value.len + 2;
		if (size > room)
			continue;
		room -= size;
		if (fuzz_same(name, wanted)) {
			*out = value;
			return true;
		}
	}
	return false;
}

static bool
model_find(const char *name, struct span *out)
{
	for (size_t i = MILTER_STAGES; i-- > 0;)
		if (model_find_in(i, bare(span_text(name)), out))
			return true;
	return false;
}

static void
compare(const struct macros *m)
{
	for (size_t i = 0; i < NAMES; i++) {
		struct span ours = {0}, theirs = {0};
		bool found = macro_find(m, name_text[i], &ours);

		NEED(found == model_find(name_text[i], &theirs));
		NEED(!found || fuzz_same(ours, theirs));
	}
}

static void
define(struct macros *m, struct cursor *c)
{
	uint8_t byte = fuzz_u8(c);
	size_t stage = byte % 8;
	/* 255 of them are enough for one name; four are for the limit. */
	size_t len = (size_t)fuzz_u8(c) * (byte >= 128 ? 4 : 1);
	struct span pairs = span_of(c->at, 0);
	struct span copy;

	(void)cursor_take(c, len < c->left ? len : c->left, &pairs);
	copy = fuzz_copy(pairs);
	macro_define(m, stage < 7 ? (uint8_t)stage_command[stage] : byte, copy);
	free((void *)(uintptr_t)copy.ptr);
	for (size_t i = 0; stage == 7 && i < MILTER_STAGES; i++)
		if (byte == (uint8_t)stage_command[i])
			stage = i;
	if (stage < MILTER_STAGES) {
		model[stage] = pairs;
		model_used[stage] = false;
	}
}

static void
command(struct macros *m, size_t stage)
{
	struct span own = model_used[stage] ? span_of("", 0) : model[stage];

	macro_command(m, stage_number[stage]);
	model_clear(stage);
	model[stage] = own;
	model_used[stage] = true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	struct macros *m = malloc(sizeof(*m));

	NEED(m != NULL);
	memset(m, 0xa5, sizeof(*m));
	macro_clear(m);
	model_clear(0);
	while (!cursor_empty(&c)) {
		uint8_t op = fuzz_u8(&c);

		if (op % 8 < 4)
			command(m, op % 4);
		else if (op % 8 == 4) {
			macro_end_message(m);
			model_clear(2);
		} else if (op == 255) {
			macro_clear(m);
			model_clear(0);
		} else
			define(m, &c);
		compare(m);
	}
	free(m);
	return 0;
}
