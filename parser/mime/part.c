/* SPDX-License-Identifier: ISC */
/* Entities begin and end, levels open and close; see mime_state.h. */
#include "lib/ensure.h"
#include "parser/mime/header.h"
#include "parser/mime/mime_state.h"
#include "parser/mime/path.h"

static struct level *
innermost(struct mime *m)
{
	ensure(m->levels.count > 0);
	return level_at(&m->levels, m->levels.count - 1);
}

/* About the entity that is read. */
void
mime_found_add(struct mime *m, const struct mime_stream *s, enum anomaly a)
{
	struct anomalies *found = &m->part.found;

	if (s->place == MIME_OUTSIDE || s->place == MIME_ENCODED)
		found = &level_at(&m->levels, mime_range(m, s).last - 1)->found;
	anomalies_add(&m->found, a);
	anomalies_add(found, a);
}

static void
join_body(struct mime *m, const struct body *b, struct anomalies *found)
{
	anomalies_join(found, &b->found);
	anomalies_join(&m->found, &b->found);
	m->ambiguous = m->ambiguous || b->ambiguous;
}

/* --- outside of parts ----------------------------------------------------- */

void
mime_outside_begin(struct mime *m, struct mime_stream *s, enum body_kind kind)
{
	s->place = MIME_OUTSIDE;
	body_begin(&s->body, kind);
	mime_files_begin(m, true);
	split_begin(&s->split, &m->levels, mime_range(m, s), false);
}

void
mime_outside_end(struct mime *m, struct mime_stream *s)
{
	struct body *b = &s->body;

	body_end(b, &m->levels, mime_range(m, s));
	mime_files_end(m);
	anomalies_join(&b->found, &m->files.found);
	if (m->files.files > 0)
		anomalies_add(&b->found, b->kind == BODY_PREAMBLE
					     ? ANOMALY_PREAMBLE_CONTENT
					     : ANOMALY_EPILOGUE_CONTENT);
	join_body(m, b, &innermost(m)->found);
}

/* --- levels --------------------------------------------------------------- */

static bool
is_type(const struct mime *m, const char *type)
{
	struct span is = m->entity.type;

	return is.len == strlen(type) && memcmp(is.ptr, type, is.len) == 0;
}

void
mime_level_hides(struct mime *m)
{
	struct level *l = m->levels.count > 0 ? innermost(m) : NULL;

	if (l != NULL && l->first && l->parts > 1)
		l->hidden = true;
}

static struct level *
push(struct mime *m, uint64_t body)
{
	struct level *l;

	mime_level_hides(m);
	ensure(m->levels.count < LEVELS_MAX);
	l = level_at(&m->levels, m->levels.count++);
	if (m->levels.known < m->levels.count)
		m->levels.known = m->levels.count;
	l->begins = m->part.begins;
	l->body = body;
	l->number = m->part.number;
	l->parts = 0;
	l->path_len = (uint16_t)strlen(m->part.path);
	l->boundary_len = l->token_len = 0;
	l->digest = l->pair = l->used = l->closed = false;
	l->first = l->hidden = false;
	return l;
}

static void
open_multipart(struct mime *m, struct mime_stream *s)
{
	struct span boundary = m->entity.boundary;
	struct level *l = push(m, s->split.at);
	struct anomalies found = {0};

	ensure(boundary.len > 0 && boundary.len <= sizeof(l->boundary));
	memcpy(l->boundary, boundary.ptr, boundary.len);
	l->boundary_len = (uint16_t)boundary.len;
	l->token_len = (uint16_t)m->entity.boundary_token.len;
	l->digest = is_type(m, "multipart/digest");
	/* RFC 1847 */
	l->pair =
	    is_type(m, "multipart/signed") || is_type(m, "multipart/encrypted");
	l->first =
	    is_type(m, "multipart/signed") || is_type(m, "multipart/parallel");
	level_compare(&m->levels, s->first, &found);
	anomalies_join(&m->found, &found);
	anomalies_join(&m->part.found, &found);
	l->found = m->part.found;
	mime_outside_begin(m, s, BODY_PREAMBLE);
}

static void
open_message(struct mime *m, struct mime_stream *s)
{
	push(m, s->split.at)->found = m->part.found;
	mime_header_begin(m, s, ENTITY_MESSAGE);
}

