/* SPDX-License-Identifier: ISC */
/*
 * No table depends on which of several calls a C library takes for the same
 * function: whatever a table says to one of them it says to the others, with
 * the same arguments.
 *
 * Only where the C library has a choice.  What our own code asks for by a
 * function that is one call in every C library (ppoll, epoll_pwait, dup3,
 * close_range, accept4, pread) is in no list here, so a session's five calls
 * stay five.  The sources: glibc 2.36 to 2.42 and musl 1.2, sysdeps and
 * traces of starts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <seccomp.h>

#include "sandbox/policy.h"
#include "tests/unit/policy_case.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In whose table, or under whose before its own is in force. */
#define MONITOR	  1U
#define LISTENER  2U
#define KEYS	  4U
#define LIBMILTER 8U
#define RESOLVER  16U

/* Where an argument of the second call comes from. */
#define A(n)                    \
	{                       \
		.from = (n) + 1 \
	}
#define FIXED(v)             \
	{                    \
		.value = (v) \
	}

static const struct twin {
	const char *call, *other;
	unsigned int roles;
	struct {
		uint32_t from; /* 1 + argument of the first call; 0: value */
		uint64_t value;
	} argument[ARGUMENTS];
} twins[] = {
    {"open", "openat", RESOLVER | MONITOR | KEYS, {FIXED(0), A(0), A(1), A(2)}},
    {"stat", "newfstatat", RESOLVER | MONITOR,
	{FIXED(0), A(0), A(1), FIXED(0)}},
    {"lstat", "newfstatat", RESOLVER | MONITOR,
	{FIXED(0), A(0), A(1), FIXED(AT_SYMLINK_NOFOLLOW)}},
    {"fstat", "newfstatat", RESOLVER | MONITOR | KEYS,
	{A(0), FIXED(1), A(1), FIXED(AT_EMPTY_PATH)}},
    {"fstat", "statx", RESOLVER | MONITOR | KEYS,
	{A(0), FIXED(1), FIXED(AT_EMPTY_PATH), FIXED(0x7ff), A(1)}},
    {"access", "faccessat", RESOLVER | MONITOR, {FIXED(0), A(0), A(1)}},
    {"faccessat", "faccessat2", RESOLVER | MONITOR,
	{A(0), A(1), A(2), FIXED(0)}},
    {"unlink", "unlinkat", MONITOR, {FIXED(0), A(0), FIXED(0)}},
    {"readlink", "readlinkat", RESOLVER | MONITOR,
	{FIXED(0), A(0), A(1), A(2)}},
    {"fstatfs", "statfs", MONITOR, {A(0), A(1)}},
    {"dup2", "dup3", MONITOR, {A(0), A(1), FIXED(0)}},
    {"fork", "clone", MONITOR, {FIXED(17)}}, /* SIGCHLD */
    {"getrlimit", "prlimit64", MONITOR | LISTENER,
	{FIXED(0), A(0), FIXED(0), A(1)}},
    {"setrlimit", "prlimit64", MONITOR | LISTENER,
	{FIXED(0), A(0), A(1), FIXED(0)}},
    {"read", "readv", RESOLVER | MONITOR, {A(0), A(1), FIXED(1)}},
    {"write", "writev", MONITOR | LIBMILTER, {A(0), A(1), FIXED(1)}},
    {"time", "clock_gettime", RESOLVER | MONITOR | LIBMILTER, {FIXED(0), A(0)}},
    {"gettimeofday", "clock_gettime", RESOLVER | MONITOR | LIBMILTER,
	{FIXED(0), A(0)}},
    {"poll", "ppoll", RESOLVER | LIBMILTER, {A(0), A(1), A(2), FIXED(0)}},
    {"pipe", "pipe2", LIBMILTER, {A(0), FIXED(0)}},
    {"nanosleep", "clock_nanosleep", RESOLVER | LIBMILTER,
	{FIXED(0), FIXED(0), A(0), A(1)}},
    /* A wait that the kernel itself resumes after a stop. */
    {"poll", "restart_syscall", RESOLVER | LIBMILTER, {FIXED(0)}},
    {"nanosleep", "restart_syscall", RESOLVER | LIBMILTER, {FIXED(0)}},
};

