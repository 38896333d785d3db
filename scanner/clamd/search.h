/* SPDX-License-Identifier: ISC */
/*
 * The search for the two limits of a clamd (meter.h): which size to claim
 * next, and what follows from the answer.  No state but the caller's, no I/O.
 */
#ifndef SCANNER_CLAMD_SEARCH_H
#define SCANNER_CLAMD_SEARCH_H

#include "scanner/clamd/bounds.h"
#include "scanner/clamd/reply.h"

enum search_step {
	SEARCH_CHECK, /* is what was found still so? */
	SEARCH_TOP,   /* is there any limit? */
	SEARCH_ROUGH, /* the first one, in whole MB */
	SEARCH_EXACT, /* is it a whole MB, as most are? */
	SEARCH_FINE,  /* if not, in bytes */
	SEARCH_SCAN,  /* the other one, in whole MB */
	SEARCH_DONE,
};

/* What clamd said to a claim. */
enum search_answer {
	SEARCH_BELOW, /* nothing: it would unpack that */
	SEARCH_ABOVE_FILE,
	SEARCH_ABOVE_SCAN,
	SEARCH_ODD, /* that is no answer to such a question */
};

struct search {
	enum search_step step;
	uint64_t low, high;	     /* one that is below, one that is above */
	enum search_answer at_high;  /* what was said to it */
	struct archive_bounds found; /* DONE */
};

void search_begin(struct search *);

/* Of one that is DONE: asks once, and again if the answer is another one. */
void search_check(struct search *);

/* The size to claim; not when it is DONE. */
uint64_t search_size(const struct search *);

/* False: ODD. */
bool search_take(struct search *, enum search_answer);

enum search_answer search_answer_of(const struct reply *);

#endif
