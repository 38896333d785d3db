/* SPDX-License-Identifier: ISC */
/*
 * libmilter over one conversation, in a process of its own; see engines.h and
 * reference/main.c.  The input is written whole and its end with it, so no
 * time plays a part.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/oracle/engines.h"
#include "tests/oracle/reference/shared.h"

/* Far above what a run takes, on a machine that is busy. */
#define DEADLINE_MS 20000

static struct shared *shared;
static int shared_fd = -1;

static _Noreturn void
child(const char *program, int connection)
{
	char *const argv[] = {(char *)(uintptr_t)program, NULL};

	/* Out of the way of the places first. */
	connection = fcntl(connection, F_DUPFD, 10);
	shared_fd = fcntl(shared_fd, F_DUPFD, 10);
	if (dup2(connection, REFERENCE_FD_MTA) == -1 ||
	    dup2(shared_fd, REFERENCE_FD_SHARED) == -1 ||
	    close_range(REFERENCE_FD_SHARED + 1, ~0U, 0) == -1)
		_exit(2);
	execv(program, argv);
	_exit(2);
}

static bool
write_some(int fd, struct cursor *c)
{
	ssize_t n = send(fd, c->at, c->left, MSG_NOSIGNAL);
	struct span done;

	if (n > 0)
		(void)cursor_take(c, (size_t)n, &done);
	else if (errno != EAGAIN)
		(void)cursor_rest(c); /* it does not want more */
	if (cursor_empty(c))
		shutdown(fd, SHUT_WR);
	return cursor_empty(c);
}

/* Writes the input and reads the replies, until the other end closes. */
static void
converse(int fd, struct span input, struct trace *t)
{
	struct cursor c = cursor_of(input);
	bool written = write_some(fd, &c);

	t->sent_len = 0;
	for (;;) {
		struct pollfd p = {
		    .fd = fd, .events = POLLIN | (written ? 0 : POLLOUT)};
		ssize_t n;

		if (poll(&p, 1, DEADLINE_MS) <= 0)
			return;
		if (!written && (p.revents & POLLOUT) != 0)
			written = write_some(fd, &c);
		if ((p.revents & (POLLIN | POLLHUP | POLLERR)) == 0)
			continue;
		n = read(
		    fd, t->sent + t->sent_len, sizeof(t->sent) - t->sent_len);
		if (n <= 0)
			return;
		t->sent_len += (size_t)n;
	}
}

static void
share(void)
{
	shared_fd = memfd_create("oracle", MFD_CLOEXEC);
	if (shared_fd == -1 || ftruncate(shared_fd, sizeof(*shared)) == -1)
		exit(1);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
	    shared_fd, 0);
	if (shared == MAP_FAILED)
		exit(1);
}

void
reference_run(const char *program, const struct session_settings *settings,
    const struct host_result *result, struct span input, struct trace *t)
{
	int pair[2];
	pid_t pid;

	if (shared == NULL)
		share();
	shared->settings = *settings;
	shared->result = *result;
	shared->done = shared->saw_end = false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		exit(1);
	pid = fork();
	if (pid == 0)
		child(program, pair[1]);
	close(pair[1]);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	converse(pair[0], input, t);
	close(pair[0]);
	if (pid == -1)
		exit(1);
	kill(pid, SIGKILL); /* if it is stuck */
	waitpid(pid, NULL, 0);
	t->log_len = shared->log_len;
	memcpy(t->log, shared->log, t->log_len);
	t->ending = !shared->done     ? ENDED_BADLY
		    : shared->saw_end ? ENDED_AT_EOF
				      : ENDED_BY_US;
}
