/* SPDX-License-Identifier: ISC */
/* Log lines that others bring about; see few.h.  Runs in the scanner. */
#include "scanner/few.h"

#include "scanner/clock.h"
#include "scanner/journal.h"

#define AT_ONCE	   100
#define PER_SECOND 1

bool
few_allows(struct few *few)
{
	if (rate_take(&few->rate, clock_ms(), AT_ONCE, PER_SECOND))
		return true;
	few->left_out++;
	return false;
}

void
few_end(struct few *few, struct log_line *line)
{
	if (few->left_out > 0)
		log_number(line, "left_out", few->left_out);
	few->left_out = 0;
	journal_end(line);
}
