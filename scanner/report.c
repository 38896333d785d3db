/* SPDX-License-Identifier: ISC */
/* Log lines of messages; see report.h.  Runs in the scanner. */
#include "scanner/report.h"

#include <string.h>

#include "scanner/anomaly_log.h"
#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"
#include "scanner/clamd/backend.h"

/* How often the log says what was left out. */
#define TELL_EVERY_MS 10000

static const struct {
	const char *key;
	/* at once, and then in a second: of one session, of all */
	uint32_t own, own_later, all, all_later;
} rates[REPORT_KINDS] = {
    /* A client that breaks off ends its session, so these are rare. */
    [REPORT_ABORTED] = {"aborted", 20, 1, 400, 20},
    /* Without a clamd that is all mail. */
    [REPORT_UNSCANNED] = {"unscanned", 1000, 20, 10000, 200},
    /* Each port scan is one. */
    [REPORT_CLOSED] = {"closed", 1, 1, 400, 20},
    /* A crash ends all sessions of a listener, each with a message. */
    [REPORT_ENDED] = {"ended", 10, 1, 2000, 20},
};

static bool log_clean;
static struct rate used[REPORT_KINDS];
static uint64_t left_out[REPORT_KINDS];
static uint64_t tell_at; /* 0: nothing to tell */

void
report_setup(bool with_clean)
{
	log_clean = with_clean;
	tell_at = 0;
	memset(used, 0, sizeof(used));
	memset(left_out, 0, sizeof(left_out));
}

bool
report_allows(enum report_kind kind, struct client *c)
{
	uint64_t now = clock_ms();

	if (rate_take(&c->rates.of[kind], now, rates[kind].own,
		rates[kind].own_later) &&
	    rate_take(&used[kind], now, rates[kind].all, rates[kind].all_later))
		return true;
	left_out[kind]++;
	if (tell_at == 0)
		tell_at = now + TELL_EVERY_MS;
	return false;
}

void
report_run(uint64_t now)
{
	struct log_line line;

	if (tell_at == 0 || now < tell_at)
		return;
	tell_at = 0;
	log_begin(&line, LOG_LEVEL_WARNING, "lines-left-out");
	for (enum report_kind kind = 0; kind < REPORT_KINDS; kind++) {
		log_number(&line, rates[kind].key, left_out[kind]);
		left_out[kind] = 0;
	}
	log_retry_end(&line);
}

uint64_t
report_next(void)
{
	return tell_at != 0 ? tell_at : UINT64_MAX;
}

/* Strings from a session are padded, and perhaps not terminated. */
#define CLAIM(line, key, array) \
	log_bytes((line), (key), (array), strnlen((array), sizeof(array)))

void
report_envelope(struct log_line *line, const struct claims *r)
{
	CLAIM(line, "qid", r->queue_id);
	CLAIM(line, "client", r->client_addr);
	CLAIM(line, "client_name", r->client_name);
	CLAIM(line, "helo", r->helo);
	CLAIM(line, "from", r->sender);
	log_number(line, "rcpts", r->recipients);
	if (r->refused > 0)
		log_number(line, "refused", r->refused);
}

static void
add_action(struct log_line *line, const struct claims *r)
{
	log_text(line, "action", action_name((enum action)r->action));
	if (r->rule != 0)
		log_number(line, "rule", r->rule);
}

/* Our own count, unless we do not have the whole message. */
static uint64_t
message_size(const struct client *c)
{
	bool whole = c->scans.verdict.outcome != OUTCOME_TOO_BIG &&
		     c->stream.state != STREAM_FAILED;

	return whole ? c->stream.len : c->size;
}

static void
add_verdict(struct log_line *line, const struct client *c)
{
	const struct verdict *v = &c->scans.verdict;

	log_number(line, "size", message_size(c));
	log_text(line, "verdict", outcome_verdict(v->outcome));
	if (outcome_reason(v->outcome)[0] != '\0')
		log_text(line, "reason", outcome_reason(v->outcome));
	if (v->outcome == OUTCOME_INFECTED)
		log_bytes(line, "signature", v->name, v->name_len);
	anomaly_log_part(line, c);
	if (v->outcome == OUTCOME_NOT_UNPACKED)
		log_text(line, "archive", archive_fault_name(c->scans.archive));
	if (v->outcome == OUTCOME_LIMITS_EXCEEDED)
		log_bytes(line, "limit", v->name, v->name_len);
	if (v->backend != BACKEND_NONE)
		log_text(line, "backend", backend_name(v->backend));
	log_number(line, "wait_ms", v->wait_ms);
	log_number(line, "scan_ms", v->scan_ms);
	if (c->scans.part_count > 0)
		log_number(line, "readings", c->scans.part_count);
}

