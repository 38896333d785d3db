/* SPDX-License-Identifier: ISC */
/*
 * The second pass over a message that programs read in different ways.  First
 * the strict reader tells its parts; then the message is cut into segments
 * (cutter.c), each body of a segment is decoded in each way that its fields
 * allow (segment.c), and what no object had been before is given.  A decoded
 * object that looks like a message is cut itself, as a level above (source.c).
 * Bytes are read again and again rather than kept.  In a session.
 */
#include "parser/mime/readings.h"

#include <stdio.h>

#include "lib/ensure.h"
#include "lib/sha256.h"
#include "parser/mime/contents.h"
#include "parser/mime/cutter.h"
#include "parser/mime/source.h"

/* Bytes that may be moved from one level to another, or looked at: as a
 * multiple of the message, and for a small one.  What is usual needs 20. */
#define WORK_TIMES 64
#define WORK_MORE  (UINT64_C(1) << 22)

/* Bigger objects that are nothing but base64 not decoded are not given. */
#define BASE64_MORE 16384

/* What looks so much like it is decoded, whatever its fields say. */
#define BASE64_LESS 32

_Static_assert(READINGS_DEPTH_MAX == SOURCE_DEPTH_MAX, "a level for each");

#define LEVELS	  (READINGS_DEPTH_MAX + 1)
#define FILES_MAX 64 /* in one text */
#define BIT(i)	  (UINT32_C(1) << (i))
#define BASE64_MORE_DECODINGS                                       \
	(BIT(DECODING_BASE64_RESTART) | BIT(DECODING_BASE64_SKIP) | \
	    BIT(DECODING_BASE64_URL))
#define QP_MORE_DECODINGS \
	(BIT(DECODING_QP_KEEP) | BIT(DECODING_QP_CR) | BIT(DECODING_QP_TWICE))

/* Objects that were given. */
struct given {
	size_t count;
	uint64_t bytes, bytes_max;
	uint8_t digest[READINGS_OBJECTS_MAX][SHA256_BYTES];
	bool opened[READINGS_OBJECTS_MAX];
};

struct reading_level {
	struct cutting cutting;
	bool busy;	    /* its segment has decodings left */
	uint64_t begins_in; /* the level below: for its name */
};

struct readings {
	bool limited, stopped;
	struct given given;
	/* The object that is being looked at or given. */
	struct sha256 sha;
	struct contents contents;
	bool sending;
	uint64_t sent; /* of it */
	struct source source;
	struct cutter cutter;
	unsigned int level;
	struct reading_level at[LEVELS];
};

/* The strict reader has its own beside it. */
_Static_assert(sizeof(struct readings) <= READINGS_STATE_MAX, "in the header");

/* Where the strict reader's memory begins. */
#define MIME_AT ((sizeof(struct readings) + 15) / 16 * 16)

size_t
readings_size(void)
{
	return MIME_AT + mime_size();
}

static struct mime *
mime_of(const struct readings *r)
{
	return (struct mime *)((uintptr_t)r + MIME_AT);
}

bool
readings_reads(const struct readings *r, const struct mime *m)
{
	return m == mime_of(r);
}

static bool
may_go_on(const struct readings *r)
{
	return !r->stopped && !source_stuck(&r->source);
}

/* --- objects ---------------------------------------------------------------*/

static bool
find(const struct given *g, const uint8_t *digest, size_t *at)
{
	for (size_t i = 0; i < g->count; i++) {
		if (memcmp(g->digest[i], digest, SHA256_BYTES) == 0) {
			*at = i;
			return true;
		}
	}
	return false;
}

static void
look_begin(struct readings *r)
{
	sha256_begin(&r->sha);
	contents_begin(&r->contents);
}

static void
look_bytes(struct readings *r, struct span bytes)
{
	sha256_bytes(&r->sha, bytes);
	contents_bytes(&r->contents, bytes);
}

static void
send_begin(struct readings *r, const struct reading_object *object)
{
	r->sending = r->given.count < READINGS_OBJECTS_MAX;
	r->sent = 0;
	if (!r->sending)
		r->limited = true;
	else if (!readings_object_begin(r, object))
		r->stopped = true;
}

