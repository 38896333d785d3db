/* SPDX-License-Identifier: ISC */
/*
 * The MIME reader; see mime.h, and mime_state.h for its parts.  This one takes
 * what comes and hands it on, piece by piece of what split.c makes of it.
 */
#include "parser/mime/mime.h"

#include "lib/ensure.h"
#include "parser/mime/header.h"
#include "parser/mime/mime_state.h"

size_t
mime_size(void)
{
	return sizeof(struct mime);
}

size_t
mime_center(void)
{
	return offsetof(struct mime, levels) + sizeof(struct levels) -
	       sizeof(struct level) - sizeof(uint64_t);
}

void
mime_begin(struct mime *m, unsigned int wants)
{
	m->levels.count = m->levels.known = 0;
	m->wants = wants;
	m->ambiguous = m->nested = m->top_done = m->as_bytes = false;
	m->parts = 0;
	m->found = (struct anomalies){0};
	m->outer.first = 0;
	m->outer.split.held = &m->held[0];
	m->outer.split.held_len = 0;
	m->outer.split.skip = false;
	m->outer.split.at = 0;
	mime_header_begin(m, &m->outer, ENTITY_TOP);
}

/* --- the message's own header --------------------------------------------- */

/* Of most fields nothing is kept: a long header of honest mail is no limit. */
static bool
is_kept(struct mime *m, struct span name, struct span *value)
{
	enum entity_need need = entity_need(name);
	struct anomalies found = {0};

	if (need == ENTITY_NEEDS_ALL)
		return true;
	header_check(name, *value, &found);
	entity_addresses(name, *value, &found);
	anomalies_join(&m->found, &found);
	anomalies_join(&m->part.found, &found);
	value->len = 0;
	return need == ENTITY_NEEDS_NAME;
}

void
mime_field(struct mime *m, struct span name, struct span value)
{
	struct cursor in;
	struct span line, end;

	ensure(!m->top_done && !m->as_bytes);
	if (!is_kept(m, name, &value))
		return;
	in = cursor_of(value);
	mime_header_bytes(m, name);
	mime_header_bytes(m, span_of(":", 1));
	while (!cursor_empty(&in)) {
		const uint8_t *lf = memchr(in.at, '\n', in.left);

		if (lf == NULL)
			break;
		ensure(cursor_take(&in, (size_t)(lf - in.at), &line));
		ensure(cursor_take(&in, 1, &end));
		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		mime_header_bytes(m, line);
		mime_header_bytes(m, span_of("\r\n", 2));
	}
	mime_header_bytes(m, cursor_rest(&in));
	mime_header_bytes(m, span_of("\r\n", 2));
}

static void
end_top(struct mime *m)
{
	if (m->top_done || m->as_bytes)
		return;
	m->top_done = true;
	mime_header_end(m, &m->outer, true);
}

/* --- the second stream ---------------------------------------------------- */

static void
feed_inner(struct mime *m, size_t len, bool end)
{
	struct mime_stream *s = &m->inner;
	struct cursor in = cursor_of(span_of(m->message, len));
	struct split_event e;
	enum split_what what;

	while ((what = split_next(&s->split, &m->levels, mime_range(m, s), &in,
		    end, &e)) != SPLIT_MORE)
		mime_event(m, s, what, &e);
}

/* A run of an encoded message. */
static void
decode_message(struct mime *m, const struct split_event *e)
{
	struct mime_stream *s = &m->outer;
	struct cursor in = cursor_of(e->run);

	if (e->near)
		mime_found_add(m, s, ANOMALY_BOUNDARY_NEAR_MISS);
	body_bytes(&s->body, e->run, &m->levels, mime_range(m, s));
	while (!cursor_empty(&in))
		feed_inner(m,
		    decoder_bytes(
			&s->decoder, &in, m->message, sizeof(m->message)),
		    false);
}

static void
end_message(struct mime *m)
{
	if (m->outer.place != MIME_ENCODED)
		return;
	feed_inner(m, decoder_end(&m->outer.decoder, m->message), false);
	feed_inner(m, 0, true);
	mime_stream_end(m, &m->inner);
	mime_encoded_end(m, &m->outer);
}

/* --- the first ------------------------------------------------------------ */

static void
take(struct mime *m, enum split_what what, const struct split_event *e)
{
	struct mime_stream *s = &m->outer;

	if (s->place == MIME_ENCODED && what == SPLIT_RUN) {
		decode_message(m, e);
		return;
	}
	end_message(m);
	if (!m->top_done && what == SPLIT_BLANK) {
		m->top_done = true;
		s->split.at = 0;
	}
	mime_event(m, s, what, e);
}

static void
feed(struct mime *m, struct span bytes, bool end)
{
	struct mime_stream *s = &m->outer;
	struct cursor in = cursor_of(bytes);
	struct split_event e;
	enum split_what what;

	while ((what = split_next(&s->split, &m->levels, mime_range(m, s), &in,
		    end, &e)) != SPLIT_MORE)
		take(m, what, &e);
}

void
mime_body(struct mime *m, struct span bytes)
{
	ensure(!m->as_bytes);
	end_top(m);
	feed(m, bytes, false);
}

void
mime_bytes(struct mime *m, struct span bytes)
{
	ensure(m->as_bytes || !m->top_done);
	m->as_bytes = true;
	feed(m, bytes, false);
}

void
mime_end(struct mime *m)
{
	end_top(m);
	feed(m, span_of("", 0), true);
	end_message(m);
	mime_stream_end(m, &m->outer);
	ensure(m->levels.count == 0);
}

/* --- what is known -------------------------------------------------------- */

static bool
has_class(const struct mime *m, enum anomaly_class class)
{
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(&m->found, a) && anomaly_class(a) == class)
			return true;
	}
	return false;
}

const struct anomalies *
mime_found(const struct mime *m)
{
	return &m->found;
}

bool
mime_is_ambiguous(const struct mime *m)
{
	return m->ambiguous || has_class(m, ANOMALY_IS_READING) ||
	       has_class(m, ANOMALY_IS_BLIND);
}

bool
mime_is_limited(const struct mime *m)
{
	return has_class(m, ANOMALY_IS_LIMIT);
}

uint32_t
mime_parts(const struct mime *m)
{
	return m->parts;
}
