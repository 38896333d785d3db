/* SPDX-License-Identifier: ISC */
/* The system call filters of all processes, compiled.  In pratiqued only. */
#ifndef PRIVSEP_START_FILTERS_H
#define PRIVSEP_START_FILTERS_H

#include <stdbool.h>

#include "config/config.h"
#include "sandbox/policy.h"

/* Length 0: not needed with this configuration. */
struct filters {
	struct policy_program monitor;
	struct policy_program listener;
	struct policy_program session;
	struct policy_program scanner;
	struct policy_program reader;
	struct policy_program resolver;
};

/* binds: the sockets of clamds are in several directories.  NULL, or what went
 * wrong. */
const char *filters_compile(
    const struct config *, bool binds, struct filters *out);

#endif
