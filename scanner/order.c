/* SPDX-License-Identifier: ISC */
/* Records from the monitor; see order.h.  Runs in the scanner. */
#include "scanner/order.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "lib/fd_numbers.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/peer.h"
#include "scanner/stamping.h"

static enum order
on_stop(struct span record, int passed)
{
	(void)record, (void)passed;
	return ORDER_STOP;
}

static enum order
on_peer(struct span record, int passed)
{
	struct record_peer peer;

	ensure(passed != -1);
	memcpy(&peer, record.ptr, sizeof(peer));
	peer_add(passed, peer.link);
	return ORDER_NOTHING;
}

static enum order
on_gone(struct span record, int passed)
{
	struct record_gone gone;

	(void)passed;
	memcpy(&gone, record.ptr, sizeof(gone));
	peer_gone(gone.link);
	return ORDER_NOTHING;
}

static enum order
on_retired(struct span record, int passed)
{
	struct record_gone retired;

	(void)passed;
	memcpy(&retired, record.ptr, sizeof(retired));
	peer_retire(retired.link);
	return ORDER_NOTHING;
}

static enum order
on_log(struct span record, int passed)
{
	(void)record;
	log_retry_replace(passed);
	return ORDER_NOTHING;
}

static enum order
on_ping(struct span record, int passed)
{
	(void)record, (void)passed;
	monitor_send_plain(RECORD_PONG);
	return ORDER_NOTHING;
}

static enum order
on_answer(struct span record, int passed)
{
	(void)passed;
	return stamping_answer(record) ? ORDER_NOTHING : ORDER_BROKEN;
}

/* What the monitor may send; types without a row it may not.  passed is the
 * handler's, and there if the type carries a descriptor (record_check). */
static enum order (*const rows[RECORD_TYPES])(struct span, int passed) = {
    [RECORD_STOP] = on_stop,
    [RECORD_PEER] = on_peer,
    [RECORD_GONE] = on_gone,
    [RECORD_RETIRED] = on_retired,
    [RECORD_LOG] = on_log,
    [RECORD_PING] = on_ping,
    [RECORD_STAMPED] = on_answer,
    [RECORD_CHECKED] = on_answer,
};

static enum order
order_handle(struct span record, int passed)
{
	if (record_check(ROLE_MONITOR, ROLE_SCANNER, record, passed != -1) &&
	    rows[record_type_of(record)] != NULL)
		return rows[record_type_of(record)](record, passed);
	if (passed != -1)
		close(passed);
	return ORDER_BROKEN;
}

enum order
order_input(void)
{
	struct record_stamped record; /* the largest that comes down */
	int passed;
	ssize_t n =
	    channel_recv(CHILD_FD_MONITOR, &record, sizeof(record), &passed);

	if (n > 0)
		return order_handle(span_of(&record, (size_t)n), passed);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return ORDER_NOTHING;
	return n == -1 && errno == EBADMSG ? ORDER_BROKEN : ORDER_GONE;
}
