/* SPDX-License-Identifier: ISC */
/*
 * Stamps in the session, by way of the engine: whose are looked at, what goes
 * to the scanner, what is taken out and put in, in which order.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/stamp.h"
#include "tests/unit/drive.h"

/* clang-format off */
#define VALUE                                                         \
	" v=1; k=a; s=virus; r=clean;\n\tt=1; x=2; i=0000000000000000;" \
	"\n\te=x; d=0; g=0;\n\tp=std; f=none;"                         \
	"\n\tb=" ZERO ";\n\th=" ZERO ";\n\ta=" ZERO ";\n\tm=" ZERO
#define ZERO "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

#define BY_STAMP_EDITS "i1 X-Virus-Status: Clean (by stamp) c "
#define PEER	       C4
#define STRANGER       P('C', "h.example\0" "4\0\x19" "198.51.100.1\0")
#define MAPPED	       P('C', "h.example\0" "6\0\x19" "::ffff:192.0.2.9\0")
#define LOCAL	       P('C', "h.example\0" "L\0\0" "/run/x\0")
#define NO_PATH	       P('C', "h.example\0" "L\0\0" "10.0.0.1\0")

/* clang-format on */
static const struct packet_text good = P('L', "x-scan-STAMP\0" VALUE "\0");
static const struct packet_text junk = P('L', "X-Scan-Stamp\0 junk\0");

static int
setup(void **state)
{
	struct stamp_session *s = &settings.stamp;

	drive_setup(state);
	SET_TEXT(s->header, "X-Scan-Stamp");
	s->peers = 2;
	s->peer[0] = (struct network){
	    .family = AF_INET, .prefix = 32, .bytes = {10, 0, 0, 1}};
	s->peer[1] = (struct network){
	    .family = AF_INET, .prefix = 24, .bytes = {192, 0, 2}};
	settings.disposition[OUTCOME_CLEAN_BY_STAMP].action = ACTION_ACCEPT;
	return 0;
}

/* One message from that client; stamps: g for a good one, j for junk. */
static const char *
message(const struct packet_text *connect, const char *stamps)
{
	static const struct packet_text offer = O_NR;
	static const struct packet_text before[] = {HELO, MAIL, RCPT};
	static const struct packet_text after[] = {SUBJ, EOH, BODY, EOM};

	input.len = 0;
	add(&input, &offer);
	add(&input, connect);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		add(&input, &before[i]);
	for (; *stamps != '\0'; stamps++)
		add(&input, *stamps == 'g' ? &good : &junk);
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
		add(&input, &after[i]);
	restart();
	feed(&input, input.len);
	assert_string_equal(engine_why(engine), "");
	return render() + 2;
}

static const struct packet_text peer = PEER, stranger = STRANGER,
				mapped = MAPPED, local = LOCAL,
				no_path = NO_PATH;

#define M(n) "m" #n " X-Scan-Stamp: "

static const struct {
	const struct packet_text *client;
	const char *stamps;
	const char *candidates; /* in the host's log; "": none */
	enum stamp_reason reason;
	const char *deleted;
} rows[] = {
    {&peer, "", "", STAMP_NONE, ""},
    {&peer, "g", "candidate 1 1\n", STAMP_GOOD, M(1)},
    {&peer, "jg", "candidate 1 2\n", STAMP_GOOD, M(2) M(1)},
    {&peer, "gg", "candidate 1 1\ncandidate 1 2\n", STAMP_GOOD, M(2) M(1)},
    {&peer, "j", "", STAMP_SYNTAX, M(1)},
    {&peer, "jjjjjjjg", "candidate 1 8\n", STAMP_GOOD,
	M(8) M(7) M(6) M(5) M(4) M(3) M(2) M(1)},
    {&peer, "gjjjjjjjj", "", STAMP_TOO_MANY,
	M(9) M(8) M(7) M(6) M(5) M(4) M(3) M(2) M(1)},
    {&mapped, "g", "candidate 1 1\n", STAMP_GOOD, M(1)},
    {&stranger, "g", "", STAMP_NOT_PEER, M(1)},
    {&stranger, "", "", STAMP_NOT_PEER, ""},
    {&local, "g", "", STAMP_NOT_PEER, M(1)},
    {&no_path, "g", "", STAMP_NOT_PEER, M(1)},
};

