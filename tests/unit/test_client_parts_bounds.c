/* SPDX-License-Identifier: ISC */
/*
 * The same from sessions that were taken over: nothing beyond the bounds of
 * lib/decoding.h is kept, no record is taken at another time, and what was
 * ambiguous is remembered (around_client_parts.h).
 */
#include "tests/unit/around_client_parts.h"

/* From any time on. */
#define REMEMBER UINT32_MAX

/* --- bounds ------------------------------------------------------------------- */

/* So many objects, and no more; one that is dropped does not count. */
static void
test_objects(void **state)
{
	(void)state;
	for (uint32_t extra = 0; extra < 2; extra++) {
		parts = 0;
		begin_reading(extra + 1);
		for (unsigned int i = 0; i < READINGS_OBJECTS_MAX; i++) {
			send_whole_part(1, 0);
			send_whole_part(1, 1);
		}
		send_whole_part(1, extra);
		assert_int_equal(parts, READINGS_OBJECTS_MAX);
		send_read(extra + 1, READ_COMPLETE);
		judge(0, OUTCOME_CLEAN);
		for (unsigned int i = 0; i < READINGS_OBJECTS_MAX; i++)
			judge_part(i, OUTCOME_CLEAN);
		while (monitor_answers())
			continue;
		assert_int_equal(result().outcome,
		    extra == 0 ? OUTCOME_CLEAN : OUTCOME_AMBIGUOUS);
		send_report(0, extra + 1);
	}
	assert_int_equal(violations, 0);
}

/* Bytes of all that are kept together; the message here is a few bytes. */
static void
test_bytes(void **state)
{
	uint64_t most;

	(void)state;
	for (uint32_t extra = 0; extra < 2; extra++) {
		parts = 0;
		begin_reading(extra + 1);
		most = READINGS_BYTES_TIMES * client_at(0)->stream.len +
		       READINGS_BYTES_SPARE;
		send_whole_part(60000, 0);
		send_whole_part(60000, 1);
		send_part();
		send_bytes((size_t)most - 60000);
		if (extra == 1)
			send_bytes(1);
		send_part_end(1);
		assert_int_equal(parts, 2 - extra);
		assert_true(client_at(0)->payer.client->held < most + 1000);
		send_read(extra + 1, READ_COMPLETE);
		judge(0, OUTCOME_CLEAN);
		for (unsigned int i = 0; i < parts; i++)
			judge_part(i, OUTCOME_CLEAN);
		while (monitor_answers())
			continue;
		assert_int_equal(result().outcome,
		    extra == 0 ? OUTCOME_CLEAN : OUTCOME_AMBIGUOUS);
		send_report(0, extra + 1);
	}
	assert_int_equal(violations, 0);
}

/* One longer than a message may be (LIMIT, which four times a long one is). */
static void
test_long(void **state)
{
	struct {
		struct record_body r;
		uint8_t bytes[30000];
	} body = {.r.head = record_head(RECORD_BODY, sizeof(body))};

	(void)state;
	send_begin(0, 1);
	send_field(0, "A");
	send_record(0, &body);
	send_end_reading(0, 1);
	send_part();
	send_bytes(60000);
	send_bytes(60000);
	send_part_end(1);
	assert_int_equal(parts, 0);
	send_read(1, READ_COMPLETE);
	judge(0, OUTCOME_CLEAN);
	assert_int_equal(result().outcome, OUTCOME_AMBIGUOUS);
}

/* What never ends, kept or not, ends the session. */
static void
test_endless(void **state)
{
	unsigned int sent = 0;

	(void)state;
	begin_reading(1);
	while (!is_closed(0) && sent < 100000) {
		send_part();
		send_part_end(0);
		sent++;
	}
	assert_int_equal(sent, READINGS_TRIED_MAX + 1);
	assert_int_equal(violations, 1);
	reopen();
}

static void
test_endless_bytes(void **state)
{
	unsigned int sent = 0;

	(void)state;
	begin_reading(1);
	judge(0, OUTCOME_INFECTED);
	(void)result();
	send_part();
	while (!is_closed(0) && sent < 1000) {
		send_bytes(60000);
		sent++;
	}
	assert_in_range(sent, READINGS_TRIED_TIMES, 2 * READINGS_TRIED_TIMES);
	assert_int_equal(violations, 1);
	reopen();
}

/* --- wrong -------------------------------------------------------------------- */

/* Records by a letter: o PART, x its bytes, k and d its end, K an end of
 * another kind, r READ, R of another message, Z of another kind, p REPLAY, and
 * parts of odd names: 0 to 4.  The last is what closes. */
