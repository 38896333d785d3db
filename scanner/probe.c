/* SPDX-License-Identifier: ISC */
/*
 * The stages of a probe; see probe.h.  Runs in the scanner.  Each stage is one
 * connection to clamd; the probe ends with the first one that goes wrong.
 *
 * A probe of a clamd that is at work takes room there like a message.
 */
#include "scanner/probe.h"

#include <errno.h>
#include <string.h>

#include "scanner/backend.h"
#include "scanner/canary.h"
#include "scanner/clamd.h"
#include "scanner/clock.h"
#include "scanner/job.h"
#include "scanner/poll.h"
#include "scanner/stage.h"
#include "scanner/stream.h"
#include "scanner/version.h"

#define DOWN_EVERY_MS 5000 /* one that is down is probed so often */
#define SOON_MS	      100  /* after a scan went wrong */
#define FRESH_MS      250  /* so long a failed probe is news */
#define SILENT_MS     5000 /* with work to do */
#define NO_ROOM_MS    1000 /* no thread got free, no memory */
#define AGAIN_MS      5	   /* the backlog was full; a canary is not ready */

struct probe {
	enum stage stage;
	bool complete; /* all stages */
	bool owed;     /* a complete one did not come to its end */
	bool open;     /* there is a connection */
	struct seat seat;
	bool tried_stream; /* SMALL: FILDES did not get through */
	bool strict;	   /* not up before the full size: it failed there */
	bool large;	   /* memfd is canary.h's */
	enum poll_for watched;
	int memfd; /* -1: none */
	uint64_t written;
	uint64_t size;	   /* SIZE: of the canary */
	uint64_t floor;	   /* SIZE: one that was found */
	uint64_t due;	   /* IDLE: when to start */
	uint64_t ended;	   /* when the last one did; 0: never */
	uint64_t deadline; /* of the stage */
	uint64_t again;	   /* not open: when to try */
	struct clamd clamd;
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
		probe[i] = (struct probe){.memfd = -1, .due = clock_ms()};
		clamd_init(&probe[i].clamd);
	}
}

/* Gives back what a stage has. */
static void
stage_close(uint32_t index)
{
	struct probe *p = &probe[index];

	clamd_close(&p->clamd);
	p->open = false;
	p->watched = POLL_NOTHING;
	if (p->large)
		canary_release(index);
	else if (p->memfd != -1)
		stream_release(p->memfd, p->written);
	p->large = false;
	p->memfd = -1;
	backend_seat_give(index, &p->seat);
}

static void
probe_end(uint32_t index, uint64_t pause)
{
	struct probe *p = &probe[index];

	stage_close(index);
	p->stage = STAGE_IDLE;
	p->ended = clock_ms();
	p->due = p->ended + pause;
}

void
probe_fail(uint32_t index, const char *reason)
{
	probe[index].strict |= probe[index].stage == STAGE_SIZE &&
			       probe[index].size > CANARY_MIDDLE;
	probe_end(index, DOWN_EVERY_MS);
	probe[index].owed = true;
	backend_at(index)->instream = false;
	backend_failed(index, reason);
}

static void
probe_pass(uint32_t index)
{
	probe_end(index, check_interval);
	if (probe[index].complete)
		probe[index].owed = probe[index].strict = false;
	backend_works(index);
}

static void
stage_enter(uint32_t index, enum stage stage)
{
	struct probe *p = &probe[index];

	stage_close(index);
	p->stage = stage;
	p->again = clock_ms(); /* probe_run opens it */
	p->deadline = p->again + stage_deadline(stage, scan_timeout);
}

/* Makes the canary of the stage.  False if there is none yet. */
static bool
get_canary(uint32_t index)
{
	struct probe *p = &probe[index];

	if (p->memfd != -1)
		return true;
	if (p->stage == STAGE_NEST)
		p->memfd = canary_nest(&p->written);
	else if (p->size <= CANARY_MIDDLE)
		p->memfd = canary_make(p->size, &p->written);
	else {
		p->large = true;
		p->memfd = canary_large(p->size, index, &p->written);
	}
	return p->memfd != -1;
}

