/* SPDX-License-Identifier: ISC */
/*
 * Standard error; see standard_error.h.  In pratiqued, at its start.
 *
 * O_NONBLOCK belongs to the open file, which the shell that started us shares;
 * so the pipe or terminal is opened again.  A regular file is not: the position
 * belongs to the open file as well, and it never waits.
 */
#include "privsep/start/standard_error.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_same(int fd, const struct stat *as)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == as->st_dev &&
	       st.st_ino == as->st_ino;
}

void
standard_error_own(void)
{
	struct stat st;
	int fd;

	if (fstat(STDERR_FILENO, &st) == -1 ||
	    (!S_ISFIFO(st.st_mode) && isatty(STDERR_FILENO) == 0))
		return;
	fd = open(
	    "/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd != -1 && is_same(fd, &st))
		dup2(fd, STDERR_FILENO);
	else if (S_ISFIFO(st.st_mode))
		fcntl(STDERR_FILENO, F_SETFL, O_WRONLY | O_NONBLOCK);
	if (fd != -1)
		close(fd);
}
