/* SPDX-License-Identifier: ISC */
/*
 * Digests of messages: scanner/digest.c and lib/field.c.  The four vectors,
 * the rules of form with their bounds, classes, and absent fields.
 */
#include "scanner/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char names[][FIELD_NAME_MAX] = {
    "x-scan-stamp", "x-site-trace", "x-our-*"};
static const struct field_list site = {.count = 3, .name = names};
static struct digest digest;
static struct digests result;

static void
begin(void)
{
	digest_begin(&digest, &site, true);
}

static void
field(const char *name, const char *value)
{
	digest_field(&digest, span_text(name), span_text(value));
}

static void
end(const char *body)
{
	digest_body(&digest, span_text(body));
	digest_end(&digest, &result);
}

static void
assert_digest(const uint8_t *bytes, const char *want)
{
	char text[2 * STAMP_DIGEST + 1];

	for (size_t i = 0; i < STAMP_DIGEST; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	assert_string_equal(text, want);
}

static void
assert_all(uint8_t flags, const char *h, const char *a, const char *b)
{
	assert_int_equal(result.fault, DIGEST_OK);
	assert_int_equal(result.flags, flags);
	assert_digest(result.header[0], h);
	assert_digest(result.address, a);
	assert_digest(result.body, b);
	/* What is absent can be left out or not: it is the same. */
	assert_memory_equal(
	    result.header[0], result.header[flags], STAMP_DIGEST);
}

static void
test_v1(void **state)
{
	(void)state;
	begin();
	field("From", " a@example.com");
	field("To", " b@example.net,\n\tc@example.net");
	field("Subject", " hi");
	field("Date", " Tue, 14 Nov 2023 22:09:00 +0000");
	field("Message-ID", " <1@example.com>");
	end("hello\r\n");
	assert_all(0,
	    "b71667e4a30be737026979651aae1e8d4920072eb90f145533b4f6e7ef6d283e",
	    "67675ebff2c5149944590870906268d65247be5b919aed79c83789aeab8ee488",
	    "4ca35602a2f2ea6b9c59b4bddb26d23a795a5da569a76f16b414a41ff1470167");
}

static void
test_v2(void **state)
{
	(void)state;
	begin();
	field("Received", " from a by b;\n\tTue, 14 Nov 2023 22:10:00 +0000");
	field("X-Spam-Status", " No");
	field("from", " J\xc3\xbcrgen  <j@example.de>");
	field("SUBJECT", "  two blanks");
	field("Date", " Tue, 14 Nov 2023 22:09:00 +0000");
	field("Message-Id", " <2@example.de>");
	field("MIME-Version", " 1.0");
	field("Content-Type", " multipart/mixed;\n\tboundary=\"a  b\"");
	field("X-Empty", "");
	field("Cc", "");
	end("--a  b\r\n\r\nx \r\n--a  b--\r\n\r\n");
	assert_all(0,
	    "d9c4ddb93d00cc506d6d24bb3ac22069af295b4a33460e2d2c1b10155ebc785e",
	    "d3c77d55a826f3cbed7f5de2e6b3606929d9b20ffab4b4780fee6b22d2e1c0ba",
	    "8f531ef96cac7a66a35b67bf9fc9af1f99b0e6dded060da820d7664baf4e85bc");
}

static void
test_v3(void **state)
{
	(void)state;
	begin();
	field("Subject", "");
	end("");
	assert_all(STAMP_FLAGS,
	    "f7886abc1c2058cbca4deb21446d15e8caf08ff00a7fc19aa0ae17c18064c8f7",
	    "35d834b6ffd5f3ec3aeca486f99f54063e3886e0a09489dc6db4caa30e3efc78",
	    "5f18a863322ee9a1c28cef24765bb8388d1bf6397c20ba60e2718c1bb916f18e");
}

static void
test_v4(void **state)
{
	(void)state;
	begin();
	end("\r\n");
	assert_all(STAMP_FLAGS,
	    "0a4d1e1d24084e7181c9c4883227c2e255e206d838b9b04ce1d8625b82637e15",
	    "35d834b6ffd5f3ec3aeca486f99f54063e3886e0a09489dc6db4caa30e3efc78",
	    "4f7f012e9f38781932c9e6ebeecb5df404b0263da50b4382151a06d8450bf8c8");
}

/* --- what is the same and what is not ---------------------------------------- */

struct pair {
	const char *name, *value;
};

/* A base message with one more field behind it, or another one in place. */
static void
message(const struct pair *more)
{
	begin();
	field("From", " a@example.com");
	field("Subject", " hi");
	if (more != NULL)
		field(more->name, more->value);
	end("x\r\n");
}

static void
test_ignored(void **state)
{
	static const struct pair ignored[] = {{"Received", " from x"},
	    {"X-Spam-Foo", ""}, {"x-scan-STAMP", " v=1"},
	    {"X-Site-Trace", " 1"}, {"X-Our-Anything", " 2"},
	    {"ARC-Seal", " i=1;\n\tb=="}, {"Bcc", " a@b"}};
	static const struct pair covered[] = {{"X-Spa", " "},
	    {"X-Site-Tracer", " 1"}, {"X-Our", " 2"}, {"Subject", " hi"},
	    {"Content-Type", " a/b"}, {"Date", " x"}, {"To", " b"}};
	uint8_t base[STAMP_DIGEST];

	(void)state;
	message(NULL);
	memcpy(base, result.header[0], sizeof(base));
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		message(&ignored[i]);
		assert_int_equal(result.fault, DIGEST_OK);
		assert_memory_equal(base, result.header[0], sizeof(base));
	}
	for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++) {
		message(&covered[i]);
		assert_int_equal(result.fault, DIGEST_OK);
		assert_memory_not_equal(base, result.header[0], sizeof(base));
	}
}

