/* SPDX-License-Identifier: ISC */
/* The encoder: parser/milter/encoder.c, canonical.c.  Rows R01-R18 and R22 of the
 * conformance list. */
#include "parser/milter/encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/stub_process.h"

#define BYTES(text) text, sizeof(text) - 1
#define ALL_ACTIONS 0x1ffU

static struct encoder r;

/* A fresh encoder that answers TO, with everything granted. */
static void
answering(enum milter_command to, uint32_t actions, uint32_t flags)
{
	stub_reset();
	encoder_init(&r);
	r.actions = actions;
	r.flags = flags;
	encoder_begin(&r, to, true);
}

static void
expect(const char *bytes, size_t len)
{
	assert_true(encoder_flush(&r));
	assert_int_equal(stub.sent_len, len);
	assert_memory_equal(stub.sent, bytes, len);
}

static void
expect_nothing(void)
{
	expect(BYTES(""));
}

/* Which plain reply may answer which command. */
static void
test_plain(void **state)
{
	static const struct {
		enum milter_reply code;
		const char *legal;
	} rows[] = {
	    {MILTER_CONTINUE, "CHMRTLNBEU"},
	    {MILTER_ACCEPT, "CHMRTLNBEU"},
	    {MILTER_REJECT, "CHMRTLNBEU"},
	    {MILTER_TEMPFAIL, "CHMRTLNBEU"},
	    {MILTER_DISCARD, "MRTLNBE"},
	    {MILTER_SKIP, "B"},
	};
	static const char commands[] = "OCHMRTLNBEUADKQ";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (const char *c = commands; *c != '\0'; c++) {
			const char packet[] = {0, 0, 0, 1, (char)rows[i].code};
			bool legal = strchr(rows[i].legal, *c) != NULL;

			answering((enum milter_command) * c, 0, MILTER_P_SKIP);
			assert_int_equal(
			    encoder_plain(&r, rows[i].code), legal);
			/* one, not two */
			assert_false(
			    encoder_plain(&r, MILTER_CONTINUE) && legal);
			if (legal)
				expect(packet, sizeof(packet));
		}
	}
	answering(MILTER_BODY, 0, 0);
	assert_false(encoder_plain(&r, MILTER_SKIP));
	expect_nothing();
}

/* Neither these nor anything with a payload is a plain reply. */
static void
test_never(void **state)
{
	(void)state;
	for (int code = 0; code < 256; code++) {
		if (code != 0 && strchr("acdrt", code) != NULL)
			continue;
		answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
		assert_false(encoder_plain(&r, (enum milter_reply)code));
		expect_nothing();
	}
}

static void
test_account(void **state)
{
	(void)state;
	answering(MILTER_HELO, 0, 0);
	assert_true(encoder_owed(&r));
	assert_true(encoder_plain(&r, MILTER_CONTINUE));
	assert_false(encoder_owed(&r));
	assert_false(encoder_plain(&r, MILTER_CONTINUE));
	encoder_begin(&r, MILTER_MACRO, false);
	assert_false(encoder_plain(&r, MILTER_CONTINUE));
	encoder_begin(&r, MILTER_HEADER, false); /* NR */
	assert_false(encoder_plain(&r, MILTER_REJECT));
	expect(BYTES("\0\0\0\1c"));
}

static void
test_optneg(void **state)
{
	static const struct negotiation lists = {6, 0x111, 0x1ff3c0};
	static const struct negotiation old = {2, 0x11, 0x40};

	(void)state;
	answering(MILTER_OPTNEG, 0, 0);
	assert_true(encoder_optneg(&r, &lists));
	assert_false(encoder_owed(&r));
	assert_int_equal(r.actions, 0x111);
	assert_int_equal(r.flags, 0x1ff3c0);
	expect(BYTES("\0\0\0\x46"
		     "O\0\0\0\6\0\0\1\x11\0\x1f\xf3\xc0"
		     "\0\0\0\0{none}\0"
		     "\0\0\0\1{none}\0"
		     "\0\0\0\2i\0"
		     "\0\0\0\3{none}\0"
		     "\0\0\0\4i\0"
		     "\0\0\0\5i\0"
		     "\0\0\0\6i\0"));
	answering(MILTER_OPTNEG, 0, 0);
	assert_true(encoder_optneg(&r, &old));
	expect(BYTES("\0\0\0\x0dO\0\0\0\2\0\0\0\x11\0\0\0\x40"));
	answering(MILTER_CONNECT, 0, 0);
	assert_false(encoder_optneg(&r, &old));
	expect_nothing();
}

