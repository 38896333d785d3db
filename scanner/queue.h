/* SPDX-License-Identifier: ISC */
/*
 * Where jobs wait, and until when: one list for each state, and one of all
 * that are under way, by deadline.
 *
 * All time limits are constants, so that the first of each list is always the
 * next to expire, and nothing is ever searched.  What is put back goes to the
 * end, with a later time: the loops of who takes the first one come to an end.
 */
#ifndef SCANNER_QUEUE_H
#define SCANNER_QUEUE_H

#include <stdint.h>

#include "config/settings.h"
#include "scanner/job.h"

void queue_setup(const struct scanner_settings *);

/* From the list of its state, unless it is JOB_IDLE, into another one. */
void queue_enter(struct job *, enum job_state);

/* Its time runs from now on; it does not run any more. */
void queue_begin(struct job *);
void queue_end(struct job *);

/* How many are JOB_WAITING, and the first of them. */
uint32_t queue_waiting(void);
struct job *queue_first(void);

/* The first that has reached its deadline, that is JOB_RETRYING or _CONNECTING
 * and is to wake up, that has been JOB_WAITING too long; NULL: none. */
struct job *queue_overdue(uint64_t now);
struct job *queue_woken(enum job_state, uint64_t now);
struct job *queue_waited(uint64_t now);

/* When one of these will have one; UINT64_MAX: never. */
uint64_t queue_next(void);

#endif
