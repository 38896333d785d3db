/* SPDX-License-Identifier: ISC */
/* The directories of clamds' sockets; see directories.h. */
#include "privsep/monitor/directories.h"

#include <sys/stat.h>

#include "lib/ensure.h"
#include "lib/log.h"

static struct stat then[SANDBOX_BINDS_MAX]; /* no inode: not there */
static uint32_t sockets_gone; /* bit i: the path of clamd i is not there */

_Static_assert(SETTINGS_BACKENDS_MAX <= 32, "a bit for each clamd");

void
directories_told(uint32_t index, bool gone)
{
	ensure(index < SETTINGS_BACKENDS_MAX);
	/* One that is found elsewhere does not bring another one back. */
	sockets_gone &= ~(1U << index);
	sockets_gone |= (uint32_t)gone << index;
}

bool
directories_look(const struct monitor_boot *boot)
{
	bool new = false;

	for (uint32_t i = 0; i < boot->directories; i++) {
		struct stat now = {0};

		if (stat(boot->directory[i], &now) == 0)
			new |= now.st_ino != then[i].st_ino ||
			       now.st_dev != then[i].st_dev;
		then[i] = now;
	}
	return new;
}

bool
directories_renewed(const struct monitor_boot *boot)
{
	if (sockets_gone == 0 || !directories_look(boot))
		return false;
	sockets_gone = 0;
	log_event(LOG_LEVEL_WARNING, "scanner-replaced",
	    "the directory of clamd's socket was made anew");
	return true;
}
