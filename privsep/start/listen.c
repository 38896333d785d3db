/* SPDX-License-Identifier: ISC */
/* Opening listening sockets in pratiqued, before it becomes the monitor. */
#include "privsep/start/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/start/leftover.h"

/* Room for a burst of MTAs; the kernel cuts it to net.core.somaxconn. */
#define BACKLOG 4096

static int
failed(int fd, const char *what, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", what, strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

/* Mode and group are right from the first moment.  With a group for new files
 * no CAP_CHOWN is needed; where that is refused, settle notices. */
static int
bind_local(int fd, const struct address *a, mode_t mode, gid_t gid)
{
	mode_t before = umask(0777 & ~mode);
	int group = gid == (gid_t)-1 ? -1 : setfsgid(gid);
	int r = bind(fd, &a->any, a->len);

	if (group != -1)
		setfsgid((gid_t)group);
	umask(before);
	return r;
}

/* By descriptor, since others may be able to write the directory: what is at
 * the path must be a socket of ours, and stays the one that is looked at. */
static const char *
settle(int at, mode_t mode, gid_t gid)
{
	char name[32];
	struct stat st;

	if (at == -1 || fstat(at, &st) == -1)
		return "cannot be examined";
	errno = 0;
	if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
		return "somebody has put something else in its place; use a "
		       "directory that only root can write to";
	if (gid != (gid_t)-1 && st.st_gid != gid &&
	    fchownat(at, "", (uid_t)-1, gid, AT_EMPTY_PATH) == -1)
		return "cannot set socket_group; without root this user must "
		       "be a member of it";
	/* A default ACL of the directory overrides the umask. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", at);
	if ((st.st_mode & 07777) != mode && chmod(name, mode) == -1)
		return "cannot set socket_mode";
	return NULL;
}

bool
listen_settle(const char *path, mode_t mode, gid_t gid, char *why, size_t size)
{
	int at = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	const char *fault = settle(at, mode, gid);

	if (fault != NULL)
		snprintf(why, size, "%s%s%s", fault, errno != 0 ? ": " : "",
		    errno != 0 ? strerror(errno) : "");
	if (at != -1)
		close(at);
	return fault == NULL;
}

static int
listen_local(int fd, const struct address *a, const struct config *c, char *why,
    size_t size)
{
	mode_t mode = c->socket_mode;
	gid_t gid = c->socket_gid;
	int r = bind_local(fd, a, mode, gid);

	if (r == -1 && errno == EADDRINUSE) {
		if (!leftover_socket(
			a->local.sun_path, c->user_uid, why, size)) {
			close(fd);
			return -1;
		}
		r = bind_local(fd, a, mode, gid);
	}
	if (r == -1)
		return failed(fd,
		    "cannot bind (does the directory exist, and may this user "
		    "write to it?)",
		    why, size);
	if (!listen_settle(a->local.sun_path, mode, gid, why, size)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What to do about an Internet address that cannot be listened on. */
static const char *
bind_mend(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another process listens on this port; stop it or "
		       "choose another one";
	case EADDRNOTAVAIL:
		return "this host does not have the address; choose one that "
		       "`ip address` lists";
	case EACCES:
		return "ports below 1024 are reserved for root; choose a higher one";
	default:
		return "cannot bind";
	}
}

int
listen_open(
    const struct address *a, const struct config *c, char *why, size_t size)
{
	int on = 1;
	int family = a->any.sa_family;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	ensure(a->len <= sizeof(a->storage));
	if (a->len == 0) {
		errno = EADDRNOTAVAIL;
		return failed(
		    fd, "the address of its host is not known", why, size);
	}
	if (fd == -1 && errno == EAFNOSUPPORT)
		return failed(fd,
		    "this kind of address is not permitted here; the systemd "
		    "unit needs RestrictAddressFamilies= and PrivateNetwork= "
		    "for it",
		    why, size);
	if (fd == -1)
		return failed(fd, "cannot create a socket", why, size);
	if (family == AF_UNIX) {
		if (listen_local(fd, a, c, why, size) == -1)
			return -1;
	} else {
		if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ==
			-1 ||
		    (family == AF_INET6 &&
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
			    sizeof(on)) == -1) ||
		    bind(fd, &a->any, a->len) == -1)
			return failed(fd, bind_mend(errno), why, size);
	}
	if (listen(fd, BACKLOG) == -1)
		return failed(fd, "cannot listen", why, size);
	return fd;
}