/* What the second stream reads. */
static void
open_encoded(struct mime *m, struct mime_stream *s)
{
	push(m, s->split.at)->found = m->part.found;
	decoder_begin(&s->decoder, decoding_of(m->entity.encoding));
	body_begin(&s->body,
	    m->entity.encoding == ENCODING_BASE64 ? BODY_BASE64 : BODY_MESSAGE);
	s->place = MIME_ENCODED;
	split_begin(&s->split, &m->levels, mime_range(m, s), false);
	m->inner.first = m->levels.count;
	m->nested = true;
	m->inner.split.held = &m->held[1];
	m->inner.split.at = 0;
	m->inner.split.held_len = 0;
	m->inner.split.skip = false;
	mime_header_begin(m, &m->inner, ENTITY_MESSAGE);
}

void
mime_encoded_end(struct mime *m, struct mime_stream *s)
{
	struct anomalies *found = &innermost(m)->found;

	body_end(&s->body, &m->levels, mime_range(m, s));
	join_body(m, &s->body, found);
	anomalies_join(found, &s->decoder.found);
	anomalies_join(&m->found, &s->decoder.found);
	m->nested = false;
	s->place = MIME_PASSED;
}

/* What is missing at a level's end. */
static void
judge_level(struct mime *m, struct level *l)
{
	struct anomalies found = {0};

	if (l->boundary_len == 0)
		return;
	if (!l->used)
		anomalies_add(&found, ANOMALY_BOUNDARY_UNUSED);
	else if (!l->closed)
		anomalies_add(&found, ANOMALY_BOUNDARY_UNTERMINATED);
	if ((l->pair && l->used && l->parts != 2) || l->hidden)
		anomalies_add(&found, ANOMALY_MULTIPART_PART_COUNT);
	anomalies_join(&l->found, &found);
	anomalies_join(&m->found, &found);
}

/* The innermost level, of which nothing is open any more, ends. */
static void
pop(struct mime *m, uint64_t at)
{
	struct level *l = innermost(m);

	judge_level(m, l);
	m->levels.count--;
	m->part.number = l->number;
	m->part.depth = m->levels.count;
	m->part.path[l->path_len] = '\0';
	m->part.entity = NULL;
	m->part.decoding = DECODING_AS_IS;
	m->part.begins = l->begins;
	m->part.size = at - l->body;
	m->part.found = l->found;
	m->part.kinds = (struct kinds){0};
	memset(m->part.digest, 0, sizeof(m->part.digest));
	mime_part_ends(m, &m->part);
}

void
mime_close(struct mime *m, struct mime_stream *s, uint32_t levels)
{
	if (s->place == MIME_HEADER)
		mime_header_end(m, s, false);
	ensure(s->place != MIME_HEADER && s->place != MIME_ENCODED);
	if (s->place == MIME_LEAF)
		mime_leaf_end(m, s);
	else if (s->place == MIME_OUTSIDE)
		mime_outside_end(m, s);
	s->place = MIME_PASSED;
	while (m->levels.count > levels)
		pop(m, s->split.at);
}

/* --- headers -------------------------------------------------------------- */

void
mime_header_begin(
    struct mime *m, struct mime_stream *s, enum entity_place entity)
{
	m->part.found = (struct anomalies){0};
	if (m->parts >= MIME_PARTS_MAX) {
		s->place = MIME_PASSED;
		split_begin(&s->split, &m->levels, mime_range(m, s), false);
		mime_found_add(m, s, ANOMALY_LIMIT_PARTS);
		return;
	}
	s->place = MIME_HEADER;
	s->entity = entity;
	m->header_len = 0;
	m->header_cut = false;
	/* In what is decoded there are no places. */
	m->part.begins = s == &m->inner
			     ? level_at(&m->levels, s->first - 1)->begins
			     : s->split.at;
	split_begin(&s->split, &m->levels, mime_range(m, s), true);
}

void
mime_header_bytes(struct mime *m, struct span bytes)
{
	size_t len, room = sizeof(m->header) - m->header_len;

	if (bytes.len > room) {
		bytes.len = room;
		m->header_cut = true;
	}
	len = m->header_len + bytes.len;
	if (len > sizeof(m->small) && m->header_len <= sizeof(m->small))
		memcpy(m->header, m->small, m->header_len);
	memcpy((len > sizeof(m->small) ? m->header : m->small) + m->header_len,
	    bytes.ptr, bytes.len);
	m->header_len = len;
}

/* A delimiter of its own multipart within a header: it has no empty line. */
static bool
delimiter_inside(const struct mime *m, struct span block)
{
	struct span boundary = m->entity.boundary, line = block;

	if (boundary.len == 0 ||
	    !anomalies_has(&m->entity.found, ANOMALY_HEADER_JUNK_LINE))
		return false;
	while (line.len > boundary.len + 2) {
		const uint8_t *lf = memchr(line.ptr, '\n', line.len);

		if (line.ptr[0] == '-' && line.ptr[1] == '-' &&
		    memcmp(line.ptr + 2, boundary.ptr, boundary.len) == 0)
			return true;
		if (lf == NULL)
			break;
		line.len -= (size_t)(lf - line.ptr) + 1;
		line.ptr = lf + 1;
	}
	return false;
}

