/* SPDX-License-Identifier: ISC */
/*
 * Runs a decoder over bytes in pieces, with as little room as it may be given,
 * and compares what comes out, files and findings included, with a case; then
 * again byte by byte and cut at every place.
 */
#ifndef TESTS_UNIT_AROUND_DECODE_H
#define TESTS_UNIT_AROUND_DECODE_H

#include "parser/mime/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Adjacent literals keep an escape from swallowing what follows. */
#define BYTES(text)                                       \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}

struct decode_case {
	enum decoding decoding;
	struct span in, out;
	/* Names of anomalies, each behind a space, in their order. */
	const char *found;
};

#define DECODE_OUT_MAX 8192

struct decoded {
	size_t len;
	uint8_t bytes[DECODE_OUT_MAX];
	/* Of each file "name:bytes before it;", and " open" at the end. */
	size_t files_len;
	char files[512];
};

static inline void
decoded_files(struct decoder *d, struct decoded *out, uint32_t *known)
{
	if (d->files == *known)
		return;
	assert_int_equal(d->files, *known + 1);
	*known = d->files;
	assert_true(d->file_open || d->decoding == DECODING_UUENCODE);
	out->files_len += (size_t)snprintf(out->files + out->files_len,
	    sizeof(out->files) - out->files_len, "%.*s:%zu;", (int)d->name_len,
	    (const char *)d->name, out->len);
}

/* Pieces of so many bytes; the first one may be shorter. */
static inline void
decode_pieces(struct decoder *d, struct span in, size_t first, size_t piece,
    struct decoded *out)
{
	struct cursor c = cursor_of(in);
	uint32_t known = 0;
	uint8_t buffer[DECODER_TAIL_MAX];
	size_t n, len = first;

	out->len = out->files_len = 0;
	out->files[0] = '\0';
	for (; !cursor_empty(&c); len = piece) {
		struct cursor part;
		struct span s;

		assert_true(cursor_take(&c, len < c.left ? len : c.left, &s));
		part = cursor_of(s);
		while (!cursor_empty(&part)) {
			n = decoder_bytes(d, &part, buffer, sizeof(buffer));
			assert_true(n <= sizeof(buffer));
			assert_true(out->len + n <= DECODE_OUT_MAX);
			memcpy(out->bytes + out->len, buffer, n);
			out->len += n;
			decoded_files(d, out, &known);
		}
	}
	n = decoder_end(d, buffer);
	assert_true(n <= DECODER_TAIL_MAX);
	decoded_files(d, out, &known);
	memcpy(out->bytes + out->len, buffer, n);
	out->len += n;
	if (d->file_open)
		strcat(out->files, " open");
}

static inline void
decode_expect(
    const struct decode_case *c, const char *files, size_t first, size_t piece)
{
	static struct decoded out;
	struct decoder d;
	char found[512] = "";

	decoder_begin(&d, c->decoding);
	decode_pieces(&d, c->in, first, piece, &out);
	for (unsigned int a = 0; a < ANOMALY_COUNT; a++) {
		if (anomalies_has(&d.found, (enum anomaly)a)) {
			strcat(found, " ");
			strcat(found, anomaly_name((enum anomaly)a));
		}
	}
	if (out.len != c->out.len ||
	    memcmp(out.bytes, c->out.ptr, out.len) != 0 ||
	    strcmp(found, c->found) != 0 || strcmp(out.files, files) != 0) {
		print_error("%s of \"%.*s\", cut at %zu and each %zu: \"%.*s\""
			    " (%zu)%s, %s\n",
		    decoding_name(c->decoding), (int)c->in.len,
		    (const char *)c->in.ptr, first, piece, (int)out.len,
		    (const char *)out.bytes, out.len, found, out.files);
	}
	assert_int_equal(out.len, c->out.len);
	assert_memory_equal(out.bytes, c->out.ptr, out.len);
	assert_string_equal(found, c->found);
	assert_string_equal(out.files, files);
}

static inline void
decode_check(const struct decode_case *c, const char *files)
{
	decode_expect(c, files, c->in.len, 1);
	for (size_t piece = 1; piece <= 7; piece++)
		decode_expect(c, files, piece, piece);
	for (size_t first = 1; first < c->in.len; first++)
		decode_expect(c, files, first, c->in.len);
}

#endif
