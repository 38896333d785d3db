/* SPDX-License-Identifier: ISC */
/*
 * The engine: whole conversations in, replies and host calls out.  Rows of all
 * sections of the conformance list that are about order and life cycle.  Each
 * script is fed at once, byte by byte and in odd pieces, with the same result.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/drive.h"

/* clang-format off */
#define PACKETS_MAX 40

struct script {
	const char *what;
	struct packet_text packet[PACKETS_MAX];
	const char *why;     /* engine_why, "" if still open */
	const char *replies; /* see render */
	const char *log;     /* of the host calls; NULL: not compared */
};

static const char log_clean[] =
    "begin 1 \nfield Subject: x\nbody hi\r\n\nend 1 18\n"
    "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] [a@b] 1\n";

static const struct script scripts[] = {
    {"every command answered",
        {O_PLAIN, C4, HELO, MAIL, RCPT, DATA, P('L', "Subject\0x\0"), EOH,
            BODY, EOM, QUIT},
        "quit", "O c c c c c c c c " CLEAN_EDITS, log_clean},
    {"one reply per message",
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, BODY, EOM, QUIT}, "quit",
        "O " CLEAN_EDITS_SPC, log_clean},
    {"suppressed commands come all the same",
        {O_NR, C4, HELO, MAIL, RCPT, UNKN, DATA, SUBJ, EOH, BODY, EOM, QUIT},
        "quit", "O " CLEAN_EDITS_SPC, log_clean},
    {"version 2: only L has its flag, and it was not offered",
        {O_VERSION2, C4, HELO, MAIL, RCPT, P('L', "Subject\0x\0"), BODY, EOM},
        "", "O c c c c c c " CLEAN_EDITS, log_clean},
    {"leading space granted, value as it is",
        {O_LEADSPC, C4, MAIL, RCPT, P('L', "A\0\tv\0"), P('L', "B\0v\0"),
            P('L', "C\0\0"), EOH, EOM},
        "", "O c c c c c c c " CLEAN_EDITS_SPC,
        "begin 1 \nfield A:\tv\nfield B:v\nfield C:\nend 1 17\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"leading space not granted, put back",
        {O_PLAIN, C4, MAIL, RCPT, P('L', "A\0\tv\0"), P('L', "C\0\0"), EOH,
            EOM},
        "", "O c c c c c c " CLEAN_EDITS,
        "begin 1 \nfield A: \tv\nfield C:\nend 1 13\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"no headers, no body", {O_NR, C4, MAIL, RCPT, EOM}, "",
        "O " CLEAN_EDITS_SPC,
        "begin 1 \nend 1 2\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"last piece of body in BODYEOB, one reply",
        {O_PLAIN, C4, MAIL, RCPT, EOH, P('E', "end")}, "",
        "O c c c c " CLEAN_EDITS,
        "begin 1 \nbody end\nend 1 5\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [] [a@b] 1\n"},

    /* framing and unknown commands */
    {"unknown command", {O_NR, P('Z', "x")}, "unknown-command", "O ", ""},
    {"a reply byte", {O_NR, P('c', "")}, "unknown-command", "O ", ""},
    {"byte 0", {O_NR, P('\0', "")}, "unknown-command", "O ", ""},
    {"bytes behind QUIT", {O_NR, C4, QUIT, HELO, MAIL}, "quit", "O ", ""},

    /* negotiation */
    {"CONNECT first", {C4}, "order", "", ""},
    {"macro first", {P('D', "Cj\0mx\0"), O_NR}, "order", "", ""},
    {"QUIT first", {QUIT}, "quit", "", ""},
    {"version 1", {P('O', "\0\0\0\1\0\0\0\x3f\0\0\0\x7f")}, "negotiation",
        "", ""},
    {"short offer", {P('O', "\0\0\0\6\0\0\1\xff\0\x1f\xff")}, "payload", "",
        ""},
    {"twice", {O_NR, O_NR}, "order", "O ", ""},
    {"in a message", {O_NR, C4, MAIL, O_NR}, "order", "O ", ""},

    /* order */
    {"CONNECT twice", {O_NR, C4, C4}, "order", "O ", ""},
    {"CONNECT after HELO", {O_NR, HELO, C4}, "order", "O ", ""},
    {"CONNECT in a message", {O_NR, C4, MAIL, C4}, "order", "O ", ""},
    {"HELO twice", {O_PLAIN, C4, HELO, HELO}, "", "O c c c ", ""},
    {"MAIL without CONNECT and HELO", {O_PLAIN, MAIL}, "", "O c ", ""},
    {"UNKNOWN before CONNECT", {O_PLAIN, UNKN, C4}, "", "O c c ", ""},
    {"UNKNOWN among recipients",
        {O_PLAIN, C4, MAIL, RCPT, UNKN, RCPT, UNKN, DATA}, "",
        "O c c c c c c c ", ""},
    {"UNKNOWN after DATA", {O_PLAIN, C4, MAIL, RCPT, DATA, UNKN}, "order",
        "O c c c c ", ""},
    {"RCPT without MAIL", {O_NR, C4, RCPT}, "order", "O ", ""},
    {"RCPT after DATA", {O_NR, C4, MAIL, RCPT, DATA, RCPT}, "order", "O ",
        ""},
    {"DATA without RCPT", {O_NR, C4, MAIL, DATA}, "order", "O ", ""},
    {"DATA twice", {O_NR, C4, MAIL, RCPT, DATA, DATA}, "order", "O ", ""},
    {"BODYEOB without RCPT", {O_NR, C4, MAIL, EOM}, "order", "O ", ""},
    {"HEADER after EOH", {O_NR, C4, MAIL, RCPT, EOH, SUBJ}, "order", "O ",
        ""},
    {"BODY without EOH", {O_PLAIN, C4, MAIL, RCPT, DATA, BODY}, "order",
        "O c c c c ", ""},
    {"RCPT after a verdict", {O_NR, C4, MAIL, RCPT, EOM, RCPT}, "order",
        "O " CLEAN_EDITS_SPC, NULL},
    {"BODYEOB twice", {O_NR, C4, MAIL, RCPT, EOM, EOM}, "order",
        "O " CLEAN_EDITS_SPC, NULL},
    {"fault in the content", {O_NR, C4, MAIL, RCPT, SUBJ, P('B', "")},
        "payload", "O ",
        "begin 1 \nfield Subject: x\nabort\n"
        "report 1 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"},

    /* several messages, aborts */
    {"two messages, ABORT between",
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, EOM, ABRT, P('M', "\0"),
            P('R', "x\0"), P('R', "y\0"), BODY, EOM, ABRT, ABRT, QUIT},
        "quit", "O " CLEAN_EDITS_SPC CLEAN_EDITS_SPC,
        "begin 1 \nfield Subject: x\nend 1 14\n"
        "report 1 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"
        "begin 2 \nbody hi\r\n\nend 2 6\n"
        "report 2 clean accept [] [192.0.2.1] [h.example] [c.example] "
        "[] 2\n"},
    {"two messages, no ABORT, macros of each",
        {O_NR, C4, P('D', "Mi\0Q1\0"), MAIL, RCPT, SUBJ, EOM, MAIL, RCPT,
            P('D', "Ei\0Q2\0"), EOM},
        "", "O " CLEAN_EDITS_SPC CLEAN_EDITS_SPC,
        "begin 1 Q1\nfield Subject: x\nend 1 14\n"
        "report 1 clean accept [Q1] [192.0.2.1] [h.example] [] [a@b] 1\n"
        "begin 2 Q2\nend 2 2\n"
        "report 2 clean accept [Q2] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"queue id of the next message is not the dropped one's",
        {O_NR, C4, P('D', "Mi\0Q1\0"), MAIL, RCPT, SUBJ,
            P('D', "Mi\0Q2\0"), MAIL, QUIT},
        "quit", "O ",
        "begin 1 Q1\nfield Subject: x\nabort\n"
        "report 1 internal aborted [Q1] [192.0.2.1] [h.example] [] "
        "[a@b] 1\n"},
    {"E and N macros differ",
        {O_PLAIN, C4, MAIL, RCPT, P('D', "Ni\0QN\0"), EOH, BODY,
            P('D', "Ei\0QE\0"), EOM},
        "", "O c c c c c " CLEAN_EDITS,
        "begin 1 QN\nbody hi\r\n\nend 1 6\n"
        "report 1 clean accept [QE] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"ABORT everywhere before content",
        {O_NR, ABRT, C4, ABRT, HELO, ABRT, MAIL, ABRT, ABRT, MAIL, RCPT,
            ABRT, MAIL, RCPT, DATA, P('A', "x"), QUIT},
        "quit", "O ", ""},
    {"ABORT in headers, at their end, in the body",
        {O_NR, C4, MAIL, RCPT, SUBJ, ABRT, MAIL, RCPT, SUBJ, EOH, ABRT, MAIL,
            RCPT, EOH, BODY, ABRT, ABRT},
        "", "O ",
        "begin 1 \nfield Subject: x\nabort\n"
        "report 1 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"
        "begin 2 \nfield Subject: x\nabort\n"
        "report 2 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"
        "begin 3 \nbody hi\r\n\nabort\n"
        "report 3 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"HELO in a message, then ABORT",
        {O_PLAIN, C4, HELO, MAIL, RCPT, P('H', "second\0"), ABRT, MAIL}, "",
        "O c c c c c c ", ""},
    {"HELO in the content",
        {O_NR, C4, HELO, MAIL, RCPT, SUBJ, P('H', "second\0"), ABRT, MAIL},
        "", "O ",
        "begin 1 \nfield Subject: x\nabort\n"
        "report 1 internal aborted [] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"Sendmail with NR_MAIL", {O_NR, C4, MAIL, RCPT, MAIL, RCPT, HELO, MAIL,
                                  QUIT},
        "quit", "O ", ""},
    {"connection lost in the body", {O_NR, C4, MAIL, RCPT, BODY}, "", "O ",
        "begin 1 \nbody hi\r\n\nabort\n"
        "report 1 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"},
    {"QUIT in the body", {O_NR, C4, MAIL, RCPT, BODY, QUIT}, "quit", "O ",
        "begin 1 \nbody hi\r\n\nabort\n"
        "report 1 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"},

    /* QUIT_NC */
    {"new session after a message",
        {O_NR, C4, P('D', "Ci\0old\0"), HELO, MAIL, RCPT, EOM, NEXT,
            P('C', "i.example\0U"), MAIL, RCPT, EOM},
        "", "O " CLEAN_EDITS_SPC CLEAN_EDITS_SPC,
        "begin 1 old\nend 1 2\n"
        "report 1 clean accept [old] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"
        "begin 2 \nend 2 2\n"
        "report 2 clean accept [] [] [i.example] [] [a@b] 1\n"},
    {"new session from anywhere",
        {O_PLAIN, C4, NEXT, C4, HELO, NEXT, C4, MAIL, NEXT, C4, ABRT, NEXT,
            NEXT, C4},
        "", "O c c c c c c c ", ""},
    {"new session, then offer", {O_NR, C4, NEXT, O_NR}, "order", "O ", ""},
    {"new session in the content, then no CONNECT",
        {O_NR, C4, MAIL, RCPT, SUBJ, NEXT, RCPT}, "order", "O ",
        "begin 1 \nfield Subject: x\nabort\n"
        "report 1 internal aborted [] [192.0.2.1] [h.example] [] [a@b] 1\n"},

    /* whole sessions as the MTAs hold them */
    {"Postfix",
        {O_NR, P('D', "C"), P('C', "[::1]\0" "6\x12\x34" "::1\0"), P('D', "H"),
            HELO, P('D', "M"), P('M', "<>\0"), P('D', "R"), RCPT,
            P('D', "Ti\0Q1\0"), P('D', "Li\0Q1\0"), SUBJ,
            P('D', "Li\0Q1\0"), P('L', "To\0 c@d\0"), P('D', "Ni\0Q1\0"),
            P('D', "Bi\0Q1\0"), BODY, P('D', "Ei\0Q1\0"), EOM, ABRT, ABRT,
            QUIT},
        "quit", "O " CLEAN_EDITS_SPC,
        "begin 1 Q1\nfield Subject: x\nfield To: c@d\nbody hi\r\n\n"
        "end 1 27\n"
        "report 1 clean accept [Q1] [::1] [[::1]] [c.example] [] 1\n"},
    {"Postfix, every command answered",
        {O_PLAIN, P('D', "Cj\0mx\0"), C4, P('D', "H"), HELO, P('D', "M"),
            MAIL, P('D', "R"), RCPT, P('D', "Ti\0Q1\0"), DATA,
            P('D', "Li\0Q1\0"), P('L', "Subject\0x\0"), P('D', "Ni\0Q1\0"),
            EOH, P('D', "Bi\0Q1\0"), BODY, P('D', "Ei\0Q1\0"), EOM, ABRT,
            ABRT, QUIT},
        "quit", "O c c c c c c c c " CLEAN_EDITS,
        "begin 1 Q1\nfield Subject: x\nbody hi\r\n\nend 1 18\n"
        "report 1 clean accept [Q1] [192.0.2.1] [h.example] [c.example] "
        "[a@b] 1\n"},
    {"Postfix, local mail",
        {O_NR, P('D', "C"), P('C', "localhost\0" "4\0\0" "127.0.0.1\0"),
            P('H', "localhost\0"), P('D', "Mi\0Q1\0"),
            P('M', "root@test.example\0"), P('R', "x@test.example\0"), SUBJ,
            BODY, EOM, QUIT},
        "quit", "O " CLEAN_EDITS_SPC,
        "begin 1 Q1\nfield Subject: x\nbody hi\r\n\nend 1 18\n"
        "report 1 clean accept [Q1] [127.0.0.1] [localhost] [localhost] "
        "[root@test.example] 1\n"},
    {"Postfix, a connection without mail", {O_NR, C4, HELO, ABRT, QUIT},
        "quit", "O ", ""},
    {"Sendmail",
        {O_NR, P('C', "[IPv6:::1]\0" "6\0\x19" "IPv6:0:0:0:0:0:0:0:1\0"),
            HELO, P('D', "Mi\0S1\0"), MAIL, RCPT, SUBJ, BODY,
            P('D', "Ei\0S1\0"), EOM, P('D', "Mi\0S2\0"), MAIL, RCPT, SUBJ,
            BODY, P('D', "Ei\0S2\0"), EOM, QUIT},
        "quit", "O " CLEAN_EDITS_SPC CLEAN_EDITS_SPC,
        "begin 1 S1\nfield Subject: x\nbody hi\r\n\nend 1 18\n"
        "report 1 clean accept [S1] [::1] [[IPv6:::1]] [c.example] [a@b] 1\n"
        "begin 2 S2\nfield Subject: x\nbody hi\r\n\nend 2 18\n"
        "report 2 clean accept [S2] [::1] [[IPv6:::1]] [c.example] "
        "[a@b] 1\n"},
    {"Sendmail on standard input, client vanishes",
        {O_NR, P('C', "localhost\0U"), HELO, MAIL, RCPT}, "", "O ", ""},
};
/* clang-format on */

