/* SPDX-License-Identifier: ISC */
/*
 * The life of a scan; see job.h.  Runs in the scanner.
 *
 * One lane is one connection to a clamd with its reply buffer; there are as
 * many as scans may be under way, so a job for which a backend has room always
 * finds one.
 */
#include "scanner/job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scanner/backend.h"
#include "scanner/clamd.h"
#include "scanner/clock.h"
#include "scanner/journal.h"
#include "scanner/poll.h"

/* A TCP host that is gone answers never; the first retransmission comes after
 * one second. */
#define CONNECT_DEADLINE_MS 2000

/* A full backlog empties within a scan time or less. */
#define RETRY_MS 3

/* All replies but absurd ones; escaped it still fits into a line. */
#define REPLY_LOG_MAX 512

TAILQ_HEAD(job_list, job);

struct lane {
	struct job *job; /* NULL: free */
	uint32_t next_free;
	enum poll_for watched;
	struct clamd clamd;
};

static struct job_list list[JOB_STATES]; /* all but JOB_IDLE's are used */
static struct job_list due;
static struct lane *lanes;
static uint32_t lane_count;
static uint32_t lane_free; /* head of the free ones; lane_count: none */
static uint64_t scan_timeout;

bool
job_setup(const struct scanner_settings *settings)
{
	scan_timeout = settings->scan_timeout;
	lane_count = backend_room();
	lanes = calloc(lane_count, sizeof(*lanes));
	if (lanes == NULL)
		return false;
	for (uint32_t i = 0; i < lane_count; i++) {
		lanes[i].next_free = i + 1;
		clamd_init(&lanes[i].clamd);
	}
	for (size_t i = 0; i < JOB_STATES; i++)
		TAILQ_INIT(&list[i]);
	TAILQ_INIT(&due);
	return true;
}

static void
job_enter(struct job *j, enum job_state state)
{
	if (j->state != JOB_IDLE)
		TAILQ_REMOVE(&list[j->state], j, queue);
	j->state = state;
	/* Who comes back from a backend that refused keeps his place. */
	if (state == JOB_WAITING && j->tried != 0)
		TAILQ_INSERT_HEAD(&list[state], j, queue);
	else if (state != JOB_IDLE)
		TAILQ_INSERT_TAIL(&list[state], j, queue);
}

static void
lane_take(struct job *j)
{
	j->lane = lane_free;
	lane_free = lanes[j->lane].next_free;
	lanes[j->lane].job = j;
}

/* Gives lane and backend's room back, if the job has them. */
static void
lane_give(struct job *j)
{
	struct lane *lane;

	if (j->state != JOB_RETRYING && j->state != JOB_CONNECTING &&
	    j->state != JOB_TALKING)
		return;
	lane = &lanes[j->lane];
	clamd_close(&lane->clamd);
	lane->watched = POLL_NOTHING;
	lane->job = NULL;
	lane->next_free = lane_free;
	lane_free = j->lane;
	backend_release(j->backend);
}

static void
job_release(struct job *j)
{
	if (j->state == JOB_IDLE)
		return;
	lane_give(j);
	job_enter(j, JOB_IDLE);
	TAILQ_REMOVE(&due, j, due);
	close(j->memfd);
	j->memfd = -1;
}

void
job_settle(struct job *j, enum outcome outcome)
{
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
}

void
job_submit(struct job *j, uint32_t owner, int memfd, uint64_t size)
{
	j->owner = owner;
	j->memfd = memfd;
	j->size = size;
	j->tried = 0;
	j->submitted = clock_ms();
	j->deadline = j->submitted + scan_timeout;
	job_settle(j, OUTCOME_INTERNAL);
	job_enter(j, JOB_WAITING);
	TAILQ_INSERT_TAIL(&due, j, due);
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

	v->outcome = outcome;
	v->wait_ms = now - j->submitted;
	if (j->state == JOB_TALKING) {
		v->backend = j->backend;
		v->wait_ms = j->asked - j->submitted;
		v->scan_ms = now - j->asked;
	}
	job_release(j);
	job_judged(j->owner);
}

/* An answer that is no verdict goes into the log. */
static void
log_no_verdict(const struct job *j, const struct reply *reply)
{
	const struct clamd *c = &lanes[j->lane].clamd;
	struct log_line line;

	log_begin(&line, LOG_LEVEL_WARNING, "clamd-error");
	log_text(&line, "backend", backend_name(j->backend));
	log_text(&line, "reason", reply->why);
	log_bytes(&line, "reply", c->reply,
	    c->reply_len < REPLY_LOG_MAX ? c->reply_len : REPLY_LOG_MAX);
	journal_end(&line);
}

