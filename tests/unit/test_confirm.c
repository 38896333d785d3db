/* SPDX-License-Identifier: ISC */
/*
 * Which clean messages wait for a canary, for which one, and what becomes of
 * them: scanner/clamd/confirm.c with the real scanner/clamd/backend.c and canary.c, an
 * open end for clamd (fake_clamd.h), and no jobs but what is waited for.
 */
#include "scanner/clamd/confirm.h"

#include <stdio.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/standby.h"
#include "tests/unit/fake_clamd.h"

#define MB	 (UINT64_C(1) << 20)
#define INTERVAL 1000
#define LEAD	 100
#define FOUND	 "fd[11]: Eicar FOUND"
#define BLIND	 "fd[11]: OK"
#define LIMIT	 "fd[11]: Heuristics.Limits.Exceeded.MaxFileSize FOUND"

static struct scanner_settings settings;
enum word { WAITS = CONFIRM_HANGS + 1, GONE };

static struct message {
	struct confirm_wait wait;
	int word;	/* enum confirm_word, or WAITS, GONE */
	bool elsewhere; /* there is no other clamd for it */
} job[4];
static bool down;	   /* probe_fail was called */
static char down_for[256]; /* and why */
static unsigned int hangs; /* probe_hangs was called so often */

/* What scan_verdict.c does, as far as it can be seen from here. */
static void
leave(struct message *m, int word)
{
	confirm_leave(&m->wait);
	m->word = word;
}

void
confirm_told(struct confirm_wait *w, enum confirm_word word)
{
	struct message *m = (struct message *)(void *)w;

	assert_int_equal(m->word, WAITS);
	if (word != CONFIRM_HANGS || !m->elsewhere)
		leave(m, (int)word);
}

void
probe_hangs(uint32_t backend)
{
	hangs++;
	confirm_hangs(backend);
}

void
probe_fail(uint32_t index, struct reason reason)
{
	down = true;
	reason_text(&reason, down_for, sizeof(down_for));
	backend_failed(index, reason);
}

static void
set_up(uint32_t backends, uint32_t interval)
{
	memset(&settings, 0, sizeof(settings));
	settings.backends = backends;
	settings.confirm_interval = interval;
	settings.max_message_size = 100 * MB;
	settings.scan_timeout = 60000;
	memory_setup(64 * MB);
	assert_true(stream_setup(100 * MB));
	canary_setup();
	now_ms = 5000;
	opened = hangs = 0;
	down = false;
	at_once = STEP_WAIT_READ;
	for (uint32_t i = 0; i < backends; i++) {
		settings.backend[i].weight = 1;
		settings.backend[i].address.any.sa_family = AF_UNIX;
	}
	backend_setup(&settings);
	for (uint32_t i = 0; i < backends; i++) {
		backend_at(i)->threads = 4;
		backend_works(i);
		backend_proved(i, 100 * MB);
	}
	confirm_setup(&settings);
	memset(job, 0, sizeof(job));
}

/* clamd has answered so to message i of that many bytes.  True: that counts. */
static bool
answered(uint32_t i, uint32_t backend, uint64_t size, enum outcome outcome)
{
	if (!confirm_is_wanted(backend, size, outcome))
		return true;
	job[i].word = WAITS;
	confirm_join(&job[i].wait, backend, size);
	return false;
}

static bool
judged(uint32_t i, uint32_t backend, uint64_t size)
{
	return answered(i, backend, size, OUTCOME_CLEAN);
}

/* How much a packed canary of that length holds, by its own size. */
static void
assert_asked_for(uint64_t length)
{
	assert_in_range(asked->size, length / 140, 2 * length / 110 + 8192);
}

static bool
waits(uint32_t i)
{
	return job[i].word == WAITS;
}

static void
run(void)
{
	confirm_run(now_ms);
}

static void
answer(uint32_t line, const char *text)
{
	say(text);
	confirm_event(line);
}

