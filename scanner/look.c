/* SPDX-License-Identifier: ISC */
/* The search for archives; see look.h.  Runs in the scanner, on bytes of
 * strangers. */
#include "scanner/look.h"

#include "lib/ensure.h"

#define PIECE 16384 /* that is searched at a time */

/* Bytes of an escape that the piece before ended in, and that turn out to stand
 * for themselves: so much longer a piece can be when it is decoded. */
#define ESCAPE_MOST 2

#define NO_LETTER 64 /* not one of base64's */

#define UU_BLANK 32 /* stands for 0 */
#define UU_LAST	 96 /* stands for 0, too */

static uint8_t letter[256];

/* Can a mark begin with that byte, or in these two letters? */
static bool first_byte[256];
static bool first_letters[1 << 12];

/* Of what is kept and a piece. */
static uint8_t window[LOOK_LETTERS + PIECE + ESCAPE_MOST];

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

/* Searches the first count of the len bytes in the window. */
static void
search_bytes(struct look_bytes *l, size_t count, size_t len)
{
	for (size_t i = 0; i < count && i + ARCHIVE_MARK <= len; i++) {
		size_t n = len - i;

		if (!first_byte[window[i]] ||
		    !archive_is_mark(mark_at(window + i)))
			continue;
		if (n > ARCHIVE_HEADER_MAX)
			n = ARCHIVE_HEADER_MAX;
		archive_header(
		    &l->archive, span_of(window + i, n), (l->at + i) * 8);
	}
}

/* A piece of them, decoded or not. */
static void
take_bytes(struct look_bytes *l, const uint8_t *bytes, size_t len)
{
	size_t all = l->kept + len;
	size_t count = all < sizeof(l->keep) ? 0 : all - sizeof(l->keep);

	ensure(l->kept <= sizeof(l->keep) && len <= PIECE + ESCAPE_MOST);
	memcpy(window, l->keep, l->kept);
	memcpy(window + l->kept, bytes, len);
	search_bytes(l, count, all);
	l->at += count;
	l->kept = all - count;
	memcpy(l->keep, window + count, l->kept);
}

