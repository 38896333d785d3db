/* SPDX-License-Identifier: ISC */
/*
 * A session's message between its END and our RESULT: whether a stamp spares
 * clamd the work, the verdict, our own look at archives, a stamp for what is
 * clean; see client.h.  Runs in the scanner.
 */
#include <string.h>

#include "privsep/ipc/channel.h"
#include "scanner/client.h"

/* A session that does not read its one result has no use for it. */
void
client_answer(struct client *c)
{
	const struct verdict *v = &c->scans.verdict;
	struct record_result result = {
	    .head = record_head(RECORD_RESULT, sizeof(result)),
	    .message = c->message,
	    .outcome = v->outcome,
	    .name_len = v->name_len,
	};

	memcpy(result.name, v->name, v->name_len);
	if (v->outcome == OUTCOME_CLEAN_BY_STAMP)
		result.stamped = c->stamping.number;
	else if (v->outcome == OUTCOME_CLEAN &&
		 c->stamping.end == STAMPING_MADE) {
		result.stamped = 1;
		memcpy(result.stamp, c->stamping.stamp, sizeof(result.stamp));
		memcpy(result.mac, c->stamping.mac, sizeof(result.mac));
	}
	client_enter(c, CLIENT_DONE);
	(void)channel_send(c->fd, &result, -1);
}

/* A stamp for what all scans have called clean, and for nothing else. */
void
case_over(uint32_t owner)
{
	struct client *c = client_at(owner);

	if (c->scans.verdict.outcome == OUTCOME_CLEAN &&
	    stamping_make(&c->stamping, &c->scans.identity))
		return;
	client_answer(c);
}

void
stamping_made(uint32_t owner)
{
	client_answer(client_at(owner));
}

void
client_submit(struct client *c)
{
	case_whole(&c->scans, &c->stream);
	case_asked(&c->scans);
}

void
stamping_checked(uint32_t owner)
{
	struct client *c = client_at(owner);

	if (c->stamping.end != STAMPING_SKIP) {
		client_submit(c);
		return;
	}
	case_settle(&c->scans, OUTCOME_CLEAN_BY_STAMP);
}
