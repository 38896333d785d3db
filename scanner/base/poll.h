/* SPDX-License-Identifier: ISC */
/*
 * What the scanner waits for: descriptors with a kind and an index into the
 * table of that kind.  Level-triggered epoll.
 *
 * An event can be stale (its slot was given to another descriptor by an
 * earlier event of the same round): handlers only make non-blocking calls and
 * take EAGAIN as "nothing yet", so that does no harm.
 */
#ifndef SCANNER_BASE_POLL_H
#define SCANNER_BASE_POLL_H

#include <stdbool.h>
#include <stdint.h>

#define POLL_ROUND 64 /* events taken at once */

enum poll_kind {
	POLL_MONITOR,
	POLL_PEER,
	POLL_SESSION,
	POLL_SCAN,
	POLL_PROBE,
	POLL_CONFIRM,
	POLL_METER,
};

enum poll_for { POLL_NOTHING, POLL_READ, POLL_WRITE };

struct poll_event {
	enum poll_kind kind;
	uint32_t index;
};

/* Before lockdown. */
bool poll_setup(void);

/* Waits for fd to be readable or writable; *have is what it is waited for
 * now, POLL_NOTHING at first, and kept by the caller.  A socket of our own
 * leaves with close(); one that others may hold copies of needs poll_leave. */
bool poll_watch(int fd, enum poll_kind, uint32_t index, enum poll_for *have,
    enum poll_for want);
void poll_leave(int fd);

/* At most timeout_ms, -1 for ever.  Returns how many events, -1 if epoll does
 * not work any more. */
int poll_wait(struct poll_event event[POLL_ROUND], int timeout_ms);

#endif