static void
assert_nothing_held(void)
{
	assert_true(memory_take(64 * MB));
	memory_give(64 * MB);
	assert_int_equal(backend_at(0)->running, 0);
	assert_int_equal(backend_at(0)->reserved, 0);
	assert_true(confirm_next() == UINT64_MAX);
}

static void
test_waits(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	assert_int_equal(opened, 0);
	assert_true(confirm_next() <= now_ms);
	run();
	assert_int_equal(opened, 1);
	assert_int_equal(asked->request, REQUEST_FILDES);
	assert_int_equal(backend_at(0)->running, 1);
	assert_true(waits(0));
	answer(0, FOUND);
	assert_false(waits(0));
	assert_int_equal(job[0].word, CONFIRM_FOUND);
	assert_nothing_held();
	/* For a while, that is good for others. */
	now_ms += INTERVAL - 1;
	assert_true(judged(1, 0, 8192));
	now_ms++;
	assert_false(judged(2, 0, 10));
}

/* Began after the answer, and nothing else, with an interval of 0. */
static void
test_began_after(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	assert_false(judged(2, 0, 10));
	run();
	assert_int_equal(opened, 1);
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(waits(1) && waits(2));
	run();
	assert_int_equal(opened, 2);
	answer(0, FOUND);
	assert_false(waits(1) || waits(2));
	assert_false(judged(0, 0, 10));
}

/* One that is under way is recent enough when it is found; but not if that
 * took longer than the interval. */
static void
test_under_way(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	answer(0, FOUND);
	assert_false(waits(0) || waits(1));
	now_ms += INTERVAL;
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	now_ms += INTERVAL;
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(waits(1));
	run();
	assert_int_equal(opened, 3);
}

static void
test_length(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	run();
	/* Longer than the one that is under way. */
	assert_false(judged(1, 0, 65537));
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(waits(1));
	run();
	assert_int_equal(opened, 2);
	answer(0, FOUND);
	assert_false(waits(1));
	assert_true(judged(0, 0, 131072));
	/* Long ones have lines of their own. */
	assert_false(judged(2, 0, 3 * MB));
	run();
	assert_int_equal(opened, 3);
	assert_asked_for(4 * MB);
	assert_true(judged(0, 0, 10));
	answer(1, FOUND);
	assert_false(waits(2));
	assert_true(judged(2, 0, 4 * MB));
	assert_false(judged(2, 0, 4 * MB + 1));
}

/* No longer than what the clamd is known to look into, if that will do. */
static void
test_limit(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = 20000;
	assert_false(judged(0, 0, 17000));
	run();
	answer(0, FOUND);
	assert_false(waits(0));
	assert_true(judged(0, 0, 20000));
	assert_false(judged(0, 0, 20001));
}

static void
test_missed(void **state)
{
	static const struct {
		const char *reply, *why;
	} row[] = {
	    {BLIND, "says OK to the EICAR test string in 8192 bytes"},
	    {"fd[11]: Can't create new file ERROR",
		"no verdict on a test message: scan-error"},
	    {LIMIT, "no verdict on a test message: too big"},
	    {"", "no verdict on a test message: no-reply"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		set_up(1, INTERVAL);
		assert_false(judged(0, 0, 10));
		run();
		assert_false(judged(1, 0, 10)); /* for the next one */
		answer(0, row[i].reply);
		assert_true(down);
		assert_string_equal(down_for, row[i].why);
		for (size_t k = 0; k < 2; k++) {
			assert_false(waits((uint32_t)k));
			assert_int_equal(job[k].word, CONFIRM_MISSED);
		}
		run();
		assert_int_equal(opened, 1);
		assert_nothing_held();
	}
}

/* What was found before an outage is no confirmation after it. */
static void
test_outage(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	assert_false(judged(0, 0, 10));
	run();
	answer(0, FOUND);
	now_ms++;
	assert_true(judged(0, 0, 10));
	backend_suspected(0, reason_of(REASON_SILENT_MESSAGE));
	backend_works(0);
	assert_false(judged(0, 0, 10));
}

static void
test_refused(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	at_once = STEP_REFUSED;
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(job[0].word, CONFIRM_MISSED);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_nothing_held();
}

/* A full backlog: the same again, some ms later. */
static void
test_busy(void **state)
{
	(void)state;
	set_up(1, 0);
	at_once = STEP_BUSY;
	assert_false(judged(0, 0, 10));
	run();
	run();
	assert_int_equal(opened, 1);
	assert_in_range(confirm_next(), now_ms + 1, now_ms + 10);
	at_once = STEP_WAIT_READ;
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 2);
	answer(0, FOUND);
	assert_false(waits(0));
	assert_nothing_held();
}

