/* SPDX-License-Identifier: ISC */
/* Cutting at delimiters; see split.h. */
#include "parser/mime/split.h"

#include "lib/ensure.h"

struct splitting {
	struct split *s;
	const struct levels *levels;
	struct level_range range;
	struct cursor *in;
	bool end;
	struct split_event *out;
};

enum split_line {
	LINE_PLAIN,
	LINE_BLANK,
	LINE_OPENS,
	LINE_CLOSES,
	LINE_CUT, /* not all of it is here */
};

void
split_begin(struct split *s, const struct levels *levels,
    struct level_range range, bool header)
{
	ensure(s->held_len == 0);
	memset(s->first, 0, sizeof(s->first));
	level_first_bytes(levels, range, s->first);
	s->cut_free = !s->first['-'] && !header;
	if (header)
		s->first['\r'] = s->first['\n'] = true;
	s->header = header;
	s->eol = SPLIT_EOL_NONE;
	s->at_start = true;
}

static struct span
eol_bytes(enum split_eol eol)
{
	switch (eol) {
	case SPLIT_EOL_CR:
		return span_of("\r", 1);
	case SPLIT_EOL_LF:
		return span_of("\n", 1);
	case SPLIT_EOL_CRLF:
		return span_of("\r\n", 2);
	case SPLIT_EOL_NONE:
		break;
	}
	return span_of("", 0);
}

static enum split_what
run(struct split *s, struct split_event *out, struct span bytes)
{
	out->run = bytes;
	s->at += bytes.len;
	return SPLIT_RUN;
}

/* The line end that was held back turns out to be content. */
static enum split_what
give_eol(struct split *s, struct split_event *out)
{
	struct span bytes = eol_bytes(s->eol);

	s->eol = SPLIT_EOL_NONE;
	return run(s, out, bytes);
}

/* As much of a line as is looked at, with its end; whole: no more is needed to
 * judge it. */
static struct span
line_head(struct cursor in, bool *whole)
{
	size_t n = in.left < LEVEL_LINE_MAX ? in.left : LEVEL_LINE_MAX;
	const uint8_t *lf = memchr(in.at, '\n', n);

	*whole = lf != NULL || n == LEVEL_LINE_MAX;
	return span_of(in.at, lf != NULL ? (size_t)(lf - in.at) + 1 : n);
}

/* Without its end: is it ordinary all the same? */
static bool
plain_so_far(const struct split *s, struct span head)
{
	size_t i = 0;

	while (i < head.len && (head.ptr[i] == ' ' || head.ptr[i] == '\t'))
		i++;
	return i < head.len && !s->first[head.ptr[i]];
}

static enum split_line
judge(const struct splitting *c, struct span head, uint32_t *level)
{
	if (c->s->header &&
	    ((head.len == 1 && head.ptr[0] == '\n') ||
		(head.len == 2 && memcmp(head.ptr, "\r\n", 2) == 0)))
		return LINE_BLANK;
	switch (level_match(c->levels, c->range, head, c->end, level)) {
	case LEVEL_PLAIN:
		break;
	case LEVEL_NEAR:
		c->out->near = true;
		break;
	case LEVEL_LATE:
		c->out->late = true;
		break;
	case LEVEL_OPENS:
		return LINE_OPENS;
	case LEVEL_CLOSES:
		return LINE_CLOSES;
	}
	return LINE_PLAIN;
}

/* The line that begins there. */
static enum split_line
look(const struct splitting *c, struct cursor in, struct span *head,
    uint32_t *level)
{
	bool whole;

	if (!c->s->first[in.at[0]])
		return LINE_PLAIN;
	*head = line_head(in, &whole);
	if (plain_so_far(c->s, *head))
		return LINE_PLAIN;
	return whole || c->end ? judge(c, *head, level) : LINE_CUT;
}

