/* SPDX-License-Identifier: ISC */
/*
 * The policy tables against the programs made of them.
 *
 * Every role's program, for x86-64 and aarch64, is run over all call numbers,
 * foreign architectures, the x32 numbers, and arguments at and around each
 * checked value, high halves included; its verdict must be the table's.  The
 * table is read here a second time, by a few lines that share nothing with
 * policy_compile.c.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <linux/audit.h>
#include <seccomp.h>

#include "sandbox/policy.h"
#include "tests/unit/bpf_eval.h"

#define CALLS	  1024 /* numbers 0 .. 1023; both kernels have under 600 */
#define X32_BIT	  0x40000000U
#define ARGUMENTS 6
#define ROLES	  7
#define ARCHES	  2
#define VALUES	  2048 /* candidates for one argument of one call */

struct role {
	const struct policy *policy;
	const struct role *outer; /* whose program is in force as well */
};

static const struct role monitor = {&policy_monitor, NULL};
static const struct role listener = {&policy_listener, &monitor};
static const struct role scanner = {&policy_scanner, &monitor};
static const struct role keys = {&policy_keys, &monitor};
static const struct role session = {&policy_session, &listener};
static const struct role monitor_libmilter = {&policy_monitor_libmilter, NULL};
static const struct role libmilter = {&policy_libmilter, &monitor_libmilter};
static const struct role *const roles[ROLES] = {
    &monitor, &listener, &scanner, &keys, &session, &monitor_libmilter,
    &libmilter};
