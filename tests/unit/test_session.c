/* SPDX-License-Identifier: ISC */
/*
 * The session logic, by way of the engine: outcomes, actions, edits, limits
 * and what is reported.  Rows R08, R13, R18-R21, H08 of the conformance list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/drive.h"

/* Session logic's outcomes and actions.  The message brings the given fields
 * of ours: S for header_scanned, T for header_status. */
static const struct verdict_row {
	const char *what;
	const char *name;
	enum outcome outcome;
	enum action action;
	const char *reply; /* the disposition's, NULL: the default */
	const char *forged;
	const char *replies;
	enum action taken;
} verdicts[] = {
    {"clean, nothing forged", "", OUTCOME_CLEAN, ACTION_ACCEPT, NULL, "",
	CLEAN_EDITS_SPC, ACTION_ACCEPT},
    {"clean, forged: from the last to the first", "", OUTCOME_CLEAN,
	ACTION_ACCEPT, NULL, "STTSS",
	"m3 X-Virus-Scanned: m2 X-Virus-Scanned: m1 X-Virus-Scanned: "
	"m2 X-Virus-Status: m1 X-Virus-Status: " CLEAN_EDITS_SPC,
	ACTION_ACCEPT},
    {"infected, rejected: no edits", "Eicar", OUTCOME_INFECTED, ACTION_REJECT,
	NULL, "ST", "y<550 5.7.1 infected: Eicar> ", ACTION_REJECT},
    {"infected, tempfailed", "Eicar", OUTCOME_INFECTED, ACTION_TEMPFAIL,
	"451 4.7.1 %v", "", "y<451 4.7.1 Eicar> ", ACTION_TEMPFAIL},
    {"infected, discarded: no edits", "Eicar", OUTCOME_INFECTED, ACTION_DISCARD,
	NULL, "S", "d ", ACTION_DISCARD},
    {"infected, passed", "Eicar", OUTCOME_INFECTED, ACTION_ACCEPT, NULL, "T",
	"m1 X-Virus-Status: i1 X-Virus-Status: Infected (Eicar) "
	"i1 X-Virus-Scanned: Pratique at mx.test c ",
	ACTION_ACCEPT},
    {"infected, quarantined", "Eicar", OUTCOME_INFECTED, ACTION_QUARANTINE,
	NULL, "",
	"i1 X-Virus-Status: Infected (Eicar) "
	"i1 X-Virus-Scanned: Pratique at mx.test q<Infected (Eicar)> c ",
	ACTION_QUARANTINE},
    {"a name full of traps", "a b)%s\r\n OK", OUTCOME_INFECTED, ACTION_REJECT,
	NULL, "", "y<550 5.7.1 infected: a_b_%%s___OK> ", ACTION_REJECT},
    {"infected, no name", "", OUTCOME_INFECTED, ACTION_REJECT, NULL, "",
	"y<550 5.7.1 infected: infected> ", ACTION_REJECT},
    {"percent in the operator's text", "x", OUTCOME_INFECTED, ACTION_REJECT,
	"550 5.7.1 100%% %v", "", "y<550 5.7.1 100%% x> ", ACTION_REJECT},
    {"text refused: plain", "x", OUTCOME_INFECTED, ACTION_REJECT,
	"550 4.7.1 %v", "", "r ", ACTION_REJECT},
    {"text of the wrong class: plain", "x", OUTCOME_INFECTED, ACTION_REJECT,
	"451 4.7.1 %v", "", "r ", ACTION_REJECT},
    {"text of the wrong class: plain, temporary", "", OUTCOME_TIMEOUT,
	ACTION_TEMPFAIL, "550 5.7.1 no", "", "t ", ACTION_TEMPFAIL},
    {"text refused: plain, temporary", "", OUTCOME_TIMEOUT, ACTION_TEMPFAIL, "",
	"", "t ", ACTION_TEMPFAIL},
    {"unscanned, tempfailed, the reason for a name", "", OUTCOME_TIMEOUT,
	ACTION_TEMPFAIL, NULL, "ST", "y<451 4.7.1 later: timeout> ",
	ACTION_TEMPFAIL},
    {"unscanned, passed: never called scanned", "", OUTCOME_CLAMD_DOWN,
	ACTION_ACCEPT, NULL, "ST",
	"m1 X-Virus-Scanned: m1 X-Virus-Status: "
	"i1 X-Virus-Status: Unscanned (clamd-down) c ",
	ACTION_ACCEPT},
    {"unscanned, quarantined", "", OUTCOME_INTERNAL, ACTION_QUARANTINE, NULL,
	"",
	"i1 X-Virus-Status: Unscanned (internal) "
	"q<Unscanned (internal)> c ",
	ACTION_QUARANTINE},
    {"an action that is none", "", OUTCOME_TIMEOUT, ACTION_ABORTED, NULL, "",
	"t ", ACTION_TEMPFAIL},
    {"an outcome that is none", "", OUTCOME_COUNT, ACTION_TEMPFAIL, NULL, "",
	"y<451 4.7.1 later: internal> ", ACTION_TEMPFAIL},
};

