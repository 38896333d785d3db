/* SPDX-License-Identifier: ISC */
/*
 * Signals as the monitor takes them: by descriptor, no handlers, and none ends
 * it without a word.
 */
#ifndef PRIVSEP_MONITOR_SIGNALS_H
#define PRIVSEP_MONITOR_SIGNALS_H

enum signals_wish {
	SIGNALS_NONE,
	SIGNALS_CHILD,	/* one has ended; or one that means nothing to us */
	SIGNALS_RELOAD, /* HUP */
	SIGNALS_STOP,	/* TERM, INT, QUIT */
};

/* Blocks all that would end or tell us something.  The descriptor to read them
 * from; -1 with errno. */
int signals_open(void);

/* The next one that has come; what means nothing to us is logged. */
enum signals_wish signals_next(int fd);

#endif