static void
run(const struct script *s, size_t step)
{
	enum engine_next next;

	input.len = 0;
	for (size_t i = 0; i < PACKETS_MAX && s->packet[i].payload; i++)
		add(&input, &s->packet[i]);
	restart();
	next = feed(&input, step == 0 ? input.len : step);
	assert_string_equal(engine_why(engine), s->why);
	/* Whatever ends it but the MTA is said. */
	assert_int_equal(
	    stub.closing, s->why[0] != '\0' && strcmp(s->why, "quit") != 0);
	if (stub.closing)
		assert_string_equal(stub.closing_why, s->why);
	assert_int_equal(next, s->why[0] == '\0' ? ENGINE_MORE : ENGINE_CLOSE);
	engine_close(engine);
	engine_close(engine);
	assert_string_equal(render(), s->replies);
	if (s->log != NULL)
		assert_string_equal(stub.log, s->log);
	assert_int_equal(stub.begins, stub.ends + stub.aborts);
	assert_int_equal(stub.begins, stub.reports);
}

static void
test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		print_message("%s\n", scripts[i].what);
		run(&scripts[i], 0);
		run(&scripts[i], 1);
		run(&scripts[i], 7);
	}
}

/* Each script cut after each byte: no crash, nothing left open. */
static void
test_cut(void **state)
{
	static struct input cut;

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		input.len = 0;
		for (size_t j = 0;
		     j < PACKETS_MAX && scripts[i].packet[j].payload; j++)
			add(&input, &scripts[i].packet[j]);
		cut = input;
		for (cut.len = 1; cut.len < input.len; cut.len++) {
			restart();
			feed(&cut, cut.len);
			engine_close(engine);
			assert_int_equal(stub.begins, stub.reports);
		}
	}
}

