/* SPDX-License-Identifier: ISC */
/*
 * What is at a path of ours already, when pratiqued starts with the operator's
 * privilege.  Whatever an earlier run did not leave there stays as it is: a
 * slip in the configuration must not cost a file of somebody else's.
 */
#ifndef PRIVSEP_START_LEFTOVER_H
#define PRIVSEP_START_LEFTOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/span.h"

/* Removes the socket at path that nobody answers: one of root's, of our own
 * user's or of USER's, in a directory of one of these that nobody else may
 * write (a sticky one may be).  Symbolic links are not followed.  False with
 * what is wrong and the mend in why; then nothing was removed. */
bool leftover_socket(const char *path, uid_t user, char *why, size_t size);

/* Opens the file at path for reading and writing, made with MODE if it was not
 * there; one that was is taken, as it is, only if it is a regular file of our
 * own user without another name, and is empty or begins with what OURS accepts
 * (it is shown at most 32 bytes).  The descriptor, or -1 with what is wrong and
 * the mend in why, which calls it WHAT. */
int leftover_file(const char *path, mode_t mode, const char *what,
    bool (*ours)(struct span head), char *why, size_t size);

/* A directory of root's or our own that nobody else may write, and no link. */
bool leftover_directory(const char *path, char *why, size_t size);

#endif
