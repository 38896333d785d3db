/* SPDX-License-Identifier: ISC */
/*
 * One conversation through both engines, and whether they did the same: for
 * the oracle and for the fuzz target differential.
 */
#ifndef TESTS_ORACLE_ORACLE_COMPARE_H
#define TESTS_ORACLE_ORACLE_COMPARE_H

#include "tests/oracle/engines.h"

enum result { SAME, LISTED, FAULT };

/* What the last comparison saw, and what is compared with. */
extern struct trace compare_native, compare_reference;
extern struct session_settings compare_settings;
extern const char *compare_program;

/* program: oracle-libmilter; stays the caller's. */
void compare_setup(const char *program);

/* What the scanner will say: every disposition has its turn. */
struct scan_result compare_result(uint32_t number);

/* LISTED: differences.h knows the difference.  *last and *why are where and
 * why the native engine stopped, see native_run. */
enum result compare(struct span input, const struct scan_result *,
    struct moment *last, const char **why);

bool compare_same_sent(void);
bool compare_same_log(void);

#endif