static const struct packet_text one_message[] = {
    O_PLAIN, C4, MAIL, RCPT, EOH, BODY, EOM, QUIT};

#define ONE_MESSAGE_PACKETS (sizeof(one_message) / sizeof(one_message[0]))

/* One message to an MTA that takes limit bytes: packet by packet, or all at
 * once. */
static enum engine_next
message_to(size_t limit, bool at_once)
{
	enum engine_next next = ENGINE_MORE;

	restart();
	stub.send_limit = limit;
	input.len = 0;
	for (size_t i = 0; i < ONE_MESSAGE_PACKETS; i++) {
		add(&input, &one_message[i]);
		if (at_once || next == ENGINE_CLOSE)
			continue;
		next = feed(&input, input.len);
		input.len = 0;
	}
	if (at_once)
		next = feed(&input, input.len);
	engine_close(engine);
	return next;
}

static void
test_mta_gone(void **state)
{
	size_t whole;

	(void)state;
	message_to(SIZE_MAX, false);
	assert_string_equal(engine_why(engine), "quit");
	whole = stub.sent_len;
	for (size_t limit = 0; limit < whole; limit++) {
		assert_int_equal(message_to(limit, false), ENGINE_CLOSE);
		assert_string_equal(engine_why(engine), "mta-gone");
		assert_int_equal(stub.begins, stub.reports);
		assert_true(stub.sent_len <= limit);
	}
	/* what was owed before the scan does not go out: no scan */
	assert_int_equal(message_to(0, true), ENGINE_CLOSE);
	assert_string_equal(engine_why(engine), "mta-gone");
	assert_int_equal(stub.ends, 0);
	assert_int_equal(stub.aborts, 1);
}

