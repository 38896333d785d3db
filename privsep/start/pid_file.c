/* SPDX-License-Identifier: ISC */
/* The file for the process id; see pid_file.h. */
#include "privsep/start/pid_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "privsep/start/leftover.h"

/* Of a file: more than any kernel's process ids have digits. */
#define TEXT_MAX 32

struct span
pid_file_number(struct span text)
{
	size_t digits = 0;

	while (digits < text.len && text.ptr[digits] >= '0' &&
	       text.ptr[digits] <= '9')
		digits++;
	if (digits + 1 != text.len || text.ptr[digits] != '\n')
		return span_of(NULL, 0);
	return span_of(text.ptr, digits);
}

static bool
is_pid_file(struct span head)
{
	return pid_file_number(head).len > 0;
}

/* The current directory is about to change. */
static bool
from_root(const char *path, char absolute[static PATH_MAX])
{
	char here[PATH_MAX] = "";

	if (*path != '/' && getcwd(here, sizeof(here)) == NULL)
		return false;
	return snprintf(absolute, PATH_MAX, "%s%s%s", here,
		   *here == '\0' ? "" : "/", path) < PATH_MAX;
}

/* Meanwhile the last daemon may have removed it, and another one made it. */
static bool
is_still_there(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && lstat(path, &there) == 0 &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* Whose lock it is, as far as the file tells: it may be empty by now, or have
 * anything in it. */
static void
say_who(int fd, const char *path, char *why, size_t size)
{
	uint8_t text[TEXT_MAX];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	struct span pid = pid_file_number(span_of(text, n > 0 ? (size_t)n : 0));
	bool told = pid.len > 0;

	snprintf(why, size,
	    "pratiqued is already running with pid file %s (process %.*s); stop it "
	    "first, or give another file with -p",
	    path, told ? (int)pid.len : 1, told ? (const char *)pid.ptr : "?");
}

int
pid_file_open(
    const char *path, char absolute[static PATH_MAX], char *why, size_t size)
{
	int fd;

	if (!from_root(path, absolute)) {
		snprintf(why, size, "the path of the pid file is too long");
		return -1;
	}
	fd = leftover_file(absolute, 0644, "pid file", is_pid_file, why, size);
	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 || !is_still_there(fd, absolute))
		say_who(fd, absolute, why, size);
	else if (ftruncate(fd, 0) == -1 ||
		 dprintf(fd, "%ld\n", (long)getpid()) < 0)
		snprintf(why, size, "cannot write pid file %s: %s", path,
		    strerror(errno));
	else
		return fd;
	close(fd);
	return -1;
}
