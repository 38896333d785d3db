/* SPDX-License-Identifier: ISC */
/* Care for the log (lib/log.h) in the monitor's loop. */
#ifndef PRIVSEP_MONITOR_LOGGING_H
#define PRIVSEP_MONITOR_LOGGING_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/log.h"
#include "privsep/ipc/status_block.h"

/* Before the others: do lines go to the system log? */
void logging_setup(bool syslog);

/* Lines that the log did not take are tried again; returns when that is next,
 * or UINT64_MAX. */
uint64_t logging_run(uint64_t now);

/* Puts a new socket to the system log in the place of the old one; false if it
 * cannot be reached, or the log is another one. */
bool logging_renew(void);

/* Says which layers of confinement a process has, and which are missing. */
void logging_layers(struct log_line *, const struct status_process *);

#endif
