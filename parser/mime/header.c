/* SPDX-License-Identifier: ISC */
/*
 * Header blocks; see header.h.  Pure.  An item is a line with all that
 * continues it; each line is looked at twice, for its end and for its bytes.
 */
#include "parser/mime/header.h"

#include "parser/mime/ascii.h"
#include "parser/mime/word.h"

#define LINE_LONG 998 /* RFC 5322 2.1.1 */

/* Takes a line with its end, if it has one; returns it without. */
static struct span
take_line(struct cursor *c, bool *bare_lf)
{
	const uint8_t *lf = memchr(c->at, '\n', c->left);
	struct span line;

	*bare_lf = false;
	if (lf == NULL)
		return cursor_rest(c);
	line = span_of(c->at, (size_t)(lf - c->at));
	c->at += line.len + 1;
	c->left -= line.len + 1;
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	else
		*bare_lf = true;
	return line;
}

static bool
is_blank(struct span line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (!ascii_is_blank(line.ptr[i]))
			return false;
	}
	return true;
}

/* What is odd about bytes between line ends; *eight: some are beyond ASCII. */
static void
check_bytes(struct span line, bool *eight, struct anomalies *found)
{
	for (size_t i = 0; i < line.len; i++) {
		uint8_t byte = line.ptr[i];

		if (byte >= ' ' && byte < 0x7f)
			continue;
		if (byte >= 0x80)
			*eight = true;
		else if (byte == '\r')
			anomalies_add(found, ANOMALY_HEADER_BARE_CR);
		else if (byte == '\0')
			anomalies_add(found, ANOMALY_HEADER_NUL);
		else if (byte != '\t')
			anomalies_add(found, ANOMALY_HEADER_CONTROL);
	}
}

static void
check_charset(struct span bytes, struct anomalies *found)
{
	anomalies_add(found, word_is_utf8(bytes) ? ANOMALY_HEADER_8BIT
						 : ANOMALY_HEADER_8BIT_INVALID);
}

static bool
starts(struct span name, const char *lower)
{
	size_t len = strlen(lower);

	return name.len >= len && header_is(span_of(name.ptr, len), lower);
}

/* Is it that name but for case, once all but letters and comments is left
 * out? */
static bool
resembles(struct span name, const char *letters)
{
	size_t at = 0, depth = 0;

	for (size_t i = 0; i < name.len; i++) {
		uint8_t byte = ascii_lower(name.ptr[i]);

		if (byte == '(')
			depth++;
		else if (byte == ')' && depth > 0)
			depth--;
		if (depth > 0 || byte < 'a' || byte > 'z')
			continue;
		if (letters[at] == '\0' || byte != (uint8_t)letters[at])
			return false;
		at++;
	}
	return letters[at] == '\0';
}

/* Can a program take that name for a Content- field that it is not? */
static bool
is_odd_name(struct span name)
{
	static const char *const known[][2] = {
	    {"content-type", "contenttype"},
	    {"content-transfer-encoding", "contenttransferencoding"},
	    {"content-disposition", "contentdisposition"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (resembles(name, known[i][1]))
			return !header_is(name, known[i][0]);
	}
	if (name.len == 0)
		return true;
	if (!starts(name, "content"))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t byte = ascii_lower(name.ptr[i]);

		if (!(byte >= 'a' && byte <= 'z') &&
		    !(byte >= '0' && byte <= '9') && byte != '-')
			return true;
	}
	return false;
}

/* Where the name of a field ends, and where its colon stands. */
static bool
split(struct span line, size_t *name, size_t *colon)
{
	size_t i = 0;

	while (i < line.len && line.ptr[i] > ' ' && line.ptr[i] < 0x7f &&
	       line.ptr[i] != ':')
		i++;
	*name = i;
	while (i < line.len && ascii_is_blank(line.ptr[i]))
		i++;
	*colon = i;
	return *name > 0 && i < line.len && line.ptr[i] == ':';
}

static void
check_junk(struct span line, struct anomalies *found)
{
	const uint8_t *colon = memchr(line.ptr, ':', line.len);

	anomalies_add(found, ascii_is_blank(line.ptr[0])
				 ? ANOMALY_HEADER_LEADING_FOLD
				 : ANOMALY_HEADER_JUNK_LINE);
	if (colon != NULL &&
	    is_odd_name(span_of(line.ptr, (size_t)(colon - line.ptr))))
		anomalies_add(found, ANOMALY_HEADER_NAME_ODD);
}

