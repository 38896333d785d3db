/* SPDX-License-Identifier: ISC */
/*
 * Encoded words; see word.h.  Pure.  Bytes go one by one from a decoder of the
 * text through a converter of its charset into the output: what is cut in two
 * words with one charset meets in the converter.
 */
#include "parser/mime/word.h"

#include "parser/mime/utf8.h"

/* Output, which is full for good once something did not fit. */
struct sink {
	uint8_t *out;
	size_t room, len;
	bool cut;
};

static void
put(struct sink *s, struct span bytes)
{
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

static void
put_byte(struct sink *s, uint8_t byte)
{
	put(s, span_of(&byte, 1));
}

/* A character goes in whole or not at all. */
static void
put_code(struct sink *s, uint32_t code)
{
	uint8_t bytes[UTF8_MAX];
	size_t len = utf8_put(code, bytes);

	if (len > s->room - s->len)
		s->cut = true;
	put(s, span_of(bytes, s->cut ? 0 : len));
}

/* --- charsets ------------------------------------------------------------- */
enum charset {
	CHARSET_BYTES, /* of UTF-8, or of what we do not know */
	CHARSET_LATIN1,
	CHARSET_LATIN9,
	CHARSET_1252,
	CHARSET_UTF16, /* its first bytes say which of the next two */
	CHARSET_UTF16BE,
	CHARSET_UTF16LE,
	CHARSET_UTF7,
};

static const struct {
	const char *name;
	enum charset charset;
} known[] = {
    {"us-ascii", CHARSET_BYTES},
    {"ascii", CHARSET_BYTES},
    {"utf-8", CHARSET_BYTES},
    {"utf8", CHARSET_BYTES},
    {"iso-8859-1", CHARSET_LATIN1},
    {"iso8859-1", CHARSET_LATIN1},
    {"latin1", CHARSET_LATIN1},
    {"iso-8859-15", CHARSET_LATIN9},
    {"iso8859-15", CHARSET_LATIN9},
    {"latin9", CHARSET_LATIN9},
    {"windows-1252", CHARSET_1252},
    {"cp1252", CHARSET_1252},
    {"utf-16", CHARSET_UTF16},
    {"utf-16be", CHARSET_UTF16BE},
    {"utf-16le", CHARSET_UTF16LE},
    {"utf-7", CHARSET_UTF7},
};

struct converter {
	struct sink *to;
	enum charset charset;
	uint32_t high; /* UTF-16: first half of a pair, or 0 */
	bool half;     /* a first byte of a unit is kept */
	uint8_t first;
	bool shifted; /* UTF-7: inside base64 */
	bool empty;   /* with nothing in it so far */
	uint32_t bits, count;
};

static uint8_t
lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A'))
					  : byte;
}

static bool
same(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

/* False: not one that we know. */
static bool
find_charset(struct span name, enum charset *out)
{
	*out = CHARSET_BYTES;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (same(name, span_text(known[i].name))) {
			*out = known[i].charset;
			return true;
		}
	}
	return false;
}

static uint32_t
latin9(uint8_t byte)
{
	switch (byte) {
	case 0xa4:
		return 0x20ac;
	case 0xa6:
		return 0x160;
	case 0xa8:
		return 0x161;
	case 0xb4:
		return 0x17d;
	case 0xb8:
		return 0x17e;
	case 0xbc:
		return 0x152;
	case 0xbd:
		return 0x153;
	case 0xbe:
		return 0x178;
	default:
		return byte;
	}
}

static uint32_t
windows_1252(uint8_t byte)
{
	static const uint16_t high[32] = {0x20ac, 0x81, 0x201a, 0x192, 0x201e,
	    0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
	    0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
	    0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};

	return byte >= 0x80 && byte <= 0x9f ? high[byte - 0x80] : byte;
}

/* A unit of UTF-16; halves of pairs that stand alone are replaced. */
static void
put_unit(struct converter *v, uint32_t unit)
{
	bool low = unit >= 0xdc00 && unit <= 0xdfff;

	if (v->high != 0 && low) {
		put_code(v->to,
		    0x10000 + ((v->high - 0xd800) << 10) + (unit - 0xdc00));
		v->high = 0;
		return;
	}
	if (v->high != 0)
		put_code(v->to, UTF8_REPLACEMENT);
	v->high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
	if (v->high == 0)
		put_code(v->to, unit);
}

static void
convert_utf16(struct converter *v, uint8_t byte)
{
	uint32_t unit = (uint32_t)v->first << 8 | byte;

	v->half = !v->half;
	if (v->half) {
		v->first = byte;
		return;
	}
	if (v->charset == CHARSET_UTF16) {
		bool little = unit == 0xfffe || (v->first != 0 && byte == 0);

		v->charset = little ? CHARSET_UTF16LE : CHARSET_UTF16BE;
		if (unit == 0xfffe || unit == 0xfeff)
			return;
	}
	if (v->charset == CHARSET_UTF16LE)
		unit = (uint32_t)byte << 8 | v->first;
	put_unit(v, unit);
}

/* Of a base64 character; 64 for others. */
static uint32_t
value64(uint8_t byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte - 'A';
	if (byte >= 'a' && byte <= 'z')
		return 26U + byte - 'a';
	if (byte >= '0' && byte <= '9')
		return 52U + byte - '0';
	return byte == '+' ? 62 : byte == '/' ? 63 : 64;
}

