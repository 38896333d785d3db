/* SPDX-License-Identifier: ISC */
/* What is fit to be sent to an MTA; see canonical.h. */
#include "parser/mail/canonical.h"

#include "lib/ensure.h"

/* Code, separator, and the space behind the status; CRLF. */
#define LINE_OVERHEAD (3U + 1U + 1U + 2U)

static bool
printable(uint8_t byte)
{
	return byte >= 0x20 && byte <= 0x7e;
}

static bool
digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

bool
canonical_name(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!printable(s.ptr[i]) || s.ptr[i] == ' ' || s.ptr[i] == ':')
			return false;
	}
	return s.len > 0;
}

bool
canonical_value(struct span s)
{
	bool after_lf = false;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t byte = s.ptr[i];

		if (after_lf && byte != ' ' && byte != '\t')
			return false;
		if (!printable(byte) && byte != '\t' && byte != '\n')
			return false;
		after_lf = byte == '\n';
	}
	return !after_lf;
}

bool
canonical_line(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!printable(s.ptr[i]))
			return false;
	}
	return s.len > 0;
}

bool
canonical_address(struct span s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s.ptr[i] == ' ' || s.ptr[i] == ','))
			return false;
	}
	return !quoted && canonical_line(s);
}

size_t
canonical_percents(struct span s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += s.ptr[i] == '%';
	return count;
}

struct span
canonical_next_line(struct cursor *c)
{
	const uint8_t *lf = c->left > 0 ? memchr(c->at, '\n', c->left) : NULL;
	struct span line = span_of(c->at, 0), end;

	if (lf == NULL)
		return cursor_rest(c);
	(void)cursor_take(c, (size_t)(lf - c->at), &line);
	(void)cursor_take(c, 1, &end);
	return line;
}

/* Up to the next space, which is taken too. */
static bool
take_word(struct cursor *c, struct span *out)
{
	const uint8_t *space = c->left > 0 ? memchr(c->at, ' ', c->left) : NULL;
	struct span end;

	return space != NULL && cursor_take(c, (size_t)(space - c->at), out) &&
	       cursor_take(c, 1, &end);
}

static bool
code_fit(struct span s)
{
	return s.len == 3 && (s.ptr[0] == '4' || s.ptr[0] == '5') &&
	       digit(s.ptr[1]) && digit(s.ptr[2]);
}

/* class "." 1*3digit "." 1*3digit, the class being that of the code. */
static bool
status_fit(struct span s, uint8_t class)
{
	struct cursor c = cursor_of(s);
	uint8_t byte;
	size_t digits = 1, dots = 0;

	if (!cursor_u8(&c, &byte) || byte != class)
		return false;
	while (cursor_u8(&c, &byte)) {
		if (byte == '.') {
			if (digits == 0)
				return false;
			digits = 0;
			dots++;
		} else if (!digit(byte) || dots == 0 || ++digits > 3) {
			return false;
		}
	}
	return dots == 2 && digits > 0;
}

static bool
lines_fit(struct span text, size_t status_len)
{
	struct cursor c = cursor_of(text);
	size_t lines = 0;

	if (text.len == 0 || text.ptr[text.len - 1] == '\n')
		return false;
	while (!cursor_empty(&c)) {
		struct span line = canonical_next_line(&c);

		if (++lines > CANONICAL_LINES_MAX || !canonical_line(line) ||
		    line.ptr[0] == ' ')
			return false;
		if (LINE_OVERHEAD + status_len + line.len +
			canonical_percents(line) >
		    CANONICAL_LINE_MAX)
			return false;
	}
	return true;
}

bool
canonical_reply(struct span s, struct canonical_reply *out)
{
	struct cursor c = cursor_of(s);
	struct canonical_reply r;

	if (!take_word(&c, &r.code) || !take_word(&c, &r.status))
		return false;
	r.text = cursor_rest(&c);
	if (!code_fit(r.code) || !status_fit(r.status, r.code.ptr[0]) ||
	    !lines_fit(r.text, r.status.len))
		return false;
	ensure(r.code.len == 3 && r.text.len > 0);
	*out = r;
	return true;
}
