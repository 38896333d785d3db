/* SPDX-License-Identifier: ISC */
/*
 * The calls that libmilter makes on its way to a connection, and what becomes
 * of them here; see handover.h.  Nothing else in this program uses these
 * calls, so no other code is led astray, but for read and close: those are
 * looked at if they are of libmilter's connections (screen.h), whoever calls.
 *
 * Also syslog: there is none in an empty root directory, and the process has
 * no log of its own, like the sessions of the native engine.
 */
#include "libmilter/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmilter/screen.h"

static int pipe_fd[2];

/* The linker gives these names to libmilter's calls. */
int __wrap_socket(int domain, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_listen(int fd, int backlog);
int __wrap_accept(int fd, struct sockaddr *address, socklen_t *len);
ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
int __real_close(int fd);
int __wrap_close(int fd);
void __wrap_syslog(int priority, const char *format, ...);
void __wrap___syslog_chk(int priority, int flag, const char *format, ...);

bool
handover_init(void)
{
	return pipe(pipe_fd) == 0 &&
	       fcntl(pipe_fd[1], F_SETFL, O_NONBLOCK) == 0;
}

bool
handover_give(int fd)
{
	/* So few bytes go whole or not at all. */
	return write(pipe_fd[1], &fd, sizeof(fd)) == sizeof(fd);
}

int
__wrap_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	return pipe_fd[0];
}

int
__wrap_bind(int fd, const struct sockaddr *address, socklen_t len)
{
	(void)fd;
	(void)address;
	(void)len;
	return 0;
}

int
__wrap_listen(int fd, int backlog)
{
	(void)fd;
	(void)backlog;
	return 0;
}

/* libmilter wants to see the family of HANDOVER_ADDRESS. */
int
__wrap_accept(int fd, struct sockaddr *address, socklen_t *len)
{
	int connection;

	(void)len;
	if (read(fd, &connection, sizeof(connection)) != sizeof(connection)) {
		errno = EAGAIN;
		return -1;
	}
	if (!screen_open(connection)) {
		close(connection);
		errno = EAGAIN;
		return -1;
	}
	address->sa_family = AF_UNIX;
	return connection;
}

ssize_t
__wrap_read(int fd, void *buf, size_t size)
{
	return screen_take(fd, buf, __real_read(fd, buf, size));
}

int
__wrap_close(int fd)
{
	screen_close(fd);
	return __real_close(fd);
}

void
__wrap_syslog(int priority, const char *format, ...)
{
	(void)priority;
	(void)format;
}

void
__wrap___syslog_chk(int priority, int flag, const char *format, ...)
{
	(void)priority;
	(void)flag;
	(void)format;
}
