/* SPDX-License-Identifier: ISC */
/*
 * Session channels; see client.h.  Runs in the scanner.
 *
 * What comes in is hostile: a session that was taken over writes what it
 * likes.  Datagrams are read without a control buffer, so a descriptor sent
 * along is never installed; each record is checked for its form by
 * record_check, then for its state by the table here, then by its handler.
 * Nothing a session sends reaches another session's message.
 */
#include "scanner/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/channel.h"
#include "scanner/anomaly_log.h"
#include "scanner/base/clock.h"
#include "scanner/base/line_rate.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/poll.h"
#include "scanner/closing.h"
#include "scanner/idle.h"
#include "scanner/peer.h"
#include "scanner/report.h"

TAILQ_HEAD(message_list, client);

#define STATE_BIT(state) (1U << (state))

/* What an honest session needs behind message_time and scan_timeout: its own
 * waiting for us, and the MTA's for it. */
#define MESSAGE_GRACE_MS 10000

static const struct scanner_settings *settings;
static struct client *clients;
static struct look *part_looks; /* of the same, see client_parts.c */
static uint32_t slots;		/* in the table */
static uint32_t slots_used;	/* the others' memory was never touched */
static uint32_t slot_free;	/* head of the free used ones; slots: none */
static uint32_t count, busy;
static bool draining;
static uint32_t held[PEERS_MAX];       /* by the owners */
static struct share memory[PEERS_MAX]; /* the same */
static bool refusing;		       /* the last one, and the log says so */
static struct message_list with_message = TAILQ_HEAD_INITIALIZER(with_message);

/* Datagrams that a channel can hold: its buffer has 208 KiB, and the kernel
 * counts more than 512 bytes for each. */
#define QUEUE_MAX 416

/* One batch at a time; one byte more shows that a datagram was cut. */
static uint8_t batch[RECORD_BATCH_MAX + 1];

uint32_t
client_slots(const struct scanner_settings *s)
{
	return 2 * s->max_sessions + CLIENT_SPARE;
}

bool
client_setup(const struct scanner_settings *s)
{
	settings = s;
	slots = client_slots(s);
	slot_free = slots;
	clients = calloc(slots, sizeof(*clients));
	part_looks = calloc(slots, sizeof(*part_looks));
	return clients != NULL && part_looks != NULL && flow_setup(slots);
}

uint32_t
client_limit(void)
{
	return settings->max_sessions;
}

uint32_t
client_count(void)
{
	return count;
}

uint32_t
client_busy(void)
{
	return busy;
}

const char *
client_state_name(enum client_state state)
{
	static const char *const name[CLIENT_STATES] = {
	    [CLIENT_FREE] = "free",
	    [CLIENT_IDLE] = "idle",
	    [CLIENT_FIELDS] = "fields",
	    [CLIENT_BODY] = "body",
	    [CLIENT_READING] = "reading",
	    [CLIENT_JUDGING] = "judging",
	    [CLIENT_DONE] = "done",
	    [CLIENT_ABORTED] = "aborted",
	};

	ensure(state < CLIENT_STATES);
	return name[state];
}

struct client *
client_at(uint32_t index)
{
	ensure(index < slots);
	return &clients[index];
}

uint32_t
client_index(const struct client *c)
{
	ensure(c >= clients && c < clients + slots);
	return (uint32_t)(c - clients);
}

struct look *
client_part_look(const struct client *c)
{
	return &part_looks[client_index(c)];
}

static bool
is_busy(enum client_state state)
{
	return state != CLIENT_FREE && state != CLIENT_IDLE;
}

void
client_enter(struct client *c, enum client_state state)
{
	bool was_busy = is_busy(c->state), was_idle = c->state == CLIENT_IDLE;

	ensure(state < CLIENT_STATES && (!was_busy || c->flow != NULL));
	if (was_busy && !is_busy(state)) {
		ensure(busy > 0);
		busy--;
		TAILQ_REMOVE(&with_message, c, order);
		flow_leave(c->flow);
		c->flow = NULL;
	}
	if (was_idle && state != CLIENT_IDLE)
		idle_leave(c);
	if (is_busy(state) && !was_busy) {
		busy++;
		c->deadline = clock_ms() + settings->limits.message_time +
			      settings->scan_timeout + MESSAGE_GRACE_MS;
		TAILQ_INSERT_TAIL(&with_message, c, order);
	}
	if (state == CLIENT_IDLE && !was_idle)
		idle_enter(c);
	c->state = state;
}

