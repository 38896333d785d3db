/* SPDX-License-Identifier: ISC */
/* Log lines of messages; see report.h.  Runs in the scanner. */
#include "scanner/report.h"

#include <string.h>

#include "scanner/backend.h"
#include "scanner/journal.h"

static bool log_clean;

void
report_setup(bool with_clean)
{
	log_clean = with_clean;
}

/* Strings from a session are padded, and perhaps not terminated. */
#define CLAIM(line, key, array) \
	log_bytes((line), (key), (array), strnlen((array), sizeof(array)))

static void
add_envelope(struct log_line *line, const struct report *r)
{
	CLAIM(line, "qid", r->queue_id);
	CLAIM(line, "client", r->client_addr);
	CLAIM(line, "client_name", r->client_name);
	CLAIM(line, "helo", r->helo);
	CLAIM(line, "from", r->sender);
	log_number(line, "rcpts", r->recipients);
}

/* Our own count, unless we do not have the whole message. */
static uint64_t
message_size(const struct client *c)
{
	bool whole =
	    c->job.verdict.outcome != OUTCOME_TOO_BIG && !c->stream.failed;

	return whole ? c->stream.len : c->size;
}

static void
add_verdict(struct log_line *line, const struct client *c)
{
	const struct verdict *v = &c->job.verdict;

	log_number(line, "size", message_size(c));
	log_text(line, "verdict", outcome_verdict(v->outcome));
	if (outcome_reason(v->outcome)[0] != '\0')
		log_text(line, "reason", outcome_reason(v->outcome));
	if (v->outcome == OUTCOME_INFECTED)
		log_bytes(line, "signature", v->name, v->name_len);
	if (v->outcome == OUTCOME_LIMITS_EXCEEDED)
		log_bytes(line, "limit", v->name, v->name_len);
	if (v->backend != BACKEND_NONE)
		log_text(line, "backend", backend_name(v->backend));
	log_number(line, "wait_ms", v->wait_ms);
	log_number(line, "scan_ms", v->scan_ms);
}

void
report_message(const struct client *c, const struct report *r)
{
	enum outcome outcome = c->job.verdict.outcome;
	bool aborted = c->state == CLIENT_ABORTED;
	bool clean = !aborted && (outcome == OUTCOME_CLEAN ||
				     outcome == OUTCOME_CLEAN_BY_STAMP);
	struct log_line line;

	if (clean && r->action == ACTION_ACCEPT && !log_clean)
		return;
	log_begin(&line, clean || aborted ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
	    aborted ? "message-aborted" : "message");
	add_envelope(&line, r);
	if (aborted)
		log_number(&line, "size", c->stream.len);
	else
		add_verdict(&line, c);
	if (!aborted && outcome == OUTCOME_LIMITS)
		log_text(&line, "limit",
		    session_limit_name((enum session_limit)r->limit));
	log_text(&line, "action", action_name((enum action)r->action));
	if (!aborted)
		stamping_log(&c->stamping, &line);
	journal_end(&line);
}

void
report_lost(const struct client *c)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_WARNING, "message-lost");
	CLAIM(&line, "qid", c->queue_id);
	log_text(&line, "state", client_state_name(c->state));
	if (c->state == CLIENT_DONE)
		add_verdict(&line, c);
	else
		log_number(&line, "size", c->stream.len);
	journal_end(&line);
}
