/* SPDX-License-Identifier: ISC */
/*
 * Sessions in the scanner: what they are answered, what they may read again, how
 * many there are, and their end; scanner/client_records.c and client_replay.c
 * (around_client_records.h).
 */
#include "tests/unit/around_client_records.h"

/* What the session's message has in memory. */
static uint64_t
held(void)
{
	return client_at(0)->payer.listener->held;
}

/* One piece is asked for at a time, and not more than is read. */
static void
test_replay(void **state)
{
	unsigned int asked = 0;
	union {
		struct record_result result;
		struct {
			struct record_content content;
			uint8_t bytes[64];
		};
	} got;

	(void)state;
	open_session();
	play("bdE|pr", true);
	assert_true(is_closed());
	assert_int_equal(violations, 1);
	close_session();
	open_session();
	play("bfde|J|", true);
	assert_int_equal(recv(session_fd, &got, sizeof(got), 0),
	    sizeof(struct record_result));
	assert_int_equal(got.result.outcome, OUTCOME_INFECTED);
	assert_int_equal(got.result.name_len, 5);
	assert_memory_equal(got.result.name, "Eicar", 6);
	play("p", true);
	assert_int_equal(
	    recv(session_fd, &got, sizeof(got), 0), sizeof(got.content) + 1);
	assert_int_equal(got.content.stored, 1);
	assert_int_equal(got.content.size, strlen("N: v\r\n\r\nhello"));
	assert_int_equal(got.bytes[0], 'N');
	assert_true(held() > 0);
	play("r", true);
	assert_int_equal(held(), 0);
	close_session();
	open_session();
	play("bdE|p|r2bdE", true); /* control */
	assert_false(is_closed());
	for (; !is_closed(); asked++) {
		assert_true(asked < 10000);
		play("2p", true);
	}
	assert_true(asked > 2);
	assert_int_equal(violations, 1);
	close_session();
}

/* The same records with the violation in front of it are taken: the last
 * letter is what closes, not something before it. */
static void
test_bad_without_last(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char script[32] = "";

		memcpy(script, bad[i].script, strlen(bad[i].script) - 1);
		open_session();
		play(script, false);
		assert_false(is_closed());
		assert_int_equal(violations, 0);
		close_session();
		assert_int_equal(lost, bad[i].lost);
	}
}

static void
test_result(void **state)
{
	struct record_result result;

	(void)state;
	open_session();
	play("7bdE", false);
	assert_int_equal(
	    recv(session_fd, &result, sizeof(result), 0), sizeof(result));
	assert_true(record_check(ROLE_SCANNER, ROLE_SESSION,
	    span_of(&result, sizeof(result)), false));
	assert_int_equal(result.message, 7);
	assert_int_equal(result.outcome, OUTCOME_TOO_BIG);
	assert_int_equal(result.name_len, 0);
	close_session();
	assert_int_equal(lost, 1);
}

static void
test_too_big(void **state)
{
	static uint8_t big[RECORD_BATCH_MAX];
	struct record_body body = {
	    .head = record_head(RECORD_BODY, sizeof(big))};

	(void)state;
	memcpy(big, &body, sizeof(body));
	open_session();
	play("b", false);
	for (int i = 0; i < 3; i++) {
		add(big, sizeof(big));
		deliver();
		assert_false(is_closed());
	}
	play("e", false);
	assert_int_equal(submitted, 0);
	play("r", false);
	assert_int_equal(violations, 0);
	close_session();
}

static void
test_too_long_datagram(void **state)
{
	static uint8_t big[RECORD_BATCH_MAX + 1];
	struct record_body body = {
	    .head = record_head(RECORD_BODY, sizeof(big))};

	(void)state;
	memcpy(big, &body, sizeof(body));
	open_session();
	play("b", false);
	add(big, sizeof(big));
	deliver();
	assert_true(is_closed());
	assert_int_equal(violations, 1);
	close_session();
}

