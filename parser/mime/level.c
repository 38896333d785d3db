/* SPDX-License-Identifier: ISC */
/* Open levels and their delimiters; see level.h. */
#include "parser/mime/level.h"

#include "parser/mime/ascii.h"

/* Some programs compare no more of a boundary. */
#define COMPARED_MAX 70
/* A shorter boundary that stands without hyphens must be all of the line. */
#define LONE_MIN 8

/* What some programs pass over before a delimiter. */
static bool
passed_over(uint8_t c)
{
	return ascii_is_blank(c) || c == '\r' || c == '\0' || c == '\v' ||
	       c == '\f';
}

static struct span
behind(struct span s, size_t n)
{
	struct cursor c = cursor_of(s);
	struct span skipped;

	return cursor_take(&c, n, &skipped) ? cursor_rest(&c) : span_of("", 0);
}

static bool
begins(struct span s, const void *with, size_t len)
{
	return s.len >= len && memcmp(s.ptr, with, len) == 0;
}

static bool
begins_folded(struct span s, const uint8_t *with, size_t len)
{
	size_t i = 0;

	if (s.len < len)
		return false;
	while (i < len && ascii_lower(s.ptr[i]) == ascii_lower(with[i]))
		i++;
	return i == len;
}

static bool
all_blank(struct span s)
{
	size_t i = 0;

	while (i < s.len && ascii_is_blank(s.ptr[i]))
		i++;
	return i == s.len;
}

/* Nothing but blanks, behind two hyphens perhaps. */
static bool
ends_there(struct span s)
{
	return all_blank(s) || (begins(s, "--", 2) && all_blank(behind(s, 2)));
}

/* Without its end; *ended: it has one. */
static struct span
line_text(struct span line, bool *ended)
{
	size_t n = line.len;

	*ended = n > 0 && line.ptr[n - 1] == '\n';
	if (*ended)
		n--;
	if (*ended && n > 0 && line.ptr[n - 1] == '\r')
		n--;
	return span_of(line.ptr, n);
}

/* Of a boundary that was cut the rest of the line is not known, but whether
 * hyphens close it. */
static enum level_line
match_cut(struct span tail)
{
	size_t n = tail.len;

	while (n > 0 && passed_over(tail.ptr[n - 1]))
		n--;
	return n >= 2 && tail.ptr[n - 1] == '-' && tail.ptr[n - 2] == '-'
		   ? LEVEL_CLOSES
		   : LEVEL_OPENS;
}

/* Without near misses; of a line that begins with two hyphens. */
static enum level_line
match_one(const struct level *l, struct span text, bool ended)
{
	struct span tail = behind(text, 2);

	if (l->boundary_len == 0 || !begins(tail, l->boundary, l->boundary_len))
		return LEVEL_PLAIN;
	tail = behind(tail, l->boundary_len);
	if (l->boundary_len == ENTITY_BOUNDARY_MAX)
		return match_cut(tail);
	if (!ended)
		return LEVEL_NEAR;
	if (all_blank(tail))
		return LEVEL_OPENS;
	return ends_there(tail) ? LEVEL_CLOSES : LEVEL_NEAR;
}

/* A boundary without its hyphens. */
static bool
is_lone(const struct level *l, struct span text)
{
	size_t len = l->boundary_len;

	if (!begins_folded(text, l->boundary, len))
		return false;
	text = behind(text, len);
	return len >= LONE_MIN || ends_there(text);
}

/* The beginning of a boundary for one of which some take it.  Of hyphens alone
 * it is the beginning of many lines: then all of the line counts. */
static bool
is_token(const struct level *l, struct span text)
{
	size_t len = l->token_len, i = 0;

	if (len == 0 || len == l->boundary_len || !begins(text, "--", 2))
		return false;
	text = behind(text, 2);
	if (!begins(text, l->boundary, len))
		return false;
	text = behind(text, len);
	while (i < len && l->boundary[i] == '-')
		i++;
	return i < len || ends_there(text);
}

