/* SPDX-License-Identifier: ISC */
/*
 * Listening sockets, opened by pratiqued and kept open by the monitor for as
 * long as it runs: children come and go, the backlog stays.
 */
#ifndef PRIVSEP_LISTEN_H
#define PRIVSEP_LISTEN_H

#include <stddef.h>
#include <sys/types.h>

#include "config/settings.h"

/* Opens a listening socket, non-blocking and close-on-exec.  A Unix socket
 * gets MODE, and group GID unless that is (gid_t)-1; a stale socket file is
 * replaced, one that somebody listens on is not.  Returns the descriptor, or
 * -1 with what is wrong and the mend in why. */
int listen_open(
    const struct address *, mode_t mode, gid_t gid, char *why, size_t size);

#endif
