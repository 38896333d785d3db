/* SPDX-License-Identifier: ISC */
/*
 * Between the oracle and oracle-libmilter, which is started anew for each
 * conversation: it finds the connection and this memory on these descriptors.
 */
#ifndef TESTS_ORACLE_REFERENCE_SHARED_H
#define TESTS_ORACLE_REFERENCE_SHARED_H

#include "config/settings.h"
#include "tests/unit/stub_process.h"
#include "tests/unit/stub_rules.h"

enum { REFERENCE_FD_MTA = 3, REFERENCE_FD_SHARED = 4 };

struct shared {
	/* the oracle's */
	struct session_settings settings;
	struct scan_result result;
	struct stub_rules policy;
	/* the answer */
	bool done;    /* libmilter closed the connection */
	bool saw_end; /* after it had read the end of the input */
	size_t log_len;
	char log[STUB_LOG_MAX];
};

#endif
