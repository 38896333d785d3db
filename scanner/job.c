/* SPDX-License-Identifier: ISC */
/*
 * The life of a scan; see job.h.  Runs in the scanner.
 *
 * There are as many lanes (lane.h) as scans may be under way, so a job for
 * which a backend has room always finds one.
 */
#include "scanner/job.h"

#include <errno.h>
#include <string.h>

#include "scanner/backend.h"
#include "scanner/clamd.h"
#include "scanner/clock.h"
#include "scanner/confirm.h"
#include "scanner/journal.h"
#include "scanner/lane.h"
#include "scanner/noverdict.h"
#include "scanner/poll.h"
#include "scanner/queue.h"
#include "scanner/spare.h"
#include "scanner/stream.h"
#include "scanner/suspects.h"

/* A TCP host that is gone answers never; the first retransmission comes after
 * one second. */
#define CONNECT_DEADLINE_MS 2000

/* A full backlog empties within a scan time or less. */
#define RETRY_MS 3

/* Clamds that get to see a message that none has a verdict on. */
#define CLAMDS_MAX 2

static const struct scanner_settings *settings;

bool
job_setup(const struct scanner_settings *s, uint32_t jobs)
{
	settings = s;
	return queue_setup(s, jobs) && lane_setup(backend_room());
}

/* Has clamd begun with the scan, which it does when it has the whole? */
static bool
is_scanning(const struct job *j)
{
	return j->state == JOB_TALKING &&
	       lane_at(j->lane)->clamd.state == CLAMD_READING;
}

static void
job_release(struct job *j)
{
	if (j->state == JOB_IDLE)
		return;
	lane_give(j, is_scanning(j));
	queue_enter(j, JOB_IDLE);
	queue_end(j);
	if (!j->early)
		stream_release_of(j->memfd, j->size, j->payer);
	j->memfd = -1;
	j->early = false;
}

void
job_settle(struct job *j, enum outcome outcome)
{
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
	j->no_early = false;
}

static void
job_begin(struct job *j, uint32_t owner, int memfd, uint64_t size)
{
	job_settle(j, OUTCOME_INTERNAL);
	j->owner = owner;
	j->memfd = memfd;
	j->size = size;
	j->tried = j->had = j->guilt = 0;
	j->refused = false;
	j->choice = BACKEND_FULL; /* for those in front of it */
}

/* Ends the sending of a message that is still arriving, for good. */
static void
early_drop(struct job *j)
{
	job_release(j);
	j->no_early = true;
}

/* Is it to be put off unseen, and as what? */
static bool
is_refused(struct job *j)
{
	if (queue_is_full(j)) {
		j->end = OUTCOME_BUSY;
		return true;
	}
	if (!suspects_find(
		j->memfd, j->lead, j->size - j->lead, clock_ms(), &j->end))
		return false;
	noverdict_remembered(j->size - j->lead, j->end);
	return true;
}

void
job_cancel(struct job *j)
{
	job_release(j);
}

/* The end of every job that is not cancelled. */
static void
job_finish(struct job *j, enum outcome outcome)
{
	uint64_t now = clock_ms();
	struct verdict *v = &j->verdict;
	bool verdict = outcome == OUTCOME_CLEAN || outcome == OUTCOME_INFECTED;

	v->outcome = outcome;
	if (j->state == JOB_TALKING)
		v->backend = j->backend;
	v->wait_ms = now - j->submitted;
	if (v->backend != BACKEND_NONE) {
		/* One that was sent early was asked before it was whole. */
		v->wait_ms =
		    j->asked > j->submitted ? j->asked - j->submitted : 0;
		v->scan_ms = now - j->submitted - v->wait_ms;
	}
	if (j->guilt > 0 && !verdict)
		suspects_add(j->memfd, j->lead, j->size - j->lead, j->guilt,
		    outcome, now);
	/* First the answer: to free the memory of a message takes time. */
	job_judged(j->owner);
	job_release(j);
}

