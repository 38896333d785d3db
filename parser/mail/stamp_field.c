/* SPDX-License-Identifier: ISC */
/*
 * Stamps as text; see stamp_field.h.  Reading: white space is squeezed out into
 * a buffer of fixed size, and the rest is matched tag by tag.  No stdio: the
 * session keeps its pages few.
 */
#include "parser/mail/stamp_field.h"

#include "lib/ensure.h"

/* 43 letters hold 258 bits: the last letter's two lowest are not used. */
#define BASE64_CHARS 43
#define DIGITS_MAX   16 /* of 2^53 */
#define ID_CHARS     ((size_t)2 * STAMP_ID)

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex[] = "0123456789abcdef";

static const char *const absent[STAMP_FLAGS + 1] = {"none", "d", "m", "dm"};

/* --- reading -------------------------------------------------------------- */

/* The value without white space; false at a byte that must not be there. */
static bool
squeeze(struct span value, uint8_t out[static STAMP_VALUE_MAX], size_t *len)
{
	size_t first = value.len > 0 && value.ptr[0] == ' ' ? 1 : 0;
	size_t n = 0, counted = 0;

	for (size_t i = first; i < value.len; i++) {
		uint8_t c = value.ptr[i];
		uint8_t next = i + 1 < value.len ? value.ptr[i + 1] : 0;

		if (c == '\r' && next == '\n')
			continue;
		if (++counted > STAMP_VALUE_MAX)
			return false;
		if (c == ' ' || c == '\t')
			continue;
		if (c == '\n' && (next == ' ' || next == '\t'))
			continue;
		if (c < 0x21 || c > 0x7e)
			return false;
		ensure(n < STAMP_VALUE_MAX);
		out[n++] = c;
	}
	*len = n;
	return true;
}

/* Takes "NAME=", and what is up to the next ";" or the end. */
static bool
take_tag(struct cursor *c, char name, struct span *value)
{
	const uint8_t *end;
	struct span head;
	bool last = name == 'm';
	uint8_t separator;

	if (!cursor_take(c, 2, &head) || head.ptr[0] != (uint8_t)name ||
	    head.ptr[1] != '=' || c->left == 0)
		return false;
	end = memchr(c->at, ';', c->left);
	if ((end == NULL) != last)
		return false;
	if (last) {
		*value = cursor_rest(c);
		return true;
	}
	return cursor_take(c, (size_t)(end - c->at), value) &&
	       cursor_u8(c, &separator) && value->len > 0;
}

static bool
span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static bool
take_word(struct cursor *c, char name, const char *word)
{
	struct span value;

	return take_tag(c, name, &value) && span_is(value, word);
}