/* Feeds one message, up to BODYEOB, behind the given offer. */
static void
message(const struct packet_text *offer, const char *forged)
{
	static const struct packet_text before[] = {C4, HELO, MAIL, RCPT};
	static const struct packet_text scanned =
	    P('L', "x-virus-SCANNED\0 Clean by another\0");
	static const struct packet_text status =
	    P('L', "X-VIRUS-status\0 Clean\0");
	static const struct packet_text folded = P('L', "X-Folded\0 a\n b\0");
	static const struct packet_text after[] = {SUBJ, EOH, BODY, EOM};

	input.len = 0;
	add(&input, offer);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		add(&input, &before[i]);
	for (; *forged != '\0'; forged++)
		add(&input, *forged == 'S'   ? &scanned
			    : *forged == 'F' ? &folded
					     : &status);
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
		add(&input, &after[i]);
	restart();
	feed(&input, input.len);
}

static const struct packet_text offer_nr = O_NR;

static void
test_verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		const struct verdict_row *v = &verdicts[i];
		size_t slot =
		    v->outcome < OUTCOME_COUNT ? v->outcome : OUTCOME_INTERNAL;
		struct disposition saved = settings.disposition[slot];
		struct disposition *d = &settings.disposition[slot];

		print_message("%s\n", v->what);
		d->action = v->action;
		if (v->reply != NULL)
			SET_TEXT(d->reply, v->reply);
		stub.result.outcome = v->outcome;
		SET_TEXT(stub.result.name, v->name);
		message(&offer_nr, v->forged);
		assert_true(strncmp(render(), "O ", 2) == 0);
		assert_string_equal(render() + 2, v->replies);
		assert_int_equal(stub.report.action, v->taken);
		assert_int_equal(stub.reports, 1);
		assert_string_equal(engine_why(engine), "");
		*d = saved;
	}
}

/* What was not granted and is needed: nothing half-done goes out. */
static void
test_not_granted(void **state)
{
	static const struct packet_text none = O_NO_EDITS;
	static const struct packet_text add_only = O_ADD_ONLY;
	static const struct packet_text no_quarantine =
	    P('O', "\0\0\0\6\0\0\1\xdf\0\x1f\xff\xff");

	(void)state;
	message(&none, "");
	assert_string_equal(render(), "O t ");
	assert_int_equal(stub.report.action, ACTION_TEMPFAIL);
	message(&add_only, "");
	assert_string_equal(render(), "O " CLEAN_EDITS_SPC);
	message(&add_only, "S");
	assert_string_equal(render(), "O t ");
	settings.disposition[OUTCOME_INFECTED].action = ACTION_QUARANTINE;
	stub.result.outcome = OUTCOME_INFECTED;
	message(&no_quarantine, "");
	assert_string_equal(render(),
	    "O i1 X-Virus-Status: Infected (infected) "
	    "i1 X-Virus-Scanned: Pratique at mx.test t ");
	assert_int_equal(stub.report.action, ACTION_TEMPFAIL);
	/* without names of ours no grant is needed */
	stub.result.outcome = OUTCOME_CLEAN;
	settings.header_scanned[0] = settings.header_status[0] = '\0';
	message(&none, "ST");
	assert_string_equal(render(), "O c ");
}

