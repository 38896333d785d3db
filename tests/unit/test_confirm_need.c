/* SPDX-License-Identifier: ISC */
/*
 * Which canary a clean message needs: of what length, and what a canary of that
 * length shows of the clamd; scanner/clamd/confirm.c (around_confirm.h).
 */
#include "tests/unit/around_confirm.h"

/* A message that is longer than all before: the smallest proof that covers it
 * is enough, and tells for those that are shorter. */
static void
test_need(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 30 * MB));
	run();
	assert_int_equal(opened, 1);
	assert_asked_for(30 * MB);
	assert_false(judged(1, 0, 20 * MB));
	assert_false(judged(2, 0, 3 * MB));
	answer(3, FOUND);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(job[i].word, CONFIRM_FOUND);
	assert_int_equal(backend_at(0)->proved, 30 * MB);
	assert_true(judged(0, 0, 30 * MB));
	/* From now on they share, as others do. */
	now_ms += INTERVAL;
	assert_false(judged(0, 0, 17 * MB));
	run();
	assert_asked_for(30 * MB);
	answer(3, FOUND);
}

/* One that waits is released by any proof that covers it, and does not wait
 * for a longer one. */
static void
test_not_for_longer(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 2 * MB));
	assert_false(judged(1, 0, 90 * MB));
	run();
	assert_int_equal(opened, 2);
	/* The long one began last, and answers first. */
	assert_asked_for(90 * MB);
	answer(3, FOUND);
	assert_false(waits(0) || waits(1));
	/* The other way round. */
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_false(judged(1, 0, 90 * MB));
	run();
	assert_false(judged(0, 0, 2 * MB));
	run();
	assert_asked_for(2 * MB);
	answer(1, FOUND);
	assert_false(waits(0));
	assert_true(waits(1));
}

/* One large canary at a time, for the message whose turn it is. */
static void
test_one_large(void **state)
{
	(void)state;
	set_up(1, 0);
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 20 * MB));
	assert_false(judged(1, 0, 90 * MB));
	assert_false(judged(2, 0, 18 * MB));
	run();
	assert_int_equal(opened, 1);
	assert_asked_for(20 * MB);
	assert_false(judged(3, 0, 19 * MB));
	run();
	assert_int_equal(opened, 1);
	answer(3, FOUND);
	assert_false(waits(0) || waits(2));
	assert_true(waits(1) && waits(3));
	run();
	assert_int_equal(opened, 2);
	assert_asked_for(90 * MB);
	answer(3, FOUND);
	assert_false(waits(1) || waits(3));
	assert_nothing_held();
	/* None at all if nothing needs one: a start sends none. */
	confirm_setup(&settings);
	run();
	assert_int_equal(opened, 2);
}

/* Beyond its limits, which it says, or passes over; the shorter ones wait on. */
static void
test_exceeds(void **state)
{
	static const struct {
		bool alerts_off;
		const char *reply;
	} row[] = {{false, LIMIT}, {true, BLIND}, {true, LIMIT}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		set_up(1, INTERVAL);
		backend_at(0)->proved = MB;
		backend_at(0)->alerts_off = row[i].alerts_off;
		assert_false(judged(0, 0, 30 * MB));
		assert_false(judged(1, 0, 20 * MB));
		run();
		answer(3, row[i].reply);
		assert_true(job[0].word == CONFIRM_EXCEEDS);
		assert_true(waits(1));
		assert_int_equal(backend_limit(0), 30 * MB - 1);
		assert_int_equal(backend_at(0)->state, BACKEND_UP);
		run();
		assert_asked_for(20 * MB);
		answer(3, FOUND);
		assert_int_equal(job[1].word, CONFIRM_FOUND);
		assert_int_equal(backend_at(0)->proved, 20 * MB);
		assert_nothing_held();
	}
}

/* A long one that it should have found: it is to show that it works, and what
 * was known is refuted.  Shorter ones may get through. */
