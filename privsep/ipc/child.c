/* SPDX-License-Identifier: ISC */
/*
 * Starting a child process; see child.h.  Runs in the monitor, under the
 * monitor's filter, and in pratiqued, when it rehearses that (rehearse.c).
 */
#include "privsep/ipc/child.h"
#include "lib/fd_numbers.h"

#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "privsep/ipc/channel.h"

void
child_become(const char *program, const char *role, const int *fd, size_t count)
{
	char *const argv[] = {
	    (char *)(uintptr_t)program, (char *)(uintptr_t)role, NULL};
	char *const envp[] = {NULL};
	sigset_t none;

	/* Signals from a terminal are for the monitor alone. */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(STDIN_FILENO, STDOUT_FILENO) == -1 ||
	    !exec_fds_take(fd, count))
		_exit(EX_OSERR);
	execve(program, argv, envp);
	_exit(EX_UNAVAILABLE);
}

pid_t
child_run(const char *program, const char *role, const int *fd, size_t count)
{
	pid_t pid = fork();

	if (pid == 0)
		child_become(program, role, fd, count);
	return pid;
}

pid_t
child_start(const struct child_plan *plan, int *channel)
{
	int pair[2], fd[EXEC_FDS_MAX];
	pid_t pid;

	if (!channel_pair(pair))
		return -1;
	memcpy(fd, plan->fd, sizeof(fd));
	fd[CHILD_FD_MONITOR - EXEC_FDS_FIRST] = pair[1];
	pid = child_run(plan->program, plan->role, fd, plan->fds);
	/* What succeeds leaves errno as it is. */
	close(pair[1]);
	if (pid == -1)
		close(pair[0]);
	else
		*channel = pair[0];
	return pid;
}
