/* SPDX-License-Identifier: ISC */
/*
 * Quoted-printable (RFC 2045 6.7) as programs read it.  What has no "=" in it
 * is copied in one go up to the end of the line; what may turn out to be an
 * escape, a soft line break or white space at the end of a line is held back
 * and looked at byte by byte.  Used in the session process.
 */
#include "parser/mime/decoders.h"

#include <string.h>

#include "lib/ensure.h"
#include "parser/mime/ascii.h"

/* What is held back. */
enum {
	HOLD_NOTHING,
	HOLD_BLANKS,	    /* white space */
	HOLD_BLANKS_CR,	    /* and a CR */
	HOLD_EQUALS,	    /* "="; in CR and TWICE one or more */
	HOLD_EQUALS_DIGIT,  /* "=" and a hexadecimal digit */
	HOLD_EQUALS_BLANKS, /* "=" and white space */
	HOLD_EQUALS_CR,	    /* "=", perhaps white space, and a CR */
};

/* So much white space is held.  More of it in front of a line end stays, as far
 * as it goes beyond; behind a "=" it is lost to all but KEEP. */
#define BLANKS_MAX 56

#define LINE_MAX_QP 76 /* of RFC 2045 6.7 (5) */

/* A usual line fits. */
#define WINDOW 128

#define NO_DIGIT 16

struct out {
	uint8_t *at;
	size_t len;
};

static void
add(struct decoder *d, enum anomaly a)
{
	anomalies_add(&d->found, a);
}

static uint8_t
digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return (uint8_t)(c - '0');
	if (c >= 'A' && c <= 'F')
		return (uint8_t)(c - 'A' + 10);
	if (c >= 'a' && c <= 'f')
		return (uint8_t)(c - 'a' + 10);
	return NO_DIGIT;
}

static void
put(struct out *o, uint8_t c)
{
	o->at[o->len++] = c;
}

static void
put_held(struct quoted_state *q, struct out *o)
{
	memcpy(o->at + o->len, q->byte, q->held);
	o->len += q->held;
	q->held = 0;
	q->hold = HOLD_NOTHING;
}

static void
hold(struct quoted_state *q, uint8_t what, uint8_t c)
{
	ensure(q->held < sizeof(q->byte));
	q->hold = what;
	q->byte[q->held++] = c;
}

static void
hold_nothing(struct quoted_state *q)
{
	q->held = 0;
	q->hold = HOLD_NOTHING;
}

/* What is held is no escape: it stands for itself. */
static void
put_bad(struct decoder *d, struct quoted_state *q, struct out *o)
{
	add(d, ANOMALY_QP_BAD_ESCAPE);
	put_held(q, o);
}

static void
put_escape(struct decoder *d, uint8_t first, uint8_t second, struct out *o)
{
	if (first >= 'a' || second >= 'a')
		add(d, ANOMALY_QP_LOWERCASE);
	put(o, (uint8_t)(digit(first) << 4 | digit(second)));
}

/* White space in front of a line end is no content. */
static void
line_ends(struct decoder *d, struct quoted_state *q, struct out *o)
{
	bool cr = q->hold == HOLD_BLANKS_CR;

	add(d, ANOMALY_QP_TRAILING_SPACE);
	hold_nothing(q);
	if (cr)
		put(o, '\r');
	put(o, '\n');
}

/* "=", white space if any, and a line end. */
static void
soft_break(struct decoder *d, struct quoted_state *q, struct out *o)
{
	bool cr = q->hold == HOLD_EQUALS_CR;
	bool blanks = ascii_is_blank(q->byte[q->held - (cr ? 2 : 1)]);

	if (blanks)
		add(d, ANOMALY_QP_SOFT_BREAK_SPACE);
	hold_nothing(q);
	if (blanks && d->decoding == DECODING_QP_KEEP) {
		put(o, '=');
		if (cr)
			put(o, '\r');
		put(o, '\n');
	}
}

