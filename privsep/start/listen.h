/* SPDX-License-Identifier: ISC */
/*
 * Listening sockets, opened by pratiqued and kept open by the monitor for as
 * long as it runs: children come and go, the backlog stays.
 */
#ifndef PRIVSEP_START_LISTEN_H
#define PRIVSEP_START_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "config/config.h"

/* Opens a listening socket, non-blocking and close-on-exec.  A Unix socket
 * gets the configured mode and group; one that an earlier run has left behind
 * is replaced (leftover.h), anything else in its place stays.  Returns the
 * descriptor, or -1 with what is wrong and the mend in why. */
int listen_open(
    const struct address *, const struct config *, char *why, size_t size);

/* Mode and group (-1: any) for the socket of ours that has just been bound to
 * path; whatever else is there stays as it is.  False with what is wrong. */
bool listen_settle(
    const char *path, mode_t mode, gid_t gid, char *why, size_t size);

#endif
