/* SPDX-License-Identifier: ISC */
/*
 * What the session logic makes of what MIME's reader finds: when a message is
 * read again, what is sent of it, and what follows for its outcome, whatever
 * the scanner says; parser/mail/inspection.c and disposal.c.  The reader is the
 * real one; readings are played by a function here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/mime/readings.h"
#include "tests/unit/drive.h"

/* --- readings ------------------------------------------------------------------- */

static unsigned int runs;
static enum replay next_replay;
static uint64_t run_size;
static enum readings_end (*run)(struct readings *);

size_t
readings_size(void)
{
	return 64;
}

enum readings_end
readings_run(struct readings *r, uint64_t size)
{
	runs++;
	run_size = size;
	return run(r);
}

bool
readings_reads(const struct readings *r, const struct mime *m)
{
	(void)r, (void)m;
	return false;
}

void
readings_part_begins(struct readings *r, const struct mime_part *part)
{
	(void)r, (void)part;
	fail();
}

void
readings_part_content(
    struct readings *r, const struct mime_part *part, struct span decoded)
{
	(void)r, (void)part, (void)decoded;
	fail();
}

void
readings_part_ends(struct readings *r, const struct mime_part *part)
{
	(void)r, (void)part;
	fail();
}

/* All of the message as one object, and once more as one that was there. */
static enum readings_end
copy(struct readings *r, bool keep)
{
	static const struct reading_object object = {
	    "2.1", DECODING_BASE64_RESTART};
	enum readings_piece got;
	struct span piece;
	uint64_t at = 0;

	if (!readings_object_begin(r, &object))
		return READINGS_STOPPED;
	while ((got = readings_fetch(r, at, &piece)) == READINGS_PIECE) {
		at += piece.len;
		if (!readings_object_bytes(r, piece))
			return READINGS_STOPPED;
	}
	if (got == READINGS_PIECE_NONE || !readings_object_end(r, keep))
		return READINGS_STOPPED;
	assert_int_equal(at, run_size);
	return READINGS_DONE;
}

static enum readings_end
run_twice(struct readings *r)
{
	enum readings_end end = copy(r, true);

	return end == READINGS_DONE ? copy(r, false) : end;
}

static enum readings_end
run_nothing(struct readings *r)
{
	(void)r;
	return READINGS_DONE;
}

static enum readings_end
run_limit(struct readings *r)
{
	(void)copy(r, true);
	return READINGS_LIMIT;
}

/* As if it never ended. */
static enum readings_end
run_on(struct readings *r)
{
	static const struct reading_object object = {"1", DECODING_AS_IS};

	while (
	    readings_object_begin(r, &object) && readings_object_end(r, false))
		continue;
	return READINGS_STOPPED;
}

static enum readings_end
run_long(struct readings *r)
{
	static const struct reading_object object = {"1", DECODING_AS_IS};
	static const uint8_t bytes[50000];

	uint64_t sent = 0;

	assert_true(readings_object_begin(r, &object));
	while (readings_object_bytes(r, span_of(bytes, sizeof(bytes))))
		sent += sizeof(bytes);
	assert_in_range(sent, READINGS_TRIED_TIMES * READINGS_BYTES_SPARE,
	    READINGS_TRIED_TIMES *
		(READINGS_BYTES_SPARE + READINGS_BYTES_TIMES * run_size));
	return READINGS_STOPPED;
}

/* For no reason that anybody gave. */
static enum readings_end
run_stopped(struct readings *r)
{
	(void)r;
	return READINGS_STOPPED;
}

/* --- messages ------------------------------------------------------------------- */

static const struct packet_text ordinary = SUBJ;
static const struct packet_text conflict =
    P('L', "Content-Type\0 multipart/mixed; boundary=a; boundary=b\0");
static const struct packet_text body = P('B', "--a\r\n\r\nEICAR\r\n--a--\r\n");

static int
setup(void **state)
{
	runs = 0;
	run = run_twice;
	next_replay = REPLAY_PIECE;
	return drive_setup(state);
}

/* A message with that field, and of so many levels. */
static void
send_mail(const struct packet_text *field, unsigned int depth)
{
	static const struct packet_text before[] = {O_NR, C4, HELO, MAIL, RCPT};
	static const struct packet_text eom = EOM;
	char text[64];

	restart();
	input.len = 0;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		add(&input, &before[i]);
	add(&input, field);
	for (unsigned int i = 0; i < depth; i++) {
		int len = snprintf(text, sizeof(text),
		    "--b%u\r\nContent-Type: multipart/mixed; "
		    "boundary=b%u\r\n\r\n",
		    i, i + 1);
		struct packet_text p = {'B', text, (size_t)len};

		add(&input, &p);
	}
	add(&input, &body);
	add(&input, &eom);
	stub.replay = next_replay;
	feed(&input, input.len);
}

static bool
logged(const char *text)
{
	return strstr(stub.log, text) != NULL;
}

