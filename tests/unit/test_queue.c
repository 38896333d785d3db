/* SPDX-License-Identifier: ISC */
/*
 * Who waits for a clamd, and whose turn is next: scanner/queue.c and fair.c.
 * The clock stands until it is told to go on; a clamd is a loop here that takes
 * the next one and says how long that took.
 */
#include "scanner/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/fair.h"
#include "tests/unit/fake_clock.h"
#include "tests/unit/set_up_again.h"

#define JOBS	     2000
#define WAIT_TIMEOUT 60000
#define AGED	     (WAIT_TIMEOUT / 4)
#define KB	     UINT64_C(1024)
#define MB	     (1024 * KB)

static struct message {
	struct queue_entry wait;
	struct flow *flow;
	uint64_t size;
	bool waits, back;
} job[JOBS];
static struct flow flow[JOBS];

/* What scan.c does, as far as it matters here. */
static void
begin(struct message *m)
{
	queue_join(&m->wait, m->flow, m->size, now_ms, m->back);
	m->waits = true;
}

static void
end(struct message *m, bool started)
{
	queue_leave(&m->wait, started);
	m->waits = false;
}

static struct message *
turn(void)
{
	return (struct message *)(void *)queue_turn(now_ms);
}

static void
pass(struct message *m)
{
	if (m->waits)
		queue_pass(&m->wait);
}

static int
setup(void **state)
{
	const struct scanner_settings settings = {
	    .wait_timeout = WAIT_TIMEOUT, .max_waiting = JOBS};

	(void)state;
	now_ms = 1000000;
	memset(job, 0, sizeof(job));
	memset(flow, 0, sizeof(flow));
	return queue_setup(&settings, JOBS) ? 0 : -1;
}

static void
submit(size_t n, size_t client, uint64_t size)
{
	job[n].flow = &flow[client];
	job[n].size = size;
	begin(&job[n]);
}

/* The next one is scanned: its number, JOBS if there is none. */
static size_t
scan(void)
{
	struct message *j = turn();

	if (j == NULL)
		return JOBS;
	end(j, true);
	now_ms += 2 + j->size / (20 * KB); /* 20 MB a second */
	return (size_t)(j - job);
}

/* How many have their turn before that one. */
static size_t
before(size_t n)
{
	size_t count = 0, got;

	while ((got = scan()) != n) {
		assert_true(got < JOBS);
		count++;
	}
	return count;
}

static void
test_one_client(void **state)
{
	(void)state;
	for (size_t i = 0; i < 100; i++)
		submit(i, 0, 5 * KB);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(scan(), i);
	assert_int_equal(scan(), JOBS);
	assert_int_equal(queue_waiting(), 0);
}

/* 120 of 10 MB from one client, and then a small one of another's: it is next,
 * or behind one that was there first; a long one of another's is second. */
static void
test_crowd(void **state)
{
	(void)state;
	for (size_t i = 0; i < 120; i++)
		submit(i, 0, 10 * MB);
	for (size_t i = 0; i < 3; i++)
		scan();
	submit(200, 1, 5 * KB);
	assert_true(before(200) <= 1);
	submit(201, 2, 10 * MB);
	assert_true(before(201) <= 2);
	/* And when the crowd is old the more so. */
	now_ms += AGED;
	submit(202, 1, 5 * KB);
	assert_true(before(202) <= 1);
}

/* Its own short messages overtake too. */
static void
test_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < 120; i++)
		submit(i, 0, 10 * MB);
	scan();
	submit(200, 0, 5 * KB);
	assert_true(before(200) <= 1);
}

/* Which ones are short: up to 256 KB. */
static void
test_short(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++)
		submit(i, 0, 256 * KB + 1);
	submit(10, 0, 256 * KB);
	assert_int_equal(before(10), 0);
	submit(11, 0, 256 * KB + 1);
	assert_int_equal(before(11), 10);
}

/* Equal clients have equal turns, whatever each has waiting. */
static void
test_turns(void **state)
{
	size_t count[4] = {0};

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		submit(i, i < 700 ? 0 : 1 + i % 3, 100 * KB);
	for (size_t i = 0; i < 200; i++)
		count[job[scan()].flow - flow]++;
	for (size_t c = 0; c < 4; c++)
		assert_in_range(count[c], 45, 55);
}

/* By bytes, not by messages. */
static void
test_bytes(void **state)
{
	uint64_t bytes[2] = {0};

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		submit(i, 0, 190 * KB);
	for (size_t i = 1000; i < 1100; i++)
		submit(i, 1, 10 * MB);
	for (size_t i = 0; i < 400; i++) {
		size_t n = scan();
		bytes[n >= 1000] += job[n].size;
	}
	assert_in_range(bytes[0], bytes[1] / 2, bytes[1] * 2);
}

/* One long message, and in each turn so many new short ones, of always other
 * clients: how many of them are before it. */
static size_t
long_one(int each)
{
	size_t next = 1, count = 0, got;

	submit(0, 0, 20 * MB);
	do {
		for (int i = 0; i < each; i++, next++) {
			size_t n = 1 + next % (JOBS - 1);
			if (!job[n].waits)
				submit(n, n, 10 * KB);
		}
		got = scan();
		assert_true(++count < 100000);
	} while (got != 0);
	return count - 1;
}

/* It has its turn when they had as many bytes. */
static void
test_long_one(void **state)
{
	(void)state;
	assert_in_range(long_one(1), 200, 400);
}

/* When there are ever more than can be scanned, it has it once it is old. */
static void
test_overload(void **state)
{
	(void)state;
	assert_in_range(long_one(3), 200, AGED / 2 + 2);
}

/* Sessions that say to be of somebody's address take his turns, but not all:
 * once he has waited for long he has others. */
