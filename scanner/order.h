/* SPDX-License-Identifier: ISC */
/*
 * What the monitor sends on CHILD_FD_MONITOR: PEER, GONE, RETIRED, LOG, PING,
 * STOP, STAMPED and CHECKED.  Descriptors only come down: a listener's channel
 * with PEER, a log with LOG.
 */
#ifndef SCANNER_ORDER_H
#define SCANNER_ORDER_H

enum order {
	ORDER_NOTHING, /* handled, go on */
	ORDER_STOP,    /* finish what is open, then exit */
	ORDER_GONE,    /* end of file: exit */
	ORDER_BROKEN,  /* a record that must not be: exit with a fault */
};

/* The channel is readable. */
enum order order_input(void);

#endif
