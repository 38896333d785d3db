/* SPDX-License-Identifier: ISC */
/*
 * gzip files; see gzip.h.  Runs in the scanner, after lockdown.
 *
 * The checksum of a run of zeros is not computed byte by byte: n zero bits
 * multiply the register by x^n modulo CRC-32's polynomial.  Polynomials are
 * written as the register is, the lowest power in the highest bit.
 */
#include "scanner/clamd/gzip.h"

#include <string.h>

#include "lib/ensure.h"

#define POLYNOMIAL UINT32_C(0xedb88320)
#define ONE	   UINT32_C(0x80000000) /* x^0 */
#define X8	   UINT32_C(0x00800000) /* x^8: a byte */

/* RFC 1951 3.2.3: a block's first bits, the lowest first. */
#define STORED	    0U
#define STORED_LAST 1U
#define FIXED	    2U
#define FIXED_LAST  3U
#define HEAD_BITS   3U
/* 3.2.6: length 258 is code 285, 11000101, distance 1 is code 0, 00000, each
 * from its highest bit on. */
#define RUN_CODE 0xa3U
#define RUN_BITS 13U
#define END_CODE 0U /* of a block: 256 */
#define END_BITS 7U
/* Literals: eight bits from this code on, and nine for the others. */
#define LITERAL	     0x30U
#define LITERAL_BITS 8U
#define NINE_FROM    144U
#define NINE	     0x190U

/* Deflate, no name, no time, no particular system. */
static const uint8_t gzip_head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};

static uint32_t
crc_bytes(uint32_t crc, const uint8_t *bytes, size_t len)
{
	static uint32_t table[256];

	for (uint32_t i = 0; table[1] == 0 && i < 256; i++) {
		uint32_t c = 255 - i;

		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ ((c & 1) != 0 ? POLYNOMIAL : 0);
		table[255 - i] = c;
	}
	for (size_t i = 0; i < len; i++)
		crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
	return crc;
}

/* a times b modulo the polynomial. */
static uint32_t
multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (uint32_t bit = ONE; bit != 0; bit >>= 1) {
		if ((a & bit) != 0)
			product ^= b;
		b = b >> 1 ^ ((b & 1) != 0 ? POLYNOMIAL : 0);
	}
	return product;
}

static uint32_t
crc_zeros(uint32_t crc, uint64_t len)
{
	uint32_t square = X8;

	for (; len != 0; len >>= 1) {
		if ((len & 1) != 0)
			crc = multiply(crc, square);
		square = multiply(square, square);
	}
	return crc;
}

static void
put_byte(struct gzip *p, uint8_t byte)
{
	p->out[p->used++] = byte;
	if (p->used < sizeof(p->out))
		return;
	p->put(p->to, p->out, p->used);
	p->used = 0;
}

static void
put_bytes(struct gzip *p, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_byte(p, bytes[i]);
}

static void
put_bits(struct gzip *p, uint32_t value, unsigned int count)
{
	ensure(p->held < 8 && count <= 32);
	p->bits |= (uint64_t)value << p->held;
	p->held += count;
	for (; p->held >= 8; p->held -= 8) {
		put_byte(p, (uint8_t)p->bits);
		p->bits >>= 8;
	}
}

static uint8_t *
put_little(uint8_t *at, uint32_t n, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		*at++ = (uint8_t)(n >> (8 * i));
	return at;
}

void
gzip_begin(struct gzip *p,
    void (*put)(void *to, const uint8_t *bytes, size_t len), void *to)
{
	*p = (struct gzip){.put = put, .to = to, .crc = UINT32_MAX};
	put_bytes(p, gzip_head, sizeof(gzip_head));
}

void
gzip_stored(struct gzip *p, const uint8_t *bytes, size_t len, bool last)
{
	uint8_t head[4];

	ensure(len <= UINT16_MAX);
	put_bits(p, last ? STORED_LAST : STORED, HEAD_BITS);
	put_bits(p, 0, (8 - p->held) % 8); /* from a whole byte on */
	put_little(
	    put_little(head, (uint32_t)len, 2), (uint32_t)len ^ 0xffff, 2);
	put_bytes(p, head, sizeof(head));
	put_bytes(p, bytes, len);
	p->crc = crc_bytes(p->crc, bytes, len);
	p->len += (uint32_t)len;
}

/* A code, whose highest bit comes first. */
static void
put_code(struct gzip *p, uint32_t code, unsigned int count)
{
	while (count-- > 0)
		put_bits(p, code >> count & 1, 1);
}

void
gzip_coded(struct gzip *p, const uint8_t *bytes, size_t len)
{
	put_bits(p, FIXED_LAST, HEAD_BITS);
	for (size_t i = 0; i < len; i++) {
		uint32_t byte = bytes[i];

		if (byte < NINE_FROM)
			put_code(p, LITERAL + byte, LITERAL_BITS);
		else
			put_code(p, NINE + byte - NINE_FROM, LITERAL_BITS + 1);
	}
	put_bits(p, END_CODE, END_BITS);
	put_bits(p, 0, (8 - p->held) % 8);
	p->crc = crc_bytes(p->crc, bytes, len);
	p->len += (uint32_t)len;
}

void
gzip_zeros(struct gzip *p, uint64_t runs)
{
	put_bits(p, FIXED, HEAD_BITS);
	for (uint64_t i = 0; i < runs; i++)
		put_bits(p, RUN_CODE, RUN_BITS);
	put_bits(p, END_CODE, END_BITS);
	p->crc = crc_zeros(p->crc, runs * GZIP_RUN);
	p->len += (uint32_t)(runs * GZIP_RUN);
}

void
gzip_end(struct gzip *p)
{
	uint8_t tail[GZIP_TAIL];

	put_little(put_little(tail, ~p->crc, 4), p->len, 4);
	put_bytes(p, tail, sizeof(tail));
	if (p->used > 0)
		p->put(p->to, p->out, p->used);
	p->used = 0;
}

void
gzip_wrap(uint8_t *at, size_t len)
{
	uint8_t *front = at - GZIP_HEAD;

	ensure(len <= UINT16_MAX);
	memcpy(front, gzip_head, sizeof(gzip_head));
	front += sizeof(gzip_head);
	*front++ = STORED_LAST;
	front = put_little(front, (uint32_t)len, 2);
	put_little(front, (uint32_t)len ^ 0xffff, 2);
	front = put_little(at + len, ~crc_bytes(UINT32_MAX, at, len), 4);
	put_little(front, (uint32_t)len, 4);
}
