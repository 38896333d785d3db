/* SPDX-License-Identifier: ISC */
/*
 * The life of a scan; see scan.h.  Runs in the scanner.
 *
 * There are as many connections (connection.h) as scans may be under way, so a scan for
 * which a backend has room always finds one.
 */
#include "scanner/scan.h"

#include <errno.h>
#include <string.h>

#include "scanner/base/clock.h"
#include "scanner/base/journal.h"
#include "scanner/base/poll.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/exchange.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/standby.h"
#include "scanner/confirm.h"
#include "scanner/connection.h"
#include "scanner/noverdict.h"
#include "scanner/queue.h"
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
scan_setup(const struct scanner_settings *s, uint32_t scans)
{
	settings = s;
	return queue_setup(s, scans) && connection_setup(backend_room());
}

/* Has clamd begun with the scan, which it does when it has the whole? */
static bool
is_scanning(const struct scan *j)
{
	return j->state == SCAN_TALKING &&
	       connection_at(j->connection)->exchange.state == EXCHANGE_READING;
}

static void
scan_release(struct scan *j)
{
	if (j->state == SCAN_IDLE)
		return;
	connection_give(j, is_scanning(j));
	queue_enter(j, SCAN_IDLE);
	queue_end(j);
	j->memfd = -1;
	j->early = false;
}

void
scan_settle(struct scan *j, enum outcome outcome)
{
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
	j->no_early = false;
}

static void
scan_begin(struct scan *j, int memfd, uint64_t size)
{
	scan_settle(j, OUTCOME_INTERNAL);
	j->memfd = memfd;
	j->size = size;
	j->tried = j->had = j->guilt = 0;
	j->refused = false;
	j->choice = BACKEND_FULL; /* for those in front of it */
}

/* Ends the sending of a message that is still arriving, for good. */
static void
early_drop(struct scan *j)
{
	scan_release(j);
	j->no_early = true;
}

/* Is it to be put off unseen, and as what? */
static bool
is_refused(struct scan *j)
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
scan_cancel(struct scan *j)
{
	scan_release(j);
}

/* The end of every scan that is not cancelled. */
static void
scan_finish(struct scan *j, enum outcome outcome)
{
	uint64_t now = clock_ms();
	struct verdict *v = &j->verdict;
	bool verdict = outcome == OUTCOME_CLEAN || outcome == OUTCOME_INFECTED;

	v->outcome = outcome;
	if (j->state == SCAN_TALKING)
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
	scan_release(j);
	scan_judged(j);
}

/* Back to the queue's head, for another backend. */
static void
scan_back(struct scan *j)
{
	connection_give(j, is_scanning(j));
	queue_enter(j, SCAN_WAITING);
}

/* A clamd had it and gave no verdict: one other may see it. */
static void
scan_had(struct scan *j, enum outcome end)
{
	j->end = end;
	j->verdict.backend = j->backend;
	if (++j->had < CLAMDS_MAX)
		scan_back(j);
	else
		scan_finish(j, end);
}

/* clamd's answer was no verdict. */
static void
scan_failed(struct scan *j, const struct reply *reply)
{
	noverdict_answer(j->backend, reply->why,
	    span_of(connection_at(j->connection)->exchange.reply,
		connection_at(j->connection)->exchange.reply_len));
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
	scan_had(j, OUTCOME_CLAMD_ERROR);
}

/* clamd is yet to show that it sees anything, or as much as that. */
static void
scan_confirm(struct scan *j, enum outcome answer)
{
	j->answer = answer;
	j->verdict.backend = j->backend;
	connection_give(j, false);
	queue_enter(j, SCAN_CONFIRMING);
}

static void
scan_answered(struct scan *j)
{
	struct reply reply =
	    exchange_reply(&connection_at(j->connection)->exchange);
	struct verdict *v = &j->verdict;

	if (reply.outcome == OUTCOME_CLAMD_ERROR) {
		scan_failed(j, &reply);
		return;
	}
	backend_worked(j->backend);
	standby_want(j->backend);
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
		scan_confirm(j, reply.outcome);
	else if (reply.outcome == OUTCOME_TOO_BIG) {
		/* StreamMaxLength, which is all there is to know. */
		backend_exceeded(j->backend, j->size - j->lead);
		scan_exceeds(j);
	} else
		scan_finish(j, reply.outcome);
}

