/* SPDX-License-Identifier: ISC */
/*
 * What a clamd is, as a stamp says it: engine, database, and whether its OK
 * means that it looked at all of a message.
 */
#ifndef SCANNER_IDENTITY_H
#define SCANNER_IDENTITY_H

#include <stdbool.h>

#include "lib/stamp.h"
#include "scanner/compare.h"

struct identity {
	char engine[STAMP_ENGINE_MAX + 1]; /* "ClamAV-1.4.6" */
	struct database database;
	bool alerts; /* it reports what exceeds its limits */
	bool nested; /* but not in archives, and the message has some in which
		      * there may be more (client_records.c) */
};

/* As of the last VERSION, at most 60 s ago.  To be asked before a scan: a
 * database that is loaded meanwhile is then understated. */
void identity_of(uint32_t backend, struct identity *out);

/* The newest database of all clamds here; number 0 if none is known. */
struct database identity_own(void);

#endif
