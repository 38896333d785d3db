/* SPDX-License-Identifier: ISC */
/* The search for archives; see look.h.  Runs in the scanner, on bytes of
 * strangers. */
#include "scanner/look.h"

#define PIECE 16384 /* that is searched at a time */

#define NO_LETTER 64 /* not one of base64's */

#define UU_BLANK 32 /* stands for 0 */
#define UU_LAST	 96 /* stands for 0, too */

static uint8_t letter[256];

/* Can a mark begin with that byte, or in these two letters? */
static bool first_byte[256];
static bool first_letters[1 << 12];

/* Of what is kept and a piece. */
static uint8_t window[LOOK_LETTERS + PIECE];

static void
set_letters(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				       "nopqrstuvwxyz0123456789+/";

	memset(letter, NO_LETTER, sizeof(letter));
	for (uint8_t i = 0; i < NO_LETTER; i++)
		letter[(uint8_t)alphabet[i]] = i;
}

/* The mark begins at the first, third or fifth bit of the first letter; its
 * first bits are then the last 12, 10 or 8 of the two. */
static void
set_first(uint32_t mark)
{
	first_byte[mark >> 24] = true;
	for (unsigned int bit = 0; bit <= 4; bit += 2) {
		uint32_t low = mark >> (20 + bit);

		for (uint32_t high = 0; high < 1U << bit; high++)
			first_letters[high << (12 - bit) | low] = true;
	}
}

void
look_setup(uint64_t key)
{
	archive_setup(key);
	set_letters();
	for (size_t i = 0; i < archive_marks; i++)
		set_first(archive_mark[i]);
}

/* --- bytes ---------------------------------------------------------------- */

static uint32_t
mark_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

/* Searches the first so many of len bytes of the window. */
static void
search_bytes(struct archive *a, size_t count, size_t len)
{
	for (size_t i = 0; i < count && i + ARCHIVE_MARK <= len; i++) {
		size_t n = len - i;

		if (!first_byte[window[i]] ||
		    !archive_is_mark(mark_at(window + i)))
			continue;
		if (n > ARCHIVE_HEADER_MAX)
			n = ARCHIVE_HEADER_MAX;
		archive_header(a, span_of(window + i, n));
	}
}

/* At most PIECE of them. */
static void
take_bytes(struct look_bytes *l, const uint8_t *bytes, size_t len)
{
	size_t all = l->kept + len;
	size_t count = all < sizeof(l->keep) ? 0 : all - sizeof(l->keep);

	memcpy(window, l->keep, l->kept);
	memcpy(window + l->kept, bytes, len);
	search_bytes(&l->archive, count, all);
	l->kept = all - count;
	memcpy(l->keep, window + count, l->kept);
}

static void
end_bytes(struct look_bytes *l)
{
	memcpy(window, l->keep, l->kept);
	search_bytes(&l->archive, l->kept, l->kept);
	l->kept = 0;
}

/* --- letters -------------------------------------------------------------- */

/* The bytes that begin at that bit of the window's letter i. */
static size_t
bytes_at(size_t i, unsigned int bit, size_t len,
    uint8_t out[static ARCHIVE_HEADER_MAX])
{
	uint32_t bits = window[i];
	unsigned int have = 6 - bit;
	size_t n = 0;

	for (i++; n < ARCHIVE_HEADER_MAX; i++) {
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
		if (i >= len)
			break;
		bits = bits << 6 | window[i];
		have += 6;
	}
	return n;
}

/* Of the bits of so many letters a mark is among the first. */
#define MARK_LETTERS 7

static void
try_letter(struct archive *a, size_t i, size_t len)
{
	static uint8_t header[ARCHIVE_HEADER_MAX];
	uint64_t bits = 0;

	for (size_t k = 0; k < MARK_LETTERS; k++)
		bits = bits << 6 | (i + k < len ? window[i + k] : 0);
	for (unsigned int bit = 0; bit <= 4; bit += 2) {
		if (archive_is_mark((uint32_t)(bits >> (10 - bit))))
			archive_header(
			    a, span_of(header, bytes_at(i, bit, len, header)));
	}
}

static void
search_letters(struct archive *a, size_t count, size_t len)
{
	for (size_t i = 0; i < count && i + 1 < len; i++) {
		if (first_letters[window[i] << 6 | window[i + 1]])
			try_letter(a, i, len);
	}
}

/* Of the letters in the window those that were kept are the first. */
static void
took_letters(struct look_letters *l, size_t all)
{
	size_t count = all < sizeof(l->keep) ? 0 : all - sizeof(l->keep);

	search_letters(&l->archive, count, all);
	l->kept = all - count;
	memcpy(l->keep, window + count, l->kept);
}

static void
end_letters(struct look_letters *l)
{
	memcpy(window, l->keep, l->kept);
	search_letters(&l->archive, l->kept, l->kept);
	l->kept = 0;
}

static void
take_base64(struct look_letters *l, const uint8_t *bytes, size_t len)
{
	size_t all = l->kept;

	memcpy(window, l->keep, l->kept);
	for (size_t i = 0; i < len; i++) {
		window[all] = letter[bytes[i]];
		all += window[all] != NO_LETTER;
	}
	took_letters(l, all);
}

/* --- quoted-printable ----------------------------------------------------- */

#define NO_DIGIT 16

static unsigned int
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : NO_DIGIT;
}