static void
job_answered(struct job *j)
{
	struct reply reply = clamd_reply(&lanes[j->lane].clamd);
	struct verdict *v = &j->verdict;

	if (reply.outcome == OUTCOME_CLAMD_ERROR) {
		log_no_verdict(j, &reply);
		backend_is_suspect(j->backend);
	} else
		backend_is_up(j->backend);
	if (reply.outcome == OUTCOME_INFECTED) {
		/* one byte stays for the reader's NUL */
		v->name_len = (uint32_t)(reply.name.len < sizeof(v->name)
					     ? reply.name.len
					     : sizeof(v->name) - 1);
		memcpy(v->name, reply.name.ptr, v->name_len);
	}
	job_finish(j, reply.outcome);
}

/* No connection: back to the queue's head, for another backend. */
static void
job_refused(struct job *j, int error)
{
	backend_is_down(j->backend, error);
	lane_give(j);
	j->tried |= 1U << j->backend;
	job_enter(j, JOB_WAITING);
}

/* A step that waits for the descriptor. */
static void
job_wait(struct job *j, enum job_state state, enum poll_for want)
{
	struct lane *lane = &lanes[j->lane];

	if (j->state != state)
		job_enter(j, state);
	if (!poll_watch(
		lane->clamd.fd, POLL_SCAN, j->lane, &lane->watched, want))
		job_finish(j, OUTCOME_INTERNAL);
}

static void
job_step(struct job *j, enum clamd_step step)
{
	switch (step) {
	case CLAMD_WAIT_CONNECT:
		if (j->state != JOB_CONNECTING)
			j->wake = j->asked + CONNECT_DEADLINE_MS;
		job_wait(j, JOB_CONNECTING, POLL_WRITE);
		break;
	case CLAMD_WAIT_WRITE:
		job_wait(j, JOB_TALKING, POLL_WRITE);
		break;
	case CLAMD_WAIT_READ:
		job_wait(j, JOB_TALKING, POLL_READ);
		break;
	case CLAMD_ENDED:
		if (j->state != JOB_TALKING)
			job_enter(j, JOB_TALKING);
		job_answered(j);
		break;
	case CLAMD_REFUSED:
		job_refused(j, lanes[j->lane].clamd.error);
		break;
	case CLAMD_BUSY:
		j->wake = j->asked + RETRY_MS;
		job_enter(j, JOB_RETRYING);
		break;
	case CLAMD_FAULT:
		journal_event(LOG_LEVEL_ERROR, "scan-fault",
		    strerrordesc_np(lanes[j->lane].clamd.error));
		job_finish(j, OUTCOME_INTERNAL);
		break;
	}
}

/* A new connection on the job's lane. */
static void
job_open(struct job *j)
{
	const struct address *address = backend_address(j->backend);

	j->asked = clock_ms();
	identity_of(j->backend, &j->identity);
	job_step(
	    j, clamd_open(&lanes[j->lane].clamd, clamd_scan_request(address),
		   address, j->memfd, j->size));
}

/* The first of those that wait.  False: it has to wait on. */
static bool
job_start(struct job *j)
{
	switch (backend_choose(j->tried, &j->backend)) {
	case BACKEND_FULL:
		return false;
	case BACKEND_EXHAUSTED:
		job_finish(j, OUTCOME_CLAMD_DOWN);
		return true;
	case BACKEND_CHOSEN:
		break;
	}
	lane_take(j);
	job_enter(j, JOB_RETRYING); /* has a lane and no connection */
	job_open(j);
	return true;
}

void
job_event(uint32_t index)
{
	struct job *j = index < lane_count ? lanes[index].job : NULL;

	if (j != NULL && lanes[index].clamd.state != CLAMD_CLOSED)
		job_step(j, clamd_continue(&lanes[index].clamd));
}

static void
job_expire(struct job *j)
{
	if (j->state == JOB_TALKING)
		backend_is_suspect(j->backend);
	job_finish(j, OUTCOME_TIMEOUT);
}

/* The first of a list if its time has come.  What is put back goes to the
 * end, with a later time: the callers' loops end. */
static struct job *
first_woken(enum job_state state, uint64_t now)
{
	struct job *j = TAILQ_FIRST(&list[state]);

	return j != NULL && j->wake <= now ? j : NULL;
}

void
job_run(uint64_t now)
{
	struct job *j;

	while ((j = TAILQ_FIRST(&due)) != NULL && j->deadline <= now)
		job_expire(j);
	while ((j = first_woken(JOB_CONNECTING, now)) != NULL)
		job_refused(j, ETIMEDOUT);
	while ((j = first_woken(JOB_RETRYING, now)) != NULL)
		job_open(j);
	while ((j = TAILQ_FIRST(&list[JOB_WAITING])) != NULL && job_start(j))
		continue;
}

uint64_t
job_next(void)
{
	const struct job *j;
	uint64_t next = UINT64_MAX;

	if ((j = TAILQ_FIRST(&due)) != NULL)
		next = j->deadline;
	j = TAILQ_FIRST(&list[JOB_CONNECTING]);
	if (j != NULL && j->wake < next)
		next = j->wake;
	j = TAILQ_FIRST(&list[JOB_RETRYING]);
	if (j != NULL && j->wake < next)
		next = j->wake;
	return next;
}
