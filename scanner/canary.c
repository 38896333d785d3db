/* SPDX-License-Identifier: ISC */
/*
 * Making canaries; see canary.h.  Runs in the scanner, after lockdown.
 *
 * The padding only has to be new each time, so that it is in nobody's cache;
 * it is no secret.  A counter mixed by SplitMix64 (Steele, Lea, Flood 2014)
 * does for that.
 */
#include "scanner/canary.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>

#include "scanner/clock.h"
#include "scanner/pack.h"
#include "scanner/stream.h"
#include "scanner/tar.h"

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
 * header, EICAR, two empty blocks.  Its first ten lines are the header and the
 * first bytes of padding. */
#define BLOCK	 TAR_BLOCK
#define HEAD_RAW (10 * LINE_RAW)
#define TAIL_RAW (5 * (size_t)BLOCK) /* the padding's last block is shorter */
/* All but the padding's lines: lead-in, fields, head and tail as base64. */
#define OTHERS 5120

/* Twice the greatest MaxRecursion that clamd takes, with some to spare. */
#define NEST_LEVELS 210
#define NEST_LEVEL  (PACK_HEAD + PACK_TAIL)
#define NEST_SEED   16

#define PAUSE_MS 1000

enum large_state { LARGE_NONE, LARGE_MAKING, LARGE_READY };

/* A canary that is being made. */
struct draft {
	struct stream stream;
	uint64_t lines;	  /* of padding that are still to come */
	uint64_t padding; /* bytes of it in the archive */
};

static struct {
	enum large_state state;
	struct draft draft;
	uint64_t size;
	uint32_t wanted; /* bit i: backend i asked for it, or has it */
	uint32_t given;	 /* bit i: backend i has had it */
	uint64_t pause;	 /* there was no memory: not before */
} large;

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

		sodium_bin2base64(line, sizeof(line), raw + i, n,
		    sodium_base64_VARIANT_ORIGINAL);
		at += (size_t)snprintf(
		    text + at, sizeof(text) - at, "%s\r\n", line);
	}
	stream_body(s, span_of(text, at));
	stream_flush(s);
}

/* The mail around an archive. */
static void
begin_mail(struct stream *s, const char *type)
{
	stream_begin(s, span_text("canary"));
	field(s, "From", " <pratique@localhost>");
	field(s, "To", " <pratique@localhost>");
	field(s, "Subject", " Test whether the virus scanner works");
	field(s, "MIME-Version", " 1.0");
	field(s, "Content-Type", type);
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
	begin_mail(s, " application/x-tar; name=canary.tar");
	tar_header(head, "padding", d->padding);
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

	tar_header(tail + fill, "eicar.com", sizeof(eicar) - 1);
	memcpy(tail + fill + BLOCK, eicar, sizeof(eicar) - 1);
	add_base64(&d->stream, tail, fill + 4 * (size_t)BLOCK);
}

/* A piece more; true if it is whole, or can not be made. */
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

int
canary_packed(uint64_t size, uint64_t *written)
{
	static const char eicar[] = EICAR_HEAD EICAR_TAIL;
	uint8_t head[BLOCK], tail[PACK_RUN + TAIL_RAW] = {0};
	uint64_t padding =
	    size > TAIL_RAW ? (size - TAIL_RAW) / BLOCK * BLOCK : 0;
	size_t fill = (size_t)(padding % PACK_RUN);
	char name[] = "eicar-0123456789abcdef.com";
	struct pack pack;
	struct stream s;

	(void)snprintf(name, sizeof(name), "eicar-%016llx.com",
	    (unsigned long long)next_random());
	tar_header(head, "padding", padding);
	tar_header(tail + fill, name, sizeof(eicar) - 1);
	memcpy(tail + fill + BLOCK, eicar, sizeof(eicar) - 1);
	begin_mail(&s, " application/gzip; name=canary.tar.gz");
	pack_begin(&pack, put_packed, &s);
	pack_stored(&pack, head, sizeof(head), false);
	pack_zeros(&pack, padding / PACK_RUN);
	pack_stored(&pack, tail, fill + 4 * (size_t)BLOCK, true);
	pack_end(&pack);
	if (stream_finish(&s) != OUTCOME_CLEAN)
		return -1;
	*written = s.written;
	return s.memfd;
}

int
canary_nest(uint64_t *written)
{
	static uint8_t nest[NEST_LEVELS * NEST_LEVEL + NEST_SEED];
	uint8_t *at = nest + (size_t)NEST_LEVELS * PACK_HEAD;
	uint64_t seed[NEST_SEED / sizeof(uint64_t)];
	size_t len = NEST_SEED;
	struct stream s;

	for (size_t i = 0; i < sizeof(seed) / sizeof(seed[0]); i++)
		seed[i] = next_random();
	memcpy(at, seed, sizeof(seed));
	for (size_t i = 0; i < NEST_LEVELS; i++) {
		pack_wrap(at, len);
		at -= PACK_HEAD;
		len += NEST_LEVEL;
	}
	stream_begin_bare(&s, span_text("canary"));
	stream_body(&s, span_of(at, len));
	if (stream_finish(&s) != OUTCOME_CLEAN)
		return -1;
	*written = s.written;
	return s.memfd;
}

static void
large_drop(void)
{
	stream_drop(&large.draft.stream);
	large.state = LARGE_NONE;
	large.given = 0;
}

int
canary_large(uint64_t size, uint32_t index, uint64_t *written)
{
	uint32_t bit = UINT32_C(1) << index;

	if (large.state != LARGE_NONE &&
	    (large.size != size || (large.given & bit) != 0)) {
		/* Others need that one: wait until they are done. */
		if ((large.wanted & ~bit) != 0)
			return -1;
		large_drop();
	}
	large.wanted |= bit;
	if (large.state == LARGE_NONE && clock_ms() >= large.pause) {
		large.size = size;
		large.state = LARGE_MAKING;
		draft_begin(&large.draft, size);
	}
	if (large.state != LARGE_READY)
		return -1;
	large.given |= bit;
	*written = large.draft.stream.written;
	return large.draft.stream.memfd;
}

void
canary_release(uint32_t index)
{
	large.wanted &= ~(UINT32_C(1) << index);
	if (large.wanted == 0 && large.state != LARGE_NONE)
		large_drop();
}

bool
canary_run(void)
{
	if (large.state != LARGE_MAKING)
		return false;
	if (!draft_grow(&large.draft))
		return true;
	large.state = LARGE_READY;
	/* No memory for it now: who asks again later begins anew. */
	if (stream_finish(&large.draft.stream) != OUTCOME_CLEAN) {
		large_drop();
		large.pause = clock_ms() + PAUSE_MS;
	}
	return false;
}