/* It takes a thread like a message: the next one that gets free. */
static void
test_room(void **state)
{
	uint32_t index;

	(void)state;
	set_up(1, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_false(judged(0, 0, 10));
	assert_false(judged(1, 0, 2 * MB));
	run();
	assert_int_equal(opened, 0);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 1);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 2);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
}

static void
test_no_memory(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_true(memory_take(64 * MB));
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(opened, 0);
	assert_false(down);
	memory_give(64 * MB);
	now_ms = confirm_next();
	run();
	answer(0, FOUND);
	assert_false(waits(0));
	assert_nothing_held();
}

static void
test_silent(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 10));
	run();
	now_ms = confirm_next();
	assert_in_range(now_ms, 5000 + 5000, 5000 + 15000);
	run();
	assert_string_equal(down_for, "no answer to a test message");
	assert_int_equal(hangs, 1);
	assert_false(waits(0));
	assert_nothing_held();
}

/* Found to hang otherwise: who can go elsewhere does. */
static void
test_hangs(void **state)
{
	(void)state;
	set_up(2, 0);
	assert_false(judged(0, 0, 10));
	assert_false(judged(1, 1, 10));
	assert_false(judged(2, 0, 10));
	job[2].elsewhere = true;
	run();
	confirm_hangs(0);
	assert_int_equal(job[0].word, CONFIRM_HANGS);
	assert_true(waits(1) && waits(2));
}

/* Who leaves is not asked for again. */
static void
test_leaves(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 10));
	run();
	assert_false(judged(1, 0, 10));
	leave(&job[0], GONE);
	leave(&job[1], GONE);
	answer(0, FOUND);
	assert_int_equal(job[0].word, GONE);
	run();
	assert_int_equal(opened, 1);
	assert_nothing_held();
}

/* The canary goes the way that messages go. */
static void
test_stream(void **state)
{
	(void)state;
	set_up(1, 0);
	backend_at(0)->instream = true;
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(asked->request, REQUEST_INSTREAM);
	answer(0, "stream: Eicar FOUND");
	assert_false(waits(0));
}

/* A message that is longer than all before: the smallest proof that covers it
 * is enough, and tells for those that are shorter. */
static void
test_need(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 30 * MB));
	run();
	assert_int_equal(opened, 1);
	assert_asked_for(30 * MB);
	assert_false(judged(1, 0, 20 * MB));
	assert_false(judged(2, 0, 3 * MB));
	answer(3, FOUND);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(job[i].word, CONFIRM_FOUND);
	assert_int_equal(backend_at(0)->proved, 30 * MB);
	assert_true(judged(0, 0, 30 * MB));
	/* From now on they share, as others do. */
	now_ms += INTERVAL;
	assert_false(judged(0, 0, 17 * MB));
	run();
	assert_asked_for(30 * MB);
	answer(3, FOUND);
}

/* One that waits is released by any proof that covers it, and does not wait
 * for a longer one. */
static void
test_not_for_longer(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 2 * MB));
	assert_false(judged(1, 0, 90 * MB));
	run();
	assert_int_equal(opened, 2);
	/* The long one began last, and answers first. */
	assert_asked_for(90 * MB);
	answer(3, FOUND);
	assert_false(waits(0) || waits(1));
	/* The other way round. */
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_false(judged(1, 0, 90 * MB));
	run();
	assert_false(judged(0, 0, 2 * MB));
	run();
	assert_asked_for(2 * MB);
	answer(1, FOUND);
	assert_false(waits(0));
	assert_true(waits(1));
}

