/* SPDX-License-Identifier: ISC */
/*
 * Starting the resolver; see plan_resolver.h.
 */
#include "privsep/start/plan_resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/addresses.h"
#include "privsep/ipc/child.h"
#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/status_block.h"
#include "privsep/start/blocks.h"

/* Until it is confined; it asks no name server before that. */
#define START_MS 30000

/* True once it has said that it is confined. */
static bool
await(int ready, struct sandbox_report *report)
{
	struct pollfd pfd = {.fd = ready, .events = POLLIN};

	return poll(&pfd, 1, START_MS) == 1 &&
	       read(ready, report, sizeof(*report)) == sizeof(*report);
}

static const char *
start(const char *program, const int *fd, int status, pid_t *pid)
{
	int ready[2], fds[] = {fd[0], fd[1], -1};
	struct sandbox_report report;

	if (access(program, X_OK) == -1 || pipe2(ready, O_CLOEXEC) == -1)
		return strerror(errno);
	fds[2] = ready[1];
	*pid = child_run(program, "resolver", fds, 3);
	close(ready[1]);
	if (*pid == -1) {
		close(ready[0]);
		return strerror(errno);
	}
	if (!await(ready[0], &report)) {
		kill(*pid, SIGKILL);
		waitid(P_PID, (id_t)*pid, &(siginfo_t){0}, WEXITED);
		close(ready[0]);
		return "it did not start up";
	}
	close(ready[0]);
	status_resolver(status, *pid, &report);
	return NULL;
}

const char *
plan_resolver(const struct config *c, const struct resolver_boot *boot,
    int status, pid_t *pid, int *addresses)
{
	char program[BOOT_PROGRAM_MAX];
	int fd[2] = {-1, -1};
	const char *why;

	*addresses = -1;
	ensure(boot->names <= SETTINGS_BACKENDS_MAX);
	if (boot->names == 0)
		return NULL;
	blocks_program(c, "pratique-resolver", program);
	if ((fd[0] = addresses_make(&c->scanner)) == -1 ||
	    (fd[1] = boot_make(boot, sizeof(*boot))) == -1)
		return strerror(errno);
	why = start(program, fd, status, pid);
	close(fd[1]);
	*addresses = fd[0];
	return why;
}
