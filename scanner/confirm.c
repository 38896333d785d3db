/* SPDX-License-Identifier: ISC */
/*
 * The lines of canaries that confirm verdicts; see confirm.h.  Runs in the
 * scanner.  A line has one canary under way at most, on a connection of its
 * own, in a thread of clamd's that is counted as a message's.
 */
#include "scanner/confirm.h"

#include "scanner/base/clock.h"
#include "scanner/base/poll.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/exchange.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/probe_stage.h"
#include "scanner/clamd/standby.h"

/* Of a clamd: for messages up to CANARY_MIDDLE, four times that, and so on; the
 * last is for all that are longer. */
#define LINES  4
#define FACTOR 4

#define LENGTH_LEAST CANARY_SMALL

/* Up to here a canary is padded as the probe's are: its cost does not matter,
 * and clamd sees the kind of message that most mail is. */
#define LENGTH_PLAIN (UINT64_C(1) << 16)

/* The stream is that much longer than the message, and blocks are rounded. */
#define LENGTH_MORE 1024

/* No thread is free, the backlog is full, or there is no memory. */
#define AGAIN_MS 5

/* One that clamd did not answer in time it is probably still at, and the next
 * one of that length would only be one more: MaxScanTime, whose default is
 * this. */
#define LATE_MS 120000

struct line {
	struct scan_list waiting;
	uint64_t again;		/* the next canary: not before */
	bool open;		/* a canary is under way */
	bool late;		/* for too long */
	enum probe_stage stage; /* whose deadline it has */
	enum poll_for watched;
	struct seat seat;
	int memfd; /* -1: none */
	uint64_t written;
	uint64_t length; /* unpacked */
	uint64_t number;
	uint64_t began, deadline;
	uint64_t found_began, found_length; /* the last that was found */
	struct exchange exchange;
};

static struct line lines[SETTINGS_BACKENDS_MAX * LINES];
static uint64_t interval, scan_timeout;
static uint64_t number; /* of the last canary */

void
confirm_setup(const struct scanner_settings *settings)
{
	interval = settings->confirm_interval;
	scan_timeout = settings->scan_timeout;
	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		lines[i] = (struct line){
		    .memfd = -1,
		    .stage = i % LINES == 0 ? PROBE_SMALL : PROBE_SIZE,
		};
		TAILQ_INIT(&lines[i].waiting);
		exchange_init(&lines[i].exchange);
	}
}

static uint64_t
length_of(const struct scan *j)
{
	return j->size - j->lead;
}

/* Its number among those of the clamd. */
static uint32_t
rank_of(const struct scan *j)
{
	uint64_t most = CANARY_MIDDLE;
	uint32_t rank = 0;

	for (; rank < LINES - 1 && length_of(j) > most; rank++)
		most *= FACTOR;
	return rank;
}

static struct line *
line_of(const struct scan *j)
{
	return &lines[j->backend * LINES + rank_of(j)];
}

/* Did the last one that was found begin recently, and was it as long? */
static bool
is_covered(const struct line *l, const struct scan *j)
{
	return length_of(j) <= l->found_length &&
	       clock_ms() - l->found_began < interval;
}

bool
confirm_is_wanted(const struct scan *j, enum outcome answer)
{
	const struct backend *b = backend_at(j->backend);

	if (answer == OUTCOME_LIMITS_EXCEEDED)
		return length_of(j) > b->proved;
	if (answer != OUTCOME_CLEAN)
		return false;
	for (uint32_t rank = rank_of(j); rank < LINES; rank++) {
		const struct line *l = &lines[j->backend * LINES + rank];

		/* One from before an outage says nothing. */
		if (is_covered(l, j) && l->found_began >= b->since)
			return false;
	}
	return true;
}

void
confirm_join(struct scan *j)
{
	j->ticket = number + 1;
	TAILQ_INSERT_TAIL(&line_of(j)->waiting, j, queue);
}

void
confirm_leave(struct scan *j)
{
	TAILQ_REMOVE(&line_of(j)->waiting, j, queue);
}

