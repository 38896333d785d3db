/* SPDX-License-Identifier: ISC */
/* What is odd about a body; see body.h. */
#include "parser/mime/body.h"

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
	b->second_ends = false;
	b->probed = 0;
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
	if (head.len >= BASE64_LINE_MIN && head.len % 4 == 0) {
		if (b->base64.run < BASE64_RUN)
			b->base64.run++;
	} else {
		b->base64.run = 0;
	}
	if (b->base64.run < BASE64_RUN)
		return;
	if (outside(b))
		find_outside(b);
	else if (b->kind != BODY_QUOTED)
		find(b, ANOMALY_ENCODING_UNDECLARED);
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
 * behind the data. */
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
	if (head.len == 0)
		return;
	if (b->data_lines == 1)
		b->second_ends = head.ptr[head.len - 1] == '=';
	if (b->data_lines == 2) {
		b->data_lines++;
		if (b->first != b->second && !b->second_ends &&
		    looks_like_base64(head))
			find(b, ANOMALY_BASE64_STRAY_SHIFT);
	}
	if (like_delimiter(head))
		find(b, ANOMALY_BOUNDARY_IN_ENCODED);
}

static void
end_data_line(struct body *b, const struct lines_line *line)
{
	if (line->len == 0 || b->data_lines >= 2)
		return;
	b->data_lines++;
	if (b->data_lines == 1)
		b->first = line->len;
	else
		b->second = line->len;
}

/* --- long lines ----------------------------------------------------------- */

static void
judge_probe(struct body *b, const struct levels *l, struct level_range range)
{
	struct span probe = span_of(b->probe, b->probed);
	uint32_t level;

	b->probed = 0;
	if (probe.len < 2 || probe.ptr[0] != '-' || probe.ptr[1] != '-')
		return;
	b->ambiguous = true;
	if (level_match(l, range, probe, true, &level) != LEVEL_PLAIN)
		find(b, ANOMALY_BOUNDARY_NEAR_MISS);
}

/* What of this piece of a line stands from there on goes into the probe. */
static void
fill_probe(struct body *b, const struct lines_line *line, uint64_t place)
{
	uint64_t end = line->from + line->piece.len;
	uint64_t from = place + b->probed;
	size_t n, room = sizeof(b->probe) - b->probed;

	if (from < line->from || from >= end)
		return;
	n = (size_t)(end - from);
	if (n > room)
		n = room;
	memcpy(b->probe + b->probed, line->piece.ptr + (from - line->from), n);
	b->probed = (uint16_t)(b->probed + n);
}

static void
see_long_line(struct body *b, const struct lines_line *line,
    const struct levels *l, struct level_range range)
{
	static const uint64_t places[] = {BODY_CUT_SMTP, BODY_CUT_RECORD};
	uint64_t end = line->from + line->piece.len;

	if (line->ends && line->len > LINE_LONG)
		find(b, ANOMALY_LINE_LONG);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint64_t last = places[i] + sizeof(b->probe);

		if (end <= places[i] || line->from > last)
			continue;
		fill_probe(b, line, places[i]);
		if (b->probed == sizeof(b->probe) || line->ends)
			judge_probe(b, l, range);
	}
}

/* --- lines ---------------------------------------------------------------- */

static void
see_line(struct body *b, struct span head)
{
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
			end_data_line(b, line);
	}
	if (line->from + line->piece.len > BODY_CUT_SMTP)
		see_long_line(b, line, l, range);
}

static void
take_tally(struct body *b, const struct tally *t)
{
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
