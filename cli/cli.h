/* SPDX-License-Identifier: ISC */
/*
 * pratique, the operator's tool: its commands.  It reads the status file
 * (privsep/ipc/status_block.h) and /proc, and never changes anything.  Each
 * command writes to standard output and returns an exit status.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "privsep/ipc/status_block.h"

enum {
	CLI_GOOD = 0,
	CLI_BAD = 1, /* it runs, but something is not as it should be */
	CLI_NOT_RUNNING = 3,
};

/* Reads the status file of the pratiqued that works in run_dir.  CLI_GOOD, or
 * CLI_NOT_RUNNING or EX_OSERR, which has been reported on standard error. */
int cli_read_block(const char *run_dir, struct status_block *out);

/* Of what was read: false if another version wrote it.  Otherwise every text
 * is ended and printable now, and every number within its bounds. */
bool cli_take_block(struct status_block *);

/* Which processes there are, and which clamds can be used.  CLI_BAD if mail
 * cannot be scanned at the moment. */
int cli_status(const struct status_block *);

/* For each process the layers of confinement, as reported and as /proc shows
 * them.  CLI_BAD if /proc says otherwise. */
int cli_sandbox(const struct status_block *);

/* Calls each for every child process of pid; returns their number.  each may
 * be NULL. */
unsigned int cli_children(
    pid_t pid, void (*each)(pid_t child, void *context), void *context);

#endif