/* One large canary at a time, for the message whose turn it is. */
static void
test_one_large(void **state)
{
	(void)state;
	set_up(1, 0);
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 20 * MB));
	assert_false(judged(1, 0, 90 * MB));
	assert_false(judged(2, 0, 18 * MB));
	run();
	assert_int_equal(opened, 1);
	assert_asked_for(20 * MB);
	assert_false(judged(3, 0, 19 * MB));
	run();
	assert_int_equal(opened, 1);
	answer(3, FOUND);
	assert_false(waits(0) || waits(2));
	assert_true(waits(1) && waits(3));
	run();
	assert_int_equal(opened, 2);
	assert_asked_for(90 * MB);
	answer(3, FOUND);
	assert_false(waits(1) || waits(3));
	assert_nothing_held();
	/* None at all if nothing needs one: a start sends none. */
	confirm_setup(&settings);
	run();
	assert_int_equal(opened, 2);
}

/* Beyond its limits, which it says, or passes over; the shorter ones wait on. */
static void
test_exceeds(void **state)
{
	static const struct {
		bool alerts_off;
		const char *reply;
	} row[] = {{false, LIMIT}, {true, BLIND}, {true, LIMIT}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		set_up(1, INTERVAL);
		backend_at(0)->proved = MB;
		backend_at(0)->alerts_off = row[i].alerts_off;
		assert_false(judged(0, 0, 30 * MB));
		assert_false(judged(1, 0, 20 * MB));
		run();
		answer(3, row[i].reply);
		assert_true(job[0].word == CONFIRM_EXCEEDS);
		assert_true(waits(1));
		assert_int_equal(backend_limit(0), 30 * MB - 1);
		assert_int_equal(backend_at(0)->state, BACKEND_UP);
		run();
		assert_asked_for(20 * MB);
		answer(3, FOUND);
		assert_int_equal(job[1].word, CONFIRM_FOUND);
		assert_int_equal(backend_at(0)->proved, 20 * MB);
		assert_nothing_held();
	}
}

/* A long one that it should have found: it is to show that it works, and what
 * was known is refuted.  Shorter ones may get through. */
static void
test_missed_long(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->alerts_off = true;
	assert_false(judged(0, 0, 90 * MB));
	assert_false(judged(1, 0, 60 * MB));
	assert_false(judged(2, 0, 20 * MB));
	run();
	answer(3, BLIND);
	assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
	assert_false(down);
	assert_int_equal(backend_at(0)->proved, 0);
	assert_int_equal(backend_limit(0), 100 * MB);
	assert_int_equal(job[0].word, CONFIRM_MISSED);
	assert_int_equal(job[1].word, CONFIRM_MISSED);
	assert_true(waits(2));
	run();
	assert_asked_for(20 * MB);
	answer(3, FOUND);
	assert_int_equal(job[2].word, CONFIRM_FOUND);
	/* A shorter one refutes as well, a longer one does not. */
	set_up(1, INTERVAL);
	backend_at(0)->proved = 10 * MB;
	assert_false(judged(0, 0, 20 * MB));
	run();
	answer(3, BLIND);
	assert_int_equal(backend_at(0)->proved, 10 * MB);
	assert_false(judged(0, 0, 2 * MB));
	run();
	answer(1, BLIND);
	assert_int_equal(backend_at(0)->proved, 0);
}

/* It is not done with a long one in time.  It is slow, or hangs: that is for a
 * small one to show.  No other large one before it is done with that. */
