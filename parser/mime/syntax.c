/* SPDX-License-Identifier: ISC */
/* Words of structured fields, in the session process; see syntax.h. */
#include "parser/mime/syntax.h"

bool
syntax_is(struct span s, const char *lower)
{
	size_t i = 0;

	while (i < s.len && lower[i] != '\0' &&
	       ascii_lower(s.ptr[i]) == (uint8_t)lower[i])
		i++;
	return i == s.len && lower[i] == '\0';
}

bool
syntax_equal(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

struct span
syntax_trim(struct span s)
{
	while (s.len > 0 && syntax_is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool
syntax_contains(struct span s, const char *lower)
{
	size_t len = strlen(lower);
	struct cursor c = cursor_of(s);

	for (; c.left >= len; syntax_step(&c))
		if (syntax_is(span_of(c.at, len), lower))
			return true;
	return false;
}

/* Passes a comment, which may have others in it. */
static void
skip_comment(struct cursor *c, struct syntax_found *found)
{
	size_t depth = 0;
	uint8_t byte;

	found->comment = true;
	while (cursor_u8(c, &byte)) {
		if (byte == '\\') {
			syntax_step(c);
		} else if (byte == '(' && ++depth > SYNTAX_DEPTH_MAX) {
			found->deep = true;
			(void)cursor_rest(c);
		} else if (byte == ')' && --depth == 0) {
			return;
		}
	}
	found->open = true;
}

void
syntax_skip(struct cursor *c, struct syntax_found *found)
{
	for (;;) {
		while (syntax_is_blank(syntax_peek(c)))
			syntax_step(c);
		if (syntax_peek(c) != '(')
			return;
		skip_comment(c, found);
	}
}

struct span
syntax_token(struct cursor *c)
{
	struct cursor before = *c;

	while (syntax_peek(c) > ' ' && syntax_peek(c) != 0x7f &&
	       !syntax_is_special(syntax_peek(c)))
		syntax_step(c);
	return syntax_between(&before, c);
}
