/* SPDX-License-Identifier: ISC */
/*
 * Scans begin, have their turns, and end; see scan.h.  Runs in the scanner.
 *
 * A verdict is told at the end of scan_run only: so what the owner does with it
 * changes nothing under anybody who is going through a list of scans.
 */
#include "scanner/scan.h"

#include <errno.h>

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/line_rate.h"
#include "scanner/clamd/pool.h"
#include "scanner/clamd/probe.h"
#include "scanner/scan_verdict.h"
#include "scanner/suspects.h"

static const struct scanner_settings *settings;

bool
scan_setup(const struct scanner_settings *s, uint32_t scans)
{
	settings = s;
	return scan_state_setup(s, scans);
}

void
scan_settle(struct scan *s, enum outcome outcome)
{
	ensure(s->state == SCAN_IDLE);
	s->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
}

void
scan_cancel(struct scan *s)
{
	if (s->state != SCAN_IDLE)
		scan_enter(s, SCAN_IDLE);
}

/* --- a message that arrives ---------------------------------------------- */

static void
scan_begin(struct scan *s, int memfd, uint64_t size)
{
	s->verdict = (struct verdict){
	    .outcome = OUTCOME_INTERNAL, .backend = BACKEND_NONE};
	s->memfd = memfd;
	s->size = size;
	s->lead = 0;
	s->submitted = clock_ms();
	s->tried = s->had = s->guilt = 0;
	s->remembered = false;
	s->choice = BACKEND_FULL; /* for those in front of it */
}

static void
log_remembered(uint64_t size, enum outcome outcome)
{
	static struct line_rate rate;
	struct log_line line;

	if (!line_rate_allows(&rate))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "message-remembered");
	log_number(&line, "size", size);
	log_text(&line, "reason", outcome_reason(outcome));
	line_rate_end(&rate, &line);
}

/* Is it to be put off unseen, and as what? */
static bool
is_refused(struct scan *s)
{
	if (queue_is_full(s->flow)) {
		s->end = OUTCOME_BUSY;
		return true;
	}
	if (!suspects_find(
		s->memfd, s->lead, scan_length(s), clock_ms(), &s->end))
		return false;
	s->remembered = true;
	log_remembered(scan_length(s), s->end);
	return true;
}

static void
submit_new(struct scan *s, int memfd, uint64_t size, uint64_t lead)
{
	scan_begin(s, memfd, size);
	s->lead = lead;
	scan_enter(s, is_refused(s) ? SCAN_REFUSED : SCAN_WAITING);
}

/* It is on its way already: now its time begins. */
static void
submit_early(
    struct scan *s, enum scan_state state, uint64_t size, uint64_t lead)
{
	s->size = size;
	s->lead = lead;
	s->submitted = clock_ms();
	scan_restart(s);
	if (is_refused(s)) {
		scan_enter(s, SCAN_REFUSED);
		return;
	}
	scan_enter(s, state);
	if (query_grow(scan_query(s), size, true) == QUERY_FAULT)
		scan_fault(s);
}

void
scan_submit(struct scan *s, int memfd, uint64_t size, uint64_t lead)
{
	ensure(memfd != -1 && lead <= size);
	switch (s->state) {
	case SCAN_IDLE:
	case SCAN_EARLY_OFF:
		submit_new(s, memfd, size, lead);
		return;
	case SCAN_EARLY_OPENING:
		submit_early(s, SCAN_OPENING, size, lead);
		return;
	case SCAN_EARLY_CONNECTING:
		submit_early(s, SCAN_CONNECTING, size, lead);
		return;
	case SCAN_EARLY_TALKING:
		submit_early(s, SCAN_TALKING, size, lead);
		return;
	case SCAN_REFUSED:
	case SCAN_WAITING:
	case SCAN_OPENING:
	case SCAN_CONNECTING:
	case SCAN_TALKING:
	case SCAN_CONFIRMING:
	case SCAN_OVER:
	case SCAN_STATES:
		break;
	}
	ensure(false);
}

/* Whole messages come first. */
static void
early_begin(struct scan *s, int memfd, uint64_t size)
{
	uint32_t index;

	if (queue_waiting() > 0 ||
	    !backend_choose_stream(settings->max_message_size, &index))
		return;
	scan_begin(s, memfd, size);
	s->backend = index;
	scan_ask(s, SCAN_EARLY_OPENING);
}

static void
early_grow(struct scan *s, uint64_t size)
{
	s->size = size;
	if (query_grow(scan_query(s), size, false) == QUERY_FAULT)
		scan_fault(s);
}

void
scan_early(struct scan *s, int memfd, uint64_t size)
{
	switch (s->state) {
	case SCAN_IDLE:
		early_begin(s, memfd, size);
		return;
	case SCAN_EARLY_OPENING:
	case SCAN_EARLY_CONNECTING:
	case SCAN_EARLY_TALKING:
		early_grow(s, size);
		return;
	case SCAN_EARLY_OFF:
		return;
	case SCAN_REFUSED:
	case SCAN_WAITING:
	case SCAN_OPENING:
	case SCAN_CONNECTING:
	case SCAN_TALKING:
	case SCAN_CONFIRMING:
	case SCAN_OVER:
	case SCAN_STATES:
		break;
	}
	ensure(false);
}

