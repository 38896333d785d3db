/* SPDX-License-Identifier: ISC */
/*
 * Channels: SOCK_SEQPACKET pairs between our processes, non-blocking,
 * close-on-exec.  Used by monitor, listener and scanner; the session uses
 * plain read and write on its end.
 */
#ifndef PRIVSEP_IPC_CHANNEL_H
#define PRIVSEP_IPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/span.h"

/* False with errno set. */
bool channel_pair(int fd[2]);

/* Sends one record (its head says how long), with a copy of descriptor passfd
 * unless that is -1.  False with errno set (EAGAIN: the peer does not read). */
bool channel_send(int fd, const void *record, int passfd);

/* Receives one datagram, and at most one descriptor with it: *passed is the
 * descriptor (close-on-exec, now ours) or -1.  Returns its length, 0 at end of
 * file, -1 with errno.  A datagram longer than cap, or with other control data,
 * is -1/EBADMSG.  What a peer sent before it ended comes first, even if it has
 * left something unread. */
ssize_t channel_recv(int fd, void *buf, size_t cap, int *passed);

/* The same without the descriptors: those sent along are never installed, and
 * a datagram longer than cap is cut.  Never waits, whatever fd is. */
ssize_t channel_read(int fd, void *buf, size_t cap);

/* As channel_read, for a process that is never sent descriptors: one sent
 * along, or a datagram longer than cap, is -1/EBADMSG. */
ssize_t channel_take(int fd, void *buf, size_t cap);

#endif