/* The second byte of an escape; how many bytes of out it makes. */
static size_t
unescape_second(struct look *l, uint8_t c, uint8_t out[2])
{
	l->escape_len = 0;
	if (c == '\r' || digit(c) != NO_DIGIT) {
		l->escape = c;
		l->escape_len = 2;
		return 0;
	}
	if (c == '\n')
		return 0;
	out[0] = '=';
	if (c == '=') {
		l->escape_len = 1;
		return 1;
	}
	out[1] = c;
	return 2;
}

/* The third.  A line end is none, anything else stands for itself. */
static size_t
unescape_third(struct look *l, uint8_t c, uint8_t out[3])
{
	l->escape_len = 0;
	if (l->escape == '\r' && c == '\n')
		return 0;
	if (l->escape != '\r' && digit(c) != NO_DIGIT) {
		out[0] = (uint8_t)(digit(l->escape) << 4 | digit(c));
		return 1;
	}
	out[0] = '=';
	out[1] = l->escape;
	if (c == '=') {
		l->escape_len = 1;
		return 2;
	}
	out[2] = c;
	return 3;
}

static void
take_quoted(struct look *l, const uint8_t *bytes, size_t len)
{
	static uint8_t decoded[PIECE + 2];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (l->escape_len == 1)
			n += unescape_second(l, bytes[i], decoded + n);
		else if (l->escape_len == 2)
			n += unescape_third(l, bytes[i], decoded + n);
		else if (bytes[i] == '=')
			l->escape_len = 1;
		else
			decoded[n++] = bytes[i];
	}
	take_bytes(&l->quoted, decoded, n);
}

/* From the first "=" on; what stood before it is the same as it is. */
static void
look_quoted(struct look *l, const uint8_t *bytes, size_t len)
{
	if (!l->has_quoted && memchr(bytes, '=', len) != NULL) {
		l->has_quoted = true;
		l->quoted = l->plain;
	}
	if (l->has_quoted)
		take_quoted(l, bytes, len);
}

/* --- uuencode ------------------------------------------------------------- */

static void
uu_line_end(struct look *l)
{
	static const uint8_t word_len = sizeof("begin ") - 1;

	if (!l->in_uu && l->line_len == word_len)
		l->in_uu = true;
	l->line_len = l->line_left = 0;
	l->skip_line = false;
}

/* A byte of a line outside: does it begin with the word? */
static void
uu_outside(struct look *l, uint8_t c)
{
	static const char word[] = "begin ";

	if (l->skip_line || l->line_len == sizeof(word) - 1)
		return;
	if (c == (uint8_t)word[l->line_len])
		l->line_len++;
	else {
		l->line_len = 0;
		l->skip_line = true;
	}
}

/* The first byte of a line says how many the others make. */
static void
uu_first(struct look *l, uint8_t c)
{
	l->line_len = 1;
	if (c >= UU_BLANK && c <= UU_LAST)
		l->line_left = (uint8_t)(((c - UU_BLANK) % 64 + 2) / 3 * 4);
}

static void
look_uu(struct look *l, const uint8_t *bytes, size_t len)
{
	size_t all = l->uu.kept;

	memcpy(window, l->uu.keep, l->uu.kept);
	for (size_t i = 0; i < len; i++) {
		uint8_t c = bytes[i];

		if (l->skip_line && c != '\n') {
			const uint8_t *end = memchr(bytes + i, '\n', len - i);

			i = end == NULL ? len : (size_t)(end - bytes) - 1;
		} else if (c == '\n')
			uu_line_end(l);
		else if (!l->in_uu)
			uu_outside(l, c);
		else if (l->line_len == 0)
			uu_first(l, c);
		else if (l->line_left > 0 && c >= UU_BLANK) {
			window[all++] = (uint8_t)((c - UU_BLANK) % 64);
			l->line_left--;
		}
	}
	took_letters(&l->uu, all);
}

/* --- all of them ---------------------------------------------------------- */

void
look_body(struct look *l, struct span bytes)
{
	struct cursor at = cursor_of(bytes);
	struct span piece;

	l->len += bytes.len;
	while (!cursor_empty(&at)) {
		if (!cursor_take(
			&at, at.left < PIECE ? at.left : PIECE, &piece))
			return;
		look_quoted(l, piece.ptr, piece.len);
		take_bytes(&l->plain, piece.ptr, piece.len);
		take_base64(&l->base64, piece.ptr, piece.len);
		look_uu(l, piece.ptr, piece.len);
	}
}

void
look_end(struct look *l)
{
	end_bytes(&l->plain);
	end_bytes(&l->quoted);
	end_letters(&l->base64);
	end_letters(&l->uu);
}

/* The message itself, and what is decoded of it, counts for clamd, too. */
#define LAYERS 3

enum archive_fault
look_judge(const struct look *l, const struct archive_bounds *bounds)
{
	const struct archive *const all[] = {&l->plain.archive,
	    &l->base64.archive, &l->uu.archive, &l->quoted.archive};
	size_t count = l->has_quoted ? 4 : 3;
	struct archive_bounds b = *bounds;

	if (b.all != UINT64_MAX)
		b.all -= b.all < LAYERS * l->len ? b.all : LAYERS * l->len;
	for (size_t i = 0; i < count; i++) {
		enum archive_fault fault = archive_judge(all[i], &b);

		if (fault != ARCHIVE_FINE)
			return fault;
	}
	return ARCHIVE_FINE;
}

bool
look_is_blind(const struct look *l)
{
	return l->plain.archive.inner || l->quoted.archive.inner ||
	       l->base64.archive.inner || l->uu.archive.inner;
}
