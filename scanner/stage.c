/* SPDX-License-Identifier: ISC */
/* The table of stages; see stage.h.  No state, no I/O. */
#include "scanner/stage.h"

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
	enum clamd_request request;
	bool canary; /* request is FILDES where that is possible */
	uint64_t deadline;
	const char *silence;
} rows[] = {
    [STAGE_IDLE] = {CLAMD_PING, false, TALK_DEADLINE_MS, ""},
    [STAGE_PING] = {CLAMD_PING, false, TALK_DEADLINE_MS, "no answer to PING"},
    [STAGE_VERSION] = {CLAMD_VERSION, false, TALK_DEADLINE_MS,
	"no answer to VERSION"},
    [STAGE_STATS] = {CLAMD_STATS, false, WORK_DEADLINE_MS,
	"no answer to STATS"},
    [STAGE_SMALL] = {CLAMD_INSTREAM, true, WORK_DEADLINE_MS,
	"no answer to a test message"},
    [STAGE_NEST] = {CLAMD_INSTREAM, true, WORK_DEADLINE_MS,
	"no answer to a test message"},
    [STAGE_SIZE] = {CLAMD_INSTREAM, true, SIZE_DEADLINE_MS,
	"no answer to a large test message"},
};

bool
stage_has_canary(enum stage stage)
{
	return rows[stage].canary;
}

enum clamd_request
stage_request(enum stage stage, bool descriptors)
{
	return rows[stage].canary && descriptors ? CLAMD_FILDES
						 : rows[stage].request;
}

uint64_t
stage_deadline(enum stage stage, uint64_t scan_timeout)
{
	uint64_t deadline = rows[stage].deadline;

	return stage == STAGE_SIZE && scan_timeout > deadline ? scan_timeout
							      : deadline;
}

const char *
stage_silence(enum stage stage)
{
	return rows[stage].silence;
}

/* Of limits on length only: time is short on a busy machine too. */
bool
stage_exceeds(const struct reply *reply, bool silent)
{
	if (reply->outcome == OUTCOME_CLEAN)
		return silent;
	return reply->outcome == OUTCOME_TOO_BIG ||
	       (reply->outcome == OUTCOME_LIMITS_EXCEEDED &&
		   memmem(reply->name.ptr, reply->name.len, TIME,
		       sizeof(TIME) - 1) == NULL);
}

void
stage_missed(
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