/* Behind "=" and white space. */
static bool
behind_blanks(
    struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	if (ascii_is_blank(c) && q->held <= BLANKS_MAX) {
		hold(q, HOLD_EQUALS_BLANKS, c);
		return true;
	}
	if (ascii_is_blank(c)) {
		if (d->decoding != DECODING_QP_KEEP)
			return true;
		put_bad(d, q, o);
		hold(q, HOLD_BLANKS, c);
		return true;
	}
	if (c == '\r') {
		hold(q, HOLD_EQUALS_CR, c);
		return true;
	}
	if (c == '\n') {
		soft_break(d, q, o);
		return true;
	}
	put_bad(d, q, o);
	return false;
}

/* In CR several "=" may belong to a soft break: held until that is known. */
static bool
another_equals(struct decoder *d, struct quoted_state *q, struct out *o)
{
	if (q->held > BLANKS_MAX)
		put_bad(d, q, o);
	hold(q, HOLD_EQUALS, '=');
	return true;
}

/* All but the last of them stand for themselves. */
static void
put_equals(struct decoder *d, struct quoted_state *q, struct out *o)
{
	q->held--;
	put_bad(d, q, o);
	hold(q, HOLD_EQUALS, '=');
}

static bool
behind_equals(
    struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	if (c == '=' && d->decoding == DECODING_QP_CR)
		return another_equals(d, q, o);
	if (digit(c) != NO_DIGIT && q->held > 1)
		put_equals(d, q, o);
	if (digit(c) != NO_DIGIT) {
		hold(q, HOLD_EQUALS_DIGIT, c);
		return true;
	}
	return behind_blanks(d, q, c, o);
}

static bool
behind_digit(
    struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	uint8_t first = q->byte[1];

	if (digit(c) == NO_DIGIT) {
		put_bad(d, q, o);
		return false;
	}
	hold_nothing(q);
	put_escape(d, first, c, o);
	return true;
}

static bool
behind_cr(struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	if (c == '\n') {
		soft_break(d, q, o);
		return true;
	}
	if (d->decoding == DECODING_QP_CR) {
		if (c == '\r')
			return true;
		add(d, ANOMALY_QP_BAD_ESCAPE);
		hold_nothing(q);
	} else
		put_bad(d, q, o);
	return false;
}

static bool
white_space(struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	if (c == '\n') {
		line_ends(d, q, o);
		return true;
	}
	if (q->hold == HOLD_BLANKS && c == '\r') {
		hold(q, HOLD_BLANKS_CR, c);
		return true;
	}
	if (q->hold == HOLD_BLANKS && ascii_is_blank(c) &&
	    q->held < BLANKS_MAX) {
		hold(q, HOLD_BLANKS, c);
		return true;
	}
	put_held(q, o);
	return false;
}

static bool
first_of_all(struct quoted_state *q, uint8_t c, struct out *o)
{
	if (c == '=')
		hold(q, HOLD_EQUALS, c);
	else if (ascii_is_blank(c))
		hold(q, HOLD_BLANKS, c);
	else
		put(o, c);
	return true;
}

/* False: what was held was something else; the byte is still to be read. */
static bool
take(struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	switch (q->hold) {
	case HOLD_BLANKS:
	case HOLD_BLANKS_CR:
		return white_space(d, q, c, o);
	case HOLD_EQUALS:
		return behind_equals(d, q, c, o);
	case HOLD_EQUALS_DIGIT:
		return behind_digit(d, q, c, o);
	case HOLD_EQUALS_BLANKS:
		return behind_blanks(d, q, c, o);
	case HOLD_EQUALS_CR:
		return behind_cr(d, q, c, o);
	default:
		return first_of_all(q, c, o);
	}
}

/* --- soft breaks first, then escapes --------------------------------------- */

