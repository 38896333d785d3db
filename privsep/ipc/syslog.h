/* SPDX-License-Identifier: ISC */
/* The way to the system log, opened for the scanner. */
#ifndef PRIVSEP_IPC_SYSLOG_H
#define PRIVSEP_IPC_SYSLOG_H

#define SYSLOG_PATH "/dev/log"

/* Opens a connected, non-blocking datagram socket; -1 with errno. */
int syslog_open(void);

#endif
