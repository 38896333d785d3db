/* SPDX-License-Identifier: ISC */
/*
 * For tests of scans: a clock that stands until it is told to go on, and clamds
 * that say what the test says (fake_clamd.h).
 */
#ifndef TESTS_UNIT_AROUND_SCAN_H
#define TESTS_UNIT_AROUND_SCAN_H

#include "scanner/scan.h"

#include <errno.h>
#include <netinet/in.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/pool.h"
#include "scanner/clamd/probe.h"
#include "scanner/suspects.h"
#include "tests/unit/fake_clamd.h"
#include "tests/unit/set_up_again.h"

#define SCANS	     16
#define THREADS	     4
#define LEAD	     100
#define MB	     (UINT64_C(1) << 20)
#define SCAN_TIMEOUT 60000
#define WAIT_TIMEOUT 20000
#define INTERVAL     1000
#define OK	     "fd[11]: OK"
#define VIRUS	     "fd[11]: Some.Virus FOUND"
#define CANARY	     "fd[11]: Eicar FOUND"
#define LIMIT	     "fd[11]: Heuristics.Limits.Exceeded.MaxFileSize FOUND"
#define FAILED	     "fd[11]: Can't allocate memory ERROR"
#define TIRED	     "COMMAND READ TIMED OUT\n"
#define NO_REPLY     ""

static struct scanner_settings settings;
static struct scan scan[SCANS];
static struct flow flow;
static unsigned int judged[SCANS];
static void (*then)(struct scan *); /* what the owner does with a verdict */
static enum outcome remembered;	    /* of every message; CLEAN: none */
static uint32_t guilt;		    /* that was remembered last */

void
scan_judged(struct scan *s)
{
	assert_int_equal(s->state, SCAN_IDLE);
	assert_ptr_equal(s, &scan[s->owner]);
	judged[s->owner]++;
	if (then != NULL)
		then(s);
}

void
suspects_add(int memfd, uint64_t lead, uint64_t size, uint32_t how_sure,
    enum outcome outcome, uint64_t now)
{
	(void)memfd, (void)size, (void)outcome, (void)now;
	assert_int_equal(lead, LEAD);
	guilt = how_sure;
}

bool
suspects_find(int memfd, uint64_t lead, uint64_t size, uint64_t now,
    enum outcome *outcome)
{
	(void)memfd, (void)lead, (void)size, (void)now;
	*outcome = remembered;
	return remembered != OUTCOME_CLEAN;
}

void
probe_fail(uint32_t index, struct reason reason)
{
	backend_failed(index, reason);
}

/* So many clamds that are up and known to look into all that there is. */
static void
set_up(uint32_t backends, sa_family_t family)
{
	settings = (struct scanner_settings){.backends = backends,
	    .confirm_interval = INTERVAL,
	    .max_message_size = 100 * MB,
	    .scan_timeout = SCAN_TIMEOUT,
	    .wait_timeout = WAIT_TIMEOUT,
	    .max_waiting = 8};
	for (uint32_t i = 0; i < backends; i++) {
		settings.backend[i].weight = 1;
		settings.backend[i].address.any.sa_family = family;
	}
	memory_setup(64 * MB);
	assert_true(stream_setup(100 * MB));
	canary_setup();
	now_ms = 100000;
	opened = 0;
	at_once = STEP_WAIT_READ;
	then = NULL;
	guilt = 0;
	remembered = OUTCOME_CLEAN;
	flow = (struct flow){0};
	backend_setup(&settings);
	for (uint32_t i = 0; i < backends; i++) {
		backend_at(i)->threads = THREADS;
		backend_works(i);
		backend_proved(i, 100 * MB);
	}
	confirm_setup(&settings);
	memset(scan, 0, sizeof(scan));
	memset(judged, 0, sizeof(judged));
	for (uint32_t i = 0; i < SCANS; i++) {
		scan[i].owner = i;
		scan[i].flow = &flow;
	}
	assert_true(scan_setup(&settings, SCANS));
}

static void
run(void)
{
	confirm_run(now_ms);
	scan_run(now_ms);
}

static void
submit_size(uint32_t i, uint64_t size)
{
	scan_submit(&scan[i], 1000 + (int)i, size + LEAD, LEAD);
}

static void
submit(uint32_t i)
{
	submit_size(i, 1000);
	run();
}

/* clamd says that to message i, and closes. */
static void
answer(uint32_t i, const char *text)
{
	asked = &pool_at(scan[i].query)->exchange;
	assert_int_equal(asked->memfd, 1000 + (int)i);
	say(text);
	scan_event(scan[i].query);
	run();
}

/* That clamd's short canary. */
static void
canary(uint32_t backend, const char *text)
{
	assert_int_not_equal(asked->state, EXCHANGE_CLOSED);
	assert_ptr_equal(asked->address, &backend_at(backend)->address);
	say(text);
	confirm_event(backend * 4);
	run();
}

static void
is_over(uint32_t i, enum outcome outcome)
{
	assert_int_equal(judged[i], 1);
	assert_int_equal(scan[i].state, SCAN_IDLE);
	assert_int_equal(scan[i].verdict.outcome, outcome);
	judged[i] = 0;
}

static void
is_at(uint32_t i, enum scan_state state, uint32_t backend)
{
	assert_int_equal(judged[i], 0);
	assert_string_equal(
	    scan_state_name(scan[i].state), scan_state_name(state));
	assert_int_equal(scan[i].backend, backend);
}

/* Nothing is held for anybody. */
static void
is_quiet(void)
{
	for (uint32_t i = 0; i < settings.backends; i++) {
		assert_int_equal(backend_at(i)->running, 0);
		assert_int_equal(backend_at(i)->reserved, 0);
	}
	assert_int_equal(flow.waiting, 0);
	assert_int_equal(queue_waiting(), 0);
	assert_true(scan_next() == UINT64_MAX);
}

#endif