/* What is not kept does not count. */
static void
send_end(struct readings *r, bool keep, const uint8_t *digest)
{
	struct given *g = &r->given;

	if (!r->sending || r->stopped)
		return;
	r->sending = false;
	if (keep) {
		memcpy(g->digest[g->count], digest, SHA256_BYTES);
		g->opened[g->count++] = false;
		g->bytes += r->sent;
	}
	if (!readings_object_end(r, keep))
		r->stopped = true;
}

static void
send_bytes(struct readings *r, struct span bytes)
{
	if (!r->sending || r->stopped || bytes.len == 0)
		return;
	if (bytes.len > r->given.bytes_max - r->given.bytes - r->sent) {
		r->limited = true;
		send_end(r, false, NULL);
		return;
	}
	r->sent += bytes.len;
	if (!readings_object_bytes(r, bytes))
		r->stopped = true;
}

/* --- the strict reading ----------------------------------------------------*/

static void
send_strict(struct readings *r, const struct mime_part *part)
{
	struct reading_object object = {.decoding = part->decoding};
	size_t len = strnlen(part->path, sizeof(object.part) - 1);

	memcpy(object.part, part->path, len);
	if (len == 0)
		object.part[0] = '0';
	send_begin(r, &object);
	send_bytes(r, span_of(r->contents.head, r->contents.kept));
}

void
readings_part_begins(struct readings *r, const struct mime_part *part)
{
	if (part->file)
		return;
	look_begin(r);
	r->sending = false;
}

/* What is short is not sent before its digest is known. */
void
readings_part_content(
    struct readings *r, const struct mime_part *part, struct span decoded)
{
	uint64_t before = r->contents.len;

	if (part->file)
		return;
	if (before <= CONTENTS_HEAD && before + decoded.len > CONTENTS_HEAD)
		send_strict(r, part);
	look_bytes(r, decoded);
	send_bytes(r, decoded);
}

void
readings_part_ends(struct readings *r, const struct mime_part *part)
{
	uint8_t digest[SHA256_BYTES];
	uint64_t len = r->contents.len;
	size_t at;
	bool keep;

	if (part->file || len == 0)
		return;
	sha256_end(&r->sha, digest);
	keep = !r->contents.blank && !find(&r->given, digest, &at);
	if (len <= CONTENTS_HEAD && keep)
		send_strict(r, part);
	send_end(r, keep, digest);
	r->contents.len = 0;
}

static void
read_strictly(struct readings *r)
{
	struct mime *m = mime_of(r);
	struct span piece;

	mime_begin(m, MIME_WANTS_CONTENT);
	while (may_go_on(r) && source_read(&r->source, 0, &piece))
		mime_bytes(m, piece);
	if (may_go_on(r))
		mime_end(m);
}

/* --- the other ones --------------------------------------------------------*/

/* A body of a segment, decoded in one way. */
struct reading_way {
	uint64_t begins, ends;
	enum decoding decoding;
	uint64_t fresh; /* 1 << i: of its files the one of that number is new */
	uint8_t digest[SHA256_BYTES]; /* of the last one */
};

static void
open_reading(struct readings *r, const struct reading_way *way, bool octets)
{
	unsigned int k = r->level;

	source_seek(&r->source, k, &r->at[k].cutting.here, way->begins);
	source_open(&r->source, k, way->ends, way->decoding, octets);
}

static bool
is_of_files(enum decoding decoding)
{
	return decoding == DECODING_UUENCODE ||
	       decoding == DECODING_UUENCODE_FIT || decoding == DECODING_YENC;
}

/* The object that was looked at has ended, the one of that number. */
static void
look_end(struct readings *r, struct reading_way *way, uint32_t file)
{
	struct contents *c = &r->contents;
	size_t at;

	sha256_end(&r->sha, way->digest);
	if (c->len == 0 || c->blank)
		return;
	if (way->decoding == DECODING_AS_IS && c->base64 &&
	    c->len > BASE64_MORE)
		return;
	if (find(&r->given, way->digest, &at))
		return;
	if (file >= FILES_MAX)
		r->limited = true;
	else
		way->fresh |= UINT64_C(1) << file;
}

