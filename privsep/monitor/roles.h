/* SPDX-License-Identifier: ISC */
/*
 * The roles: one row for each kind of process that the monitor starts and
 * keeps running.  The code of the monitor reads rows and names no role.
 *
 * What depends on the configuration is in the role's struct child_plan
 * (privsep/ipc/boot.h), which pratiqued makes: whether there is such a process
 * at all, its program, boot block and descriptors, and how long it has when it
 * is replaced.  User and filter are in its own boot block, which it reads
 * itself.  What it may say to whom is in the table of records
 * (privsep/ipc/record.c), and in which state in dispatch.c.
 *
 * The same for all: heartbeat (heartbeat.h), restarts (children.h), and that
 * the daemon is ready when each role has been up once.
 */
#ifndef PRIVSEP_MONITOR_ROLES_H
#define PRIVSEP_MONITOR_ROLES_H

#include <stdbool.h>

#include "privsep/ipc/record.h"

struct role_row {
	const char *name; /* in log and status */
	/* ROLE_BITs of those that it gets a channel to.  They are told when it
	 * has been retired, and when it has ended. */
	unsigned int uses;
	/* What it is told when a successor is at work: RETIRE, to live on for
	 * what it still has, or STOP. */
	enum record_type retire;
	/* It sees the directories of clamds' sockets as they were when it was
	 * started: if one is made anew it is replaced. */
	bool sees_directories;
};

extern const struct role_row roles[ROLES_MAX];

#endif