static void
test_header_names(void **state)
{
	(void)state;
	settings.header_scanned[0] = '\0';
	message(&offer_nr, "ST");
	assert_string_equal(
	    render(), "O m1 X-Virus-Status: i1 X-Virus-Status: Clean c ");
	/* both names are one: one count, one run of deletions */
	SET_TEXT(settings.header_scanned, "x-virus-status");
	message(&offer_nr, "TT");
	assert_string_equal(render(),
	    "O m2 x-virus-status: m1 x-virus-status: "
	    "i1 X-Virus-Status: Clean "
	    "i1 x-virus-status: Pratique at mx.test c ");
	/* the operator's name for the host cannot be sent */
	SET_TEXT(settings.hostname, "m\nx");
	message(&offer_nr, "");
	assert_string_equal(render(), "O i1 X-Virus-Status: Clean t ");
}

/* A text that was prepared for one message is not used for another. */
static void
test_old_text(void **state)
{
	static const struct packet_text second[] = {MAIL, RCPT, EOM};

	(void)state;
	SET_TEXT(settings.disposition[OUTCOME_TIMEOUT].reply, "");
	stub.result.outcome = OUTCOME_INFECTED;
	message(&offer_nr, "");
	stub.result.outcome = OUTCOME_TIMEOUT;
	input.len = 0;
	for (size_t i = 0; i < 3; i++)
		add(&input, &second[i]);
	feed(&input, input.len);
	assert_string_equal(render(), "O y<550 5.7.1 infected: infected> t ");
}

static void
test_too_big(void **state)
{
	(void)state;
	/* "Subject: x" CRLF CRLF and 4 bytes of body */
	settings.max_message_size = 18;
	message(&offer_nr, "");
	assert_non_null(strstr(stub.log, "end 1 18\n"));
	assert_string_equal(render(), "O " CLEAN_EDITS_SPC);
	/* the host must not make a clean one of it */
	settings.max_message_size = 17;
	message(&offer_nr, "");
	assert_non_null(strstr(stub.log, "end 1 18 big\n"));
	assert_null(strstr(stub.log, "body"));
	assert_int_equal(stub.report.outcome, OUTCOME_TOO_BIG);
	assert_string_equal(render(), "O y<451 4.7.1 later: too-big> ");
	/* folds are lines, as SMTP has them */
	settings.max_message_size = 18 + strlen("X-Folded: a\r\n b\r\n");
	message(&offer_nr, "F");
	assert_non_null(strstr(stub.log, "end 1 35\n"));
	settings.max_message_size--;
	message(&offer_nr, "F");
	assert_non_null(strstr(stub.log, "end 1 35 big\n"));
	/* fields of ours are still counted when nothing is passed on */
	settings.max_message_size = 1;
	settings.disposition[OUTCOME_TOO_BIG].action = ACTION_ACCEPT;
	message(&offer_nr, "SS");
	assert_int_equal(stub.field_bytes + stub.body_bytes, 0);
	assert_string_equal(render(),
	    "O m2 X-Virus-Scanned: m1 X-Virus-Scanned: "
	    "i1 X-Virus-Status: Unscanned (too-big) c ");
}

