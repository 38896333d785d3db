/* SPDX-License-Identifier: ISC */
/* Writing to the status file; see status_write.h. */
#include "privsep/monitor/status_write.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/ensure.h"

struct status_block status_now;

static struct status_block *page;

bool
status_map(int fd)
{
	void *map = mmap(
	    NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		return false;
	page = map;
	status_now = *page;
	ensure(status_now.backends <= SETTINGS_BACKENDS_MAX);
	return true;
}

/* A reader that sees an odd or a changed sequence reads again. */
void
status_publish(void)
{
	if (memcmp(page, &status_now, sizeof(*page)) == 0)
		return;
	page->sequence = ++status_now.sequence;
	atomic_thread_fence(memory_order_seq_cst);
	*page = status_now;
	atomic_thread_fence(memory_order_seq_cst);
	page->sequence = ++status_now.sequence;
}
