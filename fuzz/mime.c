/* SPDX-License-Identifier: ISC */
/*
 * The MIME reader, parser/mime/mime.h, against a second one that has the whole
 * message before it and reads it line by line: the same parts in the same
 * places with the same content, and the same NUL and CR in them.  In pieces, as
 * fields and body, wanting less, and in memory that another message has used,
 * everything that is told is the same.
 *
 * Input: length of the pieces, what is wanted, then the message.
 */
#include "parser/mime/mime.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"

#define MESSAGE_MAX 16384
#define TOLD_MAX    (1U << 20)
#define LOOKED_AT   1024 /* of a line */

/* What a reader tells, as text: "<" and ">" with path, type and content of each
 * part. */
struct told {
	size_t len;
	char text[TOLD_MAX];
	uint32_t sum; /* of the content of the part that is open */
	bool nul, cr; /* in its bytes as they stand */
	struct anomalies found;
	bool ambiguous, limited;
};

static struct told *now; /* who is told */

static void
tell(struct told *t, const char *text, size_t len)
{
	NEED(len < sizeof(t->text) - t->len);
	memcpy(t->text + t->len, text, len);
	t->len += len;
}

static void
tell_number(struct told *t, uint64_t n)
{
	char text[24] = "";

	tell(t, text,
	    (size_t)snprintf(
		text, sizeof(text), " %llu", (unsigned long long)n));
}

static uint32_t
sum_bytes(uint32_t sum, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		sum = (sum ^ bytes.ptr[i]) * 16777619U;
	return sum;
}

static void
tell_begin(struct told *t, const char *path, struct span type)
{
	tell(t, "<", 1);
	tell(t, path, strlen(path));
	tell(t, " ", 1);
	tell(t, (const char *)type.ptr, type.len);
	t->sum = 2166136261U;
}

static void
tell_leaf(struct told *t, const char *path, uint64_t size, bool nul, bool cr)
{
	tell(t, path, strlen(path));
	tell_number(t, size);
	tell_number(t, t->sum);
	tell(t, nul ? " NUL" : "", nul ? 4 : 0);
	tell(t, cr ? " CR" : "", cr ? 3 : 0);
	tell(t, ">\n", 2);
}

/* --- the reader ----------------------------------------------------------- */

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	NEED(part->number == mime_parts(m) && part->number <= MIME_PARTS_MAX);
	NEED(part->depth <= MIME_DEPTH_MAX && part->size == 0);
	NEED(memchr(part->path, '\0', sizeof(part->path)) != NULL);
	/* Files in texts are the decoder's. */
	if (!part->file)
		tell_begin(now, part->path, part->entity->type);
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	(void)m;
	NEED(decoded.len > 0);
	if (!part->file)
		now->sum = sum_bytes(now->sum, decoded);
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	(void)m;
	if (part->file)
		return;
	if (part->entity == NULL) {
		tell(now, part->path, strlen(part->path));
		tell(now, "+>\n", 3);
		return;
	}
	tell_leaf(now, part->path, part->size,
	    anomalies_has(&part->found, ANOMALY_BODY_NUL),
	    anomalies_has(&part->found, ANOMALY_BARE_CR));
}

static void
finish(struct mime *m, struct told *t)
{
	mime_end(m);
	t->found = *mime_found(m);
	t->ambiguous = mime_is_ambiguous(m);
	t->limited = mime_is_limited(m);
}

static void
begin(struct mime *m, struct told *t, unsigned int wants)
{
	now = t;
	t->len = 0;
	t->sum = 0;
	mime_begin(m, wants);
}

static void
read_pieces(struct mime *m, struct span message, size_t step,
    unsigned int wants, struct told *t)
{
	struct cursor at = cursor_of(message);
	struct span piece;

	begin(m, t, wants);
	while (!cursor_empty(&at)) {
		NEED(cursor_take(&at, at.left < step ? at.left : step, &piece));
		piece = fuzz_copy(piece);
		mime_bytes(m, piece);
		free((void *)(uintptr_t)piece.ptr);
	}
	finish(m, t);
}

/* --- the second one ------------------------------------------------------- */

struct open {
	bool message, closed, digest;
	uint32_t parts;
	char path[MIME_PATH_MAX];
	size_t boundary_len;
	char boundary[ENTITY_BOUNDARY_MAX];
};

