/* SPDX-License-Identifier: ISC */
/*
 * Transfer encodings: parser/mime/decode.c and the decoders behind it.
 *
 * The first byte chooses the decoding, the second how the rest is cut.  Base64
 * and quoted-printable come out as a second decoder has it, which has all of
 * the text before it and goes through it with a finger; in pieces as at once;
 * and where another reading of the same text has another content, the strict
 * one has noticed something that makes it read again.  Files within texts come
 * out as they were put in, and also in pieces as at once.
 */
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "parser/mime/decode.h"

#define IN_MAX	2048
#define OUT_MAX ((size_t)2 * IN_MAX)

/* Longer runs of white space or "=" are not held back whole. */
#define RUN_MAX 50

struct output {
	size_t len;
	uint8_t byte[OUT_MAX];
};

static void
put(struct output *o, uint8_t c)
{
	NEED(o->len < OUT_MAX);
	o->byte[o->len++] = c;
}

/* --- the second decoder ----------------------------------------------------- */

static int
value(uint8_t c, bool url)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				       "mnopqrstuvwxyz0123456789+/";
	const char *at = c != 0 ? strchr(alphabet, c) : NULL;

	if (url && (c == '-' || c == '_'))
		return c == '-' ? 62 : 63;
	return at != NULL ? (int)(at - alphabet) : -1;
}

static void
plain_base64(struct span in, enum decoding how, struct output *o)
{
	uint8_t six[4];
	size_t n = 0;

	for (size_t i = 0; i <= in.len; i++) {
		int v = i < in.len
			    ? value(in.ptr[i], how == DECODING_BASE64_URL)
			    : -1;
		bool ends = i == in.len ||
			    (in.ptr[i] == '=' && how != DECODING_BASE64_SKIP);

		if (v >= 0)
			six[n++] = (uint8_t)v;
		if (n >= 2 && (n == 4 || ends))
			put(o, (uint8_t)(six[0] << 2 | six[1] >> 4));
		if (n >= 3 && (n == 4 || ends))
			put(o, (uint8_t)(six[1] << 4 | six[2] >> 2));
		if (n == 4)
			put(o, (uint8_t)(six[2] << 6 | six[3]));
		if (n == 4 || ends)
			n = 0;
		if (ends && how == DECODING_BASE64)
			return;
	}
}

static uint8_t
at(struct span s, size_t i)
{
	return i < s.len ? s.ptr[i] : 'x';
}

static size_t
run_of(struct span s, size_t i, const char *set)
{
	size_t n = 0;

	while (i + n < s.len && s.ptr[i + n] != 0 &&
	       strchr(set, s.ptr[i + n]) != NULL)
		n++;
	return n;
}

/* CRLF or LF, or the end: how many bytes; -1 if it is something else. */
static int
line_end(struct span s, size_t i)
{
	if (i >= s.len)
		return 0;
	if (s.ptr[i] == '\n')
		return 1;
	return s.ptr[i] == '\r' && at(s, i + 1) == '\n' ? 2 : -1;
}

static int
hex(uint8_t c)
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	const char *found = c != 0 ? strchr(digits, c) : NULL;
	int v = found != NULL ? (int)(found - digits) : -1;

	return v > 15 ? v - 6 : v;
}

/* The bytes of a soft break that begins there, or 0. */
static size_t
soft_break(struct span s, size_t i, enum decoding how)
{
	size_t j = i + (how == DECODING_QP_CR ? run_of(s, i, "=") : 1);
	size_t blanks = run_of(s, j, " \t"), crs;

	if (blanks > 0 && how == DECODING_QP_KEEP)
		return 0;
	j += blanks;
	if (line_end(s, j) >= 0)
		return j + (size_t)line_end(s, j) - i;
	crs = run_of(s, j, "\r");
	if (how != DECODING_QP_CR || crs == 0)
		return 0;
	return j + crs + (at(s, j + crs) == '\n') - i;
}

static void
plain_quoted(struct span s, enum decoding how, struct output *o)
{
	for (size_t i = 0; i < s.len;) {
		size_t n = run_of(s, i, " \t");

		if (n > 0) {
			if (line_end(s, i + n) < 0) {
				for (size_t j = 0; j < n; j++)
					put(o, s.ptr[i + j]);
			}
			i += n;
		} else if (s.ptr[i] == '=' && (n = soft_break(s, i, how)) > 0) {
			i += n;
		} else if (s.ptr[i] == '=' && hex(at(s, i + 1)) >= 0 &&
			   hex(at(s, i + 2)) >= 0) {
			put(o, (uint8_t)(hex(s.ptr[i + 1]) * 16 +
					 hex(s.ptr[i + 2])));
			i += 3;
		} else
			put(o, s.ptr[i++]);
	}
}

