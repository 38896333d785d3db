/* SPDX-License-Identifier: ISC */
/*
 * Supervision: the monitor's work after its start.  It starts the scanner and
 * the listener, gives each the channel to the other, restarts what dies, has
 * listeners replaced, and ends them all.  It reads fixed-size records of its
 * children and nothing else.
 */
#ifndef PRIVSEP_MONITOR_SUPERVISE_H
#define PRIVSEP_MONITOR_SUPERVISE_H

#include "privsep/ipc/boot.h"

/* Starts everything, says so (log, notify), and returns when the daemon has
 * been asked to stop and all children have ended: 0, or a sysexits code if it
 * could not get to work.  The boot block must stay. */
int supervise(const struct monitor_boot *);

#endif
