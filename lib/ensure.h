/* SPDX-License-Identifier: ISC */
/*
 * What must hold wherever our own code is right.  Always compiled in: a process
 * that finds its own state impossible ends there, before it does anything with
 * it, and its parent says so in the log.  Never for what comes from outside,
 * which is answered, nor for what the machine may lack.
 */
#ifndef LIB_ENSURE_H
#define LIB_ENSURE_H

#include <stdbool.h>

static inline void
ensure(bool holds)
{
	if (!holds)
		__builtin_trap();
}

#endif