static bool
ends_bare(struct span line)
{
	return line.len > 0 && line.ptr[line.len - 1] == '\n' &&
	       (line.len == 1 || line.ptr[line.len - 2] != '\r');
}

/* An empty line or delimiter, which goes with the line end before it. */
static enum split_what
cut_at(const struct splitting *c, enum split_line what, struct span line)
{
	struct split *s = c->s;

	c->out->bare_lf = ends_bare(line) || s->eol == SPLIT_EOL_LF;
	s->at += eol_bytes(s->eol).len + line.len;
	s->skip = line.len == LEVEL_LINE_MAX && line.ptr[line.len - 1] != '\n';
	s->eol = SPLIT_EOL_NONE;
	s->at_start = true;
	if (what == LINE_BLANK)
		return SPLIT_BLANK;
	return what == LINE_OPENS ? SPLIT_DELIMITER : SPLIT_CLOSE;
}

static void
hold(struct split *s, struct cursor *in, struct span bytes)
{
	struct span taken;

	ensure(bytes.len <= LEVEL_LINE_MAX - s->held_len);
	memcpy(
	    &s->held->bytes[SPLIT_EOL_MAX + s->held_len], bytes.ptr, bytes.len);
	s->held_len += bytes.len;
	ensure(cursor_take(in, bytes.len, &taken));
}

/* Where a line begins.  SPLIT_MORE: it is an ordinary one, or held. */
static enum split_what
start_line(const struct splitting *c)
{
	struct split *s = c->s;
	struct span head = {0}, line;
	enum split_line what = look(c, *c->in, &head, &c->out->level);

	switch (what) {
	case LINE_CUT:
		hold(s, c->in, head);
		return SPLIT_MORE;
	case LINE_BLANK:
		if (s->eol != SPLIT_EOL_NONE)
			return give_eol(s, c->out);
		break;
	case LINE_PLAIN:
		s->at_start = false;
		return s->eol == SPLIT_EOL_NONE ? SPLIT_MORE
						: give_eol(s, c->out);
	case LINE_OPENS:
	case LINE_CLOSES:
		break;
	}
	ensure(cursor_take(c->in, head.len, &line));
	return cut_at(c, what, line);
}

/* What is before the line end with which these bytes close, or may. */
static struct span
without_eol(struct span bytes, enum split_eol *eol)
{
	size_t n = bytes.len;

	*eol = SPLIT_EOL_NONE;
	if (n > 0 && bytes.ptr[n - 1] == '\n') {
		*eol = SPLIT_EOL_LF;
		n--;
		if (n > 0 && bytes.ptr[n - 1] == '\r') {
			*eol = SPLIT_EOL_CRLF;
			n--;
		}
	} else if (n > 0 && bytes.ptr[n - 1] == '\r') {
		*eol = SPLIT_EOL_CR;
		n--;
	}
	return span_of(bytes.ptr, n);
}

static struct span
held_line(const struct split *s)
{
	return span_of(&s->held->bytes[SPLIT_EOL_MAX], s->held_len);
}

/* A held line that is no delimiter, behind the line end before it. */
static enum split_what
give_held(const struct splitting *c)
{
	struct split *s = c->s;
	struct span eol = eol_bytes(s->eol), line;
	uint8_t *from = &s->held->bytes[SPLIT_EOL_MAX - eol.len];

	memcpy(from, eol.ptr, eol.len);
	line = without_eol(held_line(s), &s->eol);
	s->at_start = s->eol >= SPLIT_EOL_LF;
	s->held_len = 0;
	return run(s, c->out, span_of(from, eol.len + line.len));
}

static bool
held_is_whole(const struct split *s)
{
	return s->held_len == LEVEL_LINE_MAX ||
	       s->held->bytes[SPLIT_EOL_MAX + s->held_len - 1] == '\n';
}

