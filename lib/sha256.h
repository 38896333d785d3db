/* SPDX-License-Identifier: ISC */
/*
 * SHA-256 (FIPS 180-4) for the session process, which is not linked with
 * libsodium: digests by which parts are known, and no secrets.
 */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include <stdint.h>

#include "lib/span.h"

#define SHA256_BYTES 32

struct sha256 {
	uint32_t state[8];
	uint64_t len; /* bytes so far */
	uint8_t block[64];
};

void sha256_begin(struct sha256 *);
void sha256_bytes(struct sha256 *, struct span);
void sha256_end(struct sha256 *, uint8_t digest[static SHA256_BYTES]);

#endif