static void
test_text(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
	    {"550 5.7.1 no", "550 5.7.1 no"},
	    {"451 4.7.1 100% of %v", "451 4.7.1 100%% of %%v"},
	    {"550 5.7.1 %", "550 5.7.1 %%"},
	    {"550 5.7.1 a\nb\nc", "550-5.7.1 a\r\n550-5.7.1 b\r\n550 5.7.1 c"},
	    {"599 5.999.999 x", "599 5.999.999 x"},
	    {"250 2.0.0 ok", NULL},
	    {"650 6.7.1 x", NULL},
	    {"55 5.7.1 x", NULL},
	    {"5500 5.7.1 x", NULL},
	    {"5x0 5.7.1 x", NULL},
	    {"550-5.7.1 x", NULL},
	    {"550 4.7.1 x", NULL},
	    {"451 5.7.1 x", NULL},
	    {"550 5.7 x", NULL},
	    {"550 5.7. x", NULL},
	    {"550 5..1 x", NULL},
	    {"550 5.7.1.1 x", NULL},
	    {"550 5.7777.1 x", NULL},
	    {"550 55.7.1 x", NULL},
	    {"550 no", NULL},
	    {"550 5.7.1", NULL},
	    {"550 5.7.1 ", NULL},
	    {"550 5.7.1  x", NULL},
	    {"550", NULL},
	    {"", NULL},
	    {"550 5.7.1 a\r\nb", NULL},
	    {"550 5.7.1 a\n", NULL},
	    {"550 5.7.1 \na", NULL},
	    {"550 5.7.1 a\n\nb", NULL},
	    {"550 5.7.1 a\tb", NULL},
	    {"550 5.7.1 a\x01", NULL},
	    {"550 5.7.1 a\x7f", NULL},
	    {"550 5.7.1 caf\xc3\xa9", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char packet[256] = {0, 0, 0, 0, 'y'};
		bool ok = rows[i].out != NULL;
		size_t len;

		answering(MILTER_BODYEOB, 0, 0);
		if (encoder_text(&r, span_text(rows[i].in)) != ok)
			fail_msg("row %zu", i);
		assert_int_equal(encoder_owed(&r), !ok);
		if (!ok) {
			expect_nothing();
			continue;
		}
		len = strlen(rows[i].out) + 1;
		memcpy(&packet[5], rows[i].out, len);
		packet[3] = (char)(len + 1);
		expect(packet, 5 + len);
	}
	/* a NUL inside */
	answering(MILTER_BODYEOB, 0, 0);
	assert_false(encoder_text(&r, span_of("550 5.7.1 a\0b", 13)));
	expect_nothing();
}

/* 512 bytes with CRLF, % counted twice; 32 lines. */
static void
test_text_limits(void **state)
{
	char text[2048] = "550 5.7.1 ";
	size_t head = strlen(text);

	(void)state;
	memset(&text[head], 'x', 510 - head);
	answering(MILTER_BODYEOB, 0, 0);
	assert_true(encoder_text(&r, span_of(text, 510)));
	answering(MILTER_BODYEOB, 0, 0);
	text[510] = 'x';
	assert_false(encoder_text(&r, span_of(text, 511)));
	text[509] = '%';
	assert_false(encoder_text(&r, span_of(text, 510)));
	assert_true(encoder_text(&r, span_of(text, 509)));
	memset(&text[head], 'x', 981);
	answering(MILTER_BODYEOB, 0, 0);
	assert_false(encoder_text(&r, span_of(text, head + 981)));

	for (size_t i = 0; i < 33; i++)
		text[head + 2 * i] = 'l', text[head + 2 * i + 1] = '\n';
	assert_false(encoder_text(&r, span_of(text, head + 65)));
	assert_true(encoder_text(&r, span_of(text, head + 63)));
}

