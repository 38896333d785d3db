/* SPDX-License-Identifier: ISC */
/*
 * What clamd says about itself: pure functions over the whole replies to
 * zVERSION and zSTATS.
 *
 *	version = engine [ "/" number "/" date ]
 *	date    = as of ctime(3), clamd's local time, without a zone
 *
 * Number and date are those of the daily database; without one they are not
 * there.  Source: clamd/session.c and thrmgr.c of clamd 1.4.
 */
#ifndef SCANNER_CLAMD_VERSION_H
#define SCANNER_CLAMD_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"

#define VERSION_TEXT_MAX 64

struct version {
	uint32_t daily; /* number of the daily database; 0: none or unknown */
	int64_t built;	/* its date, seconds since 1970 as if UTC; 0: none */
	char text[VERSION_TEXT_MAX]; /* all of it, cut; "": not known */
};

/* False if the reply is something else, such as COMMAND UNAVAILABLE: *out is
 * then one of which nothing is known. */
bool version_parse(struct span reply, struct version *out);

/* MaxThreads, from 1 on.  False if it is not in there. */
bool version_threads(struct span stats, uint32_t *out);

#endif
