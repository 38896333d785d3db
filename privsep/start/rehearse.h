/* SPDX-License-Identifier: ISC */
/*
 * The start of each child, rehearsed before there is a monitor.
 *
 * A child that makes a call outside the monitor's table is killed, mostly by
 * what a new C library does before the first line of ours, and nobody learns
 * for which call a process was killed.  So pratiqued starts each of them once,
 * with its real boot block and layers, under the monitor's table in which the
 * kernel reports such a call instead of killing.  It ends where the child would
 * put its own program in force: nothing is accepted, connected to, read or
 * logged.
 */
#ifndef PRIVSEP_START_REHEARSE_H
#define PRIVSEP_START_REHEARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "privsep/start/plan.h"
#include "sandbox/policy.h"

/* One child: its program and role, and what are its descriptors 3, 4, ...;
 * the first becomes its end of a channel if it is -1. */
struct rehearsal {
	const char *program;
	const char *role;
	int fd[EXEC_FDS_MAX];
	size_t fds;
};

/* True if the child came to its own program, or to its end, or if nobody can
 * tell: kernels before 5.0 cannot, and neither can we below a filter of
 * somebody else's that does the same.  False with the call in why. */
bool rehearse_child(const struct rehearsal *,
    const struct policy_program *monitor, char *why, size_t size);

/* All children of the plan. */
bool rehearse(const struct plan *, char *why, size_t size);

#endif
