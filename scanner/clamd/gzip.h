/* SPDX-License-Identifier: ISC */
/*
 * Writing gzip files (RFC 1952) for canaries: bytes as they are, and runs of
 * zeros of any length, which take 13 bits for each 258 of them (RFC 1951 3.2.6).
 * So a file that clamd has to put down on its disk in full length costs us
 * next to nothing.  No state but the caller's, no I/O.
 */
#ifndef SCANNER_CLAMD_GZIP_H
#define SCANNER_CLAMD_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What gzip_wrap writes in front of and behind the data. */
#define GZIP_HEAD 15 /* gzip's header, and that of a stored block */
#define GZIP_TAIL 8  /* checksum and length */

/* The file comes in pieces of so many bytes: 40 lines of base64. */
#define GZIP_PIECE (40 * 57)

/* Zeros that one code stands for: the longest match there is. */
#define GZIP_RUN 258

/* A file in the making. */
struct gzip {
	void (*put)(void *to, const uint8_t *bytes, size_t len);
	void *to;
	uint32_t crc; /* register, not inverted */
	uint32_t len; /* of what is packed, modulo 2^32 */
	uint64_t bits;
	unsigned int held; /* of these bits */
	size_t used;
	uint8_t out[GZIP_PIECE];
};

/* put is called with GZIP_PIECE bytes each time, with fewer at the end. */
void gzip_begin(struct gzip *,
    void (*put)(void *to, const uint8_t *bytes, size_t len), void *to);

/* len is at most 65535; last: no more follow. */
void gzip_stored(struct gzip *, const uint8_t *bytes, size_t len, bool last);

/* The last bytes, any number of them, in a code in which they cannot be seen
 * by who does not unpack the file. */
void gzip_coded(struct gzip *, const uint8_t *bytes, size_t len);

/* Zeros, GZIP_RUN times runs of them; the byte in front must be one. */
void gzip_zeros(struct gzip *, uint64_t runs);

/* Checksum and length, behind the last bytes. */
void gzip_end(struct gzip *);

/* In place: makes the len bytes at at, at most 65535, a file with GZIP_HEAD
 * bytes more in front and GZIP_TAIL more behind. */
void gzip_wrap(uint8_t *at, size_t len);

#endif
