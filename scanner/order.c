/* SPDX-License-Identifier: ISC */
/* Records from the monitor; see order.h.  Runs in the scanner. */
#include "scanner/order.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/journal.h"
#include "scanner/base/monitor_link.h"
#include "scanner/peer.h"
#include "scanner/stamping.h"

static enum order
order_handle(struct span record, int passed)
{
	enum record_type type = RECORD_TYPES;

	if (record_check(ROLE_MONITOR, ROLE_SCANNER, record, passed != -1))
		type = record_type_of(record);
	if (type == RECORD_STOP)
		return ORDER_STOP;
	if (type == RECORD_PEER) {
		struct record_peer peer;
		memcpy(&peer, record.ptr, sizeof(peer));
		peer_add(passed, peer.link);
		return ORDER_NOTHING;
	}
	if (type == RECORD_GONE) {
		struct record_gone gone;
		memcpy(&gone, record.ptr, sizeof(gone));
		peer_gone(gone.link);
		return ORDER_NOTHING;
	}
	if (type == RECORD_RETIRED) {
		struct record_gone retired;
		memcpy(&retired, record.ptr, sizeof(retired));
		peer_retire(retired.link);
		return ORDER_NOTHING;
	}
	if (type == RECORD_LOG) {
		journal_replace(passed);
		return ORDER_NOTHING;
	}
	if (type == RECORD_PING) {
		monitor_send_plain(RECORD_PONG);
		return ORDER_NOTHING;
	}
	if (type == RECORD_STAMPED || type == RECORD_CHECKED)
		return stamping_answer(record) ? ORDER_NOTHING : ORDER_BROKEN;
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
