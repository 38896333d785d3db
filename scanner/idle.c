/* SPDX-License-Identifier: ISC */
/* Sessions without a message; see idle.h.  In the scanner. */
#include "scanner/idle.h"

#include "lib/ensure.h"
#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/clock.h"

TAILQ_HEAD(idle_list, client);

static struct idle_list idle = TAILQ_HEAD_INITIALIZER(idle);

static void
append(struct client *c, uint64_t since)
{
	c->since = since;
	TAILQ_INSERT_TAIL(&idle, c, order);
}

void
idle_enter(struct client *c)
{
	append(c, clock_ms());
}

void
idle_leave(struct client *c)
{
	ensure(!TAILQ_EMPTY(&idle));
	TAILQ_REMOVE(&idle, c, order);
}

void
idle_yield(uint32_t owner, uint32_t places, uint64_t now)
{
	struct record_plain ask = {
	    .head = record_head(RECORD_YIELD, sizeof(ask))};
	struct client *next;

	for (struct client *c = TAILQ_FIRST(&idle);
	     c != NULL && places > 0 && now >= c->since + YIELD_IDLE_MS;
	     c = next) {
		next = TAILQ_NEXT(c, order);
		if (c->owner != owner)
			continue;
		/* It may be in a message that we have nothing of yet: then it
		 * stays, and is not the first to be asked again. */
		(void)channel_send(c->fd, &ask, -1);
		places--;
		idle_leave(c);
		append(c, now);
	}
}
