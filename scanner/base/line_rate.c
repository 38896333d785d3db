/* SPDX-License-Identifier: ISC */
/* Log lines that others bring about; see line_rate.h.  Runs in the scanner. */
#include "scanner/base/line_rate.h"

#include "scanner/base/clock.h"
#include "scanner/base/log_retry.h"

#define AT_ONCE	   100
#define PER_SECOND 1

bool
line_rate_allows(struct line_rate *rate)
{
	if (rate_take(&rate->rate, clock_ms(), AT_ONCE, PER_SECOND))
		return true;
	rate->left_out++;
	return false;
}

void
line_rate_end(struct line_rate *rate, struct log_line *line)
{
	if (rate->left_out > 0)
		log_number(line, "left_out", rate->left_out);
	rate->left_out = 0;
	log_retry_end(line);
}
