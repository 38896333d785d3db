/* SPDX-License-Identifier: ISC */
/*
 * Everything that a program could take for a boundary, in the session process;
 * see entity.h.  First what the parameters say, then what stands behind each
 * "boundary" and an equals sign, however it is written.
 */
#include "parser/mime/boundary.h"
#include "parser/mime/header.h"
#include "parser/mime/media.h"
#include "parser/mime/syntax.h"
#include "parser/mime/word.h"

#define PLACES_MAX  PARAMS_MAX /* at which "boundary" is looked for */
#define BETWEEN_MAX 40	       /* bytes between that and its equals sign */
#define TEXT_MAX    512	       /* of what stands behind one */

struct candidates {
	uint8_t *buffer;
	size_t room;
	struct span *out;
	size_t count, max;
};

/* Gives a value unless it was given before. */
static void
give(struct candidates *k, struct span value)
{
	if (value.len > ENTITY_BOUNDARY_MAX)
		value.len = ENTITY_BOUNDARY_MAX;
	if (value.len == 0 || k->count == k->max || value.len > k->room)
		return;
	for (size_t i = 0; i < k->count; i++)
		if (syntax_equal(k->out[i], value))
			return;
	memcpy(k->buffer, value.ptr, value.len);
	k->out[k->count++] = span_of(k->buffer, value.len);
	k->buffer += value.len;
	k->room -= value.len;
}

/* What stands before the first of some characters. */
static struct span
before(struct span s, const char *set)
{
	struct cursor c = cursor_of(s), from = c;

	while (!cursor_empty(&c) && !syntax_is_one_of(syntax_peek(&c), set))
		syntax_step(&c);
	return syntax_between(&from, &c);
}

static struct span
before_nul(struct span s)
{
	const uint8_t *nul = s.len > 0 ? memchr(s.ptr, '\0', s.len) : NULL;

	return nul == NULL ? s : span_of(s.ptr, (size_t)(nul - s.ptr));
}

static struct span
behind_blanks(struct span s)
{
	struct cursor c = cursor_of(s);

	while (syntax_is_blank(syntax_peek(&c)))
		syntax_step(&c);
	return cursor_rest(&c);
}

/* As if it were extended, which some programs think of all values. */
static void
give_percent(struct candidates *k, struct span value)
{
	const struct param p = {.value = value, .extended = true};
	const struct value v = {.count = 1, .section = {&p}};
	struct anomalies found = {0};
	uint8_t decoded[TEXT_MAX];
	bool cut;

	give(k, span_of(decoded, value_write(&v, VALUE_PLAIN, decoded,
				     sizeof(decoded), 0, &found, &cut)));
}

/* Without white space. */
static void
give_dense(struct candidates *k, struct span value)
{
	struct cursor c = cursor_of(value);
	uint8_t dense[TEXT_MAX];
	size_t len = 0;

	while (len < sizeof(dense) && cursor_u8(&c, &dense[len]))
		if (!syntax_is_blank(dense[len]))
			len++;
	give(k, span_of(dense, len));
}

/* A value as some programs take it, and what others make of that. */
static void
give_all(struct candidates *k, struct span value)
{
	uint8_t decoded[TEXT_MAX];
	bool odd, cut = false;
	uint32_t words;

	give(k, value);
	give(k, syntax_trim(value));
	give(k, behind_blanks(value));
	give(k, before_nul(value));
	give_dense(k, value);
	if (value.len > BOUNDARY_USUAL_MAX)
		give(k, span_of(value.ptr, BOUNDARY_USUAL_MAX));
	if (value.len > 1 && value.ptr[0] == '\'')
		give(k, before(span_of(value.ptr + 1, value.len - 1), "'"));
	if (value.len > 0 && memchr(value.ptr, '%', value.len) != NULL)
		give_percent(k, value);
	if (word_is_there(value))
		give(k,
		    span_of(decoded, word_decode(value, WORD_ANYWHERE, decoded,
					 sizeof(decoded), &words, &odd, &cut)));
}

/* --- parameters ----------------------------------------------------------- */

