/* SPDX-License-Identifier: ISC */
/*
 * The lines of canaries that confirm verdicts; see confirm.h.  Runs in the
 * scanner.  A line has one canary under way at most, on a connection of its
 * own, in a thread of clamd's that is counted as a message's.
 */
#include "scanner/clamd/confirm.h"

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/probe_stage.h"
#include "scanner/clamd/query.h"
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

TAILQ_HEAD(confirm_list, confirm_wait);

enum line_state {
	LINE_IDLE,   /* no canary is under way */
	LINE_ASKING, /* one is */
	LINE_LATE,   /* one is, for too long */
};

struct line {
	struct confirm_list waiting;
	uint64_t again; /* the next canary: not before */
	enum line_state state;
	enum probe_stage stage; /* whose deadline it has */
	uint64_t length;	/* unpacked */
	uint64_t number;
	uint64_t began;
	uint64_t found_began, found_length; /* the last that was found */
	struct query query;
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
		    .stage = i % LINES == 0 ? PROBE_SMALL : PROBE_SIZE,
		};
		TAILQ_INIT(&lines[i].waiting);
		query_init(&lines[i].query, POLL_CONFIRM, i);
		lines[i].query.backend = i / LINES;
	}
}

/* Its number among those of the clamd. */
static uint32_t
rank_of(uint64_t length)
{
	uint64_t most = CANARY_MIDDLE;
	uint32_t rank = 0;

	for (; rank < LINES - 1 && length > most; rank++)
		most *= FACTOR;
	return rank;
}

/* Did the last one that was found begin recently, and was it as long? */
static bool
is_covered(const struct line *l, uint64_t length)
{
	return length <= l->found_length &&
	       clock_ms() - l->found_began < interval;
}

bool
confirm_is_wanted(uint32_t backend, uint64_t length, enum outcome answer)
{
	const struct backend *b = backend_at(backend);

	if (answer == OUTCOME_LIMITS_EXCEEDED)
		return length > b->proved;
	if (answer != OUTCOME_CLEAN)
		return false;
	for (uint32_t rank = rank_of(length); rank < LINES; rank++) {
		const struct line *l = &lines[backend * LINES + rank];

		/* One from before an outage says nothing. */
		if (is_covered(l, length) && l->found_began >= b->since)
			return false;
	}
	return true;
}

static struct line *
line_of(const struct confirm_wait *w)
{
	ensure(w->backend < backend_count());
	return &lines[w->backend * LINES + rank_of(w->length)];
}

void
confirm_join(struct confirm_wait *w, uint32_t backend, uint64_t length)
{
	w->backend = backend;
	w->length = length;
	w->ticket = number + 1;
	TAILQ_INSERT_TAIL(&line_of(w)->waiting, w, order);
}

void
confirm_leave(struct confirm_wait *w)
{
	struct line *l = line_of(w);

	TAILQ_REMOVE(&l->waiting, w, order);
	/* A thread that was reserved is nobody's now. */
	if (TAILQ_EMPTY(&l->waiting) && l->state == LINE_IDLE)
		query_close(&l->query);
}

/* Those that wait in it for more than so many bytes are told something. */
static void
line_tell(struct line *l, uint64_t length, enum confirm_word word)
{
	struct confirm_wait *w, *next;

	for (w = TAILQ_FIRST(&l->waiting); w != NULL; w = next) {
		next = TAILQ_NEXT(w, order);
		if (w->length > length)
			confirm_told(w, word);
	}
}

void
confirm_hangs(uint32_t backend)
{
	for (uint32_t i = backend * LINES; i < (backend + 1) * LINES; i++)
		line_tell(&lines[i], 0, CONFIRM_HANGS);
}

/* The longest message that the next canary is for.  Where they are cheap that
 * is the longest of all that wait; else it is the first one's turn, and no
 * other waits for a longer canary than its own more than once. */
