/* SPDX-License-Identifier: ISC */
/*
 * Objects of readings from sessions: scanner/client_parts.c.  What becomes of
 * the message, when its result comes, and what a stamp needs and spares
 * (around_client_parts.h).
 */
#include "tests/unit/around_client_parts.h"

static bool
has_result(void)
{
	struct record_result r;

	return result_of(0, &r);
}

/* --- honest ------------------------------------------------------------------- */

/* All clean, and all was read: clean, with a stamp.  Not before that. */
static void
test_clean(void **state)
{
	struct record_result r;
	char byte;

	(void)state;
	begin_reading(1);
	send_whole_part(10, 1);
	assert_int_equal(parts, 1);
	assert_int_equal(part[0]->size, 10);
	assert_int_equal(part[0]->lead, 0);
	assert_int_equal(pread(part[0]->memfd, &byte, 1, 0), 1);
	assert_int_equal(byte, 'b');
	judge(0, OUTCOME_CLEAN);
	send_whole_part(20, 1);
	judge_part(0, OUTCOME_CLEAN);
	judge_part(1, OUTCOME_CLEAN);
	assert_int_equal(questions, 0);
	assert_false(has_result());
	send_read(1, READ_COMPLETE);
	assert_true(monitor_answers());
	r = result();
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_int_equal(r.stamped, 1);
	assert_string_equal(r.object.part, "");
	send_report(0, 1);
	assert_int_equal(
	    relayed(0, 2, "A", &r, 1).outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(scanned(0, 3, "B").stamped, 1);
	assert_int_equal(violations, 0);
}

/* It waits for the last scan, too. */
static void
test_waits(void **state)
{
	(void)state;
	begin_reading(1);
	send_whole_part(10, 1);
	send_read(1, READ_COMPLETE);
	judge(0, OUTCOME_CLEAN);
	assert_false(has_result());
	judge_part(0, OUTCOME_TIMEOUT);
	assert_int_equal(result().outcome, OUTCOME_TIMEOUT);
	assert_int_equal(questions, 0);
}

/* What the scan of a part says is told, if it is not clean, whether READ comes
 * before it or after.  That a stamp is good no scan says. */
static void
test_each_outcome(void **state)
{
	uint32_t n = 1;

	(void)state;
	for (enum outcome o = OUTCOME_INFECTED; o < OUTCOME_COUNT; o++) {
		for (unsigned int read_first = 0; read_first < 2;
		     read_first++) {
			parts = 0;
			begin_reading(n);
			send_whole_part(10, 1);
			judge(0, OUTCOME_CLEAN);
			if (read_first == 1)
				send_read(n, READ_COMPLETE);
			assert_false(has_result());
			judge_part(0, o);
			if (read_first == 0)
				send_read(n, READ_COMPLETE);
			assert_int_equal(result().outcome, o);
			send_report(0, n++);
		}
	}
	assert_int_equal(questions, 0);
	assert_int_equal(violations, 0);
}

/* Infected in one is infected, at once; the result says in which.  What the
 * session sends until it knows is taken, and kept nowhere. */
static void
test_infected(void **state)
{
	struct record_result r;
	uint64_t held;

	(void)state;
	begin_reading(1);
	held = client_at(0)->payer.client->held;
	send_whole_part(10, 1);
	send_part();
	send_bytes(100);
	judge_part(0, OUTCOME_INFECTED);
	r = result();
	assert_int_equal(r.outcome, OUTCOME_INFECTED);
	assert_string_equal(r.object.part, "2.1");
	assert_int_equal(r.object.decoding, DECODING_BASE64_RESTART);
	assert_int_equal(cancelled, 1);
	assert_int_equal(client_at(0)->payer.client->held, held);
	send_bytes(100);
	send_part_end(1);
	send_whole_part(100, 1);
	send_part();
	send_bytes(100);
	assert_int_equal(client_at(0)->payer.client->held, held);
	send_part_end(1);
	send_replay(1);
	send_read(1, READ_COMPLETE);
	assert_int_equal(parts, 1);
	assert_int_equal(client_at(0)->payer.client->held, held);
	send_report(0, 1);
	assert_int_equal(violations, 0);
	assert_false(is_closed(0));
}

/* The whole message infected: without a part. */
static void
test_whole_infected(void **state)
{
	struct record_result r;

	(void)state;
	begin_reading(1);
	send_whole_part(10, 1);
	judge(0, OUTCOME_INFECTED);
	r = result();
	assert_int_equal(r.outcome, OUTCOME_INFECTED);
	assert_string_equal(r.object.part, "");
}

/* What was there before, or is empty, is not scanned. */
static void
test_not_kept(void **state)
{
	(void)state;
	begin_reading(1);
	send_whole_part(10, 0);
	send_part();
	send_part_end(1);
	assert_int_equal(parts, 0);
	send_read(1, READ_COMPLETE);
	judge(0, OUTCOME_CLEAN);
	assert_true(monitor_answers());
	assert_int_equal(result().stamped, 1);
}

/* What a READ says that is not COMPLETE is never clean. */
static void
test_not_complete(void **state)
{
	static const enum outcome want[READ_ENDS] = {
	    [READ_LIMIT] = OUTCOME_AMBIGUOUS,
	    [READ_LATE] = OUTCOME_TIMEOUT,
	    [READ_FAILED] = OUTCOME_INTERNAL};

	(void)state;
	for (uint32_t end = READ_LIMIT; end < READ_ENDS; end++) {
		for (unsigned int infected = 0; infected < 2; infected++) {
			parts = 0;
			begin_reading(2 * end + infected);
			send_whole_part(10, 1);
			send_read(2 * end + infected, end);
			judge(0, OUTCOME_CLEAN);
			judge_part(
			    0, infected ? OUTCOME_INFECTED : OUTCOME_CLEAN);
			assert_int_equal(result().outcome,
			    infected ? OUTCOME_INFECTED : want[end]);
			send_report(0, 2 * end + infected);
		}
	}
	assert_int_equal(questions, 0);
	assert_int_equal(violations, 0);
}

/* --- stamps ------------------------------------------------------------------- */

/* One that is good settles all, whatever was handed in meanwhile. */
static void
test_stamp_spares(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	for (uint32_t n = 2; n < 4; n++) {
		submitted = parts = 0;
		send_begin(0, n);
		send_field(0, "A");
		send_candidate(0, &a, 1);
		send_end_reading(0, n);
		send_whole_part(10, 1);
		if (n == 2) {
			judge_part(0, OUTCOME_TIMEOUT);
			send_read(n, READ_LIMIT);
		}
		assert_false(has_result());
		while (monitor_answers())
			continue;
		r = result();
		assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
		assert_int_equal(r.stamped, 1);
		assert_int_equal(submitted, 0);
		send_report(0, n);
	}
	assert_int_equal(violations, 0);
}

/* What of a reading waits for it is not begun in vain; if it is not good, it
 * goes on.  One REPLAY waits, not two. */
static void
test_stamp_first(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;
	union {
		struct record_result result;
		struct record_content content;
		uint8_t bytes[1024];
	} got;

	(void)state;
	for (uint32_t n = 2; n < 4; n++) {
		a.mac[0] ^= n == 3;
		send_begin(0, n);
		send_field(0, "A");
		send_candidate(0, &a, 1);
		send_end_reading(0, n);
		send_replay(n);
		assert_int_equal(
		    recv(session[0], &got, sizeof(got), MSG_DONTWAIT), -1);
		while (monitor_answers())
			continue;
		if (n == 2)
			assert_int_equal(
			    result().outcome, OUTCOME_CLEAN_BY_STAMP);
		assert_int_equal(
		    recv(session[0], &got, sizeof(got), MSG_DONTWAIT),
		    sizeof(got.content) + 3);
		assert_int_equal(got.content.head.type, RECORD_CONTENT);
		if (n == 3) {
			send_read(n, READ_COMPLETE);
			judge(0, OUTCOME_CLEAN);
			assert_true(monitor_answers());
			r = result();
			assert_int_equal(r.outcome, OUTCOME_CLEAN);
		}
		send_report(0, n);
	}
	assert_false(is_closed(0));
	violations = 0; /* the line about a wrong MAC */
	send_begin(0, 4);
	send_field(0, "A");
	send_candidate(0, &a, 1);
	send_end_reading(0, 4);
	send_replay(4);
	send_replay(4);
	assert_true(is_closed(0));
	reopen();
}

/* One that is not good does not: READ may be there before the answer. */
static void
test_stamp_wrong(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	a.mac[0] ^= 1;
	for (uint32_t n = 2; n < 4; n++) {
		parts = 0;
		send_begin(0, n);
		send_field(0, "A");
		send_candidate(0, &a, 1);
		send_end_reading(0, n);
		send_whole_part(10, 1);
		if (n == 2)
			send_read(n, READ_COMPLETE);
		while (monitor_answers())
			continue;
		if (n == 3)
			send_read(n, READ_COMPLETE);
		assert_false(has_result());
		judge(0, OUTCOME_CLEAN);
		judge_part(0, OUTCOME_CLEAN);
		assert_true(monitor_answers());
		r = result();
		assert_int_equal(r.outcome, OUTCOME_CLEAN);
		assert_int_equal(r.stamped, 1);
		send_report(0, n);
	}
}

/* Infected before the monitor has answered: its answer is nobody's. */
static void
test_stamp_late(void **state)
{
	struct record_result a = scanned(0, 1, "A");

	(void)state;
	send_begin(0, 2);
	send_field(0, "A");
	send_candidate(0, &a, 1);
	send_end_reading(0, 2);
	send_whole_part(10, 1);
	judge_part(0, OUTCOME_INFECTED);
	assert_int_equal(result().outcome, OUTCOME_INFECTED);
	assert_true(monitor_answers());
	assert_false(has_result());
	send_report(0, 2);
	assert_int_equal(scanned(0, 3, "B").stamped, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_clean),
	    T(test_waits),
	    T(test_each_outcome),
	    T(test_infected),
	    T(test_whole_infected),
	    T(test_not_kept),
	    T(test_not_complete),
	    T(test_stamp_spares),
	    T(test_stamp_first),
	    T(test_stamp_wrong),
	    T(test_stamp_late),
	};

	if (!set_up())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
