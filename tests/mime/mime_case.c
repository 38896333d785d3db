/* SPDX-License-Identifier: ISC */
/*
 * mime-case: what the MIME reader says about a message that it gets in pieces,
 * as `pratique mime --json` does.
 *
 *	mime-case file|mta|read CUTS <MESSAGE
 *
 * file: as the bytes of a file; mta: as an MTA does, fields first; read: only
 * read it, for counting instructions, and say what the end is.  CUTS: "whole",
 * "bytes", "random:SEED", or numbers with commas between them: where a piece
 * ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/description.h"
#include "parser/mime/header.h"

#define MESSAGE_MAX ((size_t)64 << 20)
#define PIECE_MAX   200 /* of random ones */

struct cuts {
	const char *list; /* numbers that are left; NULL: none */
	bool bytes;
	bool random;
	uint64_t state;
	size_t at; /* of what has been given */
};

static void
die(const char *what)
{
	fprintf(stderr, "mime-case: %s\n", what);
	exit(2);
}

static struct cuts
cuts_of(const char *text)
{
	struct cuts c = {0};

	if (strcmp(text, "bytes") == 0)
		c.bytes = true;
	else if (strncmp(text, "random:", 7) == 0) {
		c.random = true;
		c.state = strtoull(text + 7, NULL, 10) * 2 + 1;
	} else if (strcmp(text, "whole") != 0)
		c.list = text;
	return c;
}

/* How long the next piece of so many bytes is. */
static size_t
cuts_next(struct cuts *c, size_t left)
{
	char *end;
	size_t n = left;

	if (c->bytes)
		n = 1;
	else if (c->random) {
		c->state =
		    c->state * 6364136223846793005U + 1442695040888963407U;
		n = 1 + (size_t)(c->state >> 33) % PIECE_MAX;
	}
	while (c->list != NULL && *c->list != '\0') {
		size_t cut = (size_t)strtoull(c->list, &end, 10);

		if (end == c->list)
			die("not a number");
		if (cut > c->at) {
			n = cut - c->at;
			break;
		}
		c->list = *end == ',' ? end + 1 : end;
	}
	if (n > left)
		n = left;
	c->at += n;
	return n;
}

/* Each piece stands alone in memory, so that a sanitizer sees reads beyond. */
static void
give(struct mime *m, struct span s, struct cuts *cuts,
    void (*take)(struct mime *, struct span))
{
	struct cursor c = cursor_of(s);
	struct span piece;

	while (
	    cursor_take(&c, cuts_next(cuts, c.left), &piece) && piece.len > 0) {
		uint8_t *copy = malloc(piece.len);

		if (copy == NULL)
			die("no memory");
		memcpy(copy, piece.ptr, piece.len);
		take(m, span_of(copy, piece.len));
		free(copy);
	}
}

/* The length of the header with its empty line. */
static size_t
header_len(struct span message)
{
	struct cursor c = cursor_of(message);
	const uint8_t *lf;
	struct span line = {0};

	while (c.left > 0 && (lf = memchr(c.at, '\n', c.left)) != NULL) {
		(void)cursor_take(&c, (size_t)(lf - c.at) + 1, &line);
		if (line.len == 1 || (line.len == 2 && line.ptr[0] == '\r'))
			break;
	}
	return message.len - c.left;
}

/* A value as a milter gets it: each fold is an LF. */
static struct span
milter_value(struct span value)
{
	uint8_t *out = malloc(value.len + 1);
	size_t len = 0;

	if (out == NULL)
		die("no memory");
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] == '\r' && i + 1 < value.len &&
		    value.ptr[i + 1] == '\n')
			continue;
		out[len++] = value.ptr[i];
	}
	return span_of(out, len);
}

static void
give_mta(struct mime *m, struct span message, struct cuts *cuts)
{
	struct cursor c = cursor_of(message), head;
	struct anomalies ignored = {0};
	struct header_field field;
	enum header_item item;
	struct span block = {0};

	(void)cursor_take(&c, header_len(message), &block);
	while (block.len > 0 && (block.ptr[block.len - 1] == '\n' ||
				    block.ptr[block.len - 1] == '\r'))
		block.len--;
	head = cursor_of(block);
	while ((item = header_next(&head, &field, &ignored)) != HEADER_END) {
		struct span value = milter_value(field.value);

		if (item == HEADER_FIELD)
			mime_field(m, field.name, value);
		free((void *)(uintptr_t)value.ptr);
	}
	cuts->at = message.len - c.left;
	give(m, cursor_rest(&c), cuts, mime_body);
}

static struct span
read_message(void)
{
	uint8_t *text = malloc(MESSAGE_MAX);
	size_t len;

	if (text == NULL)
		die("no memory");
	len = fread(text, 1, MESSAGE_MAX, stdin);
	if (ferror(stdin) || len == MESSAGE_MAX)
		die("cannot read the message");
	return span_of(text, len);
}

int
main(int argc, char **argv)
{
	const struct description *d;
	struct span message;
	struct cuts cuts;
	struct mime *m;

	if (argc != 3)
		die("usage: mime-case file|mta|read CUTS <MESSAGE");
	cuts = cuts_of(argv[2]);
	message = read_message();
	if (!description_setup())
		die("no memory");
	m = description_begin();
	if (strcmp(argv[1], "mta") == 0)
		give_mta(m, message, &cuts);
	else
		give(m, message, &cuts, mime_bytes);
	d = description_end(message);
	if (strcmp(argv[1], "read") == 0)
		printf("%s %s\n", d->ambiguous ? "ambiguous" : "unambiguous",
		    d->limited ? "limited" : "whole");
	else
		description_json(d, "", stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