static void
end_bytes(struct look_bytes *l)
{
	ensure(l->kept <= sizeof(l->keep));
	memcpy(window, l->keep, l->kept);
	search_bytes(l, l->kept, l->kept);
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
try_letter(struct look_letters *l, size_t i, size_t len)
{
	static uint8_t header[ARCHIVE_HEADER_MAX];
	uint64_t bits = 0;

	for (size_t k = 0; k < MARK_LETTERS; k++)
		bits = bits << 6 | (i + k < len ? window[i + k] : 0);
	for (unsigned int bit = 0; bit <= 4; bit += 2) {
		if (archive_is_mark((uint32_t)(bits >> (10 - bit))))
			archive_header(&l->archive,
			    span_of(header, bytes_at(i, bit, len, header)),
			    (l->at + i) * 6 + bit);
	}
}

static void
search_letters(struct look_letters *l, size_t count, size_t len)
{
	for (size_t i = 0; i < count && i + 1 < len; i++) {
		if (first_letters[window[i] << 6 | window[i + 1]])
			try_letter(l, i, len);
	}
}

/* Of the letters in the window those that were kept are the first. */
static void
took_letters(struct look_letters *l, size_t all)
{
	size_t count = all < sizeof(l->keep) ? 0 : all - sizeof(l->keep);

	search_letters(l, count, all);
	l->at += count;
	l->kept = all - count;
	memcpy(l->keep, window + count, l->kept);
}

static void
end_letters(struct look_letters *l)
{
	memcpy(window, l->keep, l->kept);
	search_letters(l, l->kept, l->kept);
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
unescape_second(struct look_quoted *l, uint8_t c, uint8_t out[2])
{
	l->escape_len = 0;
	if (c == '\r' || c == ' ' || c == '\t' || digit(c) != NO_DIGIT) {
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

/* The third.  A line end is none, nor is one behind blanks (RFC 2045 6.7 (3));
 * anything else stands for itself. */
static size_t
unescape_third(struct look_quoted *l, uint8_t c, uint8_t out[3])
{
	bool blank = l->escape == ' ' || l->escape == '\t';

	if (blank && (c == ' ' || c == '\t'))
		return 0; /* as one: who keeps them has no archive */
	l->escape_len = 0;
	if (c == '\n' && (blank || l->escape == '\r'))
		return 0;
	if (blank && c == '\r') {
		l->escape = c;
		l->escape_len = 2;
		return 0;
	}
	if (!blank && l->escape != '\r' && digit(c) != NO_DIGIT) {
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

/* What stands for itself; how many bytes of out it makes. */
static size_t
copy_quoted(
    const struct look_quoted *l, const uint8_t *bytes, size_t len, uint8_t *out)
{
	size_t n = 0;

	while (len > 0) {
		const uint8_t *cr =
		    l->unix_lines ? memchr(bytes, '\r', len) : NULL;
		size_t run = cr == NULL ? len : (size_t)(cr - bytes);

		memcpy(out + n, bytes, run);
		n += run;
		run += cr == NULL ? 0 : 1;
		bytes += run;
		len -= run;
	}
	return n;
}

static void
take_quoted(struct look_quoted *l, const uint8_t *bytes, size_t len)
{
	static uint8_t decoded[PIECE + ESCAPE_MOST];
	size_t n = 0, run;

	for (size_t i = 0; i < len; i++) {
		if (l->escape_len == 1)
			n += unescape_second(l, bytes[i], decoded + n);
		else if (l->escape_len == 2)
			n += unescape_third(l, bytes[i], decoded + n);
		else {
			const uint8_t *sign = memchr(bytes + i, '=', len - i);

			run =
			    sign == NULL ? len - i : (size_t)(sign - bytes) - i;
			n += copy_quoted(l, bytes + i, run, decoded + n);
			l->escape_len = sign == NULL ? 0 : 1;
			i += run;
		}
	}
	take_bytes(&l->bytes, decoded, n);
}

/* From the first "=" on; what stood before it is the same as it is. */
static void
look_quoted(struct look *l, const uint8_t *bytes, size_t len)
{
	if (!l->has_quoted && memchr(bytes, '=', len) != NULL) {
		l->has_quoted = true;
		l->quoted.bytes = l->plain;
	}
	if (l->has_quoted)
		take_quoted(&l->quoted, bytes, len);
	l->unix_quoted.unix_lines = true;
	take_quoted(&l->unix_quoted, bytes, len);
}

/* --- uuencode ------------------------------------------------------------- */

/* Bytes that are decoded at a time; of a line's letters that are missing no
 * more are made up than there were, and those of one group of four. */
#define UU_MOST PIECE

/* One of four letters; how many bytes of out it makes. */
static size_t
uu_letter(struct look *l, uint8_t value, uint8_t out[1])
{
	l->bits = l->bits << 6 | value;
	l->letters = (uint8_t)((l->letters + 1) % 4);
	l->line_had++;
	if (l->letters == 1 || l->line_left == 0)
		return 0;
	l->line_left--;
	*out = (uint8_t)(l->bits >> ((4 - l->letters) % 4 * 2));
	return 1;
}

/* Blanks at the end of a line get lost, and are zeros. */
static size_t
uu_line_end(struct look *l, uint8_t *out)
{
	static const uint8_t word_len = sizeof("begin ") - 1;
	size_t n = 0;

	if (l->in_uu) {
		for (int more = l->line_had + 4; more > 0 && l->line_left > 0;
		     more--)
			n += uu_letter(l, 0, out + n);
	} else if (l->line_len == word_len)
		l->in_uu = true;
	l->line_len = l->line_left = l->line_had = l->letters = 0;
	l->skip_line = false;
	return n;
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

/* The first byte of a line says how many bytes the others make. */
static void
uu_first(struct look *l, uint8_t c)
{
	l->line_len = 1;
	if (c >= UU_BLANK && c <= UU_LAST)
		l->line_left = (uint8_t)((c - UU_BLANK) % 64);
}

static void
look_uu(struct look *l, const uint8_t *bytes, size_t len)
{
	static uint8_t decoded[UU_MOST];
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = bytes[i];

		if (l->skip_line && c != '\n') {
			const uint8_t *end = memchr(bytes + i, '\n', len - i);

			i = end == NULL ? len : (size_t)(end - bytes) - 1;
		} else if (c == '\n')
			n += uu_line_end(l, decoded + n);
		else if (!l->in_uu)
			uu_outside(l, c);
		else if (l->line_len == 0)
			uu_first(l, c);
		else if (l->line_left > 0 && c >= UU_BLANK)
			n += uu_letter(
			    l, (uint8_t)((c - UU_BLANK) % 64), decoded + n);
		if (n > UU_MOST - 64) {
			take_bytes(&l->uu, decoded, n);
			n = 0;
		}
	}
	take_bytes(&l->uu, decoded, n);
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
	end_bytes(&l->quoted.bytes);
	end_bytes(&l->unix_quoted.bytes);
	end_letters(&l->base64);
	end_bytes(&l->uu);
}

/* The message itself, and what is decoded of it, counts for clamd, too. */
#define LAYERS 3

enum archive_fault
look_judge(const struct look *l, const struct archive_bounds *bounds)
{
	const struct archive *const all[] = {&l->plain.archive,
	    &l->base64.archive, &l->uu.archive, &l->unix_quoted.bytes.archive,
	    &l->quoted.bytes.archive};
	size_t count = l->has_quoted ? 5 : 4;
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
	return l->plain.archive.inner || l->quoted.bytes.archive.inner ||
	       l->unix_quoted.bytes.archive.inner || l->base64.archive.inner ||
	       l->uu.archive.inner;
}
