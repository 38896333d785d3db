/* SPDX-License-Identifier: ISC */
/*
 * Header blocks and address lists: parser/mime/header.c and mailbox.c.
 *
 * The first byte chooses.  0: the rest is a block, which a second reader reads
 * line by line, with no more than one byte of it in view; items put together
 * are the block.  1: it is an address list, of which only rules are known that
 * hold for any.  2: it chooses the words of a list that is written here, and is
 * therefore known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "parser/mime/header.h"
#include "parser/mime/mailbox.h"
#include "parser/mime/word.h"

#define BOXES_MAX 16
#define LIST_MAX  4096

/* --- blocks --------------------------------------------------------------- */
static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t';
}

/* How long a line is with its end; *end: how much of it that end is. */
static size_t
line_length(struct span s, size_t *end)
{
	size_t len = 0;

	*end = 0;
	while (len < s.len && s.ptr[len] != '\n')
		len++;
	if (len == s.len)
		return len;
	*end = len > 0 && s.ptr[len - 1] == '\r' ? 2 : 1;
	return len + 1;
}

static void
note(struct anomalies *set, bool is, enum anomaly a)
{
	if (is)
		anomalies_add(set, a);
}

/* What the lines of an item say byte by byte. */
static void
judge_bytes(struct span item, struct anomalies *want)
{
	bool eight = false;

	for (size_t i = 0; i < item.len; i++) {
		uint8_t byte = item.ptr[i];
		bool ends = i + 1 < item.len && item.ptr[i + 1] == '\n';

		eight = eight || byte > 0x7f;
		note(want, byte == 0, ANOMALY_HEADER_NUL);
		note(want, byte == '\r' && !ends, ANOMALY_HEADER_BARE_CR);
		note(want, byte == '\n' && (i == 0 || item.ptr[i - 1] != '\r'),
		    ANOMALY_HEADER_BARE_LF);
		note(want,
		    (byte < ' ' && byte != 0 && byte != '\t' && byte != '\r' &&
			byte != '\n') ||
			byte == 0x7f,
		    ANOMALY_HEADER_CONTROL);
	}
	if (eight)
		anomalies_add(want, word_is_utf8(item)
					? ANOMALY_HEADER_8BIT
					: ANOMALY_HEADER_8BIT_INVALID);
}

/* The same line by line. */
static void
judge_lines(struct span item, struct anomalies *want)
{
	bool first = true;

	while (item.len > 0) {
		size_t end, len = line_length(item, &end), i = 0;

		note(want, len - end > 998, ANOMALY_HEADER_LINE_LONG);
		while (i < len - end && is_blank(item.ptr[i]))
			i++;
		note(want, !first && i == len - end, ANOMALY_HEADER_FOLD_BLANK);
		note(want, first && is_blank(item.ptr[0]),
		    ANOMALY_HEADER_LEADING_FOLD);
		first = false;
		item = span_of(item.ptr + len, item.len - len);
	}
}

/* The colon of a field's first line; 0: it is no field. */
static size_t
colon_of(struct span item)
{
	size_t at = 0;

	while (at < item.len && item.ptr[at] >= 33 && item.ptr[at] <= 126 &&
	       item.ptr[at] != ':')
		at++;
	if (at == 0)
		return 0;
	while (at < item.len && is_blank(item.ptr[at]))
		at++;
	return at < item.len && item.ptr[at] == ':' ? at : 0;
}

static void
judge_unfolding(struct span value)
{
	uint8_t *once = malloc(value.len + 1), *twice = malloc(value.len + 1);
	uint8_t *plain = malloc(value.len + 1);
	size_t len, len_plain = 0;
	bool cut;

	NEED(once != NULL && twice != NULL && plain != NULL);
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] != '\n' &&
		    !(value.ptr[i] == '\r' && i + 1 < value.len &&
			value.ptr[i + 1] == '\n'))
			plain[len_plain++] = value.ptr[i];
	}
	len = header_unfold(value, once, value.len, &cut);
	NEED(!cut && fuzz_same(span_of(once, len), span_of(plain, len_plain)));
	NEED(header_unfold(span_of(once, len), twice, len, &cut) == len);
	NEED(!cut && memcmp(once, twice, len) == 0);
	NEED(header_unfold(value, twice, len / 2, &cut) == len / 2);
	NEED(cut == (len / 2 < len) && memcmp(once, twice, len / 2) == 0);
	free(once);
	free(twice);
	free(plain);
}

