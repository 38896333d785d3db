/* SPDX-License-Identifier: ISC */
/* A saved message; see message.h. */
#include "cli/message.h"

#include "cli/saved.h"
#include "cli/stamp_judge.h"

/* A field with its continuation lines; empty for the line behind the last,
 * which has none, whatever the body begins with. */
static struct span
take_field(struct cursor *c)
{
	struct span field = span_of(c->at, 0), line;

	do {
		if (!saved_line(c, &line))
			break;
		field.len += line.len;
	} while (saved_without_end(field).len > 0 && c->left > 0 &&
		 (*c->at == ' ' || *c->at == '\t'));
	return saved_without_end(field);
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

/* The body.  mailbox: the text is from one, where an empty line
 * follows each message. */
static void
judge_lines(struct cursor *c, bool crlf, bool mailbox)
{
	struct span line, text;

	while (saved_line(c, &line)) {
		if (mailbox && c->left == 0 && saved_without_end(line).len == 0)
			return;
		text = mailbox ? saved_without_quote(line) : line;
		if (crlf || text.ptr[text.len - 1] != '\n') {
			judge_body(text);
			continue;
		}
		judge_body(span_of(text.ptr, text.len - 1));
		judge_body(span_of("\r\n", 2));
	}
}

void
message_judge(struct span text)
{
	struct cursor c = cursor_of(text), first = c;
	struct span line = {0};
	bool crlf, mailbox;

	mailbox = saved_line(&first, &line) && saved_is_from(line);
	if (mailbox) {
		c = first;
		(void)saved_line(&first, &line);
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