/* The first canary of a round of sizes; the last round is the full size. */
static void
measure(uint32_t index, uint64_t size)
{
	struct probe *p = &probe[index];

	p->size = size;
	stage_enter(index, STAGE_SIZE);
}

/* A round is over: the clamd looks into messages of up to floor bytes. */
static void
measured(uint32_t index, bool found)
{
	struct probe *p = &probe[index];

	/* One that finds CANARY_MIDDLE may find more. */
	bool more = found && p->floor == CANARY_MIDDLE &&
		    max_message_size > CANARY_MIDDLE;

	/* One that is at work goes on as before until this is known. */
	if (!more || backend_at(index)->state != BACKEND_UP)
		backend_set_limit(index, p->floor);
	if (more) {
		if (!p->strict)
			backend_works(index);
		measure(index, max_message_size);
	} else
		probe_pass(index);
}

/* Above the limits of this clamd: half of it, until it fits. */
static void
size_too_big(uint32_t index)
{
	struct probe *p = &probe[index];

	if (p->size / 2 > p->floor)
		measure(index, p->size / 2);
	else
		measured(index, false);
}

static void
canary_missed(uint32_t index, const struct reply *reply)
{
	char reason[RECORD_REASON_MAX];

	stage_missed(reply, probe[index].size, reason, sizeof(reason));
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
	    p->clamd.request == CLAMD_FILDES) {
		p->tried_stream = true;
		b->instream = true;
		stage_enter(index, STAGE_SMALL);
		return;
	}
	if (reply->outcome != OUTCOME_INFECTED) {
		canary_missed(index, reply);
		return;
	}
	if (p->tried_stream)
		backend_warn(index,
		    "gets messages as a stream: descriptors do not reach it");
	if (p->complete)
		stage_enter(index, STAGE_NEST);
	else
		probe_pass(index);
}

static void
ended_nest(uint32_t index, const struct reply *reply)
{
	struct backend *b = backend_at(index);
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
	probe[index].floor = CANARY_SMALL;
	measure(index, max_message_size < CANARY_MIDDLE ? max_message_size
							: CANARY_MIDDLE);
}

static void
ended_size(uint32_t index, const struct reply *reply)
{
	struct probe *p = &probe[index];

	/* Silent limits look like that. */
	bool passed_over =
	    reply->outcome == OUTCOME_CLEAN && backend_at(index)->alerts_off;

	if (reply->outcome == OUTCOME_TOO_BIG ||
	    reply->outcome == OUTCOME_LIMITS_EXCEEDED || passed_over)
		size_too_big(index);
	else if (reply->outcome == OUTCOME_INFECTED) {
		p->floor = p->size;
		measured(index, true);
	} else
		canary_missed(index, reply);
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
	stage_enter(index, p->complete ? STAGE_STATS : STAGE_SMALL);
}

/* An exchange has come to its end, one way or the other. */
static void
stage_ended(uint32_t index)
{
	struct probe *p = &probe[index];
	struct span bytes = span_of(p->clamd.reply, p->clamd.reply_len);
	struct reply reply = clamd_reply(&p->clamd);
	uint32_t threads;

	if (stage_has_canary(p->stage) && reply.outcome != OUTCOME_CLAMD_ERROR)
		backend_worked(index);
	else if (bytes.len > 0)
		backend_answered(index);
	switch (p->stage) {
	case STAGE_IDLE:
		break;
	case STAGE_PING:
		if (reply_is_pong(bytes, p->clamd.end))
			stage_enter(index, STAGE_VERSION);
		else
			probe_fail(index, "does not answer PING as clamd does");
		break;
	case STAGE_VERSION:
		ended_version(index, bytes);
		break;
	case STAGE_STATS:
		if (version_threads(bytes, &threads))
			backend_at(index)->threads = threads;
		stage_enter(index, STAGE_SMALL);
		break;
	case STAGE_SMALL:
		ended_small(index, &reply);
		break;
	case STAGE_NEST:
		ended_nest(index, &reply);
		break;
	case STAGE_SIZE:
		ended_size(index, &reply);
		break;
	}
}

