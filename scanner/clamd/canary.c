/* SPDX-License-Identifier: ISC */
/*
 * Making canaries; see canary.h.  Runs in the scanner, after lockdown.
 *
 * The padding only has to be new each time, so that it is in nobody's cache;
 * it is no secret.  A counter mixed by SplitMix64 (Steele, Lea, Flood 2014)
 * does for that.
 */
#include "scanner/clamd/canary.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/ensure.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/gzip.h"
#include "scanner/clamd/tar.h"

/* In two parts, so that no scanner takes this program for what it names. */
#define EICAR_HEAD "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
#define EICAR_TAIL "ANTIVIRUS-TEST-FILE!$H+H*"

/* base64 as in RFC 2045: lines of 57 bytes, which are 76 letters, and CRLF; so
 * many at a time. */
#define LINE_RAW     57
#define LINE_LETTERS 76
#define LINE_BYTES   (LINE_LETTERS + 2)
#define PIECE_LINES  840

/* The archive is a tar of POSIX 1003.1 in blocks of 512 bytes: header, padding,
 * header, EICAR, two empty blocks.  A packed one has its padding in a header of
 * that kind that has more to say of the next file: a member that exceeds a limit
 * clamd passes by, and goes on with the next.  Its first ten lines are the header and the
 * first bytes of padding. */
#define BLOCK	 TAR_BLOCK
#define HEAD_RAW (10 * LINE_RAW)
#define TAIL_RAW (5 * (size_t)BLOCK) /* the padding's last block is shorter */
/* All but the padding's lines: lead-in, fields, head and tail as base64. */
#define OTHERS 5120

#define PART(name)                                             \
	"--part\r\nContent-Type: application/gzip; name=" name \
	"\r\nContent-Transfer-Encoding: base64\r\n\r\n"

/* Twice the greatest MaxRecursion that clamd takes, with some to spare. */
#define NEST_LEVELS 210
#define NEST_LEVEL  (GZIP_HEAD + GZIP_TAIL)
#define NEST_SEED   16

/* A canary that is being made. */
struct draft {
	struct stream stream;
	uint64_t lines;	  /* of padding that are still to come */
	uint64_t padding; /* bytes of it in the archive */
};

/* What is being packed into memory. */
struct memory {
	uint8_t *at;
	size_t room, used;
};

static uint64_t counter;

void
canary_setup(void)
{
	randombytes_buf(&counter, sizeof(counter));
}

static uint64_t
next_random(void)
{
	uint64_t z = counter += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void
field(struct stream *s, const char *name, const char *value)
{
	stream_field(s, span_text(name), span_text(value));
}

/* Adds len bytes as lines of base64. */
static void
add_base64(struct stream *s, const uint8_t *raw, size_t len)
{
	char text[(TAIL_RAW / LINE_RAW + 2) * LINE_BYTES];
	char line[LINE_LETTERS + 1]; /* with its NUL */
	size_t at = 0;

	for (size_t i = 0; i < len; i += LINE_RAW) {
		size_t n = len - i < LINE_RAW ? len - i : LINE_RAW;

		ensure(at + LINE_BYTES < sizeof(text));
		sodium_bin2base64(line, sizeof(line), raw + i, n,
		    sodium_base64_VARIANT_ORIGINAL);
		at += (size_t)snprintf(
		    text + at, sizeof(text) - at, "%s\r\n", line);
	}
	stream_body(s, span_of(text, at));
	stream_flush(s);
}

/* The mail around an archive, or what is said of it if there are parts. */
static void
begin_mail(struct stream *s, const char *type, bool parts)
{
	stream_begin(s, span_text("canary"));
	field(s, "From", " <pratique@localhost>");
	field(s, "To", " <pratique@localhost>");
	field(s, "Subject", " Test whether the virus scanner works");
	field(s, "MIME-Version", " 1.0");
	field(s, "Content-Type", type);
	if (!parts)
		field(s, "Content-Transfer-Encoding", " base64");
	stream_body(s, span_of("", 0));
	stream_flush(s);
}

static void
draft_begin(struct draft *d, uint64_t size)
{
	uint8_t head[HEAD_RAW] = {0};
	struct stream *s = &d->stream;

	d->lines = size > OTHERS ? (size - OTHERS) / LINE_BYTES : 0;
	d->padding = HEAD_RAW - BLOCK + d->lines * LINE_RAW;
	begin_mail(s, " application/x-tar; name=canary.tar", false);
	tar_header(head, TAR_FILE, "padding", d->padding);
	add_base64(s, head, sizeof(head));
}

/* Adds up to PIECE_LINES lines of padding. */
static void
pad(struct draft *d)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	static char piece[PIECE_LINES * LINE_BYTES];
	size_t at = 0;

	for (; d->lines > 0 && at < sizeof(piece); d->lines--) {
		uint64_t bits = 0;

		for (size_t k = 0; k < LINE_LETTERS; k++) {
			if (k % 10 == 0)
				bits = next_random();
			piece[at++] = letters[bits & 63];
			bits >>= 6;
		}
		piece[at++] = '\r';
		piece[at++] = '\n';
	}
	stream_body(&d->stream, span_of(piece, at));
	stream_flush(&d->stream);
}