static void
send_drain(const struct client *c)
{
	struct record_plain drain = {
	    .head = record_head(RECORD_DRAIN, sizeof(drain))};

	(void)channel_send(c->fd, &drain, -1);
}

void
client_drain(void)
{
	draining = true;
	for (uint32_t i = 0; i < slots_used; i++) {
		if (clients[i].state != CLIENT_FREE)
			send_drain(&clients[i]);
	}
}

/*
 * Whatever a message has left in the slot goes, and what is there in the next
 * one is what that one sent: the only place where that is seen to.  What the
 * session is known by stays.
 */
static void
client_fresh(struct client *c)
{
	/* Otherwise it is in lists that would point into what is wiped. */
	ensure(c->scans.state == CASE_IDLE &&
	       c->stamping.state == STAMPING_IDLE &&
	       (c->stream.memfd == -1 || c->stream.written == 0) &&
	       (c->parts.stream.memfd == -1 || c->parts.stream.written == 0));
	*c = (struct client){.state = c->state,
	    .fd = c->fd,
	    .owner = c->owner,
	    .message = c->message,
	    .rates = c->rates,
	    .closing = c->closing,
	    .order = c->order,
	    .since = c->since,
	    .stream.memfd = -1,
	    .parts.stream.memfd = -1};
}

static struct client *
slot_take(void)
{
	struct client *c = NULL;

	if (slot_free != slots) {
		c = &clients[slot_free];
		slot_free = c->next_free;
	} else if (slots_used < slots)
		c = &clients[slots_used++];
	return c;
}

static void
slot_give(struct client *c)
{
	c->next_free = slot_free;
	slot_free = client_index(c);
	refusing = false;
}

/* A listener that was taken over can give a place back each time. */
static void
log_refused(void)
{
	static struct line_rate rate;
	struct log_line line;

	if (!line_rate_allows(&rate))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "session-refused");
	log_text(&line, "what", "more sessions than max_sessions");
	line_rate_end(&rate, &line);
}

void
client_add(int fd, uint32_t owner)
{
	enum poll_for watched = POLL_NOTHING;
	struct client *c = held[owner] < slots - slots / 4 ? slot_take() : NULL;

	if (c == NULL) {
		if (!refusing)
			log_refused();
		refusing = true;
		close(fd);
		return;
	}
	if (!poll_watch(
		fd, POLL_SESSION, client_index(c), &watched, POLL_READ)) {
		slot_give(c);
		close(fd);
		return;
	}
	c->fd = fd;
	c->owner = owner;
	held[owner]++;
	c->message = 0;
	c->rates = (struct report_rates){0};
	c->closing = false;
	client_fresh(c);
	client_enter(c, CLIENT_IDLE);
	count++;
	if (draining)
		send_drain(c);
}

/* Frees what the open message holds. */
static void
client_forget(struct client *c)
{
	case_drop(&c->scans);
	stamping_forget(&c->stamping);
	client_parts_drop(c);
	stream_drop(&c->stream);
}

static void
client_close(struct client *c)
{
	if (is_busy(c->state))
		report_lost(c);
	client_forget(c);
	client_enter(c, CLIENT_FREE);
	poll_leave(c->fd);
	close(c->fd);
	count--;
	held[c->owner]--;
	slot_give(c);
}

static bool
on_begin(struct client *c, struct span record)
{
	struct record_begin begin;

	memcpy(&begin, record.ptr, sizeof(begin));
	/* Its number is how many there were, or a lie against itself. */
	if (begin.message <= c->message || c->closing ||
	    begin.message > settings->limits.messages)
		return false;
	client_fresh(c);
	c->message = begin.message;
	memcpy(c->queue_id, begin.queue_id, sizeof(c->queue_id));
	c->flow = flow_join(begin.client);
	c->payer = (struct payer){
	    .client = &c->flow->memory, .listener = &memory[c->owner]};
	case_begin(&c->scans, client_index(c), c->flow);
	stamping_begin(&c->stamping, client_index(c), begin.stamps != 0);
	stream_begin(&c->stream,
	    span_of(c->queue_id, strnlen(c->queue_id, sizeof(c->queue_id))));
	c->stream.payer = &c->payer;
	client_enter(c, CLIENT_FIELDS);
	return true;
}

