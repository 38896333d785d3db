/* SPDX-License-Identifier: ISC */
/*
 * Words that stand in documents, files and logs, and what goes by a name:
 * lib/outcome.c, lib/field.c, lib/decoding.c, keys/window.c, and networks
 * (lib/network.c).
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keys/window.h"
#include "lib/decoding.h"
#include "lib/field.h"
#include "lib/network.h"
#include "lib/outcome.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
test_outcomes(void **state)
{
	static const struct {
		enum outcome outcome;
		const char *verdict, *reason;
	} rows[] = {
	    {OUTCOME_CLEAN, "clean", ""},
	    {OUTCOME_CLEAN_BY_STAMP, "clean-by-stamp", ""},
	    {OUTCOME_INFECTED, "infected", ""},
	    {OUTCOME_TOO_BIG, "unscanned", "too-big"},
	    {OUTCOME_LIMITS, "unscanned", "limits"},
	    {OUTCOME_LIMITS_EXCEEDED, "unscanned", "limits-exceeded"},
	    {OUTCOME_NOT_UNPACKED, "unscanned", "not-unpacked"},
	    {OUTCOME_AMBIGUOUS, "unscanned", "ambiguous"},
	    {OUTCOME_CLAMD_DOWN, "unscanned", "clamd-down"},
	    {OUTCOME_CLAMD_ERROR, "unscanned", "clamd-error"},
	    {OUTCOME_TIMEOUT, "unscanned", "timeout"},
	    {OUTCOME_BUSY, "unscanned", "busy"},
	    {OUTCOME_INTERNAL, "unscanned", "internal"},
	    {OUTCOME_EXEMPT, "exempt", ""},
	    {OUTCOME_POLICY, "policy", ""},
	    {OUTCOME_COUNT, "unscanned", "internal"},
	};

	(void)state;
	assert_int_equal(COUNT(rows), OUTCOME_COUNT + 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(
		    outcome_verdict(rows[i].outcome), rows[i].verdict);
		assert_string_equal(
		    outcome_reason(rows[i].outcome), rows[i].reason);
	}
}

static void
test_actions(void **state)
{
	static const char *const names[ACTION_COUNT] = {
	    [ACTION_ACCEPT] = "accept",
	    [ACTION_REJECT] = "reject",
	    [ACTION_TEMPFAIL] = "tempfail",
	    [ACTION_DISCARD] = "discard",
	    [ACTION_QUARANTINE] = "quarantine",
	    [ACTION_ABORTED] = "aborted",
	    [ACTION_PASS] = "pass",
	};
	enum action found;

	(void)state;
	for (enum action a = ACTION_ACCEPT; a < ACTION_COUNT; a++) {
		bool configured = a < ACTION_ABORTED;

		assert_string_equal(action_name(a), names[a]);
		found = ACTION_COUNT;
		assert_int_equal(action_find(names[a], &found), configured);
		assert_int_equal(found, configured ? a : ACTION_COUNT);
	}
	assert_string_equal(action_name(ACTION_COUNT), "unknown");
	assert_string_equal(
	    limit_name(SESSION_LIMIT_MESSAGE_TIME), "message_time");
	assert_string_equal(limit_name(SESSION_LIMIT_OWN_FIELDS), "own_fields");
	assert_string_equal(limit_name(SESSION_LIMIT_COUNT), "");
}

static void
test_fields(void **state)
{
	static const char site_names[][FIELD_NAME_MAX] = {"x-loop", "x-own-*"};
	static const struct field_list site = {
	    .count = COUNT(site_names), .name = site_names};
	static const struct {
		const char *name;
		enum field_class class;
	} rows[] = {
	    {"subject", FIELD_COVERED},
	    {"subjects", FIELD_COVERED},
	    {"to", FIELD_ADDRESS},
	    {"tos", FIELD_COVERED},
	    {"from", FIELD_ADDRESS},
	    {"reply-to", FIELD_ADDRESS},
	    {"date", FIELD_DATE},
	    {"dates", FIELD_COVERED},
	    {"message-id", FIELD_MESSAGE_ID},
	    {"received", FIELD_IGNORED},
	    {"receive", FIELD_COVERED},
	    {"x-spam", FIELD_IGNORED},
	    {"x-spam-", FIELD_IGNORED},
	    {"x-spam-level", FIELD_IGNORED},
	    {"x-spammy", FIELD_COVERED},
	    {"x-loop", FIELD_IGNORED},
	    {"x-loops", FIELD_COVERED},
	    {"x-own-a", FIELD_IGNORED},
	    {"x-own", FIELD_COVERED},
	    {"", FIELD_COVERED},
	};
	static const struct {
		const char *name;
		bool may;
	} may[] = {
	    {"x-loop", true},
	    {"x-*", false}, /* would be all of them */
	    {"x-a*", true},
	    {"y-*", false},
	    {"*", false},
	    {"", false},
	    {"subject", false},
	    {"to", false},
	    {"content-type", false},
	    {"resent-date", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].name);
		assert_int_equal(
		    field_class(span_text(rows[i].name), &site), rows[i].class);
	}
	for (size_t i = 0; i < COUNT(may); i++) {
		print_message("%s\n", may[i].name);
		assert_int_equal(field_may_ignore(may[i].name), may[i].may);
	}
}

