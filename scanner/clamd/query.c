/* SPDX-License-Identifier: ISC */
/* Queries to clamds; see query.h.  Runs in the scanner. */
#include "scanner/clamd/query.h"

#include "lib/ensure.h"
#include "scanner/base/clock.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/standby.h"

void
query_init(struct query *a, enum poll_kind kind, uint32_t index)
{
	*a = (struct query){.kind = kind, .index = index, .canary = -1};
	exchange_init(&a->exchange);
}

bool
query_seat(struct query *a, uint32_t backend)
{
	ensure(a->state == QUERY_NONE || a->state == QUERY_PUT_OFF);
	a->backend = backend;
	return backend_seat_take(backend, &a->seat);
}

/* It waits for its descriptor. */
static enum query_news
waits(struct query *a, enum query_state state, enum poll_for want)
{
	a->state = state;
	return poll_watch(a->exchange.fd, a->kind, a->index, &a->watched, want)
		   ? QUERY_PENDING
		   : QUERY_FAULT;
}

static enum query_news
took_step(struct query *a, enum step step)
{
	switch (step) {
	case STEP_WAIT_CONNECT:
		return waits(a, QUERY_CONNECTING, POLL_WRITE);
	case STEP_WAIT_WRITE:
		return waits(a, QUERY_TALKING, POLL_WRITE);
	case STEP_WAIT_READ:
	case STEP_WAIT_MORE:
		return waits(a, QUERY_TALKING, POLL_READ);
	case STEP_ENDED:
		a->state = QUERY_TALKING;
		return QUERY_ANSWERED;
	case STEP_REFUSED:
		return QUERY_REFUSED;
	case STEP_BUSY:
		return QUERY_BUSY;
	case STEP_STALE: /* there is nothing that could be sent again */
	case STEP_FAULT:
		break;
	}
	return QUERY_FAULT;
}

/* On a connection of its own. */
static enum step
open_new(struct query *a, enum request request, int memfd, uint64_t size,
    bool growing)
{
	a->watched = POLL_NOTHING;
	return exchange_open(&a->exchange, request,
	    &backend_at(a->backend)->address, memfd, size, growing);
}

enum query_news
query_ask(struct query *a, enum request request)
{
	ensure(a->state == QUERY_NONE || a->state == QUERY_PUT_OFF);
	return took_step(a, open_new(a, request, a->canary, a->written, false));
}

enum query_news
query_scan(struct query *a, int memfd, uint64_t size, bool growing)
{
	enum step step = STEP_STALE;

	ensure(a->state == QUERY_NONE || a->state == QUERY_PUT_OFF);
	a->watched = POLL_NOTHING;
	if (!growing)
		step = standby_open(a->backend, &a->exchange, memfd, size);
	if (step == STEP_STALE)
		step = open_new(a,
		    backend_takes_descriptors(a->backend) ? REQUEST_FILDES
							  : REQUEST_INSTREAM,
		    memfd, size, growing);
	return took_step(a, step);
}

enum query_news
query_grow(struct query *a, uint64_t size, bool whole)
{
	ensure(a->state != QUERY_NONE);
	if (!exchange_grow(&a->exchange, size, whole))
		return QUERY_PENDING;
	return waits(a, QUERY_TALKING, POLL_WRITE);
}

enum query_news
query_event(struct query *a)
{
	int memfd = a->exchange.memfd;
	enum step step;

	/* A stale one, see poll.h. */
	if (a->state != QUERY_CONNECTING && a->state != QUERY_TALKING)
		return QUERY_PENDING;
	step = exchange_continue(&a->exchange);
	/* clamd never had it: again, with the same memfd. */
	if (step == STEP_STALE && memfd != -1)
		step = open_new(
		    a, a->exchange.request, memfd, a->exchange.size, false);
	return took_step(a, step);
}

void
query_abandon(struct query *a)
{
	a->exchange.memfd = -1;
}

bool
query_is_at_work(const struct query *a)
{
	return a->state == QUERY_TALKING &&
	       a->exchange.state == EXCHANGE_READING;
}

struct reply
query_reply(const struct query *a)
{
	return exchange_reply(&a->exchange);
}

struct span
query_bytes(const struct query *a)
{
	return span_of(a->exchange.reply, a->exchange.reply_len);
}

int
query_error(const struct query *a)
{
	return a->exchange.error;
}

void
query_put_off(struct query *a, uint64_t pause)
{
	exchange_close(&a->exchange);
	a->watched = POLL_NOTHING;
	a->state = QUERY_PUT_OFF;
	a->wake = clock_ms() + pause;
}

void
query_close(struct query *a)
{
	exchange_close(&a->exchange);
	a->watched = POLL_NOTHING;
	a->state = QUERY_NONE;
	if (a->canary != -1)
		stream_release(a->canary, a->written);
	a->canary = -1;
	backend_seat_give(a->backend, &a->seat);
}
