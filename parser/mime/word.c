/* SPDX-License-Identifier: ISC */
/*
 * Encoded words; see word.h.  Pure.  Bytes go one by one from a decoder of the
 * text through a converter of its charset into the output: what is cut in two
 * words with one charset meets in the converter.
 */
#include "parser/mime/word.h"

#include "parser/mime/ascii.h"
#include "parser/mime/charset.h"

struct word {
	struct span charset; /* without language */
	bool base64;	     /* else like quoted-printable */
	struct span text;
	size_t end; /* behind it */
};

/* A run of bytes up to a "?", which is taken too.  No "?": false.  Where it is
 * a token neither "=" nor white space may stand in it: no byte is looked at
 * for a second word. */
static bool
take_run(struct cursor *c, bool token, struct span *out)
{
	size_t len = 0;

	while (len < c->left && c->at[len] != '?') {
		if (token && (c->at[len] <= ' ' || c->at[len] >= 0x7f ||
				 c->at[len] == '='))
			return false;
		len++;
	}
	if (len == c->left)
		return false;
	*out = span_of(c->at, len);
	c->at += len + 1;
	c->left -= len + 1;
	return true;
}

static bool
is_printable(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] >= 0x7f)
			return false;
	}
	return true;
}

/* The encoded word that begins there. */
static bool
word_at(struct span s, size_t at, enum word_place place, struct word *out)
{
	struct cursor c = cursor_of(span_of(s.ptr + at, s.len - at));
	struct span mark, encoding;
	const uint8_t *star;

	if (!cursor_take(&c, 2, &mark) || memcmp(mark.ptr, "=?", 2) != 0)
		return false;
	if (place == WORD_STRICT && at > 0 && !ascii_is_white(s.ptr[at - 1]))
		return false;
	if (!take_run(&c, true, &out->charset) || out->charset.len == 0 ||
	    !take_run(&c, true, &encoding) || encoding.len != 1 ||
	    !take_run(&c, false, &out->text) || c.left == 0 || c.at[0] != '=')
		return false;
	out->end = s.len - c.left + 1;
	out->base64 = ascii_lower(encoding.ptr[0]) == 'b';
	star = memchr(out->charset.ptr, '*', out->charset.len);
	if (star != NULL)
		out->charset.len = (size_t)(star - out->charset.ptr);
	if (!out->base64 && ascii_lower(encoding.ptr[0]) != 'q')
		return false;
	return place == WORD_ANYWHERE ||
	       (is_printable(out->text) &&
		   (out->end == s.len || ascii_is_white(s.ptr[out->end])));
}

/* As mail programs do: what is not in the alphabet is passed over, padding may
 * be missing, and data behind it go on. */
static void
decode_base64(struct span text, struct charset_converter *to)
{
	uint32_t bits = 0, count = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint32_t value = charset_base64(text.ptr[i]);

		if (text.ptr[i] == '=')
			count = 0;
		if (value == 64)
			continue;
		bits = (bits & 0xff) << 6 | value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			charset_byte(to, (uint8_t)(bits >> count));
		}
	}
}

/* Of a hexadecimal digit; 16 for others. */
static uint8_t
value16(uint8_t byte)
{
	uint8_t small = ascii_lower(byte);

	if (byte >= '0' && byte <= '9')
		return (uint8_t)(byte - '0');
	return small >= 'a' && small <= 'f' ? (uint8_t)(10 + small - 'a') : 16;
}

static void
decode_q(struct span text, struct charset_converter *to)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.ptr[i];

		if (byte == '=' && text.len - i > 2 &&
		    value16(text.ptr[i + 1]) < 16 &&
		    value16(text.ptr[i + 2]) < 16) {
			charset_byte(
			    to, (uint8_t)(value16(text.ptr[i + 1]) << 4 |
					  value16(text.ptr[i + 2])));
			i += 2;
		} else
			charset_byte(to, byte == '_' ? ' ' : byte);
	}
}

/* Where the white space that begins there ends. */
static size_t
behind_white(struct span s, size_t at)
{
	while (at < s.len && ascii_is_white(s.ptr[at]))
		at++;
	return at;
}

/* Decodes a word and its neighbours that have its charset; returns where they
 * end. */
static size_t
decode_run(struct span text, enum word_place place, struct word w,
    struct charset_converter *to, uint32_t *words)
{
	struct span charset = w.charset;

	for (;;) {
		size_t at, next = w.end;

		if (w.base64)
			decode_base64(w.text, to);
		else
			decode_q(w.text, to);
		(*words)++;
		at = behind_white(text, next);
		if (!word_at(text, at, place, &w))
			return next;
		if (!ascii_same(w.charset, charset))
			return at;
	}
}

/* Where the next word could begin. */
static size_t
next_mark(struct span text, size_t from)
{
	const uint8_t *mark = NULL;

	if (from < text.len)
		mark = memchr(text.ptr + from, '=', text.len - from);
	return mark == NULL ? text.len : (size_t)(mark - text.ptr);
}

size_t
word_decode(struct span text, enum word_place place, uint8_t *out, size_t room,
    uint32_t *words, bool *odd, bool *cut)
{
	struct utf8_sink sink = {.out = out, .room = room};
	struct word w;
	size_t at = 0;

	*words = 0;
	*odd = false;
	while (at < text.len) {
		struct charset_converter to = {.to = &sink};

		if (word_at(text, at, place, &w)) {
			if (!charset_find(w.charset, &to.charset) ||
			    to.charset >= CHARSET_UTF16)
				*odd = true;
			at = decode_run(text, place, w, &to, words);
			charset_end(&to);
		} else {
			size_t next = next_mark(text, at + 1);

			utf8_sink_bytes(
			    &sink, span_of(text.ptr + at, next - at));
			at = next;
		}
	}
	*cut = sink.cut;
	return sink.len;
}

bool
word_is_there(struct span text)
{
	bool open = false;

	for (size_t i = 0; i + 1 < text.len; i++) {
		if (!open && text.ptr[i] == '=' && text.ptr[i + 1] == '?') {
			open = true;
			i++;
		} else if (open && text.ptr[i] == '?' && text.ptr[i + 1] == '=')
			return true;
	}
	return false;
}

bool
word_to_utf8(struct span charset, struct span bytes, uint8_t *out, size_t room,
    size_t *len)
{
	struct utf8_sink sink = {.out = out, .room = room};
	struct charset_converter to = {.to = &sink};
	bool is_known = charset_find(charset, &to.charset);

	for (size_t i = 0; i < bytes.len; i++)
		charset_byte(&to, bytes.ptr[i]);
	charset_end(&to);
	*len = sink.len;
	return is_known;
}

bool
word_is_utf8(struct span bytes)
{
	struct cursor c = cursor_of(bytes);
	uint32_t ignored;

	while (!cursor_empty(&c)) {
		if (!utf8_next(&c, &ignored))
			return false;
	}
	return true;
}
