/* SPDX-License-Identifier: ISC */
/* Macros: parser/milter/macro.c.  Rows M01-M13 of the conformance list. */
#include "parser/milter/macro.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct macros m;

static int
setup(void **state)
{
	(void)state;
	macro_clear(&m);
	return 0;
}

/* NULL-terminated pairs are given as "name=value;name=value". */
static void
define(uint8_t stage, const char *text)
{
	uint8_t pairs[256];
	size_t len = 0;

	for (; *text != '\0'; text++)
		pairs[len++] =
		    *text == '=' || *text == ';' ? '\0' : (uint8_t)*text;
	if (len > 0)
		pairs[len++] = '\0';
	macro_define(&m, stage, span_of(pairs, len));
}

static void
expect(const char *name, const char *value)
{
	struct span found = {0};
	bool ok = macro_find(&m, name, &found);

	if (ok != (value != NULL))
		fail_msg("%s %s", name, ok ? "found" : "not found");
	if (value == NULL)
		return;
	assert_int_equal(found.len, strlen(value));
	assert_memory_equal(found.ptr, value, found.len);
}

static void
test_names(void **state)
{
	(void)state;
	define('C', "j=mx;{k}=k1;{long}=l1;v=");
	expect("j", "mx");
	expect("{j}", "mx");
	expect("k", "k1");
	expect("{k}", "k1");
	expect("{long}", "l1");
	expect("long", NULL);
	expect("v", "");
	expect("x", NULL);
}

/* A set replaces the one before. */
static void
test_replace(void **state)
{
	(void)state;
	define('C', "j=mx;i=1");
	define('C', "i=2");
	expect("j", NULL);
	expect("i", "2");
	define('C', "");
	expect("i", NULL);
}

static void
test_ignored_stages(void **state)
{
	(void)state;
	define('C', "i=1");
	for (const char *c = "LBUAQKOZ?"; *c != '\0'; c++)
		define((uint8_t)*c, "i=2");
	expect("i", "1");
}

static void
test_latest_wins(void **state)
{
	(void)state;
	define('C', "i=c");
	macro_command(&m, MILTER_STAGE_CONNECT);
	define('M', "i=m");
	macro_command(&m, MILTER_STAGE_MAIL);
	expect("i", "m");
	define('T', "i=t");
	expect("i", "t");
	define('N', "i=n");
	expect("i", "n");
	define('E', "i=e");
	expect("i", "e");
	define('E', "");
	expect("i", "n");
	macro_end_message(&m);
	expect("i", "c");
}

/* Too early for its stage: lost. */
static void
test_too_early(void **state)
{
	(void)state;
	define('E', "i=e");
	macro_command(&m, MILTER_STAGE_MAIL);
	expect("i", NULL);
}

/* Nothing of one message is seen in the next, with or without ABORT. */
static void
test_messages(void **state)
{
	(void)state;
	define('M', "i=Q1");
	macro_command(&m, MILTER_STAGE_MAIL);
	define('R', "r=r1");
	macro_command(&m, MILTER_STAGE_RCPT);
	expect("i", "Q1");
	macro_command(&m, MILTER_STAGE_RCPT);
	expect("r", NULL); /* no set for the second recipient */
	macro_command(&m, MILTER_STAGE_MAIL);
	expect("i", NULL); /* none for the second MAIL */

	define('M', "i=Q2");
	macro_command(&m, MILTER_STAGE_MAIL);
	expect("i", "Q2");
	macro_end_message(&m);
	expect("i", NULL);
}

static void
test_sessions(void **state)
{
	(void)state;
	define('C', "j=c");
	macro_command(&m, MILTER_STAGE_CONNECT);
	define('H', "h=1");
	macro_command(&m, MILTER_STAGE_HELO);
	macro_end_message(&m);
	expect("j", "c");
	expect("h", "1");
	macro_command(&m, MILTER_STAGE_HELO);
	expect("h", NULL);
	macro_clear(&m);
	expect("j", NULL);
}

/* What does not fit is dropped, what fits behind it is kept. */
static void
test_limits(void **state)
{
	static uint8_t pairs[65000];
	size_t len = 0;
	struct span found;

	(void)state;
	pairs[len++] = 'x';
	pairs[len++] = '\0';
	memset(&pairs[len], 'v', 60000);
	len += 60000;
	pairs[len++] = '\0';
	memcpy(&pairs[len], "i\0Q\0", 4);
	len += 4;
	macro_define(&m, 'E', span_of(pairs, len));
	expect("x", NULL);
	expect("i", "Q");

	/* exactly full: name, value and two NULs */
	len = 0;
	pairs[len++] = 'y';
	pairs[len++] = '\0';
	memset(&pairs[len], 'v', MACRO_STAGE_MAX - 3);
	len += MACRO_STAGE_MAX - 3;
	pairs[len++] = '\0';
	macro_define(&m, 'N', span_of(pairs, len));
	assert_true(macro_find(&m, "y", &found));
	assert_int_equal(found.len, MACRO_STAGE_MAX - 3);
	pairs[len - 1] = 'v';
	pairs[len++] = '\0';
	macro_define(&m, 'N', span_of(pairs, len));
	expect("y", NULL);

	/* a thousand small ones */
	len = 0;
	for (unsigned i = 0; i < 1000; i++)
		len += (size_t)snprintf((char *)&pairs[len],
			   sizeof(pairs) - len, "{m%u}%cv%u", i, 0, i) +
		       1;
	macro_define(&m, 'M', span_of(pairs, len));
	expect("{m0}", "v0");
	expect("{m999}", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_names, setup),
	    cmocka_unit_test_setup(test_replace, setup),
	    cmocka_unit_test_setup(test_ignored_stages, setup),
	    cmocka_unit_test_setup(test_latest_wins, setup),
	    cmocka_unit_test_setup(test_too_early, setup),
	    cmocka_unit_test_setup(test_messages, setup),
	    cmocka_unit_test_setup(test_sessions, setup),
	    cmocka_unit_test_setup(test_limits, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
