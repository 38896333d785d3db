/* SPDX-License-Identifier: ISC */
/*
 * The roles, the second reading of their tables, and the calls worth trying
 * on them; see policy_case.h.
 *
 * Verdicts are compared as the kernel would get them: allow, the errno of a
 * row that has one, or the kill.  A program that the evaluator finds unsound
 * differs from every table.
 */
#include "tests/unit/policy_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>
#include <linux/audit.h>
#include <seccomp.h>

#include "tests/unit/bpf_eval.h"

#define VALUES	     2048 /* candidates for one argument of one call */
#define X32_BIT	     0x40000000U
#define HIGH	     0xffffffff00000000ULL
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct role monitor = {&policy_monitor, NULL};
static const struct role listener = {&policy_listener, &monitor};
static const struct role scanner = {&policy_scanner, &monitor};
static const struct role keys = {&policy_keys, &monitor};
static const struct role session = {&policy_session, &listener};
static const struct role monitor_libmilter = {&policy_monitor_libmilter, NULL};
static const struct role libmilter = {&policy_libmilter, &monitor_libmilter};
static const struct role resolver = {&policy_resolver, NULL};
static const struct role tool = {&policy_tool, NULL};
static const struct role monitor_binds = {&policy_monitor_binds, NULL};
const struct role *const case_roles[CASE_ROLES] = {&monitor, &listener,
    &scanner, &keys, &session, &monitor_libmilter, &libmilter, &monitor_binds,
    &resolver, &tool};
const uint32_t case_arches[CASE_ARCHES] = {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64};

/* --- a case ---------------------------------------------------------------- */

void
case_program(
    const struct policy *policy, uint32_t arch, struct policy_program *out)
{
	const char *why = policy_compile(policy, arch, out);

	if (why != NULL)
		fail_msg("%s, %x: %s", policy->role, arch, why);
	assert_in_range(out->length, 1, POLICY_PROGRAM_MAX);
}

static void
case_rows(struct policy_case *c, const struct policy *policy)
{
	for (size_t i = 0; i < policy->rows; i++) {
		struct rule *rule = &c->rule[c->rules];

		if (!policy_row_on(&policy->row[i], c->arch))
			continue;
		assert_in_range(c->rules, 0, CASE_ROWS - 1);
		rule->row = &policy->row[i];
		rule->nr = seccomp_syscall_resolve_name_arch(
		    c->arch, policy->row[i].call);
		assert_in_range(rule->nr, 0, CASE_CALLS - 1);
		c->rules++;
	}
}

void
case_open(struct policy_case *c, const struct role *role, uint32_t arch)
{
	memset(c, 0, sizeof(*c));
	c->role = role;
	c->arch = arch;
	for (const struct policy *p = role->policy; p != NULL; p = p->base)
		case_rows(c, p);
	case_program(role->policy, arch, &c->program);
	if (role->outer != NULL)
		case_program(role->outer->policy, arch, &c->outer);
}

static bool
check_holds(const struct policy_check *c, const uint64_t *args)
{
	uint64_t value = args[c->argument];

	if (c->compare == POLICY_NO_CHECK)
		return true;
	if (c->compare == POLICY_MASKED_EQ)
		value &= c->mask;
	return value == c->value;
}

static bool
row_holds(const struct policy_row *row, const struct seccomp_data *d)
{
	for (size_t k = 0; k < POLICY_CHECKS_MAX; k++)
		if (!check_holds(&row->check[k], (const uint64_t *)d->args))
			return false;
	return true;
}

uint32_t
case_verdict(const struct policy_case *c, const struct seccomp_data *d)
{
	if (d->arch != c->arch)
		return SECCOMP_RET_KILL_PROCESS;
	for (size_t i = 0; i < c->rules; i++)
		if (c->rule[i].nr == d->nr && row_holds(c->rule[i].row, d))
			return c->rule[i].row->error == 0
				   ? SECCOMP_RET_ALLOW
				   : SECCOMP_RET_ERRNO | c->rule[i].row->error;
	return SECCOMP_RET_KILL_PROCESS;
}

void
case_compare(struct policy_case *c, const struct seccomp_data *d)
{
	uint32_t want = case_verdict(c, d), got = ~want;
	bool sound =
	    bpf_eval(c->program.code, c->program.length, d, &got, NULL);
	bool same = sound && got == want;

	if (c->counting) {
		c->differences += !same;
		return;
	}
	if (!same)
		fail_msg("%s: arch %x nr %d (%llx %llx %llx %llx %llx): %x, "
			 "not %x",
		    c->role->policy->role, d->arch, d->nr, d->args[0],
		    d->args[1], d->args[2], d->args[3], d->args[4], got, want);
	if (want != SECCOMP_RET_ALLOW || c->outer.length == 0)
		return;
	sound = bpf_eval(c->outer.code, c->outer.length, d, &got, NULL);
	if (!sound || got != SECCOMP_RET_ALLOW)
		fail_msg("%s: nr %d is not allowed by %s",
		    c->role->policy->role, d->nr, c->role->outer->policy->role);
}

/* --- candidates ------------------------------------------------------------ */

