/* SPDX-License-Identifier: ISC */
/* How often something may happen (lib/rate.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/rate.h"

#define AT_ONCE	   24000
#define PER_SECOND 100

/* How many times it goes well at NOW. */
static int
times(struct rate *r, uint64_t now)
{
	int count = 0;

	while (rate_take(r, now, AT_ONCE, PER_SECOND))
		count++;
	return count;
}

static void
test_at_once(void **state)
{
	struct rate r = {0};

	(void)state;
	/* The clock may have just begun, or be old. */
	assert_int_equal(times(&r, 5), AT_ONCE);
	assert_int_equal(times(&r, 5), 0);
	r = (struct rate){0};
	assert_int_equal(times(&r, 1ULL << 45), AT_ONCE);
}

static void
test_later(void **state)
{
	struct rate r = {0};

	(void)state;
	assert_int_equal(times(&r, 1000), AT_ONCE);
	assert_int_equal(times(&r, 1009), 0);
	assert_int_equal(times(&r, 1010), 1);
	assert_int_equal(times(&r, 2010), PER_SECOND);
	/* However long it was quiet, no more than at first. */
	assert_int_equal(times(&r, 1ULL << 45), AT_ONCE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_at_once),
	    cmocka_unit_test(test_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
