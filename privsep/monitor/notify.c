/* SPDX-License-Identifier: ISC */
/* News for who started us; see notify.h.  In the monitor. */
#include "privsep/monitor/notify.h"

#include <string.h>
#include <unistd.h>

#include "privsep/ipc/exec_fds.h"

static bool manager_there, launcher_there;

void
notify_setup(bool manager, bool launcher)
{
	manager_there = manager;
	launcher_there = launcher;
}

static void
tell_manager(const char *state)
{
	if (manager_there)
		(void)!write(MONITOR_FD_MANAGER, state, strlen(state));
}

void
notify_ready(void)
{
	tell_manager("READY=1\nSTATUS=taking connections");
	if (launcher_there) {
		(void)!write(MONITOR_FD_LAUNCHER, "", 1);
		dup2(STDIN_FILENO, STDERR_FILENO); /* which ends with it */
		close(MONITOR_FD_LAUNCHER);
		launcher_there = false;
	}
}

void
notify_stopping(void)
{
	tell_manager("STOPPING=1\nSTATUS=finishing open sessions");
}
