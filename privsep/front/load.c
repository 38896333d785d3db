/* SPDX-License-Identifier: ISC */
/* Reports of the load; see load.h. */
#include "privsep/front/load.h"
#include "lib/fd_numbers.h"

#include <errno.h>

#include "lib/ensure.h"
#include "privsep/front/door.h"
#include "privsep/ipc/channel.h"

#define STATUS_EVERY_MS 1000
/* At most one line of each kind in this time: anybody who can connect can cause
 * them. */
#define LOG_EVERY_MS 60000
/* Places become free all the time; idle sessions are asked for theirs when that
 * is not enough, and again when they have had time to end. */
#define PATIENCE_MS  500
#define ASK_EVERY_MS 250

static struct record_load told;	     /* to the monitor */
static struct door_counts logged;    /* said to the scanner */
static uint64_t status_at;	     /* when it may be reported next */
static uint64_t waits_at, closed_at; /* the same for the log */
static uint64_t ask_at;
static uint64_t since; /* connections wait; 0: none do */
static bool news;      /* for the monitor, not yet sent */

static bool
status_tell(const struct record_load *r, uint64_t now)
{
	news = r->sessions != told.sessions || r->waiting != told.waiting;
	if (!news || now < status_at)
		return true;
	if (!channel_send(CHILD_FD_MONITOR, r, -1))
		return errno == EAGAIN;
	status_at = now + STATUS_EVERY_MS;
	told = *r;
	news = false;
	return true;
}

/* What was closed since the last report of it. */
static void
add_closed(struct record_load *r, uint64_t now)
{
	const struct door_counts *c = door_counts();

	/* They only ever grow. */
	ensure(c->silent >= logged.silent && c->evicted >= logged.evicted &&
	       c->refused >= logged.refused);
	if (now < closed_at)
		return;
	r->silent = (uint32_t)(c->silent - logged.silent);
	r->evicted = (uint32_t)(c->evicted - logged.evicted);
	r->refused = (uint32_t)(c->refused - logged.refused);
}

static void
add_waits(struct record_load *r, const struct load *load, uint64_t now)
{
	if (load->why == LOAD_NONE || now < since + PATIENCE_MS)
		return;
	if (now >= waits_at)
		r->why = load->why;
	if (load->why == LOAD_MAX_SESSIONS && load->may_yield && now >= ask_at)
		r->need = r->waiting;
}

/* If the scanner does not take it now, it stays due. */
static void
scanner_tell(const struct load *load, const struct record_load *r, uint64_t now)
{
	bool closed = r->silent > 0 || r->evicted > 0 || r->refused > 0;

	if ((!closed && r->why == LOAD_NONE && r->need == 0) ||
	    load->scanner == -1 || !channel_send(load->scanner, r, -1))
		return;
	if (closed) {
		closed_at = now + LOG_EVERY_MS;
		logged = *door_counts();
	}
	if (r->why != LOAD_NONE)
		waits_at = now + LOG_EVERY_MS;
	if (r->need > 0)
		ask_at = now + ASK_EVERY_MS;
}

bool
load_tell(const struct load *load, uint64_t now)
{
	struct record_load r = {.head = record_head(RECORD_LOAD, sizeof(r)),
	    .sessions = load->sessions,
	    .waiting = door_waiting()};

	if (load->why == LOAD_NONE)
		since = 0;
	else if (since == 0)
		since = now;
	if (!status_tell(&r, now))
		return false;
	add_waits(&r, load, now);
	add_closed(&r, now);
	scanner_tell(load, &r, now);
	return true;
}

static bool
has_closed(void)
{
	const struct door_counts *c = door_counts();

	return c->silent != logged.silent || c->evicted != logged.evicted ||
	       c->refused != logged.refused;
}

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int
load_time(uint64_t now)
{
	uint64_t at = UINT64_MAX;

	if (news)
		at = least(at, status_at);
	if (has_closed())
		at = least(at, closed_at);
	if (since != 0)
		at = least(at, now + ASK_EVERY_MS);
	if (at == UINT64_MAX)
		return -1;
	return at > now ? (int)(at - now) : 1;
}