struct plain {
	struct told *told;
	uint32_t count; /* of open ones */
	uint32_t numbers;
	struct open open[MIME_DEPTH_MAX];
	struct entity entity;
};

/* A message, or what one says decoded. */
struct text {
	struct span bytes;
	size_t at;
	uint32_t first; /* the open ones that are its own */
	bool nested;
};

static struct plain plain;

/* The line that begins there, with its end. */
static struct span
line_at(const struct text *t, size_t at)
{
	const uint8_t *from = t->bytes.ptr + at;
	size_t left = t->bytes.len - at;
	const uint8_t *lf = left > 0 ? memchr(from, '\n', left) : NULL;

	return span_of(from, lf != NULL ? (size_t)(lf - from) + 1 : left);
}

static size_t
end_len(struct span line)
{
	if (line.len > 0 && line.ptr[line.len - 1] == '\n')
		return line.len > 1 && line.ptr[line.len - 2] == '\r' ? 2 : 1;
	return 0;
}

/* 0 no delimiter, 1 opens, 2 closes. */
static int
after_boundary(struct span rest)
{
	int what = 1;

	if (rest.len >= 2 && memcmp(rest.ptr, "--", 2) == 0) {
		rest = span_of(rest.ptr + 2, rest.len - 2);
		what = 2;
	}
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.ptr[i] != ' ' && rest.ptr[i] != '\t')
			return 0;
	}
	return what;
}

/* The same of one that was cut: whatever follows. */
static int
after_cut(struct span rest)
{
	static const uint8_t blank[] = {' ', '\t', '\r', '\0', '\v', '\f'};

	while (rest.len > 0 &&
	       memchr(blank, rest.ptr[rest.len - 1], sizeof(blank)) != NULL)
		rest.len--;
	return rest.len >= 2 && memcmp(rest.ptr + rest.len - 2, "--", 2) == 0
		   ? 2
		   : 1;
}

static int
delimits(const struct open *o, struct span line)
{
	size_t n = o->boundary_len;
	bool cut = n == ENTITY_BOUNDARY_MAX;

	if (line.len > LOOKED_AT && cut)
		line.len = LOOKED_AT;
	if (o->message || line.len > LOOKED_AT ||
	    (line.len == LOOKED_AT && end_len(line) == 0 && !cut))
		return 0;
	line.len -= end_len(line);
	if (line.len < n + 2 || memcmp(line.ptr, "--", 2) != 0 ||
	    memcmp(line.ptr + 2, o->boundary, n) != 0)
		return 0;
	line = span_of(line.ptr + n + 2, line.len - n - 2);
	return cut ? after_cut(line) : after_boundary(line);
}

/* Which open one a line belongs to; -1: none.  *late: it is closed. */
static int
delimiter_of(const struct text *t, struct span line, int *what, bool *late)
{
	for (int closed = 0; closed < 2; closed++) {
		for (uint32_t i = plain.count; i > t->first; i--) {
			const struct open *o = &plain.open[i - 1];

			*what = delimits(o, line);
			if (o->closed == (closed == 1) && *what != 0) {
				*late = closed == 1;
				return (int)i - 1;
			}
		}
	}
	return -1;
}

/* Everything up to the next delimiter that counts; the line end before it is
 * the delimiter's.  That of a closed one is neither here nor there: what comes
 * before it and what comes behind are two pieces. */
static struct span
until_delimiter(struct text *t)
{
	size_t from = t->at;

	while (t->at < t->bytes.len) {
		struct span line = line_at(t, t->at);
		bool late;
		int what;

		if (delimiter_of(t, line, &what, &late) != -1)
			break;
		t->at += line.len;
	}
	if (t->at == t->bytes.len || t->at == from)
		return span_of(t->bytes.ptr + from, t->at - from);
	return span_of(t->bytes.ptr + from,
	    t->at - from - end_len(span_of(t->bytes.ptr + from, t->at - from)));
}

static void
close_down_to(uint32_t count)
{
	while (plain.count > count) {
		const struct open *o = &plain.open[--plain.count];

		tell(plain.told, o->path, strlen(o->path));
		tell(plain.told, "+>\n", 3);
	}
}

