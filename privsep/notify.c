/* SPDX-License-Identifier: ISC */
/*
 * sd_notify and detaching; see notify.h.  In the monitor; the descriptors are
 * made before it is confined and used afterwards.
 */
#include "privsep/notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int manager_fd = -1;
static int parent_fd = -1;

void
notify_init(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	size_t len = path == NULL ? 0 : strlen(path);

	if (len < 2 || len >= sizeof(addr.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@') /* abstract: the name begins with a NUL */
		addr.sun_path[0] = '\0';
	manager_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (manager_fd == -1)
		return;
	if (connect(manager_fd, (struct sockaddr *)&addr,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) ==
	    -1) {
		close(manager_fd);
		manager_fd = -1;
	}
}

bool
notify_detach(void)
{
	int fd[2];
	char byte;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		return false;
	if (pid > 0) {
		close(fd[1]);
		_exit(read(fd[0], &byte, 1) == 1 ? 0 : 1);
	}
	close(fd[0]);
	parent_fd = fd[1];
	return setsid() != -1;
}

static void
tell_manager(const char *state)
{
	if (manager_fd != -1)
		(void)!write(manager_fd, state, strlen(state));
}

void
notify_ready(void)
{
	tell_manager("READY=1\nSTATUS=taking connections");
	if (parent_fd != -1) {
		(void)!write(parent_fd, "", 1);
		close(parent_fd);
		parent_fd = -1;
	}
}

void
notify_stopping(void)
{
	tell_manager("STOPPING=1\nSTATUS=finishing open sessions");
}
