/* SPDX-License-Identifier: ISC */
/*
 * From the configuration to what the monitor is started with: descriptors, one
 * of them its boot block, others those of its children.  What is in the blocks
 * is blocks.h's.
 */
#ifndef PRIVSEP_START_PLAN_H
#define PRIVSEP_START_PLAN_H

#include <limits.h>
#include <stdbool.h>

#include "config/config.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/exec_fds.h"

/* Descriptors of the monitor, by place - EXEC_FDS_FIRST; -1: none. */
struct plan {
	char program[BOOT_PROGRAM_MAX];	    /* pratique-monitor */
	const struct monitor_boot *monitor; /* what is in its boot block */
	int fd[EXEC_FDS_MAX];
	size_t fds;
};

/* What whoever started us has given us; -1: none. */
struct plan_given {
	int manager;
	int launcher;
	int standard_error; /* the caller's */
	int pid_file;
	char pid_path[PATH_MAX];
	const char *credentials; /* directory of them, or NULL */
};

/* Makes run_dir and the empty directory in it, opens the listening sockets (or
 * takes those of a service manager, whose addresses then stand in the
 * configuration), the log and the status file, compiles the policies and makes
 * the boot blocks.  False with what is wrong and the mend in why. */
bool plan_make(struct config *, const struct plan_given *, struct plan *out,
    char *why, size_t size);

/* Last: gives up the privilege that the monitor does not need, says so in the
 * status file, and makes its boot block.  All of it but dumpable 0 lasts across
 * execve.  False with what is wrong in why. */
bool plan_confine(struct plan *, char *why, size_t size);

#endif
