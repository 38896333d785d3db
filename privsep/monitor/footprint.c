/* SPDX-License-Identifier: ISC */
/* Names in the file system; see footprint.h.  In the monitor. */
#include "privsep/monitor/footprint.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/log.h"

static bool told[FOOTPRINT_MAX]; /* that it is gone */

static bool
is_there(const struct monitor_boot *boot, size_t i)
{
	struct stat now;

	return lstat(boot->footprint[i].path, &now) == 0 &&
	       now.st_dev == boot->footprint[i].dev &&
	       now.st_ino == boot->footprint[i].ino;
}

void
footprint_check(const struct monitor_boot *boot)
{
	for (size_t i = 0; i < FOOTPRINT_PID_FILE; i++) {
		if (*boot->footprint[i].path == '\0' || told[i] ||
		    is_there(boot, i))
			continue;
		told[i] = true;
		log_event(
		    LOG_LEVEL_ERROR, "socket-gone", boot->footprint[i].path);
	}
}

void
footprint_remove(const struct monitor_boot *boot)
{
	for (size_t i = 0; i < FOOTPRINT_MAX; i++)
		if (is_there(boot, i))
			unlink(boot->footprint[i].path);
}
