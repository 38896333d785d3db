/* SPDX-License-Identifier: ISC */
/* Lists by time: scanner/base/timer.c. */
#include "scanner/base/timer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TIMERS 50

static struct timer_list list;
static struct timer timer[TIMERS];

static void
test_order(void **state)
{
	uint32_t random = 1;
	uint64_t before = 0;
	struct timer *t;

	(void)state;
	TAILQ_INIT(&list);
	assert_true(timer_next(&list) == UINT64_MAX);
	assert_null(timer_first(&list, UINT64_MAX));
	for (size_t i = 0; i < TIMERS; i++) {
		random = random * 1664525 + 1013904223;
		timer_start(&list, &timer[i], 100 + (random >> 20) % 30);
	}
	for (size_t i = 0; i < TIMERS; i++) {
		assert_null(timer_first(&list, timer_next(&list) - 1));
		t = timer_first(&list, timer_next(&list));
		assert_non_null(t);
		assert_true(t->at >= before);
		before = t->at;
		timer_stop(&list, t);
	}
	assert_true(timer_next(&list) == UINT64_MAX);
}

/* Of two of one time the older one is first; one in the middle goes. */
static void
test_equal(void **state)
{
	(void)state;
	TAILQ_INIT(&list);
	for (size_t i = 0; i < 4; i++)
		timer_start(&list, &timer[i], 7);
	timer_stop(&list, &timer[1]);
	timer_start(&list, &timer[4], 6);
	assert_ptr_equal(timer_first(&list, 7), &timer[4]);
	timer_stop(&list, &timer[4]);
	assert_ptr_equal(timer_first(&list, 7), &timer[0]);
	timer_stop(&list, &timer[0]);
	assert_ptr_equal(timer_first(&list, 7), &timer[2]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
