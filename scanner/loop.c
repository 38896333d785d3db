/* SPDX-License-Identifier: ISC */
/* The scanner's loop; see loop.h. */
#include "scanner/loop.h"
#include "scanner/anomaly_log.h"

#include <limits.h>

#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/poll.h"
#include "scanner/clamd/confirm.h"
#include "scanner/clamd/meter.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/standby.h"
#include "scanner/client.h"
#include "scanner/order.h"
#include "scanner/peer.h"
#include "scanner/report.h"
#include "scanner/scan.h"
#include "scanner/stamping.h"

/* After STOP: how long sessions without a message may take to end, and how
 * much longer than a scan those with one. */
#define STOP_GRACE_MS 10000

static uint64_t stop_at; /* when STOP came; 0: not yet */

static enum order
handle_event(const struct poll_event *event)
{
	switch (event->kind) {
	case POLL_MONITOR:
		return order_input();
	case POLL_PEER:
		peer_input(event->index);
		break;
	case POLL_SESSION:
		client_input(event->index);
		break;
	case POLL_SCAN:
		scan_event(event->index);
		break;
	case POLL_PROBE:
		probe_event(event->index);
		break;
	case POLL_CONFIRM:
		confirm_event(event->index);
		break;
	case POLL_METER:
		meter_event(event->index);
		break;
	}
	return ORDER_NOTHING;
}

static void
begin_stop(uint64_t now)
{
	if (stop_at != 0)
		return;
	stop_at = now;
	client_drain();
}

static bool
is_stopped(const struct scanner_settings *settings, uint64_t now)
{
	uint64_t since = now - stop_at;

	if (stop_at == 0)
		return false;
	return client_count() == 0 ||
	       (since >= STOP_GRACE_MS && client_busy() == 0) ||
	       since >= STOP_GRACE_MS + (uint64_t)settings->scan_timeout;
}

/* Milliseconds until something is due, rounded so that it then is. */
static int
time_to_wait(uint64_t now)
{
	uint64_t next = scan_next();
	uint64_t probe = probe_next();

	if (probe < next)
		next = probe;
	if (confirm_next() < next)
		next = confirm_next();
	if (meter_next() < next)
		next = meter_next();
	if (stamping_next() < next)
		next = stamping_next();
	if (anomaly_next() < next)
		next = anomaly_next();
	if (standby_next() < next)
		next = standby_next();
	if (client_next() < next)
		next = client_next();
	if (report_next() < next)
		next = report_next();
	if (log_retry_next() < next)
		next = log_retry_next();
	if (stop_at != 0 && next > now + 100)
		next =
		    now + 100; /* the end of a stop has no timer of its own */
	if (next == UINT64_MAX)
		return -1;
	if (next <= now)
		return 0;
	return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

int
loop_run(const struct scanner_settings *settings)
{
	struct poll_event event[POLL_ROUND];
	uint64_t now = clock_ms();

	probe_run(now);
	scan_run(now);
	while (!is_stopped(settings, now)) {
		int n = poll_wait(event, time_to_wait(now));

		if (n == -1)
			return 1;
		now = clock_ms();
		for (int i = 0; i < n; i++) {
			switch (handle_event(&event[i])) {
			case ORDER_NOTHING:
				break;
			case ORDER_STOP:
				begin_stop(now);
				break;
			case ORDER_GONE:
				return 0;
			case ORDER_BROKEN:
				log_retry_event(LOG_LEVEL_ERROR,
				    "monitor-violation",
				    "unexpected record from the monitor");
				return 1;
			}
		}
		backend_follow();
		probe_run(now);
		confirm_run(now); /* a thread that got free is its first */
		scan_run(now);
		meter_run(now);
		stamping_run(now);
		anomaly_run(now);
		standby_run(now);
		client_run(now);
		report_run(now);
		log_retry_run(now);
	}
	stamping_log_counts();
	anomaly_run(UINT64_MAX);
	report_run(UINT64_MAX);
	return 0;
}
