/* SPDX-License-Identifier: ISC */
/*
 * Decisions at every stage, in the native engine: each conversation of
 * decisions.c fed at once, byte by byte and in odd pieces, with the same
 * result.  That libmilter does the same is said by tests/oracle.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/milter/negotiate.h"
#include "tests/unit/decisions.h"

static void
converse(const struct decision_row *row, size_t step)
{
	input.len = 0;
	for (size_t i = 0; row->packet[i].command != 0; i++)
		add(&input, &row->packet[i]);
	stub_rules = (struct stub_rules){
	    .wants = {.stages = row->stages, .quarantine = true}};
	restart();
	feed(&input, step == 0 ? input.len : step);
}

static void
test_rows(void **state)
{
	static const size_t steps[] = {0, 1, 3, 7};

	(void)state;
	for (size_t i = 0; i < decision_count; i++) {
		const struct decision_row *row = &decision_rows[i];

		print_message("%s\n", row->what);
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			converse(row, steps[j]);
			assert_string_equal(engine_why(engine), row->why);
			assert_string_equal(render(), row->replies);
			engine_close(engine);
			assert_string_equal(stub.log, row->log);
		}
	}
}

/* The first row of that name, fed at once. */
static void
converse_as(const char *what)
{
	for (size_t i = 0; i < decision_count; i++) {
		if (strcmp(decision_rows[i].what, what) == 0) {
			converse(&decision_rows[i], 0);
			return;
		}
	}
	fail_msg("no row \"%s\"", what);
}

/* Nothing is asked that is not wanted (the stub ends the program then), and
 * with nothing wanted nothing is asked. */
static void
test_nothing_wanted(void **state)
{
	static const struct decision_row row = {.what = "nothing"};
	static const struct packet_text packets[] = {O_NR,
	    P('C', "connect-reject\0U"), P('H', "helo-reject\0"),
	    P('M', "<mail-reject data-reject eom-reject outcome-reject>\0"),
	    P('R', "<rcpt-reject>\0"), P('L', "X\0 header-reject\0"), EOH, BODY,
	    EOM};

	(void)state;
	converse(&row, 0);
	input.len = 0;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		add(&input, &packets[i]);
	restart();
	feed(&input, 1);
	assert_string_equal(render(), "O " CLEAN_EDITS_SPC);
	assert_int_equal(stub_rules.asked, 0);
}

/* After a verdict on the session nothing of it is taken. */
static void
test_session_over(void **state)
{
	static const struct packet_text after[] = {
	    HELO, MAIL, UNKN, C4, RCPT, EOM};
	static const struct packet_text again[] = {NEXT, C4, MAIL};

	(void)state;
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++) {
		converse_as("connect: tempfail");
		input.len -= 5; /* without the QUIT */
		add(&input, &after[i]);
		restart();
		feed(&input, 1);
		assert_string_equal(engine_why(engine), "order");
	}
	converse_as("connect: tempfail");
	input.len -= 5;
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
		add(&input, &again[i]);
	restart();
	feed(&input, 1);
	assert_string_equal(engine_why(engine), "");
}

/* What was refused is told before the end of the connection, after which the
 * scanner takes no other message. */
static void
test_refused_and_closed(void **state)
{
	static const struct decision_row row = {.what = "refused and closed",
	    .stages = POLICY_BIT(POLICY_RCPT),
	    .packet = {O_NR, C4, MAIL, P('R', "<rcpt-reject>\0"), C4}};

	(void)state;
	converse(&row, 0);
	assert_string_equal(engine_why(engine), "order");
	assert_string_equal(stub.closing_why, "order");
	assert_string_equal(stub.closing_report.sender, "a@b");
	assert_int_equal(stub.closing_report.refused, 1);
	assert_int_equal(stub.reports, 1);
	assert_int_equal(
	    stub.report.rule, STUB_RULE(POLICY_RCPT, ACTION_REJECT));
}

/* The scanner takes no number above the limit, whatever the message is. */
static void
test_decided_too_often(void **state)
{
	static const struct decision_row rows[] = {
	    {.what = "connect",
		.stages = POLICY_BIT(POLICY_CONNECT),
		.packet = {O_NR, P('C', "connect-reject\0U"), NEXT,
		    P('C', "connect-reject\0U"), NEXT,
		    P('C', "connect-reject\0U")}},
	    {.what = "helo",
		.stages = POLICY_BIT(POLICY_HELO),
		.packet = {O_NR, C4, MAIL, RCPT, EOM, MAIL, RCPT, EOM,
		    P('H', "helo-reject\0")}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		settings.limits.messages = 3;
		converse(&rows[i], 0);
		assert_string_equal(engine_why(engine), "");
		settings.limits.messages = 2;
		converse(&rows[i], 0);
		assert_string_equal(engine_why(engine), "limits");
		assert_int_equal(
		    stub.closing_report.limit, SESSION_LIMIT_MESSAGES);
		assert_int_equal(stub.begins, 2);
	}
}

/* The scanner can neither invent what only a rule says, nor undo it. */
static void
test_scanner_lies(void **state)
{
	(void)state;
	for (enum outcome o = OUTCOME_EXEMPT; o <= OUTCOME_POLICY; o++) {
		stub.result.outcome = o;
		converse_as("both halves of the end");
		assert_string_equal(
		    render(), "O y<451 4.7.1 later: internal> ");
		assert_int_equal(stub.report.outcome, OUTCOME_INTERNAL);
		assert_int_equal(stub.report.rule, 0);
	}
	stub.result.outcome = OUTCOME_CLEAN;
	stub.result.stamped = 1;
	converse_as("mail: quarantine, alone");
	assert_int_equal(stub.report.outcome, OUTCOME_POLICY);
	assert_int_equal(stub.report.action, ACTION_QUARANTINE);
	assert_int_equal(
	    stub.report.rule, STUB_RULE(POLICY_MAIL, ACTION_QUARANTINE));
	stub.result.outcome = OUTCOME_INFECTED;
	converse_as("outcome: accept");
	assert_int_equal(stub.report.outcome, OUTCOME_INFECTED);
	assert_int_equal(stub.report.action, ACTION_ACCEPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DRIVE_TEST(test_rows),
	    DRIVE_TEST(test_nothing_wanted),
	    DRIVE_TEST(test_session_over),
	    DRIVE_TEST(test_refused_and_closed),
	    DRIVE_TEST(test_decided_too_often),
	    DRIVE_TEST(test_scanner_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
