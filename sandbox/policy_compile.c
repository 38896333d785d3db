/* SPDX-License-Identifier: ISC */
/*
 * From a table to a BPF program, with libseccomp.  Runs in pratiqued (and
 * in tests) only; the confined processes do not contain this library.
 *
 * Each row becomes one rule, added with the _exact adder, which adds exactly
 * that rule or fails.  What no rule allows, and every foreign architecture,
 * kills the process.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/policy.h"

#define PRIORITY_FIRST 255 /* libseccomp's highest; row 0 is tested first */

static char fault[128]; /* what policy_compile returns */

static const char *
compile_fault(const char *call, const char *what, int error)
{
	snprintf(fault, sizeof(fault), "%s: %s%s%s", call, what,
	    error != 0 ? ": " : "", error != 0 ? strerror(error) : "");
	return fault;
}

static struct scmp_arg_cmp
compile_check(const struct policy_check *c)
{
	struct scmp_arg_cmp cmp = {.arg = c->argument};

	switch (c->compare) {
	case POLICY_MASKED_EQ:
		cmp.op = SCMP_CMP_MASKED_EQ;
		cmp.datum_a = c->mask;
		cmp.datum_b = c->value;
		break;
	case POLICY_EQ:
	case POLICY_NO_CHECK:
		cmp.op = SCMP_CMP_EQ;
		cmp.datum_a = c->value;
		break;
	}
	return cmp;
}

static const char *
compile_row(scmp_filter_ctx ctx, const struct policy_row *row, uint32_t arch,
    uint8_t priority)
{
	struct scmp_arg_cmp cmp[POLICY_CHECKS_MAX];
	unsigned int count = 0;
	int nr = seccomp_syscall_resolve_name(row->call);
	int error;

	/* nr is the native number, which is what the adder wants for every
	 * architecture; a negative one is a call that does not exist. */
	if (nr < 0 || seccomp_syscall_resolve_name_arch(arch, row->call) < 0)
		return compile_fault(row->call, "no such system call", 0);
	for (size_t i = 0; i < POLICY_CHECKS_MAX; i++)
		if (row->check[i].compare != POLICY_NO_CHECK)
			cmp[count++] = compile_check(&row->check[i]);
	error = seccomp_syscall_priority(ctx, nr, priority);
	if (error == 0)
		error = seccomp_rule_add_exact_array(ctx,
		    row->error == 0 ? SCMP_ACT_ALLOW
				    : SCMP_ACT_ERRNO(row->error),
		    nr, count, cmp);
	if (error != 0)
		return compile_fault(row->call, "rule refused", -error);
	return NULL;
}

static const char *
compile_export(scmp_filter_ctx ctx, struct policy_program *out)
{
	int fd = memfd_create("pratique-policy", MFD_CLOEXEC);
	const char *why = NULL;
	struct stat st;
	int error;

	if (fd == -1)
		return compile_fault("memfd_create", "failed", errno);
	error = seccomp_export_bpf(ctx, fd);
	if (error != 0)
		why = compile_fault("export", "failed", -error);
	else if (fstat(fd, &st) == -1 || st.st_size <= 0 ||
		 (size_t)st.st_size > sizeof(out->code) ||
		 (size_t)st.st_size % sizeof(out->code[0]) != 0)
		why = compile_fault("export", "program of odd size", 0);
	else if (pread(fd, out->code, (size_t)st.st_size, 0) != st.st_size)
		why = compile_fault("export", "short read", 0);
	else
		out->length =
		    (uint32_t)((size_t)st.st_size / sizeof(out->code[0]));
	close(fd);
	return why;
}

static const char *
compile_arch(scmp_filter_ctx ctx, uint32_t arch)
{
	int error;

	if (arch == seccomp_arch_native())
		return NULL;
	error = seccomp_arch_add(ctx, arch);
	if (error == 0)
		error = seccomp_arch_remove(ctx, seccomp_arch_native());
	return error != 0 ? compile_fault("arch", "refused", -error) : NULL;
}

static const char *
compile_rows(scmp_filter_ctx ctx, const struct policy *policy, uint32_t arch,
    uint8_t *priority)
{
	const char *why = NULL;

	for (size_t i = 0; why == NULL && i < policy->rows; i++) {
		if (!policy_row_on(&policy->row[i], arch))
			continue;
		why = compile_row(ctx, &policy->row[i], arch, *priority);
		if (*priority > 0)
			--*priority;
	}
	return why;
}

/* The rows of its bases first; there are two at most. */
static const char *
compile_table(scmp_filter_ctx ctx, const struct policy *policy, uint32_t arch,
    uint8_t *priority)
{
	const char *why = NULL;

	if (policy->base != NULL)
		why = compile_table(ctx, policy->base, arch, priority);
	return why != NULL ? why : compile_rows(ctx, policy, arch, priority);
}

const char *
policy_compile(
    const struct policy *policy, uint32_t arch, struct policy_program *out)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	const char *why;
	uint8_t priority = PRIORITY_FIRST;

	if (ctx == NULL)
		return compile_fault("seccomp_init", "failed", 0);
	if (arch == SCMP_ARCH_NATIVE)
		arch = seccomp_arch_native();
	why = compile_arch(ctx, arch);
	if (why == NULL && seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			       SCMP_ACT_KILL_PROCESS) != 0)
		why = compile_fault("foreign architectures", "not killed", 0);
	if (why == NULL)
		why = compile_table(ctx, policy, arch, &priority);
	memset(out, 0, sizeof(*out));
	if (why == NULL)
		why = compile_export(ctx, out);
	seccomp_release(ctx);
	return why;
}
