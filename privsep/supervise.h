/* SPDX-License-Identifier: ISC */
/*
 * Supervision: the monitor's work after its start.  It starts the scanner and
 * the listener, gives each the channel to the other, restarts what dies, has
 * listeners replaced, and ends them all.  It reads fixed-size records of its
 * children and nothing else.
 */
#ifndef PRIVSEP_SUPERVISE_H
#define PRIVSEP_SUPERVISE_H

#include <stdbool.h>

#include "privsep/boot.h"
#include "privsep/child.h"
#include "sandbox/sandbox.h"

struct supervise_plan {
	const struct monitor_boot *boot;
	struct child_plan listener;
	struct child_plan scanner;
	/* Where the sockets of clamds are: if such a directory is made anew the
	 * scanner, which sees the old one, must be, too. */
	uint32_t directories;
	const char (*directory)[SANDBOX_BIND_LEN];
	pid_t resolver; /* 0: none */
	uint32_t scan_timeout;
	uint32_t retire_time; /* for a listener that was replaced */
	bool syslog; /* the log is the system log, not standard error */
};

/* Starts everything, says so (log, notify), and returns when the daemon has
 * been asked to stop and all children have ended: 0, or a sysexits code if it
 * could not get to work.  plan must stay valid. */
int supervise(struct supervise_plan *plan);

#endif
