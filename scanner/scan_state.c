/* SPDX-License-Identifier: ISC */
/*
 * The states of scans; see scan_state.h.  Runs in the scanner.
 *
 * There are as many queries (pool.h) as scans may be at clamds, so one for
 * which a backend has room always finds one.
 */
#include "scanner/scan_state.h"

#include <stdlib.h>

#include "lib/container.h"
#include "lib/ensure.h"
#include "scanner/clamd/pool.h"

static struct scan **holder;	       /* of each query; NULL: none */
static struct timer_list deadlines;    /* of all that have one */
static struct timer_list opening;      /* OPENING, early or not */
static struct timer_list connecting;   /* CONNECTING, the same */
static struct scan_list refused, over; /* of these states */
static uint32_t scan_timeout;

bool
scan_state_setup(const struct scanner_settings *s, uint32_t scans)
{
	scan_timeout = s->scan_timeout;
	TAILQ_INIT(&deadlines);
	TAILQ_INIT(&opening);
	TAILQ_INIT(&connecting);
	TAILQ_INIT(&refused);
	TAILQ_INIT(&over);
	holder = calloc(backend_room(), sizeof(struct scan *));
	return holder != NULL && queue_setup(s, scans) &&
	       pool_setup(backend_room());
}

const char *
scan_state_name(enum scan_state state)
{
	static const char *const name[SCAN_STATES] = {
	    [SCAN_IDLE] = "idle",
	    [SCAN_EARLY_OPENING] = "early-opening",
	    [SCAN_EARLY_CONNECTING] = "early-connecting",
	    [SCAN_EARLY_TALKING] = "early-talking",
	    [SCAN_EARLY_OFF] = "early-off",
	    [SCAN_REFUSED] = "refused",
	    [SCAN_WAITING] = "waiting",
	    [SCAN_OPENING] = "opening",
	    [SCAN_CONNECTING] = "connecting",
	    [SCAN_TALKING] = "talking",
	    [SCAN_CONFIRMING] = "confirming",
	    [SCAN_OVER] = "over",
	};

	ensure(state < SCAN_STATES);
	return name[state];
}

#define TO(state) (UINT32_C(1) << SCAN_##state)
#define TO_BEGIN  (TO(WAITING) | TO(REFUSED))
#define TO_END	  (TO(OVER) | TO(IDLE))
#define TO_EARLY  (TO(EARLY_OPENING) | TO(EARLY_CONNECTING) | TO(EARLY_TALKING))
#define TO_ELSE	  (TO(EARLY_OFF) | TO(REFUSED) | TO(IDLE))
#define TO_OTHER  (TO(WAITING) | TO_END)

/* What a state has, besides the lists of scan_leave and scan_join, and what may
 * follow it. */
static const struct {
	bool timed;    /* a deadline */
	bool query;    /* a place in the pool */
	bool early;    /* the message is not whole */
	uint32_t next; /* TO bits */
} rows[SCAN_STATES] = {
    [SCAN_IDLE] = {false, false, false, TO(EARLY_OPENING) | TO_BEGIN},
    [SCAN_EARLY_OPENING] = {true, true, true, TO_EARLY | TO(OPENING) | TO_ELSE},
    [SCAN_EARLY_CONNECTING] = {true, true, true,
	TO_EARLY | TO(CONNECTING) | TO_ELSE},
    [SCAN_EARLY_TALKING] = {true, true, true, TO_EARLY | TO(TALKING) | TO_ELSE},
    [SCAN_EARLY_OFF] = {false, false, false, TO_BEGIN | TO(IDLE)},
    [SCAN_REFUSED] = {true, false, false, TO_END},
    [SCAN_WAITING] = {true, false, false, TO(OPENING) | TO_END},
    [SCAN_OPENING] = {true, true, false,
	TO(OPENING) | TO(CONNECTING) | TO(TALKING) | TO_OTHER},
    [SCAN_CONNECTING] = {true, true, false,
	TO(OPENING) | TO(TALKING) | TO_OTHER},
    /* A standby connection was dead: a new one, perhaps later. */
    [SCAN_TALKING] = {true, true, false,
	TO(OPENING) | TO(CONNECTING) | TO(CONFIRMING) | TO_OTHER},
    [SCAN_CONFIRMING] = {true, false, false, TO_OTHER},
    [SCAN_OVER] = {false, false, false, TO(IDLE)},
};

bool
scan_is_early(const struct scan *s)
{
	return rows[s->state].early;
}

struct query *
scan_query(const struct scan *s)
{
	ensure(rows[s->state].query && holder[s->query] == s);
	return pool_at(s->query);
}

