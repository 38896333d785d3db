/* SPDX-License-Identifier: ISC */
/*
 * What is to happen at some time, in the order of these times.  A list is meant
 * for times that come in nearly that order (one duration): then to add one
 * costs nothing.
 */
#ifndef SCANNER_BASE_TIMER_H
#define SCANNER_BASE_TIMER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Within what waits; at is to be read, and of one that is in a list only. */
struct timer {
	TAILQ_ENTRY(timer) order;
	uint64_t at; /* milliseconds, clock_ms */
};

TAILQ_HEAD(timer_list, timer);

/* Into the list, and out of it. */
void timer_start(struct timer_list *, struct timer *, uint64_t at);
void timer_stop(struct timer_list *, struct timer *);

/* The first that is due; NULL: none. */
struct timer *timer_first(const struct timer_list *, uint64_t now);

/* When there is one; UINT64_MAX: never. */
uint64_t timer_next(const struct timer_list *);

#endif
