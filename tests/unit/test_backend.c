/* SPDX-License-Identifier: ISC */
/*
 * The choice among clamds: scanner/clamd/backend.c.  Shares, room, limits, and what
 * is to be waited for.  Probes, log and monitor are stood in for here.
 */
#include "scanner/clamd/backend.h"

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/clamd/backend_log.h"
#include "scanner/clamd/database.h"
#include "scanner/clamd/probe.h"
#include "scanner/clamd/probe_due.h"
#include "tests/unit/fake_clock.h"

#define MB	  (UINT64_C(1) << 20)
#define VERSION_1 "ClamAV 1.4.6/27000/Fri Nov 20 07:37:02 2026"
#define VERSION_2 "ClamAV 1.4.6/27001/Fri Nov 20 08:37:02 2026"

static bool probing;
static struct record_backend told;
static struct log_line last_line;

bool
probe_due_hasten(uint32_t index, bool is_down)
{
	(void)index, (void)is_down;
	return probing;
}

void
probe_due_soon(uint32_t index)
{
	(void)index;
}

void
probe_fail(uint32_t index, struct reason reason)
{
	backend_failed(index, reason);
}

void
probe_due_later(uint32_t index)
{
	(void)index;
}

void
log_retry_end(struct log_line *line)
{
	last_line = *line;
	last_line.text[last_line.len] = '\0';
}

void
monitor_send_backend(struct record_backend *record)
{
	told = *record;
}

static struct scanner_settings settings;

/* Clamds that are up, with weights, and four threads each. */
static void
set_up(uint32_t count, const uint32_t weight[])
{
	memset(&settings, 0, sizeof(settings));
	settings.backends = count;
	settings.max_message_size = 100 * MB;
	now_ms = 1000;
	for (uint32_t i = 0; i < count; i++)
		settings.backend[i].weight = weight[i];
	backend_setup(&settings);
	probing = false;
	for (uint32_t i = 0; i < count; i++) {
		backend_at(i)->threads = 4;
		backend_works(i);
	}
}

/* Chooses and says which: -1 for none. */
static int
choose(void)
{
	uint32_t index;

	return backend_choose(0, 10, &index) == BACKEND_CHOSEN ? (int)index
							       : -1;
}

static void
test_shares(void **state)
{
	static const uint32_t weight[] = {3, 1, 2};
	unsigned int got[3] = {0};

	(void)state;
	set_up(3, weight);
	for (int i = 0; i < 600; i++) {
		int index = choose();

		assert_in_range(index, 0, 2);
		got[index]++;
		backend_release((uint32_t)index);
	}
	assert_int_equal(got[0], 300);
	assert_int_equal(got[1], 100);
	assert_int_equal(got[2], 200);
}

static void
test_least_to_do(void **state)
{
	static const uint32_t weight[] = {1, 1};
	int first;

	(void)state;
	set_up(2, weight);
	first = choose();
	/* The other one, as long as this one is at work. */
	for (int i = 0; i < 5; i++) {
		int other = choose();

		assert_int_equal(other, 1 - first);
		backend_release((uint32_t)other);
	}
}

static void
test_room(void **state)
{
	static const uint32_t weight[] = {1};
	uint32_t index;

	(void)state;
	set_up(1, weight);
	for (int i = 0; i < 4; i++)
		assert_int_equal(choose(), 0);
	assert_int_equal(backend_choose(0, 10, &index), BACKEND_FULL);
	backend_release(0);
	assert_int_equal(choose(), 0);
	assert_int_equal(choose(), -1);
	backend_release(0);
	/* What it was at when it went is given back one by one. */
	backend_refused(0, ECONNREFUSED);
	backend_works(0);
	assert_int_equal(choose(), 0);
	assert_int_equal(choose(), -1);
}

static void
test_configured_room(void **state)
{
	static const uint32_t weight[] = {1};

	(void)state;
	set_up(1, weight);
	settings.backend[0].max_scans = 2;
	assert_int_equal(choose(), 0);
	assert_int_equal(choose(), 0);
	assert_int_equal(choose(), -1);
}

static void
told_version(uint32_t index, const char *text)
{
	struct version v = {.daily = 1};

	memcpy(v.text, text, strlen(text) + 1);
	backend_set_version(index, &v);
}

