/* SPDX-License-Identifier: ISC */
/* Records to the monitor; see monitor_link.h.  Runs in the scanner. */
#include "scanner/base/monitor_link.h"

#include <string.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/channel.h"
#include "scanner/base/poll.h"

bool
monitor_setup(void)
{
	enum poll_for watched = POLL_NOTHING;

	return poll_watch(
	    CHILD_FD_MONITOR, POLL_MONITOR, 0, &watched, POLL_READ);
}

bool
monitor_send_ready(const struct sandbox_report *report)
{
	struct record_ready ready = {
	    .head = record_head(RECORD_READY, sizeof(ready)),
	    .layers = report->layers,
	};

	_Static_assert(sizeof(ready.missing) == sizeof(report->missing),
	    "READY carries the report's text");
	memcpy(ready.missing, report->missing, sizeof(ready.missing));
	return channel_send(CHILD_FD_MONITOR, &ready, -1);
}

/* What the monitor cannot take now is lost: it is news, not state that we
 * depend on. */
void
monitor_send_backend(struct record_backend *backend)
{
	backend->head = record_head(RECORD_BACKEND, sizeof(*backend));
	(void)channel_send(CHILD_FD_MONITOR, backend, -1);
}

void
monitor_send_plain(enum record_type type)
{
	struct record_plain plain = {.head = record_head(type, sizeof(plain))};

	(void)channel_send(CHILD_FD_MONITOR, &plain, -1);
}

bool
monitor_send(const void *record)
{
	return channel_send(CHILD_FD_MONITOR, record, -1);
}