/* Every modification once, with the packets of the protocol description. */
static void
test_edits(void **state)
{
	struct span none = span_of("", 0), a = span_text("X-A");

	(void)state;
	answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
	assert_true(encoder_header(&r, MILTER_ADDHEADER, 0, a, span_text("v")));
	assert_true(encoder_header(&r, MILTER_INSHEADER, 0, a, span_text("v")));
	assert_true(encoder_header(&r, MILTER_CHGHEADER, 1, a, span_text("w")));
	assert_true(encoder_header(&r, MILTER_CHGHEADER, 2, a, none));
	assert_true(
	    encoder_address(&r, MILTER_ADDRCPT, span_text("<x@y>"), none));
	assert_true(encoder_address(&r, MILTER_ADDRCPT_PAR, span_text("<x@y>"),
	    span_text("NOTIFY=NEVER")));
	assert_true(
	    encoder_address(&r, MILTER_ADDRCPT_PAR, span_text("<x@y>"), none));
	assert_true(
	    encoder_address(&r, MILTER_DELRCPT, span_text("<x@y>"), none));
	assert_true(
	    encoder_address(&r, MILTER_CHGFROM, span_text("<x@y>"), none));
	assert_true(encoder_address(
	    &r, MILTER_CHGFROM, span_text("<x@y>"), span_text("RET=HDRS")));
	assert_true(encoder_body(&r, span_text("new\r\n")));
	assert_true(encoder_body(&r, none));
	assert_true(encoder_quarantine(&r, span_text("virus")));
	assert_true(encoder_plain(&r, MILTER_CONTINUE));
	assert_false(encoder_quarantine(&r, span_text("late")));
	expect(BYTES("\0\0\0\7hX-A\0v\0"
		     "\0\0\0\x0bi\0\0\0\0X-A\0v\0"
		     "\0\0\0\x0bm\0\0\0\1X-A\0w\0"
		     "\0\0\0\x0am\0\0\0\2X-A\0\0"
		     "\0\0\0\7+<x@y>\0"
		     "\0\0\0\x14"
		     "2<x@y>\0NOTIFY=NEVER\0"
		     "\0\0\0\7"
		     "2<x@y>\0"
		     "\0\0\0\7-<x@y>\0"
		     "\0\0\0\7e<x@y>\0"
		     "\0\0\0\x10"
		     "e<x@y>\0RET=HDRS\0"
		     "\0\0\0\6bnew\r\n"
		     "\0\0\0\1b"
		     "\0\0\0\7qvirus\0"
		     "\0\0\0\1c"));
}

/* All kinds of edit; how many of them pass. */
static unsigned
try_all(void)
{
	struct span none = span_of("", 0), x = span_text("x");

	return (unsigned)encoder_header(&r, MILTER_ADDHEADER, 0, x, x) +
	       encoder_header(&r, MILTER_INSHEADER, 0, x, x) +
	       encoder_header(&r, MILTER_CHGHEADER, 1, x, x) +
	       encoder_address(&r, MILTER_ADDRCPT, x, none) +
	       encoder_address(&r, MILTER_ADDRCPT_PAR, x, none) +
	       encoder_address(&r, MILTER_DELRCPT, x, none) +
	       encoder_address(&r, MILTER_CHGFROM, x, none) +
	       encoder_body(&r, x) + encoder_quarantine(&r, x);
}

/* Only at BODYEOB, only what was granted. */
static void
test_edit_permission(void **state)
{
	(void)state;
	for (const char *c = "OCHMRTLNBUADKQ"; *c != '\0'; c++) {
		answering((enum milter_command) * c, ALL_ACTIONS, 0);
		assert_int_equal(try_all(), 0);
		expect_nothing();
	}
	answering(MILTER_BODYEOB, 0, 0);
	assert_int_equal(try_all(), 0);
	expect_nothing();
	for (uint32_t bit = 1; bit < MILTER_ACT_SETSYMLIST; bit <<= 1) {
		answering(MILTER_BODYEOB, bit, 0);
		assert_int_equal(try_all(), bit == MILTER_ACT_ADDHDRS ? 2 : 1);
		answering(MILTER_BODYEOB, ALL_ACTIONS & ~bit, 0);
		assert_int_equal(try_all(), bit == MILTER_ACT_ADDHDRS ? 7 : 8);
	}
}

