/* SPDX-License-Identifier: ISC */
/*
 * Stamps between sessions, scanner and monitor: which are made, and for what, by
 * honest sessions and by some that were taken over (around_client_stamps.h).
 */
#include "tests/unit/around_client_stamps.h"

static void
send_plain(uint32_t n, enum record_type type)
{
	struct record_plain r = {.head = record_head(type, sizeof(r))};

	send_record(n, &r);
}

/* --- tests --------------------------------------------------------------------- */

static void
test_made_and_good(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	assert_int_equal(a.outcome, OUTCOME_CLEAN);
	assert_int_equal(a.stamped, 1);
	assert_int_equal(notary_check(a.stamp, a.mac, 0, now), STAMP_GOOD);
	submitted = 0;
	r = relayed(1, 1, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(r.stamped, 1);
	assert_int_equal(submitted, 0);
	assert_int_equal(stamps_made, 1); /* a skip makes none */
	assert_int_equal(violations, 0);
}

/* A stamp for A says nothing of B, whoever sends it. */
static void
test_other_message(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	submitted = 0;
	r = relayed(0, 2, "B", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_int_equal(submitted, 1);
	assert_memory_not_equal(r.stamp, a.stamp, sizeof(a.stamp));
	a.mac[31] ^= 1;
	r = relayed(0, 3, "A", &a, 8);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_int_equal(submitted, 2);
}

/* Nothing but clamd's OK leads to a stamp. */
static void
test_only_clean(void **state)
{
	static const enum outcome not_clean[] = {OUTCOME_INFECTED,
	    OUTCOME_TOO_BIG, OUTCOME_CLAMD_DOWN, OUTCOME_CLAMD_ERROR,
	    OUTCOME_TIMEOUT, OUTCOME_BUSY, OUTCOME_INTERNAL};
	struct record_result r;

	(void)state;
	for (uint32_t i = 0; i < sizeof(not_clean) / sizeof(not_clean[0]);
	     i++) {
		send_begin(0, i + 1);
		send_field(0, "A");
		send_end(0, i + 1);
		judge(0, not_clean[i]);
		assert_true(result_of(0, &r));
		assert_int_equal(r.stamped, 0);
		send_report(0, i + 1);
	}
	assert_int_equal(questions, 0);
}

/* What clamd calls clean without having looked into all of it is not, and
 * gets none. */
static void
test_not_unpacked(void **state)
{
	struct record_result r;

	(void)state;
	archive_fault = ARCHIVE_TOO_BIG;
	r = scanned(0, 1, "A");
	archive_fault = ARCHIVE_FINE;
	assert_int_equal(r.outcome, OUTCOME_NOT_UNPACKED);
	assert_int_equal(r.stamped, 0);
	assert_int_equal(questions, 0);
	/* It is over with that message. */
	assert_int_equal(scanned(0, 2, "A").stamped, 1);
}

/* Not of a clamd without a database, or that hides its limits; not of a
 * message that has no digests. */
static void
test_not_fit(void **state)
{
	(void)state;
	clamd.alerts = false;
	assert_int_equal(scanned(0, 1, "A").stamped, 0);
	clamd.alerts = true;
	clamd.database.number = 0;
	assert_int_equal(scanned(0, 2, "A").stamped, 0);
	clamd.database.number = 27091;
	assert_int_equal(scanned(0, 3, "A\rB").stamped, 0);
	archive_blind = true;
	assert_int_equal(scanned(0, 4, "A").stamped, 0);
	archive_blind = false;
	assert_int_equal(questions, 0);
	assert_int_equal(scanned(0, 5, "A").stamped, 1);
}

/* A second END, fields after END, and a stamp's record out of a session's own
 * mouth end the session, and no stamp comes of it. */
static void
test_taken_over(void **state)
{
	struct record_stamp stamp = {
	    .head = record_head(RECORD_STAMP, sizeof(stamp))};
	struct record_check check = {
	    .head = record_head(RECORD_CHECK, sizeof(check))};
	struct record_stamped stamped = {
	    .head = record_head(RECORD_STAMPED, sizeof(stamped)),
	    .answer = STAMP_MADE};
	const void *own[] = {&stamp, &check, &stamped};
	int pair[2];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		send_begin(0, 1);
		send_field(0, "A");
		send_end(0, 1);
		if (i == 0)
			send_end(0, 1);
		else if (i == 1)
			send_field(0, "B");
		else
			send_record(0, own[i - 2]);
		assert_true(is_closed(0));
		assert_int_equal(questions, 0);
		close(session[0]);
		assert_true(channel_pair(pair));
		session[0] = pair[0];
		client_add(pair[1], 0);
	}
	assert_int_equal(violations, 5);
	assert_int_equal(client_count(), 2);
}

/* ABORT while the monitor has been asked: its answer is nobody's, and neither
 * the next message nor the other session gets it. */
static void
test_abort(void **state)
{
	struct record_result r;

	(void)state;
	send_begin(0, 1);
	send_field(0, "A");
	send_end(0, 1);
	judge(0, OUTCOME_CLEAN);
	assert_int_equal(questions, 1);
	send_plain(0, RECORD_ABORT);
	send_report(0, 1);
	send_begin(0, 2);
	send_field(0, "B");
	send_end(0, 2);
	send_begin(1, 1);
	send_field(1, "C");
	send_end(1, 1);
	judge(1, OUTCOME_CLEAN); /* has to wait for the monitor */
	assert_int_equal(questions, 1);
	monitor_answers();
	assert_false(result_of(0, &r));
	assert_false(result_of(1, &r));
	assert_int_equal(questions, 2);
	monitor_answers();
	assert_true(result_of(1, &r));
	assert_int_equal(r.stamped, 1);
	assert_false(result_of(0, &r));
	judge(0, OUTCOME_INFECTED);
	assert_true(result_of(0, &r));
	assert_int_equal(r.stamped, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_made_and_good),
	    T(test_other_message),
	    T(test_only_clean),
	    T(test_not_unpacked),
	    T(test_not_fit),
	    T(test_taken_over),
	    T(test_abort),
	};

	now = (uint64_t)time(NULL);
	clamd.database.time = now - 3600;
	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	notary_setup(&settings.stamp);
	if (!make_ring() || !stream_setup(LIMIT) || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
