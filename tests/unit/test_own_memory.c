/* SPDX-License-Identifier: ISC */
/* Memory that a fork does not copy. */
#include "privsep/front/own_memory.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SIZE 10000

/* How a child ends that reads there: the signal, or -1 if it could. */
static int
read_in_child(const volatile uint8_t *at)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		_exit(*at);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

static void
test_stays(void **state)
{
	uint8_t *own = own_memory(SIZE), *common = malloc(SIZE);

	(void)state;
	assert_non_null(own);
	assert_non_null(common);
	for (size_t i = 0; i < SIZE; i++)
		assert_int_equal(own[i], 0);
	own[0] = own[SIZE - 1] = common[0] = 1;
	assert_int_equal(read_in_child(own), SIGSEGV);
	assert_int_equal(read_in_child(own + SIZE - 1), SIGSEGV);
	assert_int_equal(read_in_child(common), -1);
	assert_int_equal(own[0], 1);
	free(common);
}

static void
test_too_much(void **state)
{
	(void)state;
	assert_null(own_memory(SIZE_MAX / 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stays),
	    cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
