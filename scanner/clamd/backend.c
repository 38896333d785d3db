/* SPDX-License-Identifier: ISC */
/*
 * The list of clamds, their states, and the choice; see backend.h.  Runs in
 * the scanner.
 */
#include "scanner/clamd/backend.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/clamd/backend_log.h"
#include "scanner/clamd/database.h"
#include "scanner/clamd/probe_due.h"

/* MaxThreads of a clamd that does not say: its default. */
#define THREADS_DEFAULT 10
/* One message's part of the work, divided by the weight; weights are at most
 * 100, so nothing that matters is lost. */
#define SHARE 1000000
/* A clamd may be started again, with other limits, unseen: they are found out
 * again so often at most, by a canary that it does not unpack to the end. */
#define CEILING_MS 300000
/* Up to here what is proved is not worth a line in the log. */
#define PROVED_SAID (UINT64_C(1) << 20)

static struct backend backend[SETTINGS_BACKENDS_MAX];
static uint32_t backends;
static int64_t max_age_s;
static uint64_t max_message_size;

void
backend_setup(const struct scanner_settings *settings)
{
	backends = settings->backends < SETTINGS_BACKENDS_MAX
		       ? settings->backends
		       : SETTINGS_BACKENDS_MAX;
	max_age_s = settings->max_database_age / 1000;
	max_message_size = settings->max_message_size;
	for (uint32_t i = 0; i < backends; i++) {
		backend[i] = (struct backend){
		    .settings = &settings->backend[i],
		    .address = settings->backend[i].address,
		    .ceiling = UINT64_MAX,
		};
		backend_address_fit(&backend[i].address);
	}
}

uint32_t
backend_count(void)
{
	return backends;
}

struct backend *
backend_at(uint32_t index)
{
	ensure(index < backends);
	return &backend[index];
}

const char *
backend_name(uint32_t index)
{
	return backend_at(index)->settings->name;
}

uint32_t
backend_room(void)
{
	uint32_t room = 0;

	for (uint32_t i = 0; i < backends; i++)
		room += backend[i].settings->max_scans != 0
			    ? backend[i].settings->max_scans
			    : SETTINGS_SCANS_MAX;
	return room;
}

/* Scans it can have at once. */
static uint32_t
room_of(const struct backend *b)
{
	uint32_t threads = b->threads != 0 ? b->threads : THREADS_DEFAULT;
	uint32_t most = b->settings->max_scans;

	if (most == 0)
		most = SETTINGS_SCANS_MAX;
	/* What the operator says counts where clamd does not say. */
	if (b->threads == 0 && b->settings->max_scans != 0)
		return most;
	return threads < most ? threads : most;
}

bool
backend_has_room(uint32_t index)
{
	const struct backend *b = &backend[index];

	return b->running + b->reserved < room_of(b);
}

/* What it has to do, in rounds: as many messages as its weight are one. */
static uint32_t
load_of(const struct backend *b)
{
	return b->running / b->settings->weight;
}

/* Which of two is to have the next message: the one that has less to do; if
 * that is the same, the one that had less so far. */
static bool
is_better(const struct backend *a, const struct backend *b)
{
	if (load_of(a) != load_of(b))
		return load_of(a) < load_of(b);
	return a->share < b->share;
}

static void
take_thread(struct backend *b)
{
	if (b->running++ == 0)
		b->alive = clock_ms();
}

static void
take_room(struct backend *b)
{
	take_thread(b);
	ensure(b->state == BACKEND_UP && b->settings->weight > 0);
	b->share += SHARE / b->settings->weight;
}

static void
unreserve(struct backend *b, struct seat *seat)
{
	ensure(!seat->reserved || b->reserved > 0);
	b->reserved -= seat->reserved ? 1 : 0;
	seat->reserved = false;
}

bool
backend_seat_take(uint32_t index, struct seat *seat)
{
	struct backend *b = &backend[index];

	if (seat->taken)
		return true;
	unreserve(b, seat);
	/* What is reserved for another canary is no hindrance: both wait. */
	seat->taken = b->running < room_of(b);
	seat->reserved = !seat->taken;
	if (seat->taken)
		take_thread(b);
	else
		b->reserved++;
	return seat->taken;
}

void
backend_seat_give(uint32_t index, struct seat *seat)
{
	struct backend *b = &backend[index];

	ensure(!seat->taken || (!seat->reserved && b->running > 0));
	b->running -= seat->taken ? 1 : 0;
	seat->taken = false;
	unreserve(b, seat);
}