/* The second step. */
static void
twice_put(struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	if (q->escape == 1 && digit(c) != NO_DIGIT) {
		q->digit = c;
		q->escape = 2;
		return;
	}
	if (q->escape == 2 && digit(c) != NO_DIGIT) {
		put_escape(d, q->digit, c, o);
		q->escape = 0;
		return;
	}
	if (q->escape > 0) {
		add(d, ANOMALY_QP_BAD_ESCAPE);
		put(o, '=');
	}
	if (q->escape > 1)
		put(o, q->digit);
	q->escape = c == '=';
	if (c != '=')
		put(o, c);
}

static void
twice_put_held(struct decoder *d, struct quoted_state *q, struct out *o)
{
	for (uint8_t i = 0; i < q->held; i++)
		twice_put(d, q, q->byte[i], o);
	hold_nothing(q);
}

/* A soft break takes one "=" away. */
static void
twice_break(struct decoder *d, struct quoted_state *q, struct out *o)
{
	uint8_t n = 0;

	while (n < q->held && q->byte[n] == '=')
		n++;
	hold_nothing(q);
	for (uint8_t i = 1; i < n; i++)
		twice_put(d, q, '=', o);
}

/* Behind "=", perhaps white space, and a CR: with more CRs and an LF or
 * without they are a soft break. */
static bool
twice_behind_cr(
    struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	if (c == '\r')
		return true;
	twice_break(d, q, o);
	return c == '\n';
}

/* The first step: "=", white space, and a line end are a soft break. */
static bool
twice_take(struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	bool full = q->held >= BLANKS_MAX;

	if (q->hold == HOLD_EQUALS_CR)
		return twice_behind_cr(d, q, c, o);
	if (q->hold == HOLD_NOTHING && c != '=' && !ascii_is_blank(c)) {
		twice_put(d, q, c, o);
		return true;
	}
	if (c == '=' && !full &&
	    (q->hold == HOLD_NOTHING || q->hold == HOLD_EQUALS)) {
		hold(q, HOLD_EQUALS, c);
		return true;
	}
	if (ascii_is_blank(c) && !full && q->hold != HOLD_BLANKS_CR) {
		hold(q,
		    q->hold == HOLD_NOTHING || q->hold == HOLD_BLANKS
			? HOLD_BLANKS
			: HOLD_EQUALS_BLANKS,
		    c);
		return true;
	}
	if (c == '\r' && q->hold != HOLD_BLANKS_CR) {
		hold(q,
		    q->hold == HOLD_BLANKS ? HOLD_BLANKS_CR : HOLD_EQUALS_CR,
		    c);
		return true;
	}
	if (c == '\n' && q->hold >= HOLD_EQUALS) {
		twice_break(d, q, o);
		return true;
	}
	if (c == '\n') {
		bool cr = q->hold == HOLD_BLANKS_CR;

		hold_nothing(q);
		if (cr)
			twice_put(d, q, '\r', o);
		twice_put(d, q, '\n', o);
		return true;
	}
	twice_put_held(d, q, o);
	return false;
}

/* --- all bytes ------------------------------------------------------------- */

/* That many more bytes of a line, the last of which is c.  A CR in front of an
 * LF does not count. */
static void
count(struct decoder *d, struct quoted_state *q, size_t len, uint8_t c)
{
	len += q->line_len;
	if (len > LINE_MAX_QP + 1 || (len > LINE_MAX_QP && c != '\r'))
		add(d, ANOMALY_QP_LINE_LONG);
	if (len > LINE_MAX_QP + 1)
		len = LINE_MAX_QP + 1;
	q->line_len = (uint8_t)len;
}

static void
notice(struct decoder *d, struct quoted_state *q, uint8_t c)
{
	if (c >= 0x80)
		add(d, ANOMALY_QP_8BIT);
	if (c == '\n')
		q->line_len = 0;
	else
		count(d, q, 1, c);
}

static void
step(struct decoder *d, struct quoted_state *q, uint8_t c, struct out *o)
{
	notice(d, q, c);
	if (d->decoding == DECODING_QP_TWICE) {
		while (!twice_take(d, q, c, o))
			;
		return;
	}
	while (!take(d, q, c, o))
		;
}