static const uint32_t arches[ARCHES] = {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct policy_program program, outer_program;
static uint32_t program_arch; /* of both */

/* While mutants are tried, differences are counted and are no failure. */
static bool counting;
static unsigned int differences;

static void
compile(const struct policy *policy, uint32_t arch, struct policy_program *p)
{
	const char *why = policy_compile(policy, arch, p);

	program_arch = arch;
	if (why != NULL)
		fail_msg("%s, %x: %s", policy->role, arch, why);
	assert_in_range(p->length, 1, POLICY_PROGRAM_MAX);
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

/* What the table says, or the one that it adds to: its rows do not speak of
 * the same arguments. */
static bool
table_allows(const struct policy *policy, const struct seccomp_data *d)
{
	if (policy->base != NULL && table_allows(policy->base, d))
		return true;
	for (size_t i = 0; i < policy->rows; i++) {
		const struct policy_row *row = &policy->row[i];
		bool all = row->error == 0 && policy_row_on(row, d->arch) &&
			   seccomp_syscall_resolve_name_arch(
			       d->arch, row->call) == d->nr;

		for (size_t k = 0; all && k < POLICY_CHECKS_MAX; k++)
			all = check_holds(
			    &row->check[k], (const uint64_t *)d->args);
		if (all)
			return true;
	}
	return false;
}

/* The calls that are refused instead of killing. */
static bool
table_refuses(const struct policy *policy, const struct seccomp_data *d)
{
	for (size_t i = 0; i < policy->rows; i++)
		if (policy->row[i].error != 0 && d->arch == program_arch &&
		    seccomp_syscall_resolve_name_arch(
			d->arch, policy->row[i].call) == d->nr)
			return true;
	return false;
}

/* What the program says; every verdict but allow must be the kill, or the
 * error of a row that says so. */
static bool
program_allows(const struct policy *policy, const struct policy_program *p,
    const struct seccomp_data *d)
{
	uint32_t verdict;

	assert_true(bpf_eval(p->code, p->length, d, &verdict, NULL));
	if (verdict == SECCOMP_RET_ALLOW)
		return true;
	if (table_refuses(policy, d))
		assert_int_equal(verdict, SECCOMP_RET_ERRNO | ENOSYS);
	else
		assert_int_equal(verdict, SECCOMP_RET_KILL_PROCESS);
	return false;
}

static void
compare(const struct role *role, const struct seccomp_data *d)
{
	bool got = program_allows(role->policy, &program, d);
	bool differs = got != table_allows(role->policy, d);

	differences += differs;
	if (counting)
		return;
	if (differs)
		fail_msg("%s: arch %x nr %d (%llx %llx %llx %llx %llx): %d",
		    role->policy->role, d->arch, d->nr,
		    (unsigned long long)d->args[0],
		    (unsigned long long)d->args[1],
		    (unsigned long long)d->args[2],
		    (unsigned long long)d->args[3],
		    (unsigned long long)d->args[4], got);
	if (got && role->outer != NULL &&
	    !program_allows(role->outer->policy, &outer_program, d))
		fail_msg("%s: nr %d is not allowed by %s", role->policy->role,
		    d->nr, role->outer->policy->role);
}

/* --- candidates ----------------------------------------------------------- */

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
	values_add(v, c->value | 0xffffffff00000000ULL);
	for (unsigned int bit = 0; bit < 64; bit++)
		values_add(v, c->value ^ 1ULL << bit);
}

/* Everything worth trying for one argument of one call. */
static void
values_for(const struct role *role, const struct seccomp_data *d,
    uint32_t argument, struct values *v)
{
	v->count = 0;
	values_add(v, 0);
	for (const struct role *r = role; r != NULL; r = r->outer)
		for (size_t i = 0; i < r->policy->rows; i++) {
			const struct policy_row *row = &r->policy->row[i];

			if (seccomp_syscall_resolve_name_arch(
				d->arch, row->call) != d->nr)
				continue;
			for (size_t k = 0; k < POLICY_CHECKS_MAX; k++)
				if (row->check[k].compare != POLICY_NO_CHECK &&
				    row->check[k].argument == argument)
					values_around(v, &row->check[k]);
		}
	values_add(v, UINT64_MAX);
	values_add(v, 1ULL << 32);
	values_add(v, 0xffffffffULL);
}

static void
try_call(const struct role *role, struct seccomp_data *d)
{
	static struct values v[ARGUMENTS];
	struct seccomp_data good = *d;

	for (uint32_t a = 0; a < ARGUMENTS; a++)
		values_for(role, d, a, &v[a]);
	compare(role, d);
	/* all others zero, all others set, and all pairs of candidates */
	for (uint32_t a = 0; a < ARGUMENTS; a++)
		for (size_t i = 0; i < v[a].count; i++) {
			memset(d->args, 0, sizeof(d->args));
			d->args[a] = v[a].value[i];
			compare(role, d);
			memset(d->args, 0xff, sizeof(d->args));
			d->args[a] = v[a].value[i];
			compare(role, d);
			for (uint32_t b = a + 1; b < ARGUMENTS; b++)
				for (size_t k = 0; k < v[b].count; k++) {
					*d = good;
					d->args[a] = v[a].value[i];
					d->args[b] = v[b].value[k];
					compare(role, d);
				}
		}
	*d = good;
}

/* From each row's exact values, one argument at a time goes astray. */
static void
try_row(const struct role *role, const struct policy_row *row, uint32_t arch)
{
	static struct values v;
	struct seccomp_data d = {.arch = arch,
	    .nr = seccomp_syscall_resolve_name_arch(arch, row->call)};

	for (size_t k = 0; k < POLICY_CHECKS_MAX; k++)
		if (row->check[k].compare != POLICY_NO_CHECK)
			d.args[row->check[k].argument] = row->check[k].value;
	assert_int_equal(
	    program_allows(role->policy, &program, &d), row->error == 0);
	compare(role, &d);
	for (uint32_t a = 0; a < ARGUMENTS; a++) {
		uint64_t good = d.args[a];

		values_for(role, &d, a, &v);
		for (size_t i = 0; i < v.count; i++) {
			d.args[a] = v.value[i];
			compare(role, &d);
		}
		d.args[a] = good;
	}
}

/* --- tests ---------------------------------------------------------------- */

static void
test_programs(void **state)
{
	(void)state;
	for (size_t r = 0; r < ROLES; r++)
		for (size_t a = 0; a < ARCHES; a++) {
			const struct policy *p = roles[r]->policy;

			compile(p, arches[a], &program);
			if (roles[r]->outer != NULL)
				compile(roles[r]->outer->policy, arches[a],
				    &outer_program);
			for (int nr = 0; nr < CALLS; nr++)
				try_call(
				    roles[r], &(struct seccomp_data){
						  .nr = nr, .arch = arches[a]});
			for (size_t i = 0; i < p->rows; i++)
				if (policy_row_on(&p->row[i], arches[a]))
					try_row(
					    roles[r], &p->row[i], arches[a]);
			print_message("# %s, %x: %u instructions\n", p->role,
			    arches[a], program.length);
		}
}

static bool
mutant_is_found(const struct role *role, uint32_t arch)
{
	differences = 0;
	compare(role, &(struct seccomp_data){.arch = arch ^ 1});
	for (int nr = 0; nr < CALLS && differences == 0; nr++)
		try_call(role, &(struct seccomp_data){.nr = nr, .arch = arch});
	return differences > 0;
}

/* The control of the test above: whatever single comparison of the session's
 * program is wrong, it is noticed. */
static void
test_mutants(void **state)
{
	(void)state;
	compile(&policy_session, SCMP_ARCH_X86_64, &program);
	counting = true;
	for (uint32_t i = 0; i < program.length; i++) {
		struct sock_filter *code = &program.code[i];
		const struct sock_filter good = *code;

		/* Number -1 is let past the x32 check by libseccomp and
		 * killed with the rest: no mutant of that shows. */
		if (code->code != (BPF_JMP | BPF_JEQ | BPF_K) ||
		    code->k == UINT32_MAX)
			continue;
		code->k ^= 1;
		assert_true(mutant_is_found(&session, SCMP_ARCH_X86_64));
		*code = good;
		code->jt = good.jf;
		code->jf = good.jt;
		assert_true(mutant_is_found(&session, SCMP_ARCH_X86_64));
		*code = good;
	}
	assert_false(mutant_is_found(&session, SCMP_ARCH_X86_64));
	counting = false;
}

/* Numbers and architectures that no table knows: never allowed. */
static void
test_foreign(void **state)
{
	static const uint32_t foreign[] = {0, AUDIT_ARCH_I386, AUDIT_ARCH_ARM,
	    AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64, AUDIT_ARCH_RISCV64,
	    UINT32_MAX};
	static const uint32_t high[] = {
	    0, X32_BIT, 0x80000000U, 0xffffff00U, 0x00010000U};

	(void)state;
	for (size_t r = 0; r < ROLES; r++)
		for (size_t a = 0; a < ARCHES; a++) {
			compile(roles[r]->policy, arches[a], &program);
			for (size_t f = 0; f < COUNT(foreign); f++)
				for (size_t h = 0; h < COUNT(high); h++)
					for (uint32_t nr = 0; nr < CALLS;
					     nr++) {
						struct seccomp_data d = {
						    .nr = (int)(nr | high[h]),
						    .arch = foreign[f]};

						if (d.arch == arches[a] &&
						    high[h] == 0)
							continue;
						assert_false(program_allows(
						    roles[r]->policy, &program,
						    &d));
					}
		}
}

static bool
policy_names(const struct policy *policy, const char *call)
{
	for (size_t i = 0; i < policy->rows; i++)
		if (policy->row[i].error == 0 &&
		    strcmp(policy->row[i].call, call) == 0)
			return true;
	return false;
}

static size_t
policy_calls(const struct policy *policy)
{
	size_t calls = 0;

	for (size_t i = 0; i < policy->rows; i++) {
		struct policy head = {policy->role, policy->row, i, NULL};

		calls += !policy_names(&head, policy->row[i].call);
	}
	return calls;
}

static void
test_sizes(void **state)
{
	static const char *const five[] = {
	    "read", "write", "ppoll", "clock_gettime", "exit_group"};

	(void)state;
	assert_int_equal(policy_calls(&policy_session), 5);
	for (size_t i = 0; i < COUNT(five); i++)
		assert_true(policy_names(&policy_session, five[i]));
	assert_in_range(policy_calls(&policy_scanner), 1, 15);
}

static void
test_rows_are_sound(void **state)
{
	(void)state;
	for (size_t r = 0; r < ROLES; r++)
		for (size_t i = 0; i < roles[r]->policy->rows; i++) {
			const struct policy_row *row =
			    &roles[r]->policy->row[i];

			assert_non_null(row->call);
			assert_non_null(row->reason);
			assert_true(strlen(row->reason) > 0);
			for (size_t k = 0; k < POLICY_CHECKS_MAX; k++) {
				const struct policy_check *c = &row->check[k];

				if (c->compare == POLICY_NO_CHECK)
					continue;
				assert_true(c->argument < ARGUMENTS);
				assert_non_null(c->text);
				if (c->compare == POLICY_MASKED_EQ)
					assert_int_equal(
					    c->value & ~c->mask, 0);
			}
		}
}

static void
test_never_in_a_table(void **state)
{
	static const char *const never[] = {"ptrace", "process_vm_readv",
	    "process_vm_writev", "bpf", "perf_event_open", "keyctl", "add_key",
	    "request_key", "io_uring_setup", "io_uring_enter",
	    "io_uring_register", "userfaultfd", "mount", "umount2",
	    "pivot_root", "move_mount", "open_tree", "fsopen", "setns",
	    "kexec_load", "kexec_file_load", "init_module", "finit_module",
	    "delete_module", "open_by_handle_at", "name_to_handle_at", "swapon",
	    "swapoff", "reboot", "acct", "quotactl", "syslog", "iopl", "ioperm",
	    "modify_ldt", "personality", "clone3", "vfork", "execveat",
	    "pidfd_getfd", "pidfd_open", "process_madvise", "mknod", "mknodat",
	    "link", "linkat", "symlink", "symlinkat", "open", "creat",
	    "openat2", "truncate", "chown", "fchownat", "setxattr", "ioctl",
	    "shmget", "msgget", "semget", "vmsplice", "settimeofday",
	    "clock_settime", "sethostname", "tgkill", "tkill"};

	(void)state;
	for (size_t r = 0; r < ROLES; r++)
		for (size_t n = 0; n < COUNT(never); n++) {
			/* a name that does not exist would pass for ever */
			assert_int_not_equal(
			    seccomp_syscall_resolve_name(never[n]),
			    __NR_SCMP_ERROR);
			assert_false(policy_names(roles[r]->policy, never[n]));
		}
}

static void
test_compile_is_loud(void **state)
{
	static const struct policy_row misspelt = {"raed", .reason = "-"};
	static const struct policy_row x86 = {"arch_prctl", .reason = "-"};
	struct policy p = {"test", &misspelt, 1, NULL};

	(void)state;
	assert_non_null(policy_compile(&p, 0, &program));
	assert_non_null(
	    strstr(policy_compile(&p, 0, &program), "raed: no such"));
	p.row = &x86;
	assert_null(policy_compile(&p, SCMP_ARCH_X86_64, &program));
	assert_non_null(policy_compile(&p, SCMP_ARCH_AARCH64, &program));
	assert_int_equal(program.length, 0);
}

/* The evaluator itself: unsound programs are told as such. */
static void
test_evaluator(void **state)
{
	const struct seccomp_data d = {.nr = 7};
	const struct sock_filter sound[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, 1), BPF_STMT(BPF_RET | BPF_K, 2)};
	const struct sock_filter outside[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(d))};
	const struct sock_filter astray[] = {
	    BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX)};
	uint32_t verdict, steps;

	(void)state;
	assert_true(bpf_eval(sound, 4, &d, &verdict, &steps));
	assert_int_equal(verdict, 2);
	assert_int_equal(steps, 3);
	assert_false(bpf_eval(sound, 2, &d, &verdict, NULL));
	assert_false(bpf_eval(outside, 1, &d, &verdict, NULL));
	assert_false(bpf_eval(astray, 1, &d, &verdict, NULL));
	assert_false(bpf_eval(sound, 0, &d, &verdict, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_evaluator),
	    cmocka_unit_test(test_rows_are_sound),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_never_in_a_table),
	    cmocka_unit_test(test_compile_is_loud),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_programs),
	    cmocka_unit_test(test_mutants),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
