/* SPDX-License-Identifier: ISC */
/*
 * Records from and to the monitor; see monitor_link.h.  Descriptors only come down:
 * a listener's channel with PEER, a log with LOG.
 */
#include "scanner/monitor_link.h"
#include "lib/fd_numbers.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "privsep/ipc/channel.h"
#include "scanner/journal.h"
#include "scanner/peer.h"
#include "scanner/poll.h"
#include "scanner/stamping.h"

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

/* What the monitor can not take now is lost: it is news, not state that we
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

static enum monitor_word
monitor_handle(struct span record, int passed)
{
	enum record_type type = RECORD_TYPES;

	if (record_check(ROLE_MONITOR, ROLE_SCANNER, record, passed != -1))
		type = record_type_of(record);
	if (type == RECORD_STOP)
		return MONITOR_STOP;
	if (type == RECORD_PEER) {
		struct record_peer peer;
		memcpy(&peer, record.ptr, sizeof(peer));
		peer_add(passed, peer.link);
		return MONITOR_NOTHING;
	}
	if (type == RECORD_GONE) {
		struct record_gone gone;
		memcpy(&gone, record.ptr, sizeof(gone));
		peer_gone(gone.link);
		return MONITOR_NOTHING;
	}
	if (type == RECORD_RETIRED) {
		struct record_gone retired;
		memcpy(&retired, record.ptr, sizeof(retired));
		peer_retire(retired.link);
		return MONITOR_NOTHING;
	}
	if (type == RECORD_LOG) {
		journal_replace(passed);
		return MONITOR_NOTHING;
	}
	if (type == RECORD_PING) {
		monitor_send_plain(RECORD_PONG);
		return MONITOR_NOTHING;
	}
	if (type == RECORD_STAMPED || type == RECORD_CHECKED)
		return stamping_answer(record) ? MONITOR_NOTHING
					       : MONITOR_BROKEN;
	if (passed != -1)
		close(passed);
	return MONITOR_BROKEN;
}

enum monitor_word
monitor_input(void)
{
	struct record_stamped record; /* the largest that comes down */
	int passed;
	ssize_t n =
	    channel_recv(CHILD_FD_MONITOR, &record, sizeof(record), &passed);

	if (n > 0)
		return monitor_handle(span_of(&record, (size_t)n), passed);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return MONITOR_NOTHING;
	return n == -1 && errno == EBADMSG ? MONITOR_BROKEN : MONITOR_GONE;
}
