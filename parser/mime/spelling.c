/* SPDX-License-Identifier: ISC */
/* File names in all their spellings, in the session process; see spelling.h. */
#include "parser/mime/spelling.h"

#include "lib/ensure.h"
#include "parser/mime/header.h"
#include "parser/mime/syntax.h"
#include "parser/mime/word.h"

#define TAIL ((size_t)128) /* of a long name: its extension is there */

void
spellings_begin(struct spellings *s, struct entity *entity)
{
	s->entity = entity;
	s->any = false;
	s->len = 0;
}

static void
add(const struct spellings *s, enum anomaly a)
{
	anomalies_add(&s->entity->found, a);
}

/* --- one spelling --------------------------------------------------------- */

static bool
is_there(const struct entity *e, struct span name)
{
	for (uint32_t i = 0; i < e->names; i++)
		if (syntax_equal(e->name[i], name))
			return true;
	return false;
}

/* Copies a name behind the entity's other texts, its middle left out if it is
 * long; false if there is no room. */
static bool
copy(struct entity *e, struct span name, struct span *out)
{
	size_t head = name.len, tail = 0;
	uint8_t *to = e->text + e->used;

	if (name.len > NAME_MAX_KEPT) {
		tail = TAIL;
		head = NAME_MAX_KEPT - TAIL;
	}
	if (head + tail > sizeof(e->text) - e->used)
		return false;
	memcpy(to, name.ptr, head);
	if (tail > 0)
		memcpy(to + head, name.ptr + (name.len - tail), tail);
	*out = span_of(to, head + tail);
	return true;
}

/* Keeps a name unless it is there already. */
static void
keep(struct spellings *s, struct span name)
{
	struct entity *e = s->entity;
	struct span kept;

	if (name.len == 0)
		return;
	if (!copy(e, name, &kept)) {
		add(s, ANOMALY_LIMIT_NAMES);
		return;
	}
	if (is_there(e, kept))
		return;
	if (e->names == ENTITY_NAMES_MAX) {
		add(s, ANOMALY_LIMIT_NAMES);
		return;
	}
	e->name[e->names++] = kept;
	e->used += kept.len;
	ensure(e->used <= sizeof(e->text));
}

/* A name, and what stands behind the last of its directories. */
static void
keep_with_base(struct spellings *s, struct span name)
{
	struct cursor c = cursor_of(name), base = c;
	uint8_t byte;

	keep(s, name);
	while (cursor_u8(&c, &byte))
		if (byte == '/' || byte == '\\')
			base = c;
	keep(s, cursor_rest(&base));
}

/* One that is a name of its own, and not only another way to write one. */
static void
compare(struct spellings *s, struct span name)
{
	uint8_t normal[NAME_MAX_KEPT];
	size_t len = name_normal(name, normal);

	if (len == 0)
		return;
	if (!s->any) {
		s->any = true;
		s->len = len;
		memcpy(s->first, normal, len);
	} else if (!syntax_equal(
		       span_of(s->first, s->len), span_of(normal, len))) {
		add(s, ANOMALY_NAME_CONFLICT);
	}
}

/* What one spelling of a value is. */
enum spelled {
	SPELLED_NAME,  /* a name of its own */
	SPELLED_AGAIN, /* another way to write one, that may be odd by itself */
	SPELLED_ODDLY, /* the same, and how it is written says nothing */
};

/* A spelling: with its encoded words decoded, if there are any, and as it
 * is. */
static void
spell(struct spellings *s, struct span name, enum spelled as)
{
	uint8_t decoded[PARAM_VALUE_MAX];
	struct span best = name;
	bool odd = false, cut = false;
	uint32_t words = 0;

	if (word_is_there(name)) {
		best =
		    span_of(decoded, word_decode(name, WORD_ANYWHERE, decoded,
					 sizeof(decoded), &words, &odd, &cut));
		add(s, ANOMALY_NAME_ENCODED_WORD);
	}
	if (odd)
		add(s, ANOMALY_NAME_CHARSET_ODD);
	if (as != SPELLED_ODDLY)
		name_check(best, &s->entity->found);
	if (as == SPELLED_NAME)
		compare(s, best);
	keep_with_base(s, best);
	keep_with_base(s, name);
}

/* --- one value ------------------------------------------------------------ */

/* Charsets of honest mail, by how their names begin. */
static const char *const usual[] = {"utf-8", "utf8", "us-ascii", "ascii",
    "ansi_x3.4", "iso-8859-", "iso8859-", "iso_8859-", "latin", "windows-",
    "cp", "ibm", "koi8-", "gb2312", "gbk", "gb18030", "hz-gb", "big5", "euc-",
    "iso-2022-", "shift_jis", "shift-jis", "sjis", "ks_c_5601", "tis-620",
    "macintosh", "x-mac-", "viscii", NULL};

static bool
charset_is_odd(struct span charset)
{
	for (const char *const *u = usual; *u != NULL; u++) {
		size_t len = strlen(*u);

		if (charset.len >= len &&
		    syntax_is(span_of(charset.ptr, len), *u))
			return false;
	}
	return true;
}

