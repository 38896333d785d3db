/* SPDX-License-Identifier: ISC */
/*
 * The parsers of single values and the check of reply templates, table by
 * table: valid texts with their value, invalid ones with what the complaint
 * says.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/reply_template.h"
#include "config/settings.h"
#include "config/values.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define UNTOUCHED   77

static struct complaint c;

static void
counts(void **state)
{
	static const char *const bad[] = {"", " 5", "5 ", "-5", "+5", "0x5",
	    "5.", "five", "12345678901", "0", "101", "4294967301"};
	uint32_t n;

	(void)state;
	assert_true(value_count("1", 1, 100, &n, &c));
	assert_int_equal(n, 1);
	assert_true(value_count("0100", 1, 100, &n, &c));
	assert_int_equal(n, 100);
	n = UNTOUCHED;
	for (size_t i = 0; i < ROWS(bad); i++) {
		assert_false(value_count(bad[i], 1, 100, &n, &c));
		assert_non_null(strstr(c.text, "from 1 to 100"));
	}
	assert_int_equal(n, UNTOUCHED);
}

static void
sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
		const char *shown;
	} good[] = {
	    {"1", 1, "1"},
	    {"1K", 1024, "1K"},
	    {"1536", 1536, "1536"},
	    {"25M", 25 << 20, "25M"},
	    {"1024K", 1 << 20, "1M"},
	    {"3G", UINT64_C(3) << 30, "3G"},
	};
	static const char *const bad[] = {"", "M", "25m", "25MB", "25 M",
	    "1.5M", "-1M", "0", "4G", "9999999999G", "99999999999999999999G"};
	char buf[VALUE_TEXT_MAX];
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		assert_true(
		    value_size(good[i].text, 1, UINT64_C(3) << 30, &n, &c));
		assert_int_equal(n, good[i].value);
		assert_string_equal(value_size_text(n, buf), good[i].shown);
	}
	n = UNTOUCHED;
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_false(value_size(bad[i], 1, UINT64_C(3) << 30, &n, &c));
	assert_int_equal(n, UNTOUCHED);
	assert_string_equal(value_size_text(0, buf), "0");
}

static void
times(void **state)
{
	static const struct {
		const char *text;
		uint32_t value;
		const char *shown;
	} good[] = {
	    {"1", 1000, "1s"},
	    {"90", 90000, "90s"},
	    {"90s", 90000, "90s"},
	    {"120s", 120000, "2m"},
	    {"5m", 300000, "5m"},
	    {"1h", 3600000, "1h"},
	    {"24h", 86400000, "24h"},
	};
	static const char *const bad[] = {"", "s", "1d", "1 h", "1.5h", "100ms",
	    "0", "25h", "86401", "9999999999h"};
	char buf[VALUE_TEXT_MAX];
	uint32_t n;

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		assert_true(value_time(good[i].text, 1000, 86400000, &n, &c));
		assert_int_equal(n, good[i].value);
		assert_string_equal(value_time_text(n, buf), good[i].shown);
	}
	n = UNTOUCHED;
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_false(value_time(bad[i], 1000, 86400000, &n, &c));
	assert_int_equal(n, UNTOUCHED);
}

static void
modes(void **state)
{
	static const char *const bad[] = {
	    "", "8", "0668", "1777", "00660", "rw", "-1"};
	mode_t mode;

	(void)state;
	assert_true(value_mode("0660", &mode, &c));
	assert_int_equal(mode, 0660);
	assert_true(value_mode("777", &mode, &c));
	assert_int_equal(mode, 0777);
	mode = UNTOUCHED;
	for (size_t i = 0; i < ROWS(bad); i++)
		assert_false(value_mode(bad[i], &mode, &c));
	assert_int_equal(mode, UNTOUCHED);
}

static void
words(void **state)
{
	static const char *const names[] = {"one", "two", NULL};
	static const char *const yes[] = {"yes", "true", "on"};
	static const char *const no[] = {"no", "false", "off"};
	enum action action = ACTION_COUNT;
	uint32_t n = UNTOUCHED;
	bool b;

	(void)state;
	for (size_t i = 0; i < ROWS(yes); i++) {
		assert_true(value_bool(yes[i], &b, &c) && b);
		assert_true(value_bool(no[i], &b, &c) && !b);
	}
	assert_false(value_bool("1", &b, &c));
	assert_false(value_bool("Yes", &b, &c));
	assert_false(value_word("", names, &n, &c));
	assert_false(value_word("on", names, &n, &c));
	assert_int_equal(n, UNTOUCHED);
	assert_true(value_word("two", names, &n, &c));
	assert_int_equal(n, 1);
	assert_false(value_action("aborted", &action, &c));
	assert_false(value_action("Reject", &action, &c));
	assert_true(value_action("discard", &action, &c));
	assert_int_equal(action, ACTION_DISCARD);
}

static void
names(void **state)
{
	uid_t uid;
	gid_t gid = UNTOUCHED;

	(void)state;
	assert_true(value_user("daemon", &uid, &c));
	assert_int_not_equal(uid, 0);
	assert_false(value_user("root", &uid, &c));
	assert_false(value_user("", &uid, &c));
	assert_false(value_user("0", &uid, &c));
	assert_false(value_user("no'such;user", &uid, &c));
	assert_non_null(strstr(c.text, "nologin NAME"));
	assert_false(value_group("nosuchgroup", &gid, &c));
	assert_int_equal(gid, UNTOUCHED);
	assert_true(value_group("daemon", &gid, &c));
	assert_true(value_group("", &gid, &c));
	assert_int_equal(gid, (gid_t)-1);
}

static void
texts(void **state)
{
	char out[9] = "before";

	(void)state;
	assert_false(value_path("", out, sizeof(out), &c));
	assert_false(value_path("run", out, sizeof(out), &c));
	assert_false(value_path("/12345678", out, sizeof(out), &c));
	assert_false(value_host("", out, sizeof(out), &c));
	assert_false(value_host("a b", out, sizeof(out), &c));
	assert_false(value_host("a\tb", out, sizeof(out), &c));
	assert_false(value_host("h\xc3\xa4", out, sizeof(out), &c));
	assert_false(value_host("123456789", out, sizeof(out), &c));
	assert_false(value_header("X-", out, sizeof(out), &c));
	assert_false(value_header("Y-A", out, sizeof(out), &c));
	assert_false(value_header("X-A:", out, sizeof(out), &c));
	assert_false(value_header("X-A B", out, sizeof(out), &c));
	assert_false(value_header("X-1234567", out, sizeof(out), &c));
	assert_string_equal(out, "before");
	assert_true(value_path("/1234567", out, sizeof(out), &c));
	assert_string_equal(out, "/1234567");
	assert_true(value_host("12345678", out, sizeof(out), &c));
	assert_true(value_header("X-123456", out, sizeof(out), &c));
	assert_string_equal(out, "X-123456");
}

/* Values are shown in complaints without control characters and cut. */
static void
complaints(void **state)
{
	char value[300];

	(void)state;
	memset(value, 'a', sizeof(value) - 1);
	value[0] = '\033';
	value[sizeof(value) - 1] = '\0';
	assert_false(complain(&c, value, "is %s", "wrong"));
	assert_memory_equal(c.text, "\"?aaa", 5);
	assert_non_null(strstr(c.text, "aaa\" is wrong"));
	assert_true(strlen(c.text) < 120);
}

