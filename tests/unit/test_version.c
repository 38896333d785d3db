/* SPDX-License-Identifier: ISC */
/*
 * What clamd says about itself: scanner/clamd/version.c.  Replies seen from the real
 * one, and what is not to be taken for one.
 */
#include "scanner/clamd/version.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define REPLY(text) text, sizeof(text) /* with its NUL */

static const struct {
	const char *reply;
	size_t len;
	bool good;
	uint32_t daily;
	int64_t built;
} versions[] = {
    {REPLY("ClamAV 1.4.6/27000/Tue Nov 14 22:13:20 2023"), true, 27000,
	1700000000},
    {REPLY("ClamAV 1.4.6/27000/Thu Jan  1 00:00:00 2026"), true, 27000,
	1767225600},
    {REPLY("ClamAV 1.5.0/28012/Thu Feb 29 12:00:00 2024"), true, 28012,
	1709208000},
    {REPLY("ClamAV 1.4.6"), true, 0, 0},
    {REPLY("ClamAV 1.4.6/"), true, 0, 0},
    {REPLY("ClamAV 1.4.6/27000"), true, 0, 0},
    {REPLY("ClamAV 1.4.6/27000/yesterday"), true, 0, 0},
    {REPLY("ClamAV 1.4.6/27000/Tue Nov 14 25:13:20 2023"), true, 0, 0},
    {REPLY("ClamAV 1.4.6/27000/Tue Nov 14 22:13:20 2023 "), true, 0, 0},
    {REPLY("ClamAV 1.4.6/99999999999/Tue Nov 14 22:13:20 2023"), true, 0, 0},
    {REPLY("COMMAND UNAVAILABLE"), false, 0, 0},
    {"ClamAV 1.4.6", 12, false, 0, 0}, /* without its end */
    {"ClamAV ", 7, false, 0, 0},
    {"", 0, false, 0, 0},
};

static void
test_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct version v;
		bool good = version_parse(
		    span_of(versions[i].reply, versions[i].len), &v);

		assert_int_equal(good, versions[i].good);
		assert_int_equal(v.daily, versions[i].daily);
		assert_int_equal(v.built, versions[i].built);
		assert_int_equal(v.text[0] != '\0', good);
	}
}

static void
test_long_version(void **state)
{
	char reply[300] = "ClamAV ";
	struct version v;

	(void)state;
	memset(reply + 7, 'x', sizeof(reply) - 8);
	assert_true(version_parse(span_of(reply, sizeof(reply)), &v));
	assert_int_equal(strlen(v.text), VERSION_TEXT_MAX - 1);
}

static void
test_threads(void **state)
{
	static const struct {
		const char *reply;
		uint32_t threads; /* 0: not in there */
	} stats[] = {
	    {"POOLS: 1\n\nSTATE: VALID PRIMARY\nTHREADS: live 1  idle 0 max 12 "
	     "idle-timeout 30\nQUEUE: 0 items\nEND",
		12},
	    {"THREADS: live 1  idle 0 max 1 idle-timeout 30", 1},
	    {"THREADS: live 1  idle 0 max 0 idle-timeout 30", 0},
	    {"THREADS: live 1  idle 0 max ", 0},
	    {"THREADS: live 1", 0},
	    {" max 12 THREADS: ", 0},
	    {"COMMAND UNAVAILABLE", 0},
	    {"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++) {
		uint32_t threads = 0;

		assert_int_equal(
		    version_threads(span_text(stats[i].reply), &threads),
		    stats[i].threads != 0);
		assert_int_equal(threads, stats[i].threads);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_version),
	    cmocka_unit_test(test_long_version),
	    cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
