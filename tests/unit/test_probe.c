/* SPDX-License-Identifier: ISC */
/*
 * What a clamd is asked, in which order, and what follows from its answers:
 * scanner/clamd/probe.c (around_probe.h).
 */
#include "tests/unit/around_probe.h"

/* Up after some small messages; nothing waits for the longer one behind. */
static void
test_first(void **state)
{
	const struct backend *b;

	(void)state;
	set_up();
	b = backend_at(0);
	assert_int_equal(probe_next(), now_ms);
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, FOUND);
	assert_in_range(asked->size, 4096, CANARY_SMALL);
	assert_int_equal(b->state, BACKEND_UNKNOWN);
	answer(REQUEST_FILDES, ALERT);
	assert_in_range(asked->size, 1, CANARY_SMALL);
	assert_int_equal(b->state, BACKEND_UP);
	assert_int_equal(b->threads, 4);
	assert_int_equal(b->version.daily, 27000);
	assert_int_equal(b->proved, CANARY_SMALL);
	assert_int_equal(backend_limit(0), FULL);
	run();
	assert_in_range(asked->size, MB - 1024, MB);
	assert_int_equal(b->running, 1);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(b->state, BACKEND_UP);
	assert_int_equal(b->proved, MB);
	assert_false(b->alerts_off);
	assert_int_equal(b->running, 0);
	assert_int_equal(opened, 6);
	assert_int_equal(probe_next(), now_ms + CHECK);
	assert_true(memory_take(64 * MB));
	memory_give(64 * MB);
}

/* From time to time: no more than is needed. */
static void
test_check(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_proved(0, 10 * MB);
	opened = 0;
	run();
	assert_int_equal(opened, 0);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(opened, 3);
	assert_int_equal(probe_next(), now_ms + CHECK);
	assert_int_equal(backend_at(0)->proved, 10 * MB);
	/* Another database: everything. */
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	assert_int_equal(backend_at(0)->proved, 0);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, FOUND);
	answer(REQUEST_FILDES, ALERT);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(opened, 9);
	assert_int_equal(backend_at(0)->version.daily, 27001);
	assert_int_equal(backend_at(0)->proved, MB);
	assert_int_equal(probe_next(), now_ms + CHECK);
}

static void
test_goes_wrong(void **state)
{
	/* Good answers to that many stages, then a bad one. */
	static const struct {
		unsigned int stages;
		const char *reply, *why;
	} row[] = {
	    {0, "220 mail.example ESMTP", "does not answer PING as clamd does"},
	    {0, NO_REPLY, "does not answer PING as clamd does"},
	    {3, OK, "says OK to the EICAR test string in 8192 bytes"},
	    {3, "fd[11]: Can't create new file ERROR",
		"no verdict on a test message: scan-error"},
	    {3, ALERT, "no verdict on a test message: too big"},
	    {4, "fd[11]: Can't allocate memory ERROR",
		"no verdict on a test message: scan-error"},
	};
	static const struct {
		enum request request;
		const char *good;
	} stage[] = {{REQUEST_PING, PONG}, {REQUEST_VERSION, VERSION_1},
	    {REQUEST_STATS, STATS}, {REQUEST_FILDES, FOUND},
	    {REQUEST_FILDES, ALERT}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		set_up();
		for (unsigned int k = 0; k < row[i].stages; k++)
			answer(stage[k].request, stage[k].good);
		answer(stage[row[i].stages].request, row[i].reply);
		assert_string_equal(reason(), row[i].why);
		assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
		assert_int_equal(backend_at(0)->running, 0);
		assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
		assert_true(memory_take(64 * MB));
		memory_give(64 * MB);
		/* And from the beginning, when its time has come. */
		now_ms = probe_next();
		bring_up();
	}
}

/* The longer one does not come back as it should: that keeps nobody from
 * anything, and is not asked again before something else is known. */
static void
test_middle(void **state)
{
	static const struct {
		const char *nest, *reply;
		enum backend_state after;
		uint64_t limit;
	} row[] = {
	    {ALERT, OK, BACKEND_SUSPECT, FULL},
	    {ALERT, NO_REPLY, BACKEND_SUSPECT, FULL},
	    {ALERT, "fd[11]: Can't allocate memory ERROR", BACKEND_SUSPECT,
		FULL},
	    {ALERT, "fd[11]: Heuristics.Limits.Exceeded.MaxScanTime FOUND",
		BACKEND_SUSPECT, FULL},
	    {ALERT, ALERT, BACKEND_UP, MB - 1},
	    {OK, OK, BACKEND_UP, MB - 1}, /* silent limits look like that */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct backend *b;

		set_up();
		b = backend_at(0);
		begin(row[i].nest);
		answer(REQUEST_FILDES, row[i].reply);
		assert_int_equal(b->state, row[i].after);
		assert_int_equal(b->proved, CANARY_SMALL);
		assert_int_equal(backend_limit(0), row[i].limit);
		assert_int_equal(b->running, 0);
		if (row[i].after == BACKEND_UP)
			continue;
		now_ms = probe_next();
		answer(REQUEST_PING, PONG);
		answer(REQUEST_VERSION, VERSION_1);
		answer(REQUEST_FILDES, FOUND);
		assert_int_equal(b->state, BACKEND_UP);
		assert_int_equal(probe_next(), now_ms + CHECK);
	}
}

/* It cannot finish the longer one in time: a small one shows that it lives. */
static void
test_slow(void **state)
{
	const struct backend *b;

	(void)state;
	set_up();
	b = backend_at(0);
	begin(ALERT);
	run();
	assert_in_range(asked->size, MB - 1024, MB);
	for (int i = 0; i < 60 && b->state == BACKEND_UP; i++) {
		now_ms += 1000;
		backend_answered(0);
		run();
	}
	assert_int_equal(b->state, BACKEND_SUSPECT);
	assert_int_equal(hangs, 0);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(b->state, BACKEND_UP);
	assert_int_equal(backend_limit(0), FULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_goes_wrong),
	    cmocka_unit_test(test_middle),
	    cmocka_unit_test(test_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
