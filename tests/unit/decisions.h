/* SPDX-License-Identifier: ISC */
/*
 * Conversations in which rules decide (stub_rules.h), for the native engine
 * (test_decisions.c) and for both (tests/oracle/oracle_decisions.c).
 */
#ifndef TESTS_UNIT_DECISIONS_H
#define TESTS_UNIT_DECISIONS_H

#include "tests/unit/drive.h"
#include "tests/unit/stub_rules.h"

#define DECISION_PACKETS 40

struct decision_row {
	const char *what;
	uint32_t stages; /* that are wanted */
	struct packet_text packet[DECISION_PACKETS];
	const char *why;     /* engine_why, "" if still open */
	const char *replies; /* see render */
	const char *log;     /* of the host calls */
};

extern const struct decision_row decision_rows[];
extern const size_t decision_count;

#endif
