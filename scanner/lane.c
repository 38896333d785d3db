/* SPDX-License-Identifier: ISC */
/* Lanes to clamds; see lane.h.  Runs in the scanner. */
#include "scanner/lane.h"

#include <stdlib.h>

#include "scanner/backend.h"
#include "scanner/clock.h"

/* clamd scans to the end, whether we are there or not, unless it hangs:
 * MaxScanTime, whose default is this. */
#define ABANDONED_MS 120000

TAILQ_HEAD(lane_list, lane);

static struct lane *lanes;
static uint32_t lane_count;
static uint32_t lane_free;	   /* head of the free ones; lane_count: none */
static struct lane_list abandoned; /* oldest first */

bool
lane_setup(uint32_t count)
{
	lane_count = count;
	lane_free = 0;
	lanes = calloc(count, sizeof(*lanes));
	if (lanes == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		lanes[i].next_free = i + 1;
	TAILQ_INIT(&abandoned);
	return true;
}

struct lane *
lane_at(uint32_t index)
{
	return &lanes[index];
}

void
lane_take(struct job *j)
{
	j->lane = lane_free;
	lane_free = lanes[j->lane].next_free;
	lanes[j->lane].job = j;
}

static void
lane_end(struct lane *lane)
{
	clamd_close(&lane->clamd);
	lane->watched = POLL_NOTHING;
	lane->job = NULL;
	lane->next_free = lane_free;
	lane_free = (uint32_t)(lane - lanes);
	backend_release(lane->backend);
}

static bool
has_lane(const struct job *j)
{
	return j->state == JOB_RETRYING || j->state == JOB_CONNECTING ||
	       j->state == JOB_TALKING;
}

void
lane_give(struct job *j, bool is_at_it)
{
	struct lane *lane;

	if (!has_lane(j))
		return;
	lane = &lanes[j->lane];
	lane->backend = j->backend;
	if (!is_at_it) {
		lane_end(lane);
		return;
	}
	lane->job = NULL;
	lane->until = clock_ms() + ABANDONED_MS;
	TAILQ_INSERT_TAIL(&abandoned, lane, abandoned);
}

static void
abandoned_end(struct lane *lane)
{
	TAILQ_REMOVE(&abandoned, lane, abandoned);
	lane_end(lane);
}

struct job *
lane_event(uint32_t index)
{
	struct lane *lane = index < lane_count ? &lanes[index] : NULL;
	enum clamd_step step;

	if (lane == NULL || lane->clamd.state == CLAMD_CLOSED)
		return NULL;
	if (lane->job != NULL)
		return lane->job;
	/* What it says matters to nobody, only that it has said it. */
	step = clamd_continue(&lane->clamd);
	if (step != CLAMD_WAIT_READ && step != CLAMD_WAIT_MORE)
		abandoned_end(lane);
	return NULL;
}

void
lane_run(uint64_t now)
{
	struct lane *lane;

	while ((lane = TAILQ_FIRST(&abandoned)) != NULL && lane->until <= now)
		abandoned_end(lane);
}

uint64_t
lane_next(void)
{
	const struct lane *lane = TAILQ_FIRST(&abandoned);

	return lane != NULL ? lane->until : UINT64_MAX;
}