struct values {
	size_t count;
	uint64_t value[VALUES];
};

static void
values_add(struct values *v, uint64_t value)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->value[i] == value)
			return;
	assert_true(v->count < VALUES);
	v->value[v->count++] = value;
}

/* The value, its neighbours, and all that differ from it in one bit. */
static void
values_around(struct values *v, const struct policy_check *c)
{
	values_add(v, c->value);
	values_add(v, c->value + 1);
	values_add(v, c->value - 1);
	values_add(v, c->value | ~c->mask);
	values_add(v, c->value | HIGH);
	for (unsigned int bit = 0; bit < 64; bit++)
		values_add(v, c->value ^ 1ULL << bit);
}

static void
values_of_rows(struct values *v, const struct policy *policy,
    const struct seccomp_data *d, uint32_t argument)
{
	for (size_t i = 0; i < policy->rows; i++) {
		const struct policy_row *row = &policy->row[i];

		if (seccomp_syscall_resolve_name_arch(d->arch, row->call) !=
		    d->nr)
			continue;
		for (size_t k = 0; k < POLICY_CHECKS_MAX; k++)
			if (row->check[k].compare != POLICY_NO_CHECK &&
			    row->check[k].argument == argument)
				values_around(v, &row->check[k]);
	}
}

/* Everything worth trying for one argument of one call: what the role's table
 * and those around it compare it with. */
static void
values_for(const struct role *role, const struct seccomp_data *d,
    uint32_t argument, struct values *v)
{
	v->count = 0;
	values_add(v, 0);
	for (const struct role *r = role; r != NULL; r = r->outer)
		for (const struct policy *p = r->policy; p != NULL; p = p->base)
			values_of_rows(v, p, d, argument);
	values_add(v, UINT64_MAX);
	values_add(v, 1ULL << 32);
	values_add(v, 0xffffffffULL);
}

/* One argument, with all others zero, then all set. */
static void
case_alone(
    struct policy_case *c, struct seccomp_data *d, uint32_t a, uint64_t value)
{
	memset(d->args, 0, sizeof(d->args));
	d->args[a] = value;
	case_compare(c, d);
	memset(d->args, 0xff, sizeof(d->args));
	d->args[a] = value;
	case_compare(c, d);
}

void
case_call(struct policy_case *c, int nr)
{
	static struct values v[ARGUMENTS];
	struct seccomp_data d = {.nr = nr, .arch = c->arch};

	for (uint32_t a = 0; a < ARGUMENTS; a++)
		values_for(c->role, &d, a, &v[a]);
	for (uint32_t a = 0; a < ARGUMENTS; a++)
		for (size_t i = 0; i < v[a].count; i++) {
			case_alone(c, &d, a, v[a].value[i]);
			for (uint32_t b = a + 1; b < ARGUMENTS; b++)
				for (size_t k = 0; k < v[b].count; k++) {
					memset(d.args, 0, sizeof(d.args));
					d.args[a] = v[a].value[i];
					d.args[b] = v[b].value[k];
					case_compare(c, &d);
				}
		}
}

void
case_row(struct policy_case *c, const struct rule *rule)
{
	static struct values v;
	const struct policy_row *row = rule->row;
	struct seccomp_data d = {.nr = rule->nr, .arch = c->arch};

	for (size_t k = 0; k < POLICY_CHECKS_MAX; k++)
		if (row->check[k].compare != POLICY_NO_CHECK)
			d.args[row->check[k].argument] = row->check[k].value;
	assert_int_equal(case_verdict(c, &d),
	    row->error == 0 ? SECCOMP_RET_ALLOW
			    : SECCOMP_RET_ERRNO | row->error);
	case_compare(c, &d);
	for (uint32_t a = 0; a < ARGUMENTS; a++) {
		uint64_t good = d.args[a];

		values_for(c->role, &d, a, &v);
		for (size_t i = 0; i < v.count; i++) {
			d.args[a] = v.value[i];
			case_compare(c, &d);
		}
		d.args[a] = good;
	}
}

void
case_numbers(struct policy_case *c)
{
	static const uint32_t arch[] = {0, AUDIT_ARCH_I386, AUDIT_ARCH_ARM,
	    AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64, AUDIT_ARCH_RISCV64,
	    AUDIT_ARCH_X86_64 ^ 1, AUDIT_ARCH_AARCH64 ^ 1, UINT32_MAX};
	static const uint32_t high[] = {
	    0, X32_BIT, 0x80000000U, 0xffffff00U, 0x00010000U};

	for (size_t a = 0; a < COUNT(arch); a++)
		for (size_t h = 0; h < COUNT(high); h++)
			for (uint32_t nr = 0; nr < CASE_CALLS; nr++)
				case_compare(c, &(struct seccomp_data){
						    .nr = (int)(nr | high[h]),
						    .arch = arch[a]});
}

void
case_sweep(struct policy_case *c)
{
	case_numbers(c);
	for (size_t i = 0; i < c->rules; i++)
		case_row(c, &c->rule[i]);
	for (int nr = 0; nr < CASE_CALLS; nr++)
		case_call(c, nr);
}
