/* SPDX-License-Identifier: ISC */
/*
 * The stages of a probe; see probe.h.  Runs in the scanner.  Each stage is one
 * connection to clamd; the probe ends with the first one that goes wrong.
 *
 * A probe of a clamd that is at work takes room there like a message.
 */
#include "scanner/clamd/probe.h"

#include <errno.h>
#include <string.h>

#include "scanner/base/clock.h"
#include "scanner/base/poll.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/exchange.h"
#include "scanner/clamd/probe_stage.h"
#include "scanner/clamd/version.h"

/* One that is down is probed so often, since what it does with connections
 * costs next to nothing; and, while it answers wrongly, that much less often
 * each time, up to the second. */
#define DOWN_MS	     250
#define DOWN_MOST_MS 5000
#define SOON_MS	     100   /* after a scan went wrong */
#define FRESH_MS     100   /* so long a failed probe is news */
#define SILENT_MS    5000  /* with work to do */
#define NO_ROOM_MS   1000  /* no thread got free, no memory */
#define AGAIN_MS     5	   /* the backlog was full, or no thread is free */
#define PATIENCE_MS  60000 /* for the answer to PING of one that is down */

struct probe {
	enum probe_stage stage;
	bool complete; /* all stages */
	bool owed;     /* a complete one did not come to its end */
	bool open;     /* there is a connection */
	struct seat seat;
	bool tried_stream; /* SMALL: FILDES did not get through */
	bool silent;	   /* PING: no answer in time, and it is down */
	enum poll_for watched;
	int memfd; /* -1: none */
	uint64_t written;
	uint64_t size;	   /* SMALL, SIZE: of the canary */
	uint64_t pause;	   /* the next, after one more that fails */
	uint64_t due;	   /* IDLE: when to start */
	uint64_t ended;	   /* when the last one did */
	uint64_t deadline; /* of the stage */
	uint64_t again;	   /* not open: when to try */
	struct exchange exchange;
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
	for (uint32_t i = 0; i < backend_count(); i++) {
		probe[i] = (struct probe){
		    .memfd = -1, .due = clock_ms(), .pause = DOWN_MS};
		exchange_init(&probe[i].exchange);
	}
}

/* Gives back what a stage has. */
static void
stage_close(uint32_t index)
{
	struct probe *p = &probe[index];

	exchange_close(&p->exchange);
	p->open = false;
	p->watched = POLL_NOTHING;
	if (p->memfd != -1)
		stream_release(p->memfd, p->written);
	p->memfd = -1;
	backend_seat_give(index, &p->seat);
}

static void
probe_end(uint32_t index, uint64_t pause)
{
	struct probe *p = &probe[index];

	stage_close(index);
	p->stage = PROBE_IDLE;
	p->ended = clock_ms();
	p->due = p->ended + pause;
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
probe_fail(uint32_t index, const char *reason)
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

	stage_close(index);
	p->stage = stage;
	p->silent = false;
	p->again = clock_ms(); /* probe_run opens it */
	p->deadline = p->again + probe_stage_deadline(stage, scan_timeout);
}

/* Makes the canary of the stage.  False if there is no memory. */
static bool
get_canary(uint32_t index)
{
	struct probe *p = &probe[index];

	if (p->memfd != -1)
		return true;
	if (p->stage == PROBE_NEST)
		p->memfd = canary_nest(&p->written);
	else
		p->memfd = canary_make(p->size, &p->written);
	return p->memfd != -1;
}

static void
canary_missed(uint32_t index, const struct reply *reply)
{
	char reason[RECORD_REASON_MAX];

	probe_stage_missed(reply, probe[index].size, reason, sizeof(reason));
	probe_fail(index, reason);
}

static void
ended_small(uint32_t index, const struct reply *reply)
{
	struct probe *p = &probe[index];
	struct backend *b = backend_at(index);

	/* It answered PING: perhaps no descriptor comes through. */
	if (reply->outcome == OUTCOME_CLAMD_ERROR &&
	    strcmp(reply->why, REPLY_NONE) == 0 && !p->tried_stream &&
	    p->exchange.request == REQUEST_FILDES) {
		p->tried_stream = true;
		b->instream = true;
		stage_enter(index, PROBE_SMALL);
		return;
	}
	if (reply->outcome != OUTCOME_INFECTED) {
		canary_missed(index, reply);
		return;
	}
	backend_proved(index, p->size);
	if (p->tried_stream)
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
		probe_fail(index,
		    "says OK to what exceeds its limits: set AlertExceedsMax "
		    "yes in its configuration");
		return;
	}
	if (b->alerts_off && !was_off)
		backend_warn(index,
		    "says OK to what exceeds its limits: set AlertExceedsMax "
		    "yes in its configuration");
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
	char reason[RECORD_REASON_MAX];

	probe_end(index, check_interval);
	if (reply->outcome == OUTCOME_INFECTED)
		backend_proved(index, size);
	else if (probe_stage_exceeds(reply, backend_at(index)->alerts_off))
		backend_exceeded(index, size);
	else {
		probe_stage_missed(reply, size, reason, sizeof(reason));
		backend_suspected(index, reason);
	}
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
		probe_fail(index, "has no daily database");
		return;
	}
	if (strcmp(old.text, now.text) != 0)
		p->complete = true;
	p->size = CANARY_SMALL;
	p->tried_stream = false;
	stage_enter(index, p->complete ? PROBE_STATS : PROBE_SMALL);
}

