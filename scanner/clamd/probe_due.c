/* SPDX-License-Identifier: ISC */
/* When clamds are probed; see probe_due.h.  Runs in the scanner. */
#include "scanner/clamd/probe_due.h"

#include "config/settings.h"
#include "lib/ensure.h"
#include "scanner/base/clock.h"

#define SOON_MS	 100 /* after a scan went wrong */
#define FRESH_MS 100 /* so long a failed probe is news */

static struct {
	enum probe_due_state state;
	uint64_t at;	/* WAITING: when to start */
	uint64_t ended; /* when the last one did */
} due[SETTINGS_BACKENDS_MAX];

void
probe_due_setup(uint32_t backends)
{
	ensure(backends <= SETTINGS_BACKENDS_MAX);
	for (uint32_t i = 0; i < backends; i++) {
		due[i].state = PROBE_DUE_WAITING;
		due[i].at = clock_ms();
		due[i].ended = 0;
	}
}

void
probe_due_begin(uint32_t index)
{
	due[index].state = PROBE_DUE_ASKING;
}

void
probe_due_silent(uint32_t index)
{
	ensure(due[index].state == PROBE_DUE_ASKING);
	due[index].state = PROBE_DUE_SILENT;
}

void
probe_due_end(uint32_t index, uint64_t pause)
{
	due[index].state = PROBE_DUE_WAITING;
	due[index].ended = clock_ms();
	due[index].at = due[index].ended + pause;
}

enum probe_due_state
probe_due_state(uint32_t index)
{
	return due[index].state;
}

uint64_t
probe_due_at(uint32_t index)
{
	ensure(due[index].state == PROBE_DUE_WAITING);
	return due[index].at;
}

static void
start_by(uint32_t index, uint64_t at)
{
	if (due[index].state == PROBE_DUE_WAITING && at < due[index].at)
		due[index].at = at;
}

void
probe_due_soon(uint32_t index)
{
	start_by(index, clock_ms() + SOON_MS);
}

void
probe_due_later(uint32_t index)
{
	start_by(index, clock_ms() + PROBE_DOWN_MS);
}

bool
probe_due_hasten(uint32_t index, bool is_down)
{
	uint64_t now = clock_ms();

	switch (due[index].state) {
	case PROBE_DUE_ASKING:
		return true;
	case PROBE_DUE_SILENT:
		return false;
	case PROBE_DUE_WAITING:
		break;
	}
	if (is_down && now - due[index].ended < FRESH_MS)
		return false;
	start_by(index, now);
	return true;
}
