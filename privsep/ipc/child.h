/* SPDX-License-Identifier: ISC */
/*
 * Starting a child: fork, the child's descriptors in their places, exec.
 */
#ifndef PRIVSEP_IPC_CHILD_H
#define PRIVSEP_IPC_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "privsep/ipc/boot.h"
#include "privsep/ipc/exec_fds.h"

/* Starts the program in a process group of its own, with /dev/null as
 * standard input and output, our standard error, and the descriptors of the
 * plan.  *channel becomes our end of its channel.  -1 with errno. */
pid_t child_start(const struct child_plan *, int *channel);

/* The same for a program that has no channel: fd[0] becomes its descriptor 3,
 * and so on.  -1 with errno. */
pid_t child_run(
    const char *program, const char *role, const int *fd, size_t count);

/* What the child does: the same without the fork.  Does not come back. */
_Noreturn void child_become(
    const char *program, const char *role, const int *fd, size_t count);

#endif