/* Idle means that closing now would lose no message. */
static void
test_idle(void **state)
{
	static const bool idle[] = {
	    true, true, false, false, false, false, true, true};

	(void)state;
	restart();
	for (size_t i = 0; i < ONE_MESSAGE_PACKETS; i++) {
		input.len = 0;
		add(&input, &one_message[i]);
		feed(&input, input.len);
		assert_int_equal(engine_idle(engine), idle[i]);
	}
}

/* Framing faults as the engine sees them, and the largest packets. */
static void
test_framing(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {{"\0\0\0\0", 4}, {"\x80\0\0\1Q", 5}, {"\xff\xff\xff\xff", 4},
	    {"\x7f\xff\xff\xff"
	     "B",
		5},
	    {"\0\1\0\1", 4}, {"GET / HTTP/1.0\r\n\r\n", 18},
	    {"\x16\3\1\0\xa5", 5}};
	static char big[MILTER_PAYLOAD_MAX];
	static const struct packet_text before[] = {O_PLAIN, C4, MAIL, RCPT};
	struct packet_text p = {'L', big, sizeof(big)};
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		restart();
		assert_int_equal(engine_input(engine,
				     span_of(bad[i].bytes, bad[i].len), &used),
		    ENGINE_CLOSE);
		assert_string_equal(engine_why(engine), "length");
		assert_int_equal(stub.sent_len, 0);
	}
	restart();
	input.len = 0;
	for (size_t i = 0; i < 4; i++)
		add(&input, &before[i]);
	memset(big, 'v', sizeof(big));
	big[1] = big[sizeof(big) - 1] = '\0';
	add(&input, &p);
	add(&input, &(struct packet_text)EOH);
	p.command = 'B';
	memset(big, 0xff, sizeof(big) / 2);
	memset(big + sizeof(big) / 2, 0, sizeof(big) / 2);
	add(&input, &p);
	add(&input, &(struct packet_text)EOM);
	feed(&input, input.len);
	assert_string_equal(engine_why(engine), "");
	assert_int_equal(stub.body_bytes, sizeof(big));
	/* the value's 65532 bytes with the space put back */
	assert_int_equal(stub.field_bytes, 1 + 1 + 65532 + 1 + 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    DRIVE_TEST(test_scripts),
	    DRIVE_TEST(test_cut),
	    DRIVE_TEST(test_mta_gone),
	    DRIVE_TEST(test_idle),
	    DRIVE_TEST(test_framing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
