/* SPDX-License-Identifier: ISC */
/*
 * Attempts to do what a session or a scanner must not be able to do: one row
 * each, tried one per process by the programs of tests/escape.
 *
 * Most rows are one system call with fixed arguments; the others are a
 * function.  Each call is announced before it is made, so that the last one
 * announced is the one that killed.  Rows are harmless even if nothing stops
 * them: they ask for as little as shows that the kernel was willing, and many
 * carry arguments that it refuses only after it has allowed the call.
 */
#ifndef TESTS_ESCAPE_ATTEMPT_H
#define TESTS_ESCAPE_ATTEMPT_H

#include <stddef.h>
#include <stdint.h>

/* Replaced by the monitor's pid when the call is made. */
#define MONITOR_PID (-0x7eadbeefL)
/* A directory that the driver makes, open to all, with a file "file", a
 * program "prog" and a file "other" of root's. */
#define PLACE "/tmp/pratique-escape/"

/* Flags of a row. */
#define SCANNER	   0x100U  /* the scanner's table allows it */
#define FORKS	   0x200U  /* a return of 0 may be a new process: it ends */
#define SURVIVES   0x400U  /* a positive control: allowed to both */
#define FAULTS	   0x800U  /* no call: dies of SIGSEGV, SIGBUS or SIGILL */
#define FOREIGN	   0x1000U /* no call of this ABI: dies of SIGSYS or SIGSEGV */
#define ENDS	   0x2000U /* does not come back if it works */
#define LIBMILTER  0x4000U /* the table of engine = "libmilter" allows it */
#define REACHED(e) (e)	   /* this errno means that the kernel was willing */
#define ERRNO_MASK 0xffU

struct attempt {
	const char *family, *what;
	unsigned int flags;
	long call; /* the intended killer; -1 for FAULTS and FOREIGN */
	long argument[6];
	long (*run)(void); /* instead of the call; -errno if it failed */
};

#define TRY(family, what, flags, call, ...)                          \
	{                                                            \
		family, what, flags, SYS_##call, {__VA_ARGS__}, NULL \
	}
#define RUN(family, what, flags, call, run)         \
	{                                           \
		family, what, flags, call, {0}, run \
	}
#define AT(pointer) ((long)(uintptr_t)(pointer))

/* Tables: what every machine has, and what only this kind has. */
extern const struct attempt attempt_table[], attempt_machine[];
extern const size_t attempt_table_rows, attempt_machine_rows;

size_t attempt_count(void);
const struct attempt *attempt_get(size_t index);

/* Attempts of several steps, and of none (steps.c). */
long run_control(void);
long run_outside_tcp(void);
long run_outside_unix(void);
long run_outside_abstract(void);
long run_write_then_execute(void);
long run_memfd_execute(void);
long run_open_until_refused(void);
long run_bomb(void);
long run_execute_data(void);
long run_write_code(void);
long run_write_constant(void);
long run_null(void);
long run_stack(void);

/* Announces and makes one call: what the kernel returned, -errno for errors.
 * For the functions of rows, too. */
long attempt_call(long number, const long argument[6]);

/* The system call itself, -errno for errors. */
long attempt_raw(long number, const long argument[6]);

/* Tries row index and says "result VALUE" in the end. */
void attempt_run(size_t index);

/* Provided by the process: writes a line to whoever wants to know. */
void attempt_say(const char *line, size_t len);

/* The number in a text of at most len bytes; SIZE_MAX if it is none. */
size_t attempt_number(const void *text, size_t len);

#endif
