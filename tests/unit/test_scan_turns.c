/* SPDX-License-Identifier: ISC */
/*
 * Scans (scanner/scan.h): turns, limits, several scans of one owner, and those that
 * begin before the message is whole (around_scan.h).
 */
#include "tests/unit/around_scan.h"

/* --- turns ----------------------------------------------------------------- */

/* As many at once as there are threads, each in its turn. */
static void
test_room(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < THREADS + 2; i++)
		submit(i);
	for (uint32_t i = 0; i < THREADS; i++)
		is_at(i, SCAN_TALKING, 0);
	assert_int_equal(scan[THREADS].state, SCAN_WAITING);
	assert_int_equal(backend_at(0)->running, THREADS);
	answer(1, VIRUS);
	is_at(THREADS, SCAN_TALKING, 0);
	assert_int_equal(scan[THREADS + 1].state, SCAN_WAITING);
	answer(THREADS, VIRUS);
	is_at(THREADS + 1, SCAN_TALKING, 0);
}

/* All of several clamds are used, each with all its threads. */
static void
test_all_clamds(void **state)
{
	uint32_t got[3] = {0};

	(void)state;
	set_up(3, AF_UNIX);
	for (uint32_t i = 0; i < 3 * THREADS; i++) {
		submit(i);
		got[scan[i].backend]++;
	}
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(got[i], THREADS);
	submit(3 * THREADS);
	assert_int_equal(scan[3 * THREADS].state, SCAN_WAITING);
}

/* No room for as long as one may wait. */
static void
test_waited(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < THREADS + 1; i++)
		submit(i);
	now_ms += WAIT_TIMEOUT - 1;
	run();
	assert_int_equal(judged[THREADS], 0);
	now_ms++;
	run();
	is_over(THREADS, OUTCOME_BUSY);
	assert_int_equal(scan[THREADS].verdict.wait_ms, WAIT_TIMEOUT);
	is_at(0, SCAN_TALKING, 0);
}

/* The deadline may come before that. */
static void
test_waited_too_long(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 1; i < THREADS + 1; i++)
		submit(i);
	settings.scan_timeout = 5000;
	assert_int_equal(backend_at(0)->running, THREADS);
	assert_true(scan_setup(&settings, SCANS));
	submit(0);
	now_ms += 5000;
	scan_run(now_ms);
	is_over(0, OUTCOME_BUSY);
	assert_int_equal(scan[0].verdict.wait_ms, 5000);
}

/* Who comes back from a clamd that had it does not wait behind others. */
static void
test_comes_back_first(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	backend_at(0)->threads = backend_at(1)->threads = 1;
	for (uint32_t i = 0; i < 4; i++)
		submit(i);
	is_at(1, SCAN_TALKING, 1);
	answer(0, NO_REPLY);
	assert_int_equal(scan[0].state, SCAN_WAITING);
	answer(1, VIRUS);
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(scan[2].state, SCAN_WAITING);
	answer(0, VIRUS);
	is_at(2, SCAN_TALKING, 1);
}

/* As many may wait as max_waiting says, and not one more. */
static void
test_max_waiting(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < THREADS + 8; i++) {
		scan[i].flow = NULL;
		submit(i);
		assert_int_equal(judged[i], 0);
	}
	assert_int_equal(queue_waiting(), 8);
	scan[15].flow = NULL;
	submit_size(15, 1000);
	is_at(15, SCAN_REFUSED, 0);
	assert_int_equal(scan_next(), 0);
	run();
	is_over(15, OUTCOME_BUSY);
}

/* One that did harm is shown to no clamd. */
static void
test_remembered(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	remembered = OUTCOME_TIMEOUT;
	submit(0);
	is_over(0, OUTCOME_TIMEOUT);
	assert_int_equal(opened, 0);
	is_quiet();
}

/* --- limits ---------------------------------------------------------------- */

/* A stream that was too long for it: perhaps not for another one. */
static void
test_too_big(void **state)
{
	static const char text[] = "INSTREAM size limit exceeded. ERROR";

	(void)state;
	set_up(2, AF_INET);
	submit(0);
	assert_int_equal(asked->request, REQUEST_INSTREAM);
	answer(0, text);
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(backend_limit(0), 999);
	answer(0, text);
	is_over(0, OUTCOME_TOO_BIG);
	assert_int_equal(scan[0].verdict.backend, 1);
	/* Who is as long does not even try; who is shorter does. */
	submit(1);
	is_over(1, OUTCOME_TOO_BIG);
	submit_size(2, 999);
	run();
	is_at(2, SCAN_TALKING, scan[2].backend);
}