/* A descriptor that a session sends along is not installed here. */
static void
test_descriptor_not_installed(void **state)
{
	struct record_plain abort_record = {
	    .head = record_head(RECORD_ABORT, sizeof(abort_record))};
	int before, after;

	(void)state;
	open_session();
	play("b", false);
	before = dup(0);
	close(before);
	assert_true(channel_send(session_fd, &abort_record, 0));
	client_input(0);
	after = dup(0);
	close(after);
	/* the aborted message's memfd may have made a lower one free */
	assert_true(after <= before);
	assert_false(is_closed());
	play("r", false);
	close_session();
}

/* A session that never read the scanner's last record is heard to the end. */
static void
test_last_words(void **state)
{
	(void)state;
	open_session();
	play("bE", true);
	add_letter('r', 1);
	assert_int_equal(send(session_fd, out, out_len, 0), (ssize_t)out_len);
	out_len = 0;
	close(session_fd);
	client_input(0);
	assert_int_equal(reports, 1);
	session_fd = dup(0);
	close_session();
	assert_int_equal(lost, 0);
}

/* What client_setup makes of max_sessions = 1. */
#define SLOTS (2 + CLIENT_SPARE)
/* Of one listener. */
#define SHARE (SLOTS - SLOTS / 4)

static void
test_slots(void **state)
{
	static int session[SLOTS + 1];
	int pair[2];
	char byte;

	(void)state;
	for (size_t i = 0; i < SLOTS + 1; i++) {
		assert_true(channel_pair(pair));
		session[i] = pair[0];
		client_add(pair[1], i < SHARE ? 0 : 1);
	}
	assert_int_equal(client_count(), SLOTS);
	assert_int_equal(recv(session[SLOTS], &byte, 1, 0), 0);
	assert_int_equal(recv(session[SLOTS - 1], &byte, 1, 0), -1);
	/* downwards: slot 0 is the next one to be taken again */
	for (uint32_t i = SLOTS + 1; i-- > 0;) {
		close(session[i]);
		if (i < SLOTS)
			client_input(i);
	}
	assert_int_equal(client_count(), 0);
}

/* One listener's sessions leave the others room; they end with it, although
 * the other ends of their channels are still open, and not unread. */
static void
test_listener(void **state)
{
	static int session[SHARE + 2];
	int pair[2];
	char byte;

	(void)state;
	for (size_t i = 0; i < SHARE + 2; i++) {
		assert_true(channel_pair(pair));
		session[i] = pair[0];
		client_add(pair[1], i == 0 ? 3 : 2);
	}
	assert_int_equal(client_count(), SHARE + 1);
	assert_int_equal(recv(session[SHARE + 1], &byte, 1, 0), 0);
	assert_int_equal(recv(session[SHARE], &byte, 1, 0), -1);
	lost = 0;
	add_letter('b', 1);
	assert_int_equal(send(session[1], out, out_len, 0), (ssize_t)out_len);
	out_len = 0;
	client_leave(2);
	assert_int_equal(lost, 1);
	assert_int_equal(recv(session[1], &byte, 1, 0), 0);
	assert_int_equal(recv(session[0], &byte, 1, 0), -1);
	assert_int_equal(client_count(), 1);
	client_leave(3); /* last: slot 0 is the next one again */
	assert_int_equal(client_count(), 0);
	lost = 0;
	for (size_t i = 0; i < SHARE + 2; i++)
		close(session[i]);
}

/* Last: draining stays. */
static void
test_drain(void **state)
{
	struct record_plain drain;

	(void)state;
	client_drain();
	open_session();
	assert_int_equal(
	    recv(session_fd, &drain, sizeof(drain), 0), sizeof(drain));
	assert_int_equal(drain.head.type, RECORD_DRAIN);
	close_session();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_without_last),
	    cmocka_unit_test(test_replay),
	    cmocka_unit_test(test_result),
	    cmocka_unit_test(test_too_big),
	    cmocka_unit_test(test_too_long_datagram),
	    cmocka_unit_test(test_descriptor_not_installed),
	    cmocka_unit_test(test_last_words),
	    cmocka_unit_test(test_slots),
	    cmocka_unit_test(test_listener),
	    cmocka_unit_test(test_drain),
	};
	struct scanner_settings settings = {
	    .max_sessions = 1, .limits.messages = 9};

	stamping_setup(&settings.stamp);
	share_setup(UINT64_MAX);
	if (!stream_setup(LIMIT) || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
