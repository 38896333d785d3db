/* SPDX-License-Identifier: ISC */
/*
 * The set of candidates.  A row is a near miss if any of them is its beginning:
 * enough to look for those that begin with no other one, and of these only the
 * last that is not behind the row in the order of the alphabet can be.  In a
 * session.
 */
#include "parser/mime/delimiters.h"

#include "lib/ensure.h"
#include "parser/mime/ascii.h"

static struct span
candidate(const struct delimiters *c, size_t i)
{
	return span_of(&c->text[c->at[i]], c->len[i]);
}

/* Of two texts the order of what they have both; 0: one begins the other. */
static int
compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;

	for (size_t i = 0; i < len; i++) {
		uint8_t x = ascii_lower(a.ptr[i]), y = ascii_lower(b.ptr[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

/* The first root that is not before a text, nor begins it. */
static size_t
place_of(const struct delimiters *c, struct span text, bool *begun)
{
	size_t low = 0, high = c->roots;

	*begun = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct span root = candidate(c, c->root[middle]);
		int order = compare(root, text);

		if (order == 0 && root.len <= text.len) {
			*begun = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Takes a text among the roots unless one begins it; those that it begins are
 * none any more. */
static void
add_root(struct delimiters *c, size_t i)
{
	struct span text = candidate(c, i);
	bool begun;
	size_t at = place_of(c, text, &begun), gone = 0;

	if (begun)
		return;
	while (at + gone < c->roots &&
	       compare(candidate(c, c->root[at + gone]), text) == 0)
		gone++;
	memmove(&c->root[at + 1], &c->root[at + gone],
	    (c->roots - at - gone) * sizeof(c->root[0]));
	c->root[at] = (uint16_t)i;
	c->roots = c->roots + 1 - gone;
	c->first[ascii_lower(text.ptr[0])] = true;
}

void
delimiters_clear(struct delimiters *c)
{
	c->full = false;
	delimiters_keep(c, 0);
}

void
delimiters_keep(struct delimiters *c, size_t count)
{
	ensure(count <= DELIMITERS_MAX);
	c->count = count;
	c->roots = 0;
	c->used = 0;
	c->empty = false;
	memset(c->first, 0, sizeof(c->first));
	for (size_t i = 0; i < count; i++) {
		c->used = (size_t)c->at[i] + c->len[i];
		if (c->len[i] == 0)
			c->empty = true;
		else
			add_root(c, i);
	}
}

static bool
is_one(const struct delimiters *c, struct span text)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->len[i] == text.len &&
		    memcmp(&c->text[c->at[i]], text.ptr, text.len) == 0)
			return true;
	}
	return false;
}

void
delimiters_add(struct delimiters *c, struct span text)
{
	size_t i = c->count;

	if (is_one(c, text))
		return;
	if (i == DELIMITERS_MAX || text.len > sizeof(c->text) - c->used) {
		c->full = true;
		return;
	}
	if (text.len > 0)
		memcpy(&c->text[c->used], text.ptr, text.len);
	c->at[i] = (uint16_t)c->used;
	c->len[i] = (uint16_t)text.len;
	c->used += text.len;
	c->count++;
	if (text.len > 0)
		add_root(c, i);
	else
		c->empty = true;
}

static struct span
from(struct span s, size_t at)
{
	return span_of(s.ptr + at, s.len - at);
}

static bool
begins_it(const struct delimiters *c, struct span text)
{
	bool begun = false;

	if (text.len > 0 && c->first[ascii_lower(text.ptr[0])])
		(void)place_of(c, text, &begun);
	return begun;
}

/* "b1" or "b1--" and white space: b1 is one, or "b1 ". */
static bool
is_exact(const struct delimiters *c, struct span text)
{
	if (is_one(c, text))
		return true;
	while (text.len > 0 && (text.ptr[text.len - 1] == ' ' ||
				   text.ptr[text.len - 1] == '\t'))
		text.len--;
	if (is_one(c, text))
		return true;
	return text.len >= 2 && memcmp(&text.ptr[text.len - 2], "--", 2) == 0 &&
	       is_one(c, span_of(text.ptr, text.len - 2));
}

/* A candidate without dashes before it: nothing of a word may follow. */
static bool
is_bare(const struct delimiters *c, struct span text)
{
	bool begun = false;
	size_t i;
	uint8_t byte;

	if (text.len == 0 || !c->first[ascii_lower(text.ptr[0])])
		return false;
	i = place_of(c, text, &begun);
	if (!begun)
		return false;
	if (c->len[c->root[i]] == text.len)
		return true;
	byte = ascii_lower(text.ptr[c->len[c->root[i]]]);
	return byte <= ' ' || byte == '-';
}

enum cut
delimiters_cut(const struct delimiters *c, struct span row)
{
	struct span text = row;

	while (text.len > 0 && (text.ptr[0] <= ' '))
		text = from(text, 1);
	if (text.len == 0)
		return CUT_NOT;
	if (text.ptr[0] != '-')
		return is_bare(c, text) ? CUT_NEAR : CUT_NOT;
	if (text.len >= 2 && text.ptr[1] == '-' &&
	    (c->empty || begins_it(c, from(text, 2)))) {
		if (text.len == row.len && is_exact(c, from(text, 2)))
			return CUT_EXACT;
		return CUT_NEAR;
	}
	if (begins_it(c, from(text, 1)) || is_bare(c, text))
		return CUT_NEAR;
	return CUT_NOT;
}
