/* SPDX-License-Identifier: ISC */
/*
 * The boot block of the process that accepts connections, with either engine,
 * and in it that of its sessions.
 */
#ifndef PRIVSEP_FRONT_FRONT_BOOT_H
#define PRIVSEP_FRONT_FRONT_BOOT_H

#include <stdbool.h>

#include "privsep/ipc/boot.h"

struct front_boot {
	const struct listener_boot *listener;
	struct span filter;
	/* Of sessions; in memory of its own, see boot_copy. */
	const struct session_settings *settings;
	struct span session_filter; /* may be empty: SESSION_PART_FILTER */
};

/* Loads it, as boot_load does.  False if it is not what it should be. */
bool front_boot_load(struct front_boot *);

#endif
