/* SPDX-License-Identifier: ISC */
/*
 * For tests of confinement: children that are confined as listener, session
 * or scanner would be, and then look what they still can do.
 *
 * child_ functions fork and judge how the child ended.  Everything else here
 * is called in such a child: a fault is told on standard error and ends it.
 */
#ifndef TESTS_CONFINE_H
#define TESTS_CONFINE_H

#include <stdint.h>
#include <stdnoreturn.h>

#include <stdbool.h>

#include "sandbox/layer.h"
#include "sandbox/sandbox.h"

struct CMUnitTest;

#define TEST_UID	64123 /* nobody's; the kernel does not ask for a name */
#define TEST_GID	64124
#define FILE_MAX	(1U << 30) /* more than standard error can be */
#define ALL_BUT_SECCOMP (((1U << LAYER_COUNT) - 1) & ~LAYER_BIT(LAYER_SECCOMP))

#define NEED(condition)                                    \
	do {                                               \
		if (!(condition))                          \
			child_fault(#condition, __LINE__); \
	} while (0)

/* One cmocka test of one body_ function. */
#define PASSES(name)                          \
	static void test_##name(void **state) \
	{                                     \
		(void)state;                  \
		child_passes(body_##name);    \
	}
#define KILLED(name)                                \
	static void test_##name(void **state)       \
	{                                           \
		(void)state;                        \
		child_dies_of(body_##name, SIGSYS); \
	}

/* A test that needs something of the machine: LAYER_BITs, HAS_ bits. */
#define NEEDING(function, bits)                                      \
	{                                                            \
		.name = #function, .test_func = (function),          \
		.initial_state = (void *)(uintptr_t)(uint32_t)(bits) \
	}

#define HAS_LISTENER \
	(1U << 29) /* seccomp's, as privsep/start/rehearse.c takes */
#define HAS_TCP_RULES (1U << 30) /* Landlock ABI 4 */
#define HAS_SCOPES    (1U << 31) /* ABI 6 */

#define CONFINE_ROOT "/tmp/test_sandbox.XXXXXX"

/* An empty directory, made by confine_set_up; the spec's root. */
extern char confine_root[sizeof(CONFINE_ROOT)];
extern struct sandbox_report report; /* of confine() */

/* What this machine gives to one who is not confined: LAYER_BITs but seccomp's,
 * and HAS_ bits.  Found by confine_machine. */
extern uint32_t machine;

/* Finds it, and gives each test that needs more the name "not on this machine:
 * ..." (tests/tally) and nothing to do.  Before cmocka's main function. */
void confine_machine(struct CMUnitTest *tests, size_t count);

/* True if these are the layers in force: those wanted that the machine has.  A
 * machine without namespaces may have the empty network all the same. */
bool confine_holds(uint32_t layers, uint32_t wanted);

/* True if a report misses only what the machine lacks, and misses that. */
bool confine_tells(const struct sandbox_report *);

/* cmocka's group set-up and tear-down: make and remove that directory. */
int confine_set_up(void **state);
int confine_tear_down(void **state);

void child_passes(void (*body)(void));
void child_dies_of(void (*body)(void), int sig);
noreturn void child_fault(const char *what, int line);

/* Own ids, the empty root, no network, small limits. */
struct sandbox_spec spec_of_listener(void);

/* sandbox_first and sandbox_enter with that spec; nothing may be missing but
 * what the machine lacks. */
void confine(void);

/* A hexadecimal number of /proc/self/status; fd was opened before the child
 * was confined.  key: with colon and tab. */
unsigned long long status_field(int fd, const char *key);

/* From now on two calls answer with an error, as a container's filter makes
 * them: number, errno, number, errno. */
void refuse(uint32_t nr1, uint32_t error1, uint32_t nr2, uint32_t error2);

#endif