static void
look_at(struct readings *r, struct reading_way *way)
{
	unsigned int above = r->level + 1;
	struct span bytes;
	uint32_t file = 0;

	open_reading(r, way, false);
	look_begin(r);
	way->fresh = 0;
	while (source_read(&r->source, above, &bytes)) {
		uint32_t now = source_file(&r->source, above);

		if (now != file && is_of_files(way->decoding)) {
			look_end(r, way, file);
			look_begin(r);
			file = now;
		}
		look_bytes(r, bytes);
	}
	if (!source_stuck(&r->source))
		look_end(r, way, file);
}

static void
name_object(const struct readings *r, const struct reading_way *way,
    struct reading_object *o)
{
	size_t len = 0;

	o->decoding = way->decoding;
	for (unsigned int k = 0; k <= r->level; k++) {
		uint64_t at =
		    k == r->level ? way->begins : r->at[k + 1].begins_in;
		int n = snprintf(&o->part[len], sizeof(o->part) - len, "%c%llu",
		    k == 0 ? '@' : '+', (unsigned long long)at);

		ensure(n > 0 && (size_t)n < sizeof(o->part) - len);
		len += (size_t)n;
	}
}

static void
give(struct readings *r, const struct reading_way *way)
{
	unsigned int above = r->level + 1;
	struct reading_object object = {.decoding = way->decoding};
	struct span bytes;
	uint32_t file = UINT32_MAX;
	uint8_t digest[SHA256_BYTES];
	size_t at;

	name_object(r, way, &object);
	open_reading(r, way, false);
	while (!r->stopped && source_read(&r->source, above, &bytes)) {
		uint32_t now = is_of_files(way->decoding)
				   ? source_file(&r->source, above)
				   : 0;

		if (now != file) {
			sha256_end(&r->sha, digest);
			send_end(r, !find(&r->given, digest, &at), digest);
			file = now;
			sha256_begin(&r->sha);
			if (now < FILES_MAX && (way->fresh >> now & 1) != 0)
				send_begin(r, &object);
		}
		sha256_bytes(&r->sha, bytes);
		send_bytes(r, bytes);
	}
	sha256_end(&r->sha, digest);
	send_end(r, !source_stuck(&r->source) && !find(&r->given, digest, &at),
	    digest);
}

/* What was looked at is cut as a message is. */
static void
go_inside(struct readings *r, const struct reading_way *way, bool octets)
{
	struct reading_level *above;

	open_reading(r, way, octets);
	r->level++;
	above = &r->at[r->level];
	above->begins_in = way->begins;
	above->busy = false;
	cutter_open(&r->cutter, &above->cutting, r->level);
}

/* Do programs look for something inside of the object that was looked at? */
static bool
is_worth_it(const struct readings *r, enum decoding decoding)
{
	const struct contents *c = &r->contents;

	if (decoding == DECODING_AS_IS)
		return contents_are_signed(c);
	return c->files || contents_have_fields(c) || contents_are_signed(c);
}

/* Each object only once. */
static void
look_inside(struct readings *r, const struct reading_way *way)
{
	const struct segment *s = &r->at[r->level].cutting.segment;
	bool worth = is_worth_it(r, way->decoding);
	size_t at;

	if (way->decoding != DECODING_AS_IS && (s->multipart || s->message))
		worth = worth || r->level < READINGS_DEPTH_MAX;
	if (!worth || !find(&r->given, way->digest, &at) || r->given.opened[at])
		return;
	r->given.opened[at] = true;
	if (r->level == READINGS_DEPTH_MAX)
		r->limited = true;
	else
		go_inside(r, way, contents_are_signed(&r->contents));
}

