/* SPDX-License-Identifier: ISC */
/*
 * The search for boundaries.  What is found is given to entity_boundaries as
 * the parameter of a field, for all that it could mean.  In a session.
 */
#include "parser/mime/gather.h"

#include "parser/mime/entity.h"

#define VALUES_MAX 32 /* of one field */

static const char before[] = "multipart/mixed; boundary";
static const char boundary[] = "boundary";
static const char multipart[] = "multipart";

void
gather_begin(struct gather *g, struct delimiters *c)
{
	g->into = c;
	g->multipart = g->boundary = false;
	g->matched = g->matched2 = 0;
	g->inside = g->line_ended = false;
	g->len = 0;
}

/* So many bytes of a word were there before this one; how many are now?  No
 * word of ours begins again within itself. */
static uint8_t
match(const char *word, uint8_t matched, uint8_t byte)
{
	if ((byte | 0x20) == word[matched])
		return (uint8_t)(matched + 1);
	return (byte | 0x20) == word[0];
}

static void
add_values(struct gather *g, struct span value)
{
	struct span found[VALUES_MAX];
	size_t n = entity_boundaries(
	    value, g->work, sizeof(g->work), found, VALUES_MAX);

	for (size_t i = 0; i < n; i++)
		delimiters_add(g->into, found[i]);
	if (n == VALUES_MAX)
		g->into->full = true;
}

/* Where a CR stands alone the value may end. */
static void
value_ends(struct gather *g)
{
	struct span value = span_of(g->value, g->len);
	const uint8_t *cr = memchr(g->value, '\r', g->len);

	add_values(g, value);
	if (cr != NULL)
		add_values(g, span_of(g->value, (size_t)(cr - g->value)));
	g->inside = false;
	g->matched = 0;
}

static void
value_begins(struct gather *g)
{
	g->boundary = true;
	g->inside = true;
	g->line_ended = false;
	g->len = sizeof(before) - 1;
	memcpy(g->value, before, g->len);
}

/* A byte behind the word: false if it belongs no longer to the value. */
static bool
value_byte(struct gather *g, uint8_t byte)
{
	if (g->line_ended && byte != ' ' && byte != '\t') {
		value_ends(g);
		return false;
	}
	g->line_ended = byte == '\n';
	g->value[g->len++] = byte;
	if (g->len == sizeof(g->value))
		value_ends(g);
	return true;
}

void
gather_bytes(struct gather *g, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t byte = bytes.ptr[i];

		if (g->inside && value_byte(g, byte))
			continue;
		g->matched2 = match(multipart, g->matched2, byte);
		if (g->matched2 == sizeof(multipart) - 1) {
			g->multipart = true;
			g->matched2 = 0;
		}
		g->matched = match(boundary, g->matched, byte);
		if (g->matched == sizeof(boundary) - 1)
			value_begins(g);
	}
}

void
gather_end(struct gather *g)
{
	if (g->inside)
		value_ends(g);
}
