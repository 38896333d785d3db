/* SPDX-License-Identifier: ISC */
/*
 * shape-case: what the MIME reader and the readings make of messages, with the
 * beginning of each content, for 50-shapes.t.
 *
 *	shape-case [-n BYTES] FILE...
 *
 * -n: pieces of so many bytes.  A line of JSON for each file.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/mime/readings.h"

#define MESSAGE_MAX ((size_t)16 << 20)
#define HEAD_MAX    68 /* of a content are shown */

struct head {
	size_t len;
	uint8_t byte[HEAD_MAX];
};

static struct mime *mime;
static struct readings *readings;
static struct span message;
static size_t piece_max = SIZE_MAX;

static struct head leaf, file; /* a file stands in an open leaf */
static struct head object;
static uint64_t object_size;
static struct sha256 sha256;
static struct reading_object object_what;
static const char *comma;

static void
die(const char *what)
{
	fprintf(stderr, "shape-case: %s\n", what);
	exit(2);
}

static void
head_add(struct head *h, struct span s)
{
	size_t n = HEAD_MAX - h->len < s.len ? HEAD_MAX - h->len : s.len;

	if (n > 0)
		memcpy(h->byte + h->len, s.ptr, n);
	h->len += n;
}

static void
put_bytes(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%02x", bytes[i]);
}

static void
put_hex(const char *key, const uint8_t *bytes, size_t n)
{
	printf(",\"%s\":\"", key);
	put_bytes(bytes, n);
	putchar('"');
}

static void
put_names(const struct mime_part *part)
{
	fputs(",\"names\":[\"\"", stdout);
	for (uint32_t i = 0; part->entity != NULL && i < part->entity->names;
	     i++) {
		fputs(",\"", stdout);
		put_bytes(part->entity->name[i].ptr, part->entity->name[i].len);
		putchar('"');
	}
	putchar(']');
}

static void
put_found(const struct anomalies *found)
{
	const char *between = "";

	fputs(",\"found\":[", stdout);
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++) {
		if (!anomalies_has(found, a))
			continue;
		printf("%s\"%s\"", between, anomaly_name(a));
		between = ",";
	}
	putchar(']');
}

/* --- the strict reading ---------------------------------------------------- */

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	if (readings_reads(readings, m)) {
		readings_part_begins(readings, part);
		return;
	}
	if (part->file)
		file = (struct head){0};
	else
		leaf = (struct head){0};
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	if (readings_reads(readings, m))
		readings_part_content(readings, part, decoded);
	else
		head_add(part->file ? &file : &leaf, decoded);
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	const struct head *h = part->file ? &file : &leaf;

	if (readings_reads(readings, m)) {
		readings_part_ends(readings, part);
		return;
	}
	printf("%s{\"path\":\"%s\",\"file\":%s,\"leaf\":%s,\"size\":%" PRIu64,
	    comma, part->path, part->file ? "true" : "false",
	    part->entity != NULL ? "true" : "false", part->size);
	put_hex("sha256", part->digest, SHA256_BYTES);
	put_hex("head", h->byte, h->len);
	put_names(part);
	put_found(&part->found);
	putchar('}');
	comma = ",";
}

/* --- the readings ---------------------------------------------------------- */

enum readings_piece
readings_fetch(struct readings *r, uint64_t at, struct span *piece)
{
	size_t left;

	(void)r;
	if (at >= message.len)
		return READINGS_PIECE_END;
	left = message.len - (size_t)at;
	*piece = span_of(message.ptr + at, left < piece_max ? left : piece_max);
	return READINGS_PIECE;
}

bool
readings_object_begin(struct readings *r, const struct reading_object *what)
{
	(void)r;
	object = (struct head){0};
	object_size = 0;
	object_what = *what;
	sha256_begin(&sha256);
	return true;
}

bool
readings_object_bytes(struct readings *r, struct span decoded)
{
	(void)r;
	head_add(&object, decoded);
	object_size += decoded.len;
	sha256_bytes(&sha256, decoded);
	return true;
}

bool
readings_object_end(struct readings *r, bool keep)
{
	uint8_t digest[SHA256_BYTES];

	(void)r;
	sha256_end(&sha256, digest);
	if (!keep)
		return true;
	printf("%s{\"part\":\"%s\",\"decoding\":\"%s\",\"size\":%" PRIu64,
	    comma, object_what.part, decoding_name(object_what.decoding),
	    object_size);
	put_hex("sha256", digest, sizeof(digest));
	put_hex("head", object.byte, object.len);
	putchar('}');
	comma = ",";
	return true;
}

/* --- one message ------------------------------------------------------------- */

static void
give(struct mime *m)
{
	struct cursor c = cursor_of(message);
	struct span piece;

	while (c.left > 0 &&
	       cursor_take(&c, c.left < piece_max ? c.left : piece_max, &piece))
		mime_bytes(m, piece);
}

static void
show(void)
{
	static const char *const ends[] = {
	    [READINGS_DONE] = "done",
	    [READINGS_LIMIT] = "limit",
	    [READINGS_STOPPED] = "stopped",
	};
	const char *end = "none";

	comma = "";
	fputs("{\"parts\":[", stdout);
	mime_begin(mime, MIME_WANTS_DIGESTS | MIME_WANTS_CONTENT);
	give(mime);
	mime_end(mime);
	fputs("],\"objects\":[", stdout);
	comma = "";
	if (mime_is_ambiguous(mime))
		end = ends[readings_run(readings, message.len)];
	printf("],\"end\":\"%s\",\"limited\":%s", end,
	    mime_is_limited(mime) ? "true" : "false");
	put_found(mime_found(mime));
	puts("}");
}

static void
load(const char *name, uint8_t *into)
{
	FILE *in = fopen(name, "rb");
	size_t len;

	if (in == NULL)
		die(name);
	len = fread(into, 1, MESSAGE_MAX, in);
	if (ferror(in) || len == MESSAGE_MAX)
		die("cannot read a message");
	fclose(in);
	message = span_of(into, len);
}

int
main(int argc, char **argv)
{
	uint8_t *text = malloc(MESSAGE_MAX);
	int at = 1;

	mime = calloc(1, mime_size());
	readings = calloc(1, readings_size());
	if (text == NULL || mime == NULL || readings == NULL)
		die("no memory");
	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		piece_max = (size_t)strtoul(argv[2], NULL, 10);
		at = 3;
	}
	if (at >= argc || piece_max == 0)
		die("usage: shape-case [-n BYTES] FILE...");
	for (; at < argc; at++) {
		load(argv[at], text);
		show();
	}
	free(text);
	free(mime);
	free(readings);
	return 0;
}
