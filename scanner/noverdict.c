/* SPDX-License-Identifier: ISC */
/* Log lines of scans without a verdict; see noverdict.h.  In the scanner. */
#include "scanner/noverdict.h"

#include "scanner/base/journal.h"
#include "scanner/base/line_rate.h"
#include "scanner/clamd/backend.h"

/* All replies but absurd ones; escaped it still fits into a line. */
#define REPLY_LOG_MAX 512

void
noverdict_remembered(uint64_t size, enum outcome outcome)
{
	static struct line_rate rate;
	struct log_line line;

	if (!line_rate_allows(&rate))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "message-remembered");
	log_number(&line, "size", size);
	log_text(&line, "reason", outcome_reason(outcome));
	line_rate_end(&rate, &line);
}

void
noverdict_answer(uint32_t backend, const char *why, struct span reply)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_WARNING, "clamd-error");
	log_text(&line, "backend", backend_name(backend));
	log_text(&line, "reason", why);
	log_bytes(&line, "reply", reply.ptr,
	    reply.len < REPLY_LOG_MAX ? reply.len : REPLY_LOG_MAX);
	journal_end(&line);
}
