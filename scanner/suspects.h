/* SPDX-License-Identifier: ISC */
/*
 * Messages that did clamd harm: that timed out on one that was well, or were
 * with one that died; and those that were ambiguous.  When such a message comes
 * again, it is put off at once for remember_time, so that its retries do not
 * take one clamd after the other, or are read again to no other end.
 *
 * They are known by length and BLAKE2b of what the MTA sent.  A digest is made
 * only when something was remembered, of a message of just that length; so in
 * normal times nothing is hashed.
 */
#ifndef SCANNER_SUSPECTS_H
#define SCANNER_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/outcome.h"

/* With that much guilt a message is put off; less adds up over its tries.
 * When a clamd dies that had several messages, each may have been the one. */
enum { GUILT_SHARED = 1, GUILT_SURE = 2 };

/* remember_ms 0: nothing is remembered. */
void suspects_setup(uint32_t remember_ms);

/* A message of size bytes from offset lead of memfd on ended as outcome. */
void suspects_add(int memfd, uint64_t lead, uint64_t size, uint32_t guilt,
    enum outcome outcome, uint64_t now);

/* True if this message is to be put off; *outcome is what it ended as. */
bool suspects_find(int memfd, uint64_t lead, uint64_t size, uint64_t now,
    enum outcome *outcome);

#endif
