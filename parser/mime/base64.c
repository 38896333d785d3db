/* SPDX-License-Identifier: ISC */
/*
 * Base64 (RFC 2045 6.8) as programs read it, four characters a step where it is
 * regular and byte by byte around that.  Used in the session process.
 *
 * What is odd is judged by the first "=", whatever the decoding does with it:
 * up to it there is data, and what stands behind the padding is either nothing,
 * a few words, or so much that a program which goes on there has a content of
 * its own.
 */
#include "parser/mime/decoders.h"

#include "lib/ensure.h"

enum { STAGE_DATA, STAGE_PADDING, STAGE_AFTER };

#define LINE_LONG 998 /* of RFC 5322 2.1.1 */
/* Behind the padding so many characters are too many for a few words.  Less
 * than that give any reading no more than five bytes. */
#define AFTER_DATA 7

/*
 * A character's six bits at each of the four places of a group, and a mark that
 * overflows into the highest bit of the sum if all four are characters.
 */
#define MARK (UINT32_C(1) << 29)
#define GOOD (UINT32_C(1) << 31)
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a designator */
#define ONE(c, v) [c] = MARK + ((uint32_t)(v) << PLACE)
#define EIGHT(c, v)                                              \
	ONE(c, v), ONE((c) + 1, (v) + 1), ONE((c) + 2, (v) + 2), \
	    ONE((c) + 3, (v) + 3), ONE((c) + 4, (v) + 4),        \
	    ONE((c) + 5, (v) + 5), ONE((c) + 6, (v) + 6),        \
	    ONE((c) + 7, (v) + 7)
#define ALPHABET                                                          \
	EIGHT('A', 0), EIGHT('I', 8), EIGHT('Q', 16), ONE('Y', 24),       \
	    ONE('Z', 25), EIGHT('a', 26), EIGHT('i', 34), EIGHT('q', 42), \
	    ONE('y', 50), ONE('z', 51), EIGHT('0', 52), ONE('8', 60),     \
	    ONE('9', 61), ONE('+', 62), ONE('/', 63)

static const uint32_t place[4][256] = {
#define PLACE 18
    {ALPHABET},
#undef PLACE
#define PLACE 12
    {ALPHABET},
#undef PLACE
#define PLACE 6
    {ALPHABET},
#undef PLACE
#define PLACE 0
    {ALPHABET},
#undef PLACE
};

#define NO_VALUE 64

uint8_t
base64_value(uint8_t c)
{
	return place[3][c] == 0 ? NO_VALUE : (uint8_t)(place[3][c] & 63);
}

static void
add(struct decoder *d, enum anomaly a)
{
	anomalies_add(&d->found, a);
}

/* --- what is odd ---------------------------------------------------------- */

/* The first line may be text, whose letters would shift all groups behind it:
 * if it is no number of groups, and has other characters or is shorter than the
 * next.  And no line of data is so long. */
static void
first_line_ends(struct base64_state *b)
{
	b->first = b->line;
	b->watch = b->first % 4 != 0 || b->first > LINE_LONG;
}

static void
line_ends(struct base64_state *b)
{
	if (b->stage == STAGE_DATA) {
		if (!b->filled && b->lines > 0)
			b->blank = true;
		if (b->filled && b->lines < 2 && ++b->lines == 1)
			first_line_ends(b);
		else if (b->filled)
			b->watch = false;
	} else
		b->later = true;
	b->filled = false;
	b->space = false;
	b->line = 0;
}

static void
character_of_data(struct decoder *d, struct base64_state *b)
{
	if (b->space)
		add(d, ANOMALY_BASE64_BAD_CHAR);
	if (b->blank) {
		add(d, ANOMALY_BASE64_BLANK_LINE);
		if (b->phase != 0)
			add(d, ANOMALY_BASE64_STRAY_SHIFT);
	}
	b->blank = false;
	b->space = false;
	b->filled = true;
	b->line++;
	if (b->watch &&
	    (b->first > LINE_LONG || b->junk || b->line > b->first)) {
		add(d, ANOMALY_BASE64_STRAY_SHIFT);
		b->watch = false;
	}
}

