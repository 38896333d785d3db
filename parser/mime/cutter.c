/* SPDX-License-Identifier: ISC */
/*
 * Three readings of a level: for the candidates in it; for whether any row has
 * one of them, as else every row with "--" is a delimiter; and, segment by
 * segment, for the cuts.  In a session.
 */
#include "parser/mime/cutter.h"

#include "parser/mime/header.h"

#define OVER_MAX 4 /* near misses within a segment */

void
cutter_begin(struct cutter *c, struct source *s)
{
	c->source = s;
	c->cuts = 0;
	delimiters_clear(&c->candidates);
}

static bool
has_dashes(const struct row *row)
{
	struct span text = row_text(row);
	size_t i = 0;

	while (i < text.len && text.ptr[i] <= ' ')
		i++;
	return i + 1 < text.len && text.ptr[i] == '-' && text.ptr[i + 1] == '-';
}

static enum cut
cut_of(const struct cutter *c, const struct cutting *t, const struct row *row)
{
	enum cut cut = delimiters_cut(&c->candidates, row_text(row));

	if (cut != CUT_NOT)
		return row->within ? CUT_NEAR : cut;
	if (t->dashes && has_dashes(row) && (!row->within || row->relayed))
		return CUT_NEAR;
	return CUT_NOT;
}

static void
rows_from(struct cutter *c, unsigned int k, const struct source_mark *mark,
    uint64_t at)
{
	source_seek(c->source, k, mark, at);
	rows_begin(&c->rows, c->source, k, at);
}

static bool
any_cut(struct cutter *c, const struct cutting *t, unsigned int k)
{
	rows_from(c, k, &t->here, 0);
	while (rows_next(&c->rows)) {
		if (cut_of(c, t, &c->rows.row) != CUT_NOT)
			return true;
	}
	return false;
}

void
cutter_open(struct cutter *c, struct cutting *t, unsigned int k)
{
	struct span bytes;

	source_mark(c->source, k, &t->here);
	t->next = t->here;
	t->next_at = 0;
	t->near = t->last = t->dashes = false;
	t->inherited = 0;
	t->candidates = c->candidates.count;
	gather_begin(&c->gather, &c->candidates);
	while (source_read(c->source, k, &bytes)) {
		source_worked(c->source, bytes.len);
		gather_bytes(&c->gather, bytes);
	}
	gather_end(&c->gather);
	if (!any_cut(c, t, k))
		t->dashes = c->gather.multipart || c->gather.boundary;
}

void
cutter_close(struct cutter *c, const struct cutting *t)
{
	delimiters_keep(&c->candidates, t->candidates);
}

/* Is that the first field of a part, as hardly anything else begins? */
static bool
begins_part(const struct row *row)
{
	static const char name[] = "content-";
	struct span text = row_text(row);

	for (size_t i = 0; i < sizeof(name) - 1; i++) {
		if (i == text.len || (text.ptr[i] | 0x20) != name[i])
			return false;
	}
	return header_is_field(text);
}

/* Where the row before was, if it may have been a delimiter that nobody
 * declared. */
struct guess {
	bool there;
	uint64_t ends; /* what stands before it */
};

/* Reads a segment up to a cut, over some near misses; where it ends. */
static uint64_t
read_segment(struct cutter *c, struct cutting *t, unsigned int over)
{
	struct guess guess = {.there = false};
	struct row *row = &c->rows.row;
	uint64_t at = t->segment.begins;
	uint8_t end = 0;

	t->last = false;
	while (rows_next(&c->rows)) {
		enum cut cut = cut_of(c, t, row);
		uint64_t before = row->begins - end;

		t->near = cut != CUT_EXACT;
		if (cut == CUT_NOT && guess.there && begins_part(row)) {
			if (over == 0)
				return guess.ends;
			over--;
		}
		if (cut == CUT_EXACT || (cut == CUT_NEAR && over == 0))
			return before;
		if (cut == CUT_NEAR)
			over--;
		if (cut == CUT_NOT && has_dashes(row))
			guess = (struct guess){.there = true, .ends = before};
		else if (row->len > 0)
			guess.there = false;
		segment_row(&c->reader, row);
		end = row->end;
		at = row->next;
	}
	t->last = true;
	t->near = false;
	return at;
}

static void
begin(struct cutter *c, struct cutting *t, unsigned int k, uint64_t at)
{
	rows_from(c, k, &t->here, at);
	segment_begin(&c->reader, &t->segment, at, t->inherited);
}

/* What the next segment begins with: behind the row that was the cut, or with
 * the row itself if that is the first field behind it. */
static void
keep_place(struct cutter *c, struct cutting *t)
{
	const struct row *row = &c->rows.row;
	bool guessed = cut_of(c, t, row) == CUT_NOT;

	t->next = c->rows.mark;
	t->next_at = guessed ? row->begins : row->next;
}

bool
cutter_next(struct cutter *c, struct cutting *t, unsigned int k)
{
	if (t->last || source_stuck(c->source))
		return false;
	t->here = t->next;
	begin(c, t, k, t->next_at);
	segment_end(&c->reader, read_segment(c, t, 0));
	t->near_end = t->segment.ends;
	if (!t->last) {
		c->cuts++;
		keep_place(c, t);
	}
	/* Without an empty line some read the header on over the delimiter. */
	if (t->segment.multipart || c->reader.state == SEGMENT_HEADER)
		t->inherited |= t->segment.words;
	return true;
}

bool
cutter_longer(struct cutter *c, struct cutting *t, unsigned int k)
{
	bool near = t->near, last = t->last;

	t->near = false;
	if (!near || last)
		return false;
	begin(c, t, k, t->segment.begins);
	segment_end(&c->reader, read_segment(c, t, OVER_MAX));
	t->near = false;
	t->last = last;
	return t->segment.ends > t->near_end;
}
