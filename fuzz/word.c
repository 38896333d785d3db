/* SPDX-License-Identifier: ISC */
/*
 * Encoded words and file names: parser/mime/word.c, charset.c and name.c.
 *
 * The first byte chooses.  0 and 1: the rest is a text, strict or not, whose
 * words a second reader finds by trying each place; 2: bytes of a charset, that
 * of the second byte, which the C library converts too; 3: a file name, whose
 * normal form is made a second time out of an array of its characters.
 */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "parser/mime/name.h"
#include "parser/mime/word.h"

#define TEXT_MAX ((size_t)4096)
#define OUT_MAX	 (4 * TEXT_MAX)

/* --- words ---------------------------------------------------------------- */
struct text {
	size_t len;
	uint8_t byte[OUT_MAX];
};

static void
add(struct text *t, uint8_t byte)
{
	NEED(t->len < sizeof(t->byte));
	t->byte[t->len++] = byte;
}

static bool
is_one_of(uint8_t byte, const char *set)
{
	return byte != '\0' && strchr(set, byte) != NULL;
}

static bool
is_white(uint8_t byte)
{
	return is_one_of(byte, " \t\r\n");
}

/* The parts of a word that begins there: charset, letter, text, behind it. */
struct parts {
	size_t charset, letter, text, end;
};

static bool
is_word(struct span s, size_t at, bool strict, struct parts *p)
{
	size_t mark[4], marks = 0;

	for (size_t i = at; i < s.len && marks < 4; i++) {
		if (s.ptr[i] == '?')
			mark[marks++] = i;
	}
	if (marks < 4 || mark[0] != at + 1 || s.ptr[at] != '=' ||
	    mark[1] == mark[0] + 1 || mark[2] != mark[1] + 2 ||
	    mark[3] + 1 >= s.len || s.ptr[mark[3] + 1] != '=' ||
	    !is_one_of(s.ptr[mark[2] - 1], "bBqQ"))
		return false;
	for (size_t i = mark[0]; i < mark[1]; i++) {
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || s.ptr[i] == '=')
			return false;
	}
	for (size_t i = mark[2]; strict && i < mark[3]; i++) {
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	}
	*p = (struct parts){mark[0] + 1, mark[2] - 1, mark[2] + 1, mark[3] + 2};
	return !strict || ((at == 0 || is_white(s.ptr[at - 1])) &&
			      (p->end == s.len || is_white(s.ptr[p->end])));
}

static void
plain_base64(struct span s, struct text *out)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int sextet[4], count = 0;

	for (size_t i = 0; i < s.len; i++) {
		const char *at = strchr(alphabet, s.ptr[i]);

		if (s.ptr[i] == '=')
			count = 0;
		if (at == NULL || *at == '\0')
			continue;
		sextet[count++] = (unsigned int)(at - alphabet);
		if (count == 2)
			add(out, (uint8_t)(sextet[0] << 2 | sextet[1] >> 4));
		else if (count == 3)
			add(out, (uint8_t)(sextet[1] << 4 | sextet[2] >> 2));
		else if (count == 4)
			add(out, (uint8_t)(sextet[2] << 6 | sextet[3]));
		count %= 4;
	}
}

static void
plain_q(struct span s, struct text *out)
{
	for (size_t i = 0; i < s.len; i++) {
		char pair[3] = "";

		if (s.ptr[i] == '=' && i + 2 < s.len)
			memcpy(pair, s.ptr + i + 1, 2);
		if (strlen(pair) == 2 &&
		    strspn(pair, "0123456789abcdefABCDEF") == 2) {
			add(out, (uint8_t)strtoul(pair, NULL, 16));
			i += 2;
		} else
			add(out, s.ptr[i] == '_' ? ' ' : s.ptr[i]);
	}
}

static struct span
charset_of(struct span s, const struct parts *p)
{
	struct span charset =
	    span_of(s.ptr + p->charset, p->letter - 1 - p->charset);

	for (size_t i = 0; i < charset.len; i++) {
		if (charset.ptr[i] == '*')
			charset.len = i;
	}
	return charset;
}

static bool
is_same_charset(struct span a, struct span b)
{
	return a.len == b.len && strncasecmp((const char *)a.ptr,
				     (const char *)b.ptr, a.len) == 0;
}

/* The bytes of words that belong together become UTF-8. */
static void
end_run(struct span charset, const struct text *bytes, struct text *out)
{
	size_t len;

	(void)word_to_utf8(charset, span_of(bytes->byte, bytes->len),
	    out->byte + out->len, sizeof(out->byte) - out->len, &len);
	out->len += len;
}

