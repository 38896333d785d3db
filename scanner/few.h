/* SPDX-License-Identifier: ISC */
/*
 * Log lines of one kind that somebody else can bring about as often as he
 * likes: so many in a row, then one a second.  In the scanner.
 */
#ifndef SCANNER_FEW_H
#define SCANNER_FEW_H

#include "lib/log.h"
#include "lib/rate.h"

/* Zeroed memory is one that has seen none. */
struct few {
	struct rate rate;
	uint64_t left_out;
};

/* False: this line is left out, and counted. */
bool few_allows(struct few *);

/* Ends one that was allowed, with how many were left out before it. */
void few_end(struct few *, struct log_line *);

#endif