/* Decodings that give something else where the strict one found fault. */
static uint32_t
faulty_decodings(const struct anomalies *found, enum decoding decoding)
{
	static const enum anomaly base64[] = {ANOMALY_BASE64_BAD_CHAR,
	    ANOMALY_BASE64_PAD_INSIDE, ANOMALY_BASE64_PAD_ODD,
	    ANOMALY_BASE64_STRAY_SHIFT, ANOMALY_BASE64_TRAILING};
	static const enum anomaly qp[] = {
	    ANOMALY_QP_BAD_ESCAPE, ANOMALY_QP_SOFT_BREAK_SPACE};
	uint32_t more = 0;

	for (size_t i = 0; i < sizeof(base64) / sizeof(base64[0]); i++) {
		if (decoding == DECODING_BASE64 &&
		    anomalies_has(found, base64[i]))
			more = BASE64_MORE_DECODINGS;
	}
	for (size_t i = 0; i < sizeof(qp) / sizeof(qp[0]); i++) {
		if (decoding == DECODING_QUOTED_PRINTABLE &&
		    anomalies_has(found, qp[i]))
			more = QP_MORE_DECODINGS;
	}
	return more;
}

/* What else a body is to be read as, after one decoding was looked at. */
static uint32_t
more_decodings(const struct readings *r, const struct reading_way *way)
{
	const struct contents *c = &r->contents;

	if (way->decoding == DECODING_AS_IS && c->base64 && !c->blank &&
	    c->len >= BASE64_LESS)
		return BIT(DECODING_BASE64);
	return faulty_decodings(
	    &source_decoder(&r->source, r->level + 1)->found, way->decoding);
}

/* The next body and decoding of a segment; false: that was all. */
static bool
take_reading(
    struct segment *s, struct reading_way *way, struct segment_body **body)
{
	for (size_t i = 0; i < s->bodies; i++) {
		struct segment_body *b = &s->body[i];
		unsigned int d = 0;

		if (b->at >= s->ends)
			b->decodings = 0;
		if (b->decodings == 0)
			continue;
		while ((b->decodings & BIT(d)) == 0)
			d++;
		b->decodings &= ~BIT(d);
		way->begins = b->at;
		way->ends = s->ends;
		way->decoding = (enum decoding)d;
		*body = b;
		return true;
	}
	return false;
}

/* One decoding of one body, or the next segment; false: the level is done. */
static bool
step(struct readings *r)
{
	struct reading_level *l = &r->at[r->level];
	struct segment_body *body;
	struct reading_way way;

	if (l->busy && take_reading(&l->cutting.segment, &way, &body)) {
		look_at(r, &way);
		body->decodings |= more_decodings(r, &way);
		if (way.fresh != 0)
			give(r, &way);
		look_inside(r, &way);
		return true;
	}
	if (l->busy && cutter_longer(&r->cutter, &l->cutting, r->level))
		return true;
	l->busy = cutter_next(&r->cutter, &l->cutting, r->level);
	return l->busy;
}

static void
read_otherwise(struct readings *r)
{
	source_seek(&r->source, 0, &r->at[0].cutting.here, 0);
	r->level = 0;
	r->at[0].busy = false;
	cutter_begin(&r->cutter, &r->source);
	cutter_open(&r->cutter, &r->at[0].cutting, 0);
	while (may_go_on(r) && r->cutter.cuts <= READINGS_CUTS_MAX) {
		if (step(r))
			continue;
		if (r->level == 0)
			break;
		cutter_close(&r->cutter, &r->at[r->level].cutting);
		r->level--;
	}
	if (r->cutter.cuts > READINGS_CUTS_MAX || r->cutter.candidates.full)
		r->limited = true;
}

enum readings_end
readings_run(struct readings *r, uint64_t size)
{
	uint64_t times = size < UINT64_MAX / 256 ? size : UINT64_MAX / 256;

	r->limited = r->stopped = r->sending = false;
	r->given.count = 0;
	r->given.bytes = 0;
	r->given.bytes_max =
	    times * READINGS_BYTES_TIMES + READINGS_BYTES_SPARE;
	r->contents.len = 0;
	source_begin(&r->source, r, size, times * WORK_TIMES + WORK_MORE);
	read_strictly(r);
	if (may_go_on(r))
		read_otherwise(r);
	if (r->stopped || r->source.stopped)
		return READINGS_STOPPED;
	return r->limited || r->source.work == 0 ? READINGS_LIMIT
						 : READINGS_DONE;
}
