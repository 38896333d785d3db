/* SPDX-License-Identifier: ISC */
/*
 * The table of connections without a session; see pending.h.
 *
 * Entries are found by descriptor (a descriptor is an index, the table covers
 * all that the listener may have) and linked in two lists: all by arrival,
 * ready ones by the time they became ready.
 */
#include "privsep/pending.h"

#include <stdlib.h>

#define NONE (-1)

struct entry {
	bool used, ready;
	uint64_t deadline;
	int older, newer;	       /* by arrival */
	int ready_before, ready_after; /* by readiness */
};

struct pending {
	uint32_t capacity, count;
	uint32_t time;
	int oldest, newest;
	int ready_first, ready_last;
	int descriptors; /* entries in the table below */
	struct entry entry[];
};

struct pending *
pending_make(uint32_t capacity, uint32_t others, uint32_t time)
{
	int descriptors = (int)(capacity + others);
	struct pending *p =
	    calloc(1, sizeof(*p) + (size_t)descriptors * sizeof(struct entry));

	if (p == NULL)
		return NULL;
	p->capacity = capacity;
	p->time = time;
	p->descriptors = descriptors;
	p->oldest = p->newest = p->ready_first = p->ready_last = NONE;
	return p;
}

static struct entry *
entry_of(struct pending *p, int fd)
{
	return fd >= 0 && fd < p->descriptors ? &p->entry[fd] : NULL;
}

int
pending_add(struct pending *p, int fd, uint64_t now)
{
	struct entry *e = entry_of(p, fd);
	int evicted = NONE;

	if (e == NULL)
		return fd;
	if (p->count == p->capacity) {
		evicted = p->oldest;
		pending_remove(p, evicted);
	}
	*e = (struct entry){.used = true,
	    .deadline = now + p->time,
	    .older = p->newest,
	    .newer = NONE,
	    .ready_before = NONE,
	    .ready_after = NONE};
	if (p->newest != NONE)
		p->entry[p->newest].newer = fd;
	else
		p->oldest = fd;
	p->newest = fd;
	p->count++;
	return evicted;
}

void
pending_ready(struct pending *p, int fd)
{
	struct entry *e = entry_of(p, fd);

	if (e == NULL || !e->used || e->ready)
		return;
	e->ready = true;
	e->ready_before = p->ready_last;
	e->ready_after = NONE;
	if (p->ready_last != NONE)
		p->entry[p->ready_last].ready_after = fd;
	else
		p->ready_first = fd;
	p->ready_last = fd;
}

int
pending_first_ready(const struct pending *p)
{
	return p->ready_first;
}

static void
unlink_ready(struct pending *p, const struct entry *e)
{
	if (e->ready_before != NONE)
		p->entry[e->ready_before].ready_after = e->ready_after;
	else
		p->ready_first = e->ready_after;
	if (e->ready_after != NONE)
		p->entry[e->ready_after].ready_before = e->ready_before;
	else
		p->ready_last = e->ready_before;
}

void
pending_remove(struct pending *p, int fd)
{
	struct entry *e = entry_of(p, fd);

	if (e == NULL || !e->used)
		return;
	if (e->ready)
		unlink_ready(p, e);
	if (e->older != NONE)
		p->entry[e->older].newer = e->newer;
	else
		p->oldest = e->newer;
	if (e->newer != NONE)
		p->entry[e->newer].older = e->older;
	else
		p->newest = e->older;
	e->used = false;
	p->count--;
}

int
pending_expired(const struct pending *p, uint64_t now, bool all)
{
	if (p->oldest == NONE)
		return NONE;
	return all || p->entry[p->oldest].deadline <= now ? p->oldest : NONE;
}

int
pending_wait(const struct pending *p, uint64_t now)
{
	if (p->oldest == NONE)
		return -1;
	if (p->entry[p->oldest].deadline <= now)
		return 0;
	return (int)(p->entry[p->oldest].deadline - now);
}
