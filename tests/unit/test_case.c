/* SPDX-License-Identifier: ISC */
/*
 * Several scans of one message: scanner/case.c.  What follows from what they
 * find, in every order in which it can come; that what is not needed any more
 * is cancelled, and each memfd of a part given back once.
 */
#include "scanner/case.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "scanner/base/share.h"
#include "scanner/clamd/backend.h"
#include "tests/unit/stub_archives.h"

#define OWNER	  5
#define SCANS_MAX (CASE_PARTS_ALL + 2)

/* --- what case.c calls ------------------------------------------------------- */

static struct scan *under_way[SCANS_MAX]; /* in the order of submission */
static unsigned int submitted, cancelled, early, overs;

void
scan_settle(struct scan *s, enum outcome outcome)
{
	assert_int_equal(s->state, SCAN_IDLE);
	s->verdict =
	    (struct verdict){.outcome = outcome, .backend = BACKEND_NONE};
}

void
scan_submit(struct scan *s, int memfd, uint64_t size, uint64_t lead)
{
	assert_int_equal(s->state, SCAN_IDLE);
	assert_true(size > lead);
	assert_true(fcntl(memfd, F_GET_SEALS) > 0);
	s->state = SCAN_WAITING;
	under_way[submitted++] = s;
}

void
scan_early(struct scan *s, int memfd, uint64_t size)
{
	(void)s, (void)size;
	assert_int_not_equal(memfd, -1);
	early++;
}

void
scan_cancel(struct scan *s)
{
	if (s->state != SCAN_IDLE)
		cancelled++;
	s->state = SCAN_IDLE;
}

void
case_over(uint32_t owner)
{
	assert_int_equal(owner, OWNER);
	overs++;
}

/* --- a message ------------------------------------------------------------------ */

static struct scan_case c;
static struct stream message;
static struct share sender, listener;
static struct payer payer = {&sender, &listener};
static uint64_t message_held;

static struct stream
made(bool bare)
{
	struct stream s;

	if (bare)
		stream_begin_bare(&s, span_text("part"));
	else
		stream_begin(&s, span_text("4CASE"));
	s.payer = &payer;
	stream_body(&s, span_text("content"));
	assert_int_equal(stream_finish(&s), OUTCOME_CLEAN);
	return s;
}

/* The next part is called by its number, from 1. */
static void
hand(struct scan_case *to, struct stream *s, enum outcome finished)
{
	static const struct look look;
	struct reading_object object = {.decoding = DECODING_BASE64_RESTART};

	snprintf(object.part, sizeof(object.part), "%u", to->part_count + 1);
	case_part(to, s, &object, &look, finished);
}

static void
add_part(void)
{
	struct stream s = made(true);

	hand(&c, &s, OUTCOME_CLEAN);
	assert_int_equal(s.memfd, -1);
}

/* The message and so many parts; all is asked for. */
static void
open_case(unsigned int parts)
{
	c = (struct scan_case){0};
	submitted = cancelled = early = overs = 0;
	archive_fault = ARCHIVE_FINE;
	archive_blind = false;
	message = made(false);
	message_held = sender.held;
	case_begin(&c, OWNER, NULL);
	assert_int_equal(c.verdict.outcome, OUTCOME_INTERNAL);
	case_whole(&c, &message);
	for (unsigned int i = 0; i < parts; i++)
		add_part();
	assert_int_equal(submitted, parts + 1);
}

static void
close_case(void)
{
	case_drop(&c);
	assert_int_equal(c.state, CASE_IDLE);
	assert_int_equal(sender.held, message_held);
	stream_drop(&message);
	assert_int_equal(sender.held, 0);
	assert_int_equal(listener.held, 0);
}

/* clamd's word on one that is under way; 0: the whole message. */
static void
judge_as(unsigned int number, enum outcome outcome, const struct identity *id)
{
	struct scan *s = under_way[number];

	if (s->state == SCAN_IDLE)
		return; /* cancelled */
	s->state = SCAN_IDLE;
	s->verdict = (struct verdict){
	    .outcome = outcome, .backend = number, .wait_ms = number + 100};
	s->verdict.name_len = (uint32_t)snprintf(
	    s->verdict.name, sizeof(s->verdict.name), "name-%u", number);
	s->identity = *id;
	scan_judged(s);
}

