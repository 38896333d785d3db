/* SPDX-License-Identifier: ISC */
/* Lines and their heads; see lines.h. */
#include "parser/mime/lines.h"

#include "lib/ensure.h"

static size_t
head_len(uint64_t len)
{
	return len < LINES_HEAD_MAX ? (size_t)len : LINES_HEAD_MAX;
}

/* The line is over; what is kept of it goes out. */
static void
end_line(struct lines *l, struct lines_line *out)
{
	out->ends = true;
	out->len = l->len - l->cr;
	out->starts = !l->told;
	out->head = span_of(l->head, head_len(out->len));
	l->len = 0;
	l->told = l->cr = false;
}

/* A piece that begins a line without ending it, or goes on. */
static void
keep(struct lines *l, struct span bytes)
{
	size_t kept = head_len(l->len), n = LINES_HEAD_MAX - kept;

	if (bytes.len == 0)
		return;
	if (n > bytes.len)
		n = bytes.len;
	memcpy(l->head + kept, bytes.ptr, n);
	l->len += bytes.len;
	l->cr = bytes.ptr[bytes.len - 1] == '\r';
}

bool
lines_next(struct lines *l, struct cursor *in, struct lines_line *out)
{
	const uint8_t *lf;
	struct span end;
	size_t len;

	if (in->left == 0)
		return false;
	lf = memchr(in->at, '\n', in->left);
	len = lf != NULL ? (size_t)(lf - in->at) : in->left;
	ensure(cursor_take(in, len, &out->piece));
	out->from = l->len;
	out->starts = out->ends = false;
	out->taken = len + (lf != NULL);
	if (lf != NULL && l->len == 0) {
		out->starts = out->ends = true;
		out->len = len - (len > 0 && lf[-1] == '\r');
		out->head = span_of(out->piece.ptr, head_len(out->len));
		ensure(cursor_take(in, 1, &end));
		return true;
	}
	keep(l, out->piece);
	if (lf != NULL) {
		ensure(cursor_take(in, 1, &end));
		end_line(l, out);
	} else if (!l->told && l->len > LINES_HEAD_MAX) {
		l->told = out->starts = true;
		out->head = span_of(l->head, LINES_HEAD_MAX);
	}
	return true;
}

bool
lines_end(struct lines *l, struct lines_line *out)
{
	if (l->len == 0)
		return false;
	out->from = l->len;
	out->piece = span_of("", 0);
	out->taken = 0;
	l->cr = false; /* with no LF behind it it is content */
	end_line(l, out);
	return true;
}
