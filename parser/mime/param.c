/* SPDX-License-Identifier: ISC */
/*
 * Splitting a field into its parameters, in the session process; see param.h.
 * What stands there is passed from left to right, once.
 */
#include "parser/mime/param.h"

#include "lib/ensure.h"
#include "parser/mime/syntax.h"

/* What stands before the place where a parameter may begin. */
enum before {
	BEFORE_SEMICOLON,
	BEFORE_UNQUOTED, /* a value without quotes: more words belong to it */
	BEFORE_OTHER	 /* the type, a value in quotes, or something else */
};

struct reader {
	struct cursor c;
	struct params *out;
	enum before before;
};

static void
add(struct reader *r, enum anomaly a)
{
	anomalies_add(&r->out->found, a);
}

/* Other programs find other parameters. */
static void
add_broken(struct reader *r, enum anomaly a)
{
	add(r, a);
	r->out->broken = true;
}

/* Other programs find another value. */
static void
add_odd(struct reader *r, struct param *p, enum anomaly a)
{
	add(r, a);
	p->odd = true;
}

static void
skip(struct reader *r)
{
	struct syntax_found found = {0};

	syntax_skip(&r->c, &found);
	r->out->comment = r->out->comment || found.comment;
	if (found.open)
		add_broken(r, ANOMALY_PARAM_JUNK);
	if (found.deep)
		add_broken(r, ANOMALY_LIMIT_PARAMS);
}

/* Is it one whose backslashes matter? */
static bool
is_path(const struct param *p)
{
	return syntax_is(p->name, "boundary") ||
	       syntax_is(p->name, "filename") || syntax_is(p->name, "name");
}

/* --- values --------------------------------------------------------------- */

static void
take_quoted(struct reader *r, struct param *p)
{
	struct cursor before;
	bool backslash = false, fold = false;

	syntax_step(&r->c);
	before = r->c;
	p->quoted = true;
	while (syntax_peek(&r->c) >= 0 && syntax_peek(&r->c) != '"') {
		if (syntax_peek(&r->c) == '\\') {
			backslash = true;
			syntax_step(&r->c);
		}
		fold = fold || syntax_peek(&r->c) == '\n';
		syntax_step(&r->c);
	}
	p->value = syntax_between(&before, &r->c);
	if (cursor_empty(&r->c)) {
		p->odd = true;
		add_broken(r, ANOMALY_PARAM_UNTERMINATED_QUOTE);
	}
	syntax_step(&r->c);
	if (fold)
		add_odd(r, p, ANOMALY_PARAM_FOLD_IN_QUOTES);
	if (backslash && is_path(p))
		add_odd(r, p, ANOMALY_PARAM_BACKSLASH);
	if (p->extended)
		add_odd(r, p, ANOMALY_PARAM_EXTENDED_QUOTED);
}

/* Does an unquoted value end here?  A comma ends it where a list would go
 * on. */
static bool
unquoted_ends(const struct cursor *c)
{
	int byte = syntax_peek(c);
	struct cursor next = *c;

	if (byte != ',')
		return byte < 0 || syntax_is_blank(byte) || byte == ';' ||
		       byte == '(' || byte == '"';
	syntax_step(&next);
	byte = syntax_peek(&next);
	return byte < 0 || syntax_is_blank(byte) || byte == ';';
}

/* Up to the next semicolon, as far as values go. */
static struct span
up_to_semicolon(struct cursor c)
{
	size_t len = c.left < PARAM_VALUE_MAX ? c.left : PARAM_VALUE_MAX;
	const uint8_t *end = len > 0 ? memchr(c.at, ';', len) : NULL;
	struct cursor at = c;

	while (at.left > 0 && at.at != end && c.left - at.left < len)
		syntax_step(&at);
	return syntax_trim(syntax_between(&c, &at));
}

static void
take_unquoted(struct reader *r, struct param *p)
{
	struct cursor before = r->c;
	bool backslash = false;

	p->whole = up_to_semicolon(r->c);
	for (; !unquoted_ends(&r->c); syntax_step(&r->c)) {
		p->specials =
		    p->specials || syntax_is_special(syntax_peek(&r->c));
		backslash = backslash || syntax_peek(&r->c) == '\\';
	}
	p->value = syntax_between(&before, &r->c);
	if (p->specials)
		add(r, ANOMALY_PARAM_SPECIALS_UNQUOTED);
	if (backslash && is_path(p))
		add_odd(r, p, ANOMALY_PARAM_BACKSLASH);
	if (p->value.len > 0 && p->value.ptr[0] == '\'' && !p->extended)
		add_odd(r, p, ANOMALY_PARAM_SINGLE_QUOTED);
}

/* --- names ---------------------------------------------------------------- */

static struct span
take_name(struct cursor *c)
{
	struct cursor before = *c;

	while (syntax_peek(c) >= 0 && !syntax_is_blank(syntax_peek(c)) &&
	       !syntax_is_one_of(syntax_peek(c), "=;,(\""))
		syntax_step(c);
	return syntax_between(&before, c);
}

/* The digits of a section; false if there is none, or a higher one than we
 * read. */
