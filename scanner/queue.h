/* SPDX-License-Identifier: ISC */
/*
 * Where jobs wait, and until when: one list for each state, and one of all
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
#include "scanner/job.h"

/* For so many jobs.  Before lockdown. */
bool queue_setup(const struct scanner_settings *, uint32_t jobs);

/* From the list of its state, unless it is JOB_IDLE, into another one. */
void queue_enter(struct job *, enum job_state);

/* Its time runs from now on; it does not run any more. */
void queue_begin(struct job *);
void queue_end(struct job *);

/* How many are JOB_WAITING; and is that, or what this one's client has of it,
 * too much for one more? */
uint32_t queue_waiting(void);
bool queue_is_full(const struct job *);

/* Whose turn it is of those that are JOB_WAITING; NULL: nobody's.  One that had
 * it and still waits is passed over until queue_round. */
struct job *queue_turn(uint64_t now);
void queue_pass(struct job *);
void queue_round(void);

/* The first that has reached its deadline, that is JOB_RETRYING or _CONNECTING
 * and is to wake up, that has been JOB_WAITING too long; NULL: none. */
struct job *queue_overdue(uint64_t now);
struct job *queue_woken(enum job_state, uint64_t now);
struct job *queue_waited(uint64_t now);

/* When one of these will have one; UINT64_MAX: never. */
uint64_t queue_next(void);

#endif