static uint64_t
ceiling_of(const struct backend *b)
{
	return b->ceiling_until > clock_ms() ? b->ceiling : UINT64_MAX;
}

uint64_t
backend_limit(uint32_t index)
{
	uint64_t ceiling = ceiling_of(&backend[index]);

	return ceiling <= max_message_size ? ceiling - 1 : max_message_size;
}

bool
backend_choose_stream(uint64_t size, uint32_t *index)
{
	struct backend *best = NULL;

	for (uint32_t i = 0; i < backends; i++) {
		struct backend *b = &backend[i];

		if (b->state == BACKEND_UP && size < ceiling_of(b) &&
		    backend_has_room(i) && (best == NULL || is_better(b, best)))
			best = b;
	}
	if (best == NULL ||
	    backend_takes_descriptors((uint32_t)(best - backend)))
		return false;
	take_room(best);
	*index = (uint32_t)(best - backend);
	return true;
}

enum backend_choice
backend_choose(uint32_t tried, uint64_t size, uint32_t *index)
{
	struct backend *best = NULL;
	bool full = false, checking = false, small = false, down = false;

	for (uint32_t i = 0; i < backends; i++) {
		struct backend *b = &backend[i];

		if ((tried & 1U << i) != 0)
			continue;
		if (b->state != BACKEND_UP)
			down = true;
		else if (size >= ceiling_of(b))
			small = true;
		else if (!backend_has_room(i))
			full = true;
		else if (best == NULL || is_better(b, best))
			best = b;
	}
	if (best != NULL) {
		take_room(best);
		*index = (uint32_t)(best - backend);
		return BACKEND_CHOSEN;
	}
	if (full)
		return BACKEND_FULL;
	for (uint32_t i = 0; down && i < backends; i++) {
		if ((tried & 1U << i) == 0 && backend[i].state != BACKEND_UP)
			checking |= probe_due_hasten(
			    i, backend[i].state == BACKEND_DOWN);
	}
	if (checking)
		return BACKEND_CHECKING;
	return small && !down ? BACKEND_TOO_SMALL : BACKEND_EXHAUSTED;
}

void
backend_release(uint32_t index)
{
	ensure(backend_at(index)->running > 0);
	backend[index].running--;
}

bool
backend_other(uint32_t tried, uint64_t size)
{
	for (uint32_t i = 0; i < backends; i++) {
		if ((tried & 1U << i) == 0 && backend[i].state == BACKEND_UP &&
		    size < ceiling_of(&backend[i]))
			return true;
	}
	return false;
}

bool
backend_takes_descriptors(uint32_t index)
{
	return backend[index].address.any.sa_family == AF_UNIX &&
	       !backend[index].instream;
}

/* Who comes back has missed work, which is not to be made up for. */
static void
even_share(struct backend *b)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < backends; i++) {
		if (backend[i].state == BACKEND_UP && &backend[i] != b &&
		    backend[i].share < least)
			least = backend[i].share;
	}
	if (least != UINT64_MAX && b->share < least)
		b->share = least;
}

static void
log_state(const struct backend *b)
{
	static const char *const event[] = {
	    [BACKEND_UNKNOWN] = "backend-down",
	    [BACKEND_UP] = "backend-up",
	    [BACKEND_SUSPECT] = "backend-suspect",
	    [BACKEND_DOWN] = "backend-down",
	};
	bool up = b->state == BACKEND_UP;
	char reason[RECORD_REASON_MAX];
	struct log_line line;

	log_begin(
	    &line, up ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, event[b->state]);
	log_text(&line, "backend", b->settings->name);
	log_text(&line, "address", b->settings->address.text);
	if (up) {
		log_number(&line, "threads", room_of(b));
		log_number(
		    &line, "limit", backend_limit((uint32_t)(b - backend)));
		log_number(&line, "proved", b->proved);
		log_text(&line, "version", b->version.text);
		database_add(&line, &b->version);
	} else {
		reason_text(&b->reason, reason, sizeof(reason));
		log_text(&line, "reason", reason);
	}
	log_retry_end(&line);
}

