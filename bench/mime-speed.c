/* SPDX-License-Identifier: ISC */
/*
 * How fast the MIME reader is, with memcpy as the yardstick beside it.
 *
 *	mime-speed [-r ROUNDS]		all of it, in turns; the best of each
 *	mime-speed -n READING MESSAGE MB	one pass, for counting instructions
 *
 * The messages, in pieces as an MTA sends them: a large attachment in base64
 * with lines of 76 characters, and a text in UTF-8.  What is read: only the
 * structure; with kinds; with digests.  A line for each: MB/s of the message,
 * and that divided by memcpy's of the same bytes in the same run.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "parser/mime/decode.h"
#include "parser/mime/mime.h"

#define PIECE	 65535 /* of a body: what Postfix and Sendmail send at once */
#define BASE64	 34000000
#define TEXT	 33000000
#define OUT_SIZE 16384

struct message {
	const char *name, *header;
	enum decoding decoding;
	size_t len, room;
	uint8_t *body, *copy;
};

static struct message messages[] = {
    {.name = "base64",
	.header = " multipart/mixed; boundary=b",
	.decoding = DECODING_BASE64,
	.len = BASE64},
    {.name = "text",
	.header = " text/plain; charset=utf-8",
	.decoding = DECODING_AS_IS,
	.len = TEXT},
};

static struct mime *reader;
static uint64_t parts;

void
mime_part_begins(struct mime *m, const struct mime_part *part)
{
	(void)m;
	(void)part;
}

void
mime_part_content(
    struct mime *m, const struct mime_part *part, struct span decoded)
{
	(void)m;
	(void)part;
	(void)decoded;
}

void
mime_part_ends(struct mime *m, const struct mime_part *part)
{
	(void)m;
	(void)part;
	parts++;
}

/* --- messages -------------------------------------------------------------- */

static void
put(struct message *m, const char *text, size_t len)
{
	if (len > m->room - m->len)
		len = m->room - m->len;
	memcpy(m->body + m->len, text, len);
	m->len += len;
}

static uint32_t
random_bits(void)
{
	static uint32_t x = 2463534242;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

static void
put_base64(struct message *m)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl"
				       "mnopqrstuvwxyz0123456789+/";
	static const char begin[] =
	    "--b\r\nContent-Type: application/octet-stream\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n";
	char line[78];

	put(m, begin, strlen(begin));
	while (m->len + sizeof(line) + 8 < m->room) {
		for (size_t i = 0; i < 76; i++)
			line[i] = alphabet[random_bits() & 63];
		memcpy(line + 76, "\r\n", 2);
		put(m, line, sizeof(line));
	}
	put(m, "--b--\r\n", 7);
}

static void
put_text(struct message *m)
{
	static const char *const words[] = {"gr\xc3\xbc\xc3\x9f", "the",
	    "message", "\xd0\xbf\xd0\xb8\xd1\x81\xd1\x8c\xd0\xbc\xd0\xbe", "of",
	    "and", "caf\xc3\xa9", "content"};
	size_t column = 0;

	while (m->len < m->room) {
		const char *word = words[random_bits() % 8];
		size_t len = strlen(word);

		put(m, word, len);
		column += len + 1;
		put(m, column > 64 ? "\r\n" : " ", column > 64 ? 2 : 1);
		if (column > 64)
			column = 0;
	}
}

static void
message_make(struct message *m, size_t size)
{
	m->room = size;
	m->len = 0;
	m->body = malloc(size);
	m->copy = calloc(1, size);
	if (m->body == NULL || m->copy == NULL)
		err(1, "memory");
	if (m->decoding == DECODING_BASE64)
		put_base64(m);
	else
		put_text(m);
}

/* --- what is measured ------------------------------------------------------ */

static void
run_memcpy(struct message *m)
{
	memcpy(m->copy, m->body, m->len);
}

