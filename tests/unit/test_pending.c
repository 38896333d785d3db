/* SPDX-License-Identifier: ISC */
/* The table of connections that wait: order, deadlines, and who gives way. */
#include "privsep/front/pending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROOM 4

static struct pending *table;

static int
setup(void **state)
{
	(void)state;
	table = pending_make(ROOM, 16, 1000);
	return table == NULL;
}

static void
test_order(void **state)
{
	(void)state;
	for (int fd = 3; fd < 7; fd++)
		assert_int_equal(pending_add(table, fd, 0), -1);
	pending_ready(table, 6, false);
	pending_ready(table, 4, true);
	pending_ready(table, 3, false);
	assert_int_equal(pending_first(table, PENDING_READY), 6);
	assert_int_equal(pending_next(table, 6), 3);
	assert_int_equal(pending_next(table, 3), -1);
	assert_int_equal(pending_first(table, PENDING_LEFT), 4);
	assert_int_equal(pending_first(table, PENDING_SILENT), 5);
	assert_int_equal(pending_count(table, PENDING_READY), 2);
	/* hung up while it waited; nobody comes back */
	pending_ready(table, 6, true);
	pending_ready(table, 6, false);
	assert_int_equal(pending_state(table, 6), PENDING_LEFT);
	assert_int_equal(pending_next(table, 4), 6);
	assert_int_equal(pending_first(table, PENDING_READY), 3);
	pending_remove(table, 4);
	pending_remove(table, 4);
	assert_int_equal(pending_first(table, PENDING_LEFT), 6);
	assert_int_equal(pending_state(table, 4), PENDING_STATES);
	assert_int_equal(pending_state(table, -1), PENDING_STATES);
	assert_int_equal(pending_state(table, ROOM + 16), PENDING_STATES);
}

/* Only who is silent has a deadline. */
static void
test_time(void **state)
{
	(void)state;
	assert_int_equal(pending_wait(table, 0), -1);
	pending_add(table, 3, 100);
	pending_add(table, 4, 200);
	assert_int_equal(pending_wait(table, 150), 950);
	assert_int_equal(pending_expired(table, 1099), -1);
	assert_int_equal(pending_expired(table, 1100), 3);
	assert_int_equal(pending_wait(table, 1100), 0);
	pending_ready(table, 3, false);
	assert_int_equal(pending_expired(table, 1100), -1);
	assert_int_equal(pending_wait(table, 1100), 100);
	pending_ready(table, 4, true);
	assert_int_equal(pending_expired(table, 1000000), -1);
	assert_int_equal(pending_wait(table, 1000000), -1);
}

/* The oldest silent one, then who has left, and nobody that waits. */
static void
test_full(void **state)
{
	(void)state;
	for (int fd = 3; fd < 7; fd++)
		assert_int_equal(pending_add(table, fd, 0), -1);
	pending_ready(table, 3, false);
	pending_ready(table, 4, true);
	assert_int_equal(pending_add(table, 7, 1), 5);
	assert_int_equal(pending_add(table, 8, 2), 6);
	pending_ready(table, 7, false);
	pending_ready(table, 8, false);
	assert_int_equal(pending_add(table, 9, 3), 4);
	pending_ready(table, 9, false);
	assert_int_equal(pending_add(table, 10, 4), 10);
	assert_int_equal(pending_count(table, PENDING_READY), ROOM);
	/* beyond the table */
	assert_int_equal(pending_add(table, ROOM + 16, 5), ROOM + 16);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_order, setup),
	    cmocka_unit_test_setup(test_time, setup),
	    cmocka_unit_test_setup(test_full, setup),
	};

	return cmocka_run_group_tests_name("pending", tests, NULL, NULL);
}