static void
tell(uint32_t index, bool gone)
{
	const struct backend *b = &backend[index];
	struct record_backend record = {
	    .index = index,
	    .up = b->state == BACKEND_UP,
	    .gone = gone,
	    .state = b->state,
	    .threads = b->threads,
	    .daily = b->version.daily,
	    .alerts_off = b->alerts_off,
	    .limit = ceiling_of(b) == UINT64_MAX ? 0 : ceiling_of(b) - 1,
	    .proved = b->proved,
	    .built = b->version.built,
	};

	reason_text(&b->reason, record.reason, sizeof(record.reason));
	monitor_send_backend(&record);
}

/* A new state, or another reason for the same. */
static void
enter(struct backend *b, enum backend_state state, struct reason reason,
    bool gone)
{
	if (b->state == state && reason_is(&b->reason, &reason))
		return;
	ensure((state == BACKEND_UP) == (reason.kind == REASON_NONE));
	if (b->state != state)
		b->since = clock_ms();
	b->state = state;
	b->reason = reason;
	log_state(b);
	tell((uint32_t)(b - backend), gone);
}

void
backend_answered(uint32_t index)
{
	backend[index].alive = clock_ms();
}

void
backend_worked(uint32_t index)
{
	backend_answered(index);
	backend[index].worked = backend[index].alive;
}

void
backend_refused(uint32_t index, int error)
{
	struct reason reason = {REASON_REFUSED, (uint64_t)error};

	enter(&backend[index], BACKEND_DOWN, reason, error == ENOENT);
	probe_due_later(index);
}

void
backend_suspected(uint32_t index, struct reason reason)
{
	if (backend[index].state == BACKEND_UP)
		enter(&backend[index], BACKEND_SUSPECT, reason, false);
	probe_due_soon(index);
}

void
backend_failed(uint32_t index, struct reason reason)
{
	enter(&backend[index], BACKEND_DOWN, reason, false);
}

void
backend_works(uint32_t index)
{
	struct backend *b = &backend[index];

	if (b->state != BACKEND_UP)
		even_share(b);
	/* It may have been started with another configuration. */
	if (b->state == BACKEND_DOWN)
		b->ceiling = UINT64_MAX;
	enter(b, BACKEND_UP, reason_of(REASON_NONE), false);
}

void
backend_warn(uint32_t index, const char *reason)
{
	backend_log_warning(backend_name(index), reason);
}

void
backend_set_version(uint32_t index, const struct version *v)
{
	struct backend *b = &backend[index];
	struct version old = b->version;
	bool changed = strcmp(v->text, old.text) != 0 || !b->version_known;

	b->version = *v;
	b->version_known = true;
	if (changed) {
		b->old_said = false;
		b->proved = 0;
		b->ceiling = UINT64_MAX;
		database_judge(backend_name(index), v, &old);
		tell(index, false);
	}
	if (!b->old_said && database_is_old(v, max_age_s)) {
		b->old_said = true;
		backend_warn(index, "has an old database");
	}
}

void
backend_measures(uint32_t index, uint64_t length)
{
	backend_log_length(backend_name(index), LOG_LEVEL_INFO,
	    "backend-measuring", "size", length);
}

void
backend_proved(uint32_t index, uint64_t length)
{
	struct backend *b = &backend[index];

	if (length >= b->ceiling)
		b->ceiling = UINT64_MAX;
	if (length <= b->proved)
		return;
	b->proved = length;
	if (length >= PROVED_SAID || length == max_message_size)
		backend_log_length(backend_name(index), LOG_LEVEL_INFO,
		    "backend-proved", "size", length);
	if (b->state == BACKEND_UP) /* else it comes with that */
		tell(index, false);
}

/* What is left is not worth to be known. */
static void
disprove(struct backend *b, uint64_t length)
{
	if (length <= b->proved)
		b->proved = 0;
}

void
backend_missed(uint32_t index, uint64_t length)
{
	disprove(&backend[index], length);
}

void
backend_exceeded(uint32_t index, uint64_t length)
{
	struct backend *b = &backend[index];
	uint64_t before = ceiling_of(b);

	disprove(b, length);
	b->ceiling_until = clock_ms() + CEILING_MS;
	if (length < before) {
		b->ceiling = length;
		backend_log_length(backend_name(index), LOG_LEVEL_WARNING,
		    "backend-limit", "limit", backend_limit(index));
		tell(index, false);
	}
}

void
backend_reports(uint32_t index, uint64_t most)
{
	backend[index].ceiling = UINT64_MAX;
	if (most < max_message_size)
		backend_exceeded(index, most + 1);
}
