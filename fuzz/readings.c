/* SPDX-License-Identifier: ISC */
/*
 * The readings of an ambiguous message, parser/mime/readings.h: no more than
 * its bounds allow, no object twice and none without content, in order; what
 * was taken from the message as it is stands there; all that the strict reader
 * finds is among it.  With pieces of another size, and in memory that another
 * message has used, the objects are the same.
 *
 * Input: length of the pieces, then the message as it is stored.
 */
#include "parser/mime/readings.h"

#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "lib/sha256.h"

#define MESSAGE_MAX 8192
#define LEAVES_MAX  MIME_PARTS_MAX

/* Bytes that are fetched: so many times the message, and so many more. */
#define FETCHED_TIMES 64
#define FETCHED_MORE  (UINT64_C(1) << 22)

struct object {
	struct reading_object what;
	uint64_t size;
	uint8_t digest[SHA256_BYTES];
};

/* What came of a message. */
struct told {
	enum readings_end end;
	size_t count;
	struct object object[READINGS_OBJECTS_MAX];
	uint64_t bytes;	  /* of all that are kept */
	uint64_t fetched; /* of the message */
};

/* What the strict reader finds alone. */
struct leaf {
	bool blank; /* white space and nothing else */
	struct sha256 sha;
	uint8_t digest[SHA256_BYTES];
};

static struct readings *running; /* NULL: the strict reader is, alone */
static struct told *now;
static struct span message;
static size_t step;

/* The object that is open. */
static bool is_open;
static struct object open_one;
static struct sha256 open_sha;
static bool in_place; /* so far it is what stands in the message */
static uint64_t place;

static size_t leaves;
static struct leaf leaf[LEAVES_MAX];

/* --- what readings and reader are linked with ----------------------------- */

enum readings_piece
readings_fetch(struct readings *r, uint64_t at, struct span *piece)
{
	static uint8_t *last;
	struct span found;

	NEED(r == running && at < message.len);
	found = span_of(message.ptr + at, message.len - (size_t)at);
	if (found.len > step)
		found.len = step;
	/* What was fetched before is no longer there. */
	free(last);
	found = fuzz_copy(found);
	last = (uint8_t *)(uintptr_t)found.ptr;
	now->fetched += found.len;
	*piece = found;
	return READINGS_PIECE;
}

/* Objects that are not decoded, outside of others, stand in the message; those
 * of the strict reader are called after their parts. */
static bool
has_place(const struct reading_object *o)
{
	return o->part[0] == '@' && strchr(o->part, '+') == NULL &&
	       o->decoding == DECODING_AS_IS;
}

bool
readings_object_begin(struct readings *r, const struct reading_object *what)
{
	NEED(r == running && !is_open && reading_object_fits(what));
	is_open = true;
	memset(&open_one, 0, sizeof(open_one));
	open_one.what.decoding = what->decoding;
	memcpy(open_one.what.part, what->part, strlen(what->part));
	sha256_begin(&open_sha);
	in_place = has_place(what);
	if (in_place)
		place = strtoull(what->part + 1, NULL, 10);
	return true;
}

bool
readings_object_bytes(struct readings *r, struct span decoded)
{
	NEED(r == running && is_open && decoded.len > 0);
	sha256_bytes(&open_sha, decoded);
	open_one.size += decoded.len;
	if (in_place) {
		NEED(
		    place <= message.len && decoded.len <= message.len - place);
		NEED(fuzz_same(
		    span_of(message.ptr + place, decoded.len), decoded));
		place += decoded.len;
	}
	return true;
}

static const struct object *
find(const struct told *t, const uint8_t *digest)
{
	for (size_t i = 0; i < t->count; i++) {
		if (memcmp(t->object[i].digest, digest, SHA256_BYTES) == 0)
			return &t->object[i];
	}
	return NULL;
}

bool
readings_object_end(struct readings *r, bool keep)
{
	NEED(r == running && is_open);
	is_open = false;
	sha256_end(&open_sha, open_one.digest);
	if (!keep)
		return true;
	NEED(open_one.size > 0);
	NEED(now->count < READINGS_OBJECTS_MAX);
	NEED(find(now, open_one.digest) == NULL);
	now->object[now->count++] = open_one;
	now->bytes += open_one.size;
	return true;
}

/* Files in texts are the other readings'. */
static bool
is_leaf(const struct mime_part *part)
{
	return !part->file && part->entity != NULL;
}

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	if (running != NULL) {
		NEED(readings_reads(running, m));
		readings_part_begins(running, part);
	} else if (!part->file) {
		NEED(leaves < LEAVES_MAX);
		leaf[leaves].blank = true;
		sha256_begin(&leaf[leaves].sha);
	}
}

static bool
is_blank(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != ' ' && (s.ptr[i] < '\t' || s.ptr[i] > '\r'))
			return false;
	}
	return true;
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	if (running != NULL) {
		NEED(readings_reads(running, m));
		readings_part_content(running, part, decoded);
	} else if (is_leaf(part)) {
		leaf[leaves].blank = leaf[leaves].blank && is_blank(decoded);
		sha256_bytes(&leaf[leaves].sha, decoded);
	}
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	if (running != NULL) {
		NEED(readings_reads(running, m));
		readings_part_ends(running, part);
	} else if (is_leaf(part)) {
		sha256_end(&leaf[leaves].sha, leaf[leaves].digest);
		leaves++;
	}
}

/* -------------------------------------------------------------------------- */

static void
read_it(struct readings *r, size_t piece, struct told *t)
{
	memset(t, 0, sizeof(*t));
	now = t;
	step = piece;
	is_open = false;
	running = r;
	t->end = readings_run(r, message.len);
	running = NULL;
	NEED(t->end != READINGS_STOPPED && !is_open);
	NEED(t->bytes <=
	     READINGS_BYTES_TIMES * message.len + READINGS_BYTES_SPARE);
	NEED(t->fetched <= FETCHED_TIMES * message.len + FETCHED_MORE);
}

static void
expect_same(const struct told *a, const struct told *b)
{
	NEED(a->end == b->end && a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		NEED(memcmp(&a->object[i], &b->object[i],
			 sizeof(a->object[i])) == 0);
}

static void
expect_leaves(struct mime *m, const struct told *t)
{
	leaves = 0;
	mime_begin(m, MIME_WANTS_CONTENT);
	mime_bytes(m, message);
	mime_end(m);
	if (t->end != READINGS_DONE)
		return;
	for (size_t i = 0; i < leaves; i++)
		NEED(leaf[i].blank || find(t, leaf[i].digest) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct readings *used;
	static struct mime *strict;
	static struct told whole, pieces;
	struct cursor c = cursor_of(span_of(data, size));
	size_t piece = (size_t)fuzz_u8(&c) + 1;
	struct readings *fresh;

	message = cursor_rest(&c);
	if (message.len > MESSAGE_MAX)
		return 0;
	if (used == NULL) {
		used = calloc(1, readings_size());
		strict = calloc(1, mime_size());
	}
	fresh = calloc(1, readings_size());
	NEED(used != NULL && strict != NULL && fresh != NULL);
	read_it(fresh, MESSAGE_MAX, &whole);
	free(fresh);
	read_it(used, piece, &pieces);
	expect_same(&whole, &pieces);
	expect_leaves(strict, &whole);
	return 0;
}
