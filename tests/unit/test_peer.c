/* SPDX-License-Identifier: ISC */
/*
 * What listeners say to the scanner: sessions' channels and their load, at work
 * and when they were retired.
 */
#include "scanner/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "privsep/ipc/channel.h"
#include "privsep/ipc/record.h"
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/client.h"
#include "scanner/idle.h"
#include "tests/unit/stub_poll.h"

/* --- what surrounds peer.c ------------------------------------------------------ */

static uint64_t now_ms = 1000000;
static unsigned int sessions, lines;
static uint32_t yielded, cut;
static bool monitor_full;
static char last_line[LOG_LINE_MAX + 1];

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = (time_t)(now_ms / 1000),
	    .tv_nsec = (long)(now_ms % 1000) * 1000000};
	return 0;
}

void
log_retry_end(struct log_line *line)
{
	snprintf(
	    last_line, sizeof(last_line), "%.*s", (int)line->len, line->text);
	lines++;
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	(void)level, (void)event, (void)what;
}

void
client_add(int fd, uint32_t owner)
{
	(void)owner;
	close(fd);
	sessions++;
}

static uint32_t left = UINT32_MAX; /* whose sessions have ended */

void
client_leave(uint32_t owner)
{
	left = owner;
}

void
idle_yield(uint32_t owner, uint32_t places, uint64_t now)
{
	(void)owner;
	assert_int_equal(now, now_ms);
	yielded += places;
}

static uint32_t living = 1000; /* sessions */

uint32_t
client_count(void)
{
	return living;
}

uint32_t
client_limit(void)
{
	return 2000;
}

bool
monitor_send(const void *record)
{
	struct record_cut r;

	memcpy(&r, record, sizeof(r));
	assert_int_equal(r.head.type, RECORD_CUT);
	if (monitor_full)
		return false;
	cut = r.record;
	return true;
}

/* --- a listener ------------------------------------------------------------------- */

#define LINK 7U

static int listener;

static int
setup(void **state)
{
	static const struct scanner_settings settings = {
	    .limits = {.silent_time = 20000}};
	int pair[2];

	(void)state;
	if (!channel_pair(pair))
		return -1;
	peer_setup(&settings);
	peer_add(pair[1], LINK);
	listener = pair[0];
	sessions = lines = 0;
	yielded = cut = 0;
	last_line[0] = '\0';
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	peer_gone(LINK);
	close(listener);
	return 0;
}

static void
say_channel(void)
{
	struct record_plain r = {
	    .head = record_head(RECORD_CHANNEL, sizeof(r))};

	assert_true(channel_send(listener, &r, STDIN_FILENO));
	peer_input(0);
}

static void
say_load(enum load_why why, uint32_t need, uint32_t silent)
{
	struct record_load r = {.head = record_head(RECORD_LOAD, sizeof(r)),
	    .sessions = 2000,
	    .waiting = 12,
	    .why = (uint32_t)why,
	    .need = need,
	    .silent = silent};

	assert_true(channel_send(listener, &r, -1));
	peer_input(0);
}

static void
test_load(void **state)
{
	(void)state;
	say_channel();
	assert_int_equal(sessions, 1);
	say_load(LOAD_MAX_SESSIONS, 12, 0);
	assert_int_equal(yielded, 12);
	assert_int_equal(lines, 1);
	assert_non_null(strstr(last_line,
	    "event=connections-waiting reason=max_sessions limit=2000 "
	    "sessions=2000 waiting=12"));
	say_load(LOAD_NONE, 3, 0);
	assert_int_equal(yielded, 15);
	assert_int_equal(lines, 1);
	say_load(LOAD_NONE, 0, 5);
	assert_int_equal(lines, 2);
	assert_non_null(strstr(last_line,
	    "event=connections-dropped silent=5 evicted=0 refused=0"));
	/* a reason that is none */
	say_load(LOAD_WHYS, 0, 0);
	assert_int_equal(lines, 2);
	say_channel();
	assert_int_equal(sessions, 2);
	assert_int_equal(cut, 0);
}