static void
give_value(struct candidates *k, const struct value *v)
{
	struct anomalies found = {0};
	uint8_t text[TEXT_MAX];
	bool cut;

	for (enum value_form form = VALUE_PLAIN; form <= VALUE_WHOLE; form++)
		give_all(k, span_of(text, value_write(v, form, text,
					      sizeof(text), 0, &found, &cut)));
}

/* Sections one behind the other as they stand. */
static void
give_as_they_stand(struct candidates *k, const struct params *p)
{
	struct value v = {0};

	for (uint32_t i = 0; i < p->count; i++)
		if (p->param[i].sectioned &&
		    syntax_is(p->param[i].name, "boundary"))
			v.section[v.count++] = &p->param[i];
	if (v.count > 0)
		give_value(k, &v);
}

static void
give_params(struct candidates *k, struct span value)
{
	struct cursor c = cursor_of(value);
	struct anomalies found = {0};
	uint8_t type[MEDIA_TYPE_MAX];
	struct params params;
	struct value v;
	uint32_t from = 0;
	size_t len;

	(void)media_take(&c, type, &len, &found);
	params_read(cursor_rest(&c), false, &params);
	while (value_next(&params, "boundary", &from, &v))
		give_value(k, &v);
	if (value_join(&params, "boundary", false, &v))
		give_value(k, &v);
	if (value_join(&params, "boundary", true, &v))
		give_value(k, &v);
	give_as_they_stand(k, &params);
}

/* --- whatever looks like one ---------------------------------------------- */

/* Of what begins with a quote, without it: up to its end, with backslashes and
 * without, or up to somewhere before. */
static void
give_quoted(struct candidates *k, struct span text)
{
	uint8_t resolved[TEXT_MAX];
	struct cursor c = cursor_of(text), from = c;
	size_t len = 0;

	while (!cursor_empty(&c) && syntax_peek(&c) != '"') {
		if (syntax_peek(&c) == '\\')
			syntax_step(&c);
		if (cursor_u8(&c, &resolved[len]))
			len++;
	}
	give_all(k, span_of(resolved, len));
	give_all(k, syntax_between(&from, &c));
	give_all(k, before(text, "\""));
	give_all(k, before(text, ";"));
}

static void
give_text(struct candidates *k, struct span text)
{
	if (text.len > 0 && text.ptr[0] == '"')
		give_quoted(k, span_of(text.ptr + 1, text.len - 1));
	give_all(k, before(text, ";"));
	give_all(k, before(text, "; \t\r"));
	give_all(k, before(text, "\"; \t\r"));
	give_all(k, before(text, "()<>@,;:\\\"/[]?= \t\r"));
}

/* Is there an equals sign behind the name, perhaps with something between?  *c
 * comes to stand behind it, and behind white space. */
static bool
take_equals(struct cursor *c)
{
	struct syntax_found skipped;

	syntax_skip(c, &skipped);
	for (size_t n = 0; n < BETWEEN_MAX && syntax_peek(c) >= 0 &&
			   !syntax_is_one_of(syntax_peek(c), "=;\"\n");
	     n++)
		syntax_step(c);
	if (syntax_peek(c) != '=')
		return false;
	syntax_step(c);
	syntax_skip(c, &skipped);
	return true;
}

static void
give_behind(struct candidates *k, struct cursor c)
{
	uint8_t text[TEXT_MAX];
	struct span s;
	bool cut;

	if (!take_equals(&c))
		return;
	s = span_of(c.at, c.left < TEXT_MAX ? c.left : TEXT_MAX);
	give_text(k, span_of(text, header_unfold(s, text, sizeof(text), &cut)));
}

size_t
entity_boundaries(struct span value, uint8_t *buffer, size_t room,
    struct span *out, size_t max)
{
	static const char word[] = "boundary";
	struct candidates k = {
	    .buffer = buffer, .room = room, .out = out, .max = max};
	struct cursor c = cursor_of(value);
	unsigned int places = 0;
	struct span s;

	give_params(&k, value);
	while (places < PLACES_MAX && c.left >= strlen(word)) {
		if (!syntax_is(span_of(c.at, strlen(word)), word)) {
			syntax_step(&c);
			continue;
		}
		(void)cursor_take(&c, strlen(word), &s);
		give_behind(&k, c);
		places++;
	}
	return k.count;
}
