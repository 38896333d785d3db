/* SPDX-License-Identifier: ISC */
/*
 * Brings the beginning of a content to kind_head.c, and all of it, place by
 * place, to kind_stream.c; see kind.h.  Used in the session process.
 */
#include "parser/mime/kind.h"

#include <string.h>

void
kind_begin(struct kind_reader *r)
{
	r->len = 0;
	r->found = (struct kinds){0};
	r->stream = (struct kind_stream){0};
}

/* The beginning is there. */
static void
head_is_full(struct kind_reader *r)
{
	struct span head = span_of(r->head, sizeof(r->head));

	kind_head(head, &r->found);
	kind_scan(&r->stream, &r->found, 0, head, head.len - KIND_AHEAD);
	memcpy(r->keep, r->head + head.len - KIND_AHEAD, KIND_AHEAD);
}

/* The places that are kept can now be looked at, and those of s but for the
 * last ones, which are kept in turn. */
static void
scan(struct kind_reader *r, struct span s)
{
	size_t joined = s.len < KIND_AHEAD ? s.len : KIND_AHEAD;
	size_t alone = s.len - joined;

	memcpy(r->keep + KIND_AHEAD, s.ptr, joined);
	kind_scan(&r->stream, &r->found, r->len - KIND_AHEAD,
	    span_of(r->keep, KIND_AHEAD + joined), joined);
	memmove(r->keep, r->keep + joined, KIND_AHEAD);
	if (alone > 0) {
		kind_scan(&r->stream, &r->found, r->len, s, alone);
		memcpy(r->keep, s.ptr + alone, KIND_AHEAD);
	}
	r->len += s.len;
}

void
kind_bytes(struct kind_reader *r, struct span decoded)
{
	struct cursor in = cursor_of(decoded);
	size_t room =
	    r->len < sizeof(r->head) ? sizeof(r->head) - (size_t)r->len : 0;
	struct span s;

	if (room > 0 && cursor_take(&in, in.left < room ? in.left : room, &s) &&
	    s.len > 0) {
		memcpy(r->head + r->len, s.ptr, s.len);
		r->len += s.len;
		if (s.len == room)
			head_is_full(r);
	}
	if (!cursor_empty(&in))
		scan(r, cursor_rest(&in));
}

struct kinds
kind_end(struct kind_reader *r)
{
	struct span tail = span_of(r->keep, KIND_AHEAD);

	if (r->len < sizeof(r->head)) {
		tail = span_of(r->head, (size_t)r->len);
		kind_head(tail, &r->found);
	}
	kind_scan(&r->stream, &r->found, r->len - tail.len, tail, tail.len);
	if (tail.len > KIND_AHEAD)
		tail = span_of(tail.ptr + tail.len - KIND_AHEAD, KIND_AHEAD);
	kind_scan_end(&r->stream, &r->found, r->len, tail);
	return r->found;
}