/* Back to the queue's head, for another backend. */
static void
job_back(struct job *j)
{
	lane_give(j, is_scanning(j));
	queue_enter(j, JOB_WAITING);
}

/* A clamd had it and gave no verdict: one other may see it. */
static void
job_had(struct job *j, enum outcome end)
{
	j->end = end;
	j->verdict.backend = j->backend;
	if (++j->had < CLAMDS_MAX)
		job_back(j);
	else
		job_finish(j, end);
}

/* clamd's answer was no verdict. */
static void
job_failed(struct job *j, const struct reply *reply)
{
	noverdict_answer(j->backend, reply->why,
	    span_of(lane_at(j->lane)->clamd.reply,
		lane_at(j->lane)->clamd.reply_len));
	/* That one was only tired of waiting. */
	if (strcmp(reply->why, REPLY_TIMED_OUT) != 0) {
		j->tried |= UINT32_C(1) << j->backend;
		backend_suspected(j->backend, reply->why);
	}
	if (j->early) {
		early_drop(j);
		return;
	}
	if (strcmp(reply->why, REPLY_NONE) == 0)
		j->guilt += backend_at(j->backend)->running == 1 ? GUILT_SURE
								 : GUILT_SHARED;
	job_had(j, OUTCOME_CLAMD_ERROR);
}

/* clamd is yet to show that it sees anything, or as much as that. */
static void
job_confirm(struct job *j, enum outcome answer)
{
	j->answer = answer;
	j->verdict.backend = j->backend;
	lane_give(j, false);
	queue_enter(j, JOB_CONFIRMING);
}

static void
job_answered(struct job *j)
{
	struct reply reply = clamd_reply(&lane_at(j->lane)->clamd);
	struct verdict *v = &j->verdict;

	if (reply.outcome == OUTCOME_CLAMD_ERROR) {
		job_failed(j, &reply);
		return;
	}
	backend_worked(j->backend);
	spare_want(j->backend);
	if (j->early) {
		/* It has got as long as that before it was whole. */
		if (reply.outcome == OUTCOME_TOO_BIG)
			backend_exceeded(j->backend, j->size);
		early_drop(j);
		return;
	}
	if (reply.name.len > 0) {
		/* one byte stays for the reader's NUL */
		v->name_len = (uint32_t)(reply.name.len < sizeof(v->name)
					     ? reply.name.len
					     : sizeof(v->name) - 1);
		memcpy(v->name, reply.name.ptr, v->name_len);
	}
	if (confirm_is_wanted(j, reply.outcome))
		job_confirm(j, reply.outcome);
	else if (reply.outcome == OUTCOME_TOO_BIG) {
		/* StreamMaxLength, which is all there is to know. */
		backend_exceeded(j->backend, j->size - j->lead);
		job_exceeds(j);
	} else
		job_finish(j, reply.outcome);
}

void
job_confirmed(struct job *j)
{
	job_finish(j, j->answer);
}

/* Another clamd may have other limits; it is not chosen again. */
void
job_exceeds(struct job *j)
{
	j->verdict.name_len = 0;
	j->verdict.backend = j->backend;
	job_back(j);
}

void
job_unconfirmed(struct job *j, enum outcome end)
{
	j->tried |= UINT32_C(1) << j->backend;
	job_had(j, end);
}

/* No connection. */
static void
job_refused(struct job *j, int error)
{
	backend_refused(j->backend, error);
	j->tried |= UINT32_C(1) << j->backend;
	if (j->early)
		early_drop(j);
	else
		job_back(j);
}

static void
job_fault(struct job *j)
{
	if (j->early)
		early_drop(j);
	else
		job_finish(j, OUTCOME_INTERNAL);
}

/* A step that waits for the descriptor. */
static void
job_wait(struct job *j, enum job_state state, enum poll_for want)
{
	struct lane *lane = lane_at(j->lane);

	if (j->state != state)
		queue_enter(j, state);
	if (!poll_watch(
		lane->clamd.fd, POLL_SCAN, j->lane, &lane->watched, want))
		job_fault(j);
}

