/* SPDX-License-Identifier: ISC */
/*
 * How connections get to libmilter.  The library insists on a listening socket
 * that it opens itself; ours are opened by the monitor, may be several, and are
 * looked after by our own loop (libmilter.c).  So the program is linked with
 * --wrap for the calls with which libmilter makes its socket: what it gets is
 * the end of a pipe, on which our loop hands over accepted connections.
 */
#ifndef LIBMILTER_HANDOVER_H
#define LIBMILTER_HANDOVER_H

#include <stdbool.h>

/* What libmilter is told to listen on: a form that it accepts, no path that
 * is ever used. */
#define HANDOVER_ADDRESS "unix:handed-over"

/* Makes the pipe; false with errno. */
bool handover_init(void);

/* Gives a connection, blocking mode, to libmilter, which closes it in the end.
 * False if it has to wait. */
bool handover_give(int fd);

#endif
