/* SPDX-License-Identifier: ISC */
/*
 * What a header block says of its body: parser/mime/entity_read.c, candidates.c
 * and what they are made of.
 *
 * The first byte chooses.  0 to 3: a place, and the rest is a block, of which
 * only rules are known that hold for any.  4: it is the value of a field for
 * entity_boundaries and entity_encodings.  5: it chooses the words of a block
 * that is written here, in all forms that are allowed, and is therefore known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/kit/fuzz.h"
#include "parser/mime/entity.h"
#include "parser/mime/header.h"
#include "parser/mime/name.h"

#define VALUES_MAX 64
#define BLOCK_MAX  8192

/* --- rules that hold for any block ---------------------------------------- */

static bool
begins(struct span s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && memcmp(s.ptr, with, len) == 0;
}

static void
need_texts(const struct entity *e)
{
	struct span text = span_of(e->text, e->used);

	NEED(e->used <= sizeof(e->text));
	NEED(fuzz_within(e->type, text));
	NEED(fuzz_within(e->charset, text));
	NEED(fuzz_within(e->boundary, text));
	NEED(fuzz_within(e->boundary_token, e->boundary) ||
	     e->boundary_token.len == 0);
	NEED(e->boundary.len <= ENTITY_BOUNDARY_MAX);
	NEED(e->names <= ENTITY_NAMES_MAX);
	for (uint32_t i = 0; i < e->names; i++) {
		NEED(fuzz_within(e->name[i], text));
		NEED(e->name[i].len > 0 && e->name[i].len <= NAME_MAX_KEPT);
		for (uint32_t k = 0; k < i; k++)
			NEED(!fuzz_same(e->name[i], e->name[k]));
	}
}

static void
need_type(const struct entity *e)
{
	size_t slashes = 0;

	for (size_t i = 0; i < e->type.len; i++) {
		uint8_t b = e->type.ptr[i];

		NEED(b > ' ' && b != 0x7f && (b < 'A' || b > 'Z'));
		slashes += b == '/';
	}
	NEED(slashes == 1);
	NEED((e->media == MEDIA_MULTIPART) == begins(e->type, "multipart/"));
	NEED((e->media == MEDIA_TEXT) == begins(e->type, "text/"));
	NEED((e->media == MEDIA_OTHER) ==
	     !(begins(e->type, "multipart/") || begins(e->type, "text/") ||
		 begins(e->type, "message/")));
	NEED(e->media == MEDIA_MULTIPART || e->boundary.len == 0);
	NEED(
	    e->has_type || e->media == MEDIA_TEXT || e->media == MEDIA_MESSAGE);
	NEED(!e->has_type || e->is_mime);
}

static bool
has(const struct entity *e, enum anomaly a)
{
	return anomalies_has(&e->found, a);
}

/* Programs read the same unless an anomaly says that they do not. */
static void
need_ambiguous(const struct entity *e)
{
	bool reads = false, param = false;

	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		enum anomaly_class class = anomaly_class(a);

		if (!has(e, a))
			continue;
		reads = reads || class == ANOMALY_IS_READING ||
			class == ANOMALY_IS_BLIND;
		param = param || strncmp(anomaly_name(a), "param-", 6) == 0 ||
			a == ANOMALY_LIMIT_PARAMS;
	}
	NEED(e->ambiguous || !reads);
	NEED(!e->ambiguous || reads || param);
}

static void
need_boundary(const struct entity *e)
{
	bool multipart = e->media == MEDIA_MULTIPART;

	NEED(multipart || !has(e, ANOMALY_BOUNDARY_MISSING));
	NEED(!multipart || e->boundary.len > 0 ||
	     has(e, ANOMALY_BOUNDARY_MISSING) ||
	     has(e, ANOMALY_BOUNDARY_EMPTY));
	NEED(e->boundary.len <= 70 || has(e, ANOMALY_BOUNDARY_LONG));
	NEED(e->boundary_token.len == e->boundary.len ||
	     has(e, ANOMALY_PARAM_SPECIALS_UNQUOTED));
	NEED(e->boundary_token.len > 0 || e->boundary.len == 0 || e->ambiguous);
}