static const struct identity some = {
    .engine = "ClamAV-1.4.6", .database = {27091, 1000000}, .alerts = true};

static void
judge(unsigned int number, enum outcome outcome)
{
	judge_as(number, outcome, &some);
}

/* --- tests --------------------------------------------------------------------- */

static void
test_whole(void **state)
{
	(void)state;
	for (enum outcome o = 0; o < OUTCOME_COUNT; o++) {
		open_case(0);
		case_asked(&c);
		assert_int_equal(overs, 0);
		judge(0, o);
		assert_int_equal(overs, 1);
		assert_int_equal(c.state, CASE_OVER);
		assert_int_equal(c.verdict.outcome, o);
		assert_int_equal(c.engine, ENGINE_CLAMD);
		assert_string_equal(c.verdict.name, "name-0");
		assert_memory_equal(&c.identity, &some, sizeof(some));
		close_case();
		/* What is known stays, for the log. */
		assert_int_equal(c.verdict.outcome, o);
	}
}

/* whole, two parts: what they say, and what follows; from is whose it is. */
static const struct {
	enum outcome said[3];
	enum outcome outcome;
	unsigned int from;
} rows[] = {
    {{OUTCOME_CLEAN, OUTCOME_CLEAN, OUTCOME_CLEAN}, OUTCOME_CLEAN, 0},
    {{OUTCOME_CLEAN, OUTCOME_CLEAN, OUTCOME_INFECTED}, OUTCOME_INFECTED, 2},
    {{OUTCOME_CLEAN, OUTCOME_INFECTED, OUTCOME_CLEAN}, OUTCOME_INFECTED, 1},
    {{OUTCOME_INFECTED, OUTCOME_CLEAN, OUTCOME_CLEAN}, OUTCOME_INFECTED, 0},
    {{OUTCOME_CLEAN, OUTCOME_TIMEOUT, OUTCOME_CLEAN}, OUTCOME_TIMEOUT, 1},
    {{OUTCOME_CLEAN, OUTCOME_CLEAN, OUTCOME_BUSY}, OUTCOME_BUSY, 2},
    {{OUTCOME_CLEAN, OUTCOME_TIMEOUT, OUTCOME_BUSY}, OUTCOME_TIMEOUT, 1},
    {{OUTCOME_CLAMD_DOWN, OUTCOME_TIMEOUT, OUTCOME_BUSY}, OUTCOME_CLAMD_DOWN,
	0},
    {{OUTCOME_TIMEOUT, OUTCOME_INFECTED, OUTCOME_BUSY}, OUTCOME_INFECTED, 1},
    {{OUTCOME_LIMITS_EXCEEDED, OUTCOME_CLEAN, OUTCOME_INFECTED},
	OUTCOME_INFECTED, 2},
    {{OUTCOME_TOO_BIG, OUTCOME_CLEAN, OUTCOME_CLEAN}, OUTCOME_TOO_BIG, 0},
};