/* The padding is whole: was it what was due? */
static void
padding_ends(struct decoder *d, struct base64_state *b)
{
	if (b->pads < b->need)
		add(d, ANOMALY_BASE64_PAD_MISSING);
	if (b->pads > b->need)
		add(d, ANOMALY_BASE64_PAD_ODD);
	b->stage = STAGE_AFTER;
}

static void
character_behind(struct decoder *d, struct base64_state *b)
{
	if (b->stage == STAGE_PADDING)
		padding_ends(d, b);
	if (anomalies_has(&d->found, ANOMALY_BASE64_PAD_INSIDE))
		return;
	b->after++;
	if (b->later)
		add(d, ANOMALY_BASE64_TRAILING);
	if (b->after >= (b->later ? AFTER_DATA : 2))
		add(d, ANOMALY_BASE64_PAD_INSIDE);
}

/* The last group of the data has so many characters as phase says. */
static void
data_ends(struct decoder *d, struct base64_state *b)
{
	static const uint8_t unused[4] = {0, 0, 15, 3};

	if (b->phase == 1)
		add(d, ANOMALY_BASE64_TRUNCATED);
	if ((b->bits & unused[b->phase]) != 0)
		add(d, ANOMALY_BASE64_BITS);
	b->need = b->phase > 1 ? (uint8_t)(4 - b->phase) : 0;
}

static void
equals_sign(struct decoder *d, struct base64_state *b)
{
	switch (b->stage) {
	case STAGE_DATA:
		if (b->space)
			add(d, ANOMALY_BASE64_BAD_CHAR);
		data_ends(d, b);
		b->stage = STAGE_PADDING;
		b->pads = 1;
		break;
	case STAGE_PADDING:
		if (b->pads < UINT8_MAX)
			b->pads++;
		break;
	default: /* of a second piece of data */
		if (b->after > 1)
			add(d, ANOMALY_BASE64_PAD_INSIDE);
	}
}

static void
other_character(struct decoder *d, struct base64_state *b)
{
	if (b->stage == STAGE_DATA) {
		add(d, ANOMALY_BASE64_BAD_CHAR);
		b->junk = true;
		b->filled = true;
		return;
	}
	if (b->stage == STAGE_PADDING)
		padding_ends(d, b);
	if (!anomalies_has(&d->found, ANOMALY_BASE64_PAD_INSIDE))
		add(d, ANOMALY_BASE64_TRAILING);
}

/* --- what it stands for --------------------------------------------------- */

/* The bytes of a group that ends early. */
static size_t
flush(struct base64_state *b, uint8_t *out)
{
	size_t len = b->phase > 1 ? b->phase - 1U : 0;
	uint32_t bits = b->bits << 6 * (4 - b->phase) % 24;

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	b->phase = 0;
	b->bits = 0;
	return len;
}

static size_t
character(struct base64_state *b, uint8_t value, uint8_t *out)
{
	b->bits = b->bits << 6 | value;
	if (++b->phase < 4)
		return 0;
	out[0] = (uint8_t)(b->bits >> 16);
	out[1] = (uint8_t)(b->bits >> 8);
	out[2] = (uint8_t)b->bits;
	b->phase = 0;
	b->bits = 0;
	return 3;
}

static uint8_t
value_of(const struct decoder *d, uint8_t c)
{
	if (d->decoding == DECODING_BASE64_URL && (c == '-' || c == '_'))
		return c == '-' ? 62 : 63;
	return base64_value(c);
}

static bool
is_over(const struct decoder *d, const struct base64_state *b)
{
	return d->decoding == DECODING_BASE64 && b->stage != STAGE_DATA;
}

