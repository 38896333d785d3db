/* SPDX-License-Identifier: ISC */
/* From a clamd to a verdict; see scan_verdict.h.  Runs in the scanner. */
#include "scanner/scan_verdict.h"

#include <string.h>

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/clamd/backend_log.h"
#include "scanner/clamd/standby.h"
#include "scanner/suspects.h"

/* A TCP host that is gone answers never; the first retransmission comes after
 * one second. */
#define CONNECT_DEADLINE_MS 2000

/* A full backlog empties within a scan time or less. */
#define RETRY_MS 3

/* Clamds that get to see a message that none has a verdict on. */
#define CLAMDS_MAX 2

/* The end of every one that is not cancelled. */
void
scan_finish(struct scan *s, enum outcome outcome)
{
	uint64_t now = clock_ms();
	struct verdict *v = &s->verdict;
	bool verdict = outcome == OUTCOME_CLEAN || outcome == OUTCOME_INFECTED;

	ensure(!scan_is_early(s) && s->state != SCAN_IDLE &&
	       s->state != SCAN_OVER && outcome != OUTCOME_CLEAN_BY_STAMP);
	v->outcome = outcome;
	if (s->state == SCAN_TALKING)
		v->backend = s->backend;
	v->wait_ms = now - s->submitted;
	if (v->backend != BACKEND_NONE) {
		/* One that was sent early was asked before it was whole. */
		v->wait_ms =
		    s->asked > s->submitted ? s->asked - s->submitted : 0;
		v->scan_ms = now - s->submitted - v->wait_ms;
	}
	if (s->guilt > 0 && !verdict)
		suspects_add(
		    s->memfd, s->lead, scan_length(s), s->guilt, outcome, now);
	scan_enter(s, SCAN_OVER);
}

