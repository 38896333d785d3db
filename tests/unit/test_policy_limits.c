/* SPDX-License-Identifier: ISC */
/*
 * What a row of a table may never come to allow, said a second time and by
 * example: test_policy.c holds the programs against the tables, and a row that
 * lost a check is right there.  Of each call what is allowed stands beside it,
 * so that a misspelt one is noticed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cmocka.h>

#include "tests/unit/bpf_eval.h"
#include "tests/unit/policy_case.h"

#define COUNT(list)    (sizeof(list) / sizeof((list)[0]))
#define MINUS(n)       ((uint64_t)0 - (n))
#define MINUS_INT(n)   ((uint64_t)(uint32_t)(0U - (n)))
#define WRITE_EXEC     (PROT_READ | PROT_WRITE | PROT_EXEC)
#define NEW_LISTENER   8 /* SECCOMP_FILTER_FLAG_ */
#define READ_EXEC      (PROT_READ | PROT_EXEC)
#define READ_WRITE     (PROT_READ | PROT_WRITE)
#define STREAM_CLOEXEC (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)
#define OUR_NAMESPACES \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)

struct example {
	const char *call;
	uint64_t argument[ARGUMENTS];
};

enum who { NOBODY, MONITORS, RESOLVER };

static uint32_t
verdict_of(const struct policy_program *program, uint32_t arch,
    const struct example *e)
{
	struct seccomp_data d = {.arch = arch,
	    .nr = seccomp_syscall_resolve_name_arch(arch, e->call)};
	uint32_t verdict;

	if (d.nr < 0)
		return SECCOMP_RET_KILL_PROCESS; /* not there */
	memcpy(d.args, e->argument, sizeof(d.args));
	assert_true(
	    bpf_eval(program->code, program->length, &d, &verdict, NULL));
	return verdict;
}

/* By nobody, or by those only that are named, on either architecture. */
static const struct {
	struct example what;
	enum who but; /* they may */
} never[] = {
    {{"kill", {MINUS(1), SIGKILL}}, MONITORS},
    {{"kill", {MINUS_INT(1), SIGKILL}}, MONITORS},
    {{"kill", {MINUS_INT(77), SIGKILL}}, MONITORS},
    {{"kill", {INT32_MAX + UINT64_C(1), SIGKILL}}, MONITORS},
    {{"kill", {77, SIGTERM}}, NOBODY}, {{"kill", {77, SIGSTOP}}, NOBODY},
    {{"open", {0, O_WRONLY}}, NOBODY}, {{"open", {0, O_RDWR}}, NOBODY},
    {{"open", {0, O_RDONLY | O_CREAT}}, NOBODY},
    {{"open", {0, O_RDONLY | O_TRUNC}}, NOBODY},
    {{"openat", {MINUS_INT(100), 0, O_WRONLY}}, NOBODY},
    {{"openat", {MINUS_INT(100), 0, O_RDWR}}, NOBODY},
    {{"openat", {MINUS_INT(100), 0, O_RDONLY | O_CREAT}}, NOBODY},
    {{"openat", {MINUS_INT(100), 0, O_RDONLY | O_TRUNC}}, NOBODY},
    {{"unlinkat", {MINUS_INT(100), 0, AT_REMOVEDIR}}, NOBODY},
    {{"mount", {0, 0, 0, 0, 0}}, NOBODY},
    {{"mount", {0, 0, 0, MS_REMOUNT | MS_BIND, 0}}, NOBODY},
    {{"mount", {0, 0, 0, MS_MOVE, 0}}, NOBODY},
    {{"mount", {0, 0, 0x1000, MS_BIND, 0}}, NOBODY},
    {{"mount", {0, 0, 0, MS_BIND, 0x1000}}, NOBODY},
    {{"clone", {SIGCHLD | CLONE_NEWUSER}}, NOBODY},
    {{"clone", {SIGCHLD | CLONE_NEWNS}}, NOBODY},
    {{"clone", {SIGCHLD | CLONE_VM}}, NOBODY},
    {{"clone", {SIGCHLD | CLONE_PARENT}}, NOBODY},
    {{"unshare", {CLONE_NEWUSER}}, NOBODY},
    {{"unshare", {CLONE_NEWPID | CLONE_NEWUSER}}, NOBODY},
    {{"mmap", {0, 4096, WRITE_EXEC, MAP_PRIVATE | MAP_ANONYMOUS}}, NOBODY},
    {{"mprotect", {0, 4096, WRITE_EXEC}}, NOBODY},
    {{"socket", {AF_PACKET, SOCK_RAW, 0}}, NOBODY},
    {{"socket", {AF_ALG, STREAM_CLOEXEC, 0}}, NOBODY},
    {{"socket", {AF_VSOCK, STREAM_CLOEXEC, 0}}, NOBODY},
    {{"socket", {AF_NETLINK, SOCK_RAW, 0}}, RESOLVER},
    {{"socket", {AF_INET, SOCK_RAW, 1}}, RESOLVER},
    {{"socket", {AF_INET, SOCK_DGRAM, 0}}, RESOLVER},
    {{"fcntl", {0, F_SETOWN, 1}}, NOBODY},
    {{"fcntl", {0, F_SETLEASE, F_WRLCK}}, NOBODY},
    {{"fcntl", {0, F_NOTIFY, 0}}, NOBODY},
    {{"prlimit64", {1, RLIMIT_NOFILE, 0x1000}}, NOBODY},
    {{"setitimer", {ITIMER_PROF}}, NOBODY},
    {{"seccomp", {1, NEW_LISTENER}}, NOBODY},
    {{"prctl", {PR_SET_SECCOMP, 1}}, NOBODY},
    {{"prctl", {PR_SET_DUMPABLE, 1}}, NOBODY},
    {{"prctl", {PR_SET_PTRACER, MINUS(1)}}, NOBODY},
    {{"prctl", {PR_SET_PDEATHSIG, 0}}, NOBODY},
    {{"prctl", {PR_SET_MM, 1}}, NOBODY},
    {{"memfd_create", {0, MFD_HUGETLB | MFD_CLOEXEC}}, NOBODY},
    {{"madvise", {0, 4096, 100}}, NOBODY}, /* MADV_HWPOISON */
};

