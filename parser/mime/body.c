/* SPDX-License-Identifier: ISC */
/* What is odd about a body; see body.h. */
#include "parser/mime/body.h"

#include "lib/ensure.h"
#include "parser/mime/header.h"
#include "parser/mime/looks.h"
#include "parser/mime/tally.h"

#define LINE_LONG 998

/* Lines at the beginning of a body that may stand before fields, and lines of
 * fields, in which one is looked for that says how to read what follows. */
#define JUNK_MAX    2
#define LEADING_MAX 40

/* A shorter line can be a word, a shorter text as well. */
#define BASE64_LINE_MIN 16
#define BASE64_TEXT_MIN 40
#define BASE64_RUN	4
/* No word is as long. */
#define BASE64_WORD_MAX 60

void
body_begin(struct body *b, enum body_kind kind)
{
	b->kind = kind;
	b->found = (struct anomalies){0};
	b->ambiguous = false;
	memset(&b->start, 0, sizeof(b->start));
	memset(&b->base64, 0, sizeof(b->base64));
	b->base64.only = true;
	b->data_lines = 0;
	b->first = b->second = 0;
	b->padded = false;
	b->data = b->dashes = b->has_cr = b->probe.on = false;
	b->lines.len = 0;
	b->lines.told = b->lines.cr = false;
}

static void
find(struct body *b, enum anomaly a)
{
	anomalies_add(&b->found, a);
}

static bool
outside(const struct body *b)
{
	return b->kind == BODY_PREAMBLE || b->kind == BODY_EPILOGUE;
}

/* Where there should be no more than text. */
static void
find_outside(struct body *b)
{
	find(b, b->kind == BODY_PREAMBLE ? ANOMALY_PREAMBLE_CONTENT
					 : ANOMALY_EPILOGUE_CONTENT);
}

/* --- fields at the beginning ---------------------------------------------- */

/* What follows if fields were read there. */
static void
fields_are_there(struct body *b)
{
	if (b->kind == BODY_HEADERS)
		b->start.fields = true;
	else if (b->kind != BODY_MESSAGE)
		find(b, ANOMALY_HEADER_AFTER_BODY);
}

/* A line while the beginning lasts. */
static void
look_for_fields(struct body *b, struct span head)
{
	if (head.len == 0 && !b->start.some)
		return;
	if (head.len == 0 || ++b->start.leading > LEADING_MAX) {
		b->start.over = true;
		return;
	}
	if (looks_like_reading_field(head)) {
		fields_are_there(b);
		if (b->kind != BODY_HEADERS)
			b->start.over = true;
	} else if (!header_is_field(head) &&
		   !(b->start.some && looks_blank(head.ptr[0])) &&
		   b->start.junk++ >= JUNK_MAX) {
		b->start.over = true;
	}
	b->start.some = true;
}

/* --- lines of base64 ------------------------------------------------------ */

/* What lines of base64 say where they stand. */
static void
base64_is_there(struct body *b)
{
	if (outside(b))
		find_outside(b);
	else if (b->start.encoding)
		find(b, ANOMALY_HEADER_AFTER_BODY);
	if (b->kind == BODY_PLAIN || b->kind == BODY_SEVEN)
		find(b, ANOMALY_ENCODING_UNDECLARED);
}

static void
look_for_base64(struct body *b, struct span head)
{
	if (head.len == 0)
		return;
	if (!looks_like_base64(head)) {
		b->base64.run = 0;
		b->base64.only = false;
		return;
	}
	if (head.len < BASE64_LINE_MIN || head.len % 4 != 0)
		b->base64.run = 0;
	else if (b->base64.run < BASE64_RUN)
		b->base64.run++;
	if (b->base64.run == BASE64_RUN ||
	    (head.len >= BASE64_WORD_MAX && (outside(b) || b->start.encoding)))
		base64_is_there(b);
}

/* The whole body is nothing else. */
static void
judge_base64(struct body *b)
{
	if (!b->base64.only || b->base64.characters < BASE64_TEXT_MIN ||
	    b->base64.characters % 4 != 0 || outside(b))
		return;
	find(b, b->kind == BODY_QUOTED ? ANOMALY_ENCODING_MISMATCH
				       : ANOMALY_ENCODING_UNDECLARED);
}

/* --- base64 --------------------------------------------------------------- */

/* Not a signature, and no line of hyphens, both of which list servers put
 * behind the data; with more data behind them they are the same. */
static bool
like_delimiter(struct span head)
{
	return head.len > 2 && head.ptr[0] == '-' && head.ptr[1] == '-' &&
	       head.ptr[2] != '-' && !looks_blank(head.ptr[2]);
}

/* A third line behind two of different lengths: the first was not data, or
 * not all of it. */
static void
see_data_line(struct body *b, struct span head)
{
	/* Only the first lines are compared, and what stands behind "--". */
	b->data = (b->data_lines <= 2 || b->dashes) && head.len > 0 &&
		  looks_like_base64(head);
	if (like_delimiter(head) ||
	    (b->dashes && b->data && head.len >= BASE64_LINE_MIN))
		find(b, ANOMALY_BOUNDARY_IN_ENCODED);
	if (head.len > 0)
		b->dashes =
		    head.len >= 2 && head.ptr[0] == '-' && head.ptr[1] == '-';
	if (!b->data || b->data_lines > 2)
		return;
	if (b->data_lines < 2 && head.ptr[head.len - 1] == '=')
		b->padded = true;
	if (b->data_lines == 2 && b->first != b->second && !b->padded)
		find(b, ANOMALY_BASE64_STRAY_SHIFT);
}