/* The first field of that name; false if there is none. */
static bool
first_field(struct span block, const char *name, struct span *value)
{
	struct cursor c = cursor_of(block);
	struct anomalies found = {0};
	struct header_field field;
	enum header_item item;

	while ((item = header_next(&c, &field, &found)) != HEADER_END) {
		if (item == HEADER_FIELD && header_is(field.name, name)) {
			*value = field.value;
			return true;
		}
	}
	return false;
}

static size_t
boundaries_of(struct span value, uint8_t *buffer, struct span *out)
{
	return entity_boundaries(value, buffer,
	    (size_t)VALUES_MAX * ENTITY_BOUNDARY_MAX, out, VALUES_MAX);
}

/* The strict readings are among those that readings.c follows. */
static void
need_followed(struct span block, const struct entity *e)
{
	static uint8_t buffer[VALUES_MAX * ENTITY_BOUNDARY_MAX];
	struct span value, out[VALUES_MAX];
	size_t n, i = 0;

	if (e->boundary.len > 0) {
		NEED(first_field(block, "content-type", &value));
		n = boundaries_of(value, buffer, out);
		while (i < n && !fuzz_same(out[i], e->boundary))
			i++;
		NEED(i < n);
	}
	if (e->encoding != ENCODING_NONE) {
		NEED(first_field(block, "content-transfer-encoding", &value));
		NEED(e->encoding == ENCODING_UNKNOWN ||
		     (entity_encodings(value) >> e->encoding & 1) != 0);
	}
}

/* What the fields are found to be by themselves. */
static void
need_header(struct span block, enum entity_place place, const struct entity *e)
{
	struct cursor c = cursor_of(block);
	struct anomalies found = {0};
	struct header_field field;

	while (header_next(&c, &field, &found) != HEADER_END)
		continue;
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++)
		NEED(has(e, a) || !anomalies_has(&found, a) ||
		     (a == ANOMALY_HEADER_BARE_LF && place == ENTITY_TOP));
}

static void
need_same(const struct entity *a, const struct entity *b)
{
	NEED(a->media == b->media && a->has_type == b->has_type);
	NEED(fuzz_same(a->type, b->type));
	NEED(fuzz_same(a->charset, b->charset));
	NEED(fuzz_same(a->boundary, b->boundary));
	NEED(fuzz_same(a->boundary_token, b->boundary_token));
	NEED(a->encoding == b->encoding && a->attachment == b->attachment);
	NEED(a->is_mime == b->is_mime && a->ambiguous == b->ambiguous);
	NEED(memcmp(&a->found, &b->found, sizeof(a->found)) == 0);
	NEED(a->names == b->names);
	for (uint32_t i = 0; i < a->names; i++)
		NEED(fuzz_same(a->name[i], b->name[i]));
}

/* Reads it twice, into memory that was full of different things. */
static void
read_block(struct span block, enum entity_place place, struct entity *e)
{
	static struct entity again;
	struct span copy = fuzz_copy(block);

	memset(e, 0xff, sizeof(*e));
	memset(&again, 0, sizeof(again));
	entity_read(copy, place, e);
	entity_read(copy, place, &again);
	need_same(e, &again);
	need_texts(e);
	need_type(e);
	need_ambiguous(e);
	need_boundary(e);
	need_header(copy, place, e);
	need_followed(copy, e);
	free((void *)(uintptr_t)copy.ptr);
}

/* --- a value -------------------------------------------------------------- */

