/* SPDX-License-Identifier: ISC */
/*
 * The sum of what our own test messages hold in memfds, and its limit.  That is
 * set aside for them (share.h is for mail), so that neither they nor mail keep
 * the other from being looked at.  Whoever writes to a memfd takes first;
 * the code that closes it gives back the same number.
 */
#ifndef SCANNER_BASE_MEMORY_H
#define SCANNER_BASE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

void memory_setup(uint64_t max);

/* False if the sum would pass the limit: then nothing is taken. */
bool memory_take(uint64_t bytes);
void memory_give(uint64_t bytes);

#endif
