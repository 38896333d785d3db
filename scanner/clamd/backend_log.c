/* SPDX-License-Identifier: ISC */
/* Lines about clamds; see backend_log.h.  Runs in the scanner. */
#include "scanner/clamd/backend_log.h"

#include "scanner/base/log_retry.h"

/* All replies but absurd ones; escaped it still fits into a line. */
#define REPLY_LOG_MAX 512

void
backend_log_warning(const char *name, const char *reason)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_WARNING, "backend-warning");
	log_text(&line, "backend", name);
	log_text(&line, "reason", reason);
	log_retry_end(&line);
}

void
backend_log_length(const char *name, enum log_level level, const char *event,
    const char *key, uint64_t length)
{
	struct log_line line;

	log_begin(&line, level, event);
	log_text(&line, "backend", name);
	log_number(&line, key, length);
	log_retry_end(&line);
}

void
backend_log_fault(const char *name, enum reply_fault fault, struct span reply)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_WARNING, "clamd-error");
	log_text(&line, "backend", name);
	log_text(&line, "reason", reply_fault_text(fault));
	log_bytes(&line, "reply", reply.ptr,
	    reply.len < REPLY_LOG_MAX ? reply.len : REPLY_LOG_MAX);
	log_retry_end(&line);
}