static void
replies(void **state)
{
	static const char *const good[] = {
	    "550 5.7.1 Message refused: %v found",
	    "451 4.7.1 later",
	    "421 4.3.2 x",
	    "599 5.123.999 100%% sure",
	    "550 5.7.1 %v%v%v",
	};
	static const struct {
		const char *text, *what;
	} bad[] = {
	    {"x", "does not begin"},
	    {"250 2.0.0 ok", "does not begin"},
	    {"55 5.7.1 no", "does not begin"},
	    {"5500 5.7.1 no", "does not begin"},
	    {"550-5.7.1 no", "does not begin"},
	    {" 550 5.7.1 no", "does not begin"},
	    {"550", "does not begin"},
	    {"550 ", "no enhanced code"},
	    {"550 no", "no enhanced code"},
	    {"550  5.7.1 no", "no enhanced code"},
	    {"550 4.7.1 no", "no enhanced code"},
	    {"550 5.7 no", "no enhanced code"},
	    {"550 5.7.1.2 no", "no enhanced code"},
	    {"550 5.1234.1 no", "no enhanced code"},
	    {"550 5..1 no", "no enhanced code"},
	    {"550 5.7.1", "no enhanced code"},
	    {"550 5.7.1 ", "no text"},
	    {"550 5.7.1   ", "no text"},
	    {"550 5.7.1 a\nb", "not printable"},
	    {"550 5.7.1 a\tb", "not printable"},
	    {"550 5.7.1 \xc3\xa4", "not printable"},
	    {"550 5.7.1 100%", "not %v or %%"},
	    {"550 5.7.1 %s", "not %v or %%"},
	    {"550 5.7.1 %V", "not %v or %%"},
	    {"550 5.7.1 %%%", "not %v or %%"},
	    {"550 5.7.1 %v%v%v and more", "filled in"},
	};
	char text[SETTINGS_REPLY_MAX + 1] = "550 5.7.1 ";

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++)
		assert_null(reply_template_check(good[i]));
	for (size_t i = 0; i < ROWS(bad); i++) {
		const char *why = reply_template_check(bad[i].text);

		if (why == NULL || strstr(why, bad[i].what) == NULL)
			fail_msg("%s: %s", bad[i].text, why ? why : "accepted");
	}
	memset(text + 10, 'a', sizeof(text) - 11);
	text[SETTINGS_REPLY_MAX] = '\0';
	assert_string_equal(reply_template_check(text),
	    "is too long; a reply has at most 255 bytes");
	text[SETTINGS_REPLY_MAX - 1] = '\0';
	assert_null(reply_template_check(text));

	assert_true(reply_template_fits("550 5.7.1 x", ACTION_REJECT));
	assert_false(reply_template_fits("450 4.7.1 x", ACTION_REJECT));
	assert_true(reply_template_fits("450 4.7.1 x", ACTION_TEMPFAIL));
	assert_false(reply_template_fits("550 5.7.1 x", ACTION_TEMPFAIL));
	assert_true(reply_template_fits("550 5.7.1 x", ACTION_ACCEPT));
}

