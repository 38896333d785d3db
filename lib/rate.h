/* SPDX-License-Identifier: ISC */
/*
 * How often something may happen: so many times at once, then so many times a
 * second.  A struct of zeros has counted nothing yet.  The monitor limits what
 * its children may do, the scanner what sessions may.
 */
#ifndef LIB_RATE_H
#define LIB_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
	uint64_t used; /* thousandths of a time */
	uint64_t at;   /* as of then, in milliseconds */
};

/* Counts one more time at now (milliseconds, never going back); false if that
 * is too often, and then it is not counted. */
static inline bool
rate_take(struct rate *r, uint64_t now, uint32_t at_once, uint32_t per_second)
{
	uint64_t over = (now - r->at) * per_second;

	r->used = r->used > over ? r->used - over : 0;
	r->at = now;
	if (r->used + 1000 > (uint64_t)at_once * 1000)
		return false;
	r->used += 1000;
	return true;
}

#endif
