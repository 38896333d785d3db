/* SPDX-License-Identifier: ISC */
/*
 * What a clamd is asked, in which order, and what follows from its answers:
 * scanner/clamd/probe.c with the real backend.c, probe_stage.c and canary.c, and a clamd
 * that says what the test says (fake_clamd.h).
 */
#include "scanner/clamd/probe.h"

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/canary.h"
#include "scanner/clamd/probe_due.h"
#include "scanner/clamd/probe_stage.h"
#include "tests/unit/fake_clamd.h"

#define MB	  (UINT64_C(1) << 20)
#define FULL	  (16 * MB)
#define CHECK	  30000
#define PONG	  "PONG"
#define VERSION_1 "ClamAV 1.4.6/27000/Fri Nov 20 07:37:02 2026"
#define VERSION_2 "ClamAV 1.4.6/27001/Fri Nov 20 08:37:02 2026"
#define STATS	  "POOLS: 1\n\nTHREADS: live 1  idle 0 max 4 idle-timeout 30\nEND\n"
#define FOUND	  "fd[11]: Eicar FOUND"
#define ALERT	  "fd[11]: Heuristics.Limits.Exceeded.MaxRecursion FOUND"
#define OK	  "fd[11]: OK"
#define NO_REPLY  ""

static struct scanner_settings settings;
static unsigned int hangs;

void
probe_hangs(uint32_t backend)
{
	(void)backend;
	hangs++;
}

/* Why it is not up. */
static const char *
reason(void)
{
	static char text[RECORD_REASON_MAX];

	reason_text(&backend_at(0)->reason, text, sizeof(text));
	return text;
}

static bool
hasten(void)
{
	return probe_due_hasten(0, backend_at(0)->state == BACKEND_DOWN);
}

static void
set_up(void)
{
	memset(&settings, 0, sizeof(settings));
	settings.backends = 1;
	settings.check_interval = CHECK;
	settings.scan_timeout = 60000;
	settings.max_message_size = FULL;
	settings.backend[0].weight = 1;
	settings.backend[0].address.any.sa_family = AF_UNIX;
	memory_setup(64 * MB);
	assert_true(stream_setup(FULL));
	canary_setup();
	now_ms = 100000;
	opened = hangs = 0;
	asked = NULL;
	at_once = STEP_WAIT_READ;
	backend_setup(&settings);
	probe_setup(&settings);
}

/* The loop goes round until there is nothing to do now. */
static void
run(void)
{
	for (int i = 0; i < 3; i++)
		probe_run(now_ms);
}

/* The next exchange is that one, and is answered. */
static void
answer(enum request want, const char *text)
{
	unsigned int before = opened;

	run();
	if (asked == NULL || asked->state == EXCHANGE_CLOSED) {
		now_ms = probe_next();
		run();
	}
	assert_int_equal(asked->state, EXCHANGE_READING);
	assert_in_range(opened, before, before + 1);
	assert_int_equal(asked->request, want);
	say(text);
	probe_event(0);
}

/* PING to SMALL of a new clamd, then NEST. */
static void
begin(const char *nest)
{
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, FOUND);
	answer(REQUEST_FILDES, nest);
}

static void
bring_up(void)
{
	begin(ALERT);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	if (backend_at(0)->proved < MB)
		answer(REQUEST_FILDES, FOUND);
	assert_int_equal(probe_next(), now_ms + CHECK);
}

/* Up after some small messages; nothing waits for the longer one behind. */
static void
test_first(void **state)
{
	const struct backend *b;

	(void)state;
	set_up();
	b = backend_at(0);
	assert_int_equal(probe_next(), now_ms);
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, FOUND);
	assert_in_range(asked->size, 4096, CANARY_SMALL);
	assert_int_equal(b->state, BACKEND_UNKNOWN);
	answer(REQUEST_FILDES, ALERT);
	assert_in_range(asked->size, 1, CANARY_SMALL);
	assert_int_equal(b->state, BACKEND_UP);
	assert_int_equal(b->threads, 4);
	assert_int_equal(b->version.daily, 27000);
	assert_int_equal(b->proved, CANARY_SMALL);
	assert_int_equal(backend_limit(0), FULL);
	run();
	assert_in_range(asked->size, MB - 1024, MB);
	assert_int_equal(b->running, 1);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(b->state, BACKEND_UP);
	assert_int_equal(b->proved, MB);
	assert_false(b->alerts_off);
	assert_int_equal(b->running, 0);
	assert_int_equal(opened, 6);
	assert_int_equal(probe_next(), now_ms + CHECK);
	assert_true(memory_take(64 * MB));
	memory_give(64 * MB);
}

