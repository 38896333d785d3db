/* SPDX-License-Identifier: ISC */
/*
 * Lines of a text in which there may be encoded files: gathered over pieces,
 * and cut where no line of interest is so long; see decoders.h.  Used in the
 * session process.
 */
#include "parser/mime/decoders.h"

#include <string.h>

bool
file_line_gather(struct file_state *f, struct cursor *in)
{
	const uint8_t *end = in->left ? memchr(in->at, '\n', in->left) : NULL;
	size_t len = end != NULL ? (size_t)(end - in->at) : in->left;
	size_t keep = sizeof(f->line) - f->kept;
	struct span s;

	if (keep > len)
		keep = len;
	if (cursor_take(in, len, &s) && keep > 0)
		memcpy(f->line + f->kept, s.ptr, keep);
	f->kept += keep;
	f->len += len;
	if (end == NULL)
		return false;
	(void)cursor_take(in, 1, &s);
	f->ready = true;
	return true;
}

struct span
file_line(const struct file_state *f)
{
	struct span s = span_of(f->line, f->kept);

	while (
	    s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t' ||
			     s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

void
file_line_done(struct file_state *f)
{
	f->ready = false;
	f->len = 0;
	f->kept = 0;
}