static uint32_t
plain_decode(struct span s, bool strict, struct text *out)
{
	static struct text bytes;
	struct parts p, next;
	uint32_t words = 0;

	out->len = bytes.len = 0;
	for (size_t i = 0; i < s.len;) {
		size_t gap;

		if (!is_word(s, i, strict, &p)) {
			add(out, s.ptr[i++]);
			continue;
		}
		if (s.ptr[p.letter] == 'b' || s.ptr[p.letter] == 'B')
			plain_base64(
			    span_of(s.ptr + p.text, p.end - 2 - p.text),
			    &bytes);
		else
			plain_q(span_of(s.ptr + p.text, p.end - 2 - p.text),
			    &bytes);
		words++;
		gap = p.end;
		while (gap < s.len && is_white(s.ptr[gap]))
			gap++;
		i = gap;
		if (is_word(s, gap, strict, &next) &&
		    is_same_charset(charset_of(s, &p), charset_of(s, &next)))
			continue;
		end_run(charset_of(s, &p), &bytes, out);
		bytes.len = 0;
		if (!is_word(s, gap, strict, &next))
			i = p.end;
	}
	return words;
}

static void
check_words(struct span s, bool strict)
{
	static struct text want;
	enum word_place place = strict ? WORD_STRICT : WORD_ANYWHERE;
	uint8_t *out = malloc(OUT_MAX), *less;
	uint32_t words, expected;
	bool odd, cut;
	size_t len, part;

	NEED(out != NULL);
	expected = plain_decode(s, strict, &want);
	len = word_decode(s, place, out, OUT_MAX, &words, &odd, &cut);
	NEED(!cut && words == expected && len <= 3 * s.len + 3);
	NEED(fuzz_same(span_of(out, len), span_of(want.byte, want.len)));
	NEED(words > 0 || (fuzz_same(span_of(out, len), s) && !odd));
	NEED(words == 0 || word_is_there(s));
	part = len / 2;
	less = malloc(part + 1);
	NEED(less != NULL);
	want.len = word_decode(s, place, less, part, &words, &odd, &cut);
	NEED(words == expected && cut == (part < len));
	NEED(want.len <= part && want.len + 3 >= part);
	NEED(memcmp(less, out, want.len) == 0);
	free(less);
	free(out);
}

/* --- charsets ------------------------------------------------------------- */
/* What is no character of it the C library refuses, or waits for the rest of it:
 * then there is nothing to compare. */
static void
check_charset(uint8_t choice, struct span bytes)
{
	static const struct {
		const char *ours, *theirs;
	} sets[] = {{"iso-8859-1", "ISO-8859-1"}, {"latin9", "ISO-8859-15"},
	    {"Windows-1252", "WINDOWS-1252"}, {"utf-16be", "UTF-16BE"},
	    {"UTF-16LE", "UTF-16LE"}, {"utf-7", "UTF-7"}, {"utf-8", "UTF-8"},
	    {"us-ascii", "ASCII"}};
	static iconv_t opened[sizeof(sets) / sizeof(sets[0])];
	size_t set = choice % (sizeof(sets) / sizeof(sets[0]));
	static char want[OUT_MAX];
	uint8_t *out = malloc(OUT_MAX);
	char *in = (char *)(uintptr_t)bytes.ptr, *to = want;
	size_t left = bytes.len, room = sizeof(want), len;

	NEED(out != NULL);
	if (opened[set] == NULL)
		opened[set] = iconv_open("UTF-8", sets[set].theirs);
	NEED(opened[set] != (iconv_t)-1);
	NEED(
	    word_to_utf8(span_text(sets[set].ours), bytes, out, OUT_MAX, &len));
	NEED(len <= 3 * bytes.len + 3);
	NEED(word_is_utf8(span_of(out, len)) || set >= 5);
	(void)iconv(opened[set], NULL, NULL, NULL, NULL);
	if (iconv(opened[set], &in, &left, &to, &room) != (size_t)-1 &&
	    left == 0 && memmem(out, len, "\xef\xbf\xbd", 3) == NULL)
		NEED(fuzz_same(
		    span_of(out, len), span_of(want, (size_t)(to - want))));
	free(out);
}

/* --- names ---------------------------------------------------------------- */
/* Characters of a name; bytes that are none count as Latin-1. */
static size_t
characters(struct span s, uint32_t out[static TEXT_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < s.len;) {
		size_t len = 1;

		while (len < 4 && len < s.len - i &&
		       !word_is_utf8(span_of(s.ptr + i, len)))
			len++;
		if (!word_is_utf8(span_of(s.ptr + i, len)))
			len = 1;
		out[count] = s.ptr[i];
		if (len > 1) {
			out[count] &= 0xffU >> (len + 1);
			for (size_t k = 1; k < len; k++)
				out[count] =
				    out[count] << 6 | (s.ptr[i + k] & 0x3f);
		}
		count++;
		i += len;
	}
	return count;
}

