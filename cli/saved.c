/* SPDX-License-Identifier: ISC */
/* The lines of a saved message; see saved.h. */
#include "cli/saved.h"

bool
saved_line(struct cursor *c, struct span *line)
{
	const uint8_t *lf = c->left > 0 ? memchr(c->at, '\n', c->left) : NULL;

	if (lf != NULL)
		return cursor_take(c, (size_t)(lf - c->at) + 1, line);
	*line = cursor_rest(c);
	return line->len > 0;
}

struct span
saved_without_end(struct span s)
{
	if (s.len > 0 && s.ptr[s.len - 1] == '\n')
		s.len--;
	if (s.len > 0 && s.ptr[s.len - 1] == '\r')
		s.len--;
	return s;
}

bool
saved_is_from(struct span line)
{
	return line.len > 5 && memcmp(line.ptr, "From ", 5) == 0;
}

struct span
saved_without_quote(struct span line)
{
	static const char from[] = "From ";
	size_t quotes = 0;

	while (quotes < line.len && line.ptr[quotes] == '>')
		quotes++;
	if (quotes > 0 && line.len - quotes >= strlen(from) &&
	    memcmp(line.ptr + quotes, from, strlen(from)) == 0)
		return span_of(line.ptr + 1, line.len - 1);
	return line;
}

/* A line, with CR LF for its LF if the file has no CRs. */
static size_t
put_line(struct span line, bool crlf, uint8_t *out)
{
	bool ends = !crlf && line.ptr[line.len - 1] == '\n';
	size_t len = line.len - ends;

	memcpy(out, line.ptr, len);
	if (!ends)
		return len;
	out[len] = '\r';
	out[len + 1] = '\n';
	return len + 2;
}

struct span
saved_message(struct span text, uint8_t *out)
{
	struct cursor c = cursor_of(text), first = c;
	struct span line = {0};
	bool mailbox, crlf, body = false;
	size_t len = 0;

	mailbox = saved_line(&first, &line) && saved_is_from(line);
	if (mailbox) {
		c = first;
		(void)saved_line(&first, &line);
	}
	crlf = line.len > 1 && line.ptr[line.len - 2] == '\r';
	while (saved_line(&c, &line)) {
		bool empty = saved_without_end(line).len == 0;

		if (mailbox && body && empty && c.left == 0)
			break;
		if (mailbox && body)
			line = saved_without_quote(line);
		len += put_line(line, crlf, out + len);
		body = body || empty;
	}
	return span_of(out, len);
}