/* In one of its forms. */
static void
spell_form(struct spellings *s, const struct value *v, enum value_form form,
    enum spelled as)
{
	uint8_t text[PARAM_VALUE_MAX];
	bool cut = false;
	size_t len = value_write(
	    v, form, text, sizeof(text), TAIL * 2, &s->entity->found, &cut);
	struct span name = span_of(text, len);

	spell(s, name, as);
	if (len > 1 && text[0] == '\'' && text[len - 1] == '\'')
		spell(s, span_of(text + 1, len - 2), SPELLED_AGAIN);
}

/* An extended value, converted to UTF-8 and as its bytes are. */
static void
spell_extended(struct spellings *s, const struct value *v, struct span charset)
{
	uint8_t text[PARAM_VALUE_MAX], utf8[PARAM_VALUE_MAX];
	bool cut = false, known;
	size_t converted, len = value_write(v, VALUE_PLAIN, text, sizeof(text),
			      TAIL * 2, &s->entity->found, &cut);

	known = word_to_utf8(
	    charset, span_of(text, len), utf8, sizeof(utf8), &converted);
	spell(s, span_of(utf8, converted), SPELLED_NAME);
	if (!known || charset_is_odd(charset))
		spell(s, span_of(text, len), SPELLED_ODDLY);
	if (charset_is_odd(charset))
		add(s, ANOMALY_NAME_CHARSET_ODD);
}

/* True if it is unquoted and goes on behind a blank or the like. */
static bool
goes_on(const struct value *v)
{
	const struct param *p = v->section[0];

	return v->count == 1 && !p->quoted && !p->extended &&
	       p->whole.len > p->value.len;
}

/* Is there a backslash in it, and one that is not there for a quote or another
 * backslash? */
static bool
has_backslash(struct span value, bool *path)
{
	struct cursor c = cursor_of(value);
	bool there = false;
	uint8_t byte;

	while (cursor_u8(&c, &byte)) {
		if (byte != '\\')
			continue;
		there = true;
		if (!syntax_is_one_of(syntax_peek(&c), "\"\\"))
			*path = true;
		syntax_step(&c);
	}
	return there;
}

/* With the backslashes kept. */
static void
spell_kept(struct spellings *s, const struct value *v)
{
	bool there = false, path = false;

	for (uint32_t i = 0; i < v->count; i++)
		if (v->section[i]->quoted &&
		    has_backslash(v->section[i]->value, &path))
			there = true;
	if (there)
		spell_form(
		    s, v, VALUE_KEPT, path ? SPELLED_AGAIN : SPELLED_ODDLY);
}

void
spellings_value(struct spellings *s, const struct value *v)
{
	struct span charset;

	if (v->gap)
		add(s, ANOMALY_PARAM_CONTINUATION_GAP);
	if (!value_charset(v, &charset)) {
		add(s, ANOMALY_PARAM_CHARSET_MISSING);
		spell_form(s, v, VALUE_LITERAL, SPELLED_AGAIN);
	}
	if (charset.len > 0)
		spell_extended(s, v, charset);
	if (goes_on(v))
		spell_form(s, v, VALUE_WHOLE, SPELLED_NAME);
	if (charset.len == 0)
		spell_form(s, v, VALUE_PLAIN, SPELLED_NAME);
	spell_kept(s, v);
}

/* Simple values of a name: extended ones, or the others. */
static void
spell_each(struct spellings *s, const struct params *p, const char *name,
    bool extended, bool loose)
{
	struct value v;
	uint32_t from = 0;

	while (value_next(p, name, &from, &v))
		if (v.section[0]->extended == extended &&
		    v.section[0]->loose == loose)
			spellings_value(s, &v);
}

void
spellings_param(
    struct spellings *s, const struct params *p, const char *name, bool loose)
{
	struct value v;

	spell_each(s, p, name, true, loose);
	if (!loose && value_join(p, name, false, &v)) {
		spellings_value(s, &v);
		if (v.twice && value_join(p, name, true, &v))
			spellings_value(s, &v);
	}
	spell_each(s, p, name, false, loose);
}

void
spellings_text(struct spellings *s, struct span value)
{
	uint8_t text[PARAM_VALUE_MAX], decoded[PARAM_VALUE_MAX];
	bool odd = false, cut = false;
	uint32_t words = 0;
	size_t len = header_unfold(value, text, sizeof(text), &cut);
	struct cursor c = cursor_of(syntax_trim(span_of(text, len)));
	struct span name;

	while (syntax_is_blank(syntax_peek(&c)))
		syntax_step(&c);
	name = cursor_rest(&c);
	if (word_is_there(name))
		keep_with_base(s,
		    span_of(decoded, word_decode(name, WORD_STRICT, decoded,
					 sizeof(decoded), &words, &odd, &cut)));
	keep_with_base(s, name);
}