/* As line_end(); behind "=" also CRs, with or without an LF. */
static int
soft_line_end(struct span s, size_t i)
{
	size_t crs = run_of(s, i, "\r");

	if (crs == 0)
		return line_end(s, i);
	return (int)crs + (at(s, i + crs) == '\n');
}

/* Soft breaks, of which each takes one "=", and white space at line ends. */
static void
first_step(struct span s, struct output *o)
{
	for (size_t i = 0; i < s.len;) {
		size_t equals = run_of(s, i, "=");
		size_t n = equals + run_of(s, i + equals, " \t");
		int end =
		    equals > 0 ? soft_line_end(s, i + n) : line_end(s, i + n);

		if (n == 0) {
			put(o, s.ptr[i++]);
			continue;
		}
		if (end < 0) {
			for (size_t j = 0; j < n; j++)
				put(o, s.ptr[i + j]);
			i += n;
			continue;
		}
		i += n;
		if (equals == 0)
			continue;
		for (size_t j = 1; j < equals && i < s.len; j++)
			put(o, '=');
		i += (size_t)end;
	}
}

static void
plain_twice(struct span s, struct output *o)
{
	static struct output step;

	step.len = 0;
	first_step(s, &step);
	s = span_of(step.byte, step.len);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '=' && hex(at(s, i + 1)) >= 0 &&
		    hex(at(s, i + 2)) >= 0) {
			put(o, (uint8_t)(hex(s.ptr[i + 1]) * 16 +
					 hex(s.ptr[i + 2])));
			i += 2;
		} else
			put(o, s.ptr[i]);
	}
}

/* --- the decoders ------------------------------------------------------------ */

/* In pieces of that size, into so much room. */
static void
decode(struct decoder *d, enum decoding how, struct span in, size_t piece,
    size_t room, struct output *o)
{
	static uint8_t buffer[OUT_MAX];
	struct cursor c = cursor_of(in);
	struct span s;
	size_t n;

	o->len = 0;
	decoder_begin(d, how);
	while (
	    cursor_take(&c, piece < c.left ? piece : c.left, &s) && s.len > 0) {
		struct span copy = fuzz_copy(s);
		struct cursor part = cursor_of(copy);

		while (!cursor_empty(&part)) {
			uint32_t files = d->files;
			size_t left = part.left;

			n = decoder_bytes(d, &part, buffer, room);
			NEED(n <= room && n <= OUT_MAX - o->len);
			NEED(d->files - files <= 1);
			NEED(n > 0 || part.left < left || d->files > files);
			memcpy(o->byte + o->len, buffer, n);
			o->len += n;
		}
		free((void *)(uintptr_t)copy.ptr);
	}
	n = decoder_end(d, buffer);
	NEED(n <= DECODER_TAIL_MAX && n <= OUT_MAX - o->len);
	memcpy(o->byte + o->len, buffer, n);
	o->len += n;
}

static bool
same(const struct output *a, const struct output *b)
{
	return a->len == b->len && memcmp(a->byte, b->byte, a->len) == 0;
}

/* All that a decoder tells, but for what it keeps for itself. */
static void
check_same(const struct decoder *a, const struct decoder *b)
{
	NEED(memcmp(&a->found, &b->found, sizeof(a->found)) == 0);
	NEED(a->files == b->files && a->file_open == b->file_open);
	NEED(a->name_len == b->name_len && a->name_len <= DECODER_NAME_MAX);
	NEED(memcmp(a->name, b->name, a->name_len) == 0);
}

static bool
has_long_run(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (run_of(s, i, " \t=") > RUN_MAX)
			return true;
	}
	return false;
}

