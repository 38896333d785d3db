/* SPDX-License-Identifier: ISC */
/* Payloads and addresses: parser/milter/command.c, parser/mail/envelope.c.  Rows C01-C24,
 * E01-E08, H01-H07, H12, B01-B05, M04-M06 of the conformance list. */
#include "parser/milter/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "parser/mail/envelope.h"

#define BYTES(text) text, sizeof(text) - 1

/* The longest path that fits a socket address. */
#define TEN	 "/234567890"
#define PATH_107 TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "/234567"

/* shown: the decoded parts, each in brackets; NULL if refused. */
static const struct {
	const char *payload;
	size_t len;
	char command;
	const char *shown;
} rows[] = {
    {BYTES("h.example\0"
	   "4\0\x19"
	   "192.0.2.1\0"),
	'C', "[h.example][192.0.2.1]"},
    {BYTES("h\0006\022\064"
	   "2001:db8::1\0"),
	'C', "[h][2001:db8::1]"},
    {BYTES("h\0006\0\0IPv6:2001:0DB8:0:0:0:0:0:1\0"), 'C', "[h][2001:db8::1]"},
    {BYTES("h\0006\0\0ipV6:::1\0"), 'C', "[h][::1]"},
    {BYTES("h\0006\0\0::ffff:192.0.2.1\0"), 'C', "[h][::ffff:192.0.2.1]"},
    {BYTES("h\0L\0\0/\0"), 'C', "[h][/]"},
    {BYTES("h\0L\0\0\0"), 'C', "[h][]"},
    {BYTES("h\0L\0\0" PATH_107 "\0"), 'C', "[h][" PATH_107 "]"},
    {BYTES("h\0L\0\0" PATH_107 "8\0"), 'C', NULL},
    {BYTES("localhost\0U"), 'C', "[localhost][]"},
    {BYTES("\0U"), 'C', "[][]"},
    {BYTES("h\0U\0"), 'C', NULL},
    {BYTES("h\0004\0\0unknown\0"), 'C', NULL},
    {BYTES("h\0004\0\0\0"), 'C', NULL},
    {BYTES("h\0004\0\000127.1\0"), 'C', NULL},
    {BYTES("h\0004\0\000127.0.0.1 x\0"), 'C', NULL},
    {BYTES("h\0004\0\0001.2.3.4.5\0"), 'C', NULL},
    {BYTES("h\0004\0\000256.2.3.4\0"), 'C', NULL},
    {BYTES("h\0004\0\000010.2.3.4\0"), 'C', NULL},
    {BYTES("h\0004\0\000IPv6:::1\0"), 'C', NULL},
    {BYTES("h\0004"), 'C', NULL},
    {BYTES("h\0004\0"), 'C', NULL},
    {BYTES("h\0004\0\031"), 'C', NULL},
    {BYTES("h\0004\0\031192.0.2.1"), 'C', NULL},
    {BYTES("h\0004\0\031192.0.2.1\0x\0"), 'C', NULL},
    {BYTES("h\0004\0\031192.0.2.1\0\0"), 'C', NULL},
    {BYTES("h\0006\0\0fe80::1%eth0\0"), 'C', NULL},
    {BYTES("h\0006\0\000192.0.2.1\0"), 'C', NULL},
    {BYTES("h\0006\0\0IPv6:\0"), 'C', NULL},
    {BYTES("h\0006\0\0IPv6:IPv6:::1\0"), 'C', NULL},
    {BYTES("h\0Z\0\0x\0"), 'C', NULL},
    {BYTES("host"), 'C', NULL},
    {BYTES("host\0"), 'C', NULL},
    {BYTES(""), 'C', NULL},

    {BYTES("c.example\0"), 'H', "[c.example]"},
    {BYTES("x y\x1b\r\n\xe9\0"), 'H', "[x y\x1b\r\n\xe9]"},
    {BYTES("\0"), 'H', "[]"},
    {BYTES("c.example"), 'H', NULL},
    {BYTES("c\0d\0"), 'H', NULL},
    {BYTES(""), 'H', NULL},
    {BYTES("FOO bar\0"), 'U', "[FOO bar]"},
    {BYTES("FOO"), 'U', NULL},
    {BYTES("FOO\0bar\0"), 'U', NULL},
    {BYTES(""), 'U', NULL},

    {BYTES("<a@b>\0SIZE=10\0"), 'M', "[<a@b>]"},
    {BYTES("<>\0"), 'M', "[<>]"},
    {BYTES("\0"), 'M', "[]"},
    {BYTES("<a@b>\0\0X\0"), 'M', "[<a@b>]"},
    {BYTES("<a@b>"), 'M', NULL},
    {BYTES("<a@b>\0SIZE=10"), 'M', NULL},
    {BYTES(""), 'M', NULL},
    {BYTES("<c@d>\0NOTIFY=NEVER\0"), 'R', "[<c@d>]"},
    {BYTES("<c@d>"), 'R', NULL},
    {BYTES(""), 'R', NULL},

    {BYTES("To\0 c@d\0"), 'L', "[To][ c@d]"},
    {BYTES("X\0\0"), 'L', "[X][]"},
    {BYTES("X\0a\n\tb\0"), 'L', "[X][a\n\tb]"},
    {BYTES("X\0\n b\0"), 'L', "[X][\n b]"},
    {BYTES("\0v\0"), 'L', NULL},
    {BYTES("\0\0"), 'L', NULL},
    {BYTES("X\0"), 'L', NULL},
    {BYTES("X"), 'L', NULL},
    {BYTES("X\0v"), 'L', NULL},
    {BYTES("X\0v\0w\0"), 'L', NULL},
    {BYTES("X\0v\0w"), 'L', NULL},
    {BYTES(""), 'L', NULL},

    {BYTES("hi"), 'B', "[hi]"},
    {BYTES(""), 'B', NULL},
    {BYTES(""), 'E', "[]"},
    {BYTES("hi"), 'E', "[hi]"},

    {BYTES("Cj\0mx\0"), 'D', "[C:5]"},
    {BYTES("H"), 'D', "[H:0]"},
    {BYTES("?i\0q\0"), 'D', "[?:4]"},
    {BYTES("Ci\0q\0{x}\0\0"), 'D', "[C:9]"},
    {BYTES("Ci\0"), 'D', NULL},
    {BYTES("Ci\0q\0j\0"), 'D', NULL},
    {BYTES("Ci\0q"), 'D', NULL},
    {BYTES("?i\0"), 'D', NULL},
    {BYTES(""), 'D', NULL},

    {BYTES("\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"), 'O', "[6:1ff:1fffff]"},
    {BYTES("\0\0\0\6\0\0\1\xff\0\x1f\xff\xff"
	   "12345678"),
	'O', "[6:1ff:1fffff]"},
    {BYTES("\0\0\0\6\0\0\1\xff\0\x1f\xff"), 'O', NULL},
    {BYTES(""), 'O', NULL},

    {BYTES(""), 'A', ""},
    {BYTES("x"), 'A', ""},
    {BYTES(""), 'N', ""},
    {BYTES("x"), 'N', ""},
    {BYTES(""), 'T', ""},
    {BYTES(""), 'Q', ""},
    {BYTES(""), 'K', ""},
};