/* clamd names a limit: of the message, or of something inside? */
static void
test_limits(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, LIMIT);
	is_over(0, OUTCOME_LIMITS_EXCEEDED);
	assert_true(scan[0].verdict.name_len > 0);
	set_up(1, AF_UNIX);
	backend_at(0)->proved = 8192;
	submit_size(0, 9000);
	run();
	answer(0, LIMIT);
	is_at(0, SCAN_CONFIRMING, 0);
	canary(0, LIMIT);
	is_over(0, OUTCOME_TOO_BIG);
	assert_int_equal(scan[0].verdict.name_len, 0);
}

/* --- several, and their owner ---------------------------------------------- */

static void
cancel_next(struct scan *s)
{
	scan_cancel(s + 1);
}

static void
submit_next(struct scan *s)
{
	then = NULL;
	scan_submit(s + 1, (int)s[1].owner + 1000, 1000 + LEAD, LEAD);
	scan_submit(s, (int)s->owner + 1000, 1000 + LEAD, LEAD);
}

/* What the owner does with one verdict changes the others, in no list that
 * anybody goes through. */
static void
test_owner(void **state)
{
	struct exchange *first = NULL;

	(void)state;
	set_up(1, AF_UNIX);
	for (uint32_t i = 0; i < 3; i++) {
		submit(i);
		answer(i, OK);
		is_at(i, SCAN_CONFIRMING, 0);
		if (i == 0)
			first = asked; /* the canary */
	}
	asked = first;
	then = cancel_next;
	canary(0, CANARY);
	is_over(0, OUTCOME_CLEAN);
	assert_int_equal(judged[1], 0);
	assert_int_equal(scan[1].state, SCAN_IDLE);
	then = NULL;
	is_over(2, OUTCOME_CLEAN);
	is_quiet();
}

static void
test_again(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	then = submit_next;
	answer(0, VIRUS);
	assert_int_equal(judged[0], 1);
	judged[0] = 0;
	run();
	is_at(0, SCAN_TALKING, 0);
	is_at(1, SCAN_TALKING, 0);
	answer(1, VIRUS);
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
	is_over(1, OUTCOME_INFECTED);
	is_quiet();
}

/* In each state: no verdict, nothing kept, but a thread that clamd is still
 * at. */
static void
test_cancel(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	scan_cancel(&scan[0]);
	submit_size(0, 1000);
	scan_cancel(&scan[0]);
	is_quiet();
	at_once = STEP_BUSY;
	submit(0);
	scan_cancel(&scan[0]);
	is_quiet();
	at_once = STEP_WAIT_CONNECT;
	submit(0);
	is_at(0, SCAN_CONNECTING, 0);
	asked->state = EXCHANGE_CONNECTING;
	scan_cancel(&scan[0]);
	is_quiet();
	at_once = STEP_WAIT_READ;
	submit(0);
	answer(0, OK);
	is_at(0, SCAN_CONFIRMING, 0);
	scan_cancel(&scan[0]);
	canary(0, CANARY);
	is_quiet();
	submit(0);
	scan_cancel(&scan[0]);
	assert_int_equal(backend_at(0)->running, 1);
	scan_event(scan[0].query);
	run();
	is_quiet();
	assert_int_equal(judged[0], 0);
}

/* The clamd hangs: who can go elsewhere does, the others wait on. */
static void
test_hangs(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	submit(0);
	submit(1);
	submit(2);
	answer(2, OK);
	is_at(0, SCAN_TALKING, 0);
	is_at(1, SCAN_TALKING, 1);
	is_at(2, SCAN_CONFIRMING, 0);
	backend_failed(0, reason_of(REASON_SILENT_PING));
	probe_hangs(0);
	run();
	is_at(0, SCAN_TALKING, 1);
	is_at(2, SCAN_TALKING, 1);
	probe_hangs(1);
	run();
	is_at(0, SCAN_TALKING, 1);
	is_at(1, SCAN_TALKING, 1);
}

/* --- early ----------------------------------------------------------------- */

static void
early(uint32_t i, uint64_t size)
{
	scan_early(&scan[i], 1000 + (int)i, size);
	run();
}

static void
test_early(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	early(0, 500);
	is_at(0, SCAN_EARLY_TALKING, 0);
	assert_true(asked->growing);
	assert_int_equal(asked->size, 500);
	early(0, 900);
	assert_int_equal(asked->size, 900);
	assert_int_equal(opened, 1);
	now_ms += 50;
	submit(0);
	is_at(0, SCAN_TALKING, 0);
	assert_false(asked->growing);
	assert_int_equal(asked->size, 1000 + LEAD);
	assert_int_equal(opened, 1);
	/* Its time begins now. */
	assert_int_equal(scan_next(), now_ms + SCAN_TIMEOUT);
	now_ms += 4;
	answer(0, "stream: Some.Virus FOUND");
	is_over(0, OUTCOME_INFECTED);
	assert_int_equal(scan[0].verdict.wait_ms, 0);
	assert_int_equal(scan[0].verdict.scan_ms, 4);
	is_quiet();
}

