/* SPDX-License-Identifier: ISC */
/*
 * Starting the resolver (privsep/resolver/resolver.c), if the configuration
 * names a clamd's host.  In pratiqued, before it becomes the monitor.
 */
#ifndef PRIVSEP_START_PLAN_RESOLVER_H
#define PRIVSEP_START_PLAN_RESOLVER_H

#include <sys/types.h>

#include "config/config.h"
#include "privsep/ipc/boot.h"

/* Starts it with that boot block, waits until it is confined, and enters it in
 * the status file.  *addresses becomes the memory that it writes to; -1 if
 * there is no name to look up, and then *pid stays as it is.  NULL, or what
 * went wrong. */
const char *plan_resolver(const struct config *, const struct resolver_boot *,
    int status, pid_t *pid, int *addresses);

#endif
