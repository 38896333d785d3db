/* SPDX-License-Identifier: ISC */
/* The table of stages; see probe_stage.h.  No state, no I/O. */
#include "scanner/clamd/probe_stage.h"

#include <string.h>

#include "lib/ensure.h"

/* clamd answers PING and VERSION in the thread that takes connections. */
#define TALK_DEADLINE_MS 4000
/* The others need a worker, and one is free. */
#define WORK_DEADLINE_MS 10000
/* The longest message, on a busy machine; scan_timeout if that is more. */
#define SIZE_DEADLINE_MS 30000

/* In the name of what it reports. */
#define TIME "MaxScanTime"

static const struct {
	enum request request;
	bool canary; /* request is FILDES where that is possible */
	uint64_t deadline;
	enum reason_kind silence;
} rows[] = {
    [PROBE_IDLE] = {REQUEST_PING, false, TALK_DEADLINE_MS, REASON_NONE},
    [PROBE_PING] = {REQUEST_PING, false, TALK_DEADLINE_MS, REASON_SILENT_PING},
    [PROBE_VERSION] = {REQUEST_VERSION, false, TALK_DEADLINE_MS,
	REASON_SILENT_VERSION},
    [PROBE_STATS] = {REQUEST_STATS, false, WORK_DEADLINE_MS,
	REASON_SILENT_STATS},
    [PROBE_SMALL] = {REQUEST_INSTREAM, true, WORK_DEADLINE_MS,
	REASON_SILENT_TEST},
    [PROBE_STREAM] = {REQUEST_INSTREAM, true, WORK_DEADLINE_MS,
	REASON_SILENT_TEST},
    [PROBE_NEST] = {REQUEST_INSTREAM, true, WORK_DEADLINE_MS,
	REASON_SILENT_TEST},
    [PROBE_SIZE] = {REQUEST_INSTREAM, true, SIZE_DEADLINE_MS,
	REASON_SILENT_SIZE},
};

bool
probe_stage_has_canary(enum probe_stage stage)
{
	return rows[stage].canary;
}

enum request
probe_stage_request(enum probe_stage stage, bool descriptors)
{
	ensure(stage <= PROBE_SIZE);
	return rows[stage].canary && descriptors ? REQUEST_FILDES
						 : rows[stage].request;
}

uint64_t
probe_stage_deadline(enum probe_stage stage, uint64_t scan_timeout)
{
	uint64_t deadline = rows[stage].deadline;

	return stage == PROBE_SIZE && scan_timeout > deadline ? scan_timeout
							      : deadline;
}

enum reason_kind
probe_stage_silence(enum probe_stage stage)
{
	return rows[stage].silence;
}

/* Of limits on length only: time is short on a busy machine too. */
bool
probe_stage_exceeds(const struct reply *reply, bool silent)
{
	if (reply->outcome == OUTCOME_CLEAN)
		return silent;
	return reply->outcome == OUTCOME_TOO_BIG ||
	       (reply->outcome == OUTCOME_LIMITS_EXCEEDED &&
		   memmem(reply->name.ptr, reply->name.len, TIME,
		       sizeof(TIME) - 1) == NULL);
}

struct reason
probe_stage_missed(const struct reply *reply, uint64_t size)
{
	if (reply->outcome == OUTCOME_CLEAN)
		return (struct reason){REASON_BLIND, size};
	if (reply->outcome == OUTCOME_TOO_BIG ||
	    reply->outcome == OUTCOME_LIMITS_EXCEEDED)
		return reason_of(REASON_TEST_TOO_BIG);
	return (struct reason){REASON_TEST_FAULT, reply->fault};
}