/* One Date and one Message-ID put in later are left out for a stamp that says
 * so, wherever they stand; anything else about them is a fault, or counts. */
static void
test_optional(void **state)
{
	uint8_t base[STAMP_DIGEST];

	(void)state;
	begin();
	field("Subject", " hi");
	field("To", " b");
	end("");
	memcpy(base, result.header[0], sizeof(base));
	begin();
	field("Message-ID", " <1>");
	field("Subject", " hi");
	field("Date", " now");
	field("To", " b");
	end("");
	assert_int_equal(result.flags, 0);
	assert_memory_equal(base, result.header[STAMP_FLAGS], sizeof(base));
	for (uint8_t i = 0; i < STAMP_FLAGS; i++)
		assert_memory_not_equal(base, result.header[i], sizeof(base));
	begin();
	field("Subject", " hi");
	field("Date", " now");
	field("To", " b");
	field("Date", " later");
	end("");
	assert_int_equal(result.header_fault[0], DIGEST_OK);
	assert_int_equal(result.header_fault[STAMP_NO_DATE], DIGEST_OPTIONAL);
	assert_int_equal(result.header_fault[STAMP_NO_MESSAGE_ID], DIGEST_OK);
}

static void
test_not_plain_optional(void **state)
{
	static char longer[DIGEST_TOLERATED + 3];
	static const char *const not_plain[] = {
	    " a\n b", " \xc3\xbc", " a\tb\x01", longer};

	(void)state;
	memset(longer, 'x', DIGEST_TOLERATED + 2);
	longer[0] = ' ';
	for (size_t i = 0; i < sizeof(not_plain) / sizeof(not_plain[0]); i++) {
		begin();
		field("Date", not_plain[i]);
		end("");
		assert_int_equal(result.fault, DIGEST_OK);
		assert_int_equal(
		    result.header_fault[STAMP_NO_DATE], DIGEST_OPTIONAL);
		assert_int_equal(result.header_fault[0], DIGEST_OK);
	}
	longer[DIGEST_TOLERATED + 1] = '\0';
	begin();
	field("Date", longer);
	end("");
	assert_int_equal(result.header_fault[STAMP_NO_DATE], DIGEST_OK);
}

/* --- form -------------------------------------------------------------------- */

static const struct {
	const char *name, *value;
	enum digest_fault fault;
} forms[] = {
    {"X-A", " fine", DIGEST_OK},
    {"X-A", " a\n\tb\r\n c", DIGEST_OK},
    {"X-A", " \xff\x01", DIGEST_OK},
    {"X-A", " a\n \n b", DIGEST_OK}, /* covered: exact, so blank is good */
    {"", " a", DIGEST_NAME},
    {"X A", " a", DIGEST_NAME},
    {"X\xc3\xa4", " a", DIGEST_NAME},
    {"X-A:", " a", DIGEST_NAME},
    {"X-A", " a\rb", DIGEST_BYTE},
    {"X-A", " a\r", DIGEST_BYTE},
    {"X-A", " a\r\r\n b", DIGEST_BYTE},
    {"X-A", " a\nb", DIGEST_FOLD},
    {"X-A", " a\n", DIGEST_FOLD},
    {"Received", " a\n \n b", DIGEST_BLANK_FOLD},
    {"Received", " a\n\t ", DIGEST_BLANK_FOLD},
    {"Received", "\n b", DIGEST_OK},
    {"Received", " \x7f", DIGEST_INERT},
    {"Received", " \xc3\xbc", DIGEST_INERT},
    {"Received", " \x01", DIGEST_INERT},
    {"To", " a\n \n b", DIGEST_BLANK_FOLD},
    {"To", " \xc3\xbc", DIGEST_OK},
    {"To", " \x01", DIGEST_PLAIN},
    {"To", " \x7f", DIGEST_PLAIN},
};

