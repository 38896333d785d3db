/* SPDX-License-Identifier: ISC */
/*
 * The scanner's loop: who is waited for, and for how long; and when a stop is
 * over.  All that it runs is stood in for: each unit is due when the test says
 * so.  The clock goes on by what is waited.
 */
#include "scanner/loop.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/anomaly_log.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/poll.h"
#include "scanner/clamd/confirm.h"
#include "scanner/clamd/meter.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/standby.h"
#include "scanner/client.h"
#include "scanner/order.h"
#include "scanner/peer.h"
#include "scanner/report.h"
#include "scanner/scan.h"
#include "scanner/stamping.h"
#include "tests/unit/fake_clock.h"

enum unit {
	SCAN,
	PROBE,
	CONFIRM,
	METER,
	STAMPING,
	STANDBY,
	CLIENT,
	REPORT,
	LOG_RETRY,
	ANOMALY,
	UNITS,
	PEER,
};

#define ROUNDS 10000

static uint64_t due[UNITS], ran[UNITS];
static enum unit last_event;
static uint32_t event_index, sessions, with_message, drained;
static enum order order; /* that the next event of the monitor brings */
static struct poll_event next_event;
static bool has_event;
static int waited, rounds;
static const struct scanner_settings settings = {.scan_timeout = 60000};

#define UNIT(name, UPPER)                        \
	uint64_t name##_next(void)               \
	{                                        \
		return due[UPPER];               \
	}                                        \
	void name##_run(uint64_t now)            \
	{                                        \
		ran[UPPER] = now;                \
		if (due[UPPER] <= now)           \
			due[UPPER] = UINT64_MAX; \
	}
#define EVENT(name, UPPER)           \
	void name(uint32_t index)    \
	{                            \
		last_event = UPPER;  \
		event_index = index; \
	}

/* clang-format off */
UNIT(scan, SCAN)
UNIT(probe, PROBE)
UNIT(confirm, CONFIRM)
UNIT(meter, METER)
UNIT(stamping, STAMPING)
UNIT(standby, STANDBY)
UNIT(client, CLIENT)
UNIT(report, REPORT)
UNIT(log_retry, LOG_RETRY)
UNIT(anomaly, ANOMALY)
EVENT(scan_event, SCAN)
EVENT(probe_event, PROBE)
EVENT(confirm_event, CONFIRM)
EVENT(meter_event, METER)
EVENT(client_input, CLIENT)
EVENT(peer_input, PEER)
/* clang-format on */

void
stamping_log_counts(void)
{
}

void
backend_follow(void)
{
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	(void)level, (void)event, (void)what;
}

enum order
order_input(void)
{
	return order;
}

void
client_drain(void)
{
	drained++;
}

uint32_t
client_count(void)
{
	return sessions;
}

uint32_t
client_busy(void)
{
	return with_message;
}

/* The event that is to come, once; else the time that was asked for passes.
 * Without either the monitor has gone. */
int
poll_wait(struct poll_event event[POLL_ROUND], int timeout_ms)
{
	waited = timeout_ms;
	assert_true(++rounds < ROUNDS);
	if (has_event) {
		has_event = false;
		event[0] = next_event;
		return 1;
	}
	if (timeout_ms == -1) {
		event[0] = (struct poll_event){.kind = POLL_MONITOR};
		order = ORDER_GONE;
		return 1;
	}
	now_ms += (uint64_t)timeout_ms;
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	now_ms = 1000000;
	for (size_t i = 0; i < UNITS; i++) {
		due[i] = UINT64_MAX;
		ran[i] = 0;
	}
	order = ORDER_NOTHING;
	has_event = false;
	rounds = 0;
	drained = 0;
	return 0;
}

/* Each unit alone is waited for as long as it says, and then run. */
static void
test_due(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNITS; i++) {
		uint64_t at = now_ms + 1234 + i;

		rounds = 0;
		due[i] = at;
		assert_int_equal(loop_run(&settings), 0);
		print_message("unit %zu\n", i);
		assert_true(ran[i] == at);
		assert_int_equal(waited, -1);
		order = ORDER_NOTHING;
	}
}

/* Of several the first; what is due already is not waited for. */
static void
test_first(void **state)
{
	(void)state;
	due[METER] = now_ms + 500;
	due[SCAN] = now_ms + 400;
	due[CLIENT] = now_ms - 1;
	assert_int_equal(loop_run(&settings), 0);
	assert_true(now_ms == 1000500);
	assert_int_equal(rounds, 4);
	/* Longer than an int is as long as an int. */
	setup(state);
	due[REPORT] = now_ms + 2 * (uint64_t)INT_MAX;
	assert_int_equal(loop_run(&settings), 0);
	assert_true(now_ms == 1000000 + 2 * (uint64_t)INT_MAX);
}

static void
test_events(void **state)
{
	static const struct {
		enum poll_kind kind;
		enum unit unit;
	} rows[] = {
	    {POLL_PEER, PEER},
	    {POLL_SESSION, CLIENT},
	    {POLL_SCAN, SCAN},
	    {POLL_PROBE, PROBE},
	    {POLL_CONFIRM, CONFIRM},
	    {POLL_METER, METER},
	};

	(void)state;
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		last_event = UNITS;
		next_event =
		    (struct poll_event){.kind = rows[i].kind, .index = 40 + i};
		has_event = true;
		assert_int_equal(loop_run(&settings), 0);
		assert_int_equal(last_event, rows[i].unit);
		assert_int_equal(event_index, 40 + i);
	}
}

static void
test_broken(void **state)
{
	(void)state;
	order = ORDER_BROKEN;
	next_event = (struct poll_event){.kind = POLL_MONITOR};
	has_event = true;
	assert_int_equal(loop_run(&settings), 1);
}

/* How long the stop took, with so many sessions.  This is the last test: a
 * stop that has begun goes on. */
static uint64_t
stop(uint32_t count, uint32_t busy)
{
	uint64_t begun = now_ms;

	sessions = count;
	with_message = busy;
	rounds = 0;
	order = ORDER_STOP;
	next_event = (struct poll_event){.kind = POLL_MONITOR};
	has_event = true;
	assert_int_equal(loop_run(&settings), 0);
	return now_ms - begun;
}

static void
test_stop(void **state)
{
	uint64_t begun = now_ms;

	(void)state;
	assert_int_equal(stop(0, 0), 0);
	assert_int_equal(drained, 1);
	/* Idle ones have ten seconds, those with a message a scan more. */
	assert_in_range(stop(3, 0), 10000, 10100);
	assert_in_range(now_ms - begun, 10000, 10100);
	stop(3, 1);
	assert_in_range(now_ms - begun, 70000, 70100);
	assert_int_equal(drained, 1);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_due),
	    T(test_first),
	    T(test_events),
	    T(test_broken),
	    T(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