static bool
in(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

static bool
is_dropped(uint32_t c)
{
	return c < 0x20 || in(c, 0x7f, 0x9f) || c == 0xad || c == 0x34f ||
	       c == 0x61c || in(c, 0x115f, 0x1160) || in(c, 0x17b4, 0x17b5) ||
	       in(c, 0x180b, 0x180f) || in(c, 0x200b, 0x200f) ||
	       in(c, 0x202a, 0x202e) || in(c, 0x2060, 0x206f) || c == 0x3164 ||
	       in(c, 0xfe00, 0xfe0f) || c == 0xfeff || c == 0xffa0 ||
	       in(c, 0xe0000, 0xe0fff);
}

static uint32_t
plain_fold(uint32_t c)
{
	if (in(c, 0xff01, 0xff5e))
		c -= 0xff01 - '!';
	if (c == 0xa0 || c == 0x1680 || in(c, 0x2000, 0x200a) ||
	    in(c, 0x2028, 0x2029) || c == 0x202f || c == 0x205f || c == 0x3000)
		return ' ';
	if (c == 0x2024 || c == 0x3002 || c == 0xfe52 || c == 0xff61)
		return '.';
	return in(c, 'A', 'Z') ? c + 32 : c;
}

/* The last component of many, without dots and blanks at its end: as the
 * longest beginning of the name that ends with something else, and what of it
 * stands behind its last separator. */
static size_t
plain_normal(struct span name, uint32_t out[static TEXT_MAX])
{
	static uint32_t all[TEXT_MAX];
	size_t count = characters(name, all), len = 0, from = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_dropped(all[i]))
			out[len++] = plain_fold(all[i]);
	}
	while (len > 0 && (out[len - 1] == ' ' || out[len - 1] == '.' ||
			      out[len - 1] == '/' || out[len - 1] == '\\'))
		len--;
	for (size_t i = 0; i < len; i++) {
		if (out[i] == '/' || out[i] == '\\')
			from = i + 1;
	}
	memmove(out, out + from, (len - from) * sizeof(*out));
	return len - from;
}

static void
check_extensions(struct span name, struct span normal)
{
	uint8_t buffer[NAME_MAX_KEPT];
	struct span extension[NAME_EXTENSIONS];
	size_t count = name_extensions(name, buffer, extension);
	size_t dot = normal.len;

	NEED(count <= NAME_EXTENSIONS);
	for (size_t i = 0; i < count; i++) {
		NEED(
		    fuzz_within(extension[i], span_of(buffer, sizeof(buffer))));
		NEED(extension[i].len > 0);
		NEED(memchr(extension[i].ptr, '.', extension[i].len) == NULL);
		NEED(memchr(extension[i].ptr, '/', extension[i].len) == NULL);
	}
	while (
	    dot > 0 && normal.ptr[dot - 1] != '.' && normal.ptr[dot - 1] != ':')
		dot--;
	if (dot == 0 || normal.ptr[dot - 1] == ':')
		return;
	normal = span_of(normal.ptr + dot, normal.len - dot);
	NEED(count > 0);
	NEED(normal.len > extension[0].len || fuzz_same(normal, extension[0]));
	NEED(memcmp(normal.ptr, extension[0].ptr, extension[0].len) == 0);
}

static void
check_name(struct span name)
{
	static uint32_t want[TEXT_MAX], got[TEXT_MAX];
	uint8_t *out = malloc(NAME_MAX_KEPT), *again = malloc(NAME_MAX_KEPT);
	struct anomalies found = {0};
	size_t len, want_len = plain_normal(name, want), count;

	NEED(out != NULL && again != NULL);
	len = name_normal(name, out);
	NEED(len <= NAME_MAX_KEPT && word_is_utf8(span_of(out, len)));
	NEED(name_normal(span_of(out, len), again) == len);
	NEED(memcmp(out, again, len) == 0);
	/* Both ends of it, and nothing is missing if it is short. */
	count = characters(span_of(out, len), got);
	NEED(count <= want_len && (count == want_len || len > 512));
	for (size_t i = 0; i < count; i++)
		NEED(got[i] ==
		     (i < 128 || count == want_len ? want[i] : got[i]));
	for (size_t i = 0; i < count && i < 32; i++)
		NEED(got[count - 1 - i] == want[want_len - 1 - i]);
	check_extensions(name, span_of(out, len));
	name_check(name, &found);
	NEED(anomalies_has(&found, ANOMALY_NAME_EMPTY) == (len == 0));
	NEED(anomalies_has(&found, ANOMALY_NAME_LONG) == (name.len > 255));
	free(out);
	free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c) % 4, charset;
	struct span rest;

	if (size > TEXT_MAX)
		return 0;
	charset = choice == 2 ? fuzz_u8(&c) : 0;
	rest = fuzz_copy(cursor_rest(&c));
	if (choice < 2)
		check_words(rest, choice == 0);
	else if (choice == 2)
		check_charset(charset, rest);
	else
		check_name(rest);
	free((void *)(uintptr_t)rest.ptr);
	return 0;
}
