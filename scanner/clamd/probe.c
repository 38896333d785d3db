/* SPDX-License-Identifier: ISC */
/*
 * The stages of a probe; see probe.h.  Runs in the scanner.  Each stage is one
 * connection to clamd; the probe ends with the first one that goes wrong.
 *
 * A probe of a clamd that is at work takes room there like a message.
 */
#include "scanner/clamd/probe.h"

#include <string.h>

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/probe_due.h"
#include "scanner/clamd/probe_stage.h"
#include "scanner/clamd/query.h"
#include "scanner/clamd/version.h"

/* While it answers wrongly it is probed that much less often each time, up to
 * the second. */
#define DOWN_MS	     PROBE_DOWN_MS
#define DOWN_MOST_MS 5000
#define SILENT_MS    5000  /* with work to do */
#define NO_ROOM_MS   1000  /* no thread got free, no memory */
#define AGAIN_MS     5	   /* the backlog was full, or no thread is free */
#define PATIENCE_MS  60000 /* for the answer to PING of one that is down */

struct probe {
	enum probe_stage stage;
	bool complete;	/* all stages */
	bool owed;	/* a complete one did not come to its end */
	uint64_t size;	/* SMALL, STREAM, SIZE: of the canary */
	uint64_t pause; /* the next, after one more that fails */
	struct query query;
};

static struct probe probe[SETTINGS_BACKENDS_MAX];
static uint64_t check_interval;
static uint64_t scan_timeout;
static uint64_t max_message_size;

void
probe_setup(const struct scanner_settings *settings)
{
	check_interval = settings->check_interval;
	scan_timeout = settings->scan_timeout;
	max_message_size = settings->max_message_size;
	probe_due_setup(backend_count());
	for (uint32_t i = 0; i < backend_count(); i++) {
		probe[i] = (struct probe){.pause = DOWN_MS};
		query_init(&probe[i].query, POLL_PROBE, i);
		probe[i].query.backend = i;
	}
}

static void
probe_end(uint32_t index, uint64_t pause)
{
	query_close(&probe[index].query);
	probe[index].stage = PROBE_IDLE;
	probe_due_end(index, pause);
}

/* Not at all, or not as it should. */
static void
probe_failed(uint32_t index, uint64_t pause)
{
	probe_end(index, pause);
	probe[index].owed = true;
	backend_at(index)->instream = false;
}

void
probe_fail(uint32_t index, struct reason reason)
{
	struct probe *p = &probe[index];

	probe_failed(index, p->pause);
	p->pause = p->pause * 2 < DOWN_MOST_MS ? p->pause * 2 : DOWN_MOST_MS;
	backend_failed(index, reason);
}

static void
probe_works(uint32_t index)
{
	struct probe *p = &probe[index];

	p->pause = DOWN_MS;
	if (p->complete)
		p->owed = false;
	backend_works(index);
}

static void
probe_pass(uint32_t index)
{
	probe_end(index, check_interval);
	probe_works(index);
}

static void
stage_enter(uint32_t index, enum probe_stage stage)
{
	struct probe *p = &probe[index];

	query_close(&p->query);
	p->stage = stage;
	probe_due_begin(index);
	query_put_off(&p->query, 0); /* probe_run opens it */
	p->query.deadline =
	    p->query.wake + probe_stage_deadline(stage, scan_timeout);
}

/* Makes the canary of the stage, if it has one.  False if there is no
 * memory. */
static bool
get_canary(uint32_t index)
{
	struct probe *p = &probe[index];
	struct query *a = &p->query;

	ensure(p->size > 0 || !probe_stage_has_canary(p->stage));
	if (a->canary != -1 || !probe_stage_has_canary(p->stage))
		return true;
	a->canary = p->stage == PROBE_NEST ? canary_nest(&a->written)
					   : canary_make(p->size, &a->written);
	return a->canary != -1;
}

static void
canary_missed(uint32_t index, const struct reply *reply)
{
	probe_fail(index, probe_stage_missed(reply, probe[index].size));
}

