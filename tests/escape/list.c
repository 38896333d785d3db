/* SPDX-License-Identifier: ISC */
/*
 * Prints the tables of attempts for the driver, one line each: family, what,
 * the number and the name of the call that is to kill, flags, separated by
 * tabs.
 */
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/escape/attempt.h"

void
attempt_say(const char *line, size_t len)
{
	(void)line;
	(void)len;
}

int
main(void)
{
	for (size_t i = 0; i < attempt_count(); i++) {
		const struct attempt *a = attempt_get(i);
		char *name = seccomp_syscall_resolve_num_arch(
		    SCMP_ARCH_NATIVE, (int)a->call);

		printf("%s\t%s\t%ld\t%s\t%u\n", a->family, a->what, a->call,
		    name != NULL ? name : "", a->flags);
		free(name);
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
