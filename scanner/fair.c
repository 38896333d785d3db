/* SPDX-License-Identifier: ISC */
/*
 * Tags, and a heap of them; see fair.h.  Runs in the scanner.
 *
 * An entry holds the tag, so that nothing else has to be looked at when
 * entries are compared: scans lie far apart.  Of two with one tag the older one
 * is first.
 */
#include "scanner/fair.h"

#include <stdlib.h>

#include "scanner/flow.h"
#include "scanner/scan.h"

/* Up to here a message is a short one: most mail is. */
#define SHORT_MAX (UINT64_C(256) << 10)
/* What a message costs a clamd however short it is, as bytes. */
#define COST_LEAST (UINT64_C(64) << 10)

struct fair_entry {
	uint64_t tag, number;
	struct scan *scan;
};

static struct fair_entry *heap; /* entry 0 is not used */
static uint32_t count, room;
static uint64_t clock_tag; /* of the last one that had its turn */
static uint64_t number;

bool
fair_setup(uint32_t scans)
{
	heap = calloc((size_t)scans + 1, sizeof(*heap));
	room = scans;
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
	e->scan->place = at;
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
tag_of(const struct scan *j)
{
	enum flow_class class = j->size <= SHORT_MAX ? FLOW_SHORT : FLOW_LONG;
	uint64_t tag = clock_tag;

	if (j->flow != NULL && j->flow->tag[class] > tag)
		tag = j->flow->tag[class];
	tag += COST_LEAST + j->size;
	if (j->flow != NULL)
		j->flow->tag[class] = tag;
	return tag;
}

void
fair_add(struct scan *j, bool first)
{
	j->tag = first ? 0 : tag_of(j);
	j->number = number++;
	fair_return(j);
}

void
fair_return(struct scan *j)
{
	if (count == room)
		__builtin_trap(); /* more scans than sessions */
	heap[++count] =
	    (struct fair_entry){.tag = j->tag, .number = j->number, .scan = j};
	settle(count);
}

void
fair_remove(struct scan *j, bool started)
{
	uint32_t at = j->place;

	if (started && j->tag > clock_tag)
		clock_tag = j->tag;
	if (at == 0)
		return;
	j->place = 0;
	if (at != count) {
		put(at, &heap[count]);
		count--;
		settle(at);
	} else
		count--;
}

struct scan *
fair_first(void)
{
	return count > 0 ? heap[1].scan : NULL;
}