static void
ended_small(uint32_t index, const struct reply *reply)
{
	struct probe *p = &probe[index];
	struct backend *b = backend_at(index);

	/* It answered PING: perhaps no descriptor comes through. */
	if (reply->outcome == OUTCOME_CLAMD_ERROR &&
	    reply->fault == REPLY_FAULT_SILENT && p->stage == PROBE_SMALL &&
	    p->query.exchange.request == REQUEST_FILDES) {
		b->instream = true;
		stage_enter(index, PROBE_STREAM);
		return;
	}
	if (reply->outcome != OUTCOME_INFECTED) {
		canary_missed(index, reply);
		return;
	}
	backend_proved(index, p->size);
	if (p->stage == PROBE_STREAM)
		backend_warn(index,
		    "gets messages as a stream: descriptors do not reach it");
	if (p->complete)
		stage_enter(index, PROBE_NEST);
	else
		probe_pass(index);
}

static void
ended_nest(uint32_t index, const struct reply *reply)
{
	struct backend *b = backend_at(index);
	uint64_t middle =
	    max_message_size < CANARY_MIDDLE ? max_message_size : CANARY_MIDDLE;
	bool was_off = b->alerts_off;

	if (reply->outcome == OUTCOME_CLAMD_ERROR) {
		canary_missed(index, reply);
		return;
	}
	b->alerts_off = reply->outcome == OUTCOME_CLEAN;
	if (b->alerts_off && b->settings->require_alerts) {
		probe_fail(index, reason_of(REASON_NO_ALERTS));
		return;
	}
	if (b->alerts_off && !was_off)
		backend_warn(index, reason_words(REASON_NO_ALERTS));
	probe[index].size = middle;
	if (b->proved >= middle)
		probe_pass(index);
	else {
		probe_works(index);
		stage_enter(index, PROBE_SIZE);
	}
}

/* Nothing waited for that.  What it did not find it is not believed to see,
 * but up to which length it does is found out when that matters. */
static void
ended_size(uint32_t index, const struct reply *reply)
{
	uint64_t size = probe[index].size;

	probe_end(index, check_interval);
	if (reply->outcome == OUTCOME_INFECTED)
		backend_proved(index, size);
	else if (probe_stage_exceeds(reply, backend_at(index)->alerts_off))
		backend_exceeded(index, size);
	else
		backend_suspected(index, probe_stage_missed(reply, size));
}

static void
ended_version(uint32_t index, struct span reply)
{
	struct probe *p = &probe[index];
	struct backend *b = backend_at(index);
	struct version old = b->version, now;

	(void)version_parse(reply, &now);
	backend_set_version(index, &now);
	if (now.daily == 0 && b->settings->require_daily) {
		probe_fail(index, reason_of(REASON_NO_DAILY));
		return;
	}
	if (strcmp(old.text, now.text) != 0)
		p->complete = true;
	p->size = CANARY_SMALL;
	stage_enter(index, p->complete ? PROBE_STATS : PROBE_SMALL);
}

/* An exchange has come to its end, one way or the other. */
static void
stage_ended(uint32_t index)
{
	struct probe *p = &probe[index];
	struct span bytes = query_bytes(&p->query);
	struct reply reply = query_reply(&p->query);
	uint32_t threads;

	if (probe_stage_has_canary(p->stage) &&
	    reply.outcome != OUTCOME_CLAMD_ERROR)
		backend_worked(index);
	else if (bytes.len > 0)
		backend_answered(index);
	switch (p->stage) {
	case PROBE_IDLE:
		break;
	case PROBE_PING:
		if (reply_is_pong(bytes, p->query.exchange.end))
			stage_enter(index, PROBE_VERSION);
		else
			probe_fail(index, reason_of(REASON_NO_PONG));
		break;
	case PROBE_VERSION:
		ended_version(index, bytes);
		break;
	case PROBE_STATS:
		if (version_threads(bytes, &threads))
			backend_at(index)->threads = threads;
		stage_enter(index, PROBE_SMALL);
		break;
	case PROBE_SMALL:
	case PROBE_STREAM:
		ended_small(index, &reply);
		break;
	case PROBE_NEST:
		ended_nest(index, &reply);
		break;
	case PROBE_SIZE:
		ended_size(index, &reply);
		break;
	}
}

