/* SPDX-License-Identifier: ISC */
/*
 * The macro tables; see macro.h.  A table holds pairs as they came in the
 * packet, name NUL value NUL, one after the other; a look-up walks through it.
 * Tables are a few dozen bytes in practice.
 */
#include "parser/milter/macro.h"

#include "lib/ensure.h"

/* In order of time; the numbers on the wire are not (EOM is 5, EOH 6). */
static const struct {
	enum milter_stage stage;
	uint8_t command;
} order[MILTER_STAGES] = {
    {MILTER_STAGE_CONNECT, MILTER_CONNECT},
    {MILTER_STAGE_HELO, MILTER_HELO},
    {MILTER_STAGE_MAIL, MILTER_MAIL},
    {MILTER_STAGE_RCPT, MILTER_RCPT},
    {MILTER_STAGE_DATA, MILTER_DATA},
    {MILTER_STAGE_EOH, MILTER_EOH},
    {MILTER_STAGE_EOM, MILTER_BODYEOB},
};

static void
table_clear(struct macros *m, enum milter_stage stage)
{
	m->len[stage] = 0;
	m->used[stage] = false;
}

/* Empties a stage and all later ones. */
static void
clear_from(struct macros *m, enum milter_stage first)
{
	bool reached = false;

	for (size_t i = 0; i < MILTER_STAGES; i++) {
		if (order[i].stage == first)
			reached = true;
		if (reached)
			table_clear(m, order[i].stage);
	}
	ensure(reached);
}

void
macro_clear(struct macros *m)
{
	clear_from(m, MILTER_STAGE_CONNECT);
}

void
macro_end_message(struct macros *m)
{
	clear_from(m, MILTER_STAGE_MAIL);
}

void
macro_command(struct macros *m, enum milter_stage stage)
{
	size_t kept = m->used[stage] ? 0 : m->len[stage];

	/* Clearing touches lengths only, so the own set can be put back. */
	clear_from(m, stage);
	m->len[stage] = kept;
	m->used[stage] = true;
}

/* "{x}" is "x". */
static struct span
bare_name(struct span name)
{
	if (name.len == 3 && name.ptr[0] == '{' && name.ptr[2] == '}')
		return span_of(name.ptr + 1, 1);
	return name;
}

static void
table_put(struct macros *m, enum milter_stage stage, struct span text)
{
	ensure(text.len < MACRO_STAGE_MAX - m->len[stage]);
	memcpy(&m->bytes[stage][m->len[stage]], text.ptr, text.len);
	m->len[stage] += text.len;
	m->bytes[stage][m->len[stage]++] = '\0';
}

static void
table_add(struct macros *m, enum milter_stage stage, struct span name,
    struct span value)
{
	size_t room = MACRO_STAGE_MAX - m->len[stage];

	if (name.len > room || value.len > room ||
	    name.len + value.len + 2 > room)
		return;
	table_put(m, stage, name);
	table_put(m, stage, value);
}

void
macro_define(struct macros *m, uint8_t command, struct span pairs)
{
	struct cursor c = cursor_of(pairs);
	enum milter_stage stage = MILTER_STAGES;
	struct span name, value;

	for (size_t i = 0; i < MILTER_STAGES; i++) {
		if (order[i].command == command)
			stage = order[i].stage;
	}
	if (stage == MILTER_STAGES)
		return;
	table_clear(m, stage);
	while (cursor_string(&c, &name) && cursor_string(&c, &value))
		table_add(m, stage, bare_name(name), value);
}

static bool
table_find(const struct macros *m, enum milter_stage stage, struct span wanted,
    struct span *out)
{
	struct cursor c = cursor_of(span_of(m->bytes[stage], m->len[stage]));
	struct span name, value;

	while (cursor_string(&c, &name) && cursor_string(&c, &value)) {
		if (name.len == wanted.len &&
		    memcmp(name.ptr, wanted.ptr, name.len) == 0) {
			*out = value;
			return true;
		}
	}
	return false;
}

bool
macro_find(const struct macros *m, const char *name, struct span *value)
{
	struct span wanted = bare_name(span_text(name));

	for (size_t i = MILTER_STAGES; i-- > 0;) {
		if (table_find(m, order[i].stage, wanted, value))
			return true;
	}
	return false;
}
