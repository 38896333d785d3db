/* SPDX-License-Identifier: ISC */
/* News for who started us; see notify.h.  In the monitor. */
#include "privsep/notify.h"

#include <string.h>
#include <unistd.h>

#include "privsep/places.h"

static bool manager_there, starter_there;

void
notify_setup(bool manager, bool starter)
{
	manager_there = manager;
	starter_there = starter;
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
	if (starter_there) {
		(void)!write(MONITOR_FD_STARTER, "", 1);
		dup2(STDIN_FILENO, STDERR_FILENO); /* which ends with it */
		close(MONITOR_FD_STARTER);
		starter_there = false;
	}
}

void
notify_stopping(void)
{
	tell_manager("STOPPING=1\nSTATUS=finishing open sessions");
}
