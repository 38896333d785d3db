/* SPDX-License-Identifier: ISC */
/* A saved message; see message.h. */
#include "cli/message.h"

#include "cli/stamp_judge.h"

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

/* A mailbox puts ">" before each line that could be mistaken for the beginning
 * of the next message. */
static struct span
without_quote(struct span line)
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

/* The body.  mailbox: the text is from one, where an empty line
 * follows each message. */
static void
judge_lines(struct cursor *c, bool crlf, bool mailbox)
{
	struct span line, text;

	while (take_line(c, &line)) {
		if (mailbox && c->left == 0 && without_end(line).len == 0)
			return;
		text = mailbox ? without_quote(line) : line;
		if (crlf || text.ptr[text.len - 1] != '\n') {
			judge_body(text);
			continue;
		}
		judge_body(span_of(text.ptr, text.len - 1));
		judge_body(span_of("\r\n", 2));
	}
}

static bool
is_from_line(struct span line)
{
	return line.len > 5 && memcmp(line.ptr, "From ", 5) == 0;
}

void
message_judge(struct span text)
{
	struct cursor c = cursor_of(text), first = c;
	struct span line = {0};
	bool crlf, mailbox;

	mailbox = take_line(&first, &line) && is_from_line(line);
	if (mailbox) {
		c = first;
		(void)take_line(&first, &line);
	}
	crlf = line.len > 1 && line.ptr[line.len - 2] == '\r';
	while (c.left > 0) {
		struct span field = take_field(&c);

		if (field.len == 0)
			break;
		judge_header_field(field);
	}
	judge_lines(&c, crlf, mailbox);
}