/* Whole messages come first: the one that has least to lose of those that are
 * sent while they arrive, and may go on arriving for long, gives its place. */
static bool
early_yields(void)
{
	struct scan *least = NULL;

	for (uint32_t i = 0; i < backend_room(); i++) {
		struct scan *s = scan_holder(i);

		if (s != NULL && scan_is_early(s) &&
		    (least == NULL || s->size < least->size))
			least = s;
	}
	if (least != NULL)
		scan_enter(least, SCAN_EARLY_OFF);
	return least != NULL;
}

/* --- turns --------------------------------------------------------------- */

/* Starts one that waits, or ends it.  False: those behind it have no better
 * prospects. */
static bool
scan_start(struct scan *s)
{
	do
		s->choice =
		    backend_choose(s->tried, scan_length(s), &s->backend);
	while (s->choice == BACKEND_FULL && s->tried == 0 && early_yields());
	switch (s->choice) {
	case BACKEND_FULL:
		return s->tried != 0;
	case BACKEND_CHECKING:
		return true;
	case BACKEND_TOO_SMALL:
	case BACKEND_EXHAUSTED:
		scan_finish(s, scan_unserved(s));
		return true;
	case BACKEND_CHOSEN:
		break;
	}
	scan_ask(s, SCAN_OPENING);
	return true;
}

void
probe_hangs(uint32_t backend)
{
	for (uint32_t i = 0; i < backend_room(); i++) {
		struct scan *s = scan_holder(i);

		if (s == NULL || s->backend != backend)
			continue;
		if (scan_is_early(s))
			scan_enter(s, SCAN_EARLY_OFF);
		else if (scan_has_other(s)) /* else perhaps it answers yet */
			scan_unconfirmed(s, OUTCOME_TIMEOUT);
	}
	confirm_hangs(backend);
}

/* clamd had it for the whole time. */
static void
talked_too_long(struct scan *s)
{
	/* The clamd has judged others meanwhile. */
	if (backend_at(s->backend)->worked > s->asked)
		s->guilt = GUILT_SURE;
	backend_suspected(s->backend, reason_of(REASON_SILENT_MESSAGE));
	scan_finish(s, OUTCOME_TIMEOUT);
}

/* Over time: whose fault is that? */
static void
scan_expire(struct scan *s)
{
	switch (s->state) {
	case SCAN_EARLY_OPENING:
	case SCAN_EARLY_CONNECTING:
	case SCAN_EARLY_TALKING:
		scan_enter(s, SCAN_EARLY_OFF);
		return;
	case SCAN_REFUSED:
		scan_finish(s, s->end);
		return;
	case SCAN_WAITING:
		scan_finish(s, scan_unserved(s));
		return;
	case SCAN_OPENING:
		scan_finish(s, OUTCOME_BUSY);
		return;
	case SCAN_CONNECTING:
		scan_finish(s, OUTCOME_CLAMD_DOWN);
		return;
	case SCAN_TALKING:
		talked_too_long(s);
		return;
	case SCAN_CONFIRMING:
		scan_finish(s, OUTCOME_TIMEOUT);
		return;
	case SCAN_IDLE:
	case SCAN_EARLY_OFF:
	case SCAN_OVER:
	case SCAN_STATES:
		break;
	}
	ensure(false);
}

/* --- the loop ------------------------------------------------------------ */

void
scan_event(uint32_t query)
{
	if (!pool_event(query))
		return;
	ensure(scan_holder(query) != NULL);
	scan_news(scan_holder(query), query_event(pool_at(query)));
}

static void
run_timers(uint64_t now)
{
	struct scan *s;

	while ((s = scan_due(SCAN_TIMER_DEADLINE, now)) != NULL)
		scan_expire(s);
	while ((s = scan_due(SCAN_TIMER_CONNECTING, now)) != NULL)
		scan_unconnected(s, ETIMEDOUT);
	while ((s = scan_due(SCAN_TIMER_OPENING, now)) != NULL)
		scan_open(s);
}

static void
run_queue(uint64_t now)
{
	struct queue_entry *e;
	struct scan *s;

	while ((e = queue_turn(now)) != NULL) {
		s = scan_of_wait(e);
		if (!scan_start(s))
			break;
		/* One that comes back from a clamd tries the next at once. */
		if (s->state == SCAN_WAITING && s->choice != BACKEND_CHOSEN)
			queue_pass(e);
	}
	queue_round();
	while ((e = queue_waited(now)) != NULL)
		scan_finish(scan_of_wait(e), scan_unserved(scan_of_wait(e)));
}

void
scan_run(uint64_t now)
{
	struct scan *s;

	pool_run(now);
	run_timers(now);
	while ((s = scan_first_refused()) != NULL)
		scan_finish(s, s->end);
	run_queue(now);
	while ((s = scan_first_over()) != NULL) {
		scan_enter(s, SCAN_IDLE);
		scan_judged(s);
	}
}

uint64_t
scan_next(void)
{
	uint64_t next = scan_due_next();

	if (queue_next() < next)
		next = queue_next();
	if (pool_next() < next)
		next = pool_next();
	return next;
}