/* A header block; false: no empty line ends it. */
static bool
take_header(struct text *t, struct span *block)
{
	size_t from = t->at;

	while (t->at < t->bytes.len) {
		struct span line = line_at(t, t->at);
		bool late, blank = line.len == end_len(line);
		int what;

		if (!blank && delimiter_of(t, line, &what, &late) != -1)
			break;
		if (blank)
			*block = span_of(t->bytes.ptr + from, t->at - from);
		t->at += line.len;
		if (blank)
			return true;
	}
	*block = span_of(t->bytes.ptr + from, t->at - from);
	if (t->at < t->bytes.len)
		block->len -= end_len(*block);
	return false;
}

static const uint8_t *
decode(enum decoding with, struct span raw, size_t *len)
{
	static uint8_t out[2][2 * MESSAGE_MAX + 2 * DECODER_TAIL_MAX];
	static unsigned int turn;
	uint8_t *to = out[turn++ % 2];
	struct decoder d = {0};
	struct cursor in = cursor_of(raw);
	size_t n = 0;

	decoder_begin(&d, with);
	while (!cursor_empty(&in))
		n += decoder_bytes(&d, &in, to + n, sizeof(out[0]) - n);
	n += decoder_end(&d, to + n);
	*len = n;
	return to;
}

static bool
has_bare_cr(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\r' &&
		    (i + 1 == s.len || s.ptr[i + 1] != '\n'))
			return true;
	}
	return false;
}

static void
take_leaf(struct text *t, bool ended, const char *path)
{
	const struct entity *e = &plain.entity;
	bool coded = e->media == MEDIA_TEXT || e->media == MEDIA_OTHER;
	enum decoding with = coded ? decoding_of(e->encoding) : DECODING_AS_IS;
	struct span raw = span_of("", 0), content;

	if (ended)
		raw = until_delimiter(t);
	content = raw;
	if (with != DECODING_AS_IS)
		content.ptr = decode(with, raw, &content.len);
	plain.told->sum = sum_bytes(plain.told->sum, content);
	tell_leaf(plain.told, path, content.len,
	    raw.len > 0 && memchr(raw.ptr, 0, raw.len) != NULL,
	    has_bare_cr(raw));
}

static bool
is_type(const char *type)
{
	return fuzz_same(plain.entity.type, span_text(type));
}

/* What the entity opens, if anything; ENCODED is message/global. */
enum opens { LEAF, MULTIPART, MESSAGE, ENCODED };

static enum opens
what_opens(const struct text *t, bool ended)
{
	const struct entity *e = &plain.entity;
	bool coded = decoding_of(e->encoding) != DECODING_AS_IS;

	if (!ended || plain.count == MIME_DEPTH_MAX)
		return LEAF;
	if (e->media == MEDIA_MULTIPART && e->boundary.len > 0)
		return MULTIPART;
	if (e->media != MEDIA_MESSAGE || (coded && !is_type("message/global")))
		return LEAF;
	if (!coded)
		return MESSAGE;
	return t->nested ? LEAF : ENCODED;
}

static void
set_path(char *path, enum opens what)
{
	const struct open *o =
	    plain.count > 0 ? &plain.open[plain.count - 1] : NULL;
	const char *base = o != NULL ? o->path : "";
	uint32_t n = o != NULL && !o->message ? o->parts : 1;

	path[0] = '\0';
	if (o == NULL && what != LEAF)
		return;
	if (o != NULL && o->message && what == MULTIPART)
		(void)snprintf(path, MIME_PATH_MAX, "%s", base);
	else
		(void)snprintf(path, MIME_PATH_MAX, "%.200s%s%u", base,
		    base[0] != '\0' ? "." : "", n);
}

static void
push(enum opens what, const char *path)
{
	struct open *o = &plain.open[plain.count++];

	memset(o, 0, sizeof(*o));
	o->message = what != MULTIPART;
	o->digest = is_type("multipart/digest");
	memcpy(o->path, path, sizeof(o->path));
	if (what == MULTIPART) {
		o->boundary_len = plain.entity.boundary.len;
		memcpy(o->boundary, plain.entity.boundary.ptr, o->boundary_len);
	}
}

