/* SPDX-License-Identifier: ISC */
/*
 * Anomalies and readings in the log: scanner/anomaly_log.c.  Which names a
 * message's line has, and what is counted and told, and when.
 */
#include "scanner/anomaly_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/base/log_retry.h"
#include "tests/unit/fake_clock.h"

#define HOUR 3600000

static char text[3][LOG_LINE_MAX + 1];
static unsigned int lines;
static struct client client;
static struct anomalies found;

void
log_retry_end(struct log_line *line)
{
	assert_true(lines < 3);
	assert_false(line->full);
	memcpy(text[lines], line->text, line->len);
	text[lines++][line->len] = '\0';
}

static int
setup(void **state)
{
	(void)state;
	now_ms = 1000;
	log_init(2, LOG_FORMAT_LOGFMT, LOG_TO_SYSLOG);
	anomaly_run(UINT64_MAX); /* what the last test has left */
	lines = 0;
	memset(&client, 0, sizeof(client));
	memset(&found, 0, sizeof(found));
	return 0;
}

static const char *
names_of(unsigned int count)
{
	static struct log_line line;

	memset(&found, 0, sizeof(found));
	for (enum anomaly a = 0; a < count; a++)
		anomalies_add(&found, a);
	log_begin(&line, LOG_LEVEL_INFO, "message");
	anomaly_log(&line, &found);
	assert_false(line.full);
	line.text[line.len] = '\0';
	return line.text + line.start;
}

/* At most eight, in the order of their names, and how many more. */
static void
test_names(void **state)
{
	char want[64];

	(void)state;
	assert_null(strstr(names_of(0), "anomalies"));
	assert_non_null(strstr(names_of(1), " anomalies=address-malformed"));
	assert_null(strstr(names_of(8), "+"));
	assert_non_null(strstr(names_of(8), ",base64-pad-missing"));
	for (unsigned int count = 9; count <= ANOMALY_COUNT; count++) {
		snprintf(
		    want, sizeof(want), ",base64-pad-missing,+%u", count - 8);
		assert_non_null(strstr(names_of(count), want));
		assert_null(strstr(names_of(count), "base64-pad-odd"));
	}
}

/* What a session claims that there is not. */
static void
test_unknown(void **state)
{
	(void)state;
	memset(&found, 0, sizeof(found));
	for (unsigned int bit = ANOMALY_COUNT; bit < 64 * ANOMALY_WORDS; bit++)
		anomalies_add(&found, (enum anomaly)bit);
	anomaly_count(&client, &found);
	assert_int_equal(anomaly_next(), UINT64_MAX);
}

static void
test_longest(void **state)
{
	(void)state;
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++)
		assert_true(strlen(anomaly_name(a)) < 39);
}

/* An hour after the first, once; only names that came. */
static void
test_counts(void **state)
{
	(void)state;
	assert_int_equal(anomaly_next(), UINT64_MAX);
	anomaly_count(&client, &found);
	assert_int_equal(anomaly_next(), UINT64_MAX); /* ordinary mail */
	anomalies_add(&found, ANOMALY_LINE_LONG);
	anomaly_count(&client, &found);
	assert_int_equal(anomaly_next(), now_ms + HOUR);
	now_ms += 5;
	anomalies_add(&found, ANOMALY_YENC_IN_TEXT);
	client.parts.announced = true;
	client.scans.part_count = 4;
	client.scans.verdict.outcome = OUTCOME_AMBIGUOUS;
	anomaly_count(&client, &found);
	client.scans.verdict.outcome = OUTCOME_INFECTED;
	anomaly_count(&client, &found);
	client.scans.object.part[0] = '1';
	anomaly_count(&client, &found);
	assert_int_equal(anomaly_next(), now_ms - 5 + HOUR);
	anomaly_run(now_ms - 6 + HOUR);
	assert_int_equal(lines, 0);
	anomaly_run(now_ms - 5 + HOUR);
	assert_int_equal(lines, 1);
	assert_string_equal(text[0],
	    "<22>pratiqued: level=info event=anomaly-counts messages=4 "
	    "read_again=3 parts=12 infected_part=1 ambiguous=1 line-long=4 "
	    "yenc-in-text=3");
	assert_int_equal(anomaly_next(), UINT64_MAX);
	anomaly_run(UINT64_MAX);
	assert_int_equal(lines, 1);
	/* It begins again at 0. */
	anomaly_count(&client, &found);
	anomaly_run(UINT64_MAX);
	assert_non_null(strstr(text[1], "messages=1 "));
}

/* All of them, each once, in lines that hold them. */
static void
test_many(void **state)
{
	unsigned int names = 0;

	(void)state;
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++)
		anomalies_add(&found, a);
	anomaly_count(&client, &found);
	anomaly_run(UINT64_MAX);
	assert_true(lines > 1);
	for (unsigned int i = 0; i < lines; i++) {
		for (const char *at = text[i]; (at = strstr(at, "=1")) != NULL;
		     at++)
			names++;
	}
	assert_int_equal(names, ANOMALY_COUNT + 1); /* and messages=1 */
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, NULL)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_names),
	    T(test_unknown),
	    T(test_longest),
	    T(test_counts),
	    T(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