static void
show_span(char *out, size_t size, struct span s)
{
	size_t at = strlen(out);

	snprintf(
	    &out[at], size - at, "[%.*s]", (int)s.len, (const char *)s.ptr);
}

static void
show(const struct command *c, char *out, size_t size)
{
	out[0] = '\0';
	switch (c->code) {
	case MILTER_CONNECT:
		show_span(out, size, c->connect.host);
		show_span(out, size, c->connect.address);
		break;
	case MILTER_HELO:
	case MILTER_UNKNOWN:
	case MILTER_MAIL:
	case MILTER_RCPT:
		show_span(out, size, c->text);
		break;
	case MILTER_HEADER:
		show_span(out, size, c->header.name);
		show_span(out, size, c->header.value);
		break;
	case MILTER_BODY:
	case MILTER_BODYEOB:
		show_span(out, size, c->bytes);
		break;
	case MILTER_MACRO:
		snprintf(
		    out, size, "[%c:%zu]", c->macro.stage, c->macro.pairs.len);
		break;
	case MILTER_OPTNEG:
		snprintf(out, size, "[%x:%x:%x]", c->offer.version,
		    c->offer.actions, c->offer.flags);
		break;
	case MILTER_ABORT:
	case MILTER_DATA:
	case MILTER_EOH:
	case MILTER_QUIT:
	case MILTER_QUIT_NC:
		break;
	}
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* exactly as long as the payload, for the sanitizer */
		uint8_t *copy = malloc(rows[i].len > 0 ? rows[i].len : 1);
		struct command c;
		char text[256];
		bool ok;

		assert_non_null(copy);
		memcpy(copy, rows[i].payload, rows[i].len);
		ok = command_decode(state_row((uint8_t)rows[i].command),
		    span_of(copy, rows[i].len), &c);
		if (ok != (rows[i].shown != NULL))
			fail_msg("row %zu, %c", i, rows[i].command);
		if (ok) {
			show(&c, text, sizeof(text));
			assert_string_equal(text, rows[i].shown);
		}
		free(copy);
	}
}