static void
stage_again(uint32_t index)
{
	struct probe *p = &probe[index];

	clamd_close(&p->clamd);
	p->open = false;
	p->watched = POLL_NOTHING;
	p->again = clock_ms() + AGAIN_MS;
}

static void
stage_step(uint32_t index, enum clamd_step step)
{
	struct probe *p = &probe[index];
	int error = p->clamd.error;

	switch (step) {
	case CLAMD_WAIT_CONNECT:
	case CLAMD_WAIT_WRITE:
	case CLAMD_WAIT_READ:
	case CLAMD_WAIT_MORE:
		if (!poll_watch(p->clamd.fd, POLL_PROBE, index, &p->watched,
			step == CLAMD_WAIT_CONNECT || step == CLAMD_WAIT_WRITE
			    ? POLL_WRITE
			    : POLL_READ))
			stage_again(index);
		break;
	case CLAMD_ENDED:
		stage_ended(index);
		break;
	case CLAMD_REFUSED:
		probe_end(index, DOWN_EVERY_MS);
		p->owed = true;
		backend_at(index)->instream = false;
		backend_refused(index, error);
		break;
	case CLAMD_BUSY:
	case CLAMD_STALE:
	case CLAMD_FAULT: /* of ours: says nothing about clamd */
		stage_again(index);
		break;
	}
}

/* A thread of a clamd that is at work. */
static bool
get_seat(uint32_t index)
{
	struct probe *p = &probe[index];

	return p->stage < STAGE_STATS ||
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
	    (stage_has_canary(p->stage) && !get_canary(index))) {
		stage_again(index);
		return;
	}
	p->open = true;
	stage_step(index,
	    clamd_open(&p->clamd,
		stage_request(p->stage, backend_takes_descriptors(index)),
		&b->address, p->memfd, p->written, false));
}

static void
probe_start(uint32_t index)
{
	struct probe *p = &probe[index];
	const struct backend *b = backend_at(index);

	p->complete = p->owed || b->state == BACKEND_UNKNOWN ||
		      b->state == BACKEND_DOWN || b->limit == 0;
	stage_enter(index, STAGE_PING);
}

void
probe_event(uint32_t index)
{
	struct probe *p = &probe[index];

	if (p->open)
		stage_step(index, clamd_continue(&p->clamd));
}

/* A stage took too long: the clamd hangs, whatever it hangs at. */
static void
probe_expire(uint32_t index)
{
	/* There was no thread free, or no memory for a canary. */
	if (probe[index].stage >= STAGE_STATS && !probe[index].open) {
		probe[index].owed |= probe[index].complete;
		probe_end(index, NO_ROOM_MS);
		return;
	}
	probe_fail(index, stage_silence(probe[index].stage));
	job_backend_hangs(index);
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

		if (p->stage != STAGE_IDLE && p->deadline <= now)
			probe_expire(i);
		else if (p->stage == STAGE_IDLE && start_at(i) <= now)
			probe_start(i);
		else if (p->stage != STAGE_IDLE && !p->open && p->again <= now)
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

		if (p->stage == STAGE_IDLE)
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

	if (p->stage == STAGE_IDLE && at < p->due)
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
	start_by(index, clock_ms() + DOWN_EVERY_MS);
}

bool
probe_hasten(uint32_t index)
{
	const struct probe *p = &probe[index];
	uint64_t now = clock_ms();

	if (p->stage != STAGE_IDLE)
		return true;
	if (p->ended != 0 && now - p->ended < FRESH_MS)
		return false;
	start_by(index, now);
	return true;
}

bool
probe_is_measuring(uint32_t index)
{
	return probe[index].owed ||
	       (probe[index].stage != STAGE_IDLE && probe[index].complete);
}
