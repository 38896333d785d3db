/* SPDX-License-Identifier: ISC */
/*
 * What the tests of policies share: every role with the filters that are in
 * force around it, a table read row by row, and the calls worth trying.
 *
 * A case is one role on one architecture: its table, read by a few lines that
 * share nothing with policy_compile.c, and the program compiled from it.
 * case_compare() has both judge one call; case_sweep() and the parts of it do
 * that for every call that could tell them apart.
 */
#ifndef TESTS_POLICY_CASE_H
#define TESTS_POLICY_CASE_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/policy.h"

#define CASE_ROLES  10
#define CASE_ARCHES 2
#define CASE_ROWS   200	 /* of a table with those that it adds to */
#define CASE_CALLS  1024 /* numbers 0 .. 1023; both kernels have under 600 */
#define ARGUMENTS   6

struct role {
	const struct policy *policy;
	const struct role *outer; /* whose program is in force as well */
};

struct rule {
	const struct policy_row *row;
	int nr; /* of the row's call */
};

struct policy_case {
	const struct role *role;
	uint32_t arch;
	size_t rules;
	struct rule rule[CASE_ROWS];
	struct policy_program program;
	struct policy_program outer; /* length 0: none */
	/* With counting set a difference is counted, else it fails the test. */
	bool counting;
	unsigned int differences;
};

extern const struct role *const case_roles[CASE_ROLES];
extern const uint32_t case_arches[CASE_ARCHES]; /* SCMP_ARCH_ */

/* Compiles, or fails the test. */
void case_program(
    const struct policy *, uint32_t arch, struct policy_program *out);

/* Reads the table and compiles the programs. */
void case_open(struct policy_case *, const struct role *, uint32_t arch);

/* What the table says to the call: a SECCOMP_RET_ value. */
uint32_t case_verdict(const struct policy_case *, const struct seccomp_data *);

/* The program's verdict must be the table's, and what is allowed must be
 * allowed by the outer program. */
void case_compare(struct policy_case *, const struct seccomp_data *);

/* The call NR with all pairs of arguments worth trying. */
void case_call(struct policy_case *, int nr);

/* The row's exact values; then from them one argument at a time goes astray. */
void case_row(struct policy_case *, const struct rule *);

/* Every call number without arguments, of this architecture, with the high
 * bits that x32 and others use, and of foreign architectures. */
void case_numbers(struct policy_case *);

/* All of that: numbers, rows, and each call. */
void case_sweep(struct policy_case *);

#endif