static void
test_limits(void **state)
{
	struct limit_settings *limits = &settings.limits;

	(void)state;
	/* one recipient; one field of 12 bytes */
	limits->recipients = limits->header_fields = 1;
	limits->header_size = 12;
	message(&offer_nr, "");
	assert_non_null(strstr(stub.log, "end 1 18\n"));
	limits->header_size = 11;
	message(&offer_nr, "");
	assert_non_null(strstr(stub.log, "end 1 18 limits\n"));
	assert_int_equal(stub.field_bytes + stub.body_bytes, 0);
	assert_int_equal(stub.report.outcome, OUTCOME_LIMITS);
	assert_string_equal(render(), "O y<451 4.7.1 later: limits> ");
	assert_int_equal(stub.report.limit, SESSION_LIMIT_HEADER_SIZE);
	limits->header_size = 12;
	limits->header_fields = 0;
	message(&offer_nr, "");
	assert_int_equal(stub.report.outcome, OUTCOME_LIMITS);
	assert_int_equal(stub.report.limit, SESSION_LIMIT_HEADER_FIELDS);
	limits->header_fields = 1;
	limits->recipients = 0;
	message(&offer_nr, "");
	assert_int_equal(stub.report.outcome, OUTCOME_LIMITS);
	assert_int_equal(stub.report.limit, SESSION_LIMIT_RECIPIENTS);
	/* Of two it is the first. */
	limits->header_size = 11;
	message(&offer_nr, "");
	assert_int_equal(stub.report.limit, SESSION_LIMIT_RECIPIENTS);
	limits->header_size = 12;
	limits->recipients = 1;
	limits->parameters = 0; /* MAIL has SIZE=10 */
	message(&offer_nr, "");
	assert_string_equal(engine_why(engine), "limits");
	assert_string_equal(stub.closing_why, "limits");
	assert_int_equal(stub.closing_report.limit, SESSION_LIMIT_PARAMETERS);
	assert_string_equal(render(), "O ");
	limits->parameters = 1;
	limits->messages = 0;
	message(&offer_nr, "");
	assert_string_equal(engine_why(engine), "limits");
	assert_int_equal(stub.closing_report.limit, SESSION_LIMIT_MESSAGES);
}

/* As many fields of ours as are taken out, and one more: not passed on,
 * whatever the operator wants, since they could not be. */
static void
test_own_fields(void **state)
{
	static const enum action passing[] = {ACTION_ACCEPT, ACTION_QUARANTINE};

	(void)state;
	settings.limits.own_fields = 3;
	message(&offer_nr, "STS");
	assert_string_equal(render(),
	    "O m2 X-Virus-Scanned: m1 X-Virus-Scanned: m1 X-Virus-Status: " CLEAN_EDITS_SPC);
	assert_int_equal(stub.report.limit, SESSION_LIMIT_NONE);
	message(&offer_nr, "STST");
	assert_non_null(strstr(stub.log, " limits\n"));
	assert_string_equal(render(), "O y<451 4.7.1 later: limits> ");
	assert_int_equal(stub.report.limit, SESSION_LIMIT_OWN_FIELDS);
	for (size_t i = 0; i < 2; i++) {
		/* also when another outcome is the one that counts */
		settings.disposition[OUTCOME_LIMITS].action = passing[i];
		settings.disposition[OUTCOME_TOO_BIG].action = passing[i];
		settings.max_message_size = 1000000;
		message(&offer_nr, "STST");
		assert_string_equal(render(), "O t ");
		assert_int_equal(stub.report.outcome, OUTCOME_LIMITS);
		assert_int_equal(stub.report.action, ACTION_TEMPFAIL);
		settings.max_message_size = 100;
		message(&offer_nr, "STST");
		assert_string_equal(render(), "O t ");
		assert_int_equal(stub.report.outcome, OUTCOME_TOO_BIG);
	}
	settings.disposition[OUTCOME_LIMITS].action = ACTION_REJECT;
	SET_TEXT(settings.disposition[OUTCOME_LIMITS].reply, "552 5.3.4 no");
	settings.max_message_size = 1000000;
	message(&offer_nr, "SSSS");
	assert_string_equal(render(), "O y<552 5.3.4 no> ");
}

/* Stamps are fields of ours, too, also where the good one would stay. */
static void
test_own_fields_stamps(void **state)
{
	static const struct packet_text start[] = {O_NR, C4, MAIL, RCPT};
	static const struct packet_text stamp = P('L', "X-Scan-Stamp\0 x\0");
	static const struct packet_text end = EOM;

	(void)state;
	SET_TEXT(settings.stamp.header, "X-Scan-Stamp");
	settings.disposition[OUTCOME_LIMITS].action = ACTION_ACCEPT;
	settings.limits.own_fields = 2;
	restart();
	input.len = 0;
	for (size_t i = 0; i < 4; i++)
		add(&input, &start[i]);
	for (size_t i = 0; i < 3; i++)
		add(&input, &stamp);
	add(&input, &end);
	feed(&input, input.len);
	assert_string_equal(render(), "O t ");
	assert_int_equal(stub.report.limit, SESSION_LIMIT_OWN_FIELDS);
}