static bool
take_section(struct reader *r, struct cursor *c, struct param *p)
{
	unsigned int number = 0, digits = 0;
	bool zero = syntax_peek(c) == '0';
	uint8_t byte;

	while (syntax_peek(c) >= '0' && syntax_peek(c) <= '9') {
		(void)cursor_u8(c, &byte);
		if (number < PARAM_SECTIONS)
			number = number * 10 + byte - '0';
		digits++;
	}
	if (number >= PARAM_SECTIONS)
		add_broken(r, ANOMALY_LIMIT_PARAMS);
	if (zero && digits > 1)
		add_odd(r, p, ANOMALY_PARAM_CONTINUATION_GAP);
	p->section = (uint8_t)(number % PARAM_SECTIONS);
	p->sectioned = digits > 0;
	return digits > 0 && number < PARAM_SECTIONS;
}

/* What RFC 2231 puts behind a name: "*", "*0" or "*0*".  False: it is
 * something else. */
static bool
split_name(struct reader *r, struct span name, struct param *p)
{
	const uint8_t *star =
	    name.len > 0 ? memchr(name.ptr, '*', name.len) : NULL;
	struct cursor c = cursor_of(name);

	p->name = name;
	if (star == NULL)
		return name.len > 0;
	(void)cursor_take(&c, (size_t)(star - name.ptr), &p->name);
	syntax_step(&c);
	if (!cursor_empty(&c) && !take_section(r, &c, p))
		return false;
	p->extended = !p->sectioned || syntax_peek(&c) == '*';
	if (syntax_peek(&c) == '*')
		syntax_step(&c);
	return cursor_empty(&c);
}

/* --- parameters ----------------------------------------------------------- */

static void
keep(struct reader *r, const struct param *p)
{
	if (r->out->count == PARAMS_MAX) {
		add_broken(r, ANOMALY_LIMIT_PARAMS);
		(void)cursor_rest(&r->c);
		return;
	}
	r->out->param[r->out->count++] = *p;
}

/* Behind a name and an equals sign. */
static void
take_value(struct reader *r, struct span name)
{
	struct param p = {.loose = r->before != BEFORE_SEMICOLON};
	bool good = split_name(r, name, &p);

	if (p.loose)
		add_broken(r, ANOMALY_PARAM_NO_SEMICOLON);
	skip(r);
	if (syntax_peek(&r->c) == '"')
		take_quoted(r, &p);
	else
		take_unquoted(r, &p);
	r->before = p.quoted ? BEFORE_OTHER : BEFORE_UNQUOTED;
	if (good)
		keep(r, &p);
	else
		add_broken(r, ANOMALY_PARAM_JUNK);
}

/* A word, or a character, that is no parameter. */
static void
pass_junk(struct reader *r, bool word)
{
	struct params *p = r->out;

	if (!word)
		syntax_step(&r->c);
	if (word && r->before == BEFORE_UNQUOTED && p->count > 0)
		add_odd(
		    r, &p->param[p->count - 1], ANOMALY_PARAM_SPACE_UNQUOTED);
	else
		add_broken(r, ANOMALY_PARAM_JUNK);
	if (r->before == BEFORE_SEMICOLON)
		r->before = BEFORE_OTHER;
}

static void
take_item(struct reader *r)
{
	struct span name;

	if (syntax_peek(&r->c) == ';') {
		syntax_step(&r->c);
		if (r->before == BEFORE_SEMICOLON)
			add_broken(r, ANOMALY_PARAM_JUNK);
		r->before = BEFORE_SEMICOLON;
		return;
	}
	name = take_name(&r->c);
	skip(r);
	if (name.len > 0 && syntax_peek(&r->c) == '=') {
		syntax_step(&r->c);
		take_value(r, name);
	} else {
		pass_junk(r, name.len > 0);
	}
}

/* Are both the same thing, so that they cannot both be right? */
static bool
is_twice(const struct param *a, const struct param *b)
{
	return a->sectioned == b->sectioned && a->section == b->section &&
	       (a->sectioned || a->extended == b->extended) &&
	       ascii_same(a->name, b->name);
}

/* Compares each parameter with the first one of its name. */
static void
find_conflicts(struct reader *r)
{
	struct params *p = r->out;

	for (uint32_t i = 1; i < p->count; i++) {
		uint32_t first = 0;

		while (!is_twice(&p->param[first], &p->param[i]))
			first++;
		if (!syntax_equal(p->param[first].value, p->param[i].value))
			add_odd(r, &p->param[i], ANOMALY_PARAM_CONFLICT);
	}
}

void
params_read(struct span rest, bool alone, struct params *out)
{
	struct reader r = {.c = cursor_of(rest),
	    .out = out,
	    .before = alone ? BEFORE_SEMICOLON : BEFORE_OTHER};

	out->count = 0;
	out->found = (struct anomalies){0};
	out->comment = out->broken = false;
	skip(&r);
	while (!cursor_empty(&r.c)) {
		take_item(&r);
		skip(&r);
	}
	find_conflicts(&r);
	ensure(out->count <= PARAMS_MAX);
}
