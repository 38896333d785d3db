/* SPDX-License-Identifier: ISC */
/*
 * What an earlier run left behind; see leftover.h.  In pratiqued, before it
 * becomes the monitor.
 *
 * Everything is examined by descriptor, so that what was examined is what is
 * taken.
 */
#include "privsep/start/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/ensure.h"

#define HEAD_MAX 32

static bool
is_ours(uid_t owner, uid_t user)
{
	return owner == 0 || owner == geteuid() || owner == user;
}

/* Whoever may write a directory can put something else in a socket's place.  In
 * a sticky one nobody can touch what belongs to others. */
static bool
others_may_write(const struct stat *st)
{
	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	       (st->st_mode & S_ISVTX) == 0;
}

/* --- sockets ------------------------------------------------------------------ */

static bool
is_answered(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused;

	if (fd == -1 || len >= sizeof(sun.sun_path))
		return true;
	memcpy(sun.sun_path, path, len + 1);
	refused = connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 &&
		  errno == ECONNREFUSED;
	close(fd);
	return !refused;
}

static bool
directory_is_safe(int dir, uid_t user, char *why, size_t size)
{
	struct stat st;

	if (fstat(dir, &st) == -1) {
		snprintf(why, size, "%s", strerror(errno));
		return false;
	}
	if (!is_ours(st.st_uid, user)) {
		snprintf(why, size,
		    "a socket was left behind there, and its directory belongs "
		    "to uid %u; remove it yourself, and give the directory to "
		    "root (chown)",
		    st.st_uid);
		return false;
	}
	if (others_may_write(&st)) {
		snprintf(why, size,
		    "a socket was left behind there, and others can write to "
		    "its directory (mode %04o); remove it yourself, and take that "
		    "right from them (chmod go-w)",
		    (unsigned int)(st.st_mode & 07777));
		return false;
	}
	return true;
}

/* The file that the descriptor stands for; NULL, or why it must stay. */
static const char *
socket_is_left(int fd, uid_t user, const char *path)
{
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISSOCK(st.st_mode))
		return "something that is not a socket is in the way; remove "
		       "it yourself or choose another path";
	if (is_answered(path))
		return "another process listens there; stop it or choose "
		       "another path";
	if (!is_ours(st.st_uid, user))
		return "a socket of another user was left behind there; "
		       "remove it yourself or choose another path";
	return NULL;
}

/* Is this name in the directory still the file that we have looked at? */
static bool
is_still(int dir, const char *name, int fd)
{
	struct stat then, now;

	return fstat(fd, &then) == 0 &&
	       fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       then.st_dev == now.st_dev && then.st_ino == now.st_ino;
}

static bool
remove_from(int dir, const char *name, const char *path, uid_t user, char *why,
    size_t size)
{
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	const char *against = socket_is_left(fd, user, path);
	bool good = against == NULL && directory_is_safe(dir, user, why, size);

	if (against != NULL) {
		snprintf(why, size, "%s", against);
	} else if (good &&
		   (!is_still(dir, name, fd) || unlinkat(dir, name, 0) == -1)) {
		snprintf(why, size,
		    "cannot remove the socket that was left behind there; "
		    "remove it yourself");
		good = false;
	}
	if (fd != -1)
		close(fd);
	return good;
}

bool
leftover_socket(const char *path, uid_t user, char *why, size_t size)
{
	char first[PATH_MAX], second[PATH_MAX];
	int dir;
	bool good;

	ensure(path[0] == '/');
	snprintf(first, sizeof(first), "%s", path);
	snprintf(second, sizeof(second), "%s", path);
	dir = open(dirname(first), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1) {
		snprintf(why, size, "%s", strerror(errno));
		return false;
	}
	good = remove_from(dir, basename(second), path, user, why, size);
	close(dir);
	return good;
}

/* --- files and directories ---------------------------------------------------- */

/* NULL, or why this file must not be taken. */
static const char *
file_is_left(int fd, bool (*ours)(struct span head))
{
	uint8_t head[HEAD_MAX];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "is not a regular file";
	if (st.st_uid != geteuid())
		return "belongs to another user";
	if (st.st_nlink > 1)
		return "has another name (a hard link)";
	n = pread(fd, head, sizeof(head), 0);
	if (n == -1)
		return strerror(errno);
	return n == 0 || ours(span_of(head, (size_t)n)) ? NULL : "is not one";
}

int
leftover_file(const char *path, mode_t mode, const char *what,
    bool (*ours)(struct span head), char *why, size_t size)
{
	/* Not blocking: nobody may be at the other end of a FIFO. */
	int fd = open(path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
	    mode);
	const char *against;

	if (fd == -1) {
		snprintf(why, size, "cannot open %s %s: %s", what, path,
		    errno == ELOOP ? "it is a symbolic link" : strerror(errno));
		return -1;
	}
	against = file_is_left(fd, ours);
	if (against == NULL && fchmod(fd, mode) == -1)
		against = strerror(errno);
	if (against != NULL) {
		snprintf(why, size,
		    "%s is in the way of the %s: it %s; remove it yourself or "
		    "choose another path",
		    path, what, against);
		close(fd);
		return -1;
	}
	return fd;
}

bool
leftover_directory(const char *path, char *why, size_t size)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	    is_ours(st.st_uid, 0) && !others_may_write(&st))
		return true;
	snprintf(why, size,
	    "%s is in the way: it is not a directory of root or of this user "
	    "that nobody else can write to; remove it",
	    path);
	return false;
}