/* Is whoever reads strictly told that this may be read in another way? */
static void
check_noticed(enum decoding how, struct span in, const struct output *other)
{
	static struct output strict;
	struct decoder d;
	bool base64 = how <= DECODING_BASE64_URL;

	if (how <= DECODING_BASE64 || how > DECODING_QP_TWICE)
		return;
	decode(&d, base64 ? DECODING_BASE64 : DECODING_QUOTED_PRINTABLE, in,
	    in.len, OUT_MAX, &strict);
	if (same(&strict, other))
		return;
	if (!base64)
		NEED(anomalies_has(&d.found, ANOMALY_QP_BAD_ESCAPE) ||
		     anomalies_has(&d.found, ANOMALY_QP_SOFT_BREAK_SPACE));
	else if (other->len > strict.len + 5)
		NEED(anomalies_has(&d.found, ANOMALY_BASE64_PAD_INSIDE) ||
		     anomalies_has(&d.found, ANOMALY_BASE64_BAD_CHAR));
}

static void
check_text(enum decoding how, struct span in, size_t piece)
{
	static struct output one, other, plain;
	struct decoder whole, cut;

	decode(&whole, how, in, in.len, OUT_MAX, &one);
	decode(&cut, how, in, piece, DECODER_TAIL_MAX + piece, &other);
	NEED(same(&one, &other));
	check_same(&whole, &cut);
	plain.len = 0;
	if (how >= DECODING_BASE64 && how <= DECODING_BASE64_URL)
		plain_base64(in, how, &plain);
	else if (how == DECODING_QP_TWICE)
		plain_twice(in, &plain);
	else if (how >= DECODING_QUOTED_PRINTABLE && how <= DECODING_QP_CR)
		plain_quoted(in, how, &plain);
	else
		return;
	if (how <= DECODING_BASE64_URL || !has_long_run(in)) {
		NEED(same(&one, &plain));
		check_noticed(how, in, &one);
	}
}

/* --- files, there and back ---------------------------------------------------- */

static void
uuencode(struct span in, struct output *o)
{
	struct cursor c = cursor_of(in);
	struct span s;

	for (const char *t = "begin 644 f\n"; *t != '\0'; t++)
		put(o, (uint8_t)*t);
	while (cursor_take(&c, c.left < 45 ? c.left : 45, &s) && s.len > 0) {
		put(o, (uint8_t)(0x20 + s.len));
		for (size_t i = 0; i < (s.len + 2) / 3 * 4; i++) {
			size_t byte = i * 6 / 8;
			unsigned int pair = byte < s.len ? s.ptr[byte] << 8 : 0;

			if (byte + 1 < s.len)
				pair |= s.ptr[byte + 1];
			put(o,
			    (uint8_t)(0x20 + (pair >> (10 - i * 6 % 8) & 63)));
		}
		put(o, '\n');
	}
	for (const char *t = "`\nend\n"; *t != '\0'; t++)
		put(o, (uint8_t)*t);
}

static void
yenc(struct span in, struct output *o)
{
	for (const char *t = "=ybegin name=f\n"; *t != '\0'; t++)
		put(o, (uint8_t)*t);
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = (uint8_t)(in.ptr[i] + 42);

		if (c == 0 || c == '\n' || c == '\r' || c == '=') {
			put(o, '=');
			c = (uint8_t)(c + 64);
		}
		put(o, c);
		if (i % 64 == 63)
			put(o, '\n');
	}
	for (const char *t = "\n=yend\n"; *t != '\0'; t++)
		put(o, (uint8_t)*t);
}

static void
check_file(enum decoding how, struct span in, size_t piece)
{
	static struct output text, back;
	struct decoder d;

	if (in.len > IN_MAX / 2)
		in.len = IN_MAX / 2;
	text.len = 0;
	if (how != DECODING_YENC)
		uuencode(in, &text);
	else
		yenc(in, &text);
	decode(&d, how, span_of(text.byte, text.len), piece, OUT_MAX, &back);
	NEED(back.len == in.len && memcmp(back.byte, in.ptr, in.len) == 0);
	NEED(!anomalies_any(&d.found) && !d.file_open);
	NEED(d.files == (how == DECODING_YENC || in.len > 0));
	NEED(d.files == 0 || (d.name_len == 1 && d.name[0] == 'f'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c), piece = fuzz_u8(&c);
	enum decoding how = choice % DECODINGS;
	struct span in = cursor_rest(&c);

	if (in.len == 0)
		return 0;
	if (in.len > IN_MAX)
		in.len = IN_MAX;
	in = fuzz_copy(in);
	if (how >= DECODING_UUENCODE && choice >= 128)
		check_file(how, in, (size_t)piece + 1);
	else
		check_text(how, in, (size_t)piece + 1);
	free((void *)(uintptr_t)in.ptr);
	return 0;
}
