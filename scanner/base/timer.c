/* SPDX-License-Identifier: ISC */
/* Lists by time; see timer.h.  No I/O. */
#include "scanner/base/timer.h"

#include "lib/ensure.h"

void
timer_start(struct timer_list *list, struct timer *t, uint64_t at)
{
	struct timer *before = TAILQ_LAST(list, timer_list);

	ensure(at != UINT64_MAX);
	t->at = at;
	while (before != NULL && before->at > at)
		before = TAILQ_PREV(before, timer_list, order);
	if (before != NULL)
		TAILQ_INSERT_AFTER(list, before, t, order);
	else
		TAILQ_INSERT_HEAD(list, t, order);
}

void
timer_stop(struct timer_list *list, struct timer *t)
{
	ensure(!TAILQ_EMPTY(list));
	TAILQ_REMOVE(list, t, order);
}

struct timer *
timer_first(const struct timer_list *list, uint64_t now)
{
	struct timer *t = TAILQ_FIRST(list);

	return t != NULL && t->at <= now ? t : NULL;
}

uint64_t
timer_next(const struct timer_list *list)
{
	const struct timer *t = TAILQ_FIRST(list);

	return t != NULL ? t->at : UINT64_MAX;
}
