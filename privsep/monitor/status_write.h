/* SPDX-License-Identifier: ISC */
/*
 * Writing to the status file (privsep/ipc/status_block.h), in the monitor: its
 * parts keep what pratique(8) is to know in status_now, and what has changed
 * there reaches the file as a whole.
 */
#ifndef PRIVSEP_MONITOR_STATUS_WRITE_H
#define PRIVSEP_MONITOR_STATUS_WRITE_H

#include "privsep/ipc/status_block.h"

/* As pratiqued has made it, until the monitor's parts change it. */
extern struct status_block status_now;

/* Maps the file; the descriptor stays open, for the lock.  False with errno. */
bool status_map(int fd);

/* Brings the file up to date. */
void status_publish(void);

#endif