static void
networks(void **state)
{
	static const struct {
		const char *text;
		int family;
		uint8_t prefix;
	} good[] = {
	    {"192.0.2.0/28", AF_INET, 28},
	    {"192.0.2.1", AF_INET, 32},
	    {"0.0.0.0/0", AF_INET, 0},
	    {"2001:db8::/33", AF_INET6, 33},
	    {"::1", AF_INET6, 128},
	};
	static const char *const bad[] = {"", "/8", "192.0.2.0/33",
	    "192.0.2.1/28", "192.0.2.0/", "192.0.2.0/2 ", "2001:db8::/129",
	    "2001:db8::1/64", "localhost", "192.0.2", "2001:db8::4000:0/97"};
	struct network n = {.prefix = UNTOUCHED};

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		print_message("%s\n", bad[i]);
		assert_false(value_network(bad[i], &n, &c));
	}
	assert_int_equal(n.prefix, UNTOUCHED);
	for (size_t i = 0; i < ROWS(good); i++) {
		assert_true(value_network(good[i].text, &n, &c));
		assert_int_equal(n.family, good[i].family);
		assert_int_equal(n.prefix, good[i].prefix);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(times),
	    cmocka_unit_test(modes),
	    cmocka_unit_test(words),
	    cmocka_unit_test(names),
	    cmocka_unit_test(texts),
	    cmocka_unit_test(complaints),
	    cmocka_unit_test(networks),
	    cmocka_unit_test(replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