/* What a listener can bring about so is bounded. */
static void
test_flood(void **state)
{
	(void)state;
	for (int i = 0; i < 10000; i++)
		say_load(LOAD_MAX_SESSIONS, 1, 1);
	assert_in_range(lines, 1, 200);
	assert_in_range(yielded, 1, 100);
	assert_int_equal(cut, 0);
	now_ms += 1000;
	yielded = 0;
	say_load(LOAD_MAX_SESSIONS, 1, 0);
	assert_int_equal(yielded, 1);
}

static void
test_wrong(void **state)
{
	struct record_plain plain = {
	    .head = record_head(RECORD_RENEW, sizeof(plain))};
	struct record_load load = {
	    .head = record_head(RECORD_LOAD, sizeof(load))};

	(void)state;
	assert_true(channel_send(listener, &plain, -1));
	peer_input(0);
	assert_int_equal(cut, RECORD_RENEW);
	peer_gone(LINK);
	close(listener);
	assert_int_equal(setup(NULL), 0);
	/* a channel without one, a load with one, a load cut short */
	plain.head.type = RECORD_CHANNEL;
	assert_true(channel_send(listener, &plain, -1));
	peer_input(0);
	assert_int_equal(cut, RECORD_CHANNEL);
	peer_gone(LINK);
	close(listener);
	assert_int_equal(setup(NULL), 0);
	assert_true(channel_send(listener, &load, STDIN_FILENO));
	peer_input(0);
	assert_int_equal(cut, RECORD_LOAD);
	peer_gone(LINK);
	close(listener);
	assert_int_equal(setup(NULL), 0);
	load.head.length -= 4;
	assert_true(channel_send(listener, &load, -1));
	peer_input(0);
	assert_int_equal(cut, RECORD_LOAD);
	assert_int_equal(sessions, 0);
	assert_int_equal(lines, 0);
}

/* Its sessions live on, so it may still say what it has; but it must not bring
 * new ones. */
static void
test_retired(void **state)
{
	(void)state;
	peer_retire(LINK);
	say_channel();
	assert_int_equal(sessions, 1);
	now_ms += 60000;
	say_load(LOAD_NONE, 0, 5);
	assert_int_equal(lines, 1);
	assert_int_equal(cut, 0);
	say_channel();
	assert_int_equal(sessions, 1);
	assert_int_equal(cut, RECORD_CHANNEL);
}

/* What the monitor could not be told it is told with the next record; nothing
 * is taken in between. */
static void
test_told_later(void **state)
{
	struct record_plain plain = {
	    .head = record_head(RECORD_RENEW, sizeof(plain))};

	(void)state;
	monitor_full = true;
	assert_true(channel_send(listener, &plain, -1));
	peer_input(0);
	say_channel();
	monitor_full = false;
	assert_int_equal(cut, 0);
	say_channel();
	assert_int_equal(cut, RECORD_RENEW);
	assert_int_equal(sessions, 0);
}

/* Only the one that was meant. */
static void
test_other_retired(void **state)
{
	int pair[2];

	(void)state;
	assert_true(channel_pair(pair));
	peer_add(pair[1], LINK + 1);
	peer_retire(LINK + 1);
	now_ms += 60000;
	say_channel();
	assert_int_equal(sessions, 1);
	assert_int_equal(cut, 0);
	left = UINT32_MAX;
	peer_gone(LINK + 1);
	assert_int_not_equal(left, UINT32_MAX);
	close(pair[0]);
}

/* With few sessions there is seldom a second channel: it has its own event,
 * and nobody looks for it in vain. */
static void
test_few(void **state)
{
	struct record_plain r = {
	    .head = record_head(RECORD_CHANNEL, sizeof(r))};

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_true(channel_send(listener, &r, STDIN_FILENO));
	living = 0;
	peer_input(0);
	assert_int_equal(sessions, 1);
	living = 2;
	peer_input(0);
	assert_int_equal(sessions, 1 + 3);
	living = 1000;
	peer_input(0);
	assert_int_equal(sessions, 8);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_load, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_wrong, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_retired, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_told_later, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_few, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_other_retired, setup, teardown),
	};

	return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}