static bool
any_8bit(const uint8_t *at, size_t len)
{
	uint8_t all = 0;

	for (size_t i = 0; i < len; i++)
		all |= at[i];
	return all >= 0x80;
}

/* Those bytes without white space at the end, and a CR behind that. */
static size_t
without_blanks(const uint8_t *at, size_t len)
{
	size_t end = len > 0 && at[len - 1] == '\r' ? len - 1 : len;
	size_t i = end;

	while (i > 0 && ascii_is_blank(at[i - 1]))
		i--;
	return i < end ? i : len;
}

/* The bytes in front of the next "=" or line end and the white space there;
 * nothing is held. */
static void
plain(struct decoder *d, struct quoted_state *q, struct cursor *in,
    struct out *o, size_t room)
{
	size_t len = in->left < room ? in->left : room;
	const uint8_t *end;
	struct span s;

	/* However short what comes is, so much is looked at and no more. */
	if (len > WINDOW)
		len = WINDOW;
	end = memchr(in->at, '\n', len);
	if (end != NULL)
		len = (size_t)(end - in->at);
	end = memchr(in->at, '=', len);
	if (end != NULL)
		len = (size_t)(end - in->at);
	len = without_blanks(in->at, len);
	if (len == 0 || !cursor_take(in, len, &s))
		return;
	memcpy(o->at + o->len, s.ptr, len);
	o->len += len;
	if (any_8bit(s.ptr, len))
		add(d, ANOMALY_QP_8BIT);
	count(d, q, len, s.ptr[len - 1]);
}

size_t
quoted_bytes(struct decoder *d, struct cursor *in, uint8_t *out, size_t room)
{
	struct quoted_state *q = &d->own.quoted;
	struct out o = {.at = out, .len = 0};
	uint8_t c;

	ensure(room >= DECODER_TAIL_MAX);
	while (room - o.len >= DECODER_TAIL_MAX && !cursor_empty(in)) {
		if (q->hold == HOLD_NOTHING && d->decoding != DECODING_QP_TWICE)
			plain(d, q, in, &o, room - o.len);
		if (room - o.len < DECODER_TAIL_MAX || !cursor_u8(in, &c))
			break;
		step(d, q, c, &o);
	}
	return o.len;
}

static void
twice_end(struct decoder *d, struct quoted_state *q, struct out *o)
{
	if (q->hold == HOLD_BLANKS_CR)
		twice_put_held(d, q, o);
	if (q->hold == HOLD_EQUALS_CR)
		twice_break(d, q, o);
	if (q->escape > 0) {
		add(d, ANOMALY_QP_BAD_ESCAPE);
		put(o, '=');
	}
	if (q->escape > 1)
		put(o, q->digit);
}

size_t
quoted_end(struct decoder *d, uint8_t *out)
{
	struct quoted_state *q = &d->own.quoted;
	struct out o = {.at = out, .len = 0};

	if (d->decoding == DECODING_QP_TWICE) {
		twice_end(d, q, &o);
		return o.len;
	}
	switch (q->hold) {
	case HOLD_BLANKS:
		add(d, ANOMALY_QP_TRAILING_SPACE);
		break;
	case HOLD_BLANKS_CR:
		put_held(q, &o);
		break;
	case HOLD_EQUALS_DIGIT:
		put_bad(d, q, &o);
		break;
	case HOLD_EQUALS_BLANKS:
		add(d, ANOMALY_QP_SOFT_BREAK_SPACE);
		if (d->decoding == DECODING_QP_KEEP)
			put(&o, '=');
		break;
	case HOLD_EQUALS_CR:
		add(d, ANOMALY_QP_BAD_ESCAPE);
		if (d->decoding != DECODING_QP_CR)
			put_held(q, &o);
		break;
	default: /* a "=" at the end is dropped by all */
		break;
	}
	return o.len;
}
