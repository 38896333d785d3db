/* SPDX-License-Identifier: ISC */
/*
 * Queries to clamds, and those of messages: scanner/clamd/query.c and pool.c
 * with exchanges that the test answers (fake_clamd.h).
 */
#include "scanner/clamd/query.h"

#include <errno.h>
#include <unistd.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/pool.h"
#include "scanner/clamd/probe.h"
#include "tests/unit/fake_clamd.h"
#include "tests/unit/set_up_again.h"

static struct scanner_settings settings;
static struct query query;

void
probe_fail(uint32_t index, struct reason reason)
{
	(void)index, (void)reason;
	fail();
}

static int
setup(void **state)
{
	(void)state;
	settings = (struct scanner_settings){
	    .backends = 2, .max_message_size = 1 << 20};
	settings.backend[0].weight = settings.backend[1].weight = 1;
	settings.backend[1].max_scans = 3;
	now_ms = 1000;
	opened = 0;
	at_once = STEP_WAIT_READ;
	at_event = STEP_ENDED;
	memory_setup(1000);
	backend_setup(&settings);
	for (uint32_t i = 0; i < 2; i++) {
		backend_at(i)->address.any.sa_family = AF_UNIX;
		backend_at(i)->threads = 3;
		backend_works(i);
	}
	query_init(&query, POLL_PROBE, 7);
	assert_true(pool_setup(6));
	return 0;
}

/* What opening it brings. */
static void
test_news(void **state)
{
	static const struct {
		enum step step;
		enum query_news news;
		enum query_state state;
	} row[] = {
	    {STEP_WAIT_CONNECT, QUERY_PENDING, QUERY_CONNECTING},
	    {STEP_WAIT_WRITE, QUERY_PENDING, QUERY_TALKING},
	    {STEP_WAIT_READ, QUERY_PENDING, QUERY_TALKING},
	    {STEP_WAIT_MORE, QUERY_PENDING, QUERY_TALKING},
	    {STEP_ENDED, QUERY_ANSWERED, QUERY_TALKING},
	    {STEP_REFUSED, QUERY_REFUSED, QUERY_NONE},
	    {STEP_BUSY, QUERY_BUSY, QUERY_NONE},
	    {STEP_STALE, QUERY_FAULT, QUERY_NONE},
	    {STEP_FAULT, QUERY_FAULT, QUERY_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		at_once = row[i].step;
		query.backend = 1;
		assert_int_equal(query_ask(&query, REQUEST_PING), row[i].news);
		assert_int_equal(query.state, row[i].state);
		assert_ptr_equal(asked->address, &backend_at(1)->address);
		query_close(&query);
	}
}

/* Thread and canary are kept while it is put off, and given back at its end. */
static void
test_held(void **state)
{
	(void)state;
	assert_true(query_seat(&query, 1));
	assert_int_equal(backend_at(1)->running, 1);
	query.canary = dup(2);
	query.written = 900;
	assert_true(memory_take(900));
	at_once = STEP_BUSY;
	assert_int_equal(query_ask(&query, REQUEST_FILDES), QUERY_BUSY);
	query_put_off(&query, 5);
	assert_int_equal(query.state, QUERY_PUT_OFF);
	assert_int_equal(query.wake, now_ms + 5);
	assert_int_equal(backend_at(1)->running, 1);
	assert_false(memory_take(200));
	assert_true(query_seat(&query, 1));
	assert_int_equal(backend_at(1)->running, 1);
	query_close(&query);
	assert_int_equal(backend_at(1)->running, 0);
	assert_int_equal(query.canary, -1);
	assert_true(memory_take(1000));
	memory_give(1000);
	/* It has nothing to do with an event that comes late. */
	assert_int_equal(query_event(&query), QUERY_PENDING);
}

/* The way that messages go, and when clamd is at it. */
static void
test_scan(void **state)
{
	(void)state;
	query.backend = 0;
	assert_int_equal(query_scan(&query, 5, 10, false), QUERY_PENDING);
	assert_int_equal(asked->request, REQUEST_FILDES);
	assert_true(query_is_at_work(&query));
	query_close(&query);
	assert_false(query_is_at_work(&query));
	backend_at(0)->instream = true;
	assert_int_equal(query_scan(&query, 5, 10, true), QUERY_PENDING);
	assert_int_equal(asked->request, REQUEST_INSTREAM);
	assert_true(asked->growing);
	assert_false(query_is_at_work(&query));
	assert_int_equal(query_grow(&query, 20, true), QUERY_PENDING);
	assert_int_equal(asked->size, 20);
	assert_true(query_is_at_work(&query));
	query_close(&query);
}

/* As many as there are, each once; what clamd is at stays until it is done. */
static void
test_pool(void **state)
{
	uint32_t taken[6], index;
	unsigned int seen = 0;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
		taken[i] = pool_take(index);
		assert_in_range(taken[i], 0, 5);
		assert_int_equal(seen & 1U << taken[i], 0);
		seen |= 1U << taken[i];
	}
	assert_int_equal(backend_at(0)->running + backend_at(1)->running, 6);
	/* Not begun: at once. */
	index = pool_at(taken[0])->backend;
	pool_give(taken[0]);
	assert_int_equal(backend_at(index)->running, 2);
	assert_false(pool_event(taken[0]));
	/* clamd is at it. */
	index = pool_at(taken[1])->backend;
	(void)query_scan(pool_at(taken[1]), 5, 10, false);
	assert_true(pool_event(taken[1]));
	pool_give(taken[1]);
	assert_int_equal(backend_at(index)->running, 3);
	assert_int_equal(pool_next(), now_ms + 120000);
	assert_false(pool_event(taken[1])); /* the answer */
	assert_int_equal(backend_at(index)->running, 2);
	assert_true(pool_next() == UINT64_MAX);
	/* It does not answer. */
	index = pool_at(taken[2])->backend;
	(void)query_scan(pool_at(taken[2]), 5, 10, false);
	pool_give(taken[2]);
	seen = backend_at(index)->running;
	now_ms = pool_next();
	pool_run(now_ms - 1);
	assert_int_equal(backend_at(index)->running, seen);
	pool_run(now_ms);
	assert_int_equal(backend_at(index)->running, seen - 1);
	assert_false(pool_event(1000));
}

/* A standby connection was dead.  As long as somebody waits for the answer the
 * message is sent anew; then no more: its memfd may be another one's by now. */
static void
test_stale(void **state)
{
	uint32_t index, at;

	(void)state;
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	at = pool_take(index);
	(void)query_scan(pool_at(at), 5, 10, false);
	assert_int_equal(opened, 1);
	at_event = STEP_STALE;
	assert_true(pool_event(at));
	assert_int_equal(query_event(pool_at(at)), QUERY_PENDING);
	assert_int_equal(opened, 2);
	assert_int_equal(asked->memfd, 5);
	pool_give(at);
	assert_int_equal(backend_at(index)->running, 1);
	assert_false(pool_event(at));
	assert_int_equal(opened, 2);
	assert_int_equal(backend_at(index)->running, 0);
	assert_true(pool_next() == UINT64_MAX);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_news),
	    T(test_held),
	    T(test_scan),
	    T(test_pool),
	    T(test_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