/* From time to time: no more than is needed. */
static void
test_check(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_proved(0, 10 * MB);
	opened = 0;
	run();
	assert_int_equal(opened, 0);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(opened, 3);
	assert_int_equal(probe_next(), now_ms + CHECK);
	assert_int_equal(backend_at(0)->proved, 10 * MB);
	/* Another database: everything. */
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	assert_int_equal(backend_at(0)->proved, 0);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, FOUND);
	answer(REQUEST_FILDES, ALERT);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(opened, 9);
	assert_int_equal(backend_at(0)->version.daily, 27001);
	assert_int_equal(backend_at(0)->proved, MB);
	assert_int_equal(probe_next(), now_ms + CHECK);
}

static void
test_goes_wrong(void **state)
{
	/* Good answers to that many stages, then a bad one. */
	static const struct {
		unsigned int stages;
		const char *reply, *why;
	} row[] = {
	    {0, "220 mail.example ESMTP", "does not answer PING as clamd does"},
	    {0, NO_REPLY, "does not answer PING as clamd does"},
	    {3, OK, "says OK to the EICAR test string in 8192 bytes"},
	    {3, "fd[11]: Can't create new file ERROR",
		"no verdict on a test message: scan-error"},
	    {3, ALERT, "no verdict on a test message: too big"},
	    {4, "fd[11]: Can't allocate memory ERROR",
		"no verdict on a test message: scan-error"},
	};
	static const struct {
		enum request request;
		const char *good;
	} stage[] = {{REQUEST_PING, PONG}, {REQUEST_VERSION, VERSION_1},
	    {REQUEST_STATS, STATS}, {REQUEST_FILDES, FOUND},
	    {REQUEST_FILDES, ALERT}};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		set_up();
		for (unsigned int k = 0; k < row[i].stages; k++)
			answer(stage[k].request, stage[k].good);
		answer(stage[row[i].stages].request, row[i].reply);
		assert_string_equal(reason(), row[i].why);
		assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
		assert_int_equal(backend_at(0)->running, 0);
		assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
		assert_true(memory_take(64 * MB));
		memory_give(64 * MB);
		/* And from the beginning, when its time has come. */
		now_ms = probe_next();
		bring_up();
	}
}

/* The longer one does not come back as it should: that keeps nobody from
 * anything, and is not asked again before something else is known. */
static void
test_middle(void **state)
{
	static const struct {
		const char *nest, *reply;
		enum backend_state after;
		uint64_t limit;
	} row[] = {
	    {ALERT, OK, BACKEND_SUSPECT, FULL},
	    {ALERT, NO_REPLY, BACKEND_SUSPECT, FULL},
	    {ALERT, "fd[11]: Can't allocate memory ERROR", BACKEND_SUSPECT,
		FULL},
	    {ALERT, "fd[11]: Heuristics.Limits.Exceeded.MaxScanTime FOUND",
		BACKEND_SUSPECT, FULL},
	    {ALERT, ALERT, BACKEND_UP, MB - 1},
	    {OK, OK, BACKEND_UP, MB - 1}, /* silent limits look like that */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const struct backend *b;

		set_up();
		b = backend_at(0);
		begin(row[i].nest);
		answer(REQUEST_FILDES, row[i].reply);
		assert_int_equal(b->state, row[i].after);
		assert_int_equal(b->proved, CANARY_SMALL);
		assert_int_equal(backend_limit(0), row[i].limit);
		assert_int_equal(b->running, 0);
		if (row[i].after == BACKEND_UP)
			continue;
		now_ms = probe_next();
		answer(REQUEST_PING, PONG);
		answer(REQUEST_VERSION, VERSION_1);
		answer(REQUEST_FILDES, FOUND);
		assert_int_equal(b->state, BACKEND_UP);
		assert_int_equal(probe_next(), now_ms + CHECK);
	}
}

/* It cannot finish the longer one in time: a small one shows that it lives. */
static void
test_slow(void **state)
{
	const struct backend *b;

	(void)state;
	set_up();
	b = backend_at(0);
	begin(ALERT);
	run();
	assert_in_range(asked->size, MB - 1024, MB);
	for (int i = 0; i < 60 && b->state == BACKEND_UP; i++) {
		now_ms += 1000;
		backend_answered(0);
		run();
	}
	assert_int_equal(b->state, BACKEND_SUSPECT);
	assert_int_equal(hangs, 0);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(b->state, BACKEND_UP);
	assert_int_equal(backend_limit(0), FULL);
}

