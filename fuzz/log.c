/* SPDX-License-Identifier: ISC */
/*
 * The escaping of outside text in log lines: lib/log.c.
 *
 * Input: one byte for format, target and level, then keys with their values.
 * Whatever the values hold, the line is one line of printable ASCII within
 * LOG_LINE_MAX, and a reader of the format (written here) gets each value back
 * byte for byte; keys that do not fit are missing from the end only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/kit/fuzz.h"
#include "lib/log.h"

#define PAIRS_MAX 32
#define VALUE_MAX 8192

static const char *const keys[] = {
    "qid", "client", "helo", "from", "signature"};

struct pair {
	const char *key;
	struct span value; /* ptr NULL: a number */
	uint32_t number;
};

/* --- a reader ---------------------------------------------------------------- */

static int
hex(uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, byte, sizeof(digits) - 1);

	return at == NULL ? -1 : (int)(at - digits);
}

static bool
skip(struct cursor *c, const char *text)
{
	struct cursor copy = *c;
	struct span s;

	if (!cursor_take(&copy, strlen(text), &s) ||
	    memcmp(s.ptr, text, s.len) != 0)
		return false;
	*c = copy;
	return true;
}

/* A text in quotes, unescaped into out. */
static struct span
quoted(struct cursor *c, uint8_t out[static VALUE_MAX])
{
	size_t len = 0;
	uint8_t byte = 0;
	struct span code = {0};

	NEED(skip(c, "\""));
	while (cursor_u8(c, &byte) && byte != '"') {
		NEED(len < VALUE_MAX);
		if (byte == '\\' && skip(c, "u00")) {
			NEED(cursor_take(c, 2, &code));
			NEED(hex(code.ptr[0]) >= 0 && hex(code.ptr[1]) >= 0);
			byte =
			    (uint8_t)(hex(code.ptr[0]) * 16 + hex(code.ptr[1]));
		} else if (byte == '\\')
			NEED(cursor_u8(c, &byte) &&
			     (byte == '"' || byte == '\\'));
		out[len++] = byte;
	}
	NEED(byte == '"');
	return span_of(out, len);
}

/* A word without quotes: a number in JSON, in logfmt all up to a space. */
static struct span
word(struct cursor *c, bool json)
{
	struct span s = span_of(c->at, 0), one = {0};

	while (c->left > 0 && *c->at != (json ? ',' : ' ')) {
		(void)cursor_take(c, 1, &one);
		NEED(!json || (one.ptr[0] >= '0' && one.ptr[0] <= '9'));
		NEED(strchr("\"\\=", one.ptr[0]) == NULL);
		s.len++;
	}
	NEED(s.len > 0);
	return s;
}

static void
read_pair(struct cursor *c, bool json, const struct pair *p)
{
	static uint8_t text[VALUE_MAX];
	char number[16];
	struct span value;

	if (json)
		NEED(skip(c, ",\"") && skip(c, p->key) && skip(c, "\":"));
	else
		NEED(skip(c, " ") && skip(c, p->key) && skip(c, "="));
	if (c->left > 0 && *c->at == '"')
		value = quoted(c, text);
	else
		value = word(c, json);
	if (p->value.ptr != NULL) {
		NEED(fuzz_same(value, p->value));
		return;
	}
	snprintf(number, sizeof(number), "%u", p->number);
	NEED(fuzz_same(value, span_text(number)));
}

/* Time or priority, level and event: the last is a fixed word. */
static void
skip_head(struct cursor *c, bool json)
{
	const char *event = json ? ",\"event\":\"fuzz\"" : " event=fuzz";
	const uint8_t *at = memmem(c->at, c->left, event, strlen(event));
	struct span head;

	NEED(at != NULL);
	NEED(cursor_take(c, (size_t)(at - c->at) + strlen(event), &head));
	if (json)
		NEED(memmem(head.ptr, head.len, "{\"", 2) != NULL);
}

static void
check_line(struct span line, bool json, bool to_stderr, const struct pair *pair,
    size_t pairs)
{
	struct cursor c;

	NEED(line.len <= LOG_LINE_MAX && line.len > 0);
	if (to_stderr)
		NEED(line.ptr[--line.len] == '\n');
	for (size_t i = 0; i < line.len; i++)
		NEED(line.ptr[i] >= ' ' && line.ptr[i] <= '~');
	if (json)
		NEED(line.ptr[--line.len] == '}');
	c = cursor_of(line);
	skip_head(&c, json);
	for (size_t i = 0; i < pairs; i++)
		read_pair(&c, json, &pair[i]);
	NEED(cursor_empty(&c));
}

/* --- the target -------------------------------------------------------------- */

static int out_fd[2] = {-1, -1};

static size_t
take_pairs(struct cursor *c, struct pair pair[static PAIRS_MAX])
{
	size_t n = 0;

	while (n < PAIRS_MAX && !cursor_empty(c)) {
		uint8_t op = fuzz_u8(c);
		struct pair *p = &pair[n++];

		*p = (struct pair){.key = keys[op % 5]};
		if (op >= 224)
			p->number = fuzz_u32(c);
		else
			p->value = op >= 192 ? cursor_rest(c) : fuzz_bytes(c);
		if (p->value.len > LOG_LINE_MAX)
			p->value.len = LOG_LINE_MAX;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c);
	bool json = (choice & 1) != 0, to_stderr = (choice & 2) != 0;
	struct pair pair[PAIRS_MAX];
	size_t pairs = take_pairs(&c, pair);
	static uint8_t read_back[LOG_LINE_MAX + 1];
	struct log_line line;
	ssize_t n;

	if (out_fd[0] == -1)
		NEED(pipe(out_fd) == 0);
	log_init(out_fd[1], json ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT,
	    to_stderr ? LOG_TO_STDERR : LOG_TO_SYSLOG);
	log_begin(&line, (enum log_level)(choice >> 2) % 3, "fuzz");
	for (size_t i = 0; i < pairs; i++) {
		if (pair[i].value.ptr == NULL)
			log_number(&line, pair[i].key, pair[i].number);
		else
			log_bytes(&line, pair[i].key, pair[i].value.ptr,
			    pair[i].value.len);
		if (!line.full)
			continue;
		/* Left out with all that follow it, and not for nothing. */
		NEED(6 * pair[i].value.len + 32 > LOG_LINE_MAX - line.len);
		pairs = i;
	}
	NEED(log_end(&line));
	n = read(out_fd[0], read_back, sizeof(read_back));
	NEED(n > 0);
	check_line(span_of(read_back, (size_t)n), json, to_stderr, pair, pairs);
	return 0;
}
