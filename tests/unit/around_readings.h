/* SPDX-License-Identifier: ISC */
/*
 * What surrounds the readings of a message in their tests: the message in
 * memory, which is fetched in pieces of any size, and the objects that come
 * out.  For test_readings.c and test_readings_bounds.c.
 */
#ifndef TESTS_UNIT_AROUND_READINGS_H
#define TESTS_UNIT_AROUND_READINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/sha256.h"
#include "parser/mime/readings.h"

#define OBJECTS_MAX 100

struct object {
	struct reading_object what;
	size_t begins, len; /* in bytes */
};

static struct {
	struct span message;
	uint64_t size; /* what the scanner says it is */
	size_t piece;
	uint64_t fetched;
	unsigned int fetches_left, calls_left; /* then they are refused */
	unsigned int dropped;
	size_t objects;
	struct object object[OBJECTS_MAX];
	size_t used;
	uint8_t bytes[1 << 23];
	bool open;
} seen;

static struct readings *running;

enum readings_piece
readings_fetch(struct readings *r, uint64_t at, struct span *piece)
{
	assert_ptr_equal(r, running);
	assert_true(at < seen.size);
	if (seen.fetches_left-- == 0)
		return READINGS_PIECE_NONE;
	if (at >= seen.message.len)
		return READINGS_PIECE_END;
	*piece = span_of(seen.message.ptr + at, seen.message.len - (size_t)at);
	if (piece->len > seen.piece)
		piece->len = seen.piece;
	seen.fetched += piece->len;
	return READINGS_PIECE;
}

bool
readings_object_begin(struct readings *r, const struct reading_object *what)
{
	struct object *o = &seen.object[seen.objects];

	assert_ptr_equal(r, running);
	assert_false(seen.open);
	assert_true(seen.objects < OBJECTS_MAX);
	assert_true(reading_object_fits(what));
	o->what = *what;
	o->begins = seen.used;
	seen.open = true;
	return seen.calls_left-- > 0;
}

bool
readings_object_bytes(struct readings *r, struct span decoded)
{
	assert_ptr_equal(r, running);
	assert_true(seen.open);
	assert_true(decoded.len > 0);
	assert_true(decoded.len <= sizeof(seen.bytes) - seen.used);
	memcpy(&seen.bytes[seen.used], decoded.ptr, decoded.len);
	seen.used += decoded.len;
	return seen.calls_left-- > 0;
}

bool
readings_object_end(struct readings *r, bool keep)
{
	struct object *o = &seen.object[seen.objects];

	assert_ptr_equal(r, running);
	assert_true(seen.open);
	seen.open = false;
	o->len = seen.used - o->begins;
	if (keep)
		seen.objects++;
	else
		seen.dropped++;
	return seen.calls_left-- > 0;
}

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	assert_true(readings_reads(running, m));
	readings_part_begins(running, part);
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	assert_true(readings_reads(running, m));
	readings_part_content(running, part, decoded);
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	assert_true(readings_reads(running, m));
	readings_part_ends(running, part);
}

static inline struct span
content_of(size_t i)
{
	return span_of(&seen.bytes[seen.object[i].begins], seen.object[i].len);
}

/* All objects are different, and none is empty. */
static inline void
expect_different(void)
{
	for (size_t i = 0; i < seen.objects; i++) {
		assert_true(content_of(i).len > 0);
		for (size_t j = 0; j < i; j++)
			assert_false(
			    content_of(i).len == content_of(j).len &&
			    memcmp(content_of(i).ptr, content_of(j).ptr,
				content_of(i).len) == 0);
	}
}

/* Reads a message that comes in pieces of that size; fetches and calls: how
 * many succeed. */
static inline enum readings_end
run(struct span message, size_t piece, unsigned int fetches, unsigned int calls)
{
	enum readings_end end;

	running = calloc(1, readings_size());
	assert_non_null(running);
	seen.message = message;
	seen.size = message.len;
	seen.piece = piece;
	seen.fetched = 0;
	seen.fetches_left = fetches;
	seen.calls_left = calls;
	seen.dropped = 0;
	seen.objects = seen.used = 0;
	seen.open = false;
	end = readings_run(running, seen.size);
	free(running);
	running = NULL;
	if (end != READINGS_STOPPED) {
		assert_false(seen.open);
		expect_different();
	}
	return end;
}

static inline enum readings_end
read_text(const char *text)
{
	return run(span_text(text), 65536, UINT32_MAX, UINT32_MAX);
}

/* Is there an object that begins with that? */
static inline bool
has_object(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < seen.objects; i++) {
		if (content_of(i).len >= len &&
		    memcmp(content_of(i).ptr, text, len) == 0)
			return true;
	}
	return false;
}

#endif