/* What is known is kept through an outage: back after small ones only. */
static void
test_outage(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_proved(0, 10 * MB);
	probe_fail(0, reason_of(REASON_ADDRESS));
	opened = 0;
	now_ms = probe_next();
	for (unsigned int i = 0; i < 5; i++) {
		static const enum request request[] = {REQUEST_PING,
		    REQUEST_VERSION, REQUEST_STATS, REQUEST_FILDES,
		    REQUEST_FILDES};
		static const char *const reply[] = {
		    PONG, VERSION_1, STATS, FOUND, ALERT};

		assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
		answer(request[i], reply[i]);
		if (request[i] == REQUEST_FILDES)
			assert_in_range(asked->size, 1, CANARY_SMALL);
	}
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	assert_int_equal(backend_at(0)->proved, 10 * MB);
	run();
	assert_int_equal(opened, 5);
	assert_int_equal(probe_next(), now_ms + CHECK);
	/* With another database it is not. */
	probe_fail(0, reason_of(REASON_ADDRESS));
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	assert_int_equal(backend_at(0)->proved, 0);
}

/* Often while it is away, and less often while it answers wrongly. */
static void
test_how_often(void **state)
{
	uint64_t pause = 0;

	(void)state;
	set_up();
	at_once = STEP_REFUSED;
	for (int i = 0; i < 20; i++) {
		run();
		assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
		now_ms = probe_next();
	}
	at_once = STEP_WAIT_READ;
	for (int i = 0; i < 10; i++) {
		answer(REQUEST_PING, "no");
		assert_true(probe_next() - now_ms >= pause);
		pause = probe_next() - now_ms;
		if (i < 3) /* twice as long each time */
			assert_int_equal(pause, 250 << i);
		now_ms = probe_next();
	}
	assert_in_range(pause, 2000, 10000);
	bring_up();
	probe_fail(0, reason_of(REASON_ADDRESS));
	assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
}

/* It hangs, and is listened to: the first thing it says is noticed. */
static void
test_hangs(void **state)
{
	(void)state;
	set_up();
	run();
	now_ms = probe_next();
	run();
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_int_equal(hangs, 1);
	assert_int_equal(opened, 1);
	/* No message waits for that. */
	assert_false(hasten());
	now_ms += 20000;
	run();
	assert_int_equal(opened, 1);
	bring_up();
	/* Not for ever: the other side may be gone without a word. */
	probe_fail(0, reason_of(REASON_ADDRESS));
	now_ms = probe_next();
	run();
	opened = 0;
	for (int i = 0; i < 200; i++) {
		now_ms += 1000;
		run();
	}
	assert_in_range(opened, 2, 6);
}

/* A clamd that passes its limits silently. */
static void
test_silent_limits(void **state)
{
	(void)state;
	set_up();
	begin(OK);
	assert_true(backend_at(0)->alerts_off);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	set_up();
	settings.backend[0].require_alerts = true;
	begin(OK);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_non_null(strstr(reason(), "AlertExceedsMax"));
}

static void
test_daily(void **state)
{
	(void)state;
	set_up();
	settings.backend[0].require_daily = true;
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, "ClamAV 1.4.6");
	assert_string_equal(reason(), "has no daily database");
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
}

/* Descriptors do not reach it: as a stream, from then on. */
static void
test_stream(void **state)
{
	(void)state;
	set_up();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, NO_REPLY);
	answer(REQUEST_INSTREAM, "stream: Eicar FOUND");
	assert_false(backend_takes_descriptors(0));
	answer(REQUEST_INSTREAM, "stream: OK");
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	/* Not even so. */
	set_up();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	answer(REQUEST_STATS, STATS);
	answer(REQUEST_FILDES, NO_REPLY);
	answer(REQUEST_INSTREAM, NO_REPLY);
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_true(backend_takes_descriptors(0));
}

