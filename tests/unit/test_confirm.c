/* SPDX-License-Identifier: ISC */
/*
 * Which clean messages wait for a canary, and what becomes of them:
 * scanner/clamd/confirm.c (around_confirm.h).
 */
#include "tests/unit/around_confirm.h"

static void
test_waits(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	assert_int_equal(opened, 0);
	assert_true(confirm_next() <= now_ms);
	run();
	assert_int_equal(opened, 1);
	assert_int_equal(asked->request, REQUEST_FILDES);
	assert_int_equal(backend_at(0)->running, 1);
	assert_true(waits(0));
	answer(0, FOUND);
	assert_false(waits(0));
	assert_int_equal(job[0].word, CONFIRM_FOUND);
	assert_nothing_held();
	/* For a while, that is good for others. */
	now_ms += INTERVAL - 1;
	assert_true(judged(1, 0, 8192));
	now_ms++;
	assert_false(judged(2, 0, 10));
}

/* Began after the answer, and nothing else, with an interval of 0. */
static void
test_began_after(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	assert_false(judged(2, 0, 10));
	run();
	assert_int_equal(opened, 1);
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(waits(1) && waits(2));
	run();
	assert_int_equal(opened, 2);
	answer(0, FOUND);
	assert_false(waits(1) || waits(2));
	assert_false(judged(0, 0, 10));
}

/* One that is under way is recent enough when it is found; but not if that
 * took longer than the interval. */
static void
test_under_way(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	answer(0, FOUND);
	assert_false(waits(0) || waits(1));
	now_ms += INTERVAL;
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	now_ms += INTERVAL;
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(waits(1));
	run();
	assert_int_equal(opened, 3);
}

static void
test_length(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	run();
	/* Longer than the one that is under way. */
	assert_false(judged(1, 0, 65537));
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(waits(1));
	run();
	assert_int_equal(opened, 2);
	answer(0, FOUND);
	assert_false(waits(1));
	assert_true(judged(0, 0, 131072));
	/* Long ones have lines of their own. */
	assert_false(judged(2, 0, 3 * MB));
	run();
	assert_int_equal(opened, 3);
	assert_asked_for(4 * MB);
	assert_true(judged(0, 0, 10));
	answer(1, FOUND);
	assert_false(waits(2));
	assert_true(judged(2, 0, 4 * MB));
	assert_false(judged(2, 0, 4 * MB + 1));
}

/* No longer than what the clamd is known to look into, if that will do. */
static void
test_limit(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = 20000;
	assert_false(judged(0, 0, 17000));
	run();
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(judged(0, 0, 20000));
	assert_false(judged(0, 0, 20001));
}

static void
test_missed(void **state)
{
	static const struct {
		const char *reply, *why;
	} row[] = {
	    {BLIND, "says OK to the EICAR test string in 8192 bytes"},
	    {"fd[11]: Can't create new file ERROR",
		"no verdict on a test message: scan-error"},
	    {LIMIT, "no verdict on a test message: too big"},
	    {"", "no verdict on a test message: no-reply"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		set_up(1, INTERVAL);
		assert_false(judged(0, 0, 10));
		run();
		assert_false(judged(1, 0, 10)); /* for the next one */
		answer(0, row[i].reply);
		assert_true(down);
		assert_string_equal(down_for, row[i].why);
		for (size_t k = 0; k < 2; k++) {
			assert_false(waits((uint32_t)k));
			assert_int_equal(job[k].word, CONFIRM_MISSED);
		}
		run();
		assert_int_equal(opened, 1);
		assert_nothing_held();
	}
}

/* What was found before an outage is no confirmation after it. */
static void
test_outage(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	run();
	answer(0, FOUND);
	now_ms++;
	assert_true(judged(0, 0, 10));
	backend_suspected(0, reason_of(REASON_SILENT_MESSAGE));
	backend_works(0);
	assert_false(judged(0, 0, 10));
}

static void
test_refused(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	at_once = STEP_REFUSED;
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(job[0].word, CONFIRM_MISSED);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_nothing_held();
}

/* A full backlog: the same again, some ms later. */
static void
test_busy(void **state)
{
	(void)state;
	set_up(1, 0);
	at_once = STEP_BUSY;
	assert_false(judged(0, 0, 10));
	run();
	run();
	assert_int_equal(opened, 1);
	assert_in_range(confirm_next(), now_ms + 1, now_ms + 10);
	at_once = STEP_WAIT_READ;
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 2);
	answer(0, FOUND);
	assert_false(waits(0));
	assert_nothing_held();
}

/* It takes a thread like a message: the next one that gets free. */
static void
test_room(void **state)
{
	uint32_t index;

	(void)state;
	set_up(1, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_false(judged(0, 0, 10));
	assert_false(judged(1, 0, 2 * MB));
	run();
	assert_int_equal(opened, 0);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 1);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 2);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
}

static void
test_no_memory(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_true(memory_take(64 * MB));
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(opened, 0);
	assert_false(down);
	memory_give(64 * MB);
	now_ms = confirm_next();
	run();
	answer(0, FOUND);
	assert_false(waits(0));
	assert_nothing_held();
}

static void
test_silent(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 10));
	run();
	now_ms = confirm_next();
	assert_in_range(now_ms, 5000 + 5000, 5000 + 15000);
	run();
	assert_string_equal(down_for, "no answer to a test message");
	assert_int_equal(hangs, 1);
	assert_false(waits(0));
	assert_nothing_held();
}

/* Found to hang otherwise: who can go elsewhere does. */
static void
test_hangs(void **state)
{
	(void)state;
	set_up(2, 0);
	assert_false(judged(0, 0, 10));
	assert_false(judged(1, 1, 10));
	assert_false(judged(2, 0, 10));
	job[2].elsewhere = true;
	run();
	confirm_hangs(0);
	assert_int_equal(job[0].word, CONFIRM_HANGS);
	assert_true(waits(1) && waits(2));
}

/* Who leaves is not asked for again. */
static void
test_leaves(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	leave(&job[0], GONE);
	leave(&job[1], GONE);
	answer(0, FOUND);
	assert_int_equal(job[0].word, GONE);
	run();
	assert_int_equal(opened, 1);
	assert_nothing_held();
}

/* The canary goes the way that messages go. */
static void
test_stream(void **state)
{
	(void)state;
	set_up(1, 0);
	backend_at(0)->instream = true;
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(asked->request, REQUEST_INSTREAM);
	answer(0, "stream: Eicar FOUND");
	assert_false(waits(0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_waits),
	    cmocka_unit_test(test_began_after),
	    cmocka_unit_test(test_under_way),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_missed),
	    cmocka_unit_test(test_outage),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_busy),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_silent),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_leaves),
	    cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
