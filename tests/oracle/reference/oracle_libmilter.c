/* SPDX-License-Identifier: ISC */
/*
 * oracle-libmilter: one conversation through libmilter, with the callbacks of
 * libmilter/ and the stub host behind them, and with what keeps malformed
 * packets from it; started by the oracle, see shared.h.
 *
 * The library's calls are diverted (--wrap): instead of a listening socket it
 * gets a pipe, from which it "accepts" the connection that was there at the
 * start; reading tells whether it waited for more, closing that it is done.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libmilter/callbacks.h"
#include "libmilter/screen.h"
#include "libmilter/threads.h"
#include "tests/oracle/reference/shared.h"

static struct shared *shared;
static int pipe_fd[2];

/* --- calls of libmilter ------------------------------------------------------ */

ssize_t __real_read(int fd, void *buf, size_t size);
int __real_close(int fd);
ssize_t __wrap_read(int fd, void *buf, size_t size);
int __wrap_close(int fd);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_listen(int fd, int backlog);
int __wrap_accept(int fd, struct sockaddr *address, socklen_t *len);
void __wrap_syslog(int priority, const char *format, ...);
void __wrap___syslog_chk(int priority, int flag, const char *format, ...);

ssize_t
__wrap_read(int fd, void *buf, size_t size)
{
	ssize_t n = __real_read(fd, buf, size);

	if (fd == REFERENCE_FD_MTA && n == 0 && size > 0)
		shared->saw_end = true;
	return screen_take(fd, buf, n);
}

int
__wrap_close(int fd)
{
	if (fd != REFERENCE_FD_MTA)
		return __real_close(fd);
	shared->log_len = stub.log_len;
	memcpy(shared->log, stub.log, stub.log_len);
	shared->done = true;
	_exit(0);
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

int
__wrap_accept(int fd, struct sockaddr *address, socklen_t *len)
{
	char byte;

	(void)len;
	if (__real_read(fd, &byte, 1) != 1)
		_exit(2);
	if (!screen_open(REFERENCE_FD_MTA))
		_exit(2);
	address->sa_family = AF_UNIX;
	return REFERENCE_FD_MTA;
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

/* --- the process's side of the sessions -------------------------------------- */

/* No time passes here. */
uint64_t
wire_now(void)
{
	return 0;
}

struct scanner_link *
threads_open(void)
{
	static struct scanner_link unused;

	return &unused;
}

void
threads_renew(struct scanner_link *host)
{
	(void)host;
}

void
threads_use(struct scanner_link *host, SMFICTX *ctx)
{
	(void)host;
	(void)ctx;
}

void
threads_close(struct scanner_link *host)
{
	(void)host;
}

void
threads_message(bool open)
{
	(void)open;
}

void
threads_connection(bool closed)
{
	(void)closed;
}

int
main(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
	    REFERENCE_FD_SHARED, 0);
	if (shared == MAP_FAILED || pipe(pipe_fd) == -1 ||
	    write(pipe_fd[1], "", 1) != 1)
		return 2;
	stub_reset();
	stub.result = shared->result;
	stub_rules = shared->policy;
	(void)callbacks_run(&shared->settings, "unix:unused");
	return 2; /* it never ends by itself */
}
