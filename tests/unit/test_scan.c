/* SPDX-License-Identifier: ISC */
/*
 * Scans (scanner/scan.h): one message at one clamd after the other, and what time
 * does to it (around_scan.h).
 */
#include "tests/unit/around_scan.h"

/* --- one message ----------------------------------------------------------- */

static void
test_infected(void **state)
{
	const struct verdict *v = &scan[0].verdict;

	(void)state;
	set_up(1, AF_UNIX);
	submit_size(0, 1000);
	assert_int_equal(scan_next(), now_ms + WAIT_TIMEOUT);
	now_ms += 5;
	run();
	is_at(0, SCAN_TALKING, 0);
	assert_int_equal(backend_at(0)->running, 1);
	assert_int_equal(asked->size, 1000 + LEAD);
	assert_int_equal(asked->request, REQUEST_FILDES);
	now_ms += 7;
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
	assert_int_equal(v->name_len, strlen("Some.Virus"));
	assert_memory_equal(v->name, "Some.Virus", v->name_len);
	assert_int_equal(v->backend, 0);
	assert_int_equal(v->wait_ms, 5);
	assert_int_equal(v->scan_ms, 7);
	is_quiet();
}

/* Longer than there is room for: cut, and a byte is left. */
static void
test_long_name(void **state)
{
	char text[RECORD_NAME_MAX + 100] = "fd[1]: ";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'x', RECORD_NAME_MAX + 20);
	memcpy(text + len + RECORD_NAME_MAX + 20, " FOUND", 7);
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, text);
	is_over(0, OUTCOME_INFECTED);
	assert_int_equal(scan[0].verdict.name_len, RECORD_NAME_MAX - 1);
}

/* OK is no verdict before a canary that began behind it was found. */
static void
test_confirmed(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	now_ms += 3;
	answer(0, OK);
	is_at(0, SCAN_CONFIRMING, 0);
	assert_int_equal(opened, 2);
	/* The thread was given back; the canary has one. */
	assert_int_equal(backend_at(0)->running, 1);
	now_ms += 9;
	canary(0, CANARY);
	is_over(0, OUTCOME_CLEAN);
	assert_int_equal(scan[0].verdict.backend, 0);
	assert_int_equal(scan[0].verdict.scan_ms, 12);
	/* That one is good for others, for a while. */
	submit(1);
	answer(1, OK);
	is_over(1, OUTCOME_CLEAN);
	now_ms += INTERVAL;
	submit(2);
	answer(2, OK);
	is_at(2, SCAN_CONFIRMING, 0);
	canary(0, CANARY);
	is_over(2, OUTCOME_CLEAN);
	is_quiet();
}

/* What one clamd finds says nothing about another one. */
static void
test_confirmed_by_its_own(void **state)
{
	struct exchange *first;

	(void)state;
	set_up(2, AF_UNIX);
	submit(0);
	submit(1);
	is_at(0, SCAN_TALKING, 0);
	is_at(1, SCAN_TALKING, 1);
	answer(0, OK);
	first = asked;
	answer(1, OK);
	canary(1, CANARY);
	is_at(0, SCAN_CONFIRMING, 0);
	is_over(1, OUTCOME_CLEAN);
	asked = first;
	canary(0, CANARY);
	is_over(0, OUTCOME_CLEAN);
	is_quiet();
}

/* It misses the canary: its OK is nothing, the next one's counts; two that do
 * are enough. */
static void
test_unconfirmed(void **state)
{
	(void)state;
	set_up(3, AF_UNIX);
	submit(0);
	answer(0, OK);
	canary(0, OK);
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
	set_up(3, AF_UNIX);
	submit(0);
	answer(0, OK);
	canary(0, OK);
	answer(0, OK);
	canary(1, OK);
	is_over(0, OUTCOME_CLAMD_ERROR);
	assert_int_equal(scan[0].verdict.backend, 1);
	is_quiet();
}

/* No verdict: one other clamd, never the same, and never a third. */
static void
test_no_verdict(void **state)
{
	static const char *const reply[] = {
	    NO_REPLY, FAILED, "fd[11]: OK\r", "UNKNOWN COMMAND"};

	(void)state;
	for (size_t i = 0; i < sizeof(reply) / sizeof(reply[0]); i++) {
		set_up(3, AF_UNIX);
		submit(0);
		answer(0, reply[i]);
		is_at(0, SCAN_TALKING, 1);
		assert_int_equal(scan[0].tried, 1);
		assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
		answer(0, reply[i]);
		is_over(0, OUTCOME_CLAMD_ERROR);
		assert_int_equal(scan[0].verdict.backend, 1);
		assert_int_equal(opened, 2);
		/* One that died with it is remembered. */
		assert_int_equal(
		    guilt, reply[i][0] == '\0' ? 2 * GUILT_SURE : 0);
		is_quiet();
	}
}

/* One that died with several messages: each may have been the one. */
static void
test_shared_guilt(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	submit(1);
	answer(0, NO_REPLY);
	is_over(0, OUTCOME_CLAMD_ERROR);
	assert_int_equal(guilt, GUILT_SHARED);
}

/* The only one has had it: the end; but not if it was tired of waiting. */
static void
test_only_one(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, FAILED);
	is_over(0, OUTCOME_CLAMD_ERROR);
	set_up(1, AF_UNIX);
	submit(0);
	asked = &pool_at(scan[0].query)->exchange;
	asked->reply_len = strlen(TIRED);
	memcpy(asked->reply, TIRED, asked->reply_len);
	scan_event(scan[0].query);
	run();
	is_at(0, SCAN_TALKING, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	assert_int_equal(opened, 2);
	answer(0, VIRUS);
	is_over(0, OUTCOME_INFECTED);
}

