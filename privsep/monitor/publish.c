/* SPDX-License-Identifier: ISC */
/* The children's states; see publish.h. */
#include "privsep/monitor/publish.h"

#include "privsep/monitor/children.h"
#include "privsep/monitor/heartbeat.h"
#include "privsep/monitor/status_write.h"

void
publish(void)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		status_now.child[i].state = heartbeat_hangs(&children[i])
						? STATUS_CHILD_HUNG
						: (uint32_t)children[i].state;
	status_publish();
}
