/* SPDX-License-Identifier: ISC */
/* What sessions do not get; see own_memory.h.  In the listener, before its
 * filter is loaded. */
#include "privsep/front/own_memory.h"

#include <sys/mman.h>

#include "lib/ensure.h"

void *
own_memory(size_t bytes)
{
	void *p;

	ensure(bytes > 0);
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (madvise(p, bytes, MADV_DONTFORK) == 0)
		return p;
	munmap(p, bytes);
	return NULL;
}