static void
end_data_line(struct body *b, uint64_t len)
{
	if (!b->data || b->data_lines > 2)
		return;
	b->data_lines++;
	if (b->data_lines == 1)
		b->first = len;
	else if (b->data_lines == 2)
		b->second = len;
}

/* --- lines within lines ---------------------------------------------------- */

/* What stands where some program, or a relay, begins a line. */
static void
judge_probe(struct body *b, const struct levels *l, struct level_range range)
{
	struct span probe = span_of(b->probe.bytes, b->probe.len);
	uint32_t level;
	enum level_line what;

	if (!b->probe.on)
		return;
	b->probe.on = false;
	if (probe.len < 2 || probe.ptr[0] != '-' || probe.ptr[1] != '-')
		return;
	b->ambiguous = true;
	what = level_match(l, range, probe, true, &level);
	if (what != LEVEL_PLAIN)
		find(b, ANOMALY_BOUNDARY_NEAR_MISS);
}

static void
fill_probe(struct body *b, struct span bytes)
{
	size_t room = sizeof(b->probe.bytes) - b->probe.len;

	if (!b->probe.on)
		return;
	if (bytes.len > room)
		bytes.len = room;
	memcpy(b->probe.bytes + b->probe.len, bytes.ptr, bytes.len);
	b->probe.len = (uint16_t)(b->probe.len + bytes.len);
}

/* How far it is from there in a line to the next place where one may begin:
 * behind a CR, or where relays cut; all of rest if there is none. */
static size_t
next_place(uint64_t at, struct span rest)
{
	static const uint64_t cuts[] = {BODY_CUT_SMTP, BODY_CUT_RECORD};
	const uint8_t *cr = memchr(rest.ptr, '\r', rest.len);
	size_t len = cr != NULL ? (size_t)(cr - rest.ptr) + 1 : rest.len;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		if (cuts[i] > at && cuts[i] - at < len)
			len = (size_t)(cuts[i] - at);
	}
	return len;
}

static bool
is_place(uint64_t at, uint8_t before)
{
	return before == '\r' || at == BODY_CUT_SMTP || at == BODY_CUT_RECORD;
}

static void
see_within(struct body *b, const struct lines_line *line,
    const struct levels *l, struct level_range range)
{
	struct cursor c = cursor_of(line->piece);
	uint64_t at = line->from;
	struct span part = {0};

	while (!cursor_empty(&c)) {
		ensure(cursor_take(
		    &c, next_place(at, span_of(c.at, c.left)), &part));
		fill_probe(b, part);
		at += part.len;
		if (!is_place(at, part.ptr[part.len - 1]))
			continue;
		judge_probe(b, l, range);
		b->probe.on = true;
		b->probe.len = 0;
	}
	if (line->ends)
		judge_probe(b, l, range);
}

/* --- lines ---------------------------------------------------------------- */

static void
see_line(struct body *b, struct span head)
{
	if (looks_like_encoding_field(head))
		b->start.encoding = true;
	if (!b->start.over && !outside(b))
		look_for_fields(b, head);
	else if (b->start.fields && head.len > 0)
		find(b, ANOMALY_HEADER_AFTER_BODY);
	if (b->kind == BODY_BASE64)
		see_data_line(b, head);
	else if (b->kind != BODY_MESSAGE)
		look_for_base64(b, head);
	if (outside(b) && looks_like_reading_field(head))
		find_outside(b);
}

static void
take_line(struct body *b, const struct lines_line *line, const struct levels *l,
    struct level_range range)
{
	if (line->starts)
		see_line(b, line->head);
	if (line->ends) {
		b->base64.characters += line->len;
		if (b->kind == BODY_BASE64)
			end_data_line(b, line->len);
	}
	if (line->ends && line->len > LINE_LONG)
		find(b, ANOMALY_LINE_LONG);
	if (b->probe.on || b->has_cr ||
	    line->from + line->piece.len >= BODY_CUT_SMTP)
		see_within(b, line, l, range);
}

static void
take_tally(struct body *b, const struct tally *t)
{
	b->has_cr = t->bare_cr;
	if (t->bare_cr)
		find(b, ANOMALY_BARE_CR);
	if (t->bare_lf)
		find(b, ANOMALY_BARE_LF);
	if (t->nul)
		find(b, ANOMALY_BODY_NUL);
	if (t->high && b->kind == BODY_SEVEN)
		find(b, ANOMALY_BODY_8BIT_UNDECLARED);
}

void
body_bytes(struct body *b, struct span run, const struct levels *l,
    struct level_range range)
{
	struct cursor in = cursor_of(run);
	struct tally tally = tally_bytes(run);
	struct lines_line line;

	take_tally(b, &tally);
	while (lines_next(&b->lines, &in, &line))
		take_line(b, &line, l, range);
}

void
body_end(struct body *b, const struct levels *l, struct level_range range)
{
	struct lines_line line;

	if (lines_end(&b->lines, &line))
		take_line(b, &line, l, range);
	if (b->kind != BODY_BASE64 && b->kind != BODY_MESSAGE)
		judge_base64(b);
}