/* Out of the list of its state. */
static void
scan_leave(struct scan *s, enum scan_state next)
{
	switch (s->state) {
	case SCAN_EARLY_OPENING:
	case SCAN_OPENING:
		timer_stop(&opening, &s->wake);
		break;
	case SCAN_EARLY_CONNECTING:
	case SCAN_CONNECTING:
		timer_stop(&connecting, &s->wake);
		break;
	case SCAN_REFUSED:
		TAILQ_REMOVE(&refused, s, order);
		break;
	case SCAN_WAITING:
		queue_leave(&s->wait, next != SCAN_IDLE);
		break;
	case SCAN_CONFIRMING:
		confirm_leave(&s->canary);
		break;
	case SCAN_OVER:
		TAILQ_REMOVE(&over, s, order);
		break;
	case SCAN_IDLE:
	case SCAN_EARLY_TALKING:
	case SCAN_EARLY_OFF:
	case SCAN_TALKING:
	case SCAN_STATES:
		break;
	}
}

/* Into that of its new one.  Who comes back from a clamd is first. */
static void
scan_join(struct scan *s)
{
	switch (s->state) {
	case SCAN_EARLY_OPENING:
	case SCAN_OPENING:
		timer_start(&opening, &s->wake, s->wake.at);
		break;
	case SCAN_EARLY_CONNECTING:
	case SCAN_CONNECTING:
		timer_start(&connecting, &s->wake, s->wake.at);
		break;
	case SCAN_REFUSED:
		TAILQ_INSERT_TAIL(&refused, s, order);
		break;
	case SCAN_WAITING:
		queue_join(&s->wait, s->flow, s->size, s->submitted,
		    s->tried != 0 || s->had != 0);
		break;
	case SCAN_CONFIRMING:
		confirm_join(&s->canary, s->backend, s->size - s->lead);
		break;
	case SCAN_OVER:
		TAILQ_INSERT_TAIL(&over, s, order);
		break;
	case SCAN_IDLE:
	case SCAN_EARLY_TALKING:
	case SCAN_EARLY_OFF:
	case SCAN_TALKING:
	case SCAN_STATES:
		break;
	}
}

static uint64_t
end_of_time(const struct scan *s)
{
	return (s->since != 0 ? s->since : s->submitted) + scan_timeout;
}

/* The only place where a state changes. */
void
scan_enter(struct scan *s, enum scan_state state)
{
	bool had = rows[s->state].query, has = rows[state].query;

	ensure(state < SCAN_STATES && (rows[s->state].next >> state & 1) != 0);
	scan_leave(s, state);
	if (had && !has) {
		holder[s->query] = NULL;
		pool_give(s->query);
	}
	if (rows[s->state].timed && !rows[state].timed)
		timer_stop(&deadlines, &s->deadline);
	if (!rows[s->state].timed && rows[state].timed)
		timer_start(&deadlines, &s->deadline, end_of_time(s));
	s->state = state;
	if (!had && has) {
		s->query = pool_take(s->backend);
		holder[s->query] = s;
	}
	scan_join(s);
}

void
scan_restart(struct scan *s)
{
	ensure(rows[s->state].timed);
	timer_stop(&deadlines, &s->deadline);
	timer_start(&deadlines, &s->deadline, end_of_time(s));
}

uint64_t
scan_length(const struct scan *s)
{
	ensure(s->lead <= s->size);
	return s->size - s->lead;
}

struct scan *
scan_holder(uint32_t query)
{
	ensure(query < backend_room());
	return holder[query];
}

static struct scan *
of_wake(struct timer *t)
{
	return t == NULL ? NULL : CONTAINER(t, struct scan, wake);
}

static struct scan *
of_deadline(struct timer *t)
{
	return t == NULL ? NULL : CONTAINER(t, struct scan, deadline);
}

struct scan *
scan_due(enum scan_timer which, uint64_t now)
{
	switch (which) {
	case SCAN_TIMER_CONNECTING:
		return of_wake(timer_first(&connecting, now));
	case SCAN_TIMER_OPENING:
		return of_wake(timer_first(&opening, now));
	case SCAN_TIMER_DEADLINE:
		break;
	}
	return of_deadline(timer_first(&deadlines, now));
}

uint64_t
scan_due_next(void)
{
	uint64_t next = timer_next(&deadlines);

	if (timer_next(&connecting) < next)
		next = timer_next(&connecting);
	if (timer_next(&opening) < next)
		next = timer_next(&opening);
	return TAILQ_EMPTY(&over) && TAILQ_EMPTY(&refused) ? next : 0;
}

struct scan *
scan_first_refused(void)
{
	return TAILQ_FIRST(&refused);
}

struct scan *
scan_first_over(void)
{
	return TAILQ_FIRST(&over);
}

struct scan *
scan_of_wait(struct queue_entry *e)
{
	return CONTAINER(e, struct scan, wait);
}

struct scan *
scan_of_canary(struct confirm_wait *w)
{
	return CONTAINER(w, struct scan, canary);
}