static void
test_order(void **state)
{
	static const unsigned int orders[][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	char name[16];

	(void)state;
	for (size_t i = 0; i < 2 * 6 * sizeof(rows) / sizeof(rows[0]); i++) {
		size_t row = i / 12;
		const unsigned int *order = orders[i / 2 % 6];

		open_case(2);
		/* All was handed in before the first answer, or after the
		 * last. */
		if (i % 2 == 0)
			case_asked(&c);
		for (unsigned int n = 0; n < 3; n++)
			judge(order[n], rows[row].said[order[n]]);
		if (i % 2 == 1) {
			assert_int_equal(
			    overs, rows[row].outcome == OUTCOME_INFECTED);
			case_asked(&c);
		}
		assert_int_equal(overs, 1);
		assert_int_equal(c.verdict.outcome, rows[row].outcome);
		assert_int_equal(c.verdict.backend, rows[row].from);
		assert_int_equal(c.verdict.wait_ms, rows[row].from + 100);
		snprintf(name, sizeof(name), "name-%u", rows[row].from);
		assert_string_equal(c.verdict.name, name);
		snprintf(name, sizeof(name), "%u", rows[row].from);
		assert_string_equal(
		    c.object.part, rows[row].from == 0 ? "" : name);
		assert_int_equal(c.object.decoding,
		    rows[row].from == 0 ? 0 : DECODING_BASE64_RESTART);
		close_case();
	}
}

/* The first that is infected ends the others; what they hold is given back. */
static void
test_infected_cancels(void **state)
{
	(void)state;
	open_case(3);
	case_asked(&c);
	judge(2, OUTCOME_INFECTED);
	assert_int_equal(overs, 1);
	assert_int_equal(cancelled, 3);
	assert_int_equal(sender.held, message_held);
	close_case();
	assert_int_equal(cancelled, 3);
}

/* Not before all have spoken, whatever is known. */
static void
test_waits(void **state)
{
	(void)state;
	open_case(2);
	judge(0, OUTCOME_CLEAN);
	judge(1, OUTCOME_TIMEOUT);
	assert_int_equal(c.state, CASE_OPEN);
	case_asked(&c);
	assert_int_equal(overs, 0);
	judge(2, OUTCOME_CLEAN);
	assert_int_equal(overs, 1);
	close_case();
}

/* The message is given up: nothing follows. */
static void
test_drop(void **state)
{
	(void)state;
	for (unsigned int judged = 0; judged < 3; judged++) {
		open_case(2);
		case_asked(&c);
		for (unsigned int i = 0; i < judged; i++)
			judge(i, OUTCOME_CLEAN);
		close_case();
		assert_int_equal(cancelled, 3 - judged);
		assert_int_equal(overs, 0);
		case_drop(&c); /* once more does nothing */
	}
}

/* A part for which there is no room, or that could not be made, is unscanned;
 * behind one that is infected nothing is wanted any more. */
static void
test_no_part(void **state)
{
	struct stream s;

	(void)state;
	open_case(0);
	s = made(true);
	hand(&c, &s, OUTCOME_TOO_BIG);
	assert_int_equal(s.memfd, -1);
	assert_int_equal(submitted, 1);
	judge(0, OUTCOME_CLEAN);
	case_asked(&c);
	assert_int_equal(c.verdict.outcome, OUTCOME_TOO_BIG);
	assert_int_equal(c.engine, ENGINE_OWN);
	close_case();
	open_case(1);
	judge(1, OUTCOME_INFECTED);
	assert_int_equal(overs, 1);
	s = made(true);
	hand(&c, &s, OUTCOME_CLEAN);
	assert_int_equal(s.memfd, -1);
	assert_int_equal(submitted, 2);
	case_asked(&c);
	assert_int_equal(overs, 1);
	assert_int_equal(c.verdict.outcome, OUTCOME_INFECTED);
	close_case();
}

static void
test_many(void **state)
{
	(void)state;
	for (unsigned int extra = 0; extra < 2; extra++) {
		open_case(CASE_PARTS_MAX);
		if (extra == 1)
			add_part();
		assert_int_equal(submitted, CASE_PARTS_MAX + 1);
		case_asked(&c);
		for (unsigned int i = 0; i <= CASE_PARTS_MAX; i++)
			judge(i, OUTCOME_CLEAN);
		assert_int_equal(c.verdict.outcome,
		    extra == 0 ? OUTCOME_CLEAN : OUTCOME_BUSY);
		close_case();
	}
}

/* Of all messages; and what was given back is there again. */
static void
test_table(void **state)
{
	static struct scan_case others[CASE_PARTS_ALL / CASE_PARTS_MAX];

	(void)state;
	open_case(0);
	for (size_t i = 0; i < CASE_PARTS_ALL; i++) {
		struct scan_case *o = &others[i / CASE_PARTS_MAX];
		struct stream s = made(true);

		if (i % CASE_PARTS_MAX == 0)
			case_begin(o, OWNER + 1 + (uint32_t)i, NULL);
		hand(o, &s, OUTCOME_CLEAN);
	}
	assert_int_equal(submitted, CASE_PARTS_ALL + 1);
	add_part();
	assert_int_equal(submitted, CASE_PARTS_ALL + 1);
	case_drop(&others[0]);
	add_part();
	assert_int_equal(submitted, CASE_PARTS_ALL + 2);
	for (size_t i = 1; i < CASE_PARTS_ALL / CASE_PARTS_MAX; i++)
		case_drop(&others[i]);
	close_case();
}

/* What clamd called clean without having looked into it. */
static void
test_archives(void **state)
{
	(void)state;
	open_case(1);
	archive_fault = ARCHIVE_ZIP64;
	case_asked(&c);
	judge(0, OUTCOME_CLEAN);
	judge(1, OUTCOME_CLEAN);
	assert_int_equal(c.verdict.outcome, OUTCOME_NOT_UNPACKED);
	assert_int_equal(c.engine, ENGINE_ARCHIVES);
	assert_int_equal(c.archive, ARCHIVE_ZIP64);
	assert_int_equal(c.verdict.backend, 0);
	assert_string_equal(engine_kind_name(c.engine), "archives");
	close_case();
	/* A virus is one. */
	open_case(1);
	archive_fault = ARCHIVE_ZIP64;
	case_asked(&c);
	judge(0, OUTCOME_CLEAN);
	judge(1, OUTCOME_INFECTED);
	assert_int_equal(c.verdict.outcome, OUTCOME_INFECTED);
	close_case();
	/* Where clamd gave no verdict there is nothing to be said about it. */
	open_case(0);
	archive_fault = ARCHIVE_ZIP64;
	case_asked(&c);
	judge(0, OUTCOME_TIMEOUT);
	assert_int_equal(c.verdict.outcome, OUTCOME_TIMEOUT);
	assert_int_equal(c.archive, ARCHIVE_FINE);
	close_case();
}

/* Known without a scan; an early one ends. */
static void
test_settle(void **state)
{
	static const enum outcome known[] = {
	    OUTCOME_CLEAN_BY_STAMP, OUTCOME_TOO_BIG, OUTCOME_LIMITS};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		c = (struct scan_case){0};
		overs = cancelled = early = 0;
		message = made(false);
		message_held = sender.held;
		case_begin(&c, OWNER, NULL);
		case_early(&c, &message);
		assert_int_equal(early, 1);
		c.whole.state = SCAN_EARLY_TALKING;
		case_settle(&c, known[i]);
		assert_int_equal(cancelled, 1);
		assert_int_equal(overs, 1);
		assert_int_equal(c.verdict.outcome, known[i]);
		assert_int_equal(c.verdict.backend, BACKEND_NONE);
		assert_int_equal(c.engine, ENGINE_OWN);
		close_case();
	}
}