/* Nothing is known of limits until one shows. */
static void
test_limit(void **state)
{
	static const uint32_t weight[] = {1, 1};
	uint32_t index;

	(void)state;
	set_up(2, weight);
	assert_int_equal(backend_limit(0), 100 * MB);
	assert_int_equal(backend_choose(0, 90 * MB, &index), BACKEND_CHOSEN);
	backend_release(index);
	backend_exceeded(0, 1000);
	assert_int_equal(backend_limit(0), 999);
	assert_int_equal(told.limit, 999);
	backend_exceeded(0, 2000);
	assert_int_equal(backend_limit(0), 999);
	backend_exceeded(1, 5001);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    backend_choose(0, 3000, &index), BACKEND_CHOSEN);
		assert_int_equal(index, 1);
	}
	assert_int_equal(backend_choose(0, 1000, &index), BACKEND_CHOSEN);
	assert_int_equal(index, 1);
	backend_release(1);
	assert_int_equal(backend_choose(0, 5001, &index), BACKEND_TOO_SMALL);
	assert_false(backend_choose_stream(5001, &index));
	assert_true(backend_choose_stream(999, &index));
	assert_int_equal(index, 0);
	backend_release(0);
	assert_int_equal(backend_choose(0, 999, &index), BACKEND_CHOSEN);
	assert_int_equal(index, 0);
	assert_int_equal(backend_choose(0, 6000, &index), BACKEND_TOO_SMALL);
	assert_true(backend_other(1, 5000));
	assert_false(backend_other(1, 5001));
	/* One that is down might take it: that is no too-big. */
	backend_failed(0, reason_of(REASON_NO_PONG));
	assert_int_equal(backend_choose(0, 6000, &index), BACKEND_EXHAUSTED);
	assert_int_equal(backend_choose(1, 6000, &index), BACKEND_TOO_SMALL);
}

/* Its configuration may be another one after that. */
static void
test_limit_forgotten(void **state)
{
	static const uint32_t weight[] = {1};

	(void)state;
	set_up(1, weight);
	told_version(0, VERSION_1);
	for (int i = 0; i < 4; i++) {
		backend_exceeded(0, 1000);
		assert_int_equal(backend_limit(0), 999);
		switch (i) {
		case 0:
			told_version(0, VERSION_2);
			break;
		case 1:
			backend_failed(0, reason_of(REASON_NO_PONG));
			assert_int_equal(backend_limit(0), 999);
			backend_works(0);
			break;
		case 2:
			backend_proved(0, 1000);
			break;
		default:
			now_ms += 20 * UINT64_C(60000);
			break;
		}
		assert_int_equal(backend_limit(0), 100 * MB);
	}
	/* Not by these. */
	backend_exceeded(0, 5000);
	told_version(0, VERSION_2);
	backend_suspected(0, reason_of(REASON_NO_PONG));
	backend_works(0);
	backend_proved(0, 4999);
	backend_missed(0, 10);
	assert_int_equal(backend_limit(0), 4999);
}

/* The longest canary that was found; kept until it is refuted. */
static void
test_proved(void **state)
{
	static const uint32_t weight[] = {1};
	struct backend *b;

	(void)state;
	set_up(1, weight);
	b = backend_at(0);
	told_version(0, VERSION_1);
	backend_proved(0, 5000);
	backend_proved(0, 4000);
	assert_int_equal(b->proved, 5000);
	assert_int_equal(told.proved, 5000);
	backend_failed(0, reason_of(REASON_NO_PONG));
	backend_works(0);
	backend_missed(0, 5001);
	backend_exceeded(0, 5001);
	told_version(0, VERSION_1);
	assert_int_equal(b->proved, 5000);
	backend_missed(0, 5000);
	assert_int_equal(b->proved, 0);
	backend_proved(0, 5000);
	backend_exceeded(0, 4000);
	assert_int_equal(b->proved, 0);
	backend_proved(0, 5000);
	told_version(0, VERSION_2);
	assert_int_equal(b->proved, 0);
}

static void
test_down(void **state)
{
	static const uint32_t weight[] = {1, 1};
	uint32_t index;

	(void)state;
	set_up(2, weight);
	backend_failed(0, (struct reason){REASON_BLIND, 8192});
	assert_int_equal(told.index, 0);
	assert_int_equal(told.up, 0);
	assert_string_equal(
	    told.reason, "says OK to the EICAR test string in 8192 bytes");
	assert_int_equal(choose(), 1);
	assert_int_equal(backend_choose(2, 10, &index), BACKEND_EXHAUSTED);
	probing = true;
	assert_int_equal(backend_choose(2, 10, &index), BACKEND_CHECKING);
	backend_refused(1, ENOENT);
	assert_int_equal(told.gone, 1);
	backend_suspected(0, reason_of(REASON_NO_PONG));
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	backend_works(1);
	backend_suspected(1, reason_of(REASON_NO_PONG));
	assert_int_equal(backend_at(1)->state, BACKEND_SUSPECT);
	assert_int_equal(choose(), -1);
	assert_false(backend_other(0, 10));
}

