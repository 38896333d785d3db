/* SPDX-License-Identifier: ISC */
/*
 * Telling whoever started us how we are: a service manager by the sd_notify
 * protocol, one datagram per message, and with -d the process that was started
 * in the foreground, by a byte on a pipe.  In the monitor, on the descriptors
 * that it was given (privsep/ipc/exec_fds.h).
 */
#ifndef PRIVSEP_MONITOR_NOTIFY_H
#define PRIVSEP_MONITOR_NOTIFY_H

#include <stdbool.h>

/* Which of the two there are. */
void notify_setup(bool manager, bool launcher);

/* The daemon takes connections. */
void notify_ready(void);

/* The daemon is about to end. */
void notify_stopping(void);

#endif
