/* SPDX-License-Identifier: ISC */
/*
 * Records from sessions: scanner/client_records.c.  Which sequences are taken, and
 * that each other one ends exactly the session it came from
 * (around_client_records.h).
 */
#include "tests/unit/around_client_records.h"

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(good) / sizeof(good[0])); i++) {
		bool batched = (i & 1) != 0;

		print_message("%s\n", good[i / 2].script);
		open_session();
		play(good[i / 2].script, batched);
		assert_false(is_closed());
		assert_int_equal(violations, 0);
		assert_int_equal(lost, 0);
		assert_int_equal(reports, good[i / 2].reports);
		assert_int_equal(submitted, good[i / 2].submitted);
		assert_int_equal(
		    closings, strchr(good[i / 2].script, 'c') != NULL);
		if (reports > 0)
			assert_int_equal(reported_in, good[i / 2].reported_in);
		assert_int_equal(client_busy(), 0);
		close_session();
		assert_int_equal(lost, 0);
	}
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * (sizeof(bad) / sizeof(bad[0])); i++) {
		char byte;

		print_message("%s\n", bad[i / 2].script);
		open_session();
		play(bad[i / 2].script, (i & 1) != 0);
		assert_true(is_closed());
		assert_int_equal(violations, 1);
		assert_int_equal(lost, bad[i / 2].lost);
		assert_int_equal(cancelled,
		    submitted > 0 && strchr(bad[i / 2].script, 'J') == NULL);
		/* the session sees end of file, behind results if any */
		while (recv(session_fd, &byte, 1, MSG_TRUNC) > 0)
			continue;
		assert_int_equal(recv(session_fd, &byte, 1, 0), 0);
		close_session();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	};
	struct scanner_settings settings = {
	    .max_sessions = 1, .limits.messages = 9};

	stamping_setup(&settings.stamp);
	share_setup(UINT64_MAX);
	if (!stream_setup(LIMIT) || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
