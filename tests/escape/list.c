/* SPDX-License-Identifier: ISC */
/*
 * Prints the tables of attempts for the driver, one line each: family, what,
 * the number and the name of the call that is to kill, flags, and the signal
 * that a process without any layer dies of when it tries, or 0; separated by
 * tabs.  The last is the control: what the machine cannot do anyway, because
 * its processor or its kernel does not know the instruction, say.
 */
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/escape/attempt.h"

#define SECONDS_MAX 60 /* until one that hangs is ended */

void
attempt_say(const char *line, size_t len)
{
	(void)line;
	(void)len;
}

/* In a process of its own. */
static int
unconfined(size_t index)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		/* What they say and write is not ours. */
		if (dup2(null, STDOUT_FILENO) == -1 ||
		    dup2(null, STDERR_FILENO) == -1)
			_exit(1);
		alarm(SECONDS_MAX);
		attempt_run(index);
		_exit(0);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid) {
		perror("fork");
		exit(EXIT_FAILURE);
	}
	close(null);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int
main(void)
{
	for (size_t i = 0; i < attempt_count(); i++) {
		const struct attempt *a = attempt_get(i);
		char *name = seccomp_syscall_resolve_num_arch(
		    SCMP_ARCH_NATIVE, (int)a->call);

		printf("%s\t%s\t%ld\t%s\t%u\t%d\n", a->family, a->what, a->call,
		    name != NULL ? name : "", a->flags, unconfined(i));
		free(name);
		fflush(stdout); /* not once more by the next child */
	}
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
