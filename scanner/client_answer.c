/* SPDX-License-Identifier: ISC */
/*
 * A session's message between its END and our RESULT: whether a stamp spares
 * clamd the work, the verdict, our own look at archives, a stamp for what is
 * clean; see client.h.  Runs in the scanner.
 */
#include <string.h>

#include "privsep/ipc/channel.h"
#include "scanner/base/clock.h"
#include "scanner/client.h"
#include "scanner/suspects.h"

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
	if (v->outcome == OUTCOME_INFECTED)
		result.object = c->scans.object;
	if (v->outcome == OUTCOME_CLEAN_BY_STAMP)
		result.stamped = c->stamping.number;
	else if (v->outcome == OUTCOME_CLEAN &&
		 c->stamping.end == STAMPING_MADE) {
		result.stamped = 1;
		memcpy(result.stamp, c->stamping.stamp, sizeof(result.stamp));
		memcpy(result.mac, c->stamping.mac, sizeof(result.mac));
	}
	/* Readings need not have ended, nor the check of a stamp. */
	client_parts_drop(c);
	stamping_forget(&c->stamping);
	client_enter(c, CLIENT_DONE);
	(void)channel_send(c->fd, &result, -1);
	client_replay_now(c);
}

/* Its retries have as many readings: they need not be looked at. */
static void
remember(const struct client *c)
{
	const struct stream *s = &c->stream;

	if (c->scans.verdict.outcome == OUTCOME_AMBIGUOUS &&
	    !c->scans.whole.remembered)
		suspects_add(s->memfd, s->written - s->len, s->len, GUILT_SURE,
		    OUTCOME_AMBIGUOUS, clock_ms());
}

/* A stamp for what all scans have called clean, and for nothing else. */
void
case_over(uint32_t owner)
{
	struct client *c = client_at(owner);

	remember(c);
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
	if (c->state == CLIENT_JUDGING)
		case_asked(&c->scans);
}

/* A stamp that is being checked may make all of it needless: then the whole
 * message was not handed in yet. */
void
client_asked(struct client *c)
{
	if (c->stamping.state != STAMPING_CHECK)
		case_asked(&c->scans);
}

void
stamping_checked(uint32_t owner)
{
	struct client *c = client_at(owner);

	if (c->stamping.end != STAMPING_SKIP) {
		client_submit(c);
		client_replay_now(c);
		return;
	}
	case_settle(&c->scans, OUTCOME_CLEAN_BY_STAMP);
}
