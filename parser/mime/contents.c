/* SPDX-License-Identifier: ISC */
/*
 * A look at contents on their way.  In a session.
 */
#include "parser/mime/contents.h"

#include "parser/mime/header.h"
#include "parser/mime/octets.h"

#define ROWS_MAX 4 /* among which a field is looked for */

void
contents_begin(struct contents *c)
{
	c->len = 0;
	c->blank = c->base64 = true;
	c->files = c->padded = false;
	c->matched[0] = c->matched[1] = 0;
	c->kept = 0;
}

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool
is_base64(uint8_t byte)
{
	uint8_t low = byte | 0x20;

	return (low >= 'a' && low <= 'z') || (byte >= '0' && byte <= '9') ||
	       byte == '+' || byte == '/';
}

/* Rows of it, which end with "=" or without; *padded: the last byte was one. */
static bool
is_base64_text(struct span bytes, bool *padded)
{
	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t byte = bytes.ptr[i];
		bool end = byte == '\r' || byte == '\n';

		if (!end && byte != '=' && (*padded || !is_base64(byte)))
			return false;
		*padded = byte == '=';
	}
	return true;
}

static bool
is_blank_text(struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (!is_blank(bytes.ptr[i]))
			return false;
	}
	return true;
}

/* A byte of a row, of which nothing but white space and the beginning of a
 * word were there; false: it is not that word. */
static bool
word_byte(struct contents *c, size_t i, uint8_t byte)
{
	static const char *const word[] = {"begin", "=ybegin"};

	if (c->matched[i] == 0 && (byte == ' ' || byte == '\t'))
		return true;
	if (c->matched[i] == UINT8_MAX ||
	    byte != (uint8_t)word[i][c->matched[i]]) {
		c->matched[i] = UINT8_MAX;
		return false;
	}
	c->matched[i]++;
	if (word[i][c->matched[i]] == '\0') {
		c->files = true;
		c->matched[i] = UINT8_MAX;
	}
	return true;
}

/* Up to the end of a row, or of what there is of it. */
static void
look_at_row(struct contents *c, struct span row)
{
	for (size_t i = 0; i < row.len; i++) {
		bool first = word_byte(c, 0, row.ptr[i]);
		bool second = word_byte(c, 1, row.ptr[i]);

		if (!first && !second)
			return;
	}
}

static void
look_for_files(struct contents *c, struct span bytes)
{
	while (bytes.len > 0) {
		const uint8_t *end = memchr(bytes.ptr, '\n', bytes.len);
		size_t len =
		    end == NULL ? bytes.len : (size_t)(end - bytes.ptr);

		look_at_row(c, span_of(bytes.ptr, len));
		if (end == NULL)
			return;
		c->matched[0] = c->matched[1] = 0;
		bytes = span_of(end + 1, bytes.len - len - 1);
	}
}

void
contents_bytes(struct contents *c, struct span bytes)
{
	size_t n = sizeof(c->head) - c->kept;

	if (bytes.len == 0)
		return;
	if (n > bytes.len)
		n = bytes.len;
	memcpy(&c->head[c->kept], bytes.ptr, n);
	c->kept += n;
	c->len += bytes.len;
	c->blank = c->blank && is_blank_text(bytes);
	c->base64 = c->base64 && is_base64_text(bytes, &c->padded);
	if (!c->files)
		look_for_files(c, bytes);
}

bool
contents_have_fields(const struct contents *c)
{
	struct cursor left = cursor_of(span_of(c->head, c->kept));
	struct span row = {0}, end;

	for (int rows = 0; rows < ROWS_MAX && left.left > 0; rows++) {
		const uint8_t *lf = memchr(left.at, '\n', left.left);
		size_t len = lf == NULL ? left.left : (size_t)(lf - left.at);

		cursor_take(&left, len, &row);
		cursor_take(&left, 1, &end);
		if (header_is_field(row))
			return true;
	}
	return false;
}

bool
contents_are_signed(const struct contents *c)
{
	return octets_are_there(span_of(c->head, c->kept));
}