static bool
odd(enum anomaly a)
{
	return anomalies_has(&stub.report.anomalies, a);
}

/* --- tests ---------------------------------------------------------------------- */

/* An ordinary message is not read again, has nothing odd, and no record of its
 * own for that. */
static void
test_ordinary(void **state)
{
	(void)state;
	send_mail(&ordinary, 0);
	assert_int_equal(runs, 0);
	assert_int_equal(stub.report.outcome, OUTCOME_CLEAN);
	assert_false(anomalies_any(&stub.report.anomalies));
	assert_null(strstr(stub.log, "part "));
	assert_null(strstr(stub.log, "read "));
	assert_null(strstr(stub.log, " readings"));
}

/* One that is ambiguous is, and what comes of it goes to the scanner. */
static void
test_ambiguous(void **state)
{
	char part[64];

	(void)state;
	send_mail(&conflict, 0);
	assert_int_equal(runs, 1);
	assert_int_equal(run_size, stub.message_len);
	assert_true(logged(" readings\n"));
	snprintf(part, sizeof(part), "part 2.1 base64-restart %zu\n",
	    stub.message_len);
	assert_true(logged(part));
	snprintf(part, sizeof(part), "part 2.1 base64-restart %zu again\n",
	    stub.message_len);
	assert_true(logged(part));
	assert_int_equal(stub.parts, 1);
	assert_true(stub.found);
	assert_int_equal(stub.read, READ_COMPLETE);
	assert_int_equal(stub.report.outcome, OUTCOME_CLEAN);
	assert_true(odd(ANOMALY_BOUNDARY_CONFLICT));
	assert_false(odd(ANOMALY_LIMIT_READINGS));
}

/* How the reading ended, what the scanner says all the same, and what is made
 * of it: clean is what was read to its end, or has a stamp. */
static const struct {
	enum readings_end (*run)(struct readings *);
	enum replay replay;
	enum read_end read;
	enum outcome said, outcome;
} ends[] = {
    {run_twice, REPLAY_PIECE, READ_COMPLETE, OUTCOME_CLEAN, OUTCOME_CLEAN},
    {run_twice, REPLAY_PIECE, READ_COMPLETE, OUTCOME_INFECTED,
	OUTCOME_INFECTED},
    {run_nothing, REPLAY_PIECE, READ_COMPLETE, OUTCOME_CLEAN, OUTCOME_CLEAN},
    {run_limit, REPLAY_PIECE, READ_LIMIT, OUTCOME_AMBIGUOUS, OUTCOME_AMBIGUOUS},
    {run_limit, REPLAY_PIECE, READ_LIMIT, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_limit, REPLAY_PIECE, READ_LIMIT, OUTCOME_INFECTED, OUTCOME_INFECTED},
    {run_limit, REPLAY_PIECE, READ_LIMIT, OUTCOME_TIMEOUT, OUTCOME_TIMEOUT},
    {run_on, REPLAY_PIECE, READ_LIMIT, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_long, REPLAY_PIECE, READ_LIMIT, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_stopped, REPLAY_PIECE, READ_FAILED, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_twice, REPLAY_LATE, READ_LATE, OUTCOME_TIMEOUT, OUTCOME_TIMEOUT},
    {run_twice, REPLAY_LATE, READ_LATE, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_twice, REPLAY_FAILED, READ_FAILED, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_twice, REPLAY_NOT_STORED, READ_FAILED, OUTCOME_INTERNAL,
	OUTCOME_INTERNAL},
    {run_twice, REPLAY_NEEDLESS, READ_FAILED, OUTCOME_INFECTED,
	OUTCOME_INFECTED},
    {run_twice, REPLAY_NEEDLESS, READ_FAILED, OUTCOME_CLEAN, OUTCOME_AMBIGUOUS},
    {run_twice, REPLAY_NEEDLESS, READ_FAILED, OUTCOME_AMBIGUOUS,
	OUTCOME_AMBIGUOUS},
};

static void
test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		print_message("row %zu\n", i);
		run = ends[i].run;
		stub.result.outcome = ends[i].said;
		next_replay = ends[i].replay;
		send_mail(&conflict, 0);
		assert_int_equal(stub.read, ends[i].read);
		assert_int_equal(stub.report.outcome, ends[i].outcome);
		assert_int_equal(
		    odd(ANOMALY_LIMIT_READINGS), ends[i].read == READ_LIMIT);
	}
}

/* What the reader itself could not read to its end is never clean, even if
 * readings say nothing is left; nor does one message leave that to the next. */
static void
test_limited(void **state)
{
	(void)state;
	run = run_nothing;
	send_mail(&(struct packet_text)P(
		      'L', "Content-Type\0 multipart/mixed; boundary=b0\0"),
	    MIME_DEPTH_MAX + 1);
	assert_int_equal(runs, 1);
	assert_true(odd(ANOMALY_LIMIT_DEPTH));
	assert_int_equal(stub.read, READ_LIMIT);
	assert_int_equal(stub.report.outcome, OUTCOME_AMBIGUOUS);
	assert_int_equal(stub.report.action, ACTION_TEMPFAIL);
	send_mail(&ordinary, 0);
	assert_int_equal(stub.report.outcome, OUTCOME_CLEAN);
}

