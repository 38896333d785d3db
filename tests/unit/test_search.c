/* SPDX-License-Identifier: ISC */
/*
 * How the limits of a clamd are found: scanner/clamd/search.c, and scanner/clamd/meter.c
 * with a clamd (fake_clamd.h) that has the limits that the test gives it, and
 * judges what it is sent as the real one does.
 */
#include <stdlib.h>
#include <unistd.h>

#include "scanner/base/memory.h"
#include "scanner/base/stream.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/meter.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/search.h"
#include "scanner/scan.h"
#include "tests/unit/fake_clamd.h"

#define MB	 (UINT64_C(1) << 20)
#define NONE	 UINT64_MAX
#define OVERHEAD 1024 /* of a claim: what clamd has scanned before */
#define ASKED	 60   /* more questions than are ever needed */
#define CHECK	 30000

static struct scanner_settings settings;
static uint64_t file_limit, scan_limit; /* of the clamd that is played */

void
probe_hangs(uint32_t backend)
{
	(void)backend;
}

/* As the real one: MaxScanSize comes first. */
static enum search_answer
judge(uint64_t size)
{
	if (scan_limit != NONE && size + OVERHEAD > scan_limit)
		return SEARCH_ABOVE_SCAN;
	return size > file_limit ? SEARCH_ABOVE_FILE : SEARCH_BELOW;
}

static unsigned int
search_all(struct search *s)
{
	unsigned int asked_for = 0;

	while (s->step != SEARCH_DONE) {
		assert_true(search_take(s, judge(search_size(s))));
		assert_true(++asked_for < ASKED);
	}
	return asked_for;
}

static void
test_limits(void **state)
{
	static const struct {
		uint64_t file, scan; /* clamd's */
		uint64_t found_file, found_all;
		bool told;
		unsigned int most; /* questions */
	} rows[] = {
	    {25 * MB, 100 * MB, 25 * MB, 99 * MB, false, 26},
	    {100 * MB, 400 * MB, 100 * MB, 399 * MB, false, 26},
	    {MB, 2 * MB, MB, MB, false, 26},
	    {25 * MB, NONE, 25 * MB, NONE, false, 26},
	    {2046 * MB, NONE, 2046 * MB, NONE, false, 26},
	    {1234567, 7654321, 1234567, 7 * MB, false, 46},
	    {1, 7654321, 1, 7 * MB, false, 46},
	    /* No whole megabyte lies between the two. */
	    {1234567, 1900000, 1234567, 1234567, false, 46},
	    {25 * MB - 1, 100 * MB, 25 * MB - 1, 99 * MB, false, 46},
	    {25 * MB, 25 * MB, 25 * MB - OVERHEAD, 25 * MB - OVERHEAD, true,
		46},
	    {NONE, 100 * MB, 100 * MB - OVERHEAD, 100 * MB - OVERHEAD, true,
		46},
	    {NONE, NONE, NONE, NONE, true, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct search s;

		file_limit = rows[i].file;
		scan_limit = rows[i].scan;
		search_begin(&s);
		assert_in_range(search_all(&s), 1, rows[i].most);
		assert_true(s.found.file == rows[i].found_file);
		assert_true(s.found.all == rows[i].found_all);
		assert_int_equal(s.found.told, rows[i].told);
		/* One question shows that it is still so. */
		search_check(&s);
		assert_int_equal(search_all(&s), 1);
		assert_true(s.found.file == rows[i].found_file);
	}
}

/* Another clamd in its place: found out by the one question. */
static void
test_changed(void **state)
{
	static const uint64_t rows[][4] = {
	    {25 * MB, 100 * MB, 20 * MB, 100 * MB},
	    {25 * MB, 25 * MB, 25 * MB, 100 * MB},
	    {NONE, NONE, 25 * MB, 100 * MB},
	    {25 * MB, 100 * MB, 30 * MB, 20 * MB},
	};
	struct search s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		file_limit = rows[i][0];
		scan_limit = rows[i][1];
		search_begin(&s);
		(void)search_all(&s);
		file_limit = rows[i][2];
		scan_limit = rows[i][3];
		search_check(&s);
		assert_true(search_all(&s) > 1);
		assert_int_equal(s.found.told, scan_limit <= file_limit);
	}
}