void
scan_confirmed(struct scan *j)
{
	scan_finish(j, j->answer);
}

/* Another clamd may have other limits; it is not chosen again. */
void
scan_exceeds(struct scan *j)
{
	j->verdict.name_len = 0;
	j->verdict.backend = j->backend;
	scan_back(j);
}

void
scan_unconfirmed(struct scan *j, enum outcome end)
{
	j->tried |= UINT32_C(1) << j->backend;
	scan_had(j, end);
}

/* No connection. */
static void
scan_refused(struct scan *j, int error)
{
	backend_refused(j->backend, error);
	j->tried |= UINT32_C(1) << j->backend;
	if (j->early)
		early_drop(j);
	else
		scan_back(j);
}

static void
scan_fault(struct scan *j)
{
	if (j->early)
		early_drop(j);
	else
		scan_finish(j, OUTCOME_INTERNAL);
}

/* A step that waits for the descriptor. */
static void
scan_wait(struct scan *j, enum scan_state state, enum poll_for want)
{
	struct clamd_connection *connection = connection_at(j->connection);

	if (j->state != state)
		queue_enter(j, state);
	if (!poll_watch(connection->exchange.fd, POLL_SCAN, j->connection,
		&connection->watched, want))
		scan_fault(j);
}

/* A new connection on the scan's connection. */
static enum step
open_anew(const struct scan *j)
{
	struct clamd_connection *connection = connection_at(j->connection);

	connection->watched = POLL_NOTHING;
	return exchange_open(&connection->exchange,
	    backend_takes_descriptors(j->backend) ? REQUEST_FILDES
						  : REQUEST_INSTREAM,
	    &backend_at(j->backend)->address, j->memfd, j->size, j->early);
}

static void
scan_step(struct scan *j, enum step step)
{
	if (step == STEP_STALE)
		step = open_anew(j);
	switch (step) {
	case STEP_STALE:
		break; /* only a standby can be that */
	case STEP_WAIT_CONNECT:
		if (j->state != SCAN_CONNECTING)
			j->wake = j->asked + CONNECT_DEADLINE_MS;
		scan_wait(j, SCAN_CONNECTING, POLL_WRITE);
		break;
	case STEP_WAIT_WRITE:
		scan_wait(j, SCAN_TALKING, POLL_WRITE);
		break;
	case STEP_WAIT_READ:
	case STEP_WAIT_MORE:
		scan_wait(j, SCAN_TALKING, POLL_READ);
		break;
	case STEP_ENDED:
		if (j->state != SCAN_TALKING)
			queue_enter(j, SCAN_TALKING);
		scan_answered(j);
		break;
	case STEP_REFUSED:
		scan_refused(j, connection_at(j->connection)->exchange.error);
		break;
	case STEP_BUSY:
		j->wake = clock_ms() + RETRY_MS;
		queue_enter(j, SCAN_RETRYING);
		break;
	case STEP_FAULT:
		journal_event(LOG_LEVEL_ERROR, "scan-fault",
		    strerrordesc_np(
			connection_at(j->connection)->exchange.error));
		scan_fault(j);
		break;
	}
}

static void
scan_open(struct scan *j)
{
	j->asked = clock_ms();
	identity_of(j->backend, &j->identity);
	scan_step(
	    j, standby_open(j->backend, &connection_at(j->connection)->exchange,
		   j->memfd, j->size));
}

/* With room kept at j->backend. */
static void
scan_ask(struct scan *j)
{
	connection_take(j);
	queue_enter(j, SCAN_RETRYING); /* has a connection and no connection */
	scan_open(j);
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	struct clamd_connection *connection = connection_at(j->connection);

	j->lead = lead;
	if (!j->early) {
		scan_begin(j, memfd, size);
		queue_begin(j);
		j->refused = is_refused(j);
		queue_enter(j, SCAN_WAITING);
		return;
	}
	/* It is on its way already: now its time begins. */
	j->early = false;
	j->size = size;
	queue_end(j);
	queue_begin(j);
	j->refused = is_refused(j);
	if (j->refused)
		scan_back(j);
	else if (exchange_grow(&connection->exchange, size, true))
		scan_wait(j, SCAN_TALKING, POLL_WRITE);
}

