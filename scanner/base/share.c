/* SPDX-License-Identifier: ISC */
/* Counts bytes of messages; see share.h.  Runs in the scanner. */
#include "scanner/base/share.h"

#include "lib/ensure.h"

/* How many times of what is left somebody may hold: a listener of all memory, a
 * client of what its listener may have.  One client alone can so have three
 * quarters of all. */
#define CLIENT_TIMES   4
#define LISTENER_TIMES 16

static uint64_t limit;
static uint64_t held;

void
share_setup(uint64_t max_memory)
{
	limit = max_memory;
	held = 0;
}

/* What a listener may still have: as much as leaves LISTENER_TIMES of the rest
 * above what it then holds. */
static uint64_t
room_of(const struct share *listener)
{
	uint64_t free = limit - held;
	uint64_t kept = (free + listener->held) / (LISTENER_TIMES + 1);

	return free > kept ? free - kept : 0;
}

bool
share_take(const struct payer *p, uint64_t bytes)
{
	uint64_t room = room_of(p->listener);

	if (bytes > room ||
	    (p->client->held + bytes) / CLIENT_TIMES > room - bytes)
		return false;
	ensure(bytes <= limit - held);
	held += bytes;
	p->client->held += bytes;
	p->listener->held += bytes;
	return true;
}

void
share_give(const struct payer *p, uint64_t bytes)
{
	/* More than was taken: our own count is wrong. */
	ensure(bytes <= held && bytes <= p->client->held &&
	       bytes <= p->listener->held);
	held -= bytes;
	p->client->held -= bytes;
	p->listener->held -= bytes;
}
