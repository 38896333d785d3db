/* SPDX-License-Identifier: ISC */
/* Lists of jobs; see queue.h.  Runs in the scanner. */
#include "scanner/queue.h"

#include <stddef.h>

#include "scanner/clock.h"
#include "scanner/confirm.h"

/* JOB_IDLE has none, and JOB_CONFIRMING's are in confirm.c. */
static struct job_list list[JOB_STATES];
static struct job_list due;
static uint32_t waiting; /* in the list of that state */
static uint32_t scan_timeout, wait_timeout;

void
queue_setup(const struct scanner_settings *settings)
{
	scan_timeout = settings->scan_timeout;
	wait_timeout = settings->wait_timeout;
	waiting = 0;
	for (size_t i = 0; i < JOB_STATES; i++)
		TAILQ_INIT(&list[i]);
	TAILQ_INIT(&due);
}

void
queue_enter(struct job *j, enum job_state state)
{
	if (j->state == JOB_CONFIRMING)
		confirm_leave(j);
	else if (j->state != JOB_IDLE)
		TAILQ_REMOVE(&list[j->state], j, queue);
	waiting -= j->state == JOB_WAITING ? 1 : 0;
	waiting += state == JOB_WAITING ? 1 : 0;
	j->state = state;
	/* Who comes back from a backend keeps his place; who is refused does
	 * not wait. */
	if (state == JOB_WAITING &&
	    (j->tried != 0 || j->had != 0 || j->refused))
		TAILQ_INSERT_HEAD(&list[state], j, queue);
	else if (state == JOB_CONFIRMING)
		confirm_join(j);
	else if (state != JOB_IDLE)
		TAILQ_INSERT_TAIL(&list[state], j, queue);
}

void
queue_begin(struct job *j)
{
	j->submitted = clock_ms();
	j->deadline = j->submitted + scan_timeout;
	TAILQ_INSERT_TAIL(&due, j, due);
}

void
queue_end(struct job *j)
{
	TAILQ_REMOVE(&due, j, due);
}

uint32_t
queue_waiting(void)
{
	return waiting;
}

struct job *
queue_first(void)
{
	return TAILQ_FIRST(&list[JOB_WAITING]);
}

struct job *
queue_overdue(uint64_t now)
{
	struct job *j = TAILQ_FIRST(&due);

	return j != NULL && j->deadline <= now ? j : NULL;
}

struct job *
queue_woken(enum job_state state, uint64_t now)
{
	struct job *j = TAILQ_FIRST(&list[state]);

	return j != NULL && j->wake <= now ? j : NULL;
}

/* When the first of those that wait has waited too long. */
static uint64_t
wait_ends(void)
{
	const struct job *j = queue_first();

	return j == NULL ? UINT64_MAX : j->submitted + wait_timeout;
}

struct job *
queue_waited(uint64_t now)
{
	return wait_ends() <= now ? queue_first() : NULL;
}

uint64_t
queue_next(void)
{
	static const enum job_state woken[] = {JOB_CONNECTING, JOB_RETRYING};
	const struct job *j = TAILQ_FIRST(&due);
	uint64_t next = wait_ends();

	if (j != NULL && j->deadline < next)
		next = j->deadline;
	for (size_t i = 0; i < sizeof(woken) / sizeof(woken[0]); i++) {
		j = TAILQ_FIRST(&list[woken[i]]);
		if (j != NULL && j->wake < next)
			next = j->wake;
	}
	return next;
}