/* A new connection on the job's lane. */
static enum clamd_step
lane_open(const struct job *j)
{
	struct lane *lane = lane_at(j->lane);

	lane->watched = POLL_NOTHING;
	return clamd_open(&lane->clamd,
	    backend_takes_descriptors(j->backend) ? CLAMD_FILDES
						  : CLAMD_INSTREAM,
	    &backend_at(j->backend)->address, j->memfd, j->size, j->early);
}

static void
job_step(struct job *j, enum clamd_step step)
{
	if (step == CLAMD_STALE)
		step = lane_open(j);
	switch (step) {
	case CLAMD_STALE:
		break; /* only a spare can be that */
	case CLAMD_WAIT_CONNECT:
		if (j->state != JOB_CONNECTING)
			j->wake = j->asked + CONNECT_DEADLINE_MS;
		job_wait(j, JOB_CONNECTING, POLL_WRITE);
		break;
	case CLAMD_WAIT_WRITE:
		job_wait(j, JOB_TALKING, POLL_WRITE);
		break;
	case CLAMD_WAIT_READ:
	case CLAMD_WAIT_MORE:
		job_wait(j, JOB_TALKING, POLL_READ);
		break;
	case CLAMD_ENDED:
		if (j->state != JOB_TALKING)
			queue_enter(j, JOB_TALKING);
		job_answered(j);
		break;
	case CLAMD_REFUSED:
		job_refused(j, lane_at(j->lane)->clamd.error);
		break;
	case CLAMD_BUSY:
		j->wake = clock_ms() + RETRY_MS;
		queue_enter(j, JOB_RETRYING);
		break;
	case CLAMD_FAULT:
		journal_event(LOG_LEVEL_ERROR, "scan-fault",
		    strerrordesc_np(lane_at(j->lane)->clamd.error));
		job_fault(j);
		break;
	}
}

static void
job_open(struct job *j)
{
	j->asked = clock_ms();
	identity_of(j->backend, &j->identity);
	job_step(j, spare_open(j->backend, &lane_at(j->lane)->clamd, j->memfd,
			j->size));
}

/* With room kept at j->backend. */
static void
job_ask(struct job *j)
{
	lane_take(j);
	queue_enter(j, JOB_RETRYING); /* has a lane and no connection */
	job_open(j);
}

void
job_submit(
    struct job *j, uint32_t owner, int memfd, uint64_t size, uint64_t lead)
{
	struct lane *lane = lane_at(j->lane);

	j->lead = lead;
	if (!j->early) {
		job_begin(j, owner, memfd, size);
		queue_begin(j);
		j->refused = is_refused(j);
		queue_enter(j, JOB_WAITING);
		return;
	}
	/* It is on its way already: now the memfd and the time are its own. */
	j->early = false;
	j->size = size;
	queue_end(j);
	queue_begin(j);
	j->refused = is_refused(j);
	if (j->refused)
		job_back(j);
	else if (clamd_grow(&lane->clamd, size, true))
		job_wait(j, JOB_TALKING, POLL_WRITE);
}

void
job_early(struct job *j, uint32_t owner, int memfd, uint64_t size)
{
	uint32_t index;

	if (j->no_early)
		return;
	if (j->early) {
		j->size = size;
		if (clamd_grow(&lane_at(j->lane)->clamd, size, false))
			job_wait(j, JOB_TALKING, POLL_WRITE);
		return;
	}
	/* Whole messages come first. */
	if (queue_waiting() > 0 ||
	    !backend_choose_stream(settings->max_message_size, &index))
		return;
	job_begin(j, owner, memfd, size);
	j->early = true;
	j->backend = index;
	queue_begin(j);
	job_ask(j);
}

