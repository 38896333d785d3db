/* SPDX-License-Identifier: ISC */
/*
 * Telling whoever started us how we are: a service manager by the sd_notify
 * protocol (one datagram per message to the socket named in NOTIFY_SOCKET),
 * and with -d the process that was started in the foreground.
 */
#ifndef PRIVSEP_NOTIFY_H
#define PRIVSEP_NOTIFY_H

#include <stdbool.h>

/* Connects to the service manager if there is one.  Before the environment is
 * cleared. */
void notify_init(void);

/* Forks; the parent waits for notify_ready and then ends with status 0, or
 * with 1 if the child ends first.  Returns in the child, which has its own
 * session.  False with errno. */
bool notify_detach(void);

/* The daemon takes connections. */
void notify_ready(void);

/* The daemon is about to end. */
void notify_stopping(void);

#endif
