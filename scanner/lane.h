/* SPDX-License-Identifier: ISC */
/*
 * Lanes: as many as clamds have threads for us, each a connection that one job
 * has while a clamd is at it.
 *
 * A job may go before clamd has answered: its session ended, or its time was
 * over.  clamd goes on, so its thread is not free before it has answered: the
 * lane is kept, abandoned, to see when that is.
 */
#ifndef SCANNER_LANE_H
#define SCANNER_LANE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "scanner/clamd.h"
#include "scanner/job.h"
#include "scanner/poll.h"

struct lane {
	struct job *job; /* NULL: free, or abandoned */
	uint32_t next_free;
	uint32_t backend;
	enum poll_for watched;
	struct clamd clamd;
	uint64_t until; /* an abandoned one is kept */
	TAILQ_ENTRY(lane) abandoned;
};

/* Before lockdown, with at least one lane for each thread of the clamds; false
 * if there is no memory. */
bool lane_setup(uint32_t count);

/* index: a job's, or below the count. */
struct lane *lane_at(uint32_t index);

/* A lane for the job, of which there is one. */
void lane_take(struct job *);

/* Gives lane and backend's room back, if the job has them; what clamd is still
 * at later, when it is done. */
void lane_give(struct job *, bool is_at_it);

/* The lane's connection has news: for the job that is returned, or NULL. */
struct job *lane_event(uint32_t index);

/* Gives up those that clamd does not answer on. */
void lane_run(uint64_t now);

/* When lane_run has something to do; UINT64_MAX: never. */
uint64_t lane_next(void);

#endif
