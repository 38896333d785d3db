/* SPDX-License-Identifier: ISC */
/* UTF-8; see utf8.h.  Pure. */
#include "parser/mime/utf8.h"

#include "lib/ensure.h"

/* Bytes of a character that begins with that one; 0: none does. */
static size_t
length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/* Neither spelled with more bytes than it needs, nor a half of a UTF-16 pair,
 * nor beyond the last. */
static bool
is_character(uint32_t code, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	return code >= least[len] && code <= 0x10ffff &&
	       (code < 0xd800 || code > 0xdfff);
}

bool
utf8_next(struct cursor *c, uint32_t *code)
{
	size_t len;

	ensure(!cursor_empty(c));
	len = length(c->at[0]);
	*code = c->at[0];
	if (len > 1 && len <= c->left) {
		uint32_t all = *code & (0x7fU >> len);
		size_t i = 1;

		while (i < len && (c->at[i] & 0xc0) == 0x80)
			all = all << 6 | (c->at[i++] & 0x3f);
		if (i == len && is_character(all, len)) {
			*code = all;
			c->at += len;
			c->left -= len;
			return true;
		}
	}
	c->at++;
	c->left--;
	return len == 1;
}

size_t
utf8_put(uint32_t code, uint8_t out[static UTF8_MAX])
{
	static const uint8_t mark[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;

	if (code > 0xffff)
		len = 4;
	if (!is_character(code, len)) {
		code = UTF8_REPLACEMENT;
		len = 3;
	}
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	out[0] = (uint8_t)(mark[len] | code);
	return len;
}

void
utf8_sink_bytes(struct utf8_sink *s, struct span bytes)
{
	ensure(s->len <= s->room);
	if (s->cut)
		return;
	if (bytes.len > s->room - s->len) {
		bytes.len = s->room - s->len;
		s->cut = true;
	}
	if (bytes.len > 0)
		memcpy(s->out + s->len, bytes.ptr, bytes.len);
	s->len += bytes.len;
}

void
utf8_sink_byte(struct utf8_sink *s, uint8_t byte)
{
	utf8_sink_bytes(s, span_of(&byte, 1));
}

void
utf8_sink_code(struct utf8_sink *s, uint32_t code)
{
	uint8_t bytes[UTF8_MAX];
	size_t len = utf8_put(code, bytes);

	if (len > s->room - s->len)
		s->cut = true;
	utf8_sink_bytes(s, span_of(bytes, len));
}