static void
test_answers(void **state)
{
	static const struct {
		const char *reply;
		enum search_answer answer;
	} rows[] = {
	    {"fd[1]: OK", SEARCH_BELOW},
	    {"fd[1]: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
		SEARCH_ABOVE_FILE},
	    {"fd[1]: Heuristics.Limits.Exceeded.MaxScanSize FOUND",
		SEARCH_ABOVE_SCAN},
	    {"fd[1]: Heuristics.Limits.Exceeded.MaxFiles FOUND", SEARCH_ODD},
	    {"fd[1]: Heuristics.Limits.Exceeded FOUND", SEARCH_ODD},
	    {"fd[1]: Eicar FOUND", SEARCH_ODD},
	    {"fd[1]: Some ERROR", SEARCH_ODD},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reply r = reply_parse(REPLY_FD,
		    span_of(rows[i].reply, strlen(rows[i].reply) + 1),
		    REPLY_EOF);
		struct search s;

		assert_int_equal(search_answer_of(&r), rows[i].answer);
		search_begin(&s);
		assert_int_equal(search_take(&s, rows[i].answer),
		    rows[i].answer != SEARCH_ODD);
	}
}

/* --- the meter ------------------------------------------------------------ */

static void
set_up(void)
{
	memset(&settings, 0, sizeof(settings));
	settings.backends = 1;
	settings.check_interval = CHECK;
	settings.scan_timeout = 60000;
	settings.max_message_size = 16 * MB;
	settings.backend[0].weight = 1;
	settings.backend[0].address.any.sa_family = AF_UNIX;
	memory_setup(64 * MB);
	assert_true(stream_setup(16 * MB));
	now_ms = 100000;
	opened = 0;
	asked = NULL;
	at_once = STEP_WAIT_READ;
	backend_setup(&settings);
	probe_setup(&settings);
	meter_setup(&settings);
	file_limit = 25 * MB;
	scan_limit = 100 * MB;
}

static void
bring_up(void)
{
	now_ms++;
	backend_failed(0, reason_of(REASON_NO_PONG));
	backend_works(0);
	backend_at(0)->proved = MB;
}

/* The size that the header in the question claims. */
static uint64_t
claimed(void)
{
	char field[13] = "";

	assert_int_equal(asked->request, REQUEST_FILDES);
	assert_int_equal(asked->size, 1024);
	assert_int_equal(pread(asked->memfd, field, 12, 124), 12);
	return strtoull(field, NULL, 8);
}

/* Answers what it is asked until it has nothing to ask; how often. */
static unsigned int
measure(void)
{
	static const char *const say_what[] = {
	    [SEARCH_BELOW] = "fd[1]: OK",
	    [SEARCH_ABOVE_FILE] =
		"fd[1]: Heuristics.Limits.Exceeded.MaxFileSize FOUND",
	    [SEARCH_ABOVE_SCAN] =
		"fd[1]: Heuristics.Limits.Exceeded.MaxScanSize FOUND",
	};
	unsigned int before = opened;

	for (;;) {
		unsigned int now = opened;

		meter_run(now_ms);
		if (opened == now)
			return opened - before;
		say(say_what[judge(claimed())]);
		meter_event(0);
		assert_true(opened - before < ASKED);
	}
}

static void
is_found(uint64_t file, uint64_t all, bool told)
{
	struct archive_bounds b;

	meter_bounds(0, &b);
	assert_true(b.file == file && b.all == all && b.told == told);
}

static void
test_meter(void **state)
{
	(void)state;
	set_up();
	assert_int_equal(measure(), 0); /* not up */
	bring_up();
	/* Not known: no more than what it was seen to look into. */
	is_found(MB, MB, false);
	assert_in_range(measure(), 12, 26);
	is_found(25 * MB, 99 * MB, false);
	assert_int_equal(meter_next(), now_ms + CHECK);
	now_ms += CHECK;
	assert_int_equal(measure(), 1);
	/* Another one. */
	bring_up();
	is_found(MB, MB, false);
	file_limit = 50 * MB;
	(void)measure();
	is_found(50 * MB, 99 * MB, false);
	/* Under way when it goes away: nothing is left open. */
	bring_up();
	meter_run(now_ms);
	assert_int_equal(asked->state, EXCHANGE_READING);
	assert_int_equal(backend_at(0)->running, 1);
	backend_failed(0, reason_of(REASON_NO_PONG));
	meter_run(now_ms);
	assert_int_equal(asked->state, EXCHANGE_CLOSED);
	assert_int_equal(backend_at(0)->running, 0);
	assert_true(meter_next() == UINT64_MAX);
}