/* RFC 2152. */
static void
convert_utf7(struct converter *v, uint8_t byte)
{
	uint32_t value = value64(byte);

	if (!v->shifted) {
		v->shifted = v->empty = byte == '+';
		v->bits = v->count = 0;
		if (!v->shifted)
			put_byte(v->to, byte);
		return;
	}
	if (value < 64) {
		v->empty = false;
		v->bits = (v->bits & 0xffff) << 6 | value;
		v->count += 6;
		if (v->count >= 16) {
			v->count -= 16;
			put_unit(v, v->bits >> v->count & 0xffff);
		}
		return;
	}
	v->shifted = false;
	if (byte != '-' || v->empty)
		put_byte(v->to, byte == '-' ? '+' : byte);
}

static void
convert(struct converter *v, uint8_t byte)
{
	switch (v->charset) {
	case CHARSET_BYTES:
		put_byte(v->to, byte);
		break;
	case CHARSET_LATIN1:
		put_code(v->to, byte);
		break;
	case CHARSET_LATIN9:
		put_code(v->to, latin9(byte));
		break;
	case CHARSET_1252:
		put_code(v->to, windows_1252(byte));
		break;
	case CHARSET_UTF16:
	case CHARSET_UTF16BE:
	case CHARSET_UTF16LE:
		convert_utf16(v, byte);
		break;
	case CHARSET_UTF7:
		convert_utf7(v, byte);
		break;
	}
}

/* There are no more bytes of this charset. */
static void
convert_end(struct converter *v)
{
	if (v->half || v->high != 0)
		put_code(v->to, UTF8_REPLACEMENT);
	v->half = false;
	v->high = 0;
}

/* --- words ---------------------------------------------------------------- */
struct word {
	struct span charset; /* without language */
	bool base64;	     /* else like quoted-printable */
	struct span text;
	size_t end; /* behind it */
};

static bool
is_white(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

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
	if (place == WORD_STRICT && at > 0 && !is_white(s.ptr[at - 1]))
		return false;
	if (!take_run(&c, true, &out->charset) || out->charset.len == 0 ||
	    !take_run(&c, true, &encoding) || encoding.len != 1 ||
	    !take_run(&c, false, &out->text) || c.left == 0 || c.at[0] != '=')
		return false;
	out->end = s.len - c.left + 1;
	out->base64 = lower(encoding.ptr[0]) == 'b';
	star = memchr(out->charset.ptr, '*', out->charset.len);
	if (star != NULL)
		out->charset.len = (size_t)(star - out->charset.ptr);
	if (!out->base64 && lower(encoding.ptr[0]) != 'q')
		return false;
	return place == WORD_ANYWHERE ||
	       (is_printable(out->text) &&
		   (out->end == s.len || is_white(s.ptr[out->end])));
}

/* As mail programs do: what is not in the alphabet is passed over, padding may
 * be missing, and data behind it go on. */
static void
decode_base64(struct span text, struct converter *to)
{
	uint32_t bits = 0, count = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint32_t value = value64(text.ptr[i]);

		if (text.ptr[i] == '=')
			count = 0;
		if (value == 64)
			continue;
		bits = (bits & 0xff) << 6 | value;
		count += 6;
		if (count >= 8) {
			count -= 8;
			convert(to, (uint8_t)(bits >> count));
		}
	}
}

/* Of a hexadecimal digit; 16 for others. */
static uint8_t
value16(uint8_t byte)
{
	uint8_t small = lower(byte);

	if (byte >= '0' && byte <= '9')
		return (uint8_t)(byte - '0');
	return small >= 'a' && small <= 'f' ? (uint8_t)(10 + small - 'a') : 16;
}

static void
decode_q(struct span text, struct converter *to)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.ptr[i];

		if (byte == '=' && text.len - i > 2 &&
		    value16(text.ptr[i + 1]) < 16 &&
		    value16(text.ptr[i + 2]) < 16) {
			convert(to, (uint8_t)(value16(text.ptr[i + 1]) << 4 |
					      value16(text.ptr[i + 2])));
			i += 2;
		} else
			convert(to, byte == '_' ? ' ' : byte);
	}
}

/* Where the white space that begins there ends. */
static size_t
behind_white(struct span s, size_t at)
{
	while (at < s.len && is_white(s.ptr[at]))
		at++;
	return at;
}

/* Decodes a word and its neighbours that have its charset; returns where they
 * end. */
static size_t
decode_run(struct span text, enum word_place place, struct word w,
    struct converter *to, uint32_t *words)
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
		if (!same(w.charset, charset))
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
	struct sink sink = {.out = out, .room = room};
	struct word w;
	size_t at = 0;

	*words = 0;
	*odd = false;
	while (at < text.len) {
		struct converter to = {.to = &sink};

		if (word_at(text, at, place, &w)) {
			if (!find_charset(w.charset, &to.charset) ||
			    to.charset >= CHARSET_UTF16)
				*odd = true;
			at = decode_run(text, place, w, &to, words);
			convert_end(&to);
		} else {
			size_t next = next_mark(text, at + 1);

			put(&sink, span_of(text.ptr + at, next - at));
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
	struct sink sink = {.out = out, .room = room};
	struct converter to = {.to = &sink};
	bool is_known = find_charset(charset, &to.charset);

	for (size_t i = 0; i < bytes.len; i++)
		convert(&to, bytes.ptr[i]);
	convert_end(&to);
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