/* An exchange has come to its end, one way or the other. */
static void
stage_ended(uint32_t index)
{
	struct probe *p = &probe[index];
	struct span bytes = span_of(p->exchange.reply, p->exchange.reply_len);
	struct reply reply = exchange_reply(&p->exchange);
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
		if (reply_is_pong(bytes, p->exchange.end))
			stage_enter(index, PROBE_VERSION);
		else
			probe_fail(index, "does not answer PING as clamd does");
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
stage_again(uint32_t index)
{
	struct probe *p = &probe[index];

	exchange_close(&p->exchange);
	p->open = false;
	p->watched = POLL_NOTHING;
	p->again = clock_ms() + AGAIN_MS;
}

static void
stage_step(uint32_t index, enum step step)
{
	struct probe *p = &probe[index];
	int error = p->exchange.error;

	switch (step) {
	case STEP_WAIT_CONNECT:
	case STEP_WAIT_WRITE:
	case STEP_WAIT_READ:
	case STEP_WAIT_MORE:
		if (!poll_watch(p->exchange.fd, POLL_PROBE, index, &p->watched,
			step == STEP_WAIT_CONNECT || step == STEP_WAIT_WRITE
			    ? POLL_WRITE
			    : POLL_READ))
			stage_again(index);
		break;
	case STEP_ENDED:
		stage_ended(index);
		break;
	case STEP_REFUSED:
		probe_failed(index, DOWN_MS);
		backend_refused(index, error);
		break;
	case STEP_BUSY:
	case STEP_STALE:
	case STEP_FAULT: /* of ours: says nothing about clamd */
		stage_again(index);
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
	       backend_seat_take(index, &p->seat);
}

/* Starts the exchange of the stage, or puts it off. */
static void
stage_open(uint32_t index)
{
	struct probe *p = &probe[index];
	struct backend *b = backend_at(index);

	if (!get_seat(index) ||
	    (probe_stage_has_canary(p->stage) && !get_canary(index))) {
		stage_again(index);
		return;
	}
	p->open = true;
	stage_step(index,
	    exchange_open(&p->exchange,
		probe_stage_request(p->stage, backend_takes_descriptors(index)),
		&b->address, p->memfd, p->written, false));
}

static void
probe_start(uint32_t index)
{
	struct probe *p = &probe[index];
	const struct backend *b = backend_at(index);

	p->complete =
	    p->owed || b->state == BACKEND_UNKNOWN || b->state == BACKEND_DOWN;
	stage_enter(index, PROBE_PING);
}

void
probe_event(uint32_t index)
{
	struct probe *p = &probe[index];

	if (p->open)
		stage_step(index, exchange_continue(&p->exchange));
}

/* It is down, and what comes on this connection is the first sign of life. */
static void
wait_for_pong(uint32_t index)
{
	struct probe *p = &probe[index];

	p->silent = p->complete = p->owed = true;
	p->deadline = clock_ms() + PATIENCE_MS;
	backend_at(index)->instream = false;
	backend_failed(index, probe_stage_silence(PROBE_PING));
}

/* A stage took too long: the clamd hangs, whatever it hangs at. */
static void
probe_expire(uint32_t index)
{
	struct probe *p = &probe[index];

	/* It is slow, or hangs: that shows with a small one. */
	if (p->stage == PROBE_SIZE) {
		bool open = p->open;

		probe_end(index, check_interval);
		if (open)
			backend_suspected(
			    index, probe_stage_silence(PROBE_SIZE));
		return;
	}
	/* There was no thread free, or no memory for a canary. */
	if (p->stage >= PROBE_STATS && !p->open) {
		p->owed |= p->complete;
		probe_end(index, NO_ROOM_MS);
		return;
	}
	if (p->stage == PROBE_PING && p->exchange.state == EXCHANGE_READING &&
	    !p->silent)
		wait_for_pong(index);
	else
		probe_fail(index, probe_stage_silence(p->stage));
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
	uint64_t silent = silent_at(index);

	return silent < probe[index].due ? silent : probe[index].due;
}

void
probe_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count(); i++) {
		struct probe *p = &probe[i];

		if (p->stage != PROBE_IDLE && p->deadline <= now)
			probe_expire(i);
		else if (p->stage == PROBE_IDLE && start_at(i) <= now)
			probe_start(i);
		else if (p->stage != PROBE_IDLE && !p->open && p->again <= now)
			stage_open(i);
	}
}

uint64_t
probe_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count(); i++) {
		const struct probe *p = &probe[i];
		uint64_t at = p->deadline;

		if (p->stage == PROBE_IDLE)
			at = start_at(i);
		else if (!p->open && p->again < at)
			at = p->again;
		if (at < next)
			next = at;
	}
	return next;
}

static void
start_by(uint32_t index, uint64_t at)
{
	struct probe *p = &probe[index];

	if (p->stage == PROBE_IDLE && at < p->due)
		p->due = at;
}

void
probe_soon(uint32_t index)
{
	start_by(index, clock_ms() + SOON_MS);
}

void
probe_later(uint32_t index)
{
	start_by(index, clock_ms() + DOWN_MS);
}

bool
probe_hasten(uint32_t index)
{
	const struct probe *p = &probe[index];
	uint64_t now = clock_ms();

	if (p->stage != PROBE_IDLE)
		return !p->silent;
	if (backend_at(index)->state == BACKEND_DOWN &&
	    now - p->ended < FRESH_MS)
		return false;
	start_by(index, now);
	return true;
}
