/* SPDX-License-Identifier: ISC */
/* Counts bytes in memfds; see memory.h.  Runs in the scanner. */
#include "scanner/base/memory.h"

#include "lib/ensure.h"

static uint64_t limit;
static uint64_t held;

void
memory_setup(uint64_t max)
{
	limit = max;
	held = 0;
}

bool
memory_take(uint64_t bytes)
{
	ensure(held <= limit);
	if (bytes > limit - held)
		return false;
	held += bytes;
	return true;
}

void
memory_give(uint64_t bytes)
{
	/* More than was taken: our own count is wrong. */
	ensure(bytes <= held);
	held -= bytes;
}
