/* SPDX-License-Identifier: ISC */
/*
 * The line of a message, field by field: scanner/report.c and closing.c.  What
 * the scanner knows itself stands against what the session claims.
 */
#include "scanner/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/base/log_retry.h"
#include "scanner/clamd/backend.h"
#include "scanner/closing.h"
#include "tests/unit/fake_clock.h"

static struct client client;
static struct claims claims;
static char text[LOG_LINE_MAX + 1]; /* of the last line */
static unsigned int lines;

void
log_retry_end(struct log_line *line)
{
	memcpy(text, line->text, line->len);
	text[line->len] = '\0';
	lines++;
}

const char *
backend_name(uint32_t index)
{
	return index == 2 ? "two" : "another";
}

const char *
client_state_name(enum client_state state)
{
	return state == CLIENT_BODY ? "body" : "other";
}

void
stamping_log(const struct stamping *s, struct log_line *line)
{
	(void)s;
	log_text(line, "stamp", "none");
}

static int
setup(void **state)
{
	(void)state;
	now_ms = 5000000;
	log_init(2, LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG);
	report_setup(true);
	memset(&client, 0, sizeof(client));
	memset(&claims, 0, sizeof(claims));
	memset(claims.queue_id, 'Q', sizeof(claims.queue_id));
	memset(client.queue_id, 'B', sizeof(client.queue_id));
	memcpy(claims.client_addr, "192.0.2.1", 10);
	memcpy(claims.client_name, "a b", 4);
	claims.recipients = 7;
	claims.action = ACTION_ACCEPT;
	client.state = CLIENT_DONE;
	client.size = 111;
	client.stream.len = 222;
	client.scans.verdict.backend = 2;
	client.scans.verdict.wait_ms = 3;
	client.scans.verdict.scan_ms = 4;
	lines = 0;
	text[0] = '\0';
	return 0;
}

#define ENVELOPE                                                       \
	"qid=QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ" \
	"QQQQQQQQ client=192.0.2.1 client_name=\"a b\" helo=\"\" "     \
	"from=\"\" rcpts=7 "

/* The whole line. */
static void
test_line(void **state)
{
	(void)state;
	_Static_assert(sizeof(claims.queue_id) == 64, "ENVELOPE has as many");
	report_message(&client, &claims);
	assert_string_equal(text,
	    "<22>pratiqued: level=info event=message " ENVELOPE
	    "size=222 verdict=clean backend=two wait_ms=3 scan_ms=4 "
	    "action=accept stamp=none");
}

static void
test_verdicts(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *level, *part;
	} rows[] = {
	    {OUTCOME_CLEAN, "info", " verdict=clean backend="},
	    {OUTCOME_CLEAN_BY_STAMP, "info", " verdict=clean-by-stamp "},
	    {OUTCOME_INFECTED, "warning",
		" size=222 verdict=infected signature=Ei backend="},
	    {OUTCOME_TOO_BIG, "warning",
		" size=111 verdict=unscanned reason=too-big backend="},
	    {OUTCOME_LIMITS_EXCEEDED, "warning",
		" reason=limits-exceeded limit=Ei backend="},
	    {OUTCOME_TIMEOUT, "warning", " reason=timeout backend="},
	    {OUTCOME_LIMITS, "warning", " limit=recipients action="},
	};

	(void)state;
	memcpy(client.scans.verdict.name, "Eicar", 5);
	client.scans.verdict.name_len = 2;
	claims.limit = SESSION_LIMIT_RECIPIENTS;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		client.scans.verdict.outcome = rows[i].outcome;
		report_message(&client, &claims);
		print_message("%s\n", text);
		assert_non_null(strstr(text, rows[i].part));
		assert_memory_equal(
		    text + strlen("<22>pratiqued: level="), rows[i].level, 4);
	}
	/* Ours is not whole: then it is the session's. */
	client.scans.verdict.outcome = OUTCOME_INTERNAL;
	client.stream.state = STREAM_FAILED;
	client.scans.verdict.backend = BACKEND_NONE;
	report_message(&client, &claims);
	assert_non_null(strstr(text, " size=111 "));
	assert_null(strstr(text, " backend="));
}

/* In which part and reading, if it is one's; how many were scanned, and what is
 * odd about it, as the session claims. */
