/* SPDX-License-Identifier: ISC */
/* One comparison of the two engines; see oracle_compare.h. */
#include "tests/oracle/oracle_compare.h"

#include <stdio.h>
#include <string.h>

#include "tests/oracle/differences.h"

#define SET(to, text) snprintf(to, sizeof(to), "%s", text)

struct session_settings compare_settings;
struct trace compare_native, compare_reference;
const char *compare_program;

/* --- settings and outcomes --------------------------------------------------- */

static void
use_settings(void)
{
	compare_settings.max_message_size = 100000;
	compare_settings.session_timeout = 3600000;
	compare_settings.limits = (struct limit_settings){.recipients = 1000,
	    .header_fields = 20000,
	    .header_size = 1000000,
	    .own_fields = 100,
	    .parameters = 1000,
	    .messages = 1000};
	SET(compare_settings.header_scanned, "X-Virus-Scanned");
	SET(compare_settings.header_status, "X-Virus-Status");
	SET(compare_settings.hostname, "mx.test");
	for (size_t i = 0; i < OUTCOME_COUNT; i++) {
		compare_settings.disposition[i].action = ACTION_TEMPFAIL;
		SET(compare_settings.disposition[i].reply,
		    "451 4.7.1 later, 5%% of it");
	}
	compare_settings.disposition[OUTCOME_CLEAN].action = ACTION_ACCEPT;
	compare_settings.disposition[OUTCOME_INFECTED].action = ACTION_REJECT;
	SET(compare_settings.disposition[OUTCOME_INFECTED].reply,
	    "550 5.7.1 infected: %v");
	compare_settings.disposition[OUTCOME_TIMEOUT].action =
	    ACTION_QUARANTINE;
	compare_settings.disposition[OUTCOME_CLAMD_ERROR].action =
	    ACTION_DISCARD;
}

/* What the scanner will say: every disposition has its turn. */
struct scan_result
compare_result(uint32_t number)
{
	static const enum outcome outcomes[] = {OUTCOME_CLEAN, OUTCOME_INFECTED,
	    OUTCOME_CLAMD_DOWN, OUTCOME_TIMEOUT, OUTCOME_CLAMD_ERROR};
	struct scan_result r = {.outcome = outcomes[number % 5]};

	if (r.outcome == OUTCOME_INFECTED)
		SET(r.name, "Test.%Signature\x01");
	return r;
}

/* --- one comparison ---------------------------------------------------------- */

/* Stops before what libmilter takes otherwise. */
static bool
stop_at(const struct moment *m, void *stopped)
{
	*(bool *)stopped = difference_accepted(m);
	return *(bool *)stopped;
}

bool
compare_same_sent(void)
{
	return compare_native.sent_len == compare_reference.sent_len &&
	       memcmp(compare_native.sent, compare_reference.sent,
		   compare_native.sent_len) == 0;
}

bool
compare_same_log(void)
{
	return compare_native.log_len == compare_reference.log_len &&
	       memcmp(compare_native.log, compare_reference.log,
		   compare_native.log_len) == 0;
}

/* Takes the queue ids out of a log: second word of begin, first brackets of
 * report. */
static void
blank_queue_ids(struct trace *t)
{
	size_t to = 0;

	for (size_t at = 0; at < t->log_len;) {
		const char *line = t->log + at;
		const char *nl = memchr(line, '\n', t->log_len - at);
		size_t len =
		    nl == NULL ? t->log_len - at : (size_t)(nl - line) + 1;
		const char *from = NULL, *until = NULL;

		if (len > 6 && memcmp(line, "begin ", 6) == 0) {
			from = memchr(line + 6, ' ', len - 6);
			until = line + len - 1;
		} else if (len > 7 && memcmp(line, "report ", 7) == 0) {
			from = memchr(line, '[', len);
			until = memchr(line, ']', len);
		}
		if (from == NULL || until == NULL || from > until)
			from = until = line + len;
		memmove(t->log + to, line, (size_t)(from - line));
		to += (size_t)(from - line);
		memmove(t->log + to, until, (size_t)(line + len - until));
		to += (size_t)(line + len - until);
		at += len;
	}
	t->log_len = to;
}

/* Both took all of the input, or both closed at its last packet. */
static enum result
compare_whole(void)
{
	if (!compare_same_sent())
		return FAULT;
	if (compare_same_log())
		return SAME;
	blank_queue_ids(&compare_native);
	blank_queue_ids(&compare_reference);
	if (!compare_same_log())
		return FAULT;
	difference_queue_id();
	return LISTED;
}

static bool
begins_as(const struct trace *t, const struct trace *start)
{
	return t->sent_len >= start->sent_len &&
	       memcmp(t->sent, start->sent, start->sent_len) == 0 &&
	       t->log_len >= start->log_len &&
	       memcmp(t->log, start->log, start->log_len) == 0;
}

/* The native engine closed at the last packet, and libmilter did not: until
 * then they must have done the same. */
static enum result
compare_refused(const char *why, const struct moment *last)
{
	static struct trace start;
	bool obeyed;

	start = compare_native;
	start.sent_len = last->sent_len;
	start.log_len = last->log_len;
	if (!begins_as(&compare_reference, &start))
		difference_queue_id();
	blank_queue_ids(&start);
	blank_queue_ids(&compare_native);
	blank_queue_ids(&compare_reference);
	obeyed =
	    compare_reference.sent_len > last->sent_len || !compare_same_log();
	return begins_as(&compare_reference, &start) &&
		       difference_refused(why, last, obeyed)
		   ? LISTED
		   : FAULT;
}

enum result
compare(struct span input, const struct scan_result *result,
    struct moment *last, const char **why)
{
	bool stopped = false;
	enum result r;
	size_t used;

	*why = native_run(&compare_settings, result, input, stop_at, &stopped,
	    &compare_native, last, &used);
	reference_run(compare_program, &compare_settings, result,
	    span_of(input.ptr, used), &compare_reference);
	if (compare_reference.ending == ENDED_BADLY)
		return FAULT;
	if (compare_native.ending == ENDED_BY_US &&
	    compare_reference.ending == ENDED_AT_EOF &&
	    strcmp(*why, "quit") != 0)
		return compare_refused(*why, last);
	if (compare_native.ending != compare_reference.ending)
		return FAULT;
	r = compare_whole();
	return r == SAME && stopped ? LISTED : r;
}

void
compare_setup(const char *program)
{
	compare_program = program;
	use_settings();
}