/* One that is limited and nothing else. */
static void
test_many_parts(void **state)
{
	static const struct packet_text part = P('B', "--a\r\n\r\nx\r\n");
	static const struct packet_text start[] = {O_NR, C4, HELO, MAIL, RCPT,
	    P('L', "MIME-Version\0 1.0\0"),
	    P('L', "Content-Type\0 multipart/mixed; boundary=a\0")};
	static const struct packet_text end[] = {P('B', "--a--\r\n"), EOM};

	(void)state;
	for (unsigned int parts = 5; parts < 2000; parts += 1990) {
		restart();
		input.len = 0;
		for (size_t i = 0; i < sizeof(start) / sizeof(start[0]); i++)
			add(&input, &start[i]);
		for (unsigned int i = 0; i < parts; i++)
			add(&input, &part);
		add(&input, &end[0]);
		add(&input, &end[1]);
		runs = 0;
		run = run_nothing;
		feed(&input, input.len);
		assert_int_equal(runs, parts > MIME_PARTS_MAX);
		assert_int_equal(stub.report.outcome,
		    parts > MIME_PARTS_MAX ? OUTCOME_AMBIGUOUS : OUTCOME_CLEAN);
	}
}

/* What is not scanned is not read again either, and is not called odd. */
static void
test_unscanned(void **state)
{
	(void)state;
	settings.max_message_size = 70; /* the field, and not the body */
	send_mail(&conflict, 0);
	assert_int_equal(runs, 0);
	assert_int_equal(stub.report.outcome, OUTCOME_TOO_BIG);
	assert_false(anomalies_any(&stub.report.anomalies));
	assert_null(strstr(stub.log, " readings"));
}

/* The field says in which part and reading something was found, and a reason
 * for a quarantine too; the reply does not. */
static void
test_words(void **state)
{
	static const struct reading_object object = {
	    "2.1", DECODING_BASE64_RESTART};

	(void)state;
	stub.result.outcome = OUTCOME_INFECTED;
	stub.result.object = object;
	SET_TEXT(stub.result.name, "Eicar");
	send_mail(&conflict, 0);
	assert_non_null(strstr(render(), "y<550 5.7.1 infected: Eicar> "));
	settings.disposition[OUTCOME_INFECTED].action = ACTION_QUARANTINE;
	send_mail(&conflict, 0);
	assert_non_null(strstr(render(),
	    "i1 X-Virus-Status: Infected (Eicar) in part 2.1 (base64-restart) "
	    "i1 X-Virus-Scanned: Pratique at mx.test "
	    "q<Infected (Eicar) in part 2.1 (base64-restart)> "));
}

/* Of two messages of one session each is read for itself. */
static void
test_next(void **state)
{
	static const struct packet_text mail[] = {
	    MAIL, RCPT, SUBJ, EOH, BODY, EOM};

	(void)state;
	send_mail(&conflict, 0);
	input.len = 0;
	for (size_t i = 0; i < sizeof(mail) / sizeof(mail[0]); i++)
		add(&input, &mail[i]);
	feed(&input, input.len);
	assert_int_equal(stub.reports, 2);
	assert_int_equal(runs, 1);
	assert_false(anomalies_any(&stub.report.anomalies));
	input.len = 0;
	add(&input, &mail[0]);
	add(&input, &mail[1]);
	add(&input, &conflict);
	add(&input, &body);
	add(&input, &mail[5]);
	feed(&input, input.len);
	assert_int_equal(runs, 2);
	assert_true(odd(ANOMALY_BOUNDARY_CONFLICT));
}

/* A message that is given up in the middle leaves nothing. */
static void
test_aborted(void **state)
{
	static const struct packet_text given_up[] = {MAIL, RCPT,
	    P('L', "Content-Type\0 multipart/mixed; boundary=a; boundary=b\0"),
	    ABRT, MAIL, RCPT, SUBJ, EOH, BODY, EOM};

	(void)state;
	send_mail(&ordinary, 0);
	input.len = 0;
	for (size_t i = 0; i < sizeof(given_up) / sizeof(given_up[0]); i++)
		add(&input, &given_up[i]);
	feed(&input, input.len);
	assert_int_equal(runs, 0);
	assert_int_equal(stub.report.outcome, OUTCOME_CLEAN);
	assert_false(anomalies_any(&stub.report.anomalies));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, drive_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_ordinary),
	    T(test_ambiguous),
	    T(test_ends),
	    T(test_limited),
	    T(test_many_parts),
	    T(test_unscanned),
	    T(test_words),
	    T(test_next),
	    T(test_aborted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