/* A header and what it opens; true: another header follows at once. */
static bool
take_entity(struct text *t, enum entity_place place, struct text *nested)
{
	struct span block;
	bool ended = take_header(t, &block);
	enum opens what;
	char path[MIME_PATH_MAX];

	if (plain.numbers == MIME_PARTS_MAX)
		return false;
	block = fuzz_copy(block);
	entity_read(block, place, &plain.entity);
	free((void *)(uintptr_t)block.ptr);
	plain.numbers++;
	what = what_opens(t, ended);
	set_path(path, what);
	tell_begin(plain.told, path, plain.entity.type);
	if (what == LEAF) {
		take_leaf(t, ended, path);
		return false;
	}
	push(what, path);
	if (what == ENCODED) {
		enum decoding with = decoding_of(plain.entity.encoding);

		nested->bytes = until_delimiter(t);
		nested->bytes.ptr =
		    decode(with, nested->bytes, &nested->bytes.len);
		nested->at = 0;
		nested->first = plain.count;
		nested->nested = true;
	}
	return what == MESSAGE;
}

static void
take_entities(struct text *t, enum entity_place place, struct text *nested)
{
	while (take_entity(t, place, nested))
		place = ENTITY_MESSAGE;
}

static void take_text(
    struct text *t, enum entity_place place, struct text *nested);

/* Up to the next part. */
static bool
take_delimiter(struct text *t, enum entity_place *place)
{
	struct span line;
	bool late;
	int what, at;

	(void)until_delimiter(t);
	if (t->at == t->bytes.len)
		return false;
	line = line_at(t, t->at);
	at = delimiter_of(t, line, &what, &late);
	NEED(at >= 0);
	t->at += line.len;
	*place = ENTITY_TOP; /* none */
	if (late)
		return true;
	close_down_to((uint32_t)at + 1);
	if (what == 2) {
		plain.open[at].closed = true;
		return true;
	}
	plain.open[at].parts++;
	*place = plain.open[at].digest ? ENTITY_DIGEST : ENTITY_PART;
	return true;
}

static void
take_text(struct text *t, enum entity_place place, struct text *nested)
{
	bool more = true;

	while (more) {
		if (place != ENTITY_TOP || t->at == 0)
			take_entities(t, place, nested);
		if (nested->bytes.len > 0 || nested->first > 0) {
			struct text none = {0}, inner = *nested;

			NEED(!t->nested);
			*nested = none;
			take_text(&inner, ENTITY_MESSAGE, &none);
		}
		more = take_delimiter(t, &place);
	}
	close_down_to(t->first);
}

static void
read_plainly(struct span message, struct told *t)
{
	struct text text = {.bytes = message}, nested = {0};

	plain.told = t;
	plain.count = plain.numbers = 0;
	t->len = 0;
	take_text(&text, ENTITY_TOP, &nested);
}

/* -------------------------------------------------------------------------- */

static bool
same(const struct told *a, const struct told *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool
same_found(const struct told *a, const struct told *b)
{
	return memcmp(&a->found, &b->found, sizeof(a->found)) == 0 &&
	       a->ambiguous == b->ambiguous && a->limited == b->limited;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct told whole, pieces, second;
	static struct mime *used;
	struct cursor c = cursor_of(span_of(data, size));
	size_t step = (size_t)fuzz_u8(&c) + 1;
	unsigned int wants = fuzz_u8(&c) % 4U;
	struct span message = cursor_rest(&c);
	struct mime *fresh;

	if (message.len > MESSAGE_MAX)
		return 0;
	if (used == NULL)
		used = calloc(1, mime_size());
	fresh = calloc(1, mime_size());
	NEED(used != NULL && fresh != NULL);
	read_pieces(fresh, message, MESSAGE_MAX,
	    MIME_WANTS_KINDS | MIME_WANTS_CONTENT, &whole);
	read_pieces(used, message, step, MIME_WANTS_KINDS | MIME_WANTS_CONTENT,
	    &pieces);
	NEED(same(&whole, &pieces));
	NEED(same_found(&whole, &pieces));
	read_plainly(message, &second);
	NEED(same(&whole, &second));
	/* What is not wanted changes nothing but what comes of kinds. */
	read_pieces(used, message, step, wants | MIME_WANTS_KINDS, &pieces);
	NEED(same_found(&whole, &pieces));
	free(fresh);
	return 0;
}
