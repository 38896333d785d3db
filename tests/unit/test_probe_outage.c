/* SPDX-License-Identifier: ISC */
/*
 * Probes of a clamd that is away, silent, refuses or hangs, and when they are
 * due: scanner/clamd/probe.c (around_probe.h).
 */
#include "tests/unit/around_probe.h"

static bool
hasten(void)
{
	return probe_due_hasten(0, backend_at(0)->state == BACKEND_DOWN);
}

/* What is known is kept through an outage: back after small ones only. */
static void
test_outage(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_proved(0, 10 * MB);
	probe_fail(0, reason_of(REASON_ADDRESS));
	opened = 0;
	now_ms = probe_next();
	for (unsigned int i = 0; i < 5; i++) {
		static const enum request request[] = {REQUEST_PING,
		    REQUEST_VERSION, REQUEST_STATS, REQUEST_FILDES,
		    REQUEST_FILDES};
		static const char *const reply[] = {
		    PONG, VERSION_1, STATS, FOUND, ALERT};

		assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
		answer(request[i], reply[i]);
		if (request[i] == REQUEST_FILDES)
			assert_in_range(asked->size, 1, CANARY_SMALL);
	}
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	assert_int_equal(backend_at(0)->proved, 10 * MB);
	run();
	assert_int_equal(opened, 5);
	assert_int_equal(probe_next(), now_ms + CHECK);
	/* With another database it is not. */
	probe_fail(0, reason_of(REASON_ADDRESS));
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	assert_int_equal(backend_at(0)->proved, 0);
}

/* Often while it is away, and less often while it answers wrongly. */
static void
test_how_often(void **state)
{
	uint64_t pause = 0;

	(void)state;
	set_up();
	at_once = STEP_REFUSED;
	for (int i = 0; i < 20; i++) {
		run();
		assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
		now_ms = probe_next();
	}
	at_once = STEP_WAIT_READ;
	for (int i = 0; i < 10; i++) {
		answer(REQUEST_PING, "no");
		assert_true(probe_next() - now_ms >= pause);
		pause = probe_next() - now_ms;
		if (i < 3) /* twice as long each time */
			assert_int_equal(pause, 250 << i);
		now_ms = probe_next();
	}
	assert_in_range(pause, 2000, 10000);
	bring_up();
	probe_fail(0, reason_of(REASON_ADDRESS));
	assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
}

/* It hangs, and is listened to: the first thing it says is noticed. */
static void
test_hangs(void **state)
{
	(void)state;
	set_up();
	run();
	now_ms = probe_next();
	run();
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_int_equal(hangs, 1);
	assert_int_equal(opened, 1);
	/* No message waits for that. */
	assert_false(hasten());
	now_ms += 20000;
	run();
	assert_int_equal(opened, 1);
	bring_up();
	/* Not for ever: the other side may be gone without a word. */
	probe_fail(0, reason_of(REASON_ADDRESS));
	now_ms = probe_next();
	run();
	opened = 0;
	for (int i = 0; i < 200; i++) {
		now_ms += 1000;
		run();
	}
	assert_in_range(opened, 2, 6);
}

/* A clamd that passes its limits silently. */
static void
test_silent_limits(void **state)
{
	(void)state;
	set_up();
	begin(OK);
	assert_true(backend_at(0)->alerts_off);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	set_up();
	settings.backend[0].require_alerts = true;
	begin(OK);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_non_null(strstr(reason(), "AlertExceedsMax"));
}

static void
test_daily(void **state)
{
	(void)state;
	set_up();
	settings.backend[0].require_daily = true;
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, "ClamAV 1.4.6");
	assert_string_equal(reason(), "has no daily database");
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
}

/* Descriptors do not reach it: as a stream, from then on. */
static void
test_stream(void **state)
{
	(void)state;
	set_up();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, NO_REPLY);
	answer(REQUEST_INSTREAM, "stream: Eicar FOUND");
	assert_false(backend_takes_descriptors(0));
	answer(REQUEST_INSTREAM, "stream: OK");
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	/* Not even so. */
	set_up();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, NO_REPLY);
	answer(REQUEST_INSTREAM, NO_REPLY);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_true(backend_takes_descriptors(0));
}