/* One byte of any kind. */
static size_t
step(struct decoder *d, struct base64_state *b, uint8_t c, uint8_t *out)
{
	uint8_t value = value_of(d, c);
	size_t len = 0;

	if (value != NO_VALUE) {
		if (b->stage == STAGE_DATA) {
			if (base64_value(c) == NO_VALUE)
				add(d, ANOMALY_BASE64_BAD_CHAR);
			character_of_data(d, b);
		} else
			character_behind(d, b);
		return is_over(d, b) ? 0 : character(b, value, out);
	}
	if (c == '=') {
		equals_sign(d, b);
		if (d->decoding != DECODING_BASE64_SKIP)
			len = flush(b, out);
	} else if (c == '\n')
		line_ends(b);
	else if (c == ' ' || c == '\t')
		b->space = b->stage == STAGE_DATA;
	else if (b->stage != STAGE_DATA && (c == '-' || c == '_'))
		character_behind(d, b); /* to some */
	else if (c != '\r')
		other_character(d, b);
	return len;
}

/* Nothing needs to be noticed but line ends and what is no character. */
static bool
is_regular(const struct decoder *d, const struct base64_state *b)
{
	return b->phase == 0 && !b->space && !b->blank && !b->watch &&
	       (b->stage == STAGE_DATA ||
		   anomalies_has(&d->found, ANOMALY_BASE64_PAD_INSIDE));
}

/* Whole groups, up to what is no character or to the end of either side; the
 * pointers run because this is where the time goes. */
static size_t
groups(struct base64_state *b, struct cursor *in, uint8_t *out, size_t room)
{
	const uint8_t *p = in->at, *end = in->at + in->left;
	uint8_t *o = out, *last = out + room;

	while (end - p >= 4 && last - o >= 4) {
		uint32_t v = place[0][p[0]] + place[1][p[1]] + place[2][p[2]] +
			     place[3][p[3]];

		if (v < GOOD)
			break;
		o[0] = (uint8_t)(v >> 16);
		o[1] = (uint8_t)(v >> 8);
		o[2] = (uint8_t)v;
		o[3] = 0;
		p += 4;
		o += 3;
	}
	if (p > in->at) {
		b->filled = true;
		b->line += (size_t)(p - in->at);
	}
	in->left -= (size_t)(p - in->at);
	in->at = p;
	return (size_t)(o - out);
}

/* Lines of whole groups. */
static size_t
lines(struct decoder *d, struct base64_state *b, struct cursor *in,
    uint8_t *out, size_t room)
{
	size_t len = 0;

	for (;;) {
		size_t end;

		len += groups(b, in, out + len, room - len);
		end = in->left > 1 && in->at[0] == '\r' ? 1 : 0;
		if (in->left <= end || in->at[end] != '\n' || !b->filled)
			return len;
		in->at += end + 1;
		in->left -= end + 1;
		line_ends(b);
		if (!is_regular(d, b))
			return len;
	}
}

size_t
base64_bytes(struct decoder *d, struct cursor *in, uint8_t *out, size_t room)
{
	struct base64_state *b = &d->own.base64;
	size_t len = 0;
	uint8_t c;

	ensure(room >= DECODER_TAIL_MAX);
	while (room - len >= 4 && !cursor_empty(in)) {
		if (is_regular(d, b)) {
			/* What comes behind matters to nobody any more. */
			if (is_over(d, b))
				(void)cursor_rest(in);
			else
				len += lines(d, b, in, out + len, room - len);
		}
		if (room - len < 4 || !cursor_u8(in, &c))
			break;
		len += step(d, b, c, out + len);
	}
	return len;
}

size_t
base64_end(struct decoder *d, uint8_t *out)
{
	struct base64_state *b = &d->own.base64;

	if (b->stage == STAGE_DATA) {
		data_ends(d, b);
		if (b->need > 0)
			add(d, ANOMALY_BASE64_PAD_MISSING);
	}
	if (b->stage == STAGE_PADDING)
		padding_ends(d, b);
	/* A last character on the line of the padding; or groups behind it. */
	if (b->after == 1)
		add(d, ANOMALY_BASE64_TRAILING);
	if (b->after == 4)
		add(d, ANOMALY_BASE64_PAD_INSIDE);
	return flush(b, out);
}
