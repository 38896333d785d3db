/* SPDX-License-Identifier: ISC */
/*
 * The scanner's channel to the monitor, CHILD_FD_MONITOR: READY, BACKEND,
 * LOG_LOST, CUT, STAMP and CHECK go up.  What comes down: order.h.
 */
#ifndef SCANNER_BASE_MONITOR_LINK_H
#define SCANNER_BASE_MONITOR_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/record.h"
#include "sandbox/sandbox.h"

/* Takes the channel into the poll set.  Before lockdown. */
bool monitor_setup(void);

bool monitor_send_ready(const struct sandbox_report *);
/* All but the head is the caller's. */
void monitor_send_backend(struct record_backend *);
void monitor_send_plain(enum record_type);

/* A whole record; false if the monitor does not take it now. */
bool monitor_send(const void *record);

#endif