/* What arrives no longer is not sent on. */
static void
test_early(void **state)
{
	(void)state;
	c = (struct scan_case){0};
	cancelled = early = 0;
	message = made(false);
	message_held = 0;
	case_begin(&c, OWNER, NULL);
	case_early(&c, &message);
	c.whole.state = SCAN_EARLY_TALKING;
	stream_drop(&message);
	case_early(&c, &message);
	assert_int_equal(early, 1);
	assert_int_equal(cancelled, 1);
	close_case();
}

/* A stamp may say no more than all clamds together can. */
static void
test_identity(void **state)
{
	struct identity weak = some;

	(void)state;
	for (unsigned int weaker = 0; weaker < 2; weaker++) {
		weak = some;
		weak.database.time--;
		weak.database.number--;
		open_case(1);
		case_asked(&c);
		judge_as(weaker, OUTCOME_CLEAN, &weak);
		judge(1 - weaker, OUTCOME_CLEAN);
		assert_int_equal(c.identity.database.number, 27090);
		assert_true(c.identity.alerts);
		close_case();
		weak = some;
		weak.alerts = false;
		open_case(1);
		case_asked(&c);
		judge_as(weaker, OUTCOME_CLEAN, &weak);
		judge(1 - weaker, OUTCOME_CLEAN);
		assert_false(c.identity.alerts);
		close_case();
		weak = some;
		weak.database = (struct database){0};
		open_case(1);
		case_asked(&c);
		judge_as(weaker, OUTCOME_CLEAN, &weak);
		judge(1 - weaker, OUTCOME_CLEAN);
		assert_int_equal(c.identity.database.number, 0);
		close_case();
	}
	open_case(1);
	archive_blind = true;
	case_asked(&c);
	judge(0, OUTCOME_CLEAN);
	judge(1, OUTCOME_CLEAN);
	assert_true(c.identity.nested);
	close_case();
}

