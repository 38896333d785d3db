/* SPDX-License-Identifier: ISC */
/* The strict boundary, in the session process; see boundary.h. */
#include "parser/mime/boundary.h"

#include "parser/mime/syntax.h"
#include "parser/mime/word.h"

/* May it stand in a boundary?  What RFC 2046 allows, and what scanners and
 * copiers put between quotes and every program takes as it is. */
static bool
is_usual(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z') ||
	       syntax_is_one_of(byte, "'()+_,-./:=? !#$&*<>@[]^{|}~");
}

/* Takes a value, or compares it with the one that was taken before. */
static void
take(struct boundary *b, const struct value *v, struct anomalies *found)
{
	uint8_t other[ENTITY_BOUNDARY_MAX];
	bool cut = false;
	size_t len =
	    value_write(v, VALUE_PLAIN, other, sizeof(other), 0, found, &cut);

	for (uint32_t i = 0; i < v->count; i++)
		b->odd = b->odd || v->section[i]->odd || v->section[i]->loose;
	if (cut)
		anomalies_add(found, ANOMALY_BOUNDARY_LONG);
	if (v->section[0]->loose)
		return;
	if (!b->there) {
		b->there = true;
		b->len = b->plain = len;
		memcpy(b->text, other, len);
	} else if (!syntax_equal(
		       span_of(b->text, b->len), span_of(other, len))) {
		anomalies_add(found, ANOMALY_BOUNDARY_CONFLICT);
	}
}

/* Up to where programs read it that know tokens only. */
static void
find_plain(struct boundary *b)
{
	struct cursor c = cursor_of(span_of(b->text, b->len));

	while (!cursor_empty(&c) && !syntax_is_special(syntax_peek(&c)))
		syntax_step(&c);
	b->plain = b->len - c.left;
}

static void
take_plain(struct boundary *b, const struct params *p, struct anomalies *found)
{
	struct value v;
	uint32_t from = 0;

	while (value_next(p, "boundary", &from, &v)) {
		bool first = !b->there;

		if (v.section[0]->extended)
			continue;
		take(b, &v, found);
		if (first && b->there && v.section[0]->specials)
			find_plain(b);
	}
}

/* The forms of RFC 2231. */
static void
take_extended(
    struct boundary *b, const struct params *p, struct anomalies *found)
{
	struct value v;
	uint32_t from = 0;

	while (value_next(p, "boundary", &from, &v)) {
		if (!v.section[0]->extended)
			continue;
		anomalies_add(found, ANOMALY_BOUNDARY_EXTENDED);
		take(b, &v, found);
	}
	if (!value_join(p, "boundary", false, &v))
		return;
	anomalies_add(found, ANOMALY_BOUNDARY_EXTENDED);
	if (v.gap)
		anomalies_add(found, ANOMALY_PARAM_CONTINUATION_GAP);
	take(b, &v, found);
	if (v.twice && value_join(p, "boundary", true, &v))
		take(b, &v, found);
}

static void
check(const struct boundary *b, struct anomalies *found)
{
	struct span s = span_of(b->text, b->len);

	if (s.len == 0) {
		anomalies_add(found, ANOMALY_BOUNDARY_EMPTY);
		return;
	}
	if (s.len > BOUNDARY_USUAL_MAX)
		anomalies_add(found, ANOMALY_BOUNDARY_LONG);
	if (word_is_there(s))
		anomalies_add(found, ANOMALY_BOUNDARY_ENCODED_WORD);
	if (syntax_is_blank(s.ptr[s.len - 1]))
		anomalies_add(found, ANOMALY_BOUNDARY_SPACE_END);
	if (s.ptr[0] == ' ')
		anomalies_add(found, ANOMALY_BOUNDARY_ODD);
	for (size_t i = 0; i < s.len; i++)
		if (!is_usual(s.ptr[i]))
			anomalies_add(found, ANOMALY_BOUNDARY_ODD);
}

void
boundary_read(
    const struct params *p, struct boundary *out, struct anomalies *found)
{
	out->there = out->odd = false;
	out->len = out->plain = 0;
	take_plain(out, p, found);
	take_extended(out, p, found);
	/* A token that ends at its first byte is empty. */
	out->odd = out->odd || (out->len > 0 && out->plain == 0);
	if (out->there)
		check(out, found);
}