/* What a job ends as for which there is no clamd. */
static enum outcome
unserved(const struct job *j)
{
	if (j->refused || j->had > 0)
		return j->end;
	switch (j->choice) {
	case BACKEND_FULL:
		return OUTCOME_BUSY;
	case BACKEND_TOO_SMALL:
		return OUTCOME_TOO_BIG;
	case BACKEND_CHOSEN:
	case BACKEND_CHECKING:
	case BACKEND_EXHAUSTED:
		break;
	}
	return OUTCOME_CLAMD_DOWN;
}

/* Whole messages come first: the one that has least to lose of those that are
 * sent while they arrive, and may go on arriving for long, gives its place. */
static bool
early_yields(void)
{
	struct job *least = NULL;

	for (uint32_t i = 0; i < backend_room(); i++) {
		struct job *j = lane_at(i)->job;

		if (j != NULL && j->early &&
		    (least == NULL || j->size < least->size))
			least = j;
	}
	if (least != NULL)
		early_drop(least);
	return least != NULL;
}

/* Starts one that waits, or ends it.  False: those behind it have no better
 * prospects. */
static bool
job_start(struct job *j)
{
	j->choice = j->refused ? BACKEND_EXHAUSTED
			       : backend_choose(
				     j->tried, j->size - j->lead, &j->backend);
	switch (j->choice) {
	case BACKEND_FULL:
		if (j->tried == 0 && early_yields())
			return job_start(j);
		return j->tried != 0;
	case BACKEND_CHECKING:
		return true;
	case BACKEND_TOO_SMALL:
	case BACKEND_EXHAUSTED:
		job_finish(j, unserved(j));
		return true;
	case BACKEND_CHOSEN:
		break;
	}
	job_ask(j);
	return true;
}

void
job_event(uint32_t index)
{
	struct job *j = lane_event(index);

	if (j != NULL)
		job_step(j, clamd_continue(&lane_at(index)->clamd));
}

void
job_backend_hangs(uint32_t backend)
{
	for (uint32_t i = 0; i < backend_room(); i++) {
		struct job *j = lane_at(i)->job;

		if (j == NULL || j->backend != backend)
			continue;
		if (j->early) {
			early_drop(j);
			continue;
		}
		if (!backend_other(
			j->tried | UINT32_C(1) << backend, j->size - j->lead))
			continue; /* perhaps it answers yet */
		j->tried |= UINT32_C(1) << backend;
		job_had(j, OUTCOME_TIMEOUT);
	}
	confirm_hangs(backend);
}

/* Over time: whose fault is that? */
static void
job_expire(struct job *j)
{
	if (j->early) {
		early_drop(j);
		return;
	}
	if (j->state == JOB_WAITING) {
		job_finish(j, unserved(j));
		return;
	}
	if (j->state == JOB_CONFIRMING) {
		job_finish(j, OUTCOME_TIMEOUT);
		return;
	}
	if (j->state != JOB_TALKING) {
		job_finish(j, j->state == JOB_RETRYING ? OUTCOME_BUSY
						       : OUTCOME_CLAMD_DOWN);
		return;
	}
	/* The clamd has judged others meanwhile. */
	if (backend_at(j->backend)->worked > j->asked)
		j->guilt = GUILT_SURE;
	backend_suspected(j->backend, "no verdict within scan_timeout");
	job_finish(j, OUTCOME_TIMEOUT);
}

void
job_run(uint64_t now)
{
	struct job *j;

	lane_run(now);
	while ((j = queue_overdue(now)) != NULL)
		job_expire(j);
	while ((j = queue_woken(JOB_CONNECTING, now)) != NULL)
		job_refused(j, ETIMEDOUT);
	while ((j = queue_woken(JOB_RETRYING, now)) != NULL)
		job_open(j);
	while ((j = queue_turn(now)) != NULL) {
		if (!job_start(j))
			break;
		queue_pass(j);
	}
	queue_round();
	while ((j = queue_waited(now)) != NULL)
		job_finish(j, unserved(j));
}

uint64_t
job_next(void)
{
	uint64_t next = queue_next(), lane = lane_next();

	return lane < next ? lane : next;
}