static void
run_decoder(struct message *m)
{
	static uint8_t out[OUT_SIZE];
	struct cursor in = cursor_of(span_of(m->body, m->len));
	struct decoder d;

	/* Behind the part's header. */
	if (m->decoding == DECODING_BASE64) {
		const uint8_t *data = memmem(in.at, in.left, "\r\n\r\n", 4);

		in.left -= (size_t)(data - in.at);
		in.at = data;
	}
	decoder_begin(&d, m->decoding);
	while (!cursor_empty(&in))
		(void)decoder_bytes(&d, &in, out, sizeof(out));
	(void)decoder_end(&d, out);
}

static void
read_message(struct message *m, unsigned int wants)
{
	struct cursor in = cursor_of(span_of(m->body, m->len));
	struct span piece;

	mime_begin(reader, wants);
	mime_field(reader, span_text("MIME-Version"), span_text(" 1.0"));
	mime_field(reader, span_text("Content-Type"), span_text(m->header));
	if (m->decoding == DECODING_AS_IS)
		mime_field(reader, span_text("Content-Transfer-Encoding"),
		    span_text(" 8bit"));
	while (cursor_take(&in, in.left < PIECE ? in.left : PIECE, &piece) &&
	       piece.len > 0)
		mime_body(reader, piece);
	mime_end(reader);
	if (mime_is_ambiguous(reader) || mime_is_limited(reader))
		errx(1, "%s: not read as it was meant", m->name);
}

static void
run_reader(struct message *m)
{
	read_message(m, MIME_WANTS_NOTHING);
}

static void
run_kinds(struct message *m)
{
	read_message(m, MIME_WANTS_KINDS);
}

static void
run_digests(struct message *m)
{
	read_message(m, MIME_WANTS_KINDS | MIME_WANTS_DIGESTS);
}

static const struct {
	const char *name;
	void (*run)(struct message *);
} readings[] = {
    {"memcpy", run_memcpy},
    {"decoder", run_decoder},
    {"reader", run_reader},
    {"kinds", run_kinds},
    {"digests", run_digests},
};

#define READINGS (sizeof(readings) / sizeof(readings[0]))
#define MESSAGES (sizeof(messages) / sizeof(messages[0]))

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
compare(struct message *m, unsigned int rounds)
{
	double best[READINGS];

	message_make(m, m->len);
	for (size_t i = 0; i < READINGS; i++)
		best[i] = 1e9;
	for (unsigned int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < READINGS; i++) {
			double begin = seconds();

			readings[i].run(m);
			begin = seconds() - begin;
			if (begin < best[i])
				best[i] = begin;
		}
	}
	for (size_t i = 0; i < READINGS; i++)
		printf("%s %s MB/s=%.0f of_memcpy=%.4f\n", m->name,
		    readings[i].name, (double)m->len / best[i] / 1e6,
		    best[0] / best[i]);
}

static int
one_pass(const char *reading, const char *message, const char *megabytes)
{
	size_t size = (size_t)strtoul(megabytes, NULL, 10) * 1000000;

	for (size_t i = 0; i < READINGS * MESSAGES && size > 0; i++) {
		struct message *m = &messages[i / READINGS];

		if (strcmp(m->name, message) == 0 &&
		    strcmp(readings[i % READINGS].name, reading) == 0) {
			message_make(m, size);
			readings[i % READINGS].run(m);
			return 0;
		}
	}
	errx(1, "-n READING MESSAGE MB");
}

int
main(int argc, char **argv)
{
	unsigned int rounds = 5;

	reader = calloc(1, mime_size());
	if (reader == NULL)
		err(1, "memory");
	if (argc == 5 && strcmp(argv[1], "-n") == 0)
		return one_pass(argv[2], argv[3], argv[4]);
	if (argc == 3 && strcmp(argv[1], "-r") == 0)
		rounds = (unsigned int)strtoul(argv[2], NULL, 10);
	else if (argc != 1)
		errx(1, "[-r ROUNDS]");
	for (size_t i = 0; i < MESSAGES; i++)
		compare(&messages[i], rounds);
	return 0;
}
