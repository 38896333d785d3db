/* SPDX-License-Identifier: ISC */
/* Lines about connections that were closed; see closing.h.  In the scanner. */
#include "scanner/closing.h"

#include <string.h>

#include "scanner/base/log_retry.h"
#include "scanner/report.h"

void
closing_log(struct client *c, const struct record_closing *closing)
{
	const struct claims *r = &closing->report;
	struct log_line line;

	if (!report_allows(REPORT_CLOSED, c))
		return;
	log_begin(&line, LOG_LEVEL_WARNING, "connection-closed");
	log_bytes(&line, "reason", closing->why,
	    strnlen(closing->why, sizeof(closing->why)));
	if (r->limit != SESSION_LIMIT_NONE)
		log_text(
		    &line, "limit", limit_name((enum session_limit)r->limit));
	report_envelope(&line, r);
	log_retry_end(&line);
}