/* More of a held line. */
static void
hold_more(const struct splitting *c)
{
	struct cursor in = *c->in;
	bool whole;

	if (in.left > LEVEL_LINE_MAX - c->s->held_len)
		in.left = LEVEL_LINE_MAX - c->s->held_len;
	hold(c->s, c->in, line_head(in, &whole));
}

/* A held line, if there is enough of it. */
static enum split_what
take_held(const struct splitting *c)
{
	struct split *s = c->s;
	struct span line;
	enum split_line what;

	if (!held_is_whole(s) && c->in->left > 0)
		hold_more(c);
	if (!held_is_whole(s) && !c->end)
		return SPLIT_MORE;
	line = held_line(s);
	what = judge(c, line, &c->out->level);
	if (what == LINE_PLAIN)
		return give_held(c);
	if (what == LINE_BLANK && s->eol != SPLIT_EOL_NONE)
		return give_eol(s, c->out);
	s->held_len = 0;
	return cut_at(c, what, line);
}

/* Up to the next line that is more than an ordinary one; *len is with its line
 * end. */
static size_t
plain_lines(const struct splitting *c)
{
	struct cursor at = *c->in;
	struct span line, head;
	uint32_t level;

	for (;;) {
		const uint8_t *lf = memchr(at.at, '\n', at.left);

		if (lf == NULL)
			return c->in->left;
		ensure(cursor_take(&at, (size_t)(lf - at.at) + 1, &line));
		if (at.left == 0 || look(c, at, &head, &level) != LINE_PLAIN)
			return c->in->left - at.left;
	}
}

/* Within a line, or where nothing can be cut. */
static enum split_what
go_on(const struct splitting *c)
{
	struct split *s = c->s;
	size_t len = s->cut_free ? c->in->left : plain_lines(c);
	struct span bytes = {0};

	ensure(cursor_take(c->in, len, &bytes));
	if (!s->cut_free || bytes.ptr[len - 1] == '\r')
		bytes = without_eol(bytes, &s->eol);
	s->at_start = s->eol >= SPLIT_EOL_LF;
	return bytes.len > 0 ? run(s, c->out, bytes) : SPLIT_MORE;
}

/* A CR was last. */
static enum split_what
behind_cr(const struct splitting *c)
{
	struct span lf;

	if (c->in->at[0] != '\n')
		return give_eol(c->s, c->out);
	ensure(cursor_take(c->in, 1, &lf));
	c->s->eol = SPLIT_EOL_CRLF;
	c->s->at_start = true;
	return SPLIT_MORE;
}

/* The rest of a delimiter that is longer than what is looked at. */
static void
skip_line(struct split *s, struct cursor *in)
{
	const uint8_t *lf = memchr(in->at, '\n', in->left);
	struct span rest = {0};

	ensure(cursor_take(
	    in, lf != NULL ? (size_t)(lf - in->at) + 1 : in->left, &rest));
	s->at += rest.len;
	s->skip = lf == NULL;
}

enum split_what
split_next(struct split *s, const struct levels *levels,
    struct level_range range, struct cursor *in, bool end,
    struct split_event *out)
{
	const struct splitting c = {s, levels, range, in, end, out};
	enum split_what what;

	out->near = out->late = out->bare_lf = false;
	if (s->skip && in->left > 0)
		skip_line(s, in);
	if (s->held_len > 0) {
		what = take_held(&c);
		if (what != SPLIT_MORE)
			return what;
	}
	while (in->left > 0) {
		if (s->eol == SPLIT_EOL_CR)
			what = behind_cr(&c);
		else if (!s->at_start ||
			 (s->cut_free && s->eol == SPLIT_EOL_NONE))
			what = go_on(&c);
		else
			what = s->cut_free ? give_eol(s, out) : start_line(&c);
		if (what != SPLIT_MORE)
			return what;
	}
	if (end && s->held_len == 0 && s->eol != SPLIT_EOL_NONE)
		return give_eol(s, out);
	return SPLIT_MORE;
}