static uint64_t
wanted_in(const struct line *l)
{
	const struct confirm_wait *w = TAILQ_FIRST(&l->waiting);
	uint64_t longest = w->length;

	if (l->stage != PROBE_SMALL)
		return longest;
	while ((w = TAILQ_NEXT(w, order)) != NULL) {
		if (w->length > longest)
			longest = w->length;
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
line_close(struct line *l)
{
	query_close(&l->query);
	l->state = LINE_IDLE;
}

/* As if it had not begun. */
static void
line_again(struct line *l)
{
	line_close(l);
	l->again = clock_ms() + AGAIN_MS;
}

/* All that it tells for are confirmed, in shorter lines too. */
static void
line_found(uint32_t index)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;
	struct confirm_wait *w, *next;

	line_close(l);
	backend_worked(backend);
	backend_proved(backend, l->length);
	standby_want(backend);
	l->found_began = l->began;
	l->found_length = l->length;
	for (uint32_t i = backend * LINES; i <= index; i++) {
		for (w = TAILQ_FIRST(&lines[i].waiting); w != NULL; w = next) {
			next = TAILQ_NEXT(w, order);
			if (is_covered(l, w->length) ||
			    (w->ticket <= l->number && w->length <= l->length))
				confirm_told(w, CONFIRM_FOUND);
		}
	}
}

/* A canary like these messages is beyond clamd's limits; a shorter one for
 * the others is next. */
static void
line_exceeds(uint32_t index)
{
	struct line *l = &lines[index];

	line_close(l);
	backend_worked(index / LINES);
	backend_exceeded(index / LINES, l->length);
	line_tell(l, l->length - 1, CONFIRM_EXCEEDS);
}

static void
line_missed(uint32_t index, struct reason reason)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;

	line_close(l);
	backend_missed(backend, l->length);
	if (l->stage == PROBE_SMALL) {
		probe_fail(backend, reason);
		line_tell(l, 0, CONFIRM_MISSED);
	} else {
		backend_suspected(backend, reason);
		/* Shorter ones may get through. */
		line_tell(l, l->length / 2, CONFIRM_MISSED);
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
	       probe_stage_exceeds(reply, b->alerts_off &&
					      l->length > b->proved &&
					      l->state != LINE_LATE);
}

static void
line_ended(uint32_t index)
{
	struct line *l = &lines[index];
	struct reply reply = query_reply(&l->query);

	if (reply.outcome == OUTCOME_INFECTED)
		line_found(index);
	else if (is_beyond(index, &reply))
		line_exceeds(index);
	else
		line_missed(index, probe_stage_missed(&reply, l->length));
}

static void
line_news(uint32_t index, enum query_news news)
{
	struct line *l = &lines[index];
	int error = query_error(&l->query);

	switch (news) {
	case QUERY_PENDING:
		break;
	case QUERY_ANSWERED:
		line_ended(index);
		break;
	case QUERY_REFUSED:
		line_close(l);
		backend_refused(index / LINES, error);
		line_tell(l, 0, CONFIRM_MISSED);
		break;
	case QUERY_BUSY:
	case QUERY_FAULT:
		line_again(l);
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
	struct query *a = &l->query;
	uint32_t backend = index / LINES;
	uint64_t proved = backend_at(backend)->proved;

	ensure(l->query.state == QUERY_NONE && l->query.canary == -1);
	l->again = now + AGAIN_MS;
	if (!query_seat(a, backend))
		return;
	l->length = length_for(index, wanted_in(l));
	a->canary = make_canary(l, proved, &a->written);
	if (a->canary == -1) {
		line_close(l);
		return;
	}
	if (l->stage != PROBE_SMALL && l->length > proved)
		backend_measures(backend, l->length);
	l->again = 0;
	l->state = LINE_ASKING;
	l->number = ++number;
	l->began = now;
	a->deadline = now + probe_stage_deadline(l->stage, scan_timeout);
	line_news(index, query_ask(a, probe_stage_request(l->stage,
					  backend_takes_descriptors(backend))));
}

/* clamd hangs, or, with a long one, is slow: a short one will tell.  The long
 * one goes on there. */
static void
line_expire(uint32_t index, uint64_t now)
{
	struct line *l = &lines[index];
	uint32_t backend = index / LINES;
	struct reason reason = reason_of(probe_stage_silence(l->stage));

	if (l->stage == PROBE_SMALL) {
		line_missed(index, reason);
		probe_hangs(backend);
		return;
	}
	l->state = LINE_LATE;
	l->query.deadline = now + LATE_MS;
	backend_suspected(backend, reason);
	line_tell(l, 0, CONFIRM_LATE);
}

void
confirm_event(uint32_t index)
{
	line_news(index, query_event(&lines[index].query));
}

/* When it has something to do without an event. */
static uint64_t
line_at(const struct line *l)
{
	switch (l->state) {
	case LINE_IDLE:
		break;
	case LINE_ASKING:
	case LINE_LATE:
		return l->query.deadline;
	}
	return TAILQ_EMPTY(&l->waiting) ? UINT64_MAX : l->again;
}

static void
line_run(uint32_t index, uint64_t now)
{
	switch (lines[index].state) {
	case LINE_IDLE:
		line_start(index, now);
		break;
	case LINE_ASKING:
		line_expire(index, now);
		break;
	case LINE_LATE:
		line_again(&lines[index]);
		break;
	}
}

void
confirm_run(uint64_t now)
{
	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		if (line_at(&lines[i]) <= now)
			line_run(i, now);
	}
}

uint64_t
confirm_next(void)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < backend_count() * LINES; i++) {
		if (line_at(&lines[i]) < next)
			next = line_at(&lines[i]);
	}
	return next;
}