static void
test_liars(void **state)
{
	(void)state;
	for (size_t i = 0; i < 1900; i++)
		submit(i, 1, 200 * KB);
	submit(1999, 1, 200 * KB);
	for (size_t i = 1900; i < 1999; i++)
		submit(i, i, 10 * KB);
	now_ms += AGED;
	/* No worse than in the order of arrival, every other turn. */
	assert_true(before(1999) <= 2 * 1900 + 2);
}

/* Who waits and cannot go anywhere yet is passed over, and keeps his turn and
 * his time. */
static void
test_passed(void **state)
{
	struct message *j;
	size_t turns = 0;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		submit(i, i % 2, 10 * KB);
	while ((j = turn()) != NULL) {
		assert_true(turns++ < 10);
		pass(j);
	}
	assert_int_equal(turns, 10);
	assert_int_equal(queue_waiting(), 10);
	queue_round();
	now_ms += AGED;
	while ((j = turn()) != NULL) {
		if (j == &job[0])
			pass(j);
		else {
			end(j, false);
		}
	}
	assert_int_equal(queue_waiting(), 1);
	queue_round();
	queue_round();
	assert_ptr_equal(turn(), &job[0]);
	now_ms += WAIT_TIMEOUT;
	assert_ptr_equal(queue_waited(now_ms), &job[0]);
	pass(&job[0]);
	end(&job[0], false);
	assert_null(turn());
	assert_int_equal(queue_next(), UINT64_MAX);
}

/* One that comes back, or ends, while others are passed over. */
static void
test_passed_and_gone(void **state)
{
	struct message *j;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		submit(i, i, 10 * KB);
	assert_int_equal(scan(), 0); /* the next turn is by age */
	now_ms += AGED;
	assert_ptr_equal(turn(), &job[1]);
	pass(&job[1]);
	assert_ptr_equal(turn(), &job[2]);
	/* Its session ended. */
	end(&job[2], false);
	assert_ptr_equal(j = turn(), &job[3]);
	pass(j);
	assert_null(turn());
	submit(4, 4, 10 * KB);
	assert_ptr_equal(turn(), &job[4]);
	pass(&job[4]);
	job[5].back = true;
	submit(5, 5, 10 * KB);
	assert_ptr_equal(turn(), &job[5]);
	pass(&job[5]);
	assert_null(turn());
	queue_round();
	assert_ptr_equal(turn(), &job[5]);
}

/* Nor is he asked twice in a round, however long he has waited. */
static void
test_passed_old(void **state)
{
	struct message *j;
	size_t turns = 0;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		submit(i, i % 2, 10 * KB);
	scan();
	now_ms += AGED;
	while ((j = turn()) != NULL) {
		assert_false(j->wait.passed);
		assert_true(turns++ < 9);
		pass(j);
	}
	assert_int_equal(turns, 9);
}

/* Who has waited longest is the first whose time is over, and the next whose
 * age counts. */
static void
test_oldest(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++) {
		submit(i, i, (10 - i) * 100 * KB);
		now_ms += 10;
	}
	assert_int_equal(queue_next(), 1000000 + WAIT_TIMEOUT);
	now_ms += AGED;
	(void)scan();
	assert_int_equal(scan(), 0);
	(void)scan();
	assert_int_equal(scan(), 1);
	now_ms = 1000000 + WAIT_TIMEOUT + 20;
	assert_ptr_equal(queue_waited(now_ms), &job[2].wait);
	assert_null(queue_waited(now_ms - 1));
}

/* Who comes back from a clamd that was gone is first. */
static void
test_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++)
		submit(i, i, 10 * KB);
	for (size_t i = 0; i < 2; i++) {
		struct message *j = turn();

		end(j, true);
		j->back = true;
		begin(j);
		assert_ptr_equal(turn(), j);
	}
	assert_int_equal(scan(), 0);
	assert_int_equal(scan(), 1);
}

/* Places to wait are shared out, too. */
static void
test_places(void **state)
{
	size_t n = 0;

	(void)state;
	for (; n < JOBS && !queue_is_full(&flow[0]); n++)
		submit(n, 0, KB);
	assert_int_equal(n, JOBS * 4 / 5);
	assert_false(queue_is_full(&flow[1]));
	for (; n < JOBS; n++)
		submit(n, n, KB);
	assert_true(queue_is_full(&flow[1]));
	assert_true(queue_is_full(NULL));
}

/* The heap against a look at all of them, with coming and going. */
static void
test_order(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (size_t step = 0; step < 20000; step++) {
		struct message *j, *least = NULL;
		size_t n;

		random = random * 1664525 + 1013904223;
		n = (random >> 8) % 200;
		if (!job[n].waits)
			submit(n, (random >> 16) % 5,
			    (random >> 20) % 100 * 10 * KB);
		else if ((random >> 28) < 4) {
			end(&job[n], false); /* its MTA has gone */
		} else
			scan();
		for (size_t i = 0; i < 200; i++) {
			j = &job[i];
			if (j->waits &&
			    (least == NULL ||
				j->wait.turn.tag < least->wait.turn.tag ||
				(j->wait.turn.tag == least->wait.turn.tag &&
				    j->wait.turn.number <
					least->wait.turn.number)))
				least = j;
		}
		assert_ptr_equal(
		    fair_first(), least == NULL ? NULL : &least->wait.turn);
	}
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_one_client),
	    T(test_crowd),
	    T(test_own),
	    T(test_short),
	    T(test_turns),
	    T(test_bytes),
	    T(test_long_one),
	    T(test_overload),
	    T(test_liars),
	    T(test_passed),
	    T(test_passed_old),
	    T(test_passed_and_gone),
	    T(test_oldest),
	    T(test_back),
	    T(test_places),
	    T(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