/* What is beside them: by that role, where there is such a call. */
static const struct {
	struct example what;
	const struct policy *by;
} allowed[] = {
    {{"kill", {77, SIGKILL}}, &policy_listener},
    {{"open", {0, O_RDONLY | O_CLOEXEC}}, &policy_keys},
    {{"openat", {MINUS_INT(100), 0, O_RDONLY | O_CLOEXEC}}, &policy_keys},
    {{"unlinkat", {MINUS_INT(100), 0, 0}}, &policy_monitor},
    {{"mount", {1, 1, 0, MS_BIND, 0}}, &policy_monitor_binds},
    {{"clone", {SIGCHLD}}, &policy_listener},
    {{"unshare", {OUR_NAMESPACES}}, &policy_monitor},
    {{"mmap", {0, 4096, READ_WRITE}}, &policy_monitor},
    {{"mmap", {0, 4096, READ_EXEC}}, &policy_monitor},
    {{"mprotect", {0, 4096, READ_EXEC}}, &policy_monitor},
    {{"socket", {AF_UNIX, STREAM_CLOEXEC, 0}}, &policy_scanner},
    {{"socket", {AF_INET, STREAM_CLOEXEC, 0}}, &policy_scanner},
    {{"socket", {AF_NETLINK, SOCK_RAW, 0}}, &policy_resolver},
    {{"fcntl", {0, F_GETFL}}, &policy_monitor},
    {{"prlimit64", {0, RLIMIT_NOFILE, 1}}, &policy_listener},
    {{"setitimer", {ITIMER_REAL}}, &policy_monitor},
    {{"seccomp", {1, 0}}, &policy_listener},
    {{"prctl", {PR_SET_DUMPABLE, 0}}, &policy_monitor},
    {{"prctl", {PR_SET_PDEATHSIG, SIGKILL}}, &policy_listener},
    {{"memfd_create", {0, MFD_CLOEXEC | MFD_ALLOW_SEALING}}, &policy_scanner},
    {{"madvise", {0, 4096, MADV_DONTNEED}}, &policy_monitor},
};

static bool
may(const struct role *role, enum who but)
{
	bool resolver = role->policy == &policy_resolver;

	/* Who is under nobody else's table is a monitor. */
	return (but == RESOLVER && resolver) ||
	       (but == MONITORS && !resolver && role->outer == NULL);
}

static void
test_never(void **state)
{
	static struct policy_program program;
	unsigned int count = 0;

	(void)state;
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t a = 0; a < CASE_ARCHES; a++) {
			const struct role *role = case_roles[r];

			case_program(role->policy, case_arches[a], &program);
			for (size_t i = 0; i < COUNT(never); i++) {
				if (may(role, never[i].but) ||
				    verdict_of(&program, case_arches[a],
					&never[i].what) != SECCOMP_RET_ALLOW)
					continue;
				print_message("# %s, %x: %s, example %zu\n",
				    role->policy->role, case_arches[a],
				    never[i].what.call, i);
				count++;
			}
		}
	assert_int_equal(count, 0);
}

static void
test_allowed(void **state)
{
	static struct policy_program program;

	(void)state;
	for (size_t i = 0; i < COUNT(allowed); i++) {
		print_message("# %s\n", allowed[i].what.call);
		case_program(allowed[i].by, SCMP_ARCH_X86_64, &program);
		assert_int_equal(
		    verdict_of(&program, SCMP_ARCH_X86_64, &allowed[i].what),
		    SECCOMP_RET_ALLOW);
	}
	/* and each of the others has one here */
	for (size_t i = 0; i < COUNT(never); i++) {
		bool found = false;

		for (size_t k = 0; k < COUNT(allowed); k++)
			found = found || strcmp(allowed[k].what.call,
					     never[i].what.call) == 0;
		assert_true(found);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_never),
	    cmocka_unit_test(test_allowed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
