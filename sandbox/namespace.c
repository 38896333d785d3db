/* SPDX-License-Identifier: ISC */
/*
 * Namespaces and root directory of listener and scanner; sessions inherit
 * both.
 *
 * A user namespace comes with the others: it is what makes them possible
 * without CAP_SYS_ADMIN, which the monitor has given up.  No id is mapped in
 * it, so that not even setuid to an own id is left.  It must come before
 * chroot: the kernel gives none to a process that is in one.  Where it is
 * refused, chroot still works with the CAP_SYS_CHROOT that the monitor kept.
 *
 * A root directory that is to contain several others has them bound into it,
 * which requires the mount namespace.  Without that they could only be reached
 * from a root that contains much else: then the layer counts as missing.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "sandbox/layer.h"

/* True if the network that we are in has no interface but lo: a service
 * manager or container gave us an empty one.  False if /proc does not tell. */
static bool
network_is_empty(void)
{
	char text[1024]; /* two lines of headings, lo, and one would be more */
	unsigned int lines = 0;
	int fd = open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd != -1)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	for (ssize_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines == 2 || (lines == 3 && strstr(text, " lo:") != NULL);
}

void
namespace_make(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	int error,
	    flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;

	if (spec->empty_network)
		flags |= CLONE_NEWNET;
	/* All or nothing: the kernel undoes a part that it did. */
	if (unshare(flags) == -1) {
		error = errno;
		layer_miss(report, LAYER_NAMESPACES, "refused", error);
		if (spec->empty_network && network_is_empty())
			layer_hold(report, LAYER_NETWORK);
		else if (spec->empty_network)
			layer_miss(report, LAYER_NETWORK, "refused", error);
		return;
	}
	layer_hold(report, LAYER_NAMESPACES);
	if (spec->empty_network)
		layer_hold(report, LAYER_NETWORK);
}

/* A root that contains everything confines nothing. */
static bool
is_host_root(const char *path)
{
	return strspn(path, "/") == strlen(path);
}

/* Nothing is handed to the mount but the two paths and MS_BIND. */
static bool
namespace_bind(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	char place[PATH_MAX + 16];

	/* Never in a namespace that is not our own. */
	if (spec->binds > 0 &&
	    (report->layers & LAYER_BIT(LAYER_NAMESPACES)) == 0) {
		layer_miss(report, LAYER_ROOT,
		    "sockets in several directories need a mount namespace", 0);
		return false;
	}
	for (uint32_t i = 0; i < spec->binds && i < SANDBOX_BINDS_MAX; i++) {
		if (is_host_root(spec->bind[i])) {
			layer_miss(report, LAYER_ROOT,
			    "a socket is in the host's root directory", 0);
			return false;
		}
		snprintf(place, sizeof(place), "%s/%u", spec->root, i);
		if (mount(spec->bind[i], place, NULL, MS_BIND, NULL) == -1 &&
		    errno != ENOENT) {
			layer_miss(report, LAYER_ROOT,
			    "a directory of sockets cannot be bound", errno);
			return false;
		}
	}
	return true;
}

static int
enter_directory(const struct sandbox_spec *spec)
{
	int r = chdir(spec->root);

	if (r == -1 && errno == ENOENT && spec->empty[0] == '/')
		r = chdir(spec->empty);
	return r;
}

void
namespace_root(const struct sandbox_spec *spec, struct sandbox_report *report)
{
	if (spec->root[0] == '\0')
		return;
	if (spec->root[0] != '/') {
		layer_miss(report, LAYER_ROOT, "not an absolute path", 0);
		return;
	}
	if (is_host_root(spec->root)) {
		layer_miss(report, LAYER_ROOT,
		    "the socket is in the host's root directory", 0);
		return;
	}
	if (!namespace_bind(spec, report))
		return;
	if (enter_directory(spec) == -1)
		layer_miss(report, LAYER_ROOT, "chdir", errno);
	else if (chroot(".") == -1 || chdir("/") == -1)
		layer_miss(report, LAYER_ROOT, "chroot", errno);
	else
		layer_hold(report, LAYER_ROOT);
}
