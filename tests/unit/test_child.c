/* SPDX-License-Identifier: ISC */
/*
 * What a program of ours finds when it is started: privsep/ipc/child.c and
 * exec_fds.c.  The program is this one, which tells what it has: each of its
 * descriptors by the letter that the file begins with.
 */
#include "privsep/ipc/child.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROLE   "told-by-the-test"
#define LOOKED 12 /* descriptors from 3 on */
#define SELF   "/proc/self/exe"

extern char **environ;

/* What a descriptor is: '-' closed, '*' a socket, or its first byte. */
static char
kind_of(int fd)
{
	struct stat st;
	char byte = '?';

	if (fstat(fd, &st) == -1)
		return '-';
	if (S_ISSOCK(st.st_mode))
		return '*';
	return pread(fd, &byte, 1, 0) == 1 ? byte : '?';
}

/* As the program that was started: says all that to the first socket. */
static int
tell(void)
{
	char text[LOOKED + 64] = "";
	struct stat in, out;
	sigset_t blocked;
	int to = 3;

	for (int i = 0; i < LOOKED; i++)
		text[i] = kind_of(3 + i);
	while (to < 3 + LOOKED && kind_of(to) != '*')
		to++;
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	if (environ[0] != NULL)
		strcat(text, " environment");
	if (getpgrp() != getpid())
		strcat(text, " group");
	if (sigismember(&blocked, SIGTERM) != 0)
		strcat(text, " signals");
	if (fstat(0, &in) == -1 || fstat(1, &out) == -1 ||
	    in.st_ino != out.st_ino || in.st_dev != out.st_dev)
		strcat(text, " output");
	return write(to, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : 1;
}

/* A file that begins with that letter, at that descriptor. */
static void
put(int fd, char letter)
{
	int low = memfd_create("test", MFD_CLOEXEC);
	int made = fcntl(low, F_DUPFD_CLOEXEC, 100);

	close(low);

	assert_int_equal(write(made, &letter, 1), 1);
	assert_int_equal(dup2(made, fd), fd); /* open across an execve */
	close(made);
}

static int
setup(void **state)
{
	sigset_t term;

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	for (int i = 0; i < LOOKED; i++)
		put(3 + i, (char)('a' + i));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (int i = 0; i < LOOKED; i++)
		close(3 + i);
	return 0;
}

/* Each descriptor in its place, though places are taken by others; what has no
 * place is closed, and what is -1 is nothing. */
static void
test_places(void **state)
{
	struct child_plan plan = {.program = SELF, .role = ROLE, .fds = 6};
	const int fd[] = {-1, 7, 4, -1, 5, 14};
	char text[128] = "";
	int channel = -1, status;
	pid_t pid;

	(void)state;
	memcpy(plan.fd, fd, sizeof(fd));
	pid = child_start(&plan, &channel);
	assert_true(pid > 0);
	assert_true(fcntl(channel, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(recv(channel, text, sizeof(text) - 1, MSG_DONTWAIT) > 0);
	assert_string_equal(text, "*eb-cl------");
	/* It has ended, and nobody else holds its end. */
	assert_int_equal(recv(channel, text, sizeof(text), MSG_DONTWAIT), 0);
	close(channel);
	/* Ours are where they were. */
	for (int i = 0; i < LOOKED; i++)
		assert_int_equal(kind_of(3 + i), 'a' + i);
}

/* Without a channel: the first is descriptor 3. */
static void
test_run(void **state)
{
	char text[128] = "";
	int pair[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	pid = child_run(SELF, ROLE, (const int[]){pair[0], 3, 4}, 3);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(recv(pair[1], text, sizeof(text) - 1, MSG_DONTWAIT) > 0);
	assert_string_equal(text, "*ab---------");
	close(pair[0]);
	close(pair[1]);
}

/* Places that are free in us, and places that are to be empty. */
static void
test_gaps(void **state)
{
	char text[128] = "";
	int pair[2], up, status;
	pid_t pid;

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	up = fcntl(pair[0], F_DUPFD_CLOEXEC, 200);
	close(pair[0]);
	teardown(state);
	put(10, 'z');
	pid = child_run(SELF, ROLE, (const int[]){-1, 10, -1, up}, 4);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(recv(pair[1], text, sizeof(text) - 1, MSG_DONTWAIT) > 0);
	assert_string_equal(text, "-z-*--------");
	close(up);
	close(pair[1]);
}

/* A program that is not there, and more than there are places for. */
static void
test_not_there(void **state)
{
	int fd[EXEC_FDS_MAX + 1] = {0}, status;
	pid_t pid = child_run("/nonexistent", ROLE, fd, 1);

	(void)state;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	assert_false(exec_fds_take(fd, EXEC_FDS_MAX + 1));
	assert_int_equal(kind_of(3), 'a');
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    T(test_places),
	    T(test_run),
	    T(test_gaps),
	    T(test_not_there),
	};

	if (argc == 2 && strcmp(argv[1], ROLE) == 0)
		return tell();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
