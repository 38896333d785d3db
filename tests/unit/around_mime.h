/* SPDX-License-Identifier: ISC */
/*
 * Around tests of the MIME reader: a message is fed whole, byte by byte, cut at
 * every place and as the MTA gives it, and what the reader tells is one line of
 * text, which is the same each time:
 *
 *   multipart/mixed{ 1 text/plain{6} 2 text/plain{4 body-nul} +} = body-nul
 *
 * A part's path, its type and in braces what is in it, its size ("+" of what
 * has parts) and what was found; of a file its name, with a "!" before it; at
 * the end what was found in all, and AMBIGUOUS or LIMITED.  Included by one
 * program each.
 */
#ifndef TESTS_UNIT_AROUND_MIME_H
#define TESTS_UNIT_AROUND_MIME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/mime/header.h"
#include "parser/mime/mime.h"

/* In a message of these tests: a line end that is no CRLF. */
#define LONE "\x1e"

/* Cut in two at every place, up to that size. */
#define CUT_MAX 1500

#define EVERYTHING (MIME_WANTS_KINDS | MIME_WANTS_DIGESTS | MIME_WANTS_CONTENT)

struct told {
	size_t len;
	char text[1 << 18];
	struct sha256 content[2]; /* of leaf and file */
	uint64_t size[2];
	uint32_t open;
	char path[MIME_PATH_MAX]; /* of the last leaf or file that holds */
	uint64_t path_size;	  /* what wanted is the digest of */
	uint8_t wanted[SHA256_BYTES];
	char digest[2 * SHA256_BYTES + 1]; /* of the last leaf or file */
	struct anomalies found;
	bool ambiguous, limited;
};

static struct told told;
static unsigned int wants = EVERYTHING;

static __attribute__((format(printf, 1, 2))) void
tell(const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(
	    told.text + told.len, sizeof(told.text) - told.len, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < sizeof(told.text) - told.len);
	told.len += (size_t)n;
}

static void
tell_found(const struct anomalies *found)
{
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(found, a))
			tell(" %s", anomaly_name(a));
	}
}

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	struct span name = part->file ? part->file_name : part->entity->type;

	assert_int_equal(part->number, mime_parts(m));
	assert_int_equal(part->size, 0);
	tell("%s%s%s%s%.*s{", told.len > 0 ? " " : "", part->path,
	    part->path[0] != '\0' ? " " : "", part->file ? "!" : "",
	    (int)name.len, (const char *)name.ptr);
	told.open++;
	sha256_begin(&told.content[part->file]);
	told.size[part->file] = 0;
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	(void)m;
	assert_true((wants & MIME_WANTS_CONTENT) != 0);
	assert_true(decoded.len > 0);
	sha256_bytes(&told.content[part->file], decoded);
	told.size[part->file] += decoded.len;
}

static void
see_content(const struct mime_part *part)
{
	uint8_t digest[SHA256_BYTES];

	sha256_end(&told.content[part->file], digest);
	assert_memory_equal(part->digest, digest, sizeof(digest));
	assert_int_equal(part->size, told.size[part->file]);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(told.digest + 2 * i, 3, "%02x", digest[i]);
	if (!part->file && memcmp(digest, told.wanted, sizeof(digest)) == 0)
		(void)snprintf(told.path, sizeof(told.path), "%s", part->path);
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	(void)m;
	assert_true(told.open > 0);
	told.open--;
	if (part->entity != NULL && wants == EVERYTHING)
		see_content(part);
	if (part->entity == NULL)
		tell(" +");
	else
		tell("%llu", (unsigned long long)part->size);
	tell_found(&part->found);
	tell("}");
}

/* --- feeding -------------------------------------------------------------- */

struct message {
	size_t len;
	uint8_t bytes[4 << 20];
};

static struct message message;

static void
put_bytes(const void *bytes, size_t len)
{
	assert_true(len <= sizeof(message.bytes) - message.len);
	memcpy(message.bytes + message.len, bytes, len);
	message.len += len;
}

/* With "\n" as CRLF and LONE as LF. */
static void
put_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			put_bytes("\r\n", 2);
		else
			put_bytes(text[i] == LONE[0] ? "\n" : text + i, 1);
	}
}