/* text is without what stands before it. */
static bool
near_one(const struct level *l, struct span text)
{
	size_t len =
	    l->boundary_len < COMPARED_MAX ? l->boundary_len : COMPARED_MAX;
	struct span inner;

	if (len == 0)
		return false;
	if (is_lone(l, text) || is_token(l, text))
		return true;
	if (!begins(text, "-", 1))
		return false;
	inner = behind(text, 1);
	if (begins_folded(inner, l->boundary, len))
		return true;
	if (!begins(inner, "-", 1))
		return false;
	inner = behind(inner, 1);
	if (begins_folded(inner, l->boundary, len))
		return true;
	while (inner.len > 0 && passed_over(inner.ptr[0]))
		inner = behind(inner, 1);
	return begins_folded(inner, l->boundary, len);
}

static bool
is_near(const struct levels *l, struct level_range range, struct span line)
{
	size_t i = 0;

	while (i < line.len && passed_over(line.ptr[i]))
		i++;
	line = behind(line, i);
	if (line.len == 0)
		return false;
	for (uint32_t n = range.first; n < range.last; n++) {
		if (near_one(level_seen(l, n), line))
			return true;
	}
	return false;
}

/* Among the closed levels, or the others; innermost first. */
static enum level_line
match_exactly(const struct levels *l, struct level_range range, bool closed,
    struct span text, bool ended, uint32_t *level)
{
	for (uint32_t n = range.last; n > range.first; n--) {
		const struct level *one = level_seen(l, n - 1);
		enum level_line what;

		if (one->closed != closed)
			continue;
		what = match_one(one, text, ended);
		if (what == LEVEL_OPENS || what == LEVEL_CLOSES) {
			*level = n - 1;
			return what;
		}
	}
	return LEVEL_PLAIN;
}

/* A level that ended, in the place of which no other has come. */
static bool
is_late(const struct levels *l, struct span text, bool ended)
{
	const struct level_range gone = {l->count, l->known};
	uint32_t level;

	return match_exactly(l, gone, false, text, ended, &level) !=
		   LEVEL_PLAIN ||
	       match_exactly(l, gone, true, text, ended, &level) != LEVEL_PLAIN;
}

enum level_line
level_match(const struct levels *l, struct level_range range, struct span line,
    bool end, uint32_t *level)
{
	enum level_line what = LEVEL_PLAIN;
	bool ended, hyphens;
	struct span text = line_text(line, &ended);

	ended = ended || end;
	hyphens = begins(text, "--", 2);
	if (hyphens) {
		what = match_exactly(l, range, false, text, ended, level);
		if (what == LEVEL_PLAIN)
			what =
			    match_exactly(l, range, true, text, ended, level);
	}
	if (what == LEVEL_PLAIN && is_near(l, range, text))
		what = LEVEL_NEAR;
	if (what == LEVEL_PLAIN && hyphens && range.last == l->count &&
	    is_late(l, text, ended))
		what = LEVEL_LATE;
	return what;
}

void
level_first_bytes(
    const struct levels *l, struct level_range range, bool first[static 256])
{
	static const uint8_t always[] = {
	    '-', ' ', '\t', '\r', '\0', '\v', '\f'};

	for (uint32_t n = range.first; n < range.last; n++) {
		const struct level *one = level_seen(l, n);
		uint8_t c = one->boundary[0];

		if (one->boundary_len == 0)
			continue;
		for (size_t i = 0; i < sizeof(always); i++)
			first[always[i]] = true;
		first[c] = true;
		first[ascii_lower(c)] = true;
		if (c >= 'a' && c <= 'z')
			first[c - ('a' - 'A')] = true;
	}
}

void
level_compare(const struct levels *l, uint32_t first, struct anomalies *found)
{
	const struct level *new = level_seen(l, l->count - 1);

	for (uint32_t n = first; n + 1 < l->count; n++) {
		const struct level *one = level_seen(l, n);
		size_t a = one->boundary_len, b = new->boundary_len;
		size_t shorter = a < b ? a : b;

		if (shorter == 0 ||
		    memcmp(one->boundary, new->boundary, shorter) != 0)
			continue;
		anomalies_add(found,
		    a == b ? ANOMALY_BOUNDARY_REUSED : ANOMALY_BOUNDARY_PREFIX);
	}
}
