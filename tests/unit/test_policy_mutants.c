/* SPDX-License-Identifier: ISC */
/*
 * The control of test_policy.c, for every role and both architectures: what
 * is wrong in a program must be noticed by the same comparisons.
 *
 * Rows: a program is compiled from the role's table with one row changed
 * (left out, one too many, one check less, another value, allowed instead of
 * refused or the other way) and held against the right table.  Instructions: each single one
 * of the right program is made another.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sandbox/policy.h"
#include "tests/unit/policy_case.h"

static struct policy_case c;

/* --- rows ------------------------------------------------------------------ */

static struct policy_row mutant_row[CASE_ROWS];
static struct policy mutant = {"mutant", mutant_row, 0, NULL};

/* The rows of the role's own table, to be changed; not those of its base,
 * which is a role itself. */
static void
mutant_reset(const struct policy *policy)
{
	assert_in_range(policy->rows, 1, CASE_ROWS);
	memcpy(mutant_row, policy->row, policy->rows * sizeof(*policy->row));
	mutant.rows = policy->rows;
	mutant.base = policy->base;
}

/* The comparisons of one call, which are a part of case_sweep. */
static bool
call_differs(int nr)
{
	c.differences = 0;
	case_call(&c, nr);
	for (size_t i = 0; i < c.rules; i++)
		if (c.rule[i].nr == nr)
			case_row(&c, &c.rule[i]);
	return c.differences > 0;
}

static void
mutant_is_noticed(const struct rule *rule, const char *what)
{
	case_program(&mutant, c.arch, &c.program);
	if (!call_differs(rule->nr))
		fail_msg("%s, %x: %s: %s: not noticed", c.role->policy->role,
		    c.arch, rule->row->call, what);
}

/* True if another row says the same: leaving out one changes nothing. */
static bool
rule_is_double(const struct rule *rule)
{
	for (size_t i = 0; i < c.rules; i++) {
		const struct rule *other = &c.rule[i];
		bool same = other != rule && other->nr == rule->nr;

		for (size_t k = 0; k < POLICY_CHECKS_MAX; k++) {
			const struct policy_check *a = &rule->row->check[k];
			const struct policy_check *b = &other->row->check[k];

			same = same && a->compare == b->compare &&
			       a->argument == b->argument &&
			       a->mask == b->mask && a->value == b->value;
		}
		if (same)
			return true;
	}
	return false;
}

/* All that can be wrong with the row that is mutant_row[at]. */
static unsigned int
try_row_mutants(const struct policy *policy, const struct rule *rule, size_t at)
{
	unsigned int tried = 3;

	if (rule_is_double(rule))
		return 0;
	mutant_reset(policy);
	mutant_row[at] = mutant_row[--mutant.rows];
	mutant_is_noticed(rule, "left out");
	mutant_reset(policy);
	mutant_row[at].error = rule->row->error == 0 ? EPERM : 0;
	mutant_is_noticed(rule, "allowed and refused exchanged");
	mutant_reset(policy);
	mutant_row[at].error = rule->row->error == 0 ? ENOSYS : EPERM;
	mutant_is_noticed(rule, "another error");
	for (size_t k = 0; k < POLICY_CHECKS_MAX; k++) {
		if (rule->row->check[k].compare == POLICY_NO_CHECK)
			continue;
		mutant_reset(policy);
		mutant_row[at].check[k].compare = POLICY_NO_CHECK;
		mutant_is_noticed(rule, "a check left out");
		mutant_reset(policy);
		/* a bit that the mask, if there is one, looks at */
		mutant_row[at].check[k].value ^=
		    rule->row->check[k].compare == POLICY_EQ
			? 1
			: rule->row->check[k].mask;
		mutant_is_noticed(rule, "a check for another value");
		tried += 2;
	}
	return tried;
}

static unsigned int
try_table_mutants(void)
{
	const struct policy *policy = c.role->policy;
	unsigned int tried = 0;
	size_t own = 0;

	/* c.rule has this table's own rows first, in their order, without
	 * those of the other architecture. */
	for (size_t at = 0; at < policy->rows; at++)
		if (policy_row_on(&policy->row[at], c.arch))
			tried += try_row_mutants(policy, &c.rule[own++], at);
	return tried;
}

