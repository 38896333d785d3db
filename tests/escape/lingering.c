/* SPDX-License-Identifier: ISC */
/*
 * A key reader that can be looked at: under all its layers, before it reads
 * the keys, it waits in front of a FIFO "wait" in the key directory, if there
 * is one, until somebody opens that for writing.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "keys/reader.h"

bool __real_reader_dir(struct keyring_pages *, const char *dir,
    const char *stamping, bool must_stamp);
bool __wrap_reader_dir(struct keyring_pages *, const char *dir,
    const char *stamping, bool must_stamp);

bool
__wrap_reader_dir(struct keyring_pages *pages, const char *dir,
    const char *stamping, bool must_stamp)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/wait", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd != -1)
		close(fd);
	return __real_reader_dir(pages, dir, stamping, must_stamp);
}
