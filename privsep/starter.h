/* SPDX-License-Identifier: ISC */
/*
 * Whoever started us: the socket of a service manager (sd_notify(3)), and with
 * -d the process in the foreground.  In pratiqued; what is told them later is
 * the monitor's (privsep/notify.h), who is given both descriptors.
 */
#ifndef PRIVSEP_STARTER_H
#define PRIVSEP_STARTER_H

#include <stdbool.h>

/* Connects to the service manager that NOTIFY_SOCKET names.  Before the
 * environment is emptied.  The socket, or -1 if there is none. */
int starter_manager(void);

/* Forks; the parent waits for a byte on the pipe, and then ends with status 0,
 * or with 1 if the pipe is closed first.  Returns in the child, which has its
 * own session, with the pipe in *fd.  False with errno. */
bool starter_detach(int *fd);

#endif