static void
test_missed_long(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->alerts_off = true;
	assert_false(judged(0, 0, 90 * MB));
	assert_false(judged(1, 0, 60 * MB));
	assert_false(judged(2, 0, 20 * MB));
	run();
	answer(3, BLIND);
	assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
	assert_false(down);
	assert_int_equal(backend_at(0)->proved, 0);
	assert_int_equal(backend_limit(0), 100 * MB);
	assert_int_equal(job[0].word, CONFIRM_MISSED);
	assert_int_equal(job[1].word, CONFIRM_MISSED);
	assert_true(waits(2));
	run();
	assert_asked_for(20 * MB);
	answer(3, FOUND);
	assert_int_equal(job[2].word, CONFIRM_FOUND);
	/* A shorter one refutes as well, a longer one does not. */
	set_up(1, INTERVAL);
	backend_at(0)->proved = 10 * MB;
	assert_false(judged(0, 0, 20 * MB));
	run();
	answer(3, BLIND);
	assert_int_equal(backend_at(0)->proved, 10 * MB);
	assert_false(judged(0, 0, 2 * MB));
	run();
	answer(1, BLIND);
	assert_int_equal(backend_at(0)->proved, 0);
}

/* It is not done with a long one in time.  It is slow, or hangs: that is for a
 * small one to show.  No other large one before it is done with that. */
static void
test_late(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 90 * MB));
	run();
	now_ms = confirm_next();
	run();
	assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
	assert_int_equal(hangs, 0);
	assert_false(down);
	assert_int_equal(job[0].word, CONFIRM_LATE);
	assert_int_equal(backend_at(0)->running, 1);
	assert_false(judged(0, 0, 90 * MB));
	assert_false(judged(1, 0, 3 * MB));
	run();
	assert_int_equal(opened, 2);
	assert_asked_for(4 * MB);
	answer(1, FOUND);
	assert_false(waits(1));
	assert_true(waits(0));
	/* Not for ever. */
	now_ms += 120000;
	run();
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 3);
	assert_asked_for(100 * MB);
	answer(3, FOUND);
	assert_false(waits(0));
	assert_nothing_held();
}

/* One that says OK to a long one, and does not report limits: it is passed over,
 * if it was in time; was it late, it has no such excuse, and the next one has. */
static void
test_late_and_blind(void **state)
{
	(void)state;
	set_up(1, 0);
	backend_at(0)->alerts_off = true;
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 90 * MB));
	run();
	now_ms = confirm_next();
	run();
	assert_int_equal(job[0].word, CONFIRM_LATE);
	assert_false(judged(0, 0, 90 * MB));
	answer(3, BLIND);
	assert_false(job[0].word == CONFIRM_EXCEEDS);
	assert_int_equal(job[0].word, CONFIRM_MISSED);
	assert_int_equal(backend_limit(0), 100 * MB);
	assert_false(judged(0, 0, 90 * MB));
	run();
	answer(3, BLIND);
	assert_true(job[0].word == CONFIRM_EXCEEDS);
	assert_int_equal(backend_limit(0), 90 * MB - 1);
	assert_nothing_held();
}

/* What it calls beyond its limits, is it the message, or something inside? */
static void
test_limit_inside(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_true(answered(0, 0, MB, OUTCOME_LIMITS_EXCEEDED));
	assert_false(answered(0, 0, MB + 1, OUTCOME_LIMITS_EXCEEDED));
	run();
	answer(1, FOUND);
	assert_int_equal(job[0].word, CONFIRM_FOUND); /* confirmed */
	assert_false(job[0].word == CONFIRM_EXCEEDS);
	assert_false(answered(0, 0, 2 * MB, OUTCOME_LIMITS_EXCEEDED));
	run();
	answer(1, LIMIT);
	assert_true(job[0].word == CONFIRM_EXCEEDS);
	assert_true(answered(0, 0, 50 * MB, OUTCOME_INFECTED));
	assert_true(answered(0, 0, 50 * MB, OUTCOME_TOO_BIG));
}

/* Nobody waits any more for the thread that was to be the next one's. */
static void
test_leaves_seat(void **state)
{
	uint32_t index;

	(void)state;
	set_up(1, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(opened, 0);
	assert_int_equal(backend_at(0)->reserved, 1);
	leave(&job[0], GONE);
	run();
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_int_equal(backend_at(0)->reserved, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_leaves_seat),
	    cmocka_unit_test(test_need),
	    cmocka_unit_test(test_not_for_longer),
	    cmocka_unit_test(test_one_large),
	    cmocka_unit_test(test_exceeds),
	    cmocka_unit_test(test_missed_long),
	    cmocka_unit_test(test_late),
	    cmocka_unit_test(test_late_and_blind),
	    cmocka_unit_test(test_limit_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
