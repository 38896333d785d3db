/* SPDX-License-Identifier: ISC */
/*
 * Starting a child process; see child.h.  Runs in the monitor, under the
 * monitor's filter.
 */
#include "privsep/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "privsep/channel.h"

/* Above every place that a child's descriptors have. */
#define PARKING 128

/* Puts a copy of fd at a number that no later place collides with. */
static int
park(int fd)
{
	int copy = fcntl(fd, F_DUPFD, PARKING);

	if (copy == -1)
		_exit(EX_OSERR);
	return copy;
}

static void
place(int parked, int where)
{
	if (dup2(parked, where) == -1)
		_exit(EX_OSERR);
}

/* In the child: only the planned descriptors are left, in their places. */
static void
arrange_descriptors(const struct child_plan *plan, int channel)
{
	int parked_channel = park(channel);
	int parked_boot = park(plan->boot);
	int parked_log = plan->log == -1 ? -1 : park(plan->log);
	int parked_listen[CONFIG_LISTEN_MAX];
	unsigned int last = CHILD_FD_LOG;

	for (uint32_t i = 0; i < plan->listens; i++)
		parked_listen[i] = park(plan->listen[i]);
	place(STDIN_FILENO, STDOUT_FILENO);
	place(parked_channel, CHILD_FD_MONITOR);
	place(parked_boot, CHILD_FD_BOOT);
	if (parked_log != -1)
		place(parked_log, CHILD_FD_LOG);
	else
		close(CHILD_FD_LOG);
	for (uint32_t i = 0; i < plan->listens; i++) {
		last = CHILD_FD_LISTEN + i;
		place(parked_listen[i], (int)last);
	}
	if (close_range(last + 1, ~0U, 0) == -1)
		_exit(EX_OSERR);
}

static void
become(const struct child_plan *plan, int channel)
{
	char *const argv[] = {(char *)(uintptr_t)plan->program,
	    (char *)(uintptr_t)plan->role, NULL};
	char *const envp[] = {NULL};
	sigset_t none;

	/* Signals from a terminal are for the monitor alone. */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	arrange_descriptors(plan, channel);
	execve(plan->program, argv, envp);
	_exit(EX_UNAVAILABLE);
}

pid_t
child_start(const struct child_plan *plan, int *channel)
{
	int pair[2];
	pid_t pid;

	if (!channel_pair(pair))
		return -1;
	pid = fork();
	if (pid == 0)
		become(plan, pair[1]);
	close(pair[1]);
	if (pid == -1) {
		int saved = errno;
		close(pair[0]);
		errno = saved;
		return -1;
	}
	*channel = pair[0];
	return pid;
}
