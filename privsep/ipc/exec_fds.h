/* SPDX-License-Identifier: ISC */
/*
 * Which descriptors a program of ours finds open, and where, when it is
 * executed by another one of ours; the children's are in lib/fd_numbers.h.
 */
#ifndef PRIVSEP_IPC_EXEC_FDS_H
#define PRIVSEP_IPC_EXEC_FDS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "lib/fd_numbers.h"
#include "privsep/ipc/record.h"

/* The monitor's.  Boot block and log have the places that they have in its
 * children. */
enum {
	MONITOR_FD_STATUS = 3,
	MONITOR_FD_BOOT = CHILD_FD_BOOT,
	MONITOR_FD_LOG = CHILD_FD_LOG,
	MONITOR_FD_LISTENER,  /* the listener's boot block */
	MONITOR_FD_SCANNER,   /* the scanner's */
	MONITOR_FD_KEYS,      /* the key reader's, if keys are in use */
	MONITOR_FD_ADDRESSES, /* addresses.h, if a clamd has a name */
	MONITOR_FD_MANAGER,   /* socket of the service manager, if any */
	MONITOR_FD_LAUNCHER,  /* pipe to pratiqued -d, if started so */
	MONITOR_FD_PID_FILE,  /* which is locked, if there is one */
	MONITOR_FD_LISTEN,    /* this and the following */
	MONITOR_FD_END = MONITOR_FD_LISTEN + CONFIG_LISTEN_MAX,
};

/* The key reader's (keys/keys.c). */
enum {
	READER_FD_RING = 3, /* where keys go */
	READER_FD_BOOT = CHILD_FD_BOOT,
};

/* The resolver's (privsep/resolver/resolver.c). */
enum {
	RESOLVER_FD_ADDRESSES = 3, /* addresses.h */
	RESOLVER_FD_BOOT = CHILD_FD_BOOT,
	RESOLVER_FD_READY = 5, /* a pipe, for its sandbox_report */
};

#define EXEC_FDS_FIRST 3
#define EXEC_FDS_MAX   (MONITOR_FD_END - EXEC_FDS_FIRST)

/* Puts copies of fd[0] .. fd[count - 1], at most EXEC_FDS_MAX, at descriptors
 * 3, 4, ..., to stay open across execve, and closes all others from 3 on; -1
 * leaves a place empty.  For a process that is about to become another one:
 * false with errno leaves it in disorder. */
bool exec_fds_take(const int *fd, size_t count);

#endif