static void
test_looked_at(void **state)
{
	char want[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stub.result.outcome = OUTCOME_CLEAN;
		snprintf(want, sizeof(want), "%s%s", rows[i].deleted,
		    CLEAN_EDITS_SPC);
		print_message("%zu %s\n", i, rows[i].stamps);
		assert_string_equal(
		    message(rows[i].client, rows[i].stamps), want);
		assert_int_equal(stub.report.stamps, rows[i].reason);
		if (rows[i].candidates[0] == '\0')
			assert_null(strstr(stub.log, "candidate"));
		else
			assert_non_null(strstr(stub.log, rows[i].candidates));
	}
}

/* In front of the body, behind all fields. */
static void
test_order(void **state)
{
	const char *candidate, *body;

	(void)state;
	message(&peer, "g");
	candidate = strstr(stub.log, "candidate");
	body = strstr(stub.log, "body");
	assert_non_null(candidate);
	assert_non_null(body);
	assert_true(strstr(stub.log, "field Subject") < candidate);
	assert_true(candidate < body);
}

static void
test_skip(void **state)
{
	(void)state;
	stub.result.outcome = OUTCOME_CLEAN_BY_STAMP;
	stub.result.stamped = 2;
	assert_string_equal(message(&peer, "jgj"), M(3) M(1) BY_STAMP_EDITS);
	settings.stamp.strip = STAMP_STRIP_ALL;
	assert_string_equal(
	    message(&peer, "jgj"), M(3) M(2) M(1) BY_STAMP_EDITS);
}

/* A stamp that was not there cannot have been good. */
static void
test_skip_of_nothing(void **state)
{
	static const uint32_t wrong[] = {0, 1, 3, 4, 0xffffffff};

	(void)state;
	stub.result.outcome = OUTCOME_CLEAN_BY_STAMP;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		stub.result.stamped = wrong[i];
		assert_string_equal(
		    message(&peer, "jgj"), "y<451 4.7.1 later: internal> ");
	}
	stub.result.stamped = 1;
	assert_string_equal(
	    message(&stranger, "g"), "y<451 4.7.1 later: internal> ");
}

/* Nor one on a message that was not passed on whole. */
static void
test_skip_of_a_part(void **state)
{
	(void)state;
	settings.max_message_size = 20;
	stub.result.outcome = OUTCOME_CLEAN_BY_STAMP;
	stub.result.stamped = 1;
	assert_string_equal(
	    message(&peer, "g"), "y<451 4.7.1 later: too-big> ");
}

/* A new one comes last, so it stands on top; folded as it is. */
static void
test_new(void **state)
{
	static const struct stamp stamp = {.key = "a",
	    .profile = "std",
	    .engine = "x",
	    .time = 1,
	    .expiry = 2};
	char want[2048];

	(void)state;
	stub.result.outcome = OUTCOME_CLEAN;
	stub.result.stamped = 1;
	stamp_encode(&stamp, stub.result.stamp);
	/* Without the final "c ". */
	snprintf(want, sizeof(want), "%s%.*si1 X-Scan-Stamp:%s c ", M(1),
	    (int)strlen(CLEAN_EDITS_SPC) - 2, CLEAN_EDITS_SPC, VALUE);
	assert_string_equal(message(&peer, "j"), want);
	stub.result.outcome = OUTCOME_INFECTED;
	assert_string_equal(
	    message(&peer, "j"), "y<550 5.7.1 infected: infected> ");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, drive_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_looked_at),
	    T(test_order),
	    T(test_skip),
	    T(test_skip_of_nothing),
	    T(test_skip_of_a_part),
	    T(test_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
