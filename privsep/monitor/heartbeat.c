/* SPDX-License-Identifier: ISC */
/* The heartbeat; see heartbeat.h.  In the monitor. */
#include "privsep/monitor/heartbeat.h"

#include "lib/log.h"
#include "privsep/ipc/status_block.h"

static uint64_t due;

void
heartbeat_answer(struct child *c, void *unused)
{
	(void)unused;
	c->unanswered = 0;
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
	if (c->unanswered == heartbeat_patience(c))
		report(c);
	if (c->unanswered == heartbeat_patience(c) + HEARTBEAT_END) {
		child_cut_off(c);
		return;
	}
	c->unanswered++;
	child_tell(c, RECORD_PING, -1);
}

uint64_t
heartbeat_run(uint64_t now)
{
	bool late = now > due + HEARTBEAT_LATE_MS;

	if (now < due)
		return due;
	due = now + HEARTBEAT_MS;
	status_beat(now);
	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &children[i];
		if (c->state == CHILD_FREE || c->fd == -1)
			continue;
		if (late)
			c->unanswered = 0;
		beat(c);
	}
	return due;
}
