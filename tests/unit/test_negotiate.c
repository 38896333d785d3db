/* SPDX-License-Identifier: ISC */
/* Negotiation: parser/milter/negotiate.c.  Rows N01-N16 of the conformance list. */
#include "parser/milter/negotiate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define ALL_NR 0x000ff080U

static const struct {
	const char *what;
	struct negotiation offer;
	bool quarantine, accepted;
	struct negotiation answer;
} rows[] = {
    {"current MTAs", {6, 0x1ff, 0x1fffff}, false, true, {6, 0x111, 0x1ff3c0}},
    {"with quarantine", {6, 0x1ff, 0x1fffff}, true, true, {6, 0x131, 0x1ff3c0}},
    {"quarantine not offered", {6, 0x1df, 0x1fffff}, true, true,
	{6, 0x111, 0x1ff3c0}},
    {"Postfix, protocol 2", {2, 0x3f, 0x7f}, true, true, {2, 0x31, 0x40}},
    {"Postfix, protocol 3", {3, 0x3f, 0x17f}, false, true, {3, 0x11, 0x140}},
    {"Postfix, protocol 4", {4, 0x3f, 0x3ff}, false, true, {4, 0x11, 0x3c0}},
    {"version 1", {1, 0x3f, 0x7f}, false, false, {0}},
    {"version 0", {0, 0x3f, 0x7f}, false, false, {0}},
    {"version 7", {7, 0x1ff, 0x1fffff}, false, true, {6, 0x111, 0x1ff3c0}},
    {"largest signed version", {0x7fffffff, 0x1ff, 0x1fffff}, false, true,
	{6, 0x111, 0x1ff3c0}},
    {"version with top bit", {0x80000006, 0x1ff, 0x1fffff}, false, true,
	{6, 0x111, 0x1ff3c0}},
    {"zeros mean the originals", {6, 0, 0}, true, true, {6, 0x01, 0}},
    {"all bits", {6, UINT32_MAX, UINT32_MAX}, true, true, {6, 0x131, 0x1ff3c0}},
    {"no NR flags", {6, 0x1ff, 0x1fffff & ~ALL_NR}, false, true,
	{6, 0x111, 0x100340}},
    {"no leading space", {6, 0x1ff, 0x0fffff}, false, true,
	{6, 0x111, 0x0ff3c0}},
    {"no NODATA, NOUNKNOWN", {6, 0x1ff, 0x1ffcff}, false, true,
	{6, 0x111, 0x1ff0c0}},
    {"no lists", {6, 0x0ff, 0x1fffff}, false, true, {6, 0x11, 0x1ff3c0}},
    {"lists are of version 6", {4, 0x1ff, 0x3ff}, false, true,
	{4, 0x11, 0x3c0}},
    {"no edits", {6, 0x0e, 0x1fffff}, false, true, {6, 0, 0x1ff3c0}},
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct negotiation a = {0};

		print_message("%s\n", rows[i].what);
		assert_int_equal(
		    negotiate_answer(&rows[i].offer,
			&(struct rules_wants){.quarantine = rows[i].quarantine},
			&a),
		    rows[i].accepted);
		assert_int_equal(a.version, rows[i].answer.version);
		assert_int_equal(a.actions, rows[i].answer.actions);
		assert_int_equal(a.flags, rows[i].answer.flags);
	}
}

/* Bit by bit: never more than was offered (0 means something else). */
static void
test_subset(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 32; bit++) {
		struct negotiation offer = {6, 1U << bit, 1U << bit};
		struct negotiation a;

		assert_true(negotiate_answer(
		    &offer, &(struct rules_wants){.quarantine = true}, &a));
		assert_int_equal(a.actions & ~offer.actions, 0);
		assert_int_equal(a.flags & ~offer.flags, 0);
		offer.actions = offer.flags = ~(1U << bit);
		assert_true(negotiate_answer(
		    &offer, &(struct rules_wants){.quarantine = true}, &a));
		assert_int_equal(a.actions & ~offer.actions, 0);
		assert_int_equal(a.flags & ~offer.flags, 0);
		assert_int_equal(a.flags & 0xf0000000U, 0);
	}
}

static void
test_lists(void **state)
{
	(void)state;
	/* EOM and EOH stand or fall together; no list is empty. */
	for (size_t i = 0; i < MILTER_STAGES; i++)
		assert_int_not_equal(negotiate_macros[i][0], '\0');
	assert_string_equal(negotiate_macros[MILTER_STAGE_EOM], "i");
	assert_string_equal(negotiate_macros[MILTER_STAGE_EOH], "i");
	assert_string_equal(negotiate_macros[MILTER_STAGE_CONNECT], "{none}");
}

/* What a stage needs is asked for, and nothing else is; the two halves of the
 * end need nothing. */
static void
test_stages(void **state)
{
	static const uint32_t needed[POLICY_STAGES] = {0x1000, 0x2000, 0x4000,
	    0x8000, 0x10200, 0x80, 0x40040, 0x80000, 0, 0};
	const struct negotiation offer = {6, 0x1ff, 0x1fffff};
	struct negotiation a;

	(void)state;
	for (uint32_t set = 0; set < 1U << POLICY_STAGES; set++) {
		const struct rules_wants wants = {.stages = set};
		uint32_t flags = 0x1ff3c0;

		for (size_t i = 0; i < POLICY_STAGES; i++) {
			if ((set & 1U << i) != 0)
				flags &= ~needed[i];
		}
		assert_true(negotiate_answer(&offer, &wants, &a));
		assert_int_equal(a.flags, flags);
		assert_int_equal(a.actions, 0x111);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_stages),
	    cmocka_unit_test(test_subset),
	    cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
