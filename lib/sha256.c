/* SPDX-License-Identifier: ISC */
/* SHA-256 as FIPS 180-4 describes it; see sha256.h. */
#include "lib/sha256.h"

#include <string.h>

#define BLOCK	 64
#define LEN_SIZE 8 /* the length behind the padding */

static const uint32_t round_constant[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
    0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t
rotate(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t
word_at(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

/* 6.2.2 step 1. */
static void
schedule(uint32_t w[static 64], const uint8_t block[static BLOCK])
{
	for (size_t i = 0; i < 16; i++)
		w[i] = word_at(block + 4 * i);
	for (size_t i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10) + w[i - 7] +
		       (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + w[i - 16];
	}
}

/* 6.2.2 step 3 for one round: the words keep their places, and whoever calls
 * turns their names instead. */
static inline void
one_round(const uint32_t a, const uint32_t b, const uint32_t c, uint32_t *d,
    const uint32_t e, const uint32_t f, const uint32_t g, uint32_t *h,
    const uint32_t more)
{
	uint32_t t1 = *h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
		      (g ^ (e & (f ^ g))) + more;

	*d += t1;
	*h = t1 + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
	     ((a & b) | (c & (a | b)));
}

/* 6.2.2 steps 2 to 4. */
static void
compress(uint32_t state[static 8], const uint8_t block[static BLOCK])
{
	uint32_t w[64];
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];

	schedule(w, block);
	for (size_t i = 0; i < 64; i += 8) {
		const uint32_t *k = round_constant + i, *x = w + i;

		one_round(a, b, c, &d, e, f, g, &h, k[0] + x[0]);
		one_round(h, a, b, &c, d, e, f, &g, k[1] + x[1]);
		one_round(g, h, a, &b, c, d, e, &f, k[2] + x[2]);
		one_round(f, g, h, &a, b, c, d, &e, k[3] + x[3]);
		one_round(e, f, g, &h, a, b, c, &d, k[4] + x[4]);
		one_round(d, e, f, &g, h, a, b, &c, k[5] + x[5]);
		one_round(c, d, e, &f, g, h, a, &b, k[6] + x[6]);
		one_round(b, c, d, &e, f, g, h, &a, k[7] + x[7]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void
sha256_begin(struct sha256 *h)
{
	static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(h->state, first, sizeof(first));
	h->len = 0;
}

void
sha256_bytes(struct sha256 *h, struct span bytes)
{
	struct cursor in = cursor_of(bytes);
	struct span s;

	while (!cursor_empty(&in)) {
		size_t filled = h->len % BLOCK;
		size_t take = BLOCK - filled;

		if (take > in.left)
			take = in.left;
		if (!cursor_take(&in, take, &s))
			break;
		h->len += take;
		if (take == BLOCK) {
			compress(h->state, s.ptr);
			continue;
		}
		memcpy(h->block + filled, s.ptr, take);
		if (filled + take == BLOCK)
			compress(h->state, h->block);
	}
}

void
sha256_end(struct sha256 *h, uint8_t digest[static SHA256_BYTES])
{
	static const uint8_t padding[BLOCK] = {0x80};
	uint8_t bits[LEN_SIZE];
	size_t filled = h->len % BLOCK;

	for (unsigned int i = 0; i < LEN_SIZE; i++)
		bits[i] = (uint8_t)(h->len * 8 >> (56 - 8 * i));
	sha256_bytes(h, span_of(padding, filled < BLOCK - LEN_SIZE
					     ? BLOCK - LEN_SIZE - filled
					     : 2 * BLOCK - LEN_SIZE - filled));
	sha256_bytes(h, span_of(bits, LEN_SIZE));
	for (unsigned int i = 0; i < SHA256_BYTES; i++)
		digest[i] = (uint8_t)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}
