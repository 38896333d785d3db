/* SPDX-License-Identifier: ISC */
/* The way to the system log, opened by the monitor for the scanner. */
#ifndef PRIVSEP_SYSLOG_H
#define PRIVSEP_SYSLOG_H

/* Opens a connected, non-blocking datagram socket; -1 with errno. */
int syslog_open(const char *path);

#endif