void
confirm_hangs(uint32_t backend)
{
	for (uint32_t i = backend * LINES; i < (backend + 1) * LINES; i++) {
		struct scan *j, *next;

		for (j = TAILQ_FIRST(&lines[i].waiting); j != NULL; j = next) {
			next = TAILQ_NEXT(j, queue);
			if (backend_other(j->tried | UINT32_C(1) << backend,
				length_of(j)))
				scan_unconfirmed(j, OUTCOME_TIMEOUT);
		}
	}
}

/* The longest message that the next canary is for.  Where they are cheap that
 * is the longest of all that wait; else it is the first one's turn, and no
 * other waits for a longer canary than its own more than once. */
static uint64_t
wanted_in(const struct line *l)
{
	const struct scan *j = TAILQ_FIRST(&l->waiting);
	uint64_t longest = length_of(j);

	if (l->stage != PROBE_SMALL)
		return longest;
	while ((j = TAILQ_NEXT(j, queue)) != NULL) {
		if (length_of(j) > longest)
			longest = length_of(j);
	}
	return longest;
}

/* Powers of two, so that messages of about one length share canaries; but
 * nothing above what clamd is known to look into, if less will do. */
static uint64_t
length_for(uint32_t index, uint64_t size)
{
	uint64_t proved = backend_at(index / LINES)->proved;
	uint64_t length = LENGTH_LEAST;

	while (length < size)
		length *= 2;
	if (length <= proved || length == LENGTH_LEAST)
		return length;
	return proved > size ? proved : size;
}

static void
line_close(uint32_t index)
{
	struct line *l = &lines[index];

	exchange_close(&l->exchange);
	l->open = l->late = false;
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
	line_close(index);
	lines[index].again = clock_ms() + AGAIN_MS;
}

/* Those that wait for a canary of more than so many bytes have no verdict. */
static void
line_drop(uint32_t index, uint64_t length, enum outcome end)
{
	struct scan *j, *next;

	for (j = TAILQ_FIRST(&lines[index].waiting); j != NULL; j = next) {
		next = TAILQ_NEXT(j, queue);
		if (length_of(j) > length)
			scan_unconfirmed(j, end);
	}
}

/* All that it tells for are confirmed, in shorter lines too. */
static void
line_found(uint32_t index)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;
	struct scan *j, *next;

	line_close(index);
	backend_worked(backend);
	backend_proved(backend, l->length);
	standby_want(backend);
	l->found_began = l->began;
	l->found_length = l->length;
	for (uint32_t i = backend * LINES; i <= index; i++) {
		for (j = TAILQ_FIRST(&lines[i].waiting); j != NULL; j = next) {
			next = TAILQ_NEXT(j, queue);
			if (is_covered(l, j) || (j->ticket <= l->number &&
						    length_of(j) <= l->length))
				scan_confirmed(j);
		}
	}
}

/* A canary like these messages is beyond clamd's limits; a shorter one for
 * the others is next. */
static void
line_exceeds(uint32_t index)
{
	struct line *l = &lines[index];
	struct scan *j, *next;

	line_close(index);
	backend_worked(index / LINES);
	backend_exceeded(index / LINES, l->length);
	for (j = TAILQ_FIRST(&l->waiting); j != NULL; j = next) {
		next = TAILQ_NEXT(j, queue);
		if (length_of(j) >= l->length)
			scan_exceeds(j);
	}
}

static void
line_missed(uint32_t index, const char *reason)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;

	line_close(index);
	backend_missed(backend, l->length);
	if (l->stage == PROBE_SMALL) {
		probe_fail(backend, reason);
		line_drop(index, 0, OUTCOME_CLAMD_ERROR);
	} else {
		backend_suspected(backend, reason);
		/* Shorter ones may get through. */
		line_drop(index, l->length / 2, OUTCOME_CLAMD_ERROR);
	}
}

/* Silent limits look like the loss of its sight, but then it has never found
 * one of that length, and was not slow either. */
static bool
is_beyond(uint32_t index, const struct reply *reply)
{
	const struct line *l = &lines[index];
	const struct backend *b = backend_at(index / LINES);

	return l->length > CANARY_SMALL &&
	       probe_stage_exceeds(
		   reply, b->alerts_off && l->length > b->proved && !l->late);
}