/* Who comes back does not get all the work that it has missed. */
static void
test_comes_back(void **state)
{
	static const uint32_t weight[] = {1, 1};
	int got[2] = {0};

	(void)state;
	set_up(2, weight);
	backend_failed(0, reason_of(REASON_NO_PONG));
	for (int i = 0; i < 100; i++)
		backend_release((uint32_t)choose());
	backend_works(0);
	for (int i = 0; i < 100; i++) {
		int index = choose();

		assert_in_range(index, 0, 1);
		got[index]++;
		backend_release((uint32_t)index);
	}
	assert_int_equal(got[0], 50);
}

/* clamd's dates have no zone: nothing is old for that. */
static void
test_old_database(void **state)
{
	const int64_t zones = INT64_C(26) * 3600, day = 86400;
	struct version v = {.daily = 27000};

	(void)state;
	now_ms = UINT64_C(1700000000000);
	v.built = 1700000000 - day - zones;
	assert_false(database_is_old(&v, day));
	v.built--;
	assert_true(database_is_old(&v, day));
	v.daily = 0; /* that has a warning of its own */
	assert_false(database_is_old(&v, day));
}

/* A host with a new address: perhaps another machine.  Those that no name was
 * given for stay, whatever the memory says. */
static void
test_follow(void **state)
{
	static const uint32_t weight[] = {1, 1};
	struct addresses all = {.sequence = 2};

	(void)state;
	set_up(2, weight);
	for (uint32_t i = 0; i < 2; i++) {
		settings.backend[i].address.any.sa_family = AF_INET;
		settings.backend[i].address.len = sizeof(struct sockaddr_in);
		settings.backend[i].address.named = i == 0;
		all.clamd[i].known = 1;
		all.clamd[i].host[0] = 127;
	}
	backend_setup(&settings);
	backend_look_up(&all);
	for (uint32_t i = 0; i < 2; i++) {
		backend_works(i);
		backend_proved(i, 5000);
		backend_exceeded(i, 9000);
	}
	backend_follow();
	assert_int_equal(backend_at(0)->state, BACKEND_DOWN);
	assert_int_equal(backend_at(0)->proved, 0);
	assert_int_equal(backend_limit(0), 100 * MB);
	assert_int_equal(backend_at(1)->state, BACKEND_UP);
	assert_int_equal(backend_at(1)->proved, 5000);
	assert_int_equal(backend_limit(1), 8999);
	/* Once. */
	backend_works(0);
	backend_follow();
	assert_int_equal(backend_at(0)->state, BACKEND_UP);
	backend_look_up(NULL);
}

/* What the log says of a clamd. */
static void
test_lines(void **state)
{
	static const uint32_t weight[] = {1};
	static char reply[2000];

	(void)state;
	set_up(1, weight);
	memset(reply, 'r', sizeof(reply));
	backend_log_fault(
	    "main", REPLY_FAULT_SCAN, span_of(reply, sizeof(reply)));
	assert_non_null(strstr(last_line.text, "event=clamd-error"));
	assert_non_null(strstr(last_line.text, "reason=scan-error"));
	assert_non_null(strstr(last_line.text, "backend=main"));
	assert_in_range(last_line.len, 512, 800);
	backend_log_length("main", LOG_LEVEL_INFO, "backend-proved", "size", 9);
	assert_non_null(strstr(last_line.text, "event=backend-proved"));
	assert_non_null(strstr(last_line.text, "size=9"));
	backend_log_warning("main", "has an old database");
	assert_non_null(strstr(last_line.text, "level=warning"));
	assert_non_null(
	    strstr(last_line.text, "reason=\"has an old database\""));
	backend_failed(0, (struct reason){REASON_BLIND, 8192});
	assert_non_null(strstr(last_line.text, "event=backend-down"));
	assert_non_null(strstr(last_line.text, "in 8192 bytes"));
	/* The same once more is no news; another length is. */
	last_line.text[0] = '\0';
	backend_failed(0, (struct reason){REASON_BLIND, 8192});
	assert_int_equal(last_line.text[0], '\0');
	backend_failed(0, (struct reason){REASON_BLIND, 8193});
	assert_non_null(strstr(last_line.text, "in 8193 bytes"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shares),
	    cmocka_unit_test(test_least_to_do),
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_configured_room),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_limit_forgotten),
	    cmocka_unit_test(test_proved),
	    cmocka_unit_test(test_down),
	    cmocka_unit_test(test_comes_back),
	    cmocka_unit_test(test_old_database),
	    cmocka_unit_test(test_follow),
	    cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