void
scan_early(struct scan *j, int memfd, uint64_t size)
{
	uint32_t index;

	if (j->no_early)
		return;
	if (j->early) {
		j->size = size;
		if (exchange_grow(
			&connection_at(j->connection)->exchange, size, false))
			scan_wait(j, SCAN_TALKING, POLL_WRITE);
		return;
	}
	/* Whole messages come first. */
	if (queue_waiting() > 0 ||
	    !backend_choose_stream(settings->max_message_size, &index))
		return;
	scan_begin(j, memfd, size);
	j->early = true;
	j->backend = index;
	queue_begin(j);
	scan_ask(j);
}

/* What a scan ends as for which there is no clamd. */
static enum outcome
unserved(const struct scan *j)
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
	struct scan *least = NULL;

	for (uint32_t i = 0; i < backend_room(); i++) {
		struct scan *j = connection_at(i)->scan;

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
scan_start(struct scan *j)
{
	j->choice = j->refused ? BACKEND_EXHAUSTED
			       : backend_choose(
				     j->tried, j->size - j->lead, &j->backend);
	switch (j->choice) {
	case BACKEND_FULL:
		if (j->tried == 0 && early_yields())
			return scan_start(j);
		return j->tried != 0;
	case BACKEND_CHECKING:
		return true;
	case BACKEND_TOO_SMALL:
	case BACKEND_EXHAUSTED:
		scan_finish(j, unserved(j));
		return true;
	case BACKEND_CHOSEN:
		break;
	}
	scan_ask(j);
	return true;
}

void
scan_event(uint32_t index)
{
	struct scan *j = connection_event(index);

	if (j != NULL)
		scan_step(
		    j, exchange_continue(&connection_at(index)->exchange));
}

void
probe_hangs(uint32_t backend)
{
	for (uint32_t i = 0; i < backend_room(); i++) {
		struct scan *j = connection_at(i)->scan;

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
		scan_had(j, OUTCOME_TIMEOUT);
	}
	confirm_hangs(backend);
}

/* Over time: whose fault is that? */
static void
scan_expire(struct scan *j)
{
	if (j->early) {
		early_drop(j);
		return;
	}
	if (j->state == SCAN_WAITING) {
		scan_finish(j, unserved(j));
		return;
	}
	if (j->state == SCAN_CONFIRMING) {
		scan_finish(j, OUTCOME_TIMEOUT);
		return;
	}
	if (j->state != SCAN_TALKING) {
		scan_finish(j, j->state == SCAN_RETRYING ? OUTCOME_BUSY
							 : OUTCOME_CLAMD_DOWN);
		return;
	}
	/* The clamd has judged others meanwhile. */
	if (backend_at(j->backend)->worked > j->asked)
		j->guilt = GUILT_SURE;
	backend_suspected(j->backend, "no verdict within scan_timeout");
	scan_finish(j, OUTCOME_TIMEOUT);
}

void
scan_run(uint64_t now)
{
	struct scan *j;

	connection_run(now);
	while ((j = queue_overdue(now)) != NULL)
		scan_expire(j);
	while ((j = queue_woken(SCAN_CONNECTING, now)) != NULL)
		scan_refused(j, ETIMEDOUT);
	while ((j = queue_woken(SCAN_RETRYING, now)) != NULL)
		scan_open(j);
	while ((j = queue_turn(now)) != NULL) {
		if (!scan_start(j))
			break;
		queue_pass(j);
	}
	queue_round();
	while ((j = queue_waited(now)) != NULL)
		scan_finish(j, unserved(j));
}

uint64_t
scan_next(void)
{
	uint64_t next = queue_next(), connection = connection_next();

	return connection < next ? connection : next;
}