static bool
on_field(struct client *c, struct span record)
{
	struct record_field field;
	struct cursor at = cursor_of(record);
	struct span head, name, value;

	memcpy(&field, record.ptr, sizeof(field));
	if (!cursor_take(&at, sizeof(field), &head) ||
	    !cursor_take(&at, field.name_len, &name) ||
	    !cursor_take(&at, field.value_len, &value))
		return false;
	stream_field(&c->stream, name, value);
	stamping_field(&c->stamping, name, value);
	return true;
}

static bool
on_candidate(struct client *c, struct span record)
{
	struct record_candidate candidate;

	memcpy(&candidate, record.ptr, sizeof(candidate));
	return stamping_candidate(&c->stamping, &candidate);
}

static bool
on_body(struct client *c, struct span record)
{
	struct cursor at = cursor_of(record);
	struct span head, bytes;

	if (!cursor_take(&at, sizeof(struct record_body), &head))
		return false;
	bytes = cursor_rest(&at);
	stream_body(&c->stream, bytes);
	stamping_body(&c->stamping, bytes);
	look_body(&c->scans.look, bytes);
	client_enter(c, CLIENT_BODY);
	return true;
}

static bool
on_end(struct client *c, struct span record)
{
	struct record_end end;
	enum outcome outcome;

	memcpy(&end, record.ptr, sizeof(end));
	if (end.message != c->message || end.readings > 1 ||
	    (end.so_far != OUTCOME_CLEAN && !outcome_is_unjudged(end.so_far)))
		return false;
	c->size = end.size;
	if (end.readings == 1)
		client_parts_begin(c);
	outcome = end.so_far;
	if (outcome == OUTCOME_CLEAN)
		outcome = stream_finish(&c->stream);
	if (outcome == OUTCOME_CLEAN) {
		client_enter(
		    c, end.readings == 1 ? CLIENT_READING : CLIENT_JUDGING);
		if (!stamping_check(&c->stamping))
			client_submit(c);
		return true;
	}
	stream_drop(&c->stream);
	case_settle(&c->scans, outcome);
	return true;
}

/* In DONE our result and the session's ABORT have crossed. */
static bool
on_abort(struct client *c, struct span record)
{
	(void)record;
	client_forget(c);
	if (c->state != CLIENT_DONE)
		client_enter(c, CLIENT_ABORTED);
	return true;
}

static bool
on_report(struct client *c, struct span record)
{
	struct record_report claim;

	memcpy(&claim, record.ptr, sizeof(claim));
	if (claim.report.message != c->message)
		return false;
	/* A report before our result: the MTA has left, the session too. */
	if (c->state == CLIENT_JUDGING || c->state == CLIENT_READING)
		on_abort(c, record);
	if (c->state == CLIENT_DONE) {
		stamping_count(
		    &c->stamping, (enum stamp_reason)claim.report.stamps);
		anomaly_count(c, &claim.report.anomalies);
	}
	report_message(c, &claim.report);
	client_forget(c);
	client_enter(c, CLIENT_IDLE);
	return true;
}

static bool
on_closing(struct client *c, struct span record)
{
	struct record_closing closing;

	if (c->closing)
		return false;
	c->closing = true;
	memcpy(&closing, record.ptr, sizeof(closing));
	closing_log(c, &closing);
	return true;
}

/* What was handed in may be on its way when the outcome is. */
#define READABLE (STATE_BIT(CLIENT_READING) | STATE_BIT(CLIENT_DONE))