/* What a field says by itself is what it says in its block, but for its own
 * line ends. */
static void
judge_alone(const struct header_field *f, struct anomalies found)
{
	struct anomalies alone = {0};

	header_check(f->name, f->value, &alone);
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (a == ANOMALY_HEADER_BARE_LF ||
		    a == ANOMALY_HEADER_SPACE_COLON ||
		    (a == ANOMALY_HEADER_LINE_LONG && f->space_colon))
			continue;
		NEED(anomalies_has(&alone, a) == anomalies_has(&found, a));
	}
}

static void
judge_item(struct span all, enum header_item item, const struct header_field *f)
{
	struct anomalies want = {0}, found = {0};
	struct cursor again = cursor_of(all);
	struct header_field same;
	size_t colon = colon_of(all), end;
	struct span whole = all;

	(void)line_length(span_of(all.ptr, all.len), &end);
	for (size_t last = 0; last < all.len;)
		last +=
		    line_length(span_of(all.ptr + last, all.len - last), &end);
	whole.len -= end;
	NEED(item == (colon > 0 ? HEADER_FIELD : HEADER_JUNK));
	NEED(header_is_field(all) == (colon > 0));
	if (item == HEADER_JUNK)
		NEED(fuzz_same(f->value, whole));
	else {
		NEED(f->name.ptr == all.ptr && f->name.len <= colon);
		NEED(f->space_colon == (f->name.len < colon));
		NEED(fuzz_same(f->value,
		    span_of(all.ptr + colon + 1, whole.len - colon - 1)));
		judge_unfolding(f->value);
	}
	NEED(header_next(&again, &same, &found) == item);
	NEED(cursor_empty(&again) && same.value.ptr == f->value.ptr);
	judge_bytes(all, &want);
	judge_lines(all, &want);
	note(&want, item == HEADER_JUNK && !is_blank(all.ptr[0]),
	    ANOMALY_HEADER_JUNK_LINE);
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++)
		NEED(a == ANOMALY_HEADER_NAME_ODD ||
		     a == ANOMALY_HEADER_SPACE_COLON ||
		     anomalies_has(&found, a) == anomalies_has(&want, a));
	if (item == HEADER_FIELD)
		judge_alone(f, found);
}

/* How much of a block its first item is. */
static size_t
item_length(struct span s)
{
	size_t end, len = line_length(s, &end);

	while (len < s.len && is_blank(s.ptr[len]))
		len += line_length(span_of(s.ptr + len, s.len - len), &end);
	return len;
}

static void
check_block(struct span block)
{
	struct cursor c = cursor_of(block);
	struct header_field f;
	struct anomalies found = {0};

	for (;;) {
		struct span rest = span_of(c.at, c.left);
		enum header_item item = header_next(&c, &f, &found);
		size_t len, end;

		if (item == HEADER_END) {
			len = line_length(rest, &end);
			NEED(c.left == rest.len && (len == end));
			return;
		}
		len = item_length(rest);
		NEED(c.at == rest.ptr + len);
		judge_item(span_of(rest.ptr, len), item, &f);
	}
}

/* --- lists ---------------------------------------------------------------- */
static void
check_list(struct span list)
{
	struct mailbox_list l;
	struct mailbox m;
	const uint8_t *last = list.ptr;
	size_t boxes = 0, most = 1, colons = 0;
	bool malformed = false;

	for (size_t i = 0; i < list.len; i++) {
		most += list.ptr[i] == ',' || list.ptr[i] == ';' ||
			list.ptr[i] == '<';
		colons += list.ptr[i] == ':';
	}
	mailbox_begin(&l, list);
	while (mailbox_next(&l, &m)) {
		boxes++;
		NEED(m.address.len == 0 || fuzz_within(m.address, list));
		NEED(m.name.len == 0 || fuzz_within(m.name, list));
		NEED(m.group.len == 0 || fuzz_within(m.group, list));
		if (m.address.len > 0) {
			NEED(m.address.ptr >= last);
			last = m.address.ptr + m.address.len;
		} else
			NEED(l.malformed);
		NEED(l.malformed || memchr(m.address.ptr, '@', m.address.len));
		NEED(!malformed || l.malformed);
		malformed = l.malformed;
	}
	NEED(cursor_empty(&l.at) && boxes <= most && l.groups <= colons);
	NEED(!mailbox_next(&l, &m));
}

