/* SPDX-License-Identifier: ISC */
/*
 * The table of a listener's sessions; see session_table.h.
 *
 * Those whose MTA has gone are in a list, in the order in which it went.  A pid
 * is searched for from one end of the table to the other: that costs little
 * next to starting a process.
 */
#include "privsep/front/session_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "lib/ensure.h"
#include "privsep/front/own_memory.h"

struct ward {
	pid_t pid; /* 0: a free place */
	bool left;
	uint64_t until; /* left: it should have ended */
	TAILQ_ENTRY(ward) order;
};

TAILQ_HEAD(ward_list, ward);

struct sessions {
	uint32_t capacity, count;
	uint32_t used; /* places that ever were */
	uint32_t time;
	struct ward_list leaving;
	struct ward ward[];
};

struct sessions *
sessions_make(uint32_t capacity, uint32_t time)
{
	struct sessions *s =
	    own_memory(sizeof(*s) + (size_t)capacity * sizeof(struct ward));

	if (s == NULL)
		return NULL;
	s->capacity = capacity;
	s->time = time;
	TAILQ_INIT(&s->leaving);
	return s;
}

static struct ward *
ward_of(struct sessions *s, pid_t pid)
{
	for (uint32_t i = 0; i < s->used; i++) {
		if (s->ward[i].pid == pid)
			return &s->ward[i];
	}
	return NULL;
}

void
sessions_add(struct sessions *s, pid_t pid)
{
	struct ward *w = NULL;

	if (s->count < s->used)
		w = ward_of(s, 0);
	else if (s->used < s->capacity)
		w = &s->ward[s->used++];
	ensure(w != NULL); /* else the caller has not counted */
	*w = (struct ward){.pid = pid};
	s->count++;
}

uint32_t
sessions_count(const struct sessions *s)
{
	return s->count;
}

void
sessions_remove(struct sessions *s, pid_t pid)
{
	struct ward *w = pid > 0 ? ward_of(s, pid) : NULL;

	if (w == NULL)
		return;
	if (w->left)
		TAILQ_REMOVE(&s->leaving, w, order);
	ensure(s->count > 0);
	w->pid = 0;
	s->count--;
}

static void
wait_for_end(struct sessions *s, struct ward *w, uint64_t now)
{
	ensure(w->pid > 0);
	w->left = true;
	w->until = now + s->time;
	TAILQ_INSERT_TAIL(&s->leaving, w, order);
}

void
sessions_left(struct sessions *s, pid_t pid, uint64_t now)
{
	struct ward *w = pid > 0 ? ward_of(s, pid) : NULL;

	if (w != NULL && !w->left)
		wait_for_end(s, w, now);
}

pid_t
sessions_overdue(struct sessions *s, uint64_t now)
{
	struct ward *w = TAILQ_FIRST(&s->leaving);

	if (w == NULL || w->until > now)
		return 0;
	TAILQ_REMOVE(&s->leaving, w, order);
	wait_for_end(s, w, now);
	return w->pid;
}

uint64_t
sessions_next(const struct sessions *s)
{
	const struct ward *w = TAILQ_FIRST(&s->leaving);

	return w != NULL ? w->until : UINT64_MAX;
}
