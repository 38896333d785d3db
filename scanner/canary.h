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
 * packed.  It is short to make and to send whatever it unpacks to, and costs
 * clamd a quarter to two fifths of a message of that length; but it says
 * nothing about clamd's limits for such a message.  canary_nest: data packed
 * more often than any MaxRecursion allows, which clamd has to report if it
 * reports what exceeds its limits.
 *
 * Each memfd goes to a clamd once: a second time its cache might answer.
 * Larger ones are made piece by piece between other work, one at a time, and
 * shared by all clamds that need one of that size.
 */
#ifndef SCANNER_CANARY_H
#define SCANNER_CANARY_H

#include <stdbool.h>
#include <stdint.h>

/* Of the small canary: hardly any padding. */
#define CANARY_SMALL 8192
/* Up to here a canary is made at once, in about a millisecond. */
#define CANARY_MIDDLE (UINT64_C(1) << 20)

/* Before lockdown, after stream_setup. */
void canary_setup(void);

/* A sealed memfd of at most size bytes, written of them; -1: no memory.
 * The caller ends with stream_release(memfd, *written). */
int canary_make(uint64_t size, uint64_t *written);
int canary_nest(uint64_t *written);

/* size: of the archive, unpacked. */
int canary_packed(uint64_t size, uint64_t *written);

/* The same for any size, for backend index: -1 if it is not ready yet.  To be
 * asked again after canary_run, and released when it is not needed any more,
 * asked for or got. */
int canary_large(uint64_t size, uint32_t index, uint64_t *written);
void canary_release(uint32_t index);

/* Makes a piece of what was asked for; true if there is more to make. */
bool canary_run(void);

#endif
