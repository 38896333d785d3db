/* SPDX-License-Identifier: ISC */
/* The queries of messages; see pool.h.  Runs in the scanner. */
#include "scanner/clamd/pool.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "lib/ensure.h"
#include "scanner/base/clock.h"

/* clamd scans to the end, whether we are there or not, unless it hangs:
 * MaxScanTime, whose default is this. */
#define ABANDONED_MS 120000

enum place_state { PLACE_FREE, PLACE_TAKEN, PLACE_ABANDONED };

struct place {
	enum place_state state;
	TAILQ_ENTRY(place) order; /* FREE, ABANDONED */
	struct query query;
};

TAILQ_HEAD(place_list, place);

static struct place *places;
static uint32_t count;
static struct place_list unused;
static struct place_list abandoned; /* oldest first */

bool
pool_setup(uint32_t queries)
{
	TAILQ_INIT(&unused);
	TAILQ_INIT(&abandoned);
	count = queries;
	places = calloc(queries, sizeof(*places));
	for (uint32_t i = 0; places != NULL && i < queries; i++) {
		query_init(&places[i].query, POLL_SCAN, i);
		TAILQ_INSERT_TAIL(&unused, &places[i], order);
	}
	return places != NULL;
}

/* The only place where a state changes. */
static void
place_enter(struct place *p, enum place_state state)
{
	switch (p->state) {
	case PLACE_FREE:
		TAILQ_REMOVE(&unused, p, order);
		break;
	case PLACE_TAKEN:
		break;
	case PLACE_ABANDONED:
		TAILQ_REMOVE(&abandoned, p, order);
		break;
	}
	p->state = state;
	switch (state) {
	case PLACE_FREE:
		query_close(&p->query);
		backend_release(p->query.backend);
		TAILQ_INSERT_HEAD(&unused, p, order);
		break;
	case PLACE_TAKEN:
		break;
	case PLACE_ABANDONED:
		query_abandon(&p->query);
		p->query.deadline = clock_ms() + ABANDONED_MS;
		TAILQ_INSERT_TAIL(&abandoned, p, order);
		break;
	}
}

uint32_t
pool_take(uint32_t backend)
{
	struct place *p = TAILQ_FIRST(&unused);

	ensure(p != NULL); /* or there was no room */
	place_enter(p, PLACE_TAKEN);
	p->query.backend = backend;
	return (uint32_t)(p - places);
}

struct query *
pool_at(uint32_t index)
{
	ensure(index < count);
	return &places[index].query;
}

void
pool_give(uint32_t index)
{
	struct place *p = &places[index];

	ensure(index < count && p->state == PLACE_TAKEN);
	place_enter(
	    p, query_is_at_work(&p->query) ? PLACE_ABANDONED : PLACE_FREE);
}

bool
pool_event(uint32_t index)
{
	struct place *p;

	if (index >= count)
		return false;
	p = &places[index];
	/* What it says matters to nobody, only that it has said it. */
	if (p->state == PLACE_ABANDONED &&
	    query_event(&p->query) != QUERY_PENDING)
		place_enter(p, PLACE_FREE);
	return p->state == PLACE_TAKEN;
}

void
pool_run(uint64_t now)
{
	struct place *p;

	while (
	    (p = TAILQ_FIRST(&abandoned)) != NULL && p->query.deadline <= now)
		place_enter(p, PLACE_FREE);
}

uint64_t
pool_next(void)
{
	const struct place *p = TAILQ_FIRST(&abandoned);

	return p != NULL ? p->query.deadline : UINT64_MAX;
}