static void
test_readings(void **state)
{
	(void)state;
	client.scans.part_count = 3;
	anomalies_add(&claims.anomalies, ANOMALY_BOUNDARY_CONFLICT);
	anomalies_add(&claims.anomalies, ANOMALY_BASE64_PAD_INSIDE);
	report_message(&client, &claims);
	assert_string_equal(text,
	    "<22>pratiqued: level=info event=message " ENVELOPE
	    "size=222 verdict=clean backend=two wait_ms=3 scan_ms=4 readings=3 "
	    "anomalies=base64-pad-inside,boundary-conflict "
	    "action=accept stamp=none");
	client.scans.verdict.outcome = OUTCOME_INFECTED;
	client.scans.object =
	    (struct reading_object){"2.1", DECODING_BASE64_RESTART};
	memcpy(client.scans.verdict.name, "Ei", 2);
	client.scans.verdict.name_len = 2;
	report_message(&client, &claims);
	assert_non_null(strstr(text,
	    " signature=Ei part=2.1 reading=base64-restart backend=two "));
	client.scans.verdict.outcome = OUTCOME_TIMEOUT;
	report_message(&client, &claims);
	assert_non_null(strstr(text,
	    " reason=timeout part=2.1 reading=base64-restart backend=two "));
	client.state = CLIENT_ABORTED;
	report_message(&client, &claims);
	assert_null(strstr(text, "anomalies="));
}

/* log_clean = no: only what was clean and accepted has no line. */
static void
test_log_clean(void **state)
{
	(void)state;
	report_setup(false);
	report_message(&client, &claims);
	assert_int_equal(lines, 0);
	client.scans.verdict.outcome = OUTCOME_CLEAN_BY_STAMP;
	report_message(&client, &claims);
	assert_int_equal(lines, 0);
	claims.action = ACTION_QUARANTINE;
	report_message(&client, &claims);
	assert_int_equal(lines, 1);
	client.scans.verdict.outcome = OUTCOME_INFECTED;
	claims.action = ACTION_ACCEPT;
	report_message(&client, &claims);
	assert_int_equal(lines, 2);
	client.scans.verdict.outcome = OUTCOME_CLEAN;
	client.state = CLIENT_ABORTED;
	report_message(&client, &claims);
	assert_int_equal(lines, 3);
	assert_non_null(strstr(text, "event=message-aborted "));
	assert_null(strstr(text, "verdict"));
	assert_null(strstr(text, "stamp"));
}

/* Those that cost nobody anything have a rate: what verdict there was in an
 * aborted message is no matter. */
static void
test_rates(void **state)
{
	static const enum outcome free_of_it[] = {OUTCOME_CLEAN,
	    OUTCOME_INFECTED, OUTCOME_CLEAN_BY_STAMP, OUTCOME_LIMITS_EXCEEDED};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		setup(state);
		client.scans.verdict.outcome = free_of_it[i];
		for (int n = 0; n < 1500; n++)
			report_message(&client, &claims);
		assert_int_equal(lines, 1500);
		client.state = CLIENT_ABORTED;
		for (int n = 0; n < 1500; n++)
			report_message(&client, &claims);
		assert_int_equal(lines, 1520);
	}
	assert_true(report_next() == now_ms + 10000);
	report_run(now_ms + 9999);
	assert_int_equal(lines, 1520);
	report_run(now_ms + 10000);
	assert_non_null(strstr(text,
	    "event=lines-left-out aborted=1480 unscanned=0 closed=0 ended=0"));
	assert_true(report_next() == UINT64_MAX);
}

/* Ids of a session that is ended; none between two messages. */
static void
test_ended(void **state)
{
	(void)state;
	client.state = CLIENT_BODY;
	report_violation(&client, "end");
	assert_non_null(strstr(text, "event=session-violation qid=BBBB"));
	assert_non_null(strstr(text, "B record=end state=body"));
	client.state = CLIENT_IDLE;
	report_violation(&client, "end");
	assert_non_null(strstr(text, " qid=\"\" record=end state=other"));
	client.state = CLIENT_BODY;
	report_overdue(&client);
	assert_non_null(strstr(text, "event=session-overdue qid=BBBB"));
	report_lost(&client);
	assert_non_null(strstr(text, "event=message-lost qid=BBBB"));
	assert_non_null(strstr(text, "B state=body size=222"));
	client.state = CLIENT_DONE;
	report_lost(&client);
	assert_non_null(strstr(text, " verdict=clean "));
}

static void
test_closed(void **state)
{
	struct record_closing closing = {.report = claims};

	(void)state;
	memset(closing.why, 'w', sizeof(closing.why));
	closing_log(&client, &closing);
	assert_non_null(strstr(text, "event=connection-closed reason=www"));
	assert_non_null(strstr(text, "w qid=QQ"));
	assert_non_null(strstr(text, " rcpts=7"));
	assert_null(strstr(text, " limit="));
	now_ms += 1000;
	closing.report.limit = SESSION_LIMIT_MESSAGES;
	closing_log(&client, &closing);
	assert_non_null(strstr(text, "w limit=messages qid="));
	closing_log(&client, &closing);
	assert_int_equal(lines, 2); /* one a second */
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_readings),
	    T(test_line),
	    T(test_verdicts),
	    T(test_log_clean),
	    T(test_rates),
	    T(test_ended),
	    T(test_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
