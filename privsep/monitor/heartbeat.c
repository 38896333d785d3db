/* SPDX-License-Identifier: ISC */
/* The heartbeat; see heartbeat.h.  In the monitor. */
#include "privsep/monitor/heartbeat.h"

#include "lib/log.h"

static uint32_t
patience(const struct child *c)
{
	return c->state == CHILD_STARTING ? HEARTBEAT_START : HEARTBEAT_HUNG;
}

bool
heartbeat_hangs(const struct child *c)
{
	return c->unanswered > patience(c);
}

static void
report(const struct child *c)
{
	struct log_line line;

	child_log(c, &line, LOG_LEVEL_ERROR, "child-hung");
	log_number(&line, "silent_ms", c->unanswered * HEARTBEAT_MS);
	log_end(&line);
}

static void
beat(struct child *c)
{
	if (c->unanswered == patience(c))
		report(c);
	if (c->unanswered == patience(c) + HEARTBEAT_END) {
		child_cut_off(c);
		return;
	}
	c->unanswered++;
	child_tell(c, RECORD_PING, -1);
}

void
heartbeat_run(uint64_t late)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];

		if (c->state == CHILD_FREE || c->fd == -1)
			continue;
		if (late > HEARTBEAT_LATE_MS)
			c->unanswered = 0;
		beat(c);
	}
}