/* Nobody had any work with it. */
static bool
is_cheap(const struct client *c, enum report_kind *kind)
{
	enum outcome outcome = c->scans.verdict.outcome;

	*kind = c->state == CLIENT_ABORTED ? REPORT_ABORTED : REPORT_UNSCANNED;
	return *kind == REPORT_ABORTED ||
	       (outcome != OUTCOME_CLEAN && outcome != OUTCOME_INFECTED &&
		   outcome != OUTCOME_CLEAN_BY_STAMP &&
		   outcome != OUTCOME_LIMITS_EXCEEDED);
}

/* Before there was a message, or all of it.  All of it is what the session
 * claims: nothing was judged. */
static void
report_decided(const struct claims *r)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_INFO, "decided");
	report_envelope(&line, r);
	log_text(&line, "verdict", outcome_verdict((enum outcome)r->outcome));
	log_text(
	    &line, "stage", policy_stage_name((enum policy_stage)r->stage));
	add_action(&line, r);
	log_retry_end(&line);
}

/* No session can make a verdict of its own of this. */
static bool
was_decided(const struct client *c, const struct claims *r)
{
	return c->state == CLIENT_ABORTED &&
	       outcome_is_ruled((enum outcome)r->outcome);
}

void
report_message(struct client *c, const struct claims *r)
{
	enum outcome outcome = c->scans.verdict.outcome;
	bool aborted = c->state == CLIENT_ABORTED;
	bool meant = aborted || outcome_is_ruled(outcome);
	bool clean = !aborted && (outcome == OUTCOME_CLEAN ||
				     outcome == OUTCOME_CLEAN_BY_STAMP);
	enum report_kind kind;
	struct log_line line;

	if (clean && r->action == ACTION_ACCEPT && !log_clean)
		return;
	if (is_cheap(c, &kind) && !report_allows(kind, c))
		return;
	if (was_decided(c, r)) {
		report_decided(r);
		return;
	}
	log_begin(&line, clean || meant ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    aborted ? "message-aborted" : "message");
	report_envelope(&line, r);
	if (aborted)
		log_number(&line, "size", c->stream.len);
	else
		add_verdict(&line, c);
	if (!aborted && outcome == OUTCOME_LIMITS)
		log_text(
		    &line, "limit", limit_name((enum session_limit)r->limit));
	if (!aborted)
		anomaly_log(&line, &r->anomalies);
	add_action(&line, r);
	if (!aborted)
		stamping_log(&c->stamping, &line);
	log_retry_end(&line);
}

void
report_lost(struct client *c)
{
	struct log_line line;

	if (!report_allows(REPORT_ENDED, c))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "message-lost");
	CLAIM(&line, "qid", c->queue_id);
	log_text(&line, "state", client_state_name(c->state));
	if (c->state == CLIENT_DONE)
		add_verdict(&line, c);
	else
		log_number(&line, "size", c->stream.len);
	log_retry_end(&line);
}

/* Ends the line of a session that is to be ended. */
static void
end_with_state(struct log_line *line, const struct client *c)
{
	log_text(line, "state", client_state_name(c->state));
	log_retry_end(line);
}

void
report_violation(struct client *c, const char *record)
{
	struct log_line line;

	if (!report_allows(REPORT_ENDED, c))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "session-violation");
	/* Between two messages it would be the last one's. */
	log_bytes(&line, "qid", c->queue_id,
	    c->state == CLIENT_IDLE
		? 0
		: strnlen(c->queue_id, sizeof(c->queue_id)));
	log_text(&line, "record", record);
	end_with_state(&line, c);
}

void
report_overdue(struct client *c)
{
	struct log_line line;

	if (!report_allows(REPORT_ENDED, c))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "session-overdue");
	CLAIM(&line, "qid", c->queue_id);
	end_with_state(&line, c);
}