static void
test_silent(void **state)
{
	static const char *const why[] = {"no answer to PING",
	    "no answer to VERSION", "no answer to STATS",
	    "no answer to a test message"};
	static const enum request request[] = {
	    REQUEST_PING, REQUEST_VERSION, REQUEST_STATS};
	static const char *const good[] = {PONG, VERSION_1, STATS};

	(void)state;
	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		set_up();
		for (size_t k = 0; k < i; k++)
			answer(request[k], good[k]);
		run();
		assert_int_equal(asked->state, EXCHANGE_READING);
		now_ms = probe_next() - 1;
		run();
		assert_int_equal(hangs, 0);
		now_ms++;
		run();
		assert_string_equal(reason(), why[i]);
		assert_int_equal(hangs, 1);
	}
}

static void
test_refused(void **state)
{
	(void)state;
	set_up();
	at_once = STEP_REFUSED;
	run();
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	at_once = STEP_WAIT_READ;
	/* A message waits; but what has just failed is no use. */
	assert_false(hasten());
	now_ms += 150;
	assert_true(hasten());
	assert_int_equal(probe_next(), now_ms);
	bring_up();
}

/* Suspect behind a probe that was good: that says nothing yet, and a message
 * waits for the next one, which begins at once. */
static void
test_suspect(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_suspected(0, reason_of(REASON_SILENT_MESSAGE));
	assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
	assert_true(hasten());
	assert_int_equal(probe_next(), now_ms);
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	assert_true(hasten());
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
}

/* One that is at work: canaries take a thread, the next that gets free. */
static void
test_room(void **state)
{
	uint32_t index;

	(void)state;
	set_up();
	bring_up();
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	run();
	assert_int_equal(asked->request, REQUEST_VERSION);
	backend_release(0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	now_ms = probe_next();
	answer(REQUEST_FILDES, FOUND);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	/* None gets free: that says nothing about clamd. */
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_1);
	opened = 0;
	for (int i = 0; i < 10500; i += 5) {
		backend_answered(0);
		run();
		now_ms += 5;
	}
	assert_int_equal(opened, 0);
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	assert_int_equal(hangs, 0);
}

/* It has work to do and says nothing for long. */
static void
test_at_work(void **state)
{
	uint32_t index;

	(void)state;
	set_up();
	bring_up();
	opened = 0;
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	assert_in_range(probe_next(), now_ms + 1000, now_ms + 10000);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	assert_int_equal(opened, 1);
}

/* Somebody else has found out: down, and a whole probe. */
static void
test_found_out(void **state)
{
	(void)state;
	set_up();
	bring_up();
	probe_fail(0, reason_of(REASON_ADDRESS));
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	now_ms = probe_next();
	bring_up();
	/* Also in the middle of a probe, which does not go on. */
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	run();
	probe_fail(0, reason_of(REASON_ADDRESS));
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_in_range(probe_next(), now_ms + 1, now_ms + 300);
	now_ms = probe_next();
	bring_up();
}

/* A complete one that found no free thread is still owed. */
static void
test_owed(void **state)
{
	uint32_t index;

	(void)state;
	set_up();
	bring_up();
	for (int i = 0; i < 4; i++)
		assert_int_equal(backend_choose(0, 10, &index), BACKEND_CHOSEN);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	for (int i = 0; i < 10500; i += 5) {
		backend_answered(0);
		run();
		now_ms += 5;
	}
	for (int i = 0; i < 4; i++)
		backend_release(0);
	now_ms = probe_next();
	answer(REQUEST_PING, PONG);
	answer(REQUEST_VERSION, VERSION_2);
	answer(REQUEST_STATS, STATS);
}

/* scan_timeout makes no deadline shorter, and that of a large one longer. */
static void
test_deadlines(void **state)
{
	(void)state;
	assert_int_equal(probe_stage_deadline(PROBE_SIZE, 1000), 30000);
	assert_int_equal(probe_stage_deadline(PROBE_SIZE, 60000), 60000);
	assert_int_equal(probe_stage_deadline(PROBE_SMALL, 1000), 10000);
	assert_int_equal(probe_stage_deadline(PROBE_SMALL, 60000), 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_first),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_goes_wrong),
	    cmocka_unit_test(test_middle),
	    cmocka_unit_test(test_slow),
	    cmocka_unit_test(test_outage),
	    cmocka_unit_test(test_how_often),
	    cmocka_unit_test(test_hangs),
	    cmocka_unit_test(test_silent_limits),
	    cmocka_unit_test(test_daily),
	    cmocka_unit_test(test_stream),
	    cmocka_unit_test(test_silent),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_suspect),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_at_work),
	    cmocka_unit_test(test_found_out),
	    cmocka_unit_test(test_owed),
	    cmocka_unit_test(test_deadlines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
