/* SPDX-License-Identifier: ISC */
/*
 * Saved messages: cli/message.c.
 *
 * Input: the file.  What reaches the judge is held against a second way
 * through it, which first finds where the header ends and then looks at each
 * half.
 */
#include "cli/message.h"

#include "cli/stamp_judge.h"
#include "fuzz/kit/fuzz.h"

#define FIELD 0xff /* before each field, its name and its value */

/* All that was handed over, in order. */
struct tape {
	uint8_t *bytes;
	size_t len, size;
};

static struct tape got, want;

static void
put(struct tape *t, const void *bytes, size_t len)
{
	NEED(len <= t->size - t->len);
	if (len > 0)
		memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

static void
put_field(struct tape *t, struct span name, struct span value)
{
	static const uint8_t mark = FIELD;

	put(t, &mark, 1);
	put(t, &name.len, sizeof(name.len));
	put(t, name.ptr, name.len);
	put(t, &value.len, sizeof(value.len));
	put(t, value.ptr, value.len);
}

void
judge_field(struct span name, struct span value)
{
	put_field(&got, name, value);
}

void
judge_body(struct span bytes)
{
	put(&got, bytes.ptr, bytes.len);
}

/* --- the second way --------------------------------------------------------- */

/* Where the line that begins at "at" ends, its line end included. */
static size_t
line_end(struct span s, size_t at)
{
	while (at < s.len && s.ptr[at] != '\n')
		at++;
	return at < s.len ? at + 1 : s.len;
}

/* The same, without it. */
static size_t
text_end(struct span s, size_t begin)
{
	size_t end = line_end(s, begin);

	if (end > begin && s.ptr[end - 1] == '\n')
		end--;
	if (end > begin && s.ptr[end - 1] == '\r')
		end--;
	return end;
}

static bool
is_fold(struct span s, size_t at)
{
	return at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t');
}

static void
plain_header(struct span s, size_t at, size_t end)
{
	while (at < end) {
		size_t last = at, colon = at, stop;

		while (line_end(s, last) < end && is_fold(s, line_end(s, last)))
			last = line_end(s, last);
		stop = text_end(s, last);
		while (colon < stop && s.ptr[colon] != ':')
			colon++;
		put_field(&want, span_of(s.ptr + at, colon - at),
		    colon < stop ? span_of(s.ptr + colon + 1, stop - colon - 1)
				 : span_of("", 0));
		at = line_end(s, last);
	}
}

/* ">From ", with any number of ">". */
static bool
is_quoted(struct span s, size_t at, size_t end)
{
	size_t word = at;

	while (word < end && s.ptr[word] == '>')
		word++;
	return word > at && end - word >= 5 &&
	       memcmp(s.ptr + word, "From ", 5) == 0;
}

static void
plain_body(struct span s, size_t at, bool crlf, bool mailbox)
{
	size_t end;

	for (; at < s.len; at = end) {
		end = line_end(s, at);
		/* the empty line behind a message in a mailbox */
		if (mailbox && end == s.len && text_end(s, at) == at)
			return;
		if (mailbox && is_quoted(s, at, end))
			at++;
		for (; at < end; at++) {
			if (s.ptr[at] == '\n' && !crlf)
				put(&want, "\r", 1);
			put(&want, s.ptr + at, 1);
		}
	}
}

static void
plain_message(struct span s)
{
	size_t first = line_end(s, 0), begin, end, line;
	bool mailbox = first > 5 && memcmp(s.ptr, "From ", 5) == 0, crlf;

	/* What ends the message's own first line ends the others. */
	begin = mailbox ? first : 0;
	line = line_end(s, begin);
	if (line == begin) /* there is none: that line's is as good */
		crlf = first > 1 && s.ptr[first - 2] == '\r';
	else
		crlf = line - begin > 1 && s.ptr[line - 2] == '\r';
	end = begin;
	while (end < s.len && text_end(s, end) > end)
		end = line_end(s, end);
	plain_header(s, begin, end);
	plain_body(s, line_end(s, end), crlf, mailbox);
}

static void
rewind_tape(struct tape *t, size_t size)
{
	t->bytes = realloc(t->bytes, size);
	NEED(t->bytes != NULL);
	t->size = size;
	t->len = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = fuzz_copy(span_of(data, size));
	size_t most = 1 + size * (2 + 2 * sizeof(size_t));

	rewind_tape(&got, most);
	rewind_tape(&want, most);
	message_judge(text);
	plain_message(text);
	NEED(fuzz_same(
	    span_of(got.bytes, got.len), span_of(want.bytes, want.len)));
	free((void *)(uintptr_t)text.ptr);
	return 0;
}
