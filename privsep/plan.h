/* SPDX-License-Identifier: ISC */
/*
 * From the configuration to what the children are started with: boot blocks,
 * descriptors, sandbox specifications.
 */
#ifndef PRIVSEP_PLAN_H
#define PRIVSEP_PLAN_H

#include <stdbool.h>

#include "config/config.h"
#include "privsep/supervise.h"

/* Makes run_dir and the empty directory in it, opens the listening sockets (or
 * takes those of a service manager, whose addresses then stand in the
 * configuration) and the log, compiles the policies and makes the boot blocks.
 * log_fd becomes where the log goes.  False with what is wrong and the mend in why.  The
 * results live as long as the process. */
bool plan_make(struct config *, struct supervise_plan *out, int *log_fd,
    char *why, size_t size);

#endif