/* The rest of the archive behind the padding. */
static void
draft_end(struct draft *d)
{
	static const char eicar[] = EICAR_HEAD EICAR_TAIL;
	uint8_t tail[TAIL_RAW] = {0};
	size_t fill = (size_t)((BLOCK - d->padding % BLOCK) % BLOCK);

	tar_header(tail + fill, TAR_FILE, "eicar.com", sizeof(eicar) - 1);
	memcpy(tail + fill + BLOCK, eicar, sizeof(eicar) - 1);
	add_base64(&d->stream, tail, fill + 4 * (size_t)BLOCK);
}

/* A piece more; true if it is whole, or cannot be made. */
static bool
draft_grow(struct draft *d)
{
	if (d->lines > 0)
		pad(d);
	if (d->lines > 0 && d->stream.memfd != -1)
		return false;
	draft_end(d);
	return true;
}

int
canary_make(uint64_t size, uint64_t *written)
{
	struct draft d;

	draft_begin(&d, size);
	while (!draft_grow(&d))
		continue;
	if (stream_finish(&d.stream) != OUTCOME_CLEAN)
		return -1;
	*written = d.stream.written;
	return d.stream.memfd;
}

/* Letters for what comes out of the packer. */
static void
put_packed(void *to, const uint8_t *bytes, size_t len)
{
	add_base64(to, bytes, len);
}

/* The same, but to memory. */
static void
put_memory(void *to, const uint8_t *bytes, size_t len)
{
	struct memory *m = to;

	if (len <= m->room - m->used)
		memcpy(m->at + m->used, bytes, len);
	m->used += len;
}

/* The EICAR test string as a file of its own that nobody sees without
 * unpacking it: at most a block. */
static size_t
pack_eicar(uint8_t block[BLOCK])
{
	static const char eicar[] = EICAR_HEAD EICAR_TAIL;
	struct memory m = {.at = block, .room = BLOCK};
	struct gzip gzip;

	gzip_begin(&gzip, put_memory, &m);
	gzip_coded(&gzip, (const uint8_t *)eicar, sizeof(eicar) - 1);
	gzip_end(&gzip);
	return m.used;
}

/* Packed, with the test string or without. */
static void
add_archive(struct stream *s, uint64_t size, bool with_eicar)
{
	uint8_t head[BLOCK], tail[GZIP_RUN + TAIL_RAW] = {0};
	uint64_t padding =
	    size > TAIL_RAW ? (size - TAIL_RAW) / BLOCK * BLOCK : 0;
	size_t fill = (size_t)(padding % GZIP_RUN);
	char name[] = "eicar-0123456789abcdef.com.gz";
	struct gzip gzip;

	(void)snprintf(name, sizeof(name), "eicar-%016llx.com.gz",
	    (unsigned long long)next_random());
	tar_header(head, TAR_MORE, name, padding);
	if (with_eicar)
		tar_header(tail + fill, TAR_FILE, name,
		    pack_eicar(tail + fill + BLOCK));
	gzip_begin(&gzip, put_packed, s);
	gzip_stored(&gzip, head, sizeof(head), false);
	gzip_zeros(&gzip, padding / GZIP_RUN);
	gzip_stored(&gzip, tail, fill + 4 * (size_t)BLOCK, true);
	gzip_end(&gzip);
}

static void
add_text(struct stream *s, const char *text)
{
	stream_body(s, span_text(text));
	stream_flush(s);
}

int
canary_packed(uint64_t size, bool weighted, uint64_t *written)
{
	struct stream s;

	begin_mail(&s,
	    weighted ? " multipart/mixed; boundary=part"
		     : " application/gzip; name=canary.tar.gz",
	    weighted);
	if (weighted) {
		/* As much again: a message is scanned as it is and decoded. */
		add_text(&s, PART("canary.tar.weight.gz"));
		add_archive(&s, size, false);
		add_text(&s, PART("canary.tar.gz"));
	}
	add_archive(&s, size, true);
	if (weighted)
		add_text(&s, "--part--\r\n");
	if (stream_finish(&s) != OUTCOME_CLEAN)
		return -1;
	*written = s.written;
	return s.memfd;
}

int
canary_nest(uint64_t *written)
{
	static uint8_t nest[NEST_LEVELS * NEST_LEVEL + NEST_SEED];
	uint8_t *at = nest + (size_t)NEST_LEVELS * GZIP_HEAD;
	uint64_t seed[NEST_SEED / sizeof(uint64_t)];
	size_t len = NEST_SEED;
	struct stream s;

	for (size_t i = 0; i < sizeof(seed) / sizeof(seed[0]); i++)
		seed[i] = next_random();
	memcpy(at, seed, sizeof(seed));
	for (size_t i = 0; i < NEST_LEVELS; i++) {
		gzip_wrap(at, len);
		at -= GZIP_HEAD;
		len += NEST_LEVEL;
	}
	stream_begin_bare(&s, span_text("canary"));
	stream_body(&s, span_of(at, len));
	if (stream_finish(&s) != OUTCOME_CLEAN)
		return -1;
	*written = s.written;
	return s.memfd;
}
