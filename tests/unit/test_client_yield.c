/* SPDX-License-Identifier: ISC */
/*
 * Which sessions are asked to make room: those of the listener that needs it,
 * idle for long enough, the longest first, and never one with a message.
 */
#include "scanner/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/share.h"
#include "scanner/closing.h"
#include "scanner/idle.h"
#include "scanner/report.h"
#include "tests/unit/around_client.h"

#define SESSIONS 6

static struct scanner_settings settings = {
    .max_sessions = SESSIONS, .limits = {.messages = 10}};
static int session[SESSIONS];

/* --- what surrounds client_records.c -------------------------------------------------- */

static uint64_t now_ms = 1000000;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = (time_t)(now_ms / 1000),
	    .tv_nsec = (long)(now_ms % 1000) * 1000000};
	return 0;
}

void
report_overdue(struct client *c)
{
	(void)c;
}

void
report_violation(struct client *c, const char *what)
{
	(void)c, (void)what;
}

void
report_message(struct client *c, const struct claims *r)
{
	(void)c, (void)r;
}

void
report_lost(struct client *c)
{
	(void)c;
}

void
closing_log(struct client *c, const struct record_closing *closing)
{
	(void)c, (void)closing;
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	(void)j, (void)memfd, (void)size, (void)lead;
}

void
scan_settle(struct scan *j, enum outcome outcome)
{
	j->verdict = (struct verdict){.outcome = outcome};
}

void
scan_cancel(struct scan *j)
{
	(void)j;
}

bool
monitor_send(const void *record)
{
	(void)record;
	return false;
}

struct database
identity_own(void)
{
	return (struct database){0};
}

/* --- sessions -------------------------------------------------------------------- */

static void
open_session(uint32_t n, uint32_t owner)
{
	int pair[2];

	assert_true(channel_pair(pair));
	session[n] = pair[0];
	client_add(pair[1], owner);
}

/* Was it asked, once, since this was last asked? */
static bool
asked(uint32_t n)
{
	struct record_plain r;

	if (recv(session[n], &r, sizeof(r), MSG_DONTWAIT) != sizeof(r))
		return false;
	assert_int_equal(r.head.type, RECORD_YIELD);
	assert_int_equal(recv(session[n], &r, sizeof(r), MSG_DONTWAIT), -1);
	return true;
}

static uint32_t
count_asked(void)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < SESSIONS; i++)
		count += asked(i);
	return count;
}

static void
begin(uint32_t n)
{
	struct record_begin r = {
	    .head = record_head(RECORD_BEGIN, sizeof(r)), .message = 1};

	assert_int_equal(send(session[n], &r, sizeof(r), 0), sizeof(r));
	client_input(n);
}

static void
finish(uint32_t n)
{
	struct record_plain drop = {
	    .head = record_head(RECORD_ABORT, sizeof(drop))};
	struct record_report r = {
	    .head = record_head(RECORD_REPORT, sizeof(r)), .report.message = 1};

	assert_int_equal(
	    send(session[n], &drop, sizeof(drop), 0), sizeof(drop));
	assert_int_equal(send(session[n], &r, sizeof(r), 0), sizeof(r));
	client_input(n);
	client_input(n);
}

static void
test_yield(void **state)
{
	uint64_t later;

	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		open_session(i, i == 1 ? 7 : 3);
	begin(2);
	/* 0 has had a message: it is idle for a shorter time than the rest */
	now_ms += 1;
	begin(0);
	finish(0);
	later = now_ms + YIELD_IDLE_MS;
	/* too soon for all of them */
	idle_yield(3, SESSIONS, later - YIELD_IDLE_MS);
	assert_int_equal(count_asked(), 0);
	/* the first, but not another listener's, and none with a message */
	idle_yield(3, 1, later);
	assert_true(asked(3));
	assert_int_equal(count_asked(), 0);
	idle_yield(3, 2, later);
	assert_true(asked(4));
	assert_true(asked(5));
	assert_int_equal(count_asked(), 0);
	idle_yield(3, SESSIONS, later);
	assert_true(asked(0));
	/* who was asked is not asked again at once, */
	assert_int_equal(count_asked(), 0);
	idle_yield(3, SESSIONS, later + YIELD_IDLE_MS - 1);
	assert_int_equal(count_asked(), 0);
	/* but later, if it is still there */
	now_ms = later;
	finish(2);
	idle_yield(3, SESSIONS, later + 2 * YIELD_IDLE_MS);
	assert_true(asked(2));
	assert_int_equal(count_asked(), 4);
	idle_yield(7, SESSIONS, later);
	assert_true(asked(1));
	for (uint32_t i = 0; i < SESSIONS; i++) {
		close(session[i]);
		client_input(i);
	}
	assert_int_equal(client_count(), 0);
	idle_yield(3, SESSIONS, later + 10 * YIELD_IDLE_MS);
}

static int
setup(void **state)
{
	(void)state;
	share_setup(1 << 20);
	stamping_setup(&settings.stamp);
	return client_setup(&settings) && stream_setup(1 << 20) ? 0 : -1;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_yield),
	};

	return cmocka_run_group_tests_name("yield", tests, setup, NULL);
}
