/* SPDX-License-Identifier: ISC */
/* Messages that wait; see queue.h.  Runs in the scanner. */
#include "scanner/queue.h"

#include "lib/container.h"
#include "lib/ensure.h"

/* A client may have so many times as many places as are free, as with memory. */
#define PLACES_TIMES 4
/* Of wait_timeout: then a message has turns that do not depend on others. */
#define AGED_PART 4

TAILQ_HEAD(queue_list, queue_entry);

static struct queue_list list;
static uint32_t waiting;	  /* in the list */
static struct queue_entry *front; /* none before it is to be had this round */
static uint32_t passed;		  /* of them, in this round */
static uint32_t turns;		  /* that were had */
static uint32_t wait_timeout, max_waiting;

bool
queue_setup(const struct scanner_settings *settings, uint32_t messages)
{
	wait_timeout = settings->wait_timeout;
	max_waiting = settings->max_waiting;
	waiting = passed = turns = 0;
	front = NULL;
	TAILQ_INIT(&list);
	return fair_setup(messages);
}

void
queue_join(struct queue_entry *e, struct flow *flow, uint64_t size,
    uint64_t since, bool first)
{
	e->flow = flow;
	e->since = since;
	e->passed = false;
	waiting++;
	if (flow != NULL)
		flow->waiting++;
	fair_add(&e->turn, flow, size, first);
	if (first)
		TAILQ_INSERT_HEAD(&list, e, order);
	else
		TAILQ_INSERT_TAIL(&list, e, order);
	if (first || front == NULL)
		front = e;
}

void
queue_leave(struct queue_entry *e, bool started)
{
	ensure(waiting > 0 && (e->flow == NULL || e->flow->waiting > 0));
	waiting--;
	if (e->flow != NULL)
		e->flow->waiting--;
	turns += started ? 1 : 0;
	passed -= e->passed ? 1 : 0;
	e->passed = false;
	fair_remove(&e->turn, started);
	if (front == e)
		front = TAILQ_NEXT(e, order);
	TAILQ_REMOVE(&list, e, order);
}

uint32_t
queue_waiting(void)
{
	return waiting;
}

bool
queue_is_full(const struct flow *flow)
{
	return waiting >= max_waiting ||
	       (flow != NULL &&
		   flow->waiting / PLACES_TIMES >= max_waiting - waiting);
}

static struct queue_entry *
entry_of(struct turn *t)
{
	return t == NULL ? NULL : CONTAINER(t, struct queue_entry, turn);
}

/* Which has waited longest, if that is long.  None is passed by twice, however
 * many wait. */
static struct queue_entry *
aged(uint64_t now)
{
	while (front != NULL && front->passed)
		front = TAILQ_NEXT(front, order);
	return front != NULL && now - front->since >= wait_timeout / AGED_PART
		   ? front
		   : NULL;
}

struct queue_entry *
queue_turn(uint64_t now)
{
	struct queue_entry *e = turns % 2 == 1 ? aged(now) : NULL;

	return e != NULL ? e : entry_of(fair_first());
}

void
queue_pass(struct queue_entry *e)
{
	ensure(!e->passed);
	fair_remove(&e->turn, false);
	e->passed = true;
	passed++;
}

void
queue_round(void)
{
	struct queue_entry *e = TAILQ_FIRST(&list);

	for (; passed > 0 && e != NULL; e = TAILQ_NEXT(e, order)) {
		if (!e->passed)
			continue;
		e->passed = false;
		passed--;
		fair_return(&e->turn);
	}
	front = TAILQ_FIRST(&list);
}

uint64_t
queue_next(void)
{
	const struct queue_entry *e = TAILQ_FIRST(&list);

	return e == NULL ? UINT64_MAX : e->since + wait_timeout;
}

struct queue_entry *
queue_waited(uint64_t now)
{
	return queue_next() <= now ? TAILQ_FIRST(&list) : NULL;
}
