/* SPDX-License-Identifier: ISC */
/*
 * Decisions of rules at every stage (tests/unit/decisions.h) in both engines.
 */
#ifndef TESTS_ORACLE_ORACLE_DECISIONS_H
#define TESTS_ORACLE_ORACLE_DECISIONS_H

#include <stdbool.h>

/* Both engines send the same bytes and ask the same of their host in each of
 * the conversations; what they should send is known to the unit tests.  After
 * compare_setup. */
bool decisions_same(void);

#endif
