/* SPDX-License-Identifier: ISC */
/*
 * Why a clamd is not used, in words: scanner/clamd/reason.c, and the table of a
 * probe's stages, scanner/clamd/probe_stage.c.
 */
#include "scanner/clamd/reason.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/clamd/probe_stage.h"

static const char *
text(struct reason reason)
{
	static char out[128];

	memset(out, 'x', sizeof(out));
	reason_text(&reason, out, sizeof(out));
	return out;
}

static void
test_texts(void **state)
{
	(void)state;
	/* Each has one, no two the same. */
	for (int i = REASON_NONE; i < REASON_KINDS; i++) {
		struct reason reason = {(enum reason_kind)i, 1};
		char first[128];

		strcpy(first, text(reason));
		assert_int_equal(first[0] == '\0', i == REASON_NONE);
		for (int k = i + 1; k < REASON_KINDS; k++)
			assert_string_not_equal(first,
			    text((struct reason){(enum reason_kind)k, 3}));
	}
	assert_string_equal(text((struct reason){REASON_REFUSED, ENOENT}),
	    "No such file or directory");
	assert_string_equal(text((struct reason){REASON_REFUSED, EACCES}),
	    "Permission denied: its group belongs into scanner_group");
	assert_string_equal(
	    text((struct reason){REASON_REFUSED, 9999}), "unknown error");
	assert_string_equal(text((struct reason){REASON_BLIND, 8192}),
	    "says OK to the EICAR test string in 8192 bytes");
	assert_string_equal(
	    text((struct reason){REASON_REPLY, REPLY_FAULT_SILENT}),
	    "no-reply");
}

static void
test_same(void **state)
{
	const struct reason a = {REASON_BLIND, 5}, b = {REASON_BLIND, 6},
			    c = {REASON_REPLY, 5};

	(void)state;
	assert_true(reason_is(&a, &a));
	assert_false(reason_is(&a, &b));
	assert_false(reason_is(&a, &c));
}

/* Longer than there is room for: cut, with its end. */
static void
test_cut(void **state)
{
	const struct reason reason = {REASON_BLIND, 8192};
	char out[9];

	(void)state;
	reason_text(&reason, out, sizeof(out));
	assert_string_equal(out, "says OK ");
}

static const struct reply clean = {.outcome = OUTCOME_CLEAN},
			  big = {.outcome = OUTCOME_TOO_BIG};

static struct reply
limit(const char *name)
{
	return (struct reply){
	    .outcome = OUTCOME_LIMITS_EXCEEDED, .name = span_text(name)};
}

/* Only limits on length are limits: a clamd may be slow for once. */
static void
test_exceeds(void **state)
{
	const struct reply size =
	    limit("Heuristics.Limits.Exceeded.MaxFileSize");
	const struct reply slow =
	    limit("Heuristics.Limits.Exceeded.MaxScanTime");
	const struct reply virus = {.outcome = OUTCOME_INFECTED};

	(void)state;
	assert_true(probe_stage_exceeds(&big, false));
	assert_true(probe_stage_exceeds(&size, false));
	assert_false(probe_stage_exceeds(&slow, false));
	assert_false(probe_stage_exceeds(&virus, true));
	assert_true(probe_stage_exceeds(&clean, true));
	assert_false(probe_stage_exceeds(&clean, false));
}

static void
test_missed(void **state)
{
	const struct reply fault = {
	    .outcome = OUTCOME_CLAMD_ERROR, .fault = REPLY_FAULT_GRAMMAR};

	(void)state;
	assert_string_equal(text(probe_stage_missed(&clean, 77)),
	    "says OK to the EICAR test string in 77 bytes");
	assert_string_equal(text(probe_stage_missed(&big, 77)),
	    "no verdict on a test message: too big");
	assert_string_equal(text(probe_stage_missed(&fault, 77)),
	    "no verdict on a test message: grammar");
}

static void
test_stages(void **state)
{
	(void)state;
	for (int i = PROBE_IDLE; i <= PROBE_SIZE; i++) {
		enum probe_stage stage = (enum probe_stage)i;
		bool canary = i >= PROBE_SMALL;

		assert_int_equal(probe_stage_has_canary(stage), canary);
		assert_int_equal(
		    probe_stage_request(stage, true) == REQUEST_FILDES, canary);
		assert_int_equal(
		    probe_stage_request(stage, false) == REQUEST_INSTREAM,
		    canary);
	}
	assert_int_equal(probe_stage_deadline(PROBE_SIZE, 90000), 90000);
	assert_int_equal(probe_stage_deadline(PROBE_SIZE, 10), 30000);
	assert_int_equal(probe_stage_deadline(PROBE_SMALL, 90000), 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_same),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_exceeds),
	    cmocka_unit_test(test_missed),
	    cmocka_unit_test(test_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