/* A call that no table has. */
static void
try_row_too_many(void)
{
	const struct policy_row more = {"ptrace", .reason = "-"};

	mutant_reset(c.role->policy);
	assert_in_range(mutant.rows, 1, CASE_ROWS - 1);
	mutant_row[mutant.rows++] = more;
	case_program(&mutant, c.arch, &c.program);
	c.differences = 0;
	case_numbers(&c);
	assert_int_equal(c.differences, 1);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t a = 0; a < CASE_ARCHES; a++) {
			case_open(&c, case_roles[r], case_arches[a]);
			c.counting = true;
			try_row_too_many();
			print_message("# %s, %x: %u wrong rows noticed\n",
			    c.role->policy->role, c.arch, try_table_mutants());
		}
}

/* --- instructions ---------------------------------------------------------- */

/* A call that a row's exact values make, for all rows. */
static void
compare_rows(void)
{
	for (size_t i = 0; i < c.rules && c.differences == 0; i++) {
		struct seccomp_data d = {.nr = c.rule[i].nr, .arch = c.arch};

		for (size_t k = 0; k < POLICY_CHECKS_MAX; k++) {
			const struct policy_check *check =
			    &c.rule[i].row->check[k];

			if (check->compare != POLICY_NO_CHECK)
				d.args[check->argument] = check->value;
		}
		case_compare(&c, &d);
	}
}

/* The comparisons of case_sweep, those first that notice most. */
static bool
program_differs(void)
{
	c.differences = 0;
	compare_rows();
	for (int nr = 0; nr < CASE_CALLS && c.differences == 0; nr++)
		case_compare(
		    &c, &(struct seccomp_data){.nr = nr, .arch = c.arch});
	for (size_t i = 0; i < c.rules && c.differences == 0; i++)
		case_row(&c, &c.rule[i]);
	if (c.differences == 0)
		case_numbers(&c);
	for (int nr = 0; nr < CASE_CALLS && c.differences == 0; nr++)
		case_call(&c, nr);
	return c.differences > 0;
}

static void
instruction_is_noticed(uint32_t at)
{
	if (!program_differs())
		fail_msg("%s, %x: instruction %u of %u: not noticed",
		    c.role->policy->role, c.arch, at, c.program.length);
}

/* The program's instruction made another: what it compares with, masks, loads
 * (the other half), or returns.  False if that changes nothing. */
static bool
instruction_change(uint32_t at)
{
	struct sock_filter *code = &c.program.code[at];

	switch (BPF_CLASS(code->code)) {
	case BPF_LD:
		/* what is masked away is the same from either half */
		if (code[1].code == (BPF_ALU | BPF_AND | BPF_K) &&
		    code[1].k == 0)
			return false;
		code->k ^= sizeof(uint32_t);
		return true;
	case BPF_RET:
		code->k = code->k == SECCOMP_RET_ALLOW
			      ? SECCOMP_RET_KILL_PROCESS
			      : SECCOMP_RET_ALLOW;
		return true;
	default:
		/* one more or less is the same for x32's lowest number */
		code->k ^= 1;
		return code->code != (BPF_JMP | BPF_JGE | BPF_K);
	}
}

static unsigned int
try_instruction(uint32_t at)
{
	struct sock_filter *code = &c.program.code[at];
	const struct sock_filter good = *code;
	unsigned int tried = 0;

	/* Number -1 is let past the x32 check by libseccomp and killed with
	 * the rest: no mutant of that shows. */
	if (code->code == (BPF_JMP | BPF_JEQ | BPF_K) && code->k == UINT32_MAX)
		return 0;
	if (instruction_change(at)) {
		instruction_is_noticed(at);
		tried++;
	}
	*code = good;
	if (BPF_CLASS(code->code) == BPF_JMP && good.jt != good.jf) {
		code->jt = good.jf;
		code->jf = good.jt;
		instruction_is_noticed(at);
		*code = good;
		tried++;
	}
	return tried;
}

static void
test_instructions(void **state)
{
	(void)state;
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t a = 0; a < CASE_ARCHES; a++) {
			unsigned int tried = 0;

			case_open(&c, case_roles[r], case_arches[a]);
			c.counting = true;
			assert_false(program_differs());
			for (uint32_t i = 0; i < c.program.length; i++)
				tried += try_instruction(i);
			assert_false(program_differs());
			print_message(
			    "# %s, %x: %u wrong instructions noticed\n",
			    c.role->policy->role, c.arch, tried);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_instructions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