/* Only as a stream; only where there is room that no whole message needs. */
static void
test_early_not(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	early(0, 500);
	is_at(0, SCAN_IDLE, 0);
	assert_int_equal(opened, 0);
	set_up(1, AF_INET);
	for (uint32_t i = 1; i < THREADS + 2; i++)
		submit(i);
	early(0, 500);
	is_at(0, SCAN_IDLE, 0);
	/* One that is whole has not had its turn yet. */
	set_up(1, AF_INET);
	submit_size(1, 1000);
	scan_early(&scan[0], 1000, 500);
	is_at(0, SCAN_IDLE, 0);
}

/* Whatever goes wrong: nothing is said of the message, which begins anew when
 * it is whole. */
static void
test_early_wrong(void **state)
{
	static const char *const reply[] = {"stream: OK",
	    "stream: Some.Virus FOUND", NO_REPLY, "stream: no ERROR",
	    "INSTREAM size limit exceeded. ERROR"};

	(void)state;
	for (size_t i = 0; i < sizeof(reply) / sizeof(reply[0]); i++) {
		set_up(2, AF_INET);
		early(0, 500);
		answer(0, reply[i]);
		is_at(0, SCAN_EARLY_OFF, 0);
		assert_int_equal(backend_at(0)->running, 0);
		early(0, 600);
		is_at(0, SCAN_EARLY_OFF, 0);
		assert_int_equal(opened, 1);
		submit(0);
		assert_int_equal(opened, 2);
		assert_int_equal(scan[0].state, SCAN_TALKING);
		assert_int_equal(scan[0].had, 0);
		assert_false(asked->growing);
		answer(0, "stream: Some.Virus FOUND");
		is_over(0, OUTCOME_INFECTED);
		assert_int_equal(guilt, 0);
		is_quiet();
	}
}

static void
test_early_unconnected(void **state)
{
	static const enum step step[] = {STEP_REFUSED, STEP_FAULT};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		set_up(1, AF_INET);
		at_once = step[i];
		early(0, 500);
		is_at(0, SCAN_EARLY_OFF, 0);
		is_quiet();
		scan_cancel(&scan[0]);
		is_at(0, SCAN_IDLE, 0);
	}
}

/* It is whole while there is no connection yet. */
static void
test_early_opening(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	at_once = STEP_BUSY;
	early(0, 500);
	is_at(0, SCAN_EARLY_OPENING, 0);
	submit(0);
	is_at(0, SCAN_OPENING, 0);
	at_once = STEP_WAIT_WRITE;
	now_ms = scan_next();
	run();
	is_at(0, SCAN_TALKING, 0);
	assert_int_equal(asked->size, 1000 + LEAD);
	assert_false(asked->growing);
	set_up(1, AF_INET);
	at_once = STEP_WAIT_CONNECT;
	early(0, 500);
	is_at(0, SCAN_EARLY_CONNECTING, 0);
	now_ms += 1500;
	submit(0);
	is_at(0, SCAN_CONNECTING, 0);
	assert_int_equal(scan_next(), now_ms + 500);
}

/* Whole messages come first: the shortest of the early ones gives way. */
static void
test_early_yields(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	for (uint32_t i = 0; i < THREADS; i++)
		early(i, i == 2 ? 100 : 500);
	submit(THREADS);
	is_at(THREADS, SCAN_TALKING, 0);
	for (uint32_t i = 0; i < THREADS; i++)
		is_at(i, i == 2 ? SCAN_EARLY_OFF : SCAN_EARLY_TALKING, 0);
}

/* It may not arrive for ever, either. */
static void
test_early_deadline(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	early(0, 500);
	now_ms += SCAN_TIMEOUT;
	early(0, 600);
	is_at(0, SCAN_EARLY_OFF, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
}

/* Whole, it turns out to be one that did harm. */
static void
test_early_refused(void **state)
{
	(void)state;
	set_up(1, AF_INET);
	early(0, 500);
	remembered = OUTCOME_CLAMD_ERROR;
	submit(0);
	is_over(0, OUTCOME_CLAMD_ERROR);
	asked->state = EXCHANGE_CLOSED;
	remembered = OUTCOME_CLEAN;
	/* The clamd hangs: that says nothing of it either. */
	set_up(1, AF_INET);
	early(0, 500);
	probe_hangs(0);
	is_at(0, SCAN_EARLY_OFF, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_all_clamds),
	    cmocka_unit_test(test_waited),
	    cmocka_unit_test(test_waited_too_long),
	    cmocka_unit_test(test_comes_back_first),
	    cmocka_unit_test(test_max_waiting),
	    cmocka_unit_test(test_remembered),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_owner),
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_cancel),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_early),
	    cmocka_unit_test(test_early_not),
	    cmocka_unit_test(test_early_wrong),
	    cmocka_unit_test(test_early_unconnected),
	    cmocka_unit_test(test_early_opening),
	    cmocka_unit_test(test_early_yields),
	    cmocka_unit_test(test_early_deadline),
	    cmocka_unit_test(test_early_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
