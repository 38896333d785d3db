/* SPDX-License-Identifier: ISC */
/*
 * What a session cannot do for ever: scanner/client_records.c ends it when its
 * message is open for too long, or when it begins too many; scanner/report.c
 * leaves lines out when it writes too many, and tells how many those were.
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
#include "scanner/base/log_retry.h"
#include "scanner/base/monitor_link.h"
#include "scanner/base/share.h"
#include "scanner/clamd/backend.h"
#include "scanner/report.h"
#include "tests/unit/stub_archives.h"
#include "tests/unit/stub_poll.h"

#define SESSIONS     4
#define MESSAGES     100000
#define MESSAGE_TIME 60000
#define SCAN_TIMEOUT 10000
/* What there is on top of both. */
#define GRACE 10000

static const struct scanner_settings settings = {.max_sessions = SESSIONS,
    .scan_timeout = SCAN_TIMEOUT,
    .limits = {.messages = MESSAGES, .message_time = MESSAGE_TIME}};

/* --- what surrounds client_records.c -------------------------------------------------- */

static uint64_t now_ms = 1000000;
static unsigned int aborted, unscanned, ended, overdue, told;
static char told_line[LOG_LINE_MAX + 1];
static struct log_line last_line;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = (time_t)(now_ms / 1000),
	    .tv_nsec = (long)(now_ms % 1000) * 1000000};
	return 0;
}

static bool
has(const struct log_line *line, const char *event)
{
	return memmem(line->text, line->len, event, strlen(event)) != NULL;
}

void
log_retry_end(struct log_line *line)
{
	last_line = *line;
	if (has(line, "event=message-aborted "))
		aborted++;
	else if (has(line, "event=message "))
		unscanned++;
	else if (has(line, "event=session-overdue "))
		overdue++;
	else if (has(line, "event=lines-left-out ")) {
		told++;
		memcpy(told_line, line->text, line->len);
		told_line[line->len] = '\0';
	} else
		ended++;
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	(void)level, (void)event, (void)what;
}

const char *
backend_name(uint32_t index)
{
	(void)index;
	return "";
}

struct database
identity_own(void)
{
	return (struct database){0};
}

bool
monitor_send(const void *record)
{
	(void)record;
	return false;
}

void
scan_early(struct scan *j, int memfd, uint64_t size)
{
	(void)j, (void)memfd, (void)size;
}

static struct scan *submitted; /* the last one */

void
scan_settle(struct scan *j, enum outcome outcome)
{
	j->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
}

void
scan_submit(struct scan *j, int memfd, uint64_t size, uint64_t lead)
{
	(void)lead;
	submitted = j;
	j->state = SCAN_WAITING;
	j->memfd = memfd;
	j->size = size;
}

void
scan_cancel(struct scan *j)
{
	if (j->state == SCAN_IDLE)
		return;
	j->state = SCAN_IDLE;
}

/* --- sessions ------------------------------------------------------------------ */

static int session[SESSIONS];

static void
deliver(uint32_t n, const void *record, size_t len)
{
	/* Which slot is whose depends on who was closed before. */
	if (send(session[n], record, len, MSG_NOSIGNAL) != -1)
		for (uint32_t i = 0; i < SESSIONS; i++)
			client_input(i);
}

static void
begin(uint32_t n, uint32_t message)
{
	struct record_begin r = {
	    .head = record_head(RECORD_BEGIN, sizeof(r)), .message = message};

	deliver(n, &r, sizeof(r));
}

static void
body(uint32_t n)
{
	struct {
		struct record_body body;
		char bytes[8];
	} r = {.body.head = record_head(RECORD_BODY, sizeof(r))};

	deliver(n, &r, sizeof(r));
}

static void
end(uint32_t n, uint32_t message, enum outcome so_far)
{
	struct record_end r = {.head = record_head(RECORD_END, sizeof(r)),
	    .message = message,
	    .so_far = so_far};

	deliver(n, &r, sizeof(r));
}

static void
report(uint32_t n, uint32_t message)
{
	struct record_report r = {.head = record_head(RECORD_REPORT, sizeof(r)),
	    .report.message = message};
	struct record_result result;

	deliver(n, &r, sizeof(r));
	while (recv(session[n], &result, sizeof(result), MSG_DONTWAIT) > 0)
		continue;
}

/* Begun and given up. */
static void
nothing(uint32_t n, uint32_t message)
{
	struct record_plain r = {.head = record_head(RECORD_ABORT, sizeof(r))};

	begin(n, message);
	deliver(n, &r, sizeof(r));
	report(n, message);
}