static unsigned int
role_bits(const struct policy *policy)
{
	if (policy == &policy_listener)
		return LISTENER;
	if (policy == &policy_keys)
		return KEYS;
	if (policy == &policy_libmilter)
		return LIBMILTER;
	if (policy == &policy_resolver)
		return RESOLVER;
	if (policy == &policy_monitor)
		return MONITOR;
	/* Whose process is started under it. */
	return policy == &policy_monitor_libmilter ? MONITOR | LIBMILTER : 0;
}

static struct policy_case c;

static int
number(const char *call)
{
	int nr = seccomp_syscall_resolve_name_arch(c.arch, call);

	assert_int_not_equal(nr, __NR_SCMP_ERROR);
	return nr; /* negative: not on this architecture */
}

static uint32_t
verdict(int nr, const uint64_t *args)
{
	struct seccomp_data d = {.nr = nr, .arch = c.arch};

	memcpy(d.args, args, sizeof(d.args));
	return case_verdict(&c, &d);
}

static void
compare(const struct twin *t, const uint64_t *args)
{
	int nr = number(t->call), other = number(t->other);
	uint64_t mapped[ARGUMENTS];

	for (size_t i = 0; i < ARGUMENTS; i++)
		mapped[i] = t->argument[i].from > 0
				? args[t->argument[i].from - 1]
				: t->argument[i].value;
	if (verdict(nr, args) != verdict(other, mapped))
		fail_msg("%s, %x: %s(%llx, %llx, %llx) is %x, %s is %x",
		    c.role->policy->role, c.arch, t->call,
		    (unsigned long long)args[0], (unsigned long long)args[1],
		    (unsigned long long)args[2], verdict(nr, args), t->other,
		    verdict(other, mapped));
}

/* Each argument with each bit set alone, the others zero. */
static void
compare_all(const struct twin *t)
{
	uint64_t args[ARGUMENTS] = {0};

	compare(t, args);
	for (size_t i = 0; i < ARGUMENTS; i++) {
		for (unsigned int bit = 0; bit < 64; bit++) {
			args[i] = 1ULL << bit;
			compare(t, args);
		}
		args[i] = 0;
	}
}

static void
test_twins(void **state)
{
	unsigned int compared = 0;

	(void)state;
	for (size_t r = 0; r < CASE_ROLES; r++)
		for (size_t a = 0; a < CASE_ARCHES; a++) {
			case_open(&c, case_roles[r], case_arches[a]);
			for (size_t i = 0; i < COUNT(twins); i++) {
				const struct twin *t = &twins[i];

				if ((t->roles & role_bits(c.role->policy)) ==
					0 ||
				    number(t->call) < 0 || number(t->other) < 0)
					continue;
				compare_all(t);
				compared++;
			}
		}
	assert_in_range(compared, 80, 1000);
}

/* The control: of a table without one of the two the comparison says so, and
 * of one that is wider for one of the two. */
static bool
differs(const struct policy_row *row, size_t rows, const struct twin *t)
{
	static const uint64_t writing[ARGUMENTS] = {0, O_WRONLY};
	static const uint64_t reading[ARGUMENTS] = {0, O_RDONLY};
	const struct policy p = {"control", row, rows, NULL};
	const struct role role = {&p, NULL};
	const uint64_t *const tried[] = {writing, reading};
	bool different = false;

	case_open(&c, &role, SCMP_ARCH_X86_64);
	for (size_t i = 0; i < COUNT(tried); i++) {
		uint64_t mapped[ARGUMENTS] = {0, 0, tried[i][1]};

		different = different || verdict(number(t->call), tried[i]) !=
					     verdict(number(t->other), mapped);
	}
	return different;
}

static void
test_control(void **state)
{
#define READING(n)                                               \
	{                                                        \
		{                                                \
			POLICY_MASKED_EQ, (n), O_ACCMODE, 0, "-" \
		}                                                \
	}
	static const struct policy_row alone[] = {
	    {"openat", .check = READING(2), .reason = "-"}};
	static const struct policy_row wider[] = {
	    {"openat", .check = READING(2), .reason = "-"},
	    {"open", .reason = "-"}};
	static const struct policy_row same[] = {
	    {"openat", .check = READING(2), .reason = "-"},
	    {"open", .check = READING(1), .reason = "-"}};

	(void)state;
	assert_true(differs(alone, COUNT(alone), &twins[0]));
	assert_true(differs(wider, COUNT(wider), &twins[0]));
	assert_false(differs(same, COUNT(same), &twins[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_twins),
	    cmocka_unit_test(test_control),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
