/* SPDX-License-Identifier: ISC */
/*
 * The lines of canaries that confirm verdicts; see confirm.h.  Runs in the
 * scanner.  A line has one canary under way at most, on a connection of its
 * own, in a thread of clamd's that is counted as a message's.
 */
#include "scanner/confirm.h"

#include "scanner/backend.h"
#include "scanner/canary.h"
#include "scanner/clamd.h"
#include "scanner/clock.h"
#include "scanner/poll.h"
#include "scanner/probe.h"
#include "scanner/spare.h"
#include "scanner/stage.h"
#include "scanner/stream.h"

/* Of a clamd: one for messages up to CANARY_MIDDLE, one for longer ones. */
#define LINES 2

#define LENGTH_LEAST CANARY_SMALL

/* Up to here a canary is padded as the probe's are: its cost does not matter,
 * and clamd sees the kind of message that most mail is. */
#define LENGTH_PLAIN (UINT64_C(1) << 16)

/* No thread is free, the backlog is full, or there is no memory. */
#define AGAIN_MS 5

struct line {
	struct job_list waiting;
	uint64_t wanted;  /* longest message for the next canary; 0: none */
	uint64_t again;	  /* not before */
	bool open;	  /* a canary is under way */
	enum stage stage; /* whose deadline it has */
	enum poll_for watched;
	struct seat seat;
	int memfd; /* -1: none */
	uint64_t written;
	uint64_t length; /* unpacked */
	uint64_t number;
	uint64_t began, deadline;
	uint64_t found_began, found_length; /* the last that was found */
	struct clamd clamd;
};

static struct line lines[SETTINGS_BACKENDS_MAX * LINES];
static uint64_t interval, scan_timeout;

void
confirm_setup(const struct scanner_settings *settings)
{
	interval = settings->confirm_interval;
	scan_timeout = settings->scan_timeout;
	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		lines[i] = (struct line){
		    .memfd = -1,
		    .stage = i % LINES == 0 ? STAGE_SMALL : STAGE_SIZE,
		};
		TAILQ_INIT(&lines[i].waiting);
		clamd_init(&lines[i].clamd);
	}
}

static uint64_t
length_of(const struct job *j)
{
	return j->size - j->lead;
}

static struct line *
line_of(const struct job *j)
{
	return &lines[j->backend * LINES +
		      (length_of(j) > CANARY_MIDDLE ? 1 : 0)];
}

/* Did the last one that was found begin recently, and was it as long? */
static bool
is_covered(const struct line *l, const struct job *j)
{
	return length_of(j) <= l->found_length &&
	       clock_ms() - l->found_began < interval;
}

bool
confirm_is_fresh(const struct job *j)
{
	const struct line *l = line_of(j);

	/* One from before an outage says nothing. */
	return is_covered(l, j) &&
	       l->found_began >= backend_at(j->backend)->since;
}

void
confirm_join(struct job *j)
{
	struct line *l = line_of(j);

	j->ticket = l->number + 1;
	TAILQ_INSERT_TAIL(&l->waiting, j, queue);
	if (length_of(j) > l->wanted)
		l->wanted = length_of(j);
}

void
confirm_leave(struct job *j)
{
	TAILQ_REMOVE(&line_of(j)->waiting, j, queue);
}

void
confirm_hangs(uint32_t backend)
{
	for (uint32_t i = backend * LINES; i < (backend + 1) * LINES; i++) {
		struct job *j, *next;

		for (j = TAILQ_FIRST(&lines[i].waiting); j != NULL; j = next) {
			next = TAILQ_NEXT(j, queue);
			if (backend_other(j->tried | UINT32_C(1) << backend,
				length_of(j)))
				job_unconfirmed(j, OUTCOME_TIMEOUT);
		}
	}
}

/* Powers of two, so that messages of about one length share canaries, but
 * nothing that is longer than what the clamd looks into. */
static uint64_t
length_for(uint32_t index, uint64_t size)
{
	uint64_t limit = backend_at(index / LINES)->limit;
	uint64_t length = LENGTH_LEAST;

	while (length < size)
		length *= 2;
	return length > limit && limit >= size ? limit : length;
}

static void
line_close(uint32_t index)
{
	struct line *l = &lines[index];

	clamd_close(&l->clamd);
	l->open = false;
	l->watched = POLL_NOTHING;
	if (l->memfd != -1)
		stream_release(l->memfd, l->written);
	l->memfd = -1;
	backend_seat_give(index / LINES, &l->seat);
}

/* As if it had not begun. */
static void
line_again(uint32_t index)
{
	struct line *l = &lines[index];

	line_close(index);
	l->number--;
	if (l->wanted < l->length)
		l->wanted = l->length;
	l->again = clock_ms() + AGAIN_MS;
}