static bool
take_number(struct cursor *c, char name, uint64_t max, uint64_t *out)
{
	struct span s;
	uint64_t n = 0;

	if (!take_tag(c, name, &s) || s.len > DIGITS_MAX ||
	    (s.len > 1 && s.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	*out = n;
	return n <= max;
}

static bool
take_name(struct cursor *c, char name, bool (*fit)(struct span), char *out)
{
	struct span s;

	if (!take_tag(c, name, &s) || !fit(s))
		return false;
	memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
	return true;
}

/* The place of a character in a set of at most 64; false if it has none. */
static bool
place_of(const char *set, uint8_t c, uint32_t *out)
{
	const char *at = c == 0 ? NULL : strchr(set, c);

	if (at == NULL)
		return false;
	*out = (uint32_t)(at - set);
	return true;
}

static bool
take_id(struct cursor *c, uint8_t out[static STAMP_ID])
{
	uint32_t high, low;
	struct span s;

	if (!take_tag(c, 'i', &s) || s.len != ID_CHARS)
		return false;
	for (size_t i = 0; i < STAMP_ID; i++) {
		if (!place_of(hex, s.ptr[2 * i], &high) ||
		    !place_of(hex, s.ptr[2 * i + 1], &low))
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static bool
take_bytes(struct cursor *c, char name, uint8_t out[static STAMP_DIGEST])
{
	uint32_t bits = 0, have = 0, six;
	struct span s;
	size_t n = 0;

	if (!take_tag(c, name, &s) || s.len != BASE64_CHARS)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!place_of(alphabet, s.ptr[i], &six))
			return false;
		bits = (bits << 6 | six) & 0xfff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			ensure(n < STAMP_DIGEST);
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	/* One encoding only: what is left over must be zero. */
	return (bits & ((1U << have) - 1)) == 0;
}

static bool
take_absent(struct cursor *c, uint8_t *out)
{
	struct span s;

	if (!take_tag(c, 'f', &s))
		return false;
	for (uint8_t i = 0; i <= STAMP_FLAGS; i++) {
		if (span_is(s, absent[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool
take_claims(struct cursor *c, struct stamp *s)
{
	uint64_t database;
	bool ok;

	ok = take_word(c, 'v', "1") &&
	     take_name(c, 'k', stamp_key_fit, s->key) &&
	     take_word(c, 's', "virus") && take_word(c, 'r', "clean") &&
	     take_number(c, 't', STAMP_NUMBER_MAX, &s->time) &&
	     take_number(c, 'x', STAMP_NUMBER_MAX, &s->expiry) &&
	     take_id(c, s->id) &&
	     take_name(c, 'e', stamp_engine_fit, s->engine) &&
	     take_number(c, 'd', UINT32_MAX, &database) &&
	     take_number(c, 'g', STAMP_NUMBER_MAX, &s->database_time) &&
	     take_name(c, 'p', stamp_profile_fit, s->profile) &&
	     take_absent(c, &s->flags);
	if (ok)
		s->database = (uint32_t)database;
	return ok;
}

bool
stamp_read(struct span value, struct stamp *out, uint8_t mac[static STAMP_MAC])
{
	uint8_t text[STAMP_VALUE_MAX], read_mac[STAMP_MAC];
	struct stamp s = {0};
	struct cursor c;
	size_t len;

	if (!squeeze(value, text, &len))
		return false;
	c = cursor_of(span_of(text, len));
	if (!take_claims(&c, &s) || !take_bytes(&c, 'b', s.body) ||
	    !take_bytes(&c, 'h', s.header) || !take_bytes(&c, 'a', s.address) ||
	    !take_bytes(&c, 'm', read_mac) || !cursor_empty(&c))
		return false;
	*out = s;
	memcpy(mac, read_mac, STAMP_MAC);
	return true;
}

/* --- writing -------------------------------------------------------------- */

struct text {
	char *out; /* STAMP_TEXT_MAX bytes */
	size_t len;
};

static void
put_char(struct text *t, char c)
{
	/* The longest value that can be written takes 392 bytes. */
	ensure(t->len + 1 < STAMP_TEXT_MAX);
	t->out[t->len++] = c;
	t->out[t->len] = '\0';
}

static void
put(struct text *t, const char *text)
{
	for (; *text != '\0'; text++)
		put_char(t, *text);
}

static void
put_number(struct text *t, const char *before, uint64_t n)
{
	char digits[21] = "";
	size_t at = sizeof(digits) - 1;

	do {
		ensure(at > 0);
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	put(t, before);
	put(t, &digits[at]);
}

static void
put_id(struct text *t, const uint8_t id[static STAMP_ID])
{
	for (size_t i = 0; i < STAMP_ID; i++) {
		put_char(t, hex[id[i] >> 4]);
		put_char(t, hex[id[i] & 15]);
	}
}

static void
put_bytes(struct text *t, const char *before, const uint8_t *bytes)
{
	uint32_t bits = 0, have = 0;

	put(t, before);
	for (size_t i = 0; i < STAMP_DIGEST; i++) {
		bits = (bits << 8 | bytes[i]) & 0x3fff;
		have += 8;
		while (have >= 6) {
			have -= 6;
			put_char(t, alphabet[bits >> have & 63]);
		}
	}
	put_char(t, alphabet[bits << (6 - have) & 63]);
}

void
stamp_write(const struct stamp *s, const uint8_t mac[static STAMP_MAC],
    char out[static STAMP_TEXT_MAX])
{
	struct text t = {.out = out};

	put(&t, "v=1; k=");
	put(&t, s->key);
	put(&t, "; s=virus; r=clean;\n\t");
	put_number(&t, "t=", s->time);
	put_number(&t, "; x=", s->expiry);
	put(&t, "; i=");
	put_id(&t, s->id);
	put(&t, ";\n\te=");
	put(&t, s->engine);
	put_number(&t, "; d=", s->database);
	put_number(&t, "; g=", s->database_time);
	put(&t, ";\n\tp=");
	put(&t, s->profile);
	put(&t, "; f=");
	put(&t, absent[s->flags & STAMP_FLAGS]);
	put_bytes(&t, ";\n\tb=", s->body);
	put_bytes(&t, ";\n\th=", s->header);
	put_bytes(&t, ";\n\ta=", s->address);
	put_bytes(&t, ";\n\tm=", mac);
}