static void
check_name(struct span name, bool space_colon, struct anomalies *found)
{
	if (is_odd_name(name))
		anomalies_add(found, ANOMALY_HEADER_NAME_ODD);
	if (space_colon && starts(name, "content-"))
		anomalies_add(found, ANOMALY_HEADER_SPACE_COLON);
}

/* A line of a block: taken off and checked. */
static struct span
next_line(struct cursor *block, bool *eight, struct anomalies *found)
{
	bool bare_lf;
	struct span line = take_line(block, &bare_lf);

	if (bare_lf)
		anomalies_add(found, ANOMALY_HEADER_BARE_LF);
	if (line.len > LINE_LONG)
		anomalies_add(found, ANOMALY_HEADER_LINE_LONG);
	check_bytes(line, eight, found);
	return line;
}

static bool
at_empty_line(const struct cursor *c)
{
	return c->at[0] == '\n' ||
	       (c->left > 1 && c->at[0] == '\r' && c->at[1] == '\n');
}

enum header_item
header_next(
    struct cursor *block, struct header_field *out, struct anomalies *found)
{
	struct span first, all;
	size_t name, colon;
	bool eight = false;

	*out = (struct header_field){0};
	if (cursor_empty(block) || at_empty_line(block))
		return HEADER_END;
	all = first = next_line(block, &eight, found);
	while (!cursor_empty(block) && ascii_is_blank(block->at[0])) {
		struct span line = next_line(block, &eight, found);

		if (is_blank(line))
			anomalies_add(found, ANOMALY_HEADER_FOLD_BLANK);
		all.len = (size_t)(line.ptr + line.len - all.ptr);
	}
	if (eight)
		check_charset(all, found);
	if (!split(first, &name, &colon)) {
		out->value = all;
		check_junk(first, found);
		return HEADER_JUNK;
	}
	out->name = span_of(all.ptr, name);
	out->value = span_of(all.ptr + colon + 1, all.len - colon - 1);
	out->space_colon = colon > name;
	check_name(out->name, out->space_colon, found);
	return HEADER_FIELD;
}

void
header_check(struct span name, struct span value, struct anomalies *found)
{
	struct cursor rest = cursor_of(value);
	size_t before = name.len + 1; /* on the first line */
	bool eight = false, ignored;

	check_bytes(name, &eight, found);
	if (eight)
		check_charset(name, found);
	check_name(name, name.len > 0 && ascii_is_blank(name.ptr[name.len - 1]),
	    found);
	eight = false;
	if (before > LINE_LONG)
		anomalies_add(found, ANOMALY_HEADER_LINE_LONG);
	/* An empty line that the value brings along. */
	if (value.len > 0 && value.ptr[value.len - 1] == '\n')
		anomalies_add(found, ANOMALY_HEADER_JUNK_LINE);
	while (!cursor_empty(&rest)) {
		bool continues = ascii_is_blank(rest.at[0]);
		struct span line = take_line(&rest, &ignored);

		if (before + line.len > LINE_LONG)
			anomalies_add(found, ANOMALY_HEADER_LINE_LONG);
		if (before == 0 && !continues)
			anomalies_add(found, ANOMALY_HEADER_JUNK_LINE);
		else if (before == 0 && is_blank(line))
			anomalies_add(found, ANOMALY_HEADER_FOLD_BLANK);
		check_bytes(line, &eight, found);
		before = 0;
	}
	if (eight)
		check_charset(value, found);
}

size_t
header_unfold(struct span value, uint8_t *out, size_t room, bool *cut)
{
	struct cursor rest = cursor_of(value);
	size_t len = 0;
	bool ignored;

	*cut = false;
	while (!cursor_empty(&rest)) {
		struct span line = take_line(&rest, &ignored);

		if (line.len > room - len) {
			line.len = room - len;
			*cut = true;
		}
		if (line.len > 0)
			memcpy(out + len, line.ptr, line.len);
		len += line.len;
	}
	return len;
}

bool
header_is(struct span name, const char *lower)
{
	return ascii_same(name, span_text(lower));
}

bool
header_is_field(struct span line)
{
	size_t name, colon;

	return split(line, &name, &colon);
}
