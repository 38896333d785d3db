/* SPDX-License-Identifier: ISC */
/*
 * The processes that a listener has forked, one for each session: which they
 * are, whose MTA has hung up, and which of those should have ended by now.
 *
 * A session ends by itself, soon after its MTA has gone.  One that was taken
 * over may not: it would keep its place for ever.  The listener keeps no
 * descriptor of the connection, and so cannot read it, but its epoll set still
 * tells of the hang-up (see listener.c).
 */
#ifndef PRIVSEP_FRONT_SESSION_TABLE_H
#define PRIVSEP_FRONT_SESSION_TABLE_H

#include <stdint.h>
#include <sys/types.h>

struct sessions; /* the table; one per listener */

/* A table for so many, each with so many milliseconds to end after its MTA has
 * gone.  NULL if there is no memory. */
struct sessions *sessions_make(uint32_t capacity, uint32_t time);

/* One more, and how many there are; never more than there is room for. */
void sessions_add(struct sessions *, pid_t);
uint32_t sessions_count(const struct sessions *);

/* It has ended. */
void sessions_remove(struct sessions *, pid_t);

/* Its MTA has hung up (now in milliseconds).  A pid that is no longer in the
 * table is ignored. */
void sessions_left(struct sessions *, pid_t, uint64_t now);

/* One that should have ended, 0 if there is none; not named again before as
 * much time has passed once more. */
pid_t sessions_overdue(struct sessions *, uint64_t now);

/* When there may be one, UINT64_MAX: not before another has left. */
uint64_t sessions_next(const struct sessions *);

#endif