/* 10000 forged fields are deleted one by one, out of a fixed buffer. */
static void
test_many_forged(void **state)
{
	static const struct packet_text start[] = {O_NR, C4, MAIL, RCPT};
	static const struct packet_text forged =
	    P('L', "X-Virus-Scanned\0 x\0");
	static const struct packet_text end = EOM;
	const unsigned count = 10000; /* the most that the option allows */
	struct cursor c;
	struct span packet;
	unsigned index = count;
	uint32_t n;

	(void)state;
	settings.limits.own_fields = count;
	restart();
	input.len = 0;
	for (size_t i = 0; i < 4; i++)
		add(&input, &start[i]);
	feed(&input, input.len);
	for (unsigned i = 0; i < count; i++) {
		input.len = 0;
		add(&input, &forged);
		feed(&input, input.len);
	}
	c = cursor_of(span_of(stub.sent, stub.sent_len));
	(void)cursor_rest(&c);
	n = (uint32_t)stub.sent_len;
	input.len = 0;
	add(&input, &end);
	feed(&input, input.len);

	c = cursor_of(span_of(&stub.sent[n], stub.sent_len - n));
	while (cursor_u32(&c, &n) && cursor_take(&c, n, &packet) &&
	       packet.ptr[0] == 'm') {
		struct cursor p = cursor_of(packet);
		uint8_t code;
		uint32_t at;

		assert_true(cursor_u8(&p, &code) && cursor_u32(&p, &at));
		assert_int_equal(at, index--);
	}
	assert_int_equal(index, 0);
	assert_int_equal(stub.report.action, ACTION_ACCEPT);
	assert_true(stub.sends > 10);
}

/* All that is owed is out before the scan, and nothing of the verdict is. */
static void
test_flush_before_scan(void **state)
{
	static const struct packet_text offer = O_PLAIN;

	(void)state;
	message(&offer, "");
	/* the answer to the offer, then C H M R L N B */
	stub.sent_len = stub.sent_at_end;
	assert_string_equal(render(), "O c c c c c c c ");
}

/* Long texts from outside are cut in the report, never spilled. */
static void
test_report_cut(void **state)
{
	static char host[60000 + 2], text[5000];
	struct packet_text p = {'C', host, sizeof(host)};
	static const struct packet_text offer = O_NR, eom = EOM;

	(void)state;
	memset(host, 'h', sizeof(host));
	host[60000] = '\0';
	host[60001] = 'U';
	memset(text, 't', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	restart();
	input.len = 0;
	add(&input, &offer);
	add(&input, &p);
	p = (struct packet_text){'H', text, sizeof(text)};
	add(&input, &p);
	p.command = 'M';
	add(&input, &p);
	p.command = 'R';
	for (size_t i = 0; i < 20; i++)
		add(&input, &p);
	add(&input, &eom);
	feed(&input, input.len);
	assert_int_equal(stub.reports, 1);
	assert_int_equal(strlen(stub.report.client_name),
	    sizeof(stub.report.client_name) - 1);
	assert_int_equal(
	    strlen(stub.report.helo), sizeof(stub.report.helo) - 1);
	assert_int_equal(
	    strlen(stub.report.sender), sizeof(stub.report.sender) - 1);
	assert_int_equal(stub.report.recipients, 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DRIVE_TEST(test_verdicts),
	    DRIVE_TEST(test_not_granted),
	    DRIVE_TEST(test_header_names),
	    DRIVE_TEST(test_old_text),
	    DRIVE_TEST(test_too_big),
	    DRIVE_TEST(test_limits),
	    DRIVE_TEST(test_own_fields),
	    DRIVE_TEST(test_own_fields_stamps),
	    DRIVE_TEST(test_many_forged),
	    DRIVE_TEST(test_flush_before_scan),
	    DRIVE_TEST(test_report_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
