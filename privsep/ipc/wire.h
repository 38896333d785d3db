/* SPDX-License-Identifier: ISC */
/*
 * Reading and writing with deadlines, with the session's five calls: read,
 * write, ppoll, clock_gettime (and exit_group).  Descriptors are
 * non-blocking.
 */
#ifndef PRIVSEP_IPC_WIRE_H
#define PRIVSEP_IPC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/span.h"

/* Milliseconds on the monotonic clock. */
uint64_t wire_now(void);

/* Seconds since 1970. */
uint64_t wire_date(void);

/* A session's two descriptors.  mta is -1 where somebody else reads from the
 * MTA: then it is never looked at. */
struct wire_ends {
	int mta;
	int scanner;
};

/* What wire_wait woke up for. */
#define WIRE_READ_MTA	  1U
#define WIRE_READ_SCANNER 2U
#define WIRE_MTA_GONE	  4U /* both directions closed, or an error */
#define WIRE_SCANNER_GONE 8U

/* Waits until one of WANT (the two READ bits) is there, somebody is gone, or
 * the deadline (wire_now's clock) has passed: then 0.  Only descriptors in
 * WANT or in WATCH_MTA are looked at. */
unsigned int wire_wait(const struct wire_ends *, unsigned int want,
    bool watch_mta, uint64_t deadline);

/* Writes all of it to fd; false if the peer is gone or the deadline passed.
 * On a record channel it writes one datagram: that goes whole or not at all. */
bool wire_write(int fd, struct span bytes, uint64_t deadline);

#endif
