/* SPDX-License-Identifier: ISC */
/*
 * The table of connections without a session; see pending.h.
 *
 * Entries are found by descriptor (a descriptor is an index, the table covers
 * all that the listener may have) and linked in a list for each state.
 */
#include "privsep/front/pending.h"

#include <stddef.h>

#include "lib/ensure.h"
#include "privsep/front/own_memory.h"

#define NONE (-1)

struct pending_entry {
	enum pending_state state;
	uint64_t deadline;
	int before, after; /* in the list of its state */
};

struct list {
	int first, last;
	uint32_t count;
};

struct pending {
	uint32_t capacity;
	uint32_t time;
	struct list list[PENDING_STATES];
	int descriptors; /* entries in the table below */
	struct pending_entry entry[];
};

struct pending *
pending_make(uint32_t capacity, uint32_t others, uint32_t time)
{
	int descriptors = (int)(capacity + others);
	struct pending *p = own_memory(
	    sizeof(*p) + (size_t)descriptors * sizeof(struct pending_entry));

	if (p == NULL)
		return NULL;
	p->capacity = capacity;
	p->time = time;
	p->descriptors = descriptors;
	for (size_t i = 0; i < PENDING_STATES; i++)
		p->list[i].first = p->list[i].last = NONE;
	for (int fd = 0; fd < descriptors; fd++)
		p->entry[fd].state = PENDING_STATES;
	return p;
}

enum pending_state
pending_state(const struct pending *p, int fd)
{
	return fd >= 0 && fd < p->descriptors ? p->entry[fd].state
					      : PENDING_STATES;
}

static void
append(struct pending *p, int fd, enum pending_state state)
{
	struct pending_entry *e = &p->entry[fd];
	struct list *list = &p->list[state];

	ensure(state < PENDING_STATES && e->state == PENDING_STATES);
	e->state = state;
	e->before = list->last;
	e->after = NONE;
	if (list->last != NONE)
		p->entry[list->last].after = fd;
	else
		list->first = fd;
	list->last = fd;
	list->count++;
}

void
pending_remove(struct pending *p, int fd)
{
	enum pending_state state = pending_state(p, fd);
	struct pending_entry *e;
	struct list *list;

	if (state == PENDING_STATES)
		return;
	e = &p->entry[fd];
	list = &p->list[state];
	ensure(list->count > 0);
	if (e->before != NONE)
		p->entry[e->before].after = e->after;
	else
		list->first = e->after;
	if (e->after != NONE)
		p->entry[e->after].before = e->before;
	else
		list->last = e->before;
	list->count--;
	e->state = PENDING_STATES;
}

int
pending_add(struct pending *p, int fd, uint64_t now)
{
	uint32_t count = 0;
	int evicted = NONE;

	for (size_t i = 0; i < PENDING_STATES; i++)
		count += p->list[i].count;
	ensure(count <= p->capacity);
	if (fd < 0 || fd >= p->descriptors)
		return fd;
	if (count >= p->capacity) {
		evicted = pending_first(p, PENDING_SILENT);
		if (evicted == NONE)
			evicted = pending_first(p, PENDING_LEFT);
		if (evicted == NONE)
			return fd;
		pending_remove(p, evicted);
	}
	append(p, fd, PENDING_SILENT);
	p->entry[fd].deadline = now + p->time;
	return evicted;
}

void
pending_ready(struct pending *p, int fd, bool left)
{
	enum pending_state to = left ? PENDING_LEFT : PENDING_READY;
	enum pending_state from = pending_state(p, fd);

	/* No connection goes back to an earlier state. */
	if (from == PENDING_STATES || from >= to)
		return;
	pending_remove(p, fd);
	append(p, fd, to);
}

int
pending_first(const struct pending *p, enum pending_state state)
{
	return p->list[state].first;
}

int
pending_next(const struct pending *p, int fd)
{
	return pending_state(p, fd) == PENDING_STATES ? NONE
						      : p->entry[fd].after;
}

uint32_t
pending_count(const struct pending *p, enum pending_state state)
{
	return p->list[state].count;
}

int
pending_expired(const struct pending *p, uint64_t now)
{
	int oldest = pending_first(p, PENDING_SILENT);

	return oldest != NONE && p->entry[oldest].deadline <= now ? oldest
								  : NONE;
}

int
pending_wait(const struct pending *p, uint64_t now)
{
	int oldest = pending_first(p, PENDING_SILENT);

	if (oldest == NONE)
		return -1;
	if (p->entry[oldest].deadline <= now)
		return 0;
	return (int)(p->entry[oldest].deadline - now);
}
