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
#include "scanner/stream.h"

/* In two parts, so that no scanner takes this program for what it names. */
#define EICAR_HEAD "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-"
#define EICAR_TAIL "ANTIVIRUS-TEST-FILE!$H+H*"

#define BOUNDARY "=_pratique-canary"
#define PART                                         \
	"Content-Type: application/octet-stream\r\n" \
	"Content-Transfer-Encoding: base64\r\n\r\n"

/* base64 as in RFC 2045: lines of 76 and CRLF; so many at a time. */
#define LINE_LETTERS 76
#define LINE_BYTES   (LINE_LETTERS + 2)
#define PIECE_LINES  840

/* Twice the greatest MaxRecursion that clamd takes, with some to spare. */
#define NEST_LEVELS 210
#define NEST_HEAD   15 /* gzip's header, and that of a stored block */
#define NEST_TAIL   8  /* checksum and length */
#define NEST_LEVEL  (NEST_HEAD + NEST_TAIL)
#define NEST_SEED   16

#define PAUSE_MS 1000

enum large_state { LARGE_NONE, LARGE_MAKING, LARGE_READY };

static struct {
	enum large_state state;
	struct stream stream;
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

static void
begin(struct stream *s)
{
	stream_begin(s, span_text("canary"));
	field(s, "From", " <pratique@localhost>");
	field(s, "To", " <pratique@localhost>");
	field(s, "Subject", " Test whether the virus scanner works");
	field(s, "MIME-Version", " 1.0");
	field(s, "Content-Type", " multipart/mixed; boundary=\"" BOUNDARY "\"");
	stream_body(s, span_text("--" BOUNDARY "\r\n" PART));
	stream_flush(s);
}

/* Up to lines lines of padding. */
static void
pad(struct stream *s, size_t lines)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789+/";
	static char piece[PIECE_LINES * LINE_BYTES];
	size_t at = 0;

	for (size_t i = 0; i < lines; i++) {
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
	stream_body(s, span_of(piece, at));
	stream_flush(s);
}

/* The last attachment; returns its length, which does not change. */
static size_t
make_end(char *out, size_t size)
{
	char eicar[sodium_base64_ENCODED_LEN(
	    sizeof(EICAR_HEAD EICAR_TAIL), sodium_base64_VARIANT_ORIGINAL)];
	int n;

	sodium_bin2base64(eicar, sizeof(eicar),
	    (const unsigned char *)EICAR_HEAD EICAR_TAIL,
	    sizeof(EICAR_HEAD EICAR_TAIL) - 1, sodium_base64_VARIANT_ORIGINAL);
	n = snprintf(out, size,
	    "\r\n--" BOUNDARY "\r\n" PART "%.76s\r\n%s\r\n--" BOUNDARY "--\r\n",
	    eicar, eicar + LINE_LETTERS);
	return n < 0 || (size_t)n >= size ? 0 : (size_t)n;
}

/* Adds padding, and the end when there is enough.  True if it is whole. */
static bool
grow(struct stream *s, uint64_t size)
{
	char end[512];
	size_t end_len = make_end(end, sizeof(end));
	uint64_t others = STREAM_LEAD_MAX + s->len + end_len;
	uint64_t lines = others < size ? (size - others) / LINE_BYTES : 0;

	if (lines > 0)
		pad(s, lines < PIECE_LINES ? (size_t)lines : PIECE_LINES);
	if (lines > PIECE_LINES && s->memfd != -1)
		return false;
	stream_body(s, span_of(end, end_len));
	stream_flush(s);
	return true;
}

int
canary_make(uint64_t size, uint64_t *written)
{
	struct stream s;

	begin(&s);
	while (!grow(&s, size))
		continue;
	if (stream_finish(&s) != OUTCOME_CLEAN)
		return -1;
	*written = s.written;
	return s.memfd;
}

static uint32_t
crc32_of(const uint8_t *bytes, size_t len)
{
	static uint32_t table[256];
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; table[1] == 0 && i < 256; i++) {
		uint32_t c = 255 - i;

		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ ((c & 1) != 0 ? UINT32_C(0xedb88320) : 0);
		table[255 - i] = c;
	}
	for (size_t i = 0; i < len; i++)
		crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
	return ~crc;
}

static uint8_t *
put_little(uint8_t *at, uint32_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*at++ = (uint8_t)(n >> (8 * i));
	return at;
}

/* Packs the len bytes at at into a gzip file (RFC 1952) with one stored block
 * (RFC 1951 3.2.4) around them; NEST_HEAD bytes before, NEST_TAIL behind. */
static void
wrap(uint8_t *at, size_t len)
{
	static const uint8_t head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1};
	uint8_t *front = at - NEST_HEAD;

	memcpy(front, head, sizeof(head));
	front = put_little(front + sizeof(head), (uint32_t)len, 2);
	put_little(front, (uint32_t)len ^ 0xffff, 2);
	front = put_little(at + len, crc32_of(at, len), 4);
	put_little(front, (uint32_t)len, 4);
}

int
canary_nest(uint64_t *written)
{
	static uint8_t nest[NEST_LEVELS * NEST_LEVEL + NEST_SEED];
	uint8_t *at = nest + (size_t)NEST_LEVELS * NEST_HEAD;
	uint64_t seed[NEST_SEED / sizeof(uint64_t)];
	size_t len = NEST_SEED;
	struct stream s;

	for (size_t i = 0; i < sizeof(seed) / sizeof(seed[0]); i++)
		seed[i] = next_random();
	memcpy(at, seed, sizeof(seed));
	for (size_t i = 0; i < NEST_LEVELS; i++) {
		wrap(at, len);
		at -= NEST_HEAD;
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
	stream_drop(&large.stream);
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
		begin(&large.stream);
	}
	if (large.state != LARGE_READY)
		return -1;
	large.given |= bit;
	*written = large.stream.written;
	return large.stream.memfd;
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
	if (!grow(&large.stream, large.size))
		return true;
	large.state = LARGE_READY;
	/* No memory for it now: who asks again later begins anew. */
	if (stream_finish(&large.stream) != OUTCOME_CLEAN) {
		large_drop();
		large.pause = clock_ms() + PAUSE_MS;
	}
	return false;
}