static void
line_ended(uint32_t index)
{
	struct line *l = &lines[index];
	struct reply reply = exchange_reply(&l->exchange);
	char reason[RECORD_REASON_MAX];

	if (reply.outcome == OUTCOME_INFECTED)
		line_found(index);
	else if (is_beyond(index, &reply))
		line_exceeds(index);
	else {
		probe_stage_missed(&reply, l->length, reason, sizeof(reason));
		line_missed(index, reason);
	}
}

static void
line_step(uint32_t index, enum step step)
{
	struct line *l = &lines[index];
	int error = l->exchange.error;

	switch (step) {
	case STEP_WAIT_CONNECT:
	case STEP_WAIT_WRITE:
	case STEP_WAIT_READ:
	case STEP_WAIT_MORE:
		if (!poll_watch(l->exchange.fd, POLL_CONFIRM, index,
			&l->watched,
			step == STEP_WAIT_CONNECT || step == STEP_WAIT_WRITE
			    ? POLL_WRITE
			    : POLL_READ))
			line_again(index);
		break;
	case STEP_ENDED:
		line_ended(index);
		break;
	case STEP_REFUSED:
		line_close(index);
		backend_refused(index / LINES, error);
		line_drop(index, 0, OUTCOME_CLAMD_ERROR);
		break;
	case STEP_BUSY:
	case STEP_STALE: /* standby connections only */
	case STEP_FAULT: /* of ours: says nothing about clamd */
		line_again(index);
		break;
	}
}

/* The archive in it must be as long as the message, with our first line and
 * in whole blocks: as base64 that is a third longer, and the rest of the canary
 * is below CANARY_SMALL. */
static int
make_canary(const struct line *l, uint64_t proved, uint64_t *written)
{
	uint64_t plain = l->length + l->length / 2 + CANARY_SMALL;

	return l->length <= LENGTH_PLAIN && plain <= proved
		   ? canary_make(plain, written)
		   : canary_packed(
			 l->length + LENGTH_MORE, l->length > proved, written);
}

static void
line_start(uint32_t index, uint64_t now)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;
	uint64_t proved = backend_at(backend)->proved;

	l->again = now + AGAIN_MS;
	if (!backend_seat_take(backend, &l->seat))
		return;
	l->length = length_for(index, wanted_in(l));
	l->memfd = make_canary(l, proved, &l->written);
	if (l->memfd == -1) {
		line_close(index);
		return;
	}
	if (l->stage != PROBE_SMALL && l->length > proved)
		backend_measures(backend, l->length);
	l->again = 0;
	l->number = ++number;
	l->began = now;
	l->deadline = now + probe_stage_deadline(l->stage, scan_timeout);
	l->open = true;
	line_step(index,
	    exchange_open(&l->exchange,
		probe_stage_request(
		    l->stage, backend_takes_descriptors(backend)),
		&backend_at(backend)->address, l->memfd, l->written, false));
}

/* clamd hangs, or, with a long one, is slow: a short one will tell.  The long
 * one goes on there. */
static void
line_expire(uint32_t index, uint64_t now)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;

	if (l->stage == PROBE_SMALL) {
		line_missed(index, probe_stage_silence(l->stage));
		probe_hangs(backend);
	} else if (!l->late) {
		l->late = true;
		l->deadline = now + LATE_MS;
		backend_suspected(backend, probe_stage_silence(l->stage));
		line_drop(index, 0, OUTCOME_TIMEOUT);
	} else
		line_again(index);
}

void
confirm_event(uint32_t index)
{
	struct line *l = &lines[index];

	if (l->open)
		line_step(index, exchange_continue(&l->exchange));
}

static bool
is_wanted(const struct line *l)
{
	return !l->open && !TAILQ_EMPTY(&l->waiting);
}

void
confirm_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		const struct line *l = &lines[i];

		if (l->open && l->deadline <= now)
			line_expire(i, now);
		else if (is_wanted(l) && l->again <= now)
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
		else if (is_wanted(l))
			at = l->again;
		if (at < next)
			next = at;
	}
	return next;
}
