/* SPDX-License-Identifier: ISC */
/* The table of a listener's session processes: privsep/front/session_table.c. */
#include "privsep/front/session_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PLACES 5
#define TIME   1000

static int
setup(void **state)
{
	*state = sessions_make(PLACES, TIME);
	return *state == NULL;
}

static void
test_count(void **state)
{
	struct sessions *s = *state;

	for (int turn = 0; turn < 3; turn++) {
		for (pid_t pid = 1; pid <= PLACES; pid++)
			sessions_add(s, 100 + pid);
		assert_int_equal(sessions_count(s), PLACES);
		sessions_remove(s, 99); /* not ours */
		sessions_remove(s, 0);
		sessions_remove(s, -1);
		assert_int_equal(sessions_count(s), PLACES);
		for (pid_t pid = PLACES; pid >= 1; pid--)
			sessions_remove(s, 100 + pid);
		sessions_remove(s, 101);
		assert_int_equal(sessions_count(s), 0);
		/* a free place is nobody's */
		sessions_add(s, 101);
		sessions_remove(s, 0);
		sessions_left(s, 0, 10);
		assert_int_equal(sessions_count(s), 1);
		assert_int_equal(sessions_next(s), UINT64_MAX);
		sessions_remove(s, 101);
	}
}

/* Who ends in time is not named, who does not is, in the order in which their
 * MTAs have gone. */
static void
test_overdue(void **state)
{
	struct sessions *s = *state;

	for (pid_t pid = 1; pid <= PLACES; pid++)
		sessions_add(s, pid);
	assert_int_equal(sessions_next(s), UINT64_MAX);
	sessions_left(s, 4, 10);
	sessions_left(s, 2, 20);
	sessions_left(s, 3, 30);
	sessions_left(s, 4, 40); /* it has said so already */
	sessions_left(s, 77, 40);
	sessions_left(s, 0, 40);
	assert_int_equal(sessions_next(s), 10 + TIME);
	sessions_remove(s, 2);
	assert_int_equal(sessions_overdue(s, 9 + TIME), 0);
	assert_int_equal(sessions_overdue(s, 35 + TIME), 4);
	assert_int_equal(sessions_overdue(s, 35 + TIME), 3);
	assert_int_equal(sessions_overdue(s, 35 + TIME), 0);
	sessions_remove(s, 4);
	/* The signal did not reach 3: again later. */
	assert_int_equal(sessions_next(s), 35 + 2 * TIME);
	assert_int_equal(sessions_overdue(s, 35 + 2 * TIME), 3);
	sessions_remove(s, 3);
	assert_int_equal(sessions_next(s), UINT64_MAX);
	assert_int_equal(sessions_count(s), 2);
	assert_int_equal(sessions_overdue(s, UINT64_MAX), 0);
}

/* A place that is taken anew has nothing of who was there before. */
static void
test_again(void **state)
{
	struct sessions *s = *state;

	sessions_add(s, 1);
	sessions_left(s, 1, 10);
	sessions_remove(s, 1);
	sessions_add(s, 2);
	assert_int_equal(sessions_next(s), UINT64_MAX);
	sessions_left(s, 1, 20);
	assert_int_equal(sessions_overdue(s, 10 * TIME), 0);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_count),
	    T(test_overdue),
	    T(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
