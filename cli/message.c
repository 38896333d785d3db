/* SPDX-License-Identifier: ISC */
/* A saved message; see message.h. */
#include "cli/message.h"

#include "cli/judge.h"

/* A line with its end; false at the end of the text. */
static bool
take_line(struct cursor *c, struct span *line)
{
	const uint8_t *lf = c->left > 0 ? memchr(c->at, '\n', c->left) : NULL;

	if (lf != NULL)
		return cursor_take(c, (size_t)(lf - c->at) + 1, line);
	*line = cursor_rest(c);
	return line->len > 0;
}

/* Without its line end. */
static struct span
without_end(struct span s)
{
	if (s.len > 0 && s.ptr[s.len - 1] == '\n')
		s.len--;
	if (s.len > 0 && s.ptr[s.len - 1] == '\r')
		s.len--;
	return s;
}

/* A field with its continuation lines; empty for the line behind the last,
 * which has none, whatever the body begins with. */
static struct span
take_field(struct cursor *c)
{
	struct span field = span_of(c->at, 0), line;

	do {
		if (!take_line(c, &line))
			break;
		field.len += line.len;
	} while (without_end(field).len > 0 && c->left > 0 &&
		 (*c->at == ' ' || *c->at == '\t'));
	return without_end(field);
}

static void
judge_header_field(struct span field)
{
	struct cursor c = cursor_of(field);
	struct span name = field, value = span_of("", 0), colon;
	const uint8_t *at =
	    field.len > 0 ? memchr(field.ptr, ':', field.len) : NULL;

	/* A line without a colon is a field without a good name. */
	if (at != NULL && cursor_take(&c, (size_t)(at - field.ptr), &name) &&
	    cursor_take(&c, 1, &colon))
		value = cursor_rest(&c);
	judge_field(name, value);
}

static void
judge_lines(struct cursor *c)
{
	struct span line, text;

	while (take_line(c, &line)) {
		text = line;
		if (text.ptr[text.len - 1] == '\n')
			text.len--;
		judge_body(text);
		if (text.len != line.len)
			judge_body(span_of("\r\n", 2));
	}
}

void
message_judge(struct span text)
{
	struct cursor c = cursor_of(text), first = c;
	struct span line = {0};
	bool crlf;

	crlf = take_line(&first, &line) && line.len > 1 &&
	       line.ptr[line.len - 2] == '\r';
	if (line.len > 5 && memcmp(line.ptr, "From ", 5) == 0)
		c = first;
	while (c.left > 0) {
		struct span field = take_field(&c);

		if (field.len == 0)
			break;
		judge_header_field(field);
	}
	if (crlf)
		judge_body(cursor_rest(&c));
	else
		judge_lines(&c);
}