static bool
is_open(uint32_t n)
{
	char byte;

	return recv(session[n], &byte, 1, MSG_DONTWAIT) != 0;
}

static int
setup(void **state)
{
	(void)state;
	report_setup(true);
	for (uint32_t i = 0; i < SESSIONS; i++) {
		int pair[2];

		assert_true(channel_pair(pair));
		session[i] = pair[0];
		client_add(pair[1], 0);
	}
	aborted = unscanned = ended = overdue = told = 0;
	return client_count() == SESSIONS ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < SESSIONS; i++)
		close(session[i]);
	for (uint32_t i = 0; i < SESSIONS; i++)
		client_input(i);
	share_setup(UINT64_MAX);
	return client_count() == 0 && client_next() == UINT64_MAX ? 0 : -1;
}

/* --- tests --------------------------------------------------------------------- */

/* In each state of a message, and whatever else it says: the time runs from
 * its first record.  A session without a message is left alone. */
static void
test_overdue(void **state)
{
	uint64_t begun = now_ms;

	(void)state;
	assert_int_equal(client_next(), UINT64_MAX);
	begin(0, 1);
	begin(1, 1);
	body(1);
	now_ms += MESSAGE_TIME;
	body(1);
	begin(2, 1);
	end(2, 1, OUTCOME_CLEAN);
	now_ms += SCAN_TIMEOUT;
	client_run(now_ms);
	assert_int_equal(client_count(), SESSIONS);
	assert_true(client_next() > now_ms);
	now_ms = client_next();
	assert_int_equal(now_ms - begun, MESSAGE_TIME + SCAN_TIMEOUT + GRACE);
	client_run(now_ms - 1);
	assert_int_equal(client_count(), SESSIONS);
	client_run(now_ms);
	assert_int_equal(overdue, 2);
	assert_false(is_open(0));
	assert_false(is_open(1));
	assert_true(is_open(2));
	assert_int_equal(client_busy(), 1);
	now_ms = client_next();
	client_run(now_ms);
	assert_false(is_open(2));
	assert_true(is_open(3));
	assert_int_equal(client_count(), 1);
	assert_int_equal(client_next(), UINT64_MAX);
	now_ms += UINT32_MAX;
	client_run(now_ms);
	assert_true(is_open(3));
}

/* Memory that a message held for too long is there for others again. */
static void
test_memory(void **state)
{
	(void)state;
	share_setup(180); /* for one message of ours */
	begin(0, 1);
	body(0);
	begin(1, 1);
	body(1);
	end(1, 1, OUTCOME_CLEAN);
	report(1, 1);
	assert_int_equal(unscanned, 1); /* there was none */
	now_ms = client_next();
	client_run(now_ms);
	assert_int_equal(overdue, 1);
	begin(1, 2);
	body(1);
	end(1, 2, OUTCOME_CLEAN);
	report(1, 2);
	assert_int_equal(unscanned, 1);
	assert_int_equal(aborted, 1); /* reported while it is judged */
}

/* Each message has its own time. */
static void
test_messages_one_by_one(void **state)
{
	(void)state;
	for (uint32_t m = 1; m < 100; m++) {
		begin(0, m);
		now_ms += MESSAGE_TIME;
		client_run(now_ms);
		end(0, m, OUTCOME_TOO_BIG);
		report(0, m);
	}
	assert_int_equal(overdue, 0);
	assert_true(is_open(0));
}

static void
test_too_many(void **state)
{
	(void)state;
	nothing(0, MESSAGES);
	assert_true(is_open(0));
	nothing(1, MESSAGES + 1);
	assert_false(is_open(1));
	nothing(0, MESSAGES + 1);
	assert_false(is_open(0));
	assert_true(is_open(2));
}

/* Messages that say nothing: few lines, whatever their number, and how many
 * there would have been. */
static void
test_flood(void **state)
{
	uint32_t m = 0;
	char text[64];

	(void)state;
	for (; m < 5000; m++)
		nothing(0, m + 1);
	assert_true(aborted >= 20 && aborted < 30);
	assert_true(report_next() < UINT64_MAX);
	report_run(report_next() - 1);
	assert_int_equal(told, 0);
	now_ms = report_next();
	report_run(now_ms);
	assert_int_equal(told, 1);
	assert_int_equal(report_next(), UINT64_MAX);
	snprintf(text, sizeof(text), "aborted=%u ", 5000 - aborted);
	assert_non_null(strstr(told_line, text));
	/* Others have their own. */
	aborted = 0;
	nothing(1, 1);
	assert_int_equal(aborted, 1);
	/* And later on it may say something again. */
	now_ms += 60000;
	nothing(0, m + 1);
	assert_int_equal(aborted, 2);
}

