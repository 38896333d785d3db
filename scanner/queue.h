/* SPDX-License-Identifier: ISC */
/*
 * Messages that wait for a clamd, and whose turn it is.
 *
 * They have their turns in the order of fair.h; every other turn is that of who
 * has waited longest, once that is a quarter of wait_timeout: so nobody waits
 * for ever because of what others do, or claim to be.
 */
#ifndef SCANNER_QUEUE_H
#define SCANNER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/settings.h"
#include "scanner/fair.h"
#include "scanner/flow.h"

/* Within what waits.  Zeroed memory waits for nothing. */
struct queue_entry {
	TAILQ_ENTRY(queue_entry) order;
	struct turn turn;
	struct flow *flow; /* whose; NULL: nobody's */
	uint64_t since;
	bool passed; /* had its turn in this round, and waits on */
};

/* For so many messages.  Before lockdown. */
bool queue_setup(const struct scanner_settings *, uint32_t messages);

/* One of size bytes waits, since then; first: before all others. */
void queue_join(struct queue_entry *, struct flow *, uint64_t size,
    uint64_t since, bool first);

/* It does not wait any more; started: it had its turn. */
void queue_leave(struct queue_entry *, bool started);

/* How many wait; and is that, or what that client has of it, too much for one
 * more? */
uint32_t queue_waiting(void);
bool queue_is_full(const struct flow *);

/* Whose turn it is; NULL: nobody's.  One that had it and still waits is passed
 * over until queue_round. */
struct queue_entry *queue_turn(uint64_t now);
void queue_pass(struct queue_entry *);
void queue_round(void);

/* The first that has waited for wait_timeout; NULL: none. */
struct queue_entry *queue_waited(uint64_t now);

/* When there will be one; UINT64_MAX: never. */
uint64_t queue_next(void);

#endif