static void
judge_value(struct span bytes)
{
	static uint8_t buffer[VALUES_MAX * ENTITY_BOUNDARY_MAX];
	struct span value = fuzz_copy(bytes), out[VALUES_MAX], few[VALUES_MAX];
	size_t n = boundaries_of(value, buffer, out), room = 0;
	uint8_t *exact;

	NEED(n <= VALUES_MAX);
	for (size_t i = 0; i < n; i++) {
		NEED(fuzz_within(out[i], span_of(buffer, sizeof(buffer))));
		NEED(out[i].len > 0 && out[i].len <= ENTITY_BOUNDARY_MAX);
		for (size_t k = 0; k < i; k++)
			NEED(!fuzz_same(out[i], out[k]));
		room += out[i].len;
	}
	/* The same with no more room than that, and with less. */
	exact = malloc(room + 1);
	NEED(exact != NULL);
	NEED(entity_boundaries(value, exact, room, few, n) == n);
	for (size_t i = 0; i < n; i++)
		NEED(fuzz_same(out[i], few[i]));
	NEED(entity_boundaries(value, exact, room, few, n / 2) == n / 2);
	NEED(entity_boundaries(value, exact, room / 2, few, n) <= n);
	NEED((entity_encodings(value) >> ENCODINGS) == 0);
	free(exact);
	free((void *)(uintptr_t)value.ptr);
}

/* --- a block that is known ------------------------------------------------ */

static const char *const types[] = {"text/plain", "Text/HTML",
    "multipart/mixed", "MULTIPART/alternative", "image/png", "application/pdf"};
static const char *const encodings[] = {
    "7bit", "8bit", "binary", "base64", "Quoted-Printable"};
static const char *const words[] = {"a", "b-1", "x.y", "utf-8", "Zz_9+0"};
static const char *const texts[] = {"a b", "x/y=z", "a,b", "q?r", "(c)"};

#define CHOICE(c, of) ((of)[fuzz_u8(c) % (sizeof(of) / sizeof((of)[0]))])

struct block {
	struct cursor *choices;
	size_t len;
	char text[BLOCK_MAX];
};

static void
put(struct block *b, const char *text)
{
	int n =
	    snprintf(b->text + b->len, sizeof(b->text) - b->len, "%s", text);

	b->len += (size_t)n;
	NEED(b->len < sizeof(b->text));
}

/* White space where there may be some. */
static void
put_blank(struct block *b)
{
	static const char *const blanks[] = {
	    "", "", " ", "\t ", "\r\n\t", "\r\n   "};

	put(b, CHOICE(b->choices, blanks));
}

/* "; NAME = VALUE" with as much white space as may be. */
static void
put_param(struct block *b, const char *name, const char *value, bool quoted)
{
	put_blank(b);
	put(b, ";");
	put_blank(b);
	put(b, name);
	put_blank(b);
	put(b, "=");
	put_blank(b);
	put(b, quoted ? "\"" : "");
	put(b, value);
	put(b, quoted ? "\"" : "");
}

/* A value of a parameter, in quotes if need be. */
static const char *
put_value(struct block *b, const char *name)
{
	bool quoted = fuzz_u8(b->choices) % 2 == 0;
	const char *value =
	    quoted ? CHOICE(b->choices, texts) : CHOICE(b->choices, words);

	put_param(b, name, value, quoted);
	return value;
}

/* A name in the sections of RFC 2231, one character in each, the last one
 * first. */
static const char *
put_sections(struct block *b)
{
	const char *value = CHOICE(b->choices, texts);

	for (size_t i = strlen(value); i-- > 0;) {
		bool escaped = fuzz_u8(b->choices) % 2 == 0;
		char name[32], text[32];

		snprintf(name, sizeof(name), "filename*%zu%s", i,
		    escaped || i == 0 ? "*" : "");
		snprintf(text, sizeof(text), "%s%%%02x",
		    i == 0 ? "utf-8''" : "", (unsigned char)value[i]);
		if (!escaped && i > 0)
			snprintf(text, sizeof(text), "%c", value[i]);
		put_param(b, name, text, !escaped && i > 0);
	}
	return value;
}

struct known {
	const char *type, *charset, *boundary, *encoding, *filename;
	bool attachment;
};

