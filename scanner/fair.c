/* SPDX-License-Identifier: ISC */
/*
 * Tags, and a heap of them; see fair.h.  Runs in the scanner.
 *
 * An entry holds the tag, so that nothing else has to be looked at when
 * entries are compared: they lie far apart.  Of two with one tag the older one
 * is first.
 */
#include "scanner/fair.h"

#include <stdlib.h>

#include "lib/ensure.h"

/* Up to here a message is a short one: most mail is. */
#define SHORT_MAX (UINT64_C(256) << 10)
/* What a message costs a clamd however short it is, as bytes. */
#define COST_LEAST (UINT64_C(64) << 10)

struct fair_entry {
	uint64_t tag, number;
	struct turn *turn;
};

static struct fair_entry *heap; /* entry 0 is not used */
static uint32_t count, room;
static uint64_t clock_tag; /* of the last one that had its turn */
static uint64_t number;

bool
fair_setup(uint32_t turns)
{
	heap = calloc((size_t)turns + 1, sizeof(*heap));
	room = turns;
	count = 0;
	clock_tag = number = 0;
	return heap != NULL;
}

static bool
is_before(const struct fair_entry *a, const struct fair_entry *b)
{
	return a->tag != b->tag ? a->tag < b->tag : a->number < b->number;
}

static void
put(uint32_t at, const struct fair_entry *e)
{
	heap[at] = *e;
	e->turn->place = at;
}

/* The entry at a place goes up or down to where it belongs. */
static void
settle(uint32_t at)
{
	struct fair_entry e = heap[at];

	for (; at > 1 && is_before(&e, &heap[at / 2]); at /= 2)
		put(at, &heap[at / 2]);
	while (2 * at <= count) {
		uint32_t next = 2 * at;
		if (next < count && is_before(&heap[next + 1], &heap[next]))
			next++;
		if (!is_before(&heap[next], &e))
			break;
		put(at, &heap[next]);
		at = next;
	}
	put(at, &e);
}

static uint64_t
tag_of(struct flow *flow, uint64_t size)
{
	enum flow_class class = size <= SHORT_MAX ? FLOW_SHORT : FLOW_LONG;
	uint64_t tag = clock_tag;

	if (flow != NULL && flow->tag[class] > tag)
		tag = flow->tag[class];
	tag += COST_LEAST + size;
	if (flow != NULL)
		flow->tag[class] = tag;
	return tag;
}

void
fair_add(struct turn *t, struct flow *flow, uint64_t size, bool first)
{
	t->tag = first ? 0 : tag_of(flow, size);
	t->number = number++;
	fair_return(t);
}

void
fair_return(struct turn *t)
{
	ensure(count < room && t->place == 0);
	heap[++count] =
	    (struct fair_entry){.tag = t->tag, .number = t->number, .turn = t};
	settle(count);
}

void
fair_remove(struct turn *t, bool started)
{
	uint32_t at = t->place;

	if (started && t->tag > clock_tag)
		clock_tag = t->tag;
	if (at == 0)
		return;
	ensure(at <= count && heap[at].turn == t);
	t->place = 0;
	if (at != count) {
		put(at, &heap[count]);
		count--;
		settle(at);
	} else
		count--;
}

struct turn *
fair_first(void)
{
	return count > 0 ? heap[1].turn : NULL;
}