static void
test_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		begin();
		field(forms[i].name, forms[i].value);
		end("");
		assert_int_equal(result.fault, forms[i].fault);
	}
	begin();
	digest_field(&digest, span_text("X-A"), span_of("a\0b", 3));
	end("");
	assert_int_equal(result.fault, DIGEST_BYTE);
}

/* Adds COUNT fields of SIZE bytes; what comes of it. */
static enum digest_fault
many(const char *name, size_t count, size_t size)
{
	static char value[70000];

	memset(value, 'x', sizeof(value));
	begin();
	for (size_t i = 0; i < count; i++)
		digest_field(&digest, span_text(name), span_of(value, size));
	end("");
	return result.fault;
}

static void
test_bounds(void **state)
{
	char name[DIGEST_NAME_MAX + 2];

	(void)state;
	assert_int_equal(many("X", DIGEST_FIELDS_MAX, 1), DIGEST_OK);
	assert_int_equal(many("X", DIGEST_FIELDS_MAX + 1, 1), DIGEST_SIZE);
	assert_int_equal(many("X", 16, 65535), DIGEST_OK);
	assert_int_equal(many("X", 16, 65536), DIGEST_SIZE);
	assert_int_equal(many("Received", DIGEST_IGNORED_MAX, 1), DIGEST_OK);
	assert_int_equal(
	    many("Received", DIGEST_IGNORED_MAX + 1, 1), DIGEST_IGNORED);
	assert_int_equal(many("Received", 4, DIGEST_IGNORED_ONE), DIGEST_OK);
	assert_int_equal(
	    many("Received", 1, DIGEST_IGNORED_ONE + 1), DIGEST_IGNORED);
	assert_int_equal(many("Received", 5, 13108), DIGEST_IGNORED);
	memset(name, 'x', sizeof(name));
	name[DIGEST_NAME_MAX] = '\0';
	begin();
	field(name, "");
	end("");
	assert_int_equal(result.fault, DIGEST_OK);
	name[DIGEST_NAME_MAX] = 'x';
	name[DIGEST_NAME_MAX + 1] = '\0';
	begin();
	field(name, "");
	end("");
	assert_int_equal(result.fault, DIGEST_NAME);
}

/* The body in pieces of any size, and its length in the digest. */
static void
test_body_pieces(void **state)
{
	uint8_t whole[STAMP_DIGEST];

	(void)state;
	begin();
	end("one\r\ntwo\r\n");
	memcpy(whole, result.body, sizeof(whole));
	begin();
	for (const char *c = "one\r\ntwo\r\n"; *c != '\0'; c++)
		digest_body(&digest, span_of(c, 1));
	end("");
	assert_memory_equal(whole, result.body, sizeof(whole));
	begin();
	end("one\ntwo\n");
	assert_memory_not_equal(whole, result.body, sizeof(whole));
}

static void
test_may_ignore(void **state)
{
	static const char *const no[] = {"", "*", "x-*", "content-type",
	    "content-*", "con*", "mime-version", "subject", "date",
	    "message-id", "references", "in-reply-to", "list-id", "resent-to",
	    "from", "to", "reply-to", "mail-followup-to"};
	static const char *const yes[] = {"x-y", "x-y*", "x-our-*", "comments"};

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(field_may_ignore(no[i]));
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(field_may_ignore(yes[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_v1),
	    cmocka_unit_test(test_v2),
	    cmocka_unit_test(test_v3),
	    cmocka_unit_test(test_v4),
	    cmocka_unit_test(test_ignored),
	    cmocka_unit_test(test_optional),
	    cmocka_unit_test(test_not_plain_optional),
	    cmocka_unit_test(test_form),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_body_pieces),
	    cmocka_unit_test(test_may_ignore),
	};

	return sodium_init() == -1 ? 1
				   : cmocka_run_group_tests(tests, NULL, NULL);
}
