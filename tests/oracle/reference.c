/* SPDX-License-Identifier: ISC */
/*
 * libmilter over one conversation, in a process of its own; see engines.h and
 * reference/oracle_libmilter.c.  The input is written whole and its end with it, so no
 * time plays a part.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
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

/* Not by fork: under a sanitizer most of its time would go into copying the
 * shadow of the memory.  Returns -1 if it cannot be started. */
static pid_t
start(const char *program, int connection)
{
	char *const argv[] = {(char *)(uintptr_t)program, NULL};
	posix_spawn_file_actions_t a;
	pid_t pid = -1;
	bool ok;

	if (posix_spawn_file_actions_init(&a) != 0)
		return -1;
	/* Both are out of the way of the two places. */
	ok = posix_spawn_file_actions_adddup2(
		 &a, connection, REFERENCE_FD_MTA) == 0 &&
	     posix_spawn_file_actions_adddup2(
		 &a, shared_fd, REFERENCE_FD_SHARED) == 0 &&
	     posix_spawn_file_actions_addclosefrom_np(
		 &a, REFERENCE_FD_SHARED + 1) == 0 &&
	     posix_spawn(&pid, program, &a, NULL, argv, environ) == 0;
	posix_spawn_file_actions_destroy(&a);
	return ok ? pid : -1;
}

/* The same descriptor with a number of 10 or more, not passed on. */
static int
lift(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 10);

	close(fd);
	return high;
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
		int ready = poll(&p, 1, DEADLINE_MS);

		if (ready == -1 && errno == EINTR)
			continue; /* a fuzzer's clock */
		if (ready <= 0)
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
	shared_fd = lift(memfd_create("oracle", MFD_CLOEXEC));
	if (shared_fd == -1 || ftruncate(shared_fd, sizeof(*shared)) == -1)
		exit(1);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
	    shared_fd, 0);
	if (shared == MAP_FAILED)
		exit(1);
}

void
reference_run(const char *program, const struct session_settings *settings,
    const struct scan_result *result, struct span input, struct trace *t)
{
	int pair[2];
	pid_t pid;

	if (shared == NULL)
		share();
	shared->settings = *settings;
	shared->result = *result;
	shared->policy = stub_rules;
	shared->done = shared->saw_end = false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		exit(1);
	pair[1] = lift(pair[1]);
	pid = start(program, pair[1]);
	close(pair[1]);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	converse(pair[0], input, t);
	close(pair[0]);
	if (pid == -1)
		exit(1);
	kill(pid, SIGKILL); /* if it is stuck */
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	t->log_len = shared->log_len;
	memcpy(t->log, shared->log, t->log_len);
	t->ending = !shared->done     ? ENDED_BADLY
		    : shared->saw_end ? ENDED_AT_EOF
				      : ENDED_BY_US;
}
