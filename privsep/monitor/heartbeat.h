/* SPDX-License-Identifier: ISC */
/*
 * Who hangs without dying: every few seconds the monitor asks each child
 * (PING), which answers from its loop (PONG).  One that stays silent is
 * reported, later ended, and so replaced.
 */
#ifndef PRIVSEP_MONITOR_HEARTBEAT_H
#define PRIVSEP_MONITOR_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "privsep/monitor/children.h"

#define HEARTBEAT_MS UINT64_C(5000)
/* So many in a row are not answered: reported; so many more: ended.  A healthy
 * child answers at once, and 25 s without a turn on a machine on which the
 * monitor has its own in time is no load any more.  One that starts loads
 * libraries and makes namespaces. */
#define HEARTBEAT_HUNG	3
#define HEARTBEAT_END	2
#define HEARTBEAT_START 24
/* If the monitor itself was so late, nobody's silence says anything: the
 * machine was overloaded, or the monitor stopped. */
#define HEARTBEAT_LATE_MS UINT64_C(2000)

/* Every HEARTBEAT_MS, so much too late: counts, reports, ends and asks. */
void heartbeat_run(uint64_t late);

/* It is reported. */
bool heartbeat_hangs(const struct child *);

#endif