static void
put_type(struct block *b, struct known *k)
{
	uint8_t params = fuzz_u8(b->choices);

	k->type = CHOICE(b->choices, types);
	put(b, "Content-Type:");
	put_blank(b);
	put(b, k->type);
	if ((params & 1) != 0)
		k->charset = put_value(b, "Charset");
	if ((params & 2) != 0)
		(void)put_value(b, "x-other");
	if ((params & 4) != 0)
		k->boundary = put_value(b, "BOUNDARY");
	put(b, (params & 8) != 0 ? ";\r\n" : "\r\n");
}

static void
put_disposition(struct block *b, struct known *k)
{
	uint8_t how = fuzz_u8(b->choices);

	k->attachment = (how & 1) != 0;
	put(b, "content-disposition: ");
	put(b, k->attachment ? "attachment" : "Inline");
	if ((how & 6) == 2)
		k->filename = put_value(b, "filename");
	else if ((how & 6) == 4)
		k->filename = put_sections(b);
	put(b, "\r\n");
}

/* Is it that, but for case? */
static bool
is_text(struct span s, const char *text)
{
	return header_is(s, text) ||
	       (s.len == strlen(text) &&
		   strncasecmp((const char *)s.ptr, text, s.len) == 0);
}

static void
need_known(const struct entity *e, const struct known *k)
{
	const char *type = k->type != NULL ? k->type : "text/plain";
	bool multipart = e->media == MEDIA_MULTIPART;
	static const enum encoding meant[] = {ENCODING_7BIT, ENCODING_8BIT,
	    ENCODING_BINARY, ENCODING_BASE64, ENCODING_QUOTED_PRINTABLE};
	enum encoding encoding = ENCODING_NONE;

	for (size_t i = 0; i < sizeof(meant) / sizeof(meant[0]); i++)
		if (k->encoding == encodings[i])
			encoding = meant[i];
	NEED(is_text(e->type, type));
	NEED(is_text(e->charset, k->charset != NULL ? k->charset : ""));
	NEED(fuzz_same(e->boundary,
	    span_text(multipart && k->boundary != NULL ? k->boundary : "")));
	NEED(e->encoding == encoding);
	NEED(e->attachment == k->attachment);
	NEED(has(e, ANOMALY_BOUNDARY_ON_LEAF) ==
	     (!multipart && k->boundary != NULL));
	NEED(has(e, ANOMALY_BOUNDARY_MISSING) ==
	     (multipart && k->boundary == NULL));
	NEED(has(e, ANOMALY_MULTIPART_ENCODED) ==
	     (multipart && encoding > ENCODING_BINARY));
	NEED(e->ambiguous == (has(e, ANOMALY_BOUNDARY_ON_LEAF) ||
				 has(e, ANOMALY_BOUNDARY_MISSING) ||
				 has(e, ANOMALY_MULTIPART_ENCODED)));
	NEED(e->names == 0 || k->filename != NULL);
	if (k->filename != NULL)
		NEED(fuzz_same(e->name[0], span_text(k->filename)));
}

static void
judge_known(struct cursor *choices)
{
	static struct block b;
	static struct entity e;
	struct known k = {0};
	uint8_t fields = fuzz_u8(choices);

	b.choices = choices;
	b.len = 0;
	put(&b, "X-First: x\r\n");
	if ((fields & 1) != 0)
		put_type(&b, &k);
	if ((fields & 2) != 0) {
		k.encoding = CHOICE(choices, encodings);
		put(&b, "Content-Transfer-Encoding:");
		put_blank(&b);
		put(&b, k.encoding);
		put(&b, "\r\n");
	}
	if ((fields & 4) != 0)
		put_disposition(&b, &k);
	read_block(span_of(b.text, b.len), ENTITY_PART, &e);
	need_known(&e, &k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct entity e;
	struct cursor c = cursor_of(span_of(data, size));
	uint8_t choice = fuzz_u8(&c) % 6;

	if (choice <= ENTITY_MESSAGE)
		read_block(cursor_rest(&c), (enum entity_place)choice, &e);
	else if (choice == 4)
		judge_value(cursor_rest(&c));
	else
		judge_known(&c);
	return 0;
}