/* A host name of 60000 bytes, 500 parameters, the largest header. */
static void
test_large(void **state)
{
	static uint8_t big[MILTER_PAYLOAD_MAX];
	struct command c;

	(void)state;
	memset(big, 'h', sizeof(big));
	memcpy(&big[60000], "\0U", 2);
	assert_true(command_decode(state_row('C'), span_of(big, 60002), &c));
	assert_int_equal(c.connect.host.len, 60000);

	for (size_t i = 0; i < 1000; i++)
		big[i] = i % 2 == 0 ? 'p' : '\0';
	assert_true(command_decode(state_row('M'), span_of(big, 1000), &c));

	memset(big, 'v', sizeof(big));
	big[1] = big[sizeof(big) - 1] = '\0';
	assert_true(
	    command_decode(state_row('L'), span_of(big, sizeof(big)), &c));
	assert_int_equal(c.header.value.len, sizeof(big) - 3);
}

static void
test_mailbox(void **state)
{
	static const struct {
		const char *in, *out;
	} mailboxes[] = {
	    {"<a@b>", "a@b"},
	    {"a@b", "a@b"},
	    {"<>", ""},
	    {"", ""},
	    {" ", ""},
	    {"  <a@b>", "a@b"},
	    {" a@b", "a@b"},
	    {"<\"a b\"@c>", "\"a b\"@c"},
	    {"<\"a>b\"@c>", "\"a>b\"@c"},
	    {"<\"a\\\">b\"@c>", "\"a\\\">b\"@c"},
	    {"<a@b> SIZE=10", "a@b"},
	    {"<a@b", "a@b"},
	    {"<", ""},
	    {"<a\\", "a\\"},
	    {"<\xc3\xa9@b>", "\xc3\xa9@b"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++) {
		struct span s = envelope_mailbox(span_text(mailboxes[i].in));

		assert_int_equal(s.len, strlen(mailboxes[i].out));
		assert_memory_equal(s.ptr, mailboxes[i].out, s.len);
	}
}

/* Callers need not have found the NUL first. */
static void
test_ip_with_nul(void **state)
{
	char text[INET6_ADDRSTRLEN];

	(void)state;
	assert_false(envelope_ip(AF_INET, span_of("1.2.3.4\0x", 9), text));
	assert_true(envelope_ip(AF_INET, span_of("1.2.3.4", 7), text));
	assert_string_equal(text, "1.2.3.4");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_mailbox),
	    cmocka_unit_test(test_ip_with_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