/* The same with messages that end at once, without a scan. */
static void
test_flood_of_ends(void **state)
{
	(void)state;
	for (uint32_t m = 1; m <= 20000; m++) {
		begin(0, m);
		end(0, m, OUTCOME_LIMITS);
		report(0, m);
	}
	assert_true(unscanned >= 1000 && unscanned < 1100);
}

/* With a new session for each: all of them together have a rate, too. */
static void
test_flood_of_sessions(void **state)
{
	int pair[2];

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		nothing(0, 1);
		body(0); /* a violation */
		assert_false(is_open(0));
		close(session[0]);
		assert_true(channel_pair(pair));
		session[0] = pair[0];
		client_add(pair[1], 0);
	}
	assert_true(aborted >= 100 && aborted < 500);
	assert_true(ended >= 1000 && ended < 2100);
	now_ms = report_next();
	report_run(now_ms);
	assert_int_equal(told, 1);
}

/* Sessions that end in the middle of a message, one after the other. */
static void
test_flood_of_lost(void **state)
{
	int pair[2];

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {
		begin(0, 1);
		close(session[0]);
		for (uint32_t n = 0; n < SESSIONS; n++)
			client_input(n);
		assert_true(channel_pair(pair));
		session[0] = pair[0];
		client_add(pair[1], 0);
	}
	assert_true(ended >= 1000 && ended < 2100);
}

/* Sessions that say that they close, one after the other. */
static void
test_flood_of_closed(void **state)
{
	struct record_closing r = {
	    .head = record_head(RECORD_CLOSING, sizeof(r)), .why = "order"};
	int pair[2];

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		deliver(0, &r, sizeof(r));
		close(session[0]);
		for (uint32_t n = 0; n < SESSIONS; n++)
			client_input(n);
		assert_true(channel_pair(pair));
		session[0] = pair[0];
		client_add(pair[1], 0);
	}
	assert_true(ended >= 100 && ended < 500);
}

/* clamd's answer to the message that was submitted last. */
static void
judge(enum outcome outcome)
{
	scan_cancel(submitted);
	submitted->verdict.outcome = outcome;
	scan_judged(submitted);
}

static void
scanned(uint32_t message, enum outcome outcome)
{
	begin(0, message);
	body(0);
	end(0, message, OUTCOME_CLEAN);
	judge(outcome);
	report(0, message);
}

/* What was found in is told each time. */
static void
test_infected(void **state)
{
	(void)state;
	for (uint32_t m = 1; m <= 1500; m++)
		scanned(m, OUTCOME_INFECTED);
	assert_int_equal(unscanned, 1500);
}

/* Why a message is unscanned, and why a connection was closed. */
static void
test_reasons(void **state)
{
	struct record_closing closing = {
	    .head = record_head(RECORD_CLOSING, sizeof(closing)),
	    .why = "order"};
	struct record_report limits = {
	    .head = record_head(RECORD_REPORT, sizeof(limits)),
	    .report = {
		.message = 3, .limit = (uint8_t)SESSION_LIMIT_HEADER_SIZE}};

	(void)state;
	archive_fault = ARCHIVE_ZIP64;
	scanned(1, OUTCOME_CLEAN);
	archive_fault = ARCHIVE_FINE;
	assert_true(has(&last_line, " reason=not-unpacked archive=zip64 "));
	scanned(2, OUTCOME_LIMITS_EXCEEDED);
	assert_true(has(&last_line, " reason=limits-exceeded limit="));
	begin(0, 3);
	end(0, 3, OUTCOME_LIMITS);
	deliver(0, &limits, sizeof(limits));
	assert_true(has(&last_line, " reason=limits "));
	assert_true(has(&last_line, " limit=header_size "));
	deliver(0, &closing, sizeof(closing));
	assert_true(has(&last_line, "event=connection-closed reason=order "));
	assert_false(has(&last_line, " limit="));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_overdue),
	    T(test_memory),
	    T(test_messages_one_by_one),
	    T(test_too_many),
	    T(test_flood),
	    T(test_flood_of_ends),
	    T(test_flood_of_sessions),
	    T(test_infected),
	    T(test_reasons),
	    T(test_flood_of_lost),
	    T(test_flood_of_closed),
	};

	share_setup(UINT64_MAX);
	stamping_setup(&settings.stamp);
	log_init(STDERR_FILENO, LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG);
	if (!stream_setup(100000) || !client_setup(&settings))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
