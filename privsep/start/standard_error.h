/* SPDX-License-Identifier: ISC */
/* Standard error, which is where the log goes by default. */
#ifndef PRIVSEP_START_STANDARD_ERROR_H
#define PRIVSEP_START_STANDARD_ERROR_H

/* From now on nobody who writes to descriptor 2, in this process or one that
 * inherits it, waits for a reader of a pipe or terminal: its descriptor becomes
 * one of our own that does not.  Whoever shares the old one notices nothing,
 * except for a pipe that this user may not open: that one itself does not wait
 * any more.  A socket stays as it is: there each write can say so. */
void standard_error_own(void);

#endif
