/* SPDX-License-Identifier: ISC */
/*
 * The policy tables against the programs made of them.
 *
 * Every role's program, for x86-64 and aarch64, is run over all call numbers,
 * foreign architectures, the x32 numbers, and arguments at and around each
 * checked value, high halves included; its verdict must be the table's
 * (policy_case.c).  test_policy_mutants.c is the control of that.  The tables
 * themselves: how many calls they have, which they must never have, and that a
 * wrong one does not compile.
 */
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
#include "tests/unit/policy_case.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_programs(void **state)
{
	static struct policy_case c;

	(void)state;
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t a = 0; a < CASE_ARCHES; a++) {
			case_open(&c, case_roles[r], case_arches[a]);
			case_sweep(&c);
			print_message("# %s, %x: %zu rows, %u instructions\n",
			    c.role->policy->role, c.arch, c.rules,
			    c.program.length);
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
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t i = 0; i < case_roles[r]->policy->rows; i++) {
			const struct policy_row *row =
			    &case_roles[r]->policy->row[i];

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
	    "link", "linkat", "symlink", "symlinkat", "creat", "openat2",
	    "truncate", "chown", "fchownat", "setxattr", "ioctl", "shmget",
	    "msgget", "semget", "vmsplice", "settimeofday", "clock_settime",
	    "sethostname", "tgkill", "tkill"};

	(void)state;
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t n = 0; n < COUNT(never); n++) {
			/* a name that does not exist would pass for ever */
			assert_int_not_equal(
			    seccomp_syscall_resolve_name(never[n]),
			    __NR_SCMP_ERROR);
			/* bound with no right of the monitor's own */
			if (case_roles[r]->policy == &policy_monitor_binds &&
			    strcmp(never[n], "mount") == 0)
				continue;
			/* with one request, as its own test says */
			if (case_roles[r]->policy == &policy_resolver &&
			    strcmp(never[n], "ioctl") == 0)
				continue;
			assert_false(
			    policy_names(case_roles[r]->policy, never[n]));
		}
}

static void
test_compile_is_loud(void **state)
{
	static const struct policy_row misspelt = {"raed", .reason = "-"};
	static const struct policy_row x86 = {"arch_prctl", .reason = "-"};
	static struct policy_program program;
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
	    cmocka_unit_test(test_programs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