/* Another version may be another clamd, though it was never seen to be away. */
static void
test_meter_version(void **state)
{
	(void)state;
	set_up();
	bring_up();
	(void)measure();
	is_found(25 * MB, 99 * MB, false);
	backend_at(0)->version.text[0] = 'x';
	is_found(MB, MB, false);
	file_limit = 50 * MB;
	assert_true(measure() > 1);
	is_found(50 * MB, 99 * MB, false);
}

/* An odd answer in between: what was found so far counts no more. */
static void
test_meter_anew(void **state)
{
	(void)state;
	set_up();
	bring_up();
	for (int i = 0; i < 9; i++) {
		meter_run(now_ms);
		say(judge(claimed()) == SEARCH_BELOW
			? "fd[1]: OK"
			: "fd[1]: Heuristics.Limits.Exceeded.MaxFileSize "
			  "FOUND");
		meter_event(0);
	}
	meter_run(now_ms);
	say("fd[1]: Eicar FOUND");
	meter_event(0);
	file_limit = 3 * MB;
	now_ms = meter_next();
	(void)measure();
	is_found(3 * MB, 99 * MB, false);
}

/* What it says of its limits counts for messages as well, for a while. */
static void
test_meter_messages(void **state)
{
	(void)state;
	set_up();
	bring_up();
	assert_int_equal(backend_limit(0), 16 * MB);
	file_limit = 3 * MB;
	(void)measure();
	assert_int_equal(backend_limit(0), 3 * MB);
	now_ms += CHECK;
	assert_int_equal(measure(), 1);
	assert_int_equal(backend_limit(0), 3 * MB);
	/* That it is higher now is not asked: the next such message will tell. */
	now_ms += 20 * CHECK;
	(void)measure();
	assert_int_equal(backend_limit(0), 16 * MB);
	/* Lower, and after an outage. */
	file_limit = 2 * MB;
	for (int i = 0; i < 3; i++) {
		now_ms += CHECK;
		(void)measure();
	}
	assert_int_equal(backend_limit(0), 2 * MB);
	file_limit = 25 * MB;
	bring_up();
	(void)measure();
	assert_int_equal(backend_limit(0), 16 * MB);
}

/* One that does not report limits is not asked: there is no answer. */
static void
test_meter_silent(void **state)
{
	(void)state;
	set_up();
	bring_up();
	backend_at(0)->alerts_off = true;
	assert_int_equal(measure(), 0);
	is_found(NONE, NONE, false);
}

/* Odd answers, and none: later again, and nothing is taken for known. */
static void
test_meter_odd(void **state)
{
	static const char *const odd[] = {
	    "fd[1]: Eicar FOUND", "fd[1]: Can't do that ERROR", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		set_up();
		bring_up();
		meter_run(now_ms);
		say(odd[i]);
		meter_event(0);
		is_found(MB, MB, false);
		assert_in_range(meter_next(), now_ms + 1, now_ms + CHECK);
		now_ms = meter_next();
		assert_in_range(measure(), 12, 26);
		is_found(25 * MB, 99 * MB, false);
	}
	set_up();
	bring_up();
	meter_run(now_ms);
	now_ms = meter_next();
	meter_run(now_ms);
	assert_int_equal(asked->state, EXCHANGE_CLOSED);
	assert_int_equal(backend_at(0)->running, 0);
	is_found(MB, MB, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_meter),
	    cmocka_unit_test(test_meter_version),
	    cmocka_unit_test(test_meter_anew),
	    cmocka_unit_test(test_meter_messages),
	    cmocka_unit_test(test_meter_silent),
	    cmocka_unit_test(test_meter_odd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
