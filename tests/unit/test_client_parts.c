/* SPDX-License-Identifier: ISC */
/*
 * Objects of readings from sessions, honest ones and some that were taken over:
 * scanner/client_parts.c.  What becomes of the message, when its result comes,
 * that nothing beyond the bounds is kept, and what a stamp needs and spares
 * (around_client_stamps.h).
 */
#include "tests/unit/around_client_stamps.h"

#include "scanner/suspects.h"

/* From any time on. */
#define REMEMBER UINT32_MAX

static void
send_end_reading(uint32_t n, uint32_t message)
{
	struct record_end r = {.head = record_head(RECORD_END, sizeof(r)),
	    .message = message,
	    .readings = 1};

	send_record(n, &r);
}

static void
send_part_named(const char *name, enum decoding decoding)
{
	struct record_part r = {.head = record_head(RECORD_PART, sizeof(r)),
	    .object.decoding = decoding};

	memcpy(r.object.part, name, strlen(name));
	send_record(0, &r);
}

static void
send_part(void)
{
	send_part_named("2.1", DECODING_BASE64_RESTART);
}

static void
send_bytes(size_t len)
{
	static struct {
		struct record_part_bytes r;
		uint8_t bytes[60000];
	} piece;

	memset(piece.bytes, 'b', sizeof(piece.bytes));
	piece.r.head = record_head(RECORD_PART_BYTES, sizeof(piece.r) + len);
	send_record(0, &piece);
}

static void
send_part_end(uint32_t keep)
{
	struct record_part_end r = {
	    .head = record_head(RECORD_PART_END, sizeof(r)), .keep = keep};

	send_record(0, &r);
}

static void
send_whole_part(size_t len, uint32_t keep)
{
	send_part();
	send_bytes(len);
	send_part_end(keep);
}

static void
send_read(uint32_t message, uint32_t end)
{
	struct record_read r = {.head = record_head(RECORD_READ, sizeof(r)),
	    .message = message,
	    .end = end};

	send_record(0, &r);
}

static void
send_replay(uint32_t message)
{
	struct record_replay r = {.head = record_head(RECORD_REPLAY, sizeof(r)),
	    .message = message,
	    .credit = 3};

	send_record(0, &r);
}

/* The session ends, if it has not been ended, and another one begins. */
static void
reopen(void)
{
	int pair[2];

	close(session[0]);
	if (client_count() == 2)
		client_input(0);
	running[0] = NULL;
	violations = 0;
	assert_true(channel_pair(pair));
	session[0] = pair[0];
	client_add(pair[1], 0);
}

/* A message that is being read. */
static void
begin_reading(uint32_t message)
{
	send_begin(0, message);
	send_field(0, "A");
	send_end_reading(0, message);
	assert_non_null(running[0]);
}

static void
judge_part(unsigned int number, enum outcome outcome)
{
	struct scan *j = part[number];

	assert_int_equal(j->state, SCAN_WAITING);
	j->state = SCAN_IDLE;
	j->verdict.outcome = outcome;
	j->identity = clamd;
	scan_judged(j);
}

/* The result, which has to be there. */
static struct record_result
result(void)
{
	struct record_result r = {0};

	assert_true(result_of(0, &r));
	return r;
}

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

	now = (uint64_t)time(NULL);
	clamd.database.time = now - 3600;
	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	notary_setup(&settings.stamp);
	if (!make_ring() || !stream_setup(LIMIT) || !case_setup() ||
	    !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