/* No canary will confirm what waits here. */
static void
line_drop(uint32_t index)
{
	struct line *l = &lines[index];
	struct job *j, *next;

	l->wanted = 0;
	for (j = TAILQ_FIRST(&l->waiting); j != NULL; j = next) {
		next = TAILQ_NEXT(j, queue);
		job_unconfirmed(j, OUTCOME_CLAMD_ERROR);
	}
}

static void
line_fail(uint32_t index, const char *reason)
{
	line_close(index);
	probe_fail(index / LINES, reason);
	line_drop(index);
}

/* What is left waits for the next one. */
static void
line_found(uint32_t index)
{
	struct line *l = &lines[index];
	struct job *j, *next;

	line_close(index);
	backend_worked(index / LINES);
	spare_want(index / LINES);
	l->found_began = l->began;
	l->found_length = l->length;
	l->wanted = 0;
	for (j = TAILQ_FIRST(&l->waiting); j != NULL; j = next) {
		next = TAILQ_NEXT(j, queue);
		if (j->ticket <= l->number || is_covered(l, j))
			job_confirmed(j);
		else if (length_of(j) > l->wanted)
			l->wanted = length_of(j);
	}
}

static void
line_ended(uint32_t index)
{
	struct line *l = &lines[index];
	struct reply reply = clamd_reply(&l->clamd);
	char reason[RECORD_REASON_MAX];

	if (reply.outcome == OUTCOME_INFECTED) {
		line_found(index);
		return;
	}
	stage_missed(&reply, l->length, reason, sizeof(reason));
	line_fail(index, reason);
}

static void
line_step(uint32_t index, enum clamd_step step)
{
	struct line *l = &lines[index];
	int error = l->clamd.error;

	switch (step) {
	case CLAMD_WAIT_CONNECT:
	case CLAMD_WAIT_WRITE:
	case CLAMD_WAIT_READ:
	case CLAMD_WAIT_MORE:
		if (!poll_watch(l->clamd.fd, POLL_CONFIRM, index, &l->watched,
			step == CLAMD_WAIT_CONNECT || step == CLAMD_WAIT_WRITE
			    ? POLL_WRITE
			    : POLL_READ))
			line_again(index);
		break;
	case CLAMD_ENDED:
		line_ended(index);
		break;
	case CLAMD_REFUSED:
		line_close(index);
		backend_refused(index / LINES, error);
		line_drop(index);
		break;
	case CLAMD_BUSY:
	case CLAMD_STALE: /* spare connections only */
	case CLAMD_FAULT: /* of ours: says nothing about clamd */
		line_again(index);
		break;
	}
}

/* The archive in it must be as long as the message: as base64 that is a third
 * longer, and the rest of the canary is below CANARY_SMALL. */
static int
make_canary(const struct line *l, uint64_t limit, uint64_t *written)
{
	uint64_t plain = l->length + l->length / 2 + CANARY_SMALL;

	return l->length <= LENGTH_PLAIN && plain <= limit
		   ? canary_make(plain, written)
		   : canary_packed(l->length, written);
}

static void
line_start(uint32_t index, uint64_t now)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;

	l->again = now + AGAIN_MS;
	if (!backend_seat_take(backend, &l->seat))
		return;
	l->length = length_for(index, l->wanted);
	l->memfd = make_canary(l, backend_at(backend)->limit, &l->written);
	if (l->memfd == -1) {
		line_close(index);
		return;
	}
	l->again = 0;
	l->wanted = 0;
	l->number++;
	l->began = now;
	l->deadline = now + stage_deadline(l->stage, scan_timeout);
	l->open = true;
	line_step(index,
	    clamd_open(&l->clamd,
		stage_request(l->stage, backend_takes_descriptors(backend)),
		&backend_at(backend)->address, l->memfd, l->written, false));
}

void
confirm_event(uint32_t index)
{
	struct line *l = &lines[index];

	if (l->open)
		line_step(index, clamd_continue(&l->clamd));
}

void
confirm_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		struct line *l = &lines[i];

		if (l->open && l->deadline <= now) {
			line_fail(i, stage_silence(l->stage));
			job_backend_hangs(i / LINES);
		} else if (!l->open && l->wanted > 0 && l->again <= now)
			line_start(i, now);
	}
}

uint64_t
confirm_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		const struct line *l = &lines[i];
		uint64_t at = UINT64_MAX;

		if (l->open)
			at = l->deadline;
		else if (l->wanted > 0)
			at = l->again;
		if (at < next)
			next = at;
	}
	return next;
}
