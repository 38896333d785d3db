/* SPDX-License-Identifier: ISC */
/*
 * Values of parameters, joined and written out, in the session process; see
 * param.h.
 */
#include "lib/ensure.h"
#include "parser/mime/param.h"
#include "parser/mime/syntax.h"

bool
value_next(const struct params *params, const char *name, uint32_t *from,
    struct value *out)
{
	while (*from < params->count) {
		const struct param *p = &params->param[(*from)++];

		if (!p->sectioned && syntax_is(p->name, name)) {
			out->count = 1;
			out->section[0] = p;
			out->gap = out->twice = false;
			return true;
		}
	}
	return false;
}

bool
value_join(
    const struct params *params, const char *name, bool last, struct value *out)
{
	const struct param *by_number[PARAM_SECTIONS] = {0};
	uint32_t end = 0;

	*out = (struct value){0};
	for (uint32_t i = 0; i < params->count; i++) {
		const struct param *p = &params->param[i];

		if (!p->sectioned || !syntax_is(p->name, name))
			continue;
		ensure(p->section < PARAM_SECTIONS);
		if (by_number[p->section] == NULL || last)
			by_number[p->section] = p;
		out->twice =
		    out->twice ||
		    !syntax_equal(by_number[p->section]->value, p->value);
		if (p->section >= end)
			end = p->section + 1U;
	}
	for (uint32_t i = 0; i < end; i++)
		if (by_number[i] != NULL)
			out->section[out->count++] = by_number[i];
	out->gap = out->count != end;
	return out->count > 0;
}

/* Takes charset and language off an extended value; false if there are none. */
static bool
take_charset(struct cursor *value, struct span *charset)
{
	struct cursor c = *value, before = c;
	unsigned int quotes = 0;
	uint8_t byte;

	*charset = span_of(value->at, 0);
	while (quotes < 2 && cursor_u8(&c, &byte)) {
		if (byte != '\'')
			continue;
		if (++quotes == 1)
			charset->len = before.left - c.left - 1;
	}
	if (quotes < 2) {
		charset->len = 0;
		return false;
	}
	*value = c;
	return true;
}

bool
value_charset(const struct value *v, struct span *out)
{
	const struct param *first = v->section[0];
	struct cursor c = cursor_of(first->value);

	*out = span_of(first->value.ptr, 0);
	return !first->extended || (take_charset(&c, out) && out->len > 0);
}

/* --- writing -------------------------------------------------------------- */

/* Keeps what does not stand from one place up to another. */
struct value_sink {
	uint8_t *out;
	size_t at, len;
	size_t from, to;
};

static void
put(struct value_sink *k, uint8_t byte)
{
	if (k->at < k->from || k->at >= k->to)
		k->out[k->len++] = byte;
	k->at++;
}

static int
hex(int byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* What an escape stands for of which the percent sign was taken; the sign
 * itself if it is none. */
static uint8_t
take_escape(struct cursor *c, struct anomalies *found)
{
	struct cursor next = *c;
	int high = hex(syntax_peek(&next)), low;

	syntax_step(&next);
	low = hex(syntax_peek(&next));
	if (high < 0 || low < 0) {
		anomalies_add(found, ANOMALY_PARAM_PERCENT_BAD);
		return '%';
	}
	syntax_step(&next);
	*c = next;
	return (uint8_t)(high << 4 | low);
}

static void
write_section(const struct param *p, enum value_form form, bool first,
    struct value_sink *k, struct anomalies *found)
{
	bool percent = p->extended && form < VALUE_LITERAL;
	bool resolve = p->quoted && form != VALUE_KEPT;
	struct cursor c =
	    cursor_of(form == VALUE_WHOLE && !p->quoted ? p->whole : p->value);
	struct span charset;
	uint8_t byte;

	if (percent && first)
		(void)take_charset(&c, &charset);
	while (cursor_u8(&c, &byte)) {
		if (byte == '\n' || (byte == '\r' && syntax_peek(&c) == '\n'))
			continue;
		if (byte == '\\' && resolve && !cursor_empty(&c))
			(void)cursor_u8(&c, &byte);
		if (byte == '%' && percent)
			byte = take_escape(&c, found);
		put(k, byte);
	}
}

static void
write_sections(const struct value *v, enum value_form form,
    struct value_sink *k, struct anomalies *found)
{
	for (uint32_t i = 0; i < v->count; i++)
		write_section(v->section[i], form, i == 0, k, found);
}

size_t
value_write(const struct value *v, enum value_form form, uint8_t *out,
    size_t room, size_t tail, struct anomalies *found, bool *cut)
{
	struct value_sink k = {.out = out, .from = room, .to = SIZE_MAX};

	ensure(tail <= room);
	write_sections(v, form, &k, found);
	if (k.at <= room)
		return k.len;
	*cut = true;
	if (tail > 0) {
		k = (struct value_sink){
		    .out = out, .from = room - tail, .to = k.at - tail};
		write_sections(v, form, &k, found);
	}
	ensure(k.len == room);
	return k.len;
}
