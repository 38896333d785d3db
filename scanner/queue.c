/* SPDX-License-Identifier: ISC */
/* Lists of scans; see queue.h.  Runs in the scanner. */
#include "scanner/queue.h"

#include <stddef.h>

#include "scanner/base/clock.h"
#include "scanner/confirm.h"
#include "scanner/fair.h"

/* SCAN_IDLE has none, and SCAN_CONFIRMING's are in confirm.c. */
static struct scan_list list[SCAN_STATES];
static struct scan_list due;
static uint32_t waiting; /* in the list of that state */
static struct scan
    *front;		/* of them: none before it is to be had in this round */
static uint32_t passed; /* of them, in this round */
static uint32_t turns;	/* that were had */
static uint32_t scan_timeout, wait_timeout, max_waiting;

/* A client may have so many times as many places as are free, as with memory. */
#define PLACES_TIMES 4
/* Of wait_timeout: then a message has turns that do not depend on others. */
#define AGED_PART 4

bool
queue_setup(const struct scanner_settings *settings, uint32_t scans)
{
	scan_timeout = settings->scan_timeout;
	wait_timeout = settings->wait_timeout;
	max_waiting = settings->max_waiting;
	waiting = passed = turns = 0;
	front = NULL;
	for (size_t i = 0; i < SCAN_STATES; i++)
		TAILQ_INIT(&list[i]);
	TAILQ_INIT(&due);
	return fair_setup(scans);
}

/* It waits no more. */
static void
wait_ends(struct scan *j, bool started)
{
	waiting--;
	if (j->flow != NULL)
		j->flow->waiting--;
	turns += started ? 1 : 0;
	passed -= j->passed ? 1 : 0;
	j->passed = false;
	fair_remove(j, started);
	if (front == j)
		front = TAILQ_NEXT(j, queue);
	TAILQ_REMOVE(&list[SCAN_WAITING], j, queue);
}

/* Who comes back from a backend keeps his place; who is refused does not
 * wait. */
static void
wait_begins(struct scan *j)
{
	bool first = j->tried != 0 || j->had != 0 || j->refused;

	waiting++;
	if (j->flow != NULL)
		j->flow->waiting++;
	fair_add(j, first);
	if (first)
		TAILQ_INSERT_HEAD(&list[SCAN_WAITING], j, queue);
	else
		TAILQ_INSERT_TAIL(&list[SCAN_WAITING], j, queue);
	if (first || front == NULL)
		front = j;
}

void
queue_enter(struct scan *j, enum scan_state state)
{
	if (j->state == SCAN_CONFIRMING)
		confirm_leave(j);
	else if (j->state == SCAN_WAITING)
		wait_ends(j, state != SCAN_IDLE);
	else if (j->state != SCAN_IDLE)
		TAILQ_REMOVE(&list[j->state], j, queue);
	j->state = state;
	if (state == SCAN_WAITING)
		wait_begins(j);
	else if (state == SCAN_CONFIRMING)
		confirm_join(j);
	else if (state != SCAN_IDLE)
		TAILQ_INSERT_TAIL(&list[state], j, queue);
}

void
queue_begin(struct scan *j)
{
	j->submitted = clock_ms();
	j->deadline = j->submitted + scan_timeout;
	TAILQ_INSERT_TAIL(&due, j, due);
}

void
queue_end(struct scan *j)
{
	TAILQ_REMOVE(&due, j, due);
}

uint32_t
queue_waiting(void)
{
	return waiting;
}

bool
queue_is_full(const struct scan *j)
{
	return waiting >= max_waiting ||
	       (j->flow != NULL &&
		   j->flow->waiting / PLACES_TIMES >= max_waiting - waiting);
}

/* Who has waited longest, if that is long.  Nobody is passed by twice, however
 * many wait. */
static struct scan *
aged(uint64_t now)
{
	while (front != NULL && front->passed)
		front = TAILQ_NEXT(front, queue);
	return front != NULL &&
		       now - front->submitted >= wait_timeout / AGED_PART
		   ? front
		   : NULL;
}

struct scan *
queue_turn(uint64_t now)
{
	struct scan *j = turns % 2 == 1 ? aged(now) : NULL;

	return j != NULL ? j : fair_first();
}

void
queue_pass(struct scan *j)
{
	if (j->state != SCAN_WAITING)
		return;
	fair_remove(j, false);
	j->passed = true;
	passed++;
}

void
queue_round(void)
{
	struct scan *j = TAILQ_FIRST(&list[SCAN_WAITING]);

	for (; passed > 0 && j != NULL; j = TAILQ_NEXT(j, queue)) {
		if (!j->passed)
			continue;
		j->passed = false;
		passed--;
		fair_return(j);
	}
	front = TAILQ_FIRST(&list[SCAN_WAITING]);
}

struct scan *
queue_overdue(uint64_t now)
{
	struct scan *j = TAILQ_FIRST(&due);

	return j != NULL && j->deadline <= now ? j : NULL;
}

struct scan *
queue_woken(enum scan_state state, uint64_t now)
{
	struct scan *j = TAILQ_FIRST(&list[state]);

	return j != NULL && j->wake <= now ? j : NULL;
}

/* When the first of those that wait has waited too long. */
static uint64_t
wait_limit(void)
{
	const struct scan *j = TAILQ_FIRST(&list[SCAN_WAITING]);

	return j == NULL ? UINT64_MAX : j->submitted + wait_timeout;
}

struct scan *
queue_waited(uint64_t now)
{
	return wait_limit() <= now ? TAILQ_FIRST(&list[SCAN_WAITING]) : NULL;
}

uint64_t
queue_next(void)
{
	static const enum scan_state woken[] = {SCAN_CONNECTING, SCAN_RETRYING};
	const struct scan *j = TAILQ_FIRST(&due);
	uint64_t next = wait_limit();

	if (j != NULL && j->deadline < next)
		next = j->deadline;
	for (size_t i = 0; i < sizeof(woken) / sizeof(woken[0]); i++) {
		j = TAILQ_FIRST(&list[woken[i]]);
		if (j != NULL && j->wake < next)
			next = j->wake;
	}
	return next;
}
