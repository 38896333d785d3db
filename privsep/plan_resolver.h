/* SPDX-License-Identifier: ISC */
/*
 * Starting the resolver (resolver.c), if the configuration names a clamd's host.
 * In pratiqued, before it is the monitor.
 */
#ifndef PRIVSEP_PLAN_RESOLVER_H
#define PRIVSEP_PLAN_RESOLVER_H

#include "config/config.h"
#include "privsep/boot.h"

/* Starts it, waits until it is confined, and fills in what the monitor is told
 * of it.  *addresses becomes the memory that it writes to; -1 if there is no
 * name to look up.  NULL, or what went wrong. */
const char *plan_resolver(
    const struct config *, struct monitor_boot *, int *addresses);

#endif
