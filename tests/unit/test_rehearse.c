/* SPDX-License-Identifier: ISC */
/*
 * The rehearsal of a child's start (privsep/start/rehearse.h): a call that the
 * monitor's table does not have is told with its name and number; what comes
 * to its own program, or to its end, is good.  The children are this program
 * itself, by what its argument is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privsep/start/rehearse.h"
#include "tests/unit/confine.h"

static char own[4096]; /* path of this program */
static struct policy_program monitor;

static int
child(const char *role)
{
	if (strcmp(role, "forbidden") == 0)
		syscall(SYS_acct, NULL);
	if (strcmp(role, "nameless") == 0)
		syscall(1000, NULL);
	if (strcmp(role, "confined") == 0) {
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, NULL);
		syscall(SYS_acct, NULL); /* no matter of the monitor's table */
	}
	return strcmp(role, "fails") == 0 ? 1 : 0;
}

static const char *
told(const char *program, const char *role)
{
	static char why[512];
	struct rehearsal r = {
	    .program = program, .role = role, .fd = {-1, -1, -1}, .fds = 3};

	*why = '\0';
	return rehearse_child(&r, &monitor, why, sizeof(why)) ? NULL : why;
}

static void
test_good(void **state)
{
	(void)state;
	assert_null(told(own, "ends"));
	assert_null(told(own, "fails"));
	assert_null(told(own, "confined"));
	assert_null(told("/nonexistent", "ends"));
}

static void
test_forbidden(void **state)
{
	char want[64];

	(void)state;
	snprintf(want, sizeof(want), "system call %d (acct) ", SYS_acct);
	assert_non_null(told(own, "forbidden"));
	assert_non_null(strstr(told(own, "forbidden"), want));
	assert_non_null(strstr(told(own, "forbidden"), "(forbidden)"));
	assert_non_null(strstr(told(own, "nameless"), "system call 1000 (no"));
}

/* A key reader has no channel: what it keeps is another descriptor. */
static void
test_without_channel(void **state)
{
	struct rehearsal r = {.program = own,
	    .role = "forbidden",
	    .fds = 1,
	    .fd = {STDIN_FILENO}};
	char why[512] = "";

	(void)state;
	assert_false(rehearse_child(&r, &monitor, why, sizeof(why)));
	assert_non_null(strstr(why, "(acct)"));
}

/* Nothing stays: neither a process nor a descriptor. */
static void
test_nothing_left(void **state)
{
	int before = dup(STDIN_FILENO), after;

	(void)state;
	close(before);
	for (int i = 0; i < 4; i++)
		told(own, i % 2 == 0 ? "ends" : "forbidden");
	after = dup(STDIN_FILENO);
	close(after);
	assert_int_equal(after, before);
}

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    NEEDING(test_forbidden, HAS_LISTENER),
	    NEEDING(test_without_channel, HAS_LISTENER),
	    cmocka_unit_test(test_nothing_left),
	};

	/* A child's environment is empty, a test's is not. */
	if (argc == 2 && getenv("PATH") == NULL)
		return child(argv[1]);
	if (realpath(argv[0], own) == NULL ||
	    policy_compile(&policy_monitor, 0, &monitor) != NULL)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	confine_machine(tests, sizeof(tests) / sizeof(tests[0]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
