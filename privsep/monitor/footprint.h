/* SPDX-License-Identifier: ISC */
/*
 * Names in the file system that are there while the daemon runs: its listening
 * sockets and the pid file.  In the monitor, which looks now and then whether
 * the sockets are still there, and removes all of them at the end.  Sockets of
 * a service manager are its own.
 */
#ifndef PRIVSEP_MONITOR_FOOTPRINT_H
#define PRIVSEP_MONITOR_FOOTPRINT_H

#include "privsep/ipc/boot.h"

/* Looks, and says so once of each socket that is not at its name any more. */
void footprint_check(const struct monitor_boot *);

/* Removes what is still ours, as far as the monitor may. */
void footprint_remove(const struct monitor_boot *);

#endif