static void
test_late(void **state)
{
	(void)state;
	set_up(1, 0);
	assert_false(judged(0, 0, 90 * MB));
	run();
	now_ms = confirm_next();
	run();
	assert_int_equal(backend_at(0)->state, BACKEND_SUSPECT);
	assert_int_equal(hangs, 0);
	assert_false(down);
	assert_int_equal(job[0].word, CONFIRM_LATE);
	assert_int_equal(backend_at(0)->running, 1);
	assert_false(judged(0, 0, 90 * MB));
	assert_false(judged(1, 0, 3 * MB));
	run();
	assert_int_equal(opened, 2);
	assert_asked_for(4 * MB);
	answer(1, FOUND);
	assert_false(waits(1));
	assert_true(waits(0));
	/* Not for ever. */
	now_ms += 120000;
	run();
	now_ms = confirm_next();
	run();
	assert_int_equal(opened, 3);
	assert_asked_for(100 * MB);
	answer(3, FOUND);
	assert_false(waits(0));
	assert_nothing_held();
}

/* One that says OK to a long one, and does not report limits: it is passed over,
 * if it was in time; was it late, it has no such excuse, and the next one has. */
static void
test_late_and_blind(void **state)
{
	(void)state;
	set_up(1, 0);
	backend_at(0)->alerts_off = true;
	backend_at(0)->proved = MB;
	assert_false(judged(0, 0, 90 * MB));
	run();
	now_ms = confirm_next();
	run();
	assert_int_equal(job[0].word, CONFIRM_LATE);
	assert_false(judged(0, 0, 90 * MB));
	answer(3, BLIND);
	assert_false(job[0].word == CONFIRM_EXCEEDS);
	assert_int_equal(job[0].word, CONFIRM_MISSED);
	assert_int_equal(backend_limit(0), 100 * MB);
	assert_false(judged(0, 0, 90 * MB));
	run();
	answer(3, BLIND);
	assert_true(job[0].word == CONFIRM_EXCEEDS);
	assert_int_equal(backend_limit(0), 90 * MB - 1);
	assert_nothing_held();
}

/* What it calls beyond its limits, is it the message, or something inside? */
static void
test_limit_inside(void **state)
{
	(void)state;
	set_up(1, INTERVAL);
	backend_at(0)->proved = MB;
	assert_true(answered(0, 0, MB, OUTCOME_LIMITS_EXCEEDED));
	assert_false(answered(0, 0, MB + 1, OUTCOME_LIMITS_EXCEEDED));
	run();
	answer(1, FOUND);
	assert_int_equal(job[0].word, CONFIRM_FOUND); /* confirmed */
	assert_false(job[0].word == CONFIRM_EXCEEDS);
	assert_false(answered(0, 0, 2 * MB, OUTCOME_LIMITS_EXCEEDED));
	run();
	answer(1, LIMIT);
	assert_true(job[0].word == CONFIRM_EXCEEDS);
	assert_true(answered(0, 0, 50 * MB, OUTCOME_INFECTED));
	assert_true(answered(0, 0, 50 * MB, OUTCOME_TOO_BIG));
}

/* Nobody waits any more for the thread that was to be the next one's. */
static void
test_leaves_seat(void **state)
{
	uint32_t index;

	(void)state;
	set_up(1, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_false(judged(0, 0, 10));
	run();
	assert_int_equal(opened, 0);
	assert_int_equal(backend_at(0)->reserved, 1);
	leave(&job[0], GONE);
	run();
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_int_equal(backend_at(0)->reserved, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_waits),
	    cmocka_unit_test(test_began_after),
	    cmocka_unit_test(test_under_way),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_missed),
	    cmocka_unit_test(test_outage),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_busy),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_no_memory),
	    cmocka_unit_test(test_silent),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_leaves),
	    cmocka_unit_test(test_leaves_seat),
	    cmocka_unit_test(test_stream),
	    cmocka_unit_test(test_need),
	    cmocka_unit_test(test_not_for_longer),
	    cmocka_unit_test(test_one_large),
	    cmocka_unit_test(test_exceeds),
	    cmocka_unit_test(test_missed_long),
	    cmocka_unit_test(test_late),
	    cmocka_unit_test(test_late_and_blind),
	    cmocka_unit_test(test_limit_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