enum opens {
	OPENS_LEAF,
	OPENS_MULTIPART,
	OPENS_MESSAGE,
	OPENS_ENCODED,
};

/* What the entity is to the reader, but for limits. */
static enum opens
kind_of(const struct mime *m)
{
	const struct entity *e = &m->entity;

	if (e->media == MEDIA_MULTIPART && e->boundary.len > 0)
		return OPENS_MULTIPART;
	if (e->media != MEDIA_MESSAGE)
		return OPENS_LEAF;
	if (decoding_of(e->encoding) == DECODING_AS_IS)
		return OPENS_MESSAGE;
	return is_type(m, "message/global") ? OPENS_ENCODED : OPENS_LEAF;
}

static enum opens
what_opens(struct mime *m, const struct mime_stream *s, bool ended)
{
	enum opens what = ended ? kind_of(m) : OPENS_LEAF;

	if (what == OPENS_LEAF)
		return what;
	if (m->levels.count == LEVELS_MAX ||
	    (what == OPENS_ENCODED && s == &m->inner)) {
		mime_found_add(m, s, ANOMALY_LIMIT_DEPTH);
		return OPENS_LEAF;
	}
	return what;
}

static void
set_path(struct mime *m, enum opens what)
{
	const struct level *l = m->levels.count > 0 ? innermost(m) : NULL;
	size_t len = l != NULL ? l->path_len : 0;
	uint32_t n = 1;

	m->part.path[len] = '\0';
	if (l == NULL && what != OPENS_LEAF)
		return;
	if (l != NULL && l->boundary_len == 0 && what == OPENS_MULTIPART)
		return;
	if (l != NULL && l->boundary_len > 0)
		n = l->parts;
	path_child(m->part.path, sizeof(m->part.path), len, n);
}

/* What a leaf's content is decoded with: whole messages and multiparts are
 * not. */
static enum decoding
leaf_decoding(const struct entity *e)
{
	return e->media == MEDIA_TEXT || e->media == MEDIA_OTHER
		   ? decoding_of(e->encoding)
		   : DECODING_AS_IS;
}

static void
tell(struct mime *m, enum opens what)
{
	m->part.number = ++m->parts;
	m->part.depth = m->levels.count;
	m->part.entity = &m->entity;
	m->part.file = false;
	m->part.file_name = span_of("", 0);
	m->part.decoding = DECODING_AS_IS;
	if (what == OPENS_LEAF)
		m->part.decoding = leaf_decoding(&m->entity);
	else if (what == OPENS_ENCODED)
		m->part.decoding = decoding_of(m->entity.encoding);
	m->part.size = 0;
	m->part.kinds = (struct kinds){0};
	set_path(m, what);
	mime_part_begins(m, &m->part);
}

void
mime_header_end(struct mime *m, struct mime_stream *s, bool ended)
{
	struct span block =
	    span_of(m->header_len > sizeof(m->small) ? m->header : m->small,
		m->header_len);
	enum opens what;

	entity_read(block, s->entity, &m->entity);
	anomalies_join(&m->part.found, &m->entity.found);
	anomalies_join(&m->found, &m->entity.found);
	m->ambiguous = m->ambiguous || m->entity.ambiguous;
	/* A saved message may be a header and nothing else. */
	if ((!ended && s->entity != ENTITY_TOP) || delimiter_inside(m, block))
		mime_found_add(m, s, ANOMALY_PART_NO_BLANK_LINE);
	if (m->header_cut)
		mime_found_add(m, s, ANOMALY_LIMIT_HEADER);
	if (m->entity.media == MEDIA_MESSAGE_OTHER &&
	    decoding_of(m->entity.encoding) != DECODING_AS_IS)
		mime_found_add(m, s, ANOMALY_MESSAGE_ENCODED);
	what = what_opens(m, s, ended);
	tell(m, what);
	switch (what) {
	case OPENS_LEAF:
		mime_leaf_begin(m, s);
		break;
	case OPENS_MULTIPART:
		open_multipart(m, s);
		break;
	case OPENS_MESSAGE:
		open_message(m, s);
		break;
	case OPENS_ENCODED:
		open_encoded(m, s);
		break;
	}
}