/* Which record is allowed in which state; types without a row never are. */
static const struct {
	unsigned int states; /* STATE_BITs */
	bool (*handle)(struct client *, struct span record);
	bool last; /* none may follow in the same datagram */
} rows[RECORD_TYPES] = {
    [RECORD_BEGIN] = {STATE_BIT(CLIENT_IDLE), on_begin},
    [RECORD_FIELD] = {STATE_BIT(CLIENT_FIELDS), on_field},
    [RECORD_CANDIDATE] = {STATE_BIT(CLIENT_FIELDS), on_candidate},
    [RECORD_BODY] = {STATE_BIT(CLIENT_FIELDS) | STATE_BIT(CLIENT_BODY),
	on_body},
    [RECORD_END] = {STATE_BIT(CLIENT_FIELDS) | STATE_BIT(CLIENT_BODY), on_end},
    [RECORD_ABORT] = {STATE_BIT(CLIENT_FIELDS) | STATE_BIT(CLIENT_BODY) |
			  STATE_BIT(CLIENT_READING) |
			  STATE_BIT(CLIENT_JUDGING) | STATE_BIT(CLIENT_DONE),
	on_abort},
    [RECORD_CLOSING] = {~STATE_BIT(CLIENT_FREE), on_closing},
    [RECORD_REPORT] = {STATE_BIT(CLIENT_READING) | STATE_BIT(CLIENT_JUDGING) |
			   STATE_BIT(CLIENT_DONE) | STATE_BIT(CLIENT_ABORTED),
	on_report},
    [RECORD_REPLAY] = {READABLE, client_replay, .last = true},
    [RECORD_PART] = {READABLE, client_part},
    [RECORD_PART_BYTES] = {READABLE, client_part_bytes},
    [RECORD_PART_END] = {READABLE, client_part_end, .last = true},
    [RECORD_READ] = {READABLE, client_read},
};

/* More of a message is here than one batch: it may be on its way to clamd
 * while the rest comes. */
static void
send_early(struct client *c)
{
	/* With a stamp clamd need perhaps not be asked at all. */
	if (c->state != CLIENT_BODY || c->stamping.candidates > 0)
		return;
	case_early(&c->scans, &c->stream);
}

/* The records of one datagram, in order.  On a violation false, and *what is
 * what was not understood. */
static bool
handle_batch(struct client *c, struct span bytes, const char **what)
{
	struct cursor at = cursor_of(bytes);
	struct span record;

	while (!cursor_empty(&at)) {
		enum record_type type;

		*what = "unknown";
		if (!record_next(&at, &record) ||
		    !record_check(ROLE_SESSION, ROLE_SCANNER, record, false))
			return false;
		type = record_type_of(record);
		*what = record_name(type);
		if ((rows[type].states & STATE_BIT(c->state)) == 0 ||
		    (rows[type].last && !cursor_empty(&at)) ||
		    !rows[type].handle(c, record))
			return false;
	}
	/* Body pieces point into the batch, which the next one overwrites. */
	client_parts_flush(c);
	stream_flush(&c->stream);
	send_early(c);
	return true;
}

/* One datagram; false if there is none, or the session has ended. */
static bool
client_take(struct client *c)
{
	const char *what = "too-long";
	ssize_t n = channel_read(c->fd, batch, sizeof(batch));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0 && n <= RECORD_BATCH_MAX &&
	    handle_batch(c, span_of(batch, (size_t)n), &what))
		return true;
	if (n > 0)
		report_violation(c, what);
	client_close(c);
	return false;
}

void
client_run(uint64_t now)
{
	struct client *c;

	while ((c = TAILQ_FIRST(&with_message)) != NULL && c->deadline <= now) {
		/* An honest session has closed the connection long before. */
		report_overdue(c);
		client_close(c);
	}
}

uint64_t
client_next(void)
{
	const struct client *c = TAILQ_FIRST(&with_message);

	return c != NULL ? c->deadline : UINT64_MAX;
}

void
client_input(uint32_t index)
{
	if (clients[index].state != CLIENT_FREE)
		(void)client_take(&clients[index]);
}

void
client_leave(uint32_t owner)
{
	for (uint32_t i = 0; i < slots_used; i++) {
		struct client *c = &clients[i];
		if (c->state == CLIENT_FREE || c->owner != owner)
			continue;
		for (int n = 0; n < QUEUE_MAX && client_take(c); n++)
			;
		if (c->state != CLIENT_FREE)
			client_close(c);
	}
}