static void
test_silent(void **state)
{
	static const char *const why[] = {"no answer to PING",
	    "no answer to VERSION", "no answer to STATS",
	    "no answer to a test message"};
	static const enum request request[] = {
	    REQUEST_PING, REQUEST_VERSION, REQUEST_STATS};
	static const char *const good[] = {PONG, VERSION_1, STATS};

	(void)state;
	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		set_up();
		for (size_t k = 0; k < i; k++)
			answer(request[k], good[k]);
		run();
		assert_int_equal(asked->state, EXCHANGE_READING);
		now_ms = probe_next() - 1;
		run();
		assert_int_equal(hangs, 0);
		now_ms++;
		run();
		assert_string_equal(reason(), why[i]);
		assert_int_equal(hangs, 1);
	}
}

static void
test_refused(void **state)
{
	(void)state;
	set_up();
	at_once = STEP_REFUSED;
	run();
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	at_once = STEP_WAIT_READ;
	/* A message waits; but what has just failed is no use. */
	assert_false(hasten());
	now_ms += 150;
	assert_true(hasten());
	assert_int_equal(probe_next(), now_ms);
	bring_up();
}

/* Suspect behind a probe that was good: that says nothing yet, and a message
 * waits for the next one, which begins at once. */
static void
test_suspect(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_suspected(0, reason_of(REASON_SILENT_MESSAGE));
	assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
	assert_true(hasten());
	assert_int_equal(probe_next(), now_ms);
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	assert_true(hasten());
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
}

/* One that is at work: canaries take a thread, the next that gets free. */
static void
test_room(void **state)
{
	uint32_t index;

	(void)state;
	set_up();
	bring_up();
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	run();
	assert_int_equal(asked->request, REQUEST_VERSION);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	now_ms = probe_next();
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	/* None gets free: that says nothing about clamd. */
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	opened = 0;
	for (int i = 0; i < 10500; i += 5) {
		backend_answered(0);
		run();
		now_ms += 5;
	}
	assert_int_equal(opened, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	assert_int_equal(hangs, 0);
}

/* It has work to do and says nothing for long. */
static void
test_at_work(void **state)
{
	uint32_t index;

	(void)state;
	set_up();
	bring_up();
	opened = 0;
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_in_range(probe_next(), now_ms + 1000, now_ms + 10000);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	assert_int_equal(opened, 1);
}

/* Somebody else has found out: down, and a whole probe. */
static void
test_found_out(void **state)
{
	(void)state;
	set_up();
	bring_up();
	probe_fail(0, reason_of(REASON_ADDRESS));
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	now_ms = probe_next();
	bring_up();
	/* Also in the middle of a probe, which does not go on. */
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	run();
	probe_fail(0, reason_of(REASON_ADDRESS));
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
	now_ms = probe_next();
	bring_up();
}

/* A complete one that found no free thread is still owed. */
static void
test_owed(void **state)
{
	uint32_t index;

	(void)state;
	set_up();
	bring_up();
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	for (int i = 0; i < 10500; i += 5) {
		backend_answered(0);
		run();
		now_ms += 5;
	}
	for (int i = 0; i < 4; i++)
		backend_release(0);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	answer(REQUEST_STATS, STATS);
}

/* scan_timeout makes no deadline shorter, and that of a large one longer. */
static void
test_deadlines(void **state)
{
	(void)state;
	assert_int_equal(probe_stage_deadline(PROBE_SIZE, 1000), 30000);
	assert_int_equal(probe_stage_deadline(PROBE_SIZE, 60000), 60000);
	assert_int_equal(probe_stage_deadline(PROBE_SMALL, 1000), 10000);
	assert_int_equal(probe_stage_deadline(PROBE_SMALL, 60000), 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_outage),
	    cmocka_unit_test(test_how_often),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_silent_limits),
	    cmocka_unit_test(test_daily),
	    cmocka_unit_test(test_stream),
	    cmocka_unit_test(test_silent),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_suspect),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_at_work),
	    cmocka_unit_test(test_found_out),
	    cmocka_unit_test(test_owed),
	    cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
