/* SPDX-License-Identifier: ISC */
/* The way back to whoever started us; see launch.h. */
#include "privsep/start/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "privsep/ipc/exec_fds.h"

/* A start has each of the monitor's places twice for a moment. */
#define STARTER_FILES_MIN 64

_Static_assert(2 * MONITOR_FD_END < STARTER_FILES_MIN, "room for all places");

int
launch_manager(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	size_t len = path == NULL ? 0 : strlen(path);
	int fd;

	if (len < 2 || len >= sizeof(addr.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return -1;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@') /* abstract: the name begins with a NUL */
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd != -1 && connect(fd, (struct sockaddr *)&addr,
			    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
					len)) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool
launch_reset(char *why, size_t size)
{
	struct rlimit files;
	sigset_t none;

	/* Those of the C library and of the kernel cannot be set. */
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (getrlimit(RLIMIT_NOFILE, &files) == -1) {
		snprintf(why, size, "%s", strerror(errno));
		return false;
	}
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_max >= STARTER_FILES_MIN)
		return true;
	snprintf(why, size,
	    "only %llu descriptors are permitted; raise the limit "
	    "(LimitNOFILE=, ulimit -Hn) to at least %d",
	    (unsigned long long)files.rlim_max, STARTER_FILES_MIN);
	return false;
}

/* --- -d ----------------------------------------------------------------------- */

/* Hands on what the daemon says; false when there is no more. */
static bool
relay(int from)
{
	char text[4096];
	ssize_t n = read(from, text, sizeof(text));

	return n > 0 && write(STDERR_FILENO, text, (size_t)n) == n;
}

/* In the foreground, until the daemon has started or ended. */
static _Noreturn void
wait_for_daemon(int ready, int said)
{
	struct pollfd pfd[2] = {
	    {.fd = said, .events = POLLIN}, {.fd = ready, .events = POLLIN}};
	char byte;
	bool started;

	while (poll(pfd, 2, -1) > 0 && pfd[1].revents == 0) {
		if (pfd[0].revents != 0 && !relay(said))
			pfd[0].fd = -1;
	}
	started = read(ready, &byte, 1) == 1;
	fcntl(said, F_SETFL, O_NONBLOCK);
	while (relay(said))
		;
	if (!started)
		fputs("pratiqued: ended before it took connections\n", stderr);
	_exit(started ? 0 : 1);
}

bool
launch_detach(int *fd, int *stderr_fd)
{
	int ready[2], said[2];
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) == -1 || pipe2(said, O_CLOEXEC) == -1 ||
	    (*stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) == -1 ||
	    (pid = fork()) == -1)
		return false;
	if (pid > 0) {
		close(ready[1]);
		close(said[1]);
		wait_for_daemon(ready[0], said[0]);
	}
	close(ready[0]);
	close(said[0]);
	*fd = ready[1];
	/* The leader of a session could get a terminal again, so it ends. */
	if (setsid() == -1 || (pid = fork()) == -1)
		return false;
	if (pid > 0)
		_exit(0);
	return dup2(said[1], STDERR_FILENO) != -1 && close(said[1]) == 0;
}
