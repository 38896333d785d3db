/* SPDX-License-Identifier: ISC */
/*
 * Listening sockets, opened by pratiqued and kept open by the monitor for as
 * long as it runs: children come and go, the backlog stays.
 */
#ifndef PRIVSEP_LISTEN_H
#define PRIVSEP_LISTEN_H

#include <stddef.h>

#include "config/config.h"

/* Opens a listening socket, non-blocking and close-on-exec.  A Unix socket
 * gets the configured mode and group; one that an earlier run has left behind
 * is replaced (leftover.h), anything else in its place stays.  Returns the
 * descriptor, or -1 with what is wrong and the mend in why. */
int listen_open(
    const struct address *, const struct config *, char *why, size_t size);

#endif