static inline void
put(const char *text)
{
	put_text(text, strlen(text));
}

static struct mime *
begin(void)
{
	static struct mime *memory;
	uint8_t wanted[SHA256_BYTES];

	if (memory == NULL)
		memory = calloc(1, mime_size());
	assert_non_null(memory);
	memcpy(wanted, told.wanted, sizeof(wanted));
	told.len = 0;
	told.text[0] = told.path[0] = told.digest[0] = '\0';
	told.open = 0;
	memcpy(told.wanted, wanted, sizeof(wanted));
	mime_begin(memory, wants);
	return memory;
}

/* Everything that is known goes into the text. */
static void
end(struct mime *m)
{
	mime_end(m);
	assert_int_equal(told.open, 0);
	told.found = *mime_found(m);
	told.ambiguous = mime_is_ambiguous(m);
	told.limited = mime_is_limited(m);
	tell(" =");
	tell_found(&told.found);
	tell("%s%s", told.ambiguous ? " AMBIGUOUS" : "",
	    told.limited ? " LIMITED" : "");
}

/* Pieces are copies, so that a sanitizer sees their ends. */
static void
feed_copy(
    struct mime *m, struct span piece, void (*take)(struct mime *, struct span))
{
	uint8_t *copy = malloc(piece.len + 1);

	assert_non_null(copy);
	memcpy(copy, piece.ptr, piece.len);
	take(m, span_of(copy, piece.len));
	free(copy);
}

static void
feed_steps(size_t first, size_t step)
{
	struct mime *m = begin();
	size_t at = 0, n = first;

	while (at < message.len) {
		if (n > message.len - at)
			n = message.len - at;
		feed_copy(m, span_of(message.bytes + at, n), mime_bytes);
		at += n;
		n = step;
	}
	end(m);
}

/* As an MTA gives it: fields, then body. */
static inline void
feed_fields(size_t step)
{
	struct cursor block = cursor_of(span_of(message.bytes, message.len));
	const uint8_t *blank =
	    memmem(message.bytes, message.len, "\r\n\r\n", 4);
	struct mime *m = begin();
	struct anomalies found = {0};
	struct header_field field;
	struct span piece;
	uint8_t value[8192];

	assert_non_null(blank);
	block.left = (size_t)(blank - message.bytes) + 2;
	while (header_next(&block, &field, &found) == HEADER_FIELD) {
		size_t n = 0;

		for (size_t i = 0; i < field.value.len; i++) {
			if (field.value.ptr[i] != '\r')
				value[n++] = field.value.ptr[i];
		}
		mime_field(m, field.name, span_of(value, n));
	}
	block = cursor_of(span_of(
	    blank + 4, (size_t)(message.bytes + message.len - blank) - 4));
	while (block.left > 0) {
		assert_true(cursor_take(
		    &block, step < block.left ? step : block.left, &piece));
		feed_copy(m, piece, mime_body);
	}
	end(m);
}

/* The message as it stands is told in one and the same way. */
static const char *
read_message(void)
{
	static char first[sizeof(told.text)];

	feed_steps(message.len, 1);
	memcpy(first, told.text, told.len + 1);
	feed_steps(1, 1);
	assert_string_equal(told.text, first);
	for (size_t at = 1; at < message.len && message.len <= CUT_MAX; at++) {
		feed_steps(at, message.len);
		assert_string_equal(told.text, first);
	}
	for (size_t step = 2; step < 100; step += 13) {
		feed_steps(step, step);
		assert_string_equal(told.text, first);
	}
	return first;
}

static inline const char *
read_text(const char *text, size_t len)
{
	message.len = 0;
	put_text(text, len);
	return read_message();
}

struct row {
	const char *message;
	const char *told;
};

static inline void
check_rows(const struct row *rows, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *text = rows[i].message;
		const char *is = read_text(text, strlen(text));

		if (strcmp(is, rows[i].told) != 0) {
			print_error("\"%s\" != \"%s\"\n", is, rows[i].told);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof(rows[0]))

#endif