/* As SMTP carries it: name, colon, value, and CR LF for each line end. */
static void
test_field_size(void **state)
{
	static const struct {
		const char *value;
		uint64_t size;
	} rows[] = {
	    {"", 4},
	    {"b", 5},
	    {"b\n c", 9},
	    {"b\r\n c", 9},
	    {"\n", 6},
	    {"\n\n", 8},
	    {"\r", 5},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
		    field_size(span_text("a"), span_text(rows[i].value)),
		    rows[i].size);
}

static void
test_networks(void **state)
{
	static const struct {
		const char *net;
		uint8_t prefix;
		const char *address;
		bool holds;
	} rows[] = {
	    {"192.0.2.0", 24, "192.0.2.255", true},
	    {"192.0.2.0", 24, "192.0.3.0", false},
	    {"192.0.2.16", 28, "192.0.2.31", true},
	    {"192.0.2.16", 28, "192.0.2.32", false},
	    {"192.0.2.16", 28, "192.0.2.15", false},
	    {"192.0.2.1", 32, "192.0.2.1", true},
	    {"192.0.2.1", 32, "192.0.2.0", false},
	    {"0.0.0.0", 0, "255.255.255.255", true},
	    {"0.0.0.0", 0, "::1", false},
	    {"::", 0, "192.0.2.1", false},
	    {"::", 0, "::1", true},
	    {"192.0.2.1", 32, "::ffff:192.0.2.1", true},
	    {"2001:db8::", 33, "2001:db8:7fff::1", true},
	    {"2001:db8::", 33, "2001:db8:8000::1", false},
	    {"2001:db8::1", 128, "2001:db8::1", true},
	    {"2001:db8::1", 128, "2001:db8::2", false},
	    {"2001:db8::", 129, "2001:db8::", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct network net, address;

		print_message(
		    "%s/%u %s\n", rows[i].net, rows[i].prefix, rows[i].address);
		assert_true(network_of(rows[i].net, &net));
		assert_true(network_of(rows[i].address, &address));
		net.prefix = rows[i].prefix;
		assert_int_equal(network_holds(&net, &address), rows[i].holds);
	}
	assert_false(network_of("192.0.2.256", &(struct network){0}));
	assert_false(network_of("", &(struct network){0}));
}

/* To the second. */
static void
test_key_window(void **state)
{
	enum { FROM = 1000, UNTIL = 1099 };
	static const struct {
		uint64_t now;
		enum key_state state;
	} rows[] = {
	    {0, KEY_NOT_YET},
	    {999, KEY_NOT_YET},
	    {1000, KEY_VALID},
	    {1089, KEY_VALID},
	    {1090, KEY_ENDS_SOON},
	    {1099, KEY_ENDS_SOON},
	    {1100, KEY_EXPIRED},
	};
	uint64_t year = UINT64_C(365) * 86400, month = UINT64_C(30) * 86400;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%llu\n", (unsigned long long)rows[i].now);
		assert_int_equal(
		    key_state(FROM, UNTIL, rows[i].now), rows[i].state);
	}
	/* A month at the most. */
	assert_int_equal(key_state(0, 10 * year, 10 * year - month), KEY_VALID);
	assert_int_equal(
	    key_state(0, 10 * year, 10 * year + 1 - month), KEY_ENDS_SOON);
	assert_string_equal(key_state_name(KEY_ENDS_SOON), "ends-soon");
	assert_string_equal(key_state_name(KEY_EXPIRED), "expired");
	assert_string_equal(key_state_name(KEY_NOT_YET), "not-yet");
	assert_string_equal(key_state_name(KEY_VALID), "valid");
}

static void
test_decodings(void **state)
{
	static const char *const names[] = {"as-is", "base64", "base64-restart",
	    "base64-skip", "base64-url", "quoted-printable", "qp-keep", "qp-cr",
	    "qp-twice", "uuencode", "yenc", "uuencode-fit", "unknown"};

	(void)state;
	assert_int_equal(COUNT(names), DECODINGS + 1);
	for (unsigned int d = 0; d < COUNT(names); d++)
		assert_string_equal(decoding_name((enum decoding)d), names[d]);
}

/* What a session calls an object goes into the log and a header as it is. */
static void
test_objects(void **state)
{
	static const struct {
		const char *part;
		bool fits;
	} rows[] = {
	    {"1", true},
	    {"1.2.30", true},
	    {"@0", true},
	    {"@1234+56", true},
	    {"", false},
	    {"1 ", false},
	    {"1)", false},
	    {"1\n", false},
	    {"a", false},
	    {"1\xff", false},
	    {"1-2", false},
	};
	struct reading_object o;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		o = (struct reading_object){.decoding = DECODING_YENC};
		memcpy(o.part, rows[i].part, strlen(rows[i].part));
		assert_int_equal(reading_object_fits(&o), rows[i].fits);
		o.decoding = DECODINGS;
		assert_false(reading_object_fits(&o));
	}
	o.decoding = DECODING_AS_IS;
	memset(o.part, '1', sizeof(o.part));
	assert_false(reading_object_fits(&o));
	o.part[sizeof(o.part) - 1] = '\0';
	assert_true(reading_object_fits(&o));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_outcomes),
	    cmocka_unit_test(test_decodings),
	    cmocka_unit_test(test_objects),
	    cmocka_unit_test(test_actions),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_field_size),
	    cmocka_unit_test(test_networks),
	    cmocka_unit_test(test_key_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
