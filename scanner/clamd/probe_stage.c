/* SPDX-License-Identifier: ISC */
/* The table of stages; see probe_stage.h.  No state, no I/O. */
#include "scanner/clamd/probe_stage.h"

#include <stdio.h>
#include <string.h>

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
	const char *silence;
} rows[] = {
    [PROBE_IDLE] = {REQUEST_PING, false, TALK_DEADLINE_MS, ""},
    [PROBE_PING] = {REQUEST_PING, false, TALK_DEADLINE_MS, "no answer to PING"},
    [PROBE_VERSION] = {REQUEST_VERSION, false, TALK_DEADLINE_MS,
	"no answer to VERSION"},
    [PROBE_STATS] = {REQUEST_STATS, false, WORK_DEADLINE_MS,
	"no answer to STATS"},
    [PROBE_SMALL] = {REQUEST_INSTREAM, true, WORK_DEADLINE_MS,
	"no answer to a test message"},
    [PROBE_NEST] = {REQUEST_INSTREAM, true, WORK_DEADLINE_MS,
	"no answer to a test message"},
    [PROBE_SIZE] = {REQUEST_INSTREAM, true, SIZE_DEADLINE_MS,
	"no answer to a large test message"},
};

bool
probe_stage_has_canary(enum probe_stage stage)
{
	return rows[stage].canary;
}

enum request
probe_stage_request(enum probe_stage stage, bool descriptors)
{
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

const char *
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

void
probe_stage_missed(
    const struct reply *reply, uint64_t size, char *reason, size_t room)
{
	bool limit = reply->outcome == OUTCOME_TOO_BIG ||
		     reply->outcome == OUTCOME_LIMITS_EXCEEDED;

	if (reply->outcome == OUTCOME_CLEAN)
		(void)snprintf(reason, room,
		    "says OK to the EICAR test string in %llu bytes",
		    (unsigned long long)size);
	else
		(void)snprintf(reason, room, "no verdict on a test message: %s",
		    limit ? "too big" : reply->why);
}