static void
stage_news(uint32_t index, enum query_news news)
{
	struct query *a = &probe[index].query;
	int error = query_error(a);

	switch (news) {
	case QUERY_PENDING:
		break;
	case QUERY_ANSWERED:
		stage_ended(index);
		break;
	case QUERY_REFUSED:
		probe_failed(index, DOWN_MS);
		backend_refused(index, error);
		break;
	case QUERY_BUSY:
	case QUERY_FAULT:
		query_put_off(a, AGAIN_MS);
		break;
	}
}

/* A thread of a clamd that is at work. */
static bool
get_seat(uint32_t index)
{
	struct probe *p = &probe[index];

	return p->stage < PROBE_STATS ||
	       backend_at(index)->state != BACKEND_UP ||
	       query_seat(&p->query, index);
}

/* Starts the exchange of the stage, or puts it off. */
static void
stage_open(uint32_t index)
{
	struct probe *p = &probe[index];
	enum request request =
	    probe_stage_request(p->stage, backend_takes_descriptors(index));

	if (!get_seat(index) || !get_canary(index))
		query_put_off(&p->query, AGAIN_MS);
	else
		stage_news(index, query_ask(&p->query, request));
}

static void
probe_start(uint32_t index)
{
	struct probe *p = &probe[index];
	const struct backend *b = backend_at(index);

	p->complete =
	    p->owed || b->state == BACKEND_UNKNOWN || b->state == BACKEND_DOWN;
	ensure(p->stage == PROBE_IDLE && p->query.state == QUERY_NONE);
	stage_enter(index, PROBE_PING);
}

void
probe_event(uint32_t index)
{
	stage_news(index, query_event(&probe[index].query));
}

/* It is down, and what comes on this connection is the first sign of life. */
static void
wait_for_pong(uint32_t index)
{
	struct probe *p = &probe[index];

	p->complete = p->owed = true;
	p->query.deadline = clock_ms() + PATIENCE_MS;
	probe_due_silent(index);
	backend_at(index)->instream = false;
	backend_failed(index, reason_of(REASON_SILENT_PING));
}

/* A stage took too long: the clamd hangs, whatever it hangs at. */
static void
probe_expire(uint32_t index)
{
	struct probe *p = &probe[index];
	struct reason reason = reason_of(probe_stage_silence(p->stage));
	bool open = p->query.state != QUERY_PUT_OFF;

	/* It is slow, or hangs: that shows with a small one. */
	if (p->stage == PROBE_SIZE) {
		probe_end(index, check_interval);
		if (open)
			backend_suspected(index, reason);
		return;
	}
	/* There was no thread free, or no memory for a canary. */
	if (p->stage >= PROBE_STATS && !open) {
		p->owed |= p->complete;
		probe_end(index, NO_ROOM_MS);
		return;
	}
	if (p->stage == PROBE_PING && query_is_at_work(&p->query) &&
	    probe_due_state(index) != PROBE_DUE_SILENT)
		wait_for_pong(index);
	else
		probe_fail(index, reason);
	probe_hangs(index);
}

/* Has it work to do, and said nothing for long? */
static uint64_t
silent_at(uint32_t index)
{
	const struct backend *b = backend_at(index);

	return b->state == BACKEND_UP && b->running > 0 ? b->alive + SILENT_MS
							: UINT64_MAX;
}

static uint64_t
start_at(uint32_t index)
{
	uint64_t silent = silent_at(index), due = probe_due_at(index);

	return silent < due ? silent : due;
}

void
probe_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count(); i++) {
		const struct query *a = &probe[i].query;

		if (probe[i].stage == PROBE_IDLE) {
			if (start_at(i) <= now)
				probe_start(i);
		} else if (a->deadline <= now)
			probe_expire(i);
		else if (a->state == QUERY_PUT_OFF && a->wake <= now)
			stage_open(i);
	}
}

uint64_t
probe_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count(); i++) {
		const struct query *a = &probe[i].query;
		uint64_t at = a->deadline;

		if (probe[i].stage == PROBE_IDLE)
			at = start_at(i);
		else if (a->state == QUERY_PUT_OFF && a->wake < at)
			at = a->wake;
		if (at < next)
			next = at;
	}
	return next;
}
