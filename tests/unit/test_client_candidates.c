/* SPDX-License-Identifier: ISC */
/*
 * Stamps that were on a message: which are asked about, in which order, and what
 * is counted (around_client_stamps.h).
 */
#include "tests/unit/around_client_stamps.h"

/* Many at once stand in a queue; each gets its own. */
static void
test_queue(void **state)
{
	struct record_result a, b, r;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		send_begin(i, 1);
		send_field(i, i == 0 ? "A" : "B");
		send_end(i, 1);
	}
	judge(1, OUTCOME_CLEAN);
	judge(0, OUTCOME_CLEAN);
	assert_int_equal(questions, 1);
	while (monitor_answers())
		continue;
	assert_true(result_of(0, &a));
	assert_true(result_of(1, &b));
	send_report(0, 1);
	send_report(1, 1);
	submitted = 0;
	r = relayed(0, 2, "B", &b, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	r = relayed(0, 3, "A", &b, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
}

/* Nine candidates, one of an unknown peer, one behind the body, and an answer
 * that nobody waits for. */
static void
test_candidates(void **state)
{
	struct record_result a = scanned(0, 1, "A");
	struct record_candidate c = {
	    .head = record_head(RECORD_CANDIDATE, sizeof(c)), .peer = 1};
	struct record_checked checked = {
	    .head = record_head(RECORD_CHECKED, sizeof(checked))};

	(void)state;
	assert_false(stamping_answer(span_of(&checked, sizeof(checked))));
	send_begin(0, 2);
	for (uint32_t i = 1; i <= STAMPS_MAX; i++)
		send_candidate(0, &a, i);
	assert_false(is_closed(0));
	send_candidate(0, &a, 9);
	assert_true(is_closed(0));
	send_begin(1, 2);
	send_record(1, &c);
	assert_true(is_closed(1));
	assert_int_equal(violations, 2);
}

/* The first of several that is good counts, wherever it stands. */
static void
test_second(void **state)
{
	struct record_result a = scanned(0, 1, "A"), b = scanned(0, 2, "B"), r;

	(void)state;
	send_begin(0, 3);
	send_field(0, "A");
	send_candidate(0, &b, 4);
	send_candidate(0, &a, 6);
	send_candidate(0, &b, 7);
	send_end(0, 3);
	while (monitor_answers())
		continue;
	assert_true(result_of(0, &r));
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(r.stamped, 6);
	send_report(0, 3);
}

static bool
says(const struct log_line *line, const char *what)
{
	return memmem(line->text, line->len, what, strlen(what)) != NULL;
}

/* A database is compared by its time, whatever its number. */
static void
test_own_database(void **state)
{
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	clamd.database.time += 3600;
	r = relayed(0, 2, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN);
	assert_true(says(&reported, " stamp_reason=own-db-newer"));
	settings.stamp.db_lag = 3600000;
	r = relayed(0, 3, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	settings.stamp.db_lag = 0;
	clamd.database.time -= 3600;
	r = relayed(0, 4, "A", &a, 1);
	assert_int_equal(r.outcome, OUTCOME_CLEAN_BY_STAMP);
	/* Without one of its own that is known there is nothing to compare. */
	for (uint32_t i = 0; i < 2; i++) {
		struct database known = clamd.database;

		if (i == 0)
			clamd.database.time = 0;
		else
			clamd.database.number = 0;
		r = relayed(0, 5 + i, "A", &a, 1);
		assert_int_equal(r.outcome, OUTCOME_CLEAN);
		assert_true(says(&reported, " stamp_reason=own-db-unknown"));
		clamd.database = known;
	}
}

/* What was over before its stamp was looked at was not skipped, and the log
 * says why. */
static void
test_not_checked(void **state)
{
	static const enum outcome early[] = {OUTCOME_TOO_BIG, OUTCOME_LIMITS};
	struct record_result a = scanned(0, 1, "A"), r;

	(void)state;
	stamping_log_counts();
	for (uint32_t i = 0; i < 2; i++) {
		send_begin(0, i + 2);
		send_field(0, "A");
		send_candidate(0, &a, 1);
		send_end_as(0, i + 2, early[i]);
		assert_true(result_of(0, &r));
		assert_int_equal(r.outcome, early[i]);
		send_report(0, i + 2);
		assert_true(
		    says(&reported, " stamp=none stamp_reason=not-checked"));
	}
	assert_int_equal(
	    relayed(0, 4, "A", &a, 1).outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_true(says(&reported, " stamp=skip "));
	stamping_log_counts();
	assert_true(says(&last_line, " skip=1 not-checked=2"));
}

/* Messages without a stamp count as what the session saw, and as no skips,
 * whatever it says. */
static void
test_counts(void **state)
{
	static const uint8_t seen[] = {STAMP_GOOD, STAMP_NONE, STAMP_NOT_PEER,
	    STAMP_SYNTAX, STAMP_SYNTAX + 1, 255};

	(void)state;
	stamping_log_counts();
	for (uint32_t i = 0; i < sizeof(seen); i++) {
		struct record_report r = {
		    .head = record_head(RECORD_REPORT, sizeof(r)),
		    .report = {.message = i + 1, .stamps = seen[i]}};
		struct record_result result;

		send_begin(0, i + 1);
		send_field(0, "A");
		send_end(0, i + 1);
		judge(0, OUTCOME_CLEAN);
		monitor_answers();
		assert_true(result_of(0, &result));
		send_record(0, &r);
	}
	stamping_log_counts();
	assert_true(says(&last_line, " skip=0 not-peer=1 none=4 syntax=1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_queue),
	    T(test_own_database),
	    T(test_not_checked),
	    T(test_counts),
	    /* The last: it leaves slots out of order. */
	    T(test_second),
	    T(test_candidates),
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
