/* SPDX-License-Identifier: ISC */
/*
 * System call policies as data.
 *
 * One table per role (sandbox/policy_ROLE.c): a row names a call, the checks
 * on its arguments, and the reason why the role needs it.  Everything that no
 * row names kills the process.  Several rows with the same call are
 * alternatives.  Only equality and masked equality exist: comparisons of
 * ranges were the source of errors in other sandboxes.
 *
 * pratiqued compiles tables with libseccomp (policy_compile.c); the others get
 * the finished program in their boot block and load it (policy_load.c).
 * The tables of docs/system-calls.md are printed from the same rows
 * (policy_table).
 */
#ifndef SANDBOX_POLICY_H
#define SANDBOX_POLICY_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/span.h"

#define POLICY_CHECKS_MAX  3
#define POLICY_PROGRAM_MAX 1024 /* BPF instructions; ours have under 400 */

enum policy_compare {
	POLICY_NO_CHECK,
	POLICY_EQ,	  /* argument == value, all 64 bits */
	POLICY_MASKED_EQ, /* (argument & mask) == value */
};

struct policy_check {
	enum policy_compare compare;
	uint32_t argument; /* 0 .. 5 */
	uint64_t mask;
	uint64_t value;
	const char *text; /* value as the source has it, for the document */
};

struct policy_row {
	const char *call;
	uint32_t only; /* SCMP_ARCH_ that has the call; 0: all have it */
	struct policy_check check[POLICY_CHECKS_MAX]; /* all must hold */
	uint32_t error; /* 0: allowed; else refused with this errno */
	const char *reason;
};

struct policy {
	const char *role;
	const struct policy_row *row;
	size_t rows;
	const struct policy
	    *base; /* its rows hold too, and its base's; or NULL */
};

/* Ready BPF, for the architecture it was compiled for. */
struct policy_program {
	uint32_t length; /* instructions */
	struct sock_filter code[POLICY_PROGRAM_MAX];
};

extern const struct policy policy_monitor;
extern const struct policy policy_listener;
extern const struct policy policy_session;
extern const struct policy policy_scanner;
extern const struct policy policy_keys; /* the key reader */
/* engine = "libmilter": in the listener's place, and the monitor's then. */
extern const struct policy policy_libmilter;
extern const struct policy policy_monitor_libmilter;
extern const struct policy policy_resolver; /* under no other table */
extern const struct policy policy_tool;	    /* the same: pratique mime */
/* Sockets of clamds in several directories; also with another base. */
extern const struct policy policy_monitor_binds;

/* Compiles a table for ARCH (a SCMP_ARCH_ number, 0 for the native one) with
 * libseccomp; default action and foreign architectures: kill the process.
 * Returns NULL, or what went wrong, with the call's name.  pratiqued and pratique
 * only. */
const char *policy_compile(
    const struct policy *, uint32_t arch, struct policy_program *out);

/* True if the row counts on ARCH (a SCMP_ARCH_ number, not 0). */
static inline bool
policy_row_on(const struct policy_row *row, uint32_t arch)
{
	return row->only == 0 || row->only == arch;
}

/* A program as its bytes, which is how boot blocks carry it. */
static inline struct span
policy_bytes(const struct policy_program *program)
{
	return span_of(
	    program->code, program->length * sizeof(program->code[0]));
}

/* Puts the program, aligned for a sock_filter, in force for this process and
 * all that it will start.  Needs no_new_privs.  False with errno: EINVAL means
 * that it is no program or too long a one, EPERM that an outer filter forbids
 * it, ENOSYS that the kernel has no seccomp. */
bool policy_load(struct span program);

#endif
