/* SPDX-License-Identifier: ISC */
/*
 * Canaries: messages of our own making by which a clamd shows that it does its
 * work.  A clamd that says OK to one is blind, and is not used.
 *
 * canary_make: a mail of a given size with one attachment, an archive that has
 * the EICAR test string behind padding.  It is collected as every message is,
 * lead-in with nonce included, and so fails when anything on that way fails,
 * up to its size: clamd must decode all of it, and put it down somewhere, to
 * get to its end.  canary_packed: the same, with a padding of zeros that is
 * packed, and the test string in a file of its own that is packed too, so that
 * only who has unpacked all of it finds it.  It is short to make and to send
 * whatever it unpacks to, and costs clamd a sixth of a message of that length.
 * A MaxFileSize or a temporary directory that is too small for such a message
 * with one attachment is too small for it; a MaxScanSize, if it is weighted,
 * which is twice the work.  canary_nest: data packed more often than any MaxRecursion
 * allows, which clamd has to report if it reports what exceeds its limits.
 *
 * Each memfd goes to a clamd once: a second time its cache might answer.  All
 * are made at once, in a few milliseconds.
 */
#ifndef SCANNER_CLAMD_CANARY_H
#define SCANNER_CLAMD_CANARY_H

#include <stdbool.h>
#include <stdint.h>

/* Of the small canary: hardly any padding. */
#define CANARY_SMALL 8192
/* The longest that is padded. */
#define CANARY_MIDDLE (UINT64_C(1) << 20)

/* Before lockdown, after stream_setup. */
void canary_setup(void);

/* A sealed memfd of at most size bytes, written of them; -1: no memory.
 * The caller ends with stream_release(memfd, *written). */
int canary_make(uint64_t size, uint64_t *written);
int canary_nest(uint64_t *written);

/* size: of the archive, unpacked. */
int canary_packed(uint64_t size, bool weighted, uint64_t *written);

#endif
