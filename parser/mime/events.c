/* SPDX-License-Identifier: ISC */
/* What follows of each thing that is found in a stream; see mime_state.h. */
#include "lib/ensure.h"
#include "parser/mime/mime_state.h"

struct level_range
mime_range(const struct mime *m, const struct mime_stream *s)
{
	uint32_t last = m->levels.count;

	if (s == &m->outer && m->nested)
		last = m->inner.first;
	return (struct level_range){.first = s->first, .last = last};
}

/* Bytes that are no delimiter. */
static void
take_run(struct mime *m, struct mime_stream *s, struct span run)
{
	switch (s->place) {
	case MIME_HEADER:
		mime_header_bytes(m, run);
		break;
	case MIME_LEAF:
		mime_leaf_bytes(m, s, run);
		break;
	case MIME_OUTSIDE:
		body_bytes(&s->body, run, &m->levels, mime_range(m, s));
		mime_files_bytes(m, run);
		break;
	case MIME_ENCODED: /* read by mime_reader.c, which decodes it */
	case MIME_PASSED:
		break;
	}
}

/* The boundary of a multipart that is closed: nothing begins. */
static void
take_late(struct mime *m, const struct mime_stream *s, enum split_what what)
{
	mime_found_add(m, s, ANOMALY_BOUNDARY_AFTER_CLOSE);
	if (what == SPLIT_DELIMITER)
		mime_found_add(m, s, ANOMALY_BOUNDARY_REUSED);
}

static void
take_delimiter(
    struct mime *m, struct mime_stream *s, enum split_what what, uint32_t at)
{
	struct level *l = level_at(&m->levels, at);

	if (l->closed) {
		ensure(at + 1 == m->levels.count);
		take_late(m, s, what);
		split_begin(&s->split, &m->levels, mime_range(m, s), false);
		return;
	}
	mime_close(m, s, at + 1);
	l->used = true;
	if (what == SPLIT_CLOSE) {
		l->closed = true;
		mime_outside_begin(m, s, BODY_EPILOGUE);
		return;
	}
	l->parts++;
	mime_header_begin(m, s, l->digest ? ENTITY_DIGEST : ENTITY_PART);
}

void
mime_event(struct mime *m, struct mime_stream *s, enum split_what what,
    const struct split_event *e)
{
	if (e->near)
		mime_found_add(m, s, ANOMALY_BOUNDARY_NEAR_MISS);
	if (e->late)
		mime_found_add(m, s, ANOMALY_BOUNDARY_AFTER_CLOSE);
	if (e->bare_lf && what != SPLIT_BLANK)
		mime_found_add(m, s, ANOMALY_BARE_LF);
	switch (what) {
	case SPLIT_RUN:
		take_run(m, s, e->run);
		break;
	case SPLIT_BLANK:
		mime_header_end(m, s, true);
		break;
	case SPLIT_DELIMITER:
	case SPLIT_CLOSE:
		take_delimiter(m, s, what, e->level);
		break;
	case SPLIT_MORE:
		break;
	}
}

void
mime_stream_end(struct mime *m, struct mime_stream *s)
{
	mime_close(m, s, s->first);
}
