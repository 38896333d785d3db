/* SPDX-License-Identifier: ISC */
/*
 * Messages that are remembered: scanner/suspects.c.  Which are put off, for
 * how long, and that nothing but the same bytes is.
 */
#include "scanner/suspects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define REMEMBER 1000
#define LEAD	 10 /* bytes that differ each time */

/* A memfd of a lead-in and text. */
static int
message(const char *text)
{
	static unsigned int count;
	char lead[LEAD + 1];
	int fd = memfd_create("test", 0);

	assert_int_not_equal(fd, -1);
	(void)snprintf(lead, sizeof(lead), "%010u", count++);
	assert_int_equal(write(fd, lead, LEAD), LEAD);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	return fd;
}

static void
add(const char *text, uint32_t guilt, enum outcome outcome, uint64_t now)
{
	int fd = message(text);

	suspects_add(fd, LEAD, strlen(text), guilt, outcome, now);
	close(fd);
}

/* OUTCOME_COUNT: it is not put off. */
static enum outcome
found(const char *text, uint64_t now)
{
	enum outcome outcome = OUTCOME_COUNT;
	int fd = message(text);

	if (!suspects_find(fd, LEAD, strlen(text), now, &outcome))
		assert_int_equal(outcome, OUTCOME_COUNT);
	close(fd);
	return outcome;
}

static void
test_remembered(void **state)
{
	(void)state;
	suspects_setup(REMEMBER);
	assert_int_equal(found("bad", 1), OUTCOME_COUNT);
	add("bad", GUILT_SURE, OUTCOME_TIMEOUT, 1);
	assert_int_equal(found("bad", 2), OUTCOME_TIMEOUT);
	assert_int_equal(found("bat", 2), OUTCOME_COUNT);
	assert_int_equal(found("bad!", 2), OUTCOME_COUNT);
	assert_int_equal(found("bad", REMEMBER), OUTCOME_TIMEOUT);
	assert_int_equal(found("bad", REMEMBER + 1), OUTCOME_COUNT);
}

static void
test_guilt_adds_up(void **state)
{
	(void)state;
	suspects_setup(REMEMBER);
	add("bystander", GUILT_SHARED, OUTCOME_CLAMD_ERROR, 1);
	assert_int_equal(found("bystander", 2), OUTCOME_COUNT);
	add("bystander", GUILT_SHARED, OUTCOME_CLAMD_ERROR, 3);
	assert_int_equal(found("bystander", 4), OUTCOME_CLAMD_ERROR);
}

static void
test_oldest_gives_way(void **state)
{
	char text[32];

	(void)state;
	suspects_setup(REMEMBER);
	add("first", GUILT_SURE, OUTCOME_TIMEOUT, 1);
	for (unsigned int i = 0; i < 64; i++) {
		(void)snprintf(text, sizeof(text), "number %u", i);
		add(text, GUILT_SURE, OUTCOME_TIMEOUT, 2 + i);
	}
	assert_int_equal(found("first", 100), OUTCOME_COUNT);
	assert_int_equal(found("number 0", 100), OUTCOME_TIMEOUT);
	assert_int_equal(found("number 63", 100), OUTCOME_TIMEOUT);
}

/* What anybody can make at will puts none away that does harm; nor the other
 * way round. */
static void
test_kinds(void **state)
{
	char text[32];

	(void)state;
	suspects_setup(REMEMBER);
	add("harm", GUILT_SURE, OUTCOME_TIMEOUT, 1);
	for (unsigned int i = 0; i < 64; i++) {
		(void)snprintf(text, sizeof(text), "number %u", i);
		add(text, GUILT_SURE, OUTCOME_AMBIGUOUS, 2 + i);
	}
	assert_int_equal(found("harm", 100), OUTCOME_TIMEOUT);
	assert_int_equal(found("number 0", 100), OUTCOME_AMBIGUOUS);
	add("one more", GUILT_SURE, OUTCOME_AMBIGUOUS, 100);
	assert_int_equal(found("number 0", 100), OUTCOME_COUNT);
	assert_int_equal(found("harm", 100), OUTCOME_TIMEOUT);
}

static void
test_switched_off(void **state)
{
	(void)state;
	suspects_setup(0);
	add("bad", GUILT_SURE, OUTCOME_TIMEOUT, 1);
	assert_int_equal(found("bad", 1), OUTCOME_COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_remembered),
	    cmocka_unit_test(test_guilt_adds_up),
	    cmocka_unit_test(test_oldest_gives_way),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_switched_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
