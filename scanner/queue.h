/* SPDX-License-Identifier: ISC */
/*
 * Where scans wait, and until when: one list for each state, and one of all
 * that are under way, by deadline.
 *
 * All time limits are constants, so that the first of each list is always the
 * next to expire, and nothing is ever searched.  What is put back goes to the
 * end, with a later time: the loops of who takes the first one come to an end.
 *
 * Those that wait for a clamd have their turns in the order of fair.h; every
 * other turn is that of who has waited longest, once that is a quarter of
 * wait_timeout: so nobody waits for ever because of what others do, or claim to
 * be.
 */
#ifndef SCANNER_QUEUE_H
#define SCANNER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/scan.h"

/* For so many scans.  Before lockdown. */
bool queue_setup(const struct scanner_settings *, uint32_t scans);

/* From the list of its state, unless it is SCAN_IDLE, into another one. */
void queue_enter(struct scan *, enum scan_state);

/* Its time runs from now on; it does not run any more. */
void queue_begin(struct scan *);
void queue_end(struct scan *);

/* How many are SCAN_WAITING; and is that, or what this one's client has of it,
 * too much for one more? */
uint32_t queue_waiting(void);
bool queue_is_full(const struct scan *);

/* Whose turn it is of those that are SCAN_WAITING; NULL: nobody's.  One that had
 * it and still waits is passed over until queue_round. */
struct scan *queue_turn(uint64_t now);
void queue_pass(struct scan *);
void queue_round(void);

/* The first that has reached its deadline, that is SCAN_RETRYING or _CONNECTING
 * and is to wake up, that has been SCAN_WAITING too long; NULL: none. */
struct scan *queue_overdue(uint64_t now);
struct scan *queue_woken(enum scan_state, uint64_t now);
struct scan *queue_waited(uint64_t now);

/* When one of these will have one; UINT64_MAX: never. */
uint64_t queue_next(void);

#endif
