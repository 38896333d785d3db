/* SPDX-License-Identifier: ISC */
/* When clamds are probed: scanner/clamd/probe_due.c.  The clock stands. */
#include "scanner/clamd/probe_due.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/fake_clock.h"

static int
setup(void **state)
{
	(void)state;
	now_ms = 50000;
	probe_due_setup(2);
	return 0;
}

/* Sooner, and never later. */
static void
test_sooner(void **state)
{
	(void)state;
	assert_int_equal(probe_due_at(0), now_ms);
	probe_due_soon(0);
	probe_due_later(0);
	assert_int_equal(probe_due_at(0), now_ms);
	probe_due_begin(0);
	probe_due_end(0, 30000);
	assert_int_equal(probe_due_at(0), now_ms + 30000);
	probe_due_later(0);
	assert_int_equal(probe_due_at(0), now_ms + 250);
	probe_due_soon(0);
	assert_int_equal(probe_due_at(0), now_ms + 100);
	probe_due_later(0);
	assert_int_equal(probe_due_at(0), now_ms + 100);
	assert_int_equal(probe_due_at(1), now_ms);
}

/* One is under way: it says all that there is to know. */
static void
test_under_way(void **state)
{
	(void)state;
	probe_due_begin(0);
	probe_due_soon(0);
	assert_int_equal(probe_due_state(0), PROBE_DUE_ASKING);
	assert_true(probe_due_hasten(0, true));
	probe_due_silent(0);
	assert_false(probe_due_hasten(0, false));
	assert_int_equal(probe_due_state(1), PROBE_DUE_WAITING);
	/* It speaks: the next stage. */
	probe_due_begin(0);
	assert_true(probe_due_hasten(0, true));
	probe_due_end(0, 700);
	assert_int_equal(probe_due_at(0), now_ms + 700);
}

/* What has just failed is no use; what was good says nothing of now. */
static void
test_hasten(void **state)
{
	(void)state;
	probe_due_begin(0);
	probe_due_end(0, 700);
	assert_false(probe_due_hasten(0, true));
	assert_int_equal(probe_due_at(0), now_ms + 700);
	now_ms += 99;
	assert_false(probe_due_hasten(0, true));
	now_ms++;
	assert_true(probe_due_hasten(0, true));
	assert_int_equal(probe_due_at(0), now_ms);
	probe_due_begin(0);
	probe_due_end(0, 700);
	assert_true(probe_due_hasten(0, false));
	assert_int_equal(probe_due_at(0), now_ms);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_sooner),
	    T(test_under_way),
	    T(test_hasten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
