/* SPDX-License-Identifier: ISC */
/*
 * Puts a ready program in force with seccomp(2) itself, no library between.
 * Used by every process: by a session once per connection, so it is one call.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/policy.h"

bool
policy_load(struct span program)
{
	size_t length = program.len / sizeof(struct sock_filter);
	struct sock_fprog prog = {
	    .len = (unsigned short)length,
	    /* the kernel copies it; its struct lacks the const */
	    .filter = (struct sock_filter *)(uintptr_t)program.ptr,
	};

	if (length == 0 || length > POLICY_PROGRAM_MAX ||
	    program.len % sizeof(struct sock_filter) != 0) {
		errno = EINVAL;
		return false;
	}
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &prog) == 0;
}