/* What one ends as for which there is no clamd. */
enum outcome
scan_unserved(const struct scan *s)
{
	if (s->had > 0)
		return s->end;
	switch (s->choice) {
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

/* A fault of our own. */
void
scan_fault(struct scan *s)
{
	if (scan_is_early(s))
		scan_enter(s, SCAN_EARLY_OFF);
	else
		scan_finish(s, OUTCOME_INTERNAL);
}

static void
scan_tried(struct scan *s)
{
	s->tried |= UINT32_C(1) << s->backend;
}

/* A clamd had it and gave no verdict: one other may see it. */
static void
scan_had(struct scan *s, enum outcome end)
{
	s->end = end;
	s->verdict.backend = s->backend;
	ensure(s->had < CLAMDS_MAX && !scan_is_early(s));
	if (++s->had < CLAMDS_MAX)
		scan_enter(s, SCAN_WAITING);
	else
		scan_finish(s, end);
}

/* clamd's answer was no verdict. */
static void
scan_failed(struct scan *s, enum reply_fault fault)
{
	backend_log_fault(
	    backend_name(s->backend), fault, query_bytes(scan_query(s)));
	/* That one was only tired of waiting. */
	if (fault != REPLY_FAULT_TIMED_OUT) {
		scan_tried(s);
		backend_suspected(
		    s->backend, (struct reason){REASON_REPLY, fault});
	}
	if (scan_is_early(s)) {
		scan_enter(s, SCAN_EARLY_OFF);
		return;
	}
	if (fault == REPLY_FAULT_SILENT)
		s->guilt += backend_at(s->backend)->running == 1 ? GUILT_SURE
								 : GUILT_SHARED;
	scan_had(s, OUTCOME_CLAMD_ERROR);
}

/* Another clamd may have other limits; this one is not chosen again. */
static void
scan_exceeds(struct scan *s)
{
	s->verdict.name_len = 0;
	s->verdict.backend = s->backend;
	scan_enter(s, SCAN_WAITING);
}

static void
keep_name(struct verdict *v, struct span name)
{
	/* one byte stays for the reader's NUL */
	v->name_len =
	    (uint32_t)(name.len < sizeof(v->name) ? name.len
						  : sizeof(v->name) - 1);
	memcpy(v->name, name.ptr, v->name_len);
}

/* It has got as far as that before the message was whole: no verdict. */
static void
early_answered(struct scan *s, const struct reply *reply)
{
	if (reply->outcome == OUTCOME_TOO_BIG)
		backend_exceeded(s->backend, s->size);
	scan_enter(s, SCAN_EARLY_OFF);
}

static void
scan_answered(struct scan *s)
{
	struct reply reply = query_reply(scan_query(s));

	if (reply.outcome == OUTCOME_CLAMD_ERROR) {
		scan_failed(s, reply.fault);
		return;
	}
	backend_worked(s->backend);
	standby_want(s->backend);
	if (scan_is_early(s)) {
		early_answered(s, &reply);
		return;
	}
	if (reply.name.len > 0)
		keep_name(&s->verdict, reply.name);
	if (confirm_is_wanted(s->backend, scan_length(s), reply.outcome)) {
		s->answer = reply.outcome;
		s->verdict.backend = s->backend;
		scan_enter(s, SCAN_CONFIRMING);
	} else if (reply.outcome == OUTCOME_TOO_BIG) {
		/* StreamMaxLength, which is all there is to know. */
		backend_exceeded(s->backend, scan_length(s));
		scan_exceeds(s);
	} else
		scan_finish(s, reply.outcome);
}

void
scan_unconfirmed(struct scan *s, enum outcome end)
{
	scan_tried(s);
	scan_had(s, end);
}

/* May it still go to another one than this? */
bool
scan_has_other(const struct scan *s)
{
	return backend_other(
	    s->tried | UINT32_C(1) << s->backend, scan_length(s));
}

void
confirm_told(struct confirm_wait *w, enum confirm_word word)
{
	struct scan *s = scan_of_canary(w);

	ensure(s->state == SCAN_CONFIRMING);
	switch (word) {
	case CONFIRM_FOUND:
		scan_finish(s, s->answer);
		break;
	case CONFIRM_EXCEEDS:
		scan_exceeds(s);
		break;
	case CONFIRM_MISSED:
		scan_unconfirmed(s, OUTCOME_CLAMD_ERROR);
		break;
	case CONFIRM_LATE:
		scan_unconfirmed(s, OUTCOME_TIMEOUT);
		break;
	case CONFIRM_HANGS:
		if (scan_has_other(s))
			scan_unconfirmed(s, OUTCOME_TIMEOUT);
		break;
	}
}

/* No connection. */
void
scan_unconnected(struct scan *s, int error)
{
	backend_refused(s->backend, error);
	scan_tried(s);
	scan_enter(s, scan_is_early(s) ? SCAN_EARLY_OFF : SCAN_WAITING);
}

/* Its query is under way. */
static void
scan_pending(struct scan *s, enum query_state state)
{
	bool early = scan_is_early(s);
	enum scan_state next = early ? SCAN_EARLY_TALKING : SCAN_TALKING;

	if (state == QUERY_CONNECTING)
		next = early ? SCAN_EARLY_CONNECTING : SCAN_CONNECTING;
	if (s->state == next)
		return;
	s->wake.at = s->asked + CONNECT_DEADLINE_MS;
	scan_enter(s, next);
}

void
scan_news(struct scan *s, enum query_news news)
{
	struct query *a = scan_query(s);

	switch (news) {
	case QUERY_PENDING:
		scan_pending(s, a->state);
		break;
	case QUERY_ANSWERED:
		scan_pending(s, QUERY_TALKING);
		scan_answered(s);
		break;
	case QUERY_REFUSED:
		scan_unconnected(s, query_error(a));
		break;
	case QUERY_BUSY:
		query_put_off(a, RETRY_MS);
		s->wake.at = a->wake;
		scan_enter(
		    s, scan_is_early(s) ? SCAN_EARLY_OPENING : SCAN_OPENING);
		break;
	case QUERY_FAULT:
		log_retry_event(LOG_LEVEL_ERROR, "scan-fault",
		    strerrordesc_np(query_error(a)));
		scan_fault(s);
		break;
	}
}

void
scan_open(struct scan *s)
{
	s->asked = clock_ms();
	identity_of(s->backend, &s->identity);
	scan_news(
	    s, query_scan(scan_query(s), s->memfd, s->size, scan_is_early(s)));
}

/* At s->backend, where room was kept. */
void
scan_ask(struct scan *s, enum scan_state state)
{
	s->wake.at = clock_ms();
	scan_enter(s, state);
	scan_open(s);
}