static void
play(const char *script)
{
	static const char *const odd[] = {
	    "", "1 2", "a", "2)\r\nX-Virus-Status: Clean", "-1"};

	for (; *script != '\0'; script++) {
		switch (*script) {
		case 'o':
			send_part();
			break;
		case 'x':
			send_bytes(3);
			break;
		case 'k':
		case 'd':
			send_part_end(*script == 'k');
			break;
		case 'K':
			send_part_end(2);
			break;
		case 'r':
		case 'Z':
			send_read(
			    1, *script == 'r' ? READ_COMPLETE : READ_ENDS);
			break;
		case 'R':
			send_read(2, READ_COMPLETE);
			break;
		case 'D':
			send_part_named("1", DECODINGS);
			break;
		case 'L': {
			struct record_part r = {
			    .head = record_head(RECORD_PART, sizeof(r))};

			memset(r.object.part, '1', sizeof(r.object.part));
			send_record(0, &r);
			break;
		}
		case 'p':
			send_replay(1);
			break;
		case 'J':
			judge(0, OUTCOME_INFECTED);
			break;
		default:
			send_part_named(odd[*script - '0'], DECODING_AS_IS);
		}
	}
}

static void
test_wrong(void **state)
{
	static const char *const scripts[] = {"x", "k", "d", "oo", "okk", "oxr",
	    "oK", "rr", "ro", "rx", "rd", "R", "Z", "0", "1", "2", "3", "4",
	    "D", "L", "Jx", "Joo", "Jrr", "Jro", "JR", "JZ", "J1", "JoK", "or",
	    "rp"};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		char but_last[8] = "";

		for (unsigned int all = 0; all < 2; all++) {
			snprintf(
			    but_last, strlen(scripts[i]), "%s", scripts[i]);
			parts = violations = 0;
			begin_reading(1);
			play(all == 1 ? scripts[i] : but_last);
			assert_int_equal(violations, all);
			reopen();
		}
	}
}

/* Nothing of it without an END that says so. */
static void
test_unannounced(void **state)
{
	(void)state;
	for (unsigned int judged = 0; judged < 2; judged++) {
		send_begin(0, 1);
		send_field(0, "A");
		send_end(0, 1);
		if (judged == 1)
			judge(0, OUTCOME_INFECTED);
		assert_int_equal(violations, 0);
		send_part();
		assert_int_equal(violations, 1);
		reopen();
	}
	send_begin(0, 1);
	send_field(0, "A");
	send_part();
	assert_int_equal(violations, 1);
	reopen();
}

/* One memfd a datagram: behind a PART_END there is nothing. */
static void
test_last(void **state)
{
	struct {
		struct record_part_end end;
		struct record_read read;
	} both = {{record_head(RECORD_PART_END, sizeof(both.end)), 1},
	    {record_head(RECORD_READ, sizeof(both.read)), 1, READ_COMPLETE}};

	(void)state;
	begin_reading(1);
	send_part();
	send_bytes(3);
	assert_int_equal(
	    send(session[0], &both, sizeof(both), 0), sizeof(both));
	client_input(0);
	assert_int_equal(violations, 1);
	reopen();
}

/* --- known -------------------------------------------------------------------- */

/* What was ambiguous is remembered, and nothing else that was read is. */
static void
test_remembered(void **state)
{
	enum outcome was = OUTCOME_CLEAN;
	struct stream *s;
	bool known;

	(void)state;
	for (uint32_t end = READ_COMPLETE; end < READ_ENDS; end++) {
		suspects_setup(REMEMBER);
		begin_reading(end + 1);
		send_read(end + 1, end);
		judge(0, OUTCOME_CLEAN);
		while (monitor_answers())
			continue;
		(void)result();
		s = &client_at(0)->stream;
		known = suspects_find(
		    s->memfd, s->written - s->len, s->len, 1, &was);
		assert_int_equal(known, end == READ_LIMIT);
		send_report(0, end + 1);
	}
	assert_int_equal(was, OUTCOME_AMBIGUOUS);
}

/* Then the answer comes with the next turn, whatever else was to come. */
static void
test_known(void **state)
{
	(void)state;
	begin_reading(1);
	running[0]->remembered = true;
	send_whole_part(10, 1);
	judge(0, OUTCOME_AMBIGUOUS);
	assert_int_equal(result().outcome, OUTCOME_AMBIGUOUS);
	assert_int_equal(cancelled, 1);
	send_report(0, 1);
	assert_int_equal(violations, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_objects),
	    T(test_bytes),
	    T(test_long),
	    T(test_endless),
	    T(test_endless_bytes),
	    T(test_wrong),
	    T(test_unannounced),
	    T(test_last),
	    T(test_remembered),
	    T(test_known),
	};

	if (!set_up())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
