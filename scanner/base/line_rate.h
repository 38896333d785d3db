/* SPDX-License-Identifier: ISC */
/*
 * Log lines of one kind that somebody else can bring about as often as he
 * likes: a number in a row, then one a second.  In the scanner.
 */
#ifndef SCANNER_BASE_LINE_RATE_H
#define SCANNER_BASE_LINE_RATE_H

#include "lib/log.h"
#include "lib/rate.h"

/* Zeroed memory is one that has seen none. */
struct line_rate {
	struct rate rate;
	uint64_t left_out;
};

/* False: this line is left out, and counted. */
bool line_rate_allows(struct line_rate *);

/* Ends one that was allowed, with how many were left out before it. */
void line_rate_end(struct line_rate *, struct log_line *);

#endif
