/* SPDX-License-Identifier: ISC */
/*
 * Which descriptors the monitor's children and the session processes find
 * open, and where: the start-up code and the filters
 * use these numbers.  For the other processes see privsep/ipc/exec_fds.h.
 */
#ifndef LIB_FD_NUMBERS_H
#define LIB_FD_NUMBERS_H

/* The descriptors that every process of a role finds open at its start. */
enum {
	CHILD_FD_MONITOR = 3, /* listener, scanner: channel to the monitor */
	CHILD_FD_BOOT = 4,    /* listener, scanner: boot block */
	CHILD_FD_LOG = 5,     /* scanner: the log */
	CHILD_FD_LISTEN = 6,  /* listener: this and the following */
	CHILD_FD_ADDRESSES =
	    6, /* scanner: addresses.h, if a clamd has a name */

	SESSION_FD_MTA = 3,
	SESSION_FD_SCANNER = 4,
};

/* The bits of 0, 1, 2 and the channel to the monitor, for
 * sandbox_descriptors; the boot block is closed when they are looked at. */
#define CHILD_FDS (0x7U | 1U << CHILD_FD_MONITOR)

#endif