static void
test_unconnected(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	at_once = STEP_REFUSED;
	submit(0);
	assert_int_equal(opened, 2);
	is_over(0, OUTCOME_CLAMD_DOWN);
	assert_int_equal(scan[0].verdict.backend, BACKEND_NONE);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_int_equal(backend_at(1)->state, BACKEND_DOWN);
	is_quiet();
}

/* A fault of ours says nothing about anybody. */
static void
test_fault(void **state)
{
	(void)state;
	set_up(2, AF_UNIX);
	at_once = STEP_FAULT;
	submit(0);
	is_over(0, OUTCOME_INTERNAL);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	is_quiet();
}

/* --- time ------------------------------------------------------------------ */

/* Its backlog is full: again in some ms, at the same one, up to the deadline. */
static void
test_busy(void **state)
{
	uint64_t end;

	(void)state;
	set_up(2, AF_UNIX);
	at_once = STEP_BUSY;
	submit(0);
	end = now_ms + SCAN_TIMEOUT;
	is_at(0, SCAN_OPENING, 0);
	run();
	assert_int_equal(opened, 1);
	assert_in_range(scan_next(), now_ms + 1, now_ms + 10);
	now_ms = scan_next() - 1;
	run();
	assert_int_equal(opened, 1);
	now_ms++;
	run();
	assert_int_equal(opened, 2);
	is_at(0, SCAN_OPENING, 0);
	at_once = STEP_WAIT_READ;
	now_ms = scan_next();
	run();
	is_at(0, SCAN_TALKING, 0);
	scan_cancel(&scan[0]);
	set_up(1, AF_UNIX);
	at_once = STEP_BUSY;
	submit(0);
	while (judged[0] == 0) {
		now_ms = scan_next();
		run();
	}
	assert_int_equal(now_ms, end);
	is_over(0, OUTCOME_BUSY);
	is_quiet();
}

/* A host that is gone, over TCP. */
static void
test_connecting(void **state)
{
	(void)state;
	set_up(2, AF_INET);
	at_once = STEP_WAIT_CONNECT;
	submit(0);
	is_at(0, SCAN_CONNECTING, 0);
	assert_int_equal(scan_next(), now_ms + 2000);
	now_ms += 1999;
	run();
	is_at(0, SCAN_CONNECTING, 0);
	at_once = STEP_WAIT_WRITE;
	now_ms++;
	run();
	is_at(0, SCAN_TALKING, 1);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	scan_cancel(&scan[0]);
	/* The deadline comes first. */
	set_up(1, AF_INET);
	settings.scan_timeout = 1500;
	assert_true(scan_setup(&settings, SCANS));
	at_once = STEP_WAIT_CONNECT;
	submit(0);
	now_ms += 1500;
	run();
	is_over(0, OUTCOME_CLAMD_DOWN);
}

/* Not a millisecond before, and clamd's thread is not free before it has
 * answered. */
static void
test_deadline(void **state)
{
	uint32_t query;

	(void)state;
	set_up(2, AF_UNIX);
	submit(0);
	query = scan[0].query;
	assert_int_equal(scan_next(), now_ms + SCAN_TIMEOUT);
	now_ms += SCAN_TIMEOUT - 1;
	run();
	is_at(0, SCAN_TALKING, 0);
	now_ms++;
	run();
	is_over(0, OUTCOME_TIMEOUT);
	assert_int_equal(scan[0].verdict.backend, 0);
	assert_int_equal(scan[0].verdict.scan_ms, SCAN_TIMEOUT);
	assert_int_equal(guilt, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
	assert_int_equal(backend_at(0)->running, 1);
	scan_event(query);
	assert_int_equal(backend_at(0)->running, 0);
	assert_int_equal(judged[0], 0);
	is_quiet();
}

/* It has judged others meanwhile: the message is to blame. */
static void
test_deadline_guilt(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	now_ms += 10;
	submit(1);
	answer(1, VIRUS);
	is_over(1, OUTCOME_INFECTED);
	now_ms += SCAN_TIMEOUT - 10;
	run();
	is_over(0, OUTCOME_TIMEOUT);
	assert_int_equal(guilt, GUILT_SURE);
	/* clamd hangs: its thread is given up in the end. */
	now_ms = scan_next();
	assert_int_equal(now_ms, 100000 + SCAN_TIMEOUT + 120000);
	run();
	is_quiet();
}

static void
test_deadline_confirming(void **state)
{
	(void)state;
	set_up(1, AF_UNIX);
	submit(0);
	answer(0, OK);
	is_at(0, SCAN_CONFIRMING, 0);
	now_ms += SCAN_TIMEOUT;
	scan_run(now_ms);
	is_over(0, OUTCOME_TIMEOUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_infected),
	    cmocka_unit_test(test_long_name),
	    cmocka_unit_test(test_confirmed),
	    cmocka_unit_test(test_confirmed_by_its_own),
	    cmocka_unit_test(test_unconfirmed),
	    cmocka_unit_test(test_no_verdict),
	    cmocka_unit_test(test_shared_guilt),
	    cmocka_unit_test(test_only_one),
	    cmocka_unit_test(test_unconnected),
	    cmocka_unit_test(test_fault),
	    cmocka_unit_test(test_busy),
	    cmocka_unit_test(test_connecting),
	    cmocka_unit_test(test_deadline),
	    cmocka_unit_test(test_deadline_guilt),
	    cmocka_unit_test(test_deadline_confirming),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
