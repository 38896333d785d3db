/* SPDX-License-Identifier: ISC */
/*
 * Whoever started us: the socket of a service manager (sd_notify(3)), and with
 * -d the process in the foreground.  In pratiqued; telling them anything later
 * is the monitor's task (privsep/monitor/notify.h), which is given both
 * descriptors.
 */
#ifndef PRIVSEP_START_LAUNCH_H
#define PRIVSEP_START_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>

/* Connects to the service manager that NOTIFY_SOCKET names.  Before the
 * environment is emptied.  The socket, or -1 if there is none. */
int launch_manager(void);

/* Undoes what a caller may have set and a daemon does not start with: all
 * signals as they are by default, none blocked (nohup ignores SIGHUP, and a
 * process that ignores SIGCHLD has no children to wait for).  As many
 * descriptors as we may have.  False with what is wrong in why. */
bool launch_reset(char *why, size_t size);

/* Becomes a daemon as daemon(7) has it: a session of its own, and not its
 * leader.  What is written to standard error from now on reaches the caller's
 * by the process in the foreground, which ends with status 0 at a byte on the
 * pipe, or with 1 if that is closed first.  Returns in the daemon, with the
 * pipe in *fd and the caller's standard error in *stderr_fd, to be closed on
 * execve.  False with errno. */
bool launch_detach(int *fd, int *stderr_fd);

#endif