/* An archive in a part of which nobody knows by the whole. */
static void
test_archive_of_part(void **state)
{
	(void)state;
	open_case(2);
	case_asked(&c);
	judge(0, OUTCOME_CLEAN);
	judge(1, OUTCOME_CLEAN);
	archive_fault = ARCHIVE_ZIP64;
	judge(2, OUTCOME_CLEAN);
	assert_int_equal(c.verdict.outcome, OUTCOME_NOT_UNPACKED);
	assert_int_equal(c.engine, ENGINE_ARCHIVES);
	assert_int_equal(c.archive, ARCHIVE_ZIP64);
	assert_string_equal(c.object.part, "2");
	close_case();
}

/* Not all of it was read: never clean, and infected all the same. */
static void
test_lacks(void **state)
{
	static const enum outcome said[] = {
	    OUTCOME_CLEAN, OUTCOME_INFECTED, OUTCOME_TIMEOUT};
	static const enum outcome want[] = {
	    OUTCOME_AMBIGUOUS, OUTCOME_INFECTED, OUTCOME_AMBIGUOUS};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		open_case(1);
		case_lacks(&c, OUTCOME_AMBIGUOUS);
		assert_int_equal(overs, 0);
		case_asked(&c);
		judge(0, OUTCOME_CLEAN);
		judge(1, said[i]);
		assert_int_equal(overs, 1);
		assert_int_equal(c.verdict.outcome, want[i]);
		assert_int_equal(c.engine,
		    said[i] == OUTCOME_INFECTED ? ENGINE_CLAMD : ENGINE_OWN);
		case_lacks(&c, OUTCOME_TOO_BIG); /* too late */
		close_case();
	}
}

/* What a whole message has ended as before is known at once. */
static void
test_remembered(void **state)
{
	(void)state;
	open_case(2);
	c.whole.remembered = true;
	judge(0, OUTCOME_AMBIGUOUS);
	assert_int_equal(overs, 1);
	assert_int_equal(c.verdict.outcome, OUTCOME_AMBIGUOUS);
	assert_string_equal(c.object.part, "");
	assert_int_equal(cancelled, 2);
	close_case();
	/* Control: only then. */
	open_case(2);
	judge(0, OUTCOME_AMBIGUOUS);
	assert_int_equal(overs, 0);
	close_case();
}

/* A stamp that was being checked meanwhile covers all readings. */
static void
test_stamp_covers(void **state)
{
	struct stream s;

	(void)state;
	open_case(2);
	judge(1, OUTCOME_TIMEOUT);
	s = made(true);
	hand(&c, &s, OUTCOME_BUSY);
	case_lacks(&c, OUTCOME_AMBIGUOUS);
	case_settle(&c, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(overs, 1);
	assert_int_equal(c.verdict.outcome, OUTCOME_CLEAN_BY_STAMP);
	assert_int_equal(c.engine, ENGINE_OWN);
	assert_int_equal(cancelled, 2);
	close_case();
}

/* Their time began with the message's end. */
static void
test_time_of_parts(void **state)
{
	(void)state;
	open_case(1);
	assert_int_equal(under_way[1]->since, 0);
	close_case();
	open_case(0);
	c.since = 77;
	add_part();
	assert_int_equal(under_way[0]->since, 0);
	assert_int_equal(under_way[1]->since, 77);
	close_case();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_archive_of_part),
	    cmocka_unit_test(test_lacks),
	    cmocka_unit_test(test_remembered),
	    cmocka_unit_test(test_stamp_covers),
	    cmocka_unit_test(test_time_of_parts),
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_infected_cancels),
	    cmocka_unit_test(test_waits),
	    cmocka_unit_test(test_drop),
	    cmocka_unit_test(test_no_part),
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_archives),
	    cmocka_unit_test(test_settle),
	    cmocka_unit_test(test_early),
	    cmocka_unit_test(test_identity),
	};

	share_setup(UINT64_MAX);
	if (!stream_setup(1000) || !case_setup())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
