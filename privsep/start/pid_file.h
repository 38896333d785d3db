/* SPDX-License-Identifier: ISC */
/*
 * The file for the process id (-p).  It is locked (flock) by the daemon for as
 * long as it runs: one without a lock was left behind and is taken over, one
 * with a lock is another daemon's.  In pratiqued; the monitor gets the
 * descriptor, keeps it open, and removes the file at the end
 * (privsep/monitor/footprint.h).
 */
#ifndef PRIVSEP_START_PID_FILE_H
#define PRIVSEP_START_PID_FILE_H

#include <limits.h>
#include <stddef.h>

#include "lib/span.h"

/* In a file that a daemon of ours has left behind, "1234\n", the number as it
 * stands there; empty if this is no such file. */
struct span pid_file_number(struct span text);

/* Makes or takes the file at path (which may be relative), locks it and writes
 * our process id.  absolute becomes its path from the root.  The descriptor;
 * -1 with what is wrong in why. */
int pid_file_open(
    const char *path, char absolute[static PATH_MAX], char *why, size_t size);

#endif