static void
test_header_values(void **state)
{
	static const struct {
		const char *name, *value;
		bool ok;
	} rows[] = {
	    {"X-A", "v", true},
	    {"X-A", "", true},
	    {"X-A", "a\n\tb\n c", true},
	    {"X-A", "a\tb", true},
	    {"", "v", false},
	    {"X:", "v", false},
	    {"X A", "v", false},
	    {"X\t", "v", false},
	    {"X\n", "v", false},
	    {"X\xe9", "v", false},
	    {"X-A", "a\r\n b", false},
	    {"X-A", "a\nb", false},
	    {"X-A", "a\n", false},
	    {"X-A", "a\n\n b", false},
	    {"X-A", "a\rb", false},
	    {"X-A", "a\x01", false},
	    {"X-A", "a\x7f", false},
	    {"X-A", "a\xe9", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
		assert_int_equal(
		    encoder_header(&r, MILTER_ADDHEADER, 0,
			span_text(rows[i].name), span_text(rows[i].value)),
		    rows[i].ok);
		if (!rows[i].ok)
			expect_nothing();
	}
	answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
	assert_false(encoder_header(
	    &r, MILTER_ADDHEADER, 0, span_text("X"), span_of("a\0b", 3)));
	assert_false(encoder_header(
	    &r, MILTER_CHGHEADER, 0x80000000U, span_text("X"), span_text("v")));
	assert_false(encoder_header(
	    &r, MILTER_QUARANTINE, 1, span_text("X"), span_text("v")));
	expect_nothing();
}

/* With HDR_LEADSPC the space is ours to send, but not with a deletion. */
static void
test_leading_space(void **state)
{
	struct span a = span_text("X-A");

	(void)state;
	answering(MILTER_BODYEOB, ALL_ACTIONS, MILTER_P_HDR_LEADSPC);
	assert_true(encoder_header(&r, MILTER_INSHEADER, 1, a, span_text("v")));
	assert_true(encoder_header(&r, MILTER_CHGHEADER, 1, a, span_of("", 0)));
	expect(BYTES("\0\0\0\x0ci\0\0\0\1X-A\0 v\0"
		     "\0\0\0\x0am\0\0\0\1X-A\0\0"));
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *address;
		bool ok;
	} rows[] = {{"<x@y>", true}, {"x@y", true}, {"<>", true},
	    {"\"a b, c\"@d", true}, {"", false}, {"a@b, c@d", false},
	    {"a@b c", false}, {"\"a@b", false}, {"a@b\n", false},
	    {"\xc3\xa9@b", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
		assert_int_equal(
		    encoder_address(&r, MILTER_ADDRCPT,
			span_text(rows[i].address), span_of("", 0)),
		    rows[i].ok);
	}
	answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
	assert_false(encoder_address(
	    &r, MILTER_DELRCPT, span_text("x@y"), span_text("RET=HDRS")));
	assert_false(encoder_address(
	    &r, MILTER_CHGFROM, span_text("x@y"), span_text("RET\n")));
	assert_false(encoder_address(
	    &r, MILTER_REPLBODY, span_text("x@y"), span_of("", 0)));
	assert_false(encoder_quarantine(&r, span_of("", 0)));
	assert_false(encoder_quarantine(&r, span_text("a\nb")));
	expect_nothing();
}

/* Packets larger than the buffer, up to the limit of the protocol. */
static void
test_sizes(void **state)
{
	static uint8_t big[70000];
	size_t value = MILTER_PAYLOAD_MAX - 2 - 1;

	(void)state;
	memset(big, 'v', sizeof(big));
	answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
	assert_false(encoder_header(
	    &r, MILTER_ADDHEADER, 0, span_text("X"), span_of(big, value + 1)));
	expect_nothing();
	assert_true(encoder_header(
	    &r, MILTER_ADDHEADER, 0, span_text("X"), span_of(big, value)));
	assert_true(encoder_flush(&r));
	assert_int_equal(stub.sent_len, MILTER_PACKET_MAX);
	assert_memory_equal(stub.sent, "\0\1\0\0hX\0v", 8);

	answering(MILTER_BODYEOB, ALL_ACTIONS, MILTER_P_HDR_LEADSPC);
	assert_false(encoder_header(
	    &r, MILTER_ADDHEADER, 0, span_text("X"), span_of(big, value)));

	answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
	assert_true(encoder_body(&r, span_of(big, sizeof(big))));
	assert_true(encoder_flush(&r));
	assert_int_equal(stub.sent_len, 70000 + 2 * 5);
	assert_memory_equal(stub.sent, "\0\1\0\0b", 5);
	assert_memory_equal(&stub.sent[MILTER_PACKET_MAX],
	    "\0\0\x11\x72"
	    "b",
	    5);
}

/* Once the MTA is gone nothing is tried any more. */
static void
test_gone(void **state)
{
	static const uint8_t big[REPLY_BUFFER_MAX];

	(void)state;
	answering(MILTER_BODYEOB, ALL_ACTIONS, 0);
	stub.send_limit = 0;
	assert_false(encoder_body(&r, span_of(big, sizeof(big))));
	assert_true(r.gone);
	assert_false(encoder_plain(&r, MILTER_CONTINUE));
	assert_false(encoder_flush(&r));
	assert_int_equal(stub.sends, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_never),
	    cmocka_unit_test(test_account),
	    cmocka_unit_test(test_optneg),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_text_limits),
	    cmocka_unit_test(test_edits),
	    cmocka_unit_test(test_edit_permission),
	    cmocka_unit_test(test_header_values),
	    cmocka_unit_test(test_leading_space),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