/* --- lists that are known ------------------------------------------------- */
struct known {
	char name[64], address[64], group[64];
};

static char text[LIST_MAX];
static size_t text_len;
static struct known box[BOXES_MAX];

static void
put(const char *word)
{
	NEED(strlen(word) < sizeof(text) - text_len);
	while (*word != '\0')
		text[text_len++] = *word++;
}

static const char *
choose(struct cursor *c, const char *const *words, size_t count)
{
	return words[fuzz_u8(c) % count];
}

#define CHOOSE(c, ...)                                \
	choose(c, (const char *const[]){__VA_ARGS__}, \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void
space(struct cursor *c)
{
	put(CHOOSE(c, "", " ", "\t", "\r\n ", "  "));
}

static void
put_box(struct cursor *c, struct known *k, const char *group)
{
	const char *address = CHOOSE(c, "a@b", "\"x,y <z>\"@d", "a.b@[1.2.3.4]",
	    "e@[IPv6:::1]", "\"\\\"\\\\\"@f", "\xc3\xa9@g", "a . b @ c");
	const char *name = CHOOSE(c, "", "A", "\"A, B\"", "J. Q. \"X\" P",
	    "=?utf-8?Q?x=40y?=", "\"(\"", "\xe9");
	const char *comment = CHOOSE(c, "", "", "c(d)e", "\\)", ",<x@y>\"");

	snprintf(k->address, sizeof(k->address), "%s", address);
	snprintf(k->name, sizeof(k->name), "%s", name);
	snprintf(k->group, sizeof(k->group), "%s", group);
	space(c);
	if (name[0] == '\0' && fuzz_u8(c) % 2 == 0)
		put(address);
	else {
		put(name);
		space(c);
		put("<");
		put(CHOOSE(c, "", "@r:", "@r,@s:", "(x)", ",@r,, @[1.2]:"));
		put(address);
		put(CHOOSE(c, "", "(y)", " "));
		put(">");
	}
	if (comment[0] != '\0') {
		put(" (");
		put(comment);
		put(")");
		if (name[0] == '\0')
			snprintf(k->name, sizeof(k->name), "%s", comment);
	}
	space(c);
}

/* Returns how many there are. */
static size_t
put_list(struct cursor *c, uint32_t *groups)
{
	const char *group = "";
	size_t count = 0;

	text_len = 0;
	*groups = 0;
	while (!cursor_empty(c) && count < BOXES_MAX) {
		if (group[0] == '\0' && fuzz_u8(c) % 4 == 0) {
			group = CHOOSE(c, "G", "\"G: H\"", "A B", "I.");
			put(group);
			put(" :");
			++*groups;
		}
		if (fuzz_u8(c) % 4 != 0)
			put_box(c, &box[count++], group);
		if (group[0] != '\0' && fuzz_u8(c) % 2 == 0) {
			put(";");
			group = "";
		}
		put(",");
	}
	if (group[0] != '\0')
		put(";");
	return count;
}

static bool
is_text(struct span s, const char *want)
{
	return s.len == strlen(want) &&
	       (s.len == 0 || memcmp(s.ptr, want, s.len) == 0);
}

static void
check_known(struct cursor *c)
{
	struct mailbox_list l;
	struct mailbox m;
	uint32_t groups;
	size_t count = put_list(c, &groups);
	struct span copy = fuzz_copy(span_of(text, text_len));

	mailbox_begin(&l, copy);
	for (size_t i = 0; i < count; i++) {
		NEED(mailbox_next(&l, &m));
		NEED(is_text(m.name, box[i].name));
		NEED(is_text(m.address, box[i].address));
		NEED(is_text(m.group, box[i].group));
	}
	NEED(!mailbox_next(&l, &m));
	NEED(!l.malformed && l.groups == groups);
	free((void *)(uintptr_t)copy.ptr);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c) % 3;
	struct span rest;

	if (choice == 2) {
		check_known(&c);
		return 0;
	}
	rest = fuzz_copy(cursor_rest(&c));
	if (choice == 0)
		check_block(rest);
	else
		check_list(rest);
	free((void *)(uintptr_t)rest.ptr);
	return 0;
}
