/* SPDX-License-Identifier: ISC */
/*
 * The system call programs in force, on top of each other and of all other
 * layers, as in the running daemon: what a session may do works, anything
 * else kills; and a child's whole start, from fork to its own program, works
 * under the monitor's.
 *
 * Needs root, and a build without address sanitizer, whose run-time makes
 * calls of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/fd_numbers.h"
#include "privsep/ipc/record.h"
#include "tests/unit/confine.h"

#define PROGRAM_FD 9 /* where the program for the start test comes in */

/* There only in a build with address sanitizer. */
extern void __asan_init(void) __attribute__((weak));

static struct policy_program program_monitor, program_listener, program_session,
    program_scanner;

/* A session with a pair on 3 and one on 4, as its listener makes it. */
static void
start_session(void)
{
	int pair[2];

	NEED(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	NEED(dup2(pair[0], 40) == 40 && dup2(pair[1], 41) == 41);
	confine();
	NEED(policy_load(policy_bytes(&program_listener)));
	NEED(dup3(40, SESSION_FD_MTA, 0) == SESSION_FD_MTA);
	NEED(dup3(41, SESSION_FD_SCANNER, 0) == SESSION_FD_SCANNER);
	NEED(dup3(40, 5, 0) == 5);
	NEED(sandbox_session(getppid(), 10));
	NEED(policy_load(policy_bytes(&program_session)));
}

static void
body_five_calls(void)
{
	struct pollfd pfd[2] = {
	    {.fd = SESSION_FD_MTA, .events = POLLIN},
	    {.fd = SESSION_FD_SCANNER, .events = POLLIN},
	};
	struct timespec now, wait = {.tv_nsec = 1000};
	char byte = 'x';

	start_session();
	NEED(ppoll(pfd, 2, &wait, NULL) == 0);
	NEED(write(SESSION_FD_MTA, &byte, 1) == 1);
	NEED(write(SESSION_FD_SCANNER, &byte, 1) == 1);
	NEED(ppoll(pfd, 2, NULL, NULL) == 2);
	NEED(read(SESSION_FD_MTA, &byte, 1) == 1);
	NEED(read(SESSION_FD_SCANNER, &byte, 1) == 1);
	/* past the vDSO */
	NEED(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now) == 0);
	_exit(0);
}

static void
body_sixth_call(void)
{
	start_session();
	syscall(SYS_getpid);
}

static void
body_other_descriptor(void)
{
	char byte;

	start_session();
	(void)!read(5, &byte, 1);
}

static void
body_other_clock(void)
{
	struct timespec now;

	start_session();
	syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
}

static void
body_session_forks(void)
{
	start_session();
	fork();
}

static void
body_listener_opens(void)
{
	confine();
	NEED(policy_load(policy_bytes(&program_listener)));
	open("/", O_RDONLY);
}

static void
body_scanner_execs(void)
{
	confine();
	NEED(policy_load(policy_bytes(&program_scanner)));
	execl("/bin/true", "true", (char *)NULL);
}

/* --- a child's whole start under the monitor's filter --------------------- */

/* The other half: runs in the executed image, in place of main. */
static int
started_child(void)
{
	NEED(sandbox_first(getppid()));
	NEED(pread(PROGRAM_FD, &program_listener, sizeof(program_listener),
		 0) == sizeof(program_listener));
	NEED(pread(PROGRAM_FD, confine_root, sizeof(confine_root),
		 sizeof(program_listener)) == sizeof(confine_root));
	NEED(pread(PROGRAM_FD, &machine, sizeof(machine),
		 sizeof(program_listener) + sizeof(confine_root)) ==
	     sizeof(machine));
	confine();
	NEED(confine_holds(report.layers, ALL_BUT_SECCOMP));
	NEED(policy_load(policy_bytes(&program_listener)));
	/* as the listener does it */
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	siginfo_t info;

	NEED(pid != -1);
	if (pid == 0)
		_exit(7);
	NEED(waitid(P_ALL, 0, &info, WEXITED) == 0 && info.si_status == 7);
	return 0;
}

static void
body_start(void)
{
	int fd = memfd_create("t", 0);
	int status_fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	char *const argv[] = {"test_seccomp", "started", NULL};
	char *const envp[] = {NULL};
	siginfo_t info;
	pid_t pid;

	NEED(write(fd, &program_listener, sizeof(program_listener)) ==
	     sizeof(program_listener));
	NEED(write(fd, confine_root, sizeof(confine_root)) ==
	     sizeof(confine_root));
	NEED(write(fd, &machine, sizeof(machine)) == sizeof(machine));
	NEED(sandbox_first(0));
	NEED(sandbox_monitor(&report));
	NEED((report.missing[0] == '\0') ==
	     ((machine & LAYER_BIT(LAYER_MDWE)) != 0));
	/* CHOWN=0 KILL=5 SETGID=6 SETUID=7 SYS_CHROOT=18 */
	NEED(status_field(status_fd, "CapPrm:\t") == 0x400e0);
	NEED(status_field(status_fd, "CapBnd:\t") == 0x400e0);
	NEED(policy_load(policy_bytes(&program_monitor)));
	pid = fork();
	NEED(pid != -1);
	if (pid == 0) {
		NEED(dup3(fd, PROGRAM_FD, 0) == PROGRAM_FD);
		execve("/proc/self/exe", argv, envp);
		_exit(2);
	}
	NEED(waitid(P_ALL, 0, &info, WEXITED) == 0);
	NEED(info.si_code == CLD_EXITED && info.si_status == 0);
}

PASSES(five_calls)
KILLED(sixth_call)
KILLED(other_descriptor)
KILLED(other_clock)
KILLED(session_forks)
KILLED(listener_opens)
KILLED(scanner_execs)
PASSES(start)

static int
set_up(void **state)
{
	if (policy_compile(&policy_monitor, 0, &program_monitor) != NULL ||
	    policy_compile(&policy_listener, 0, &program_listener) != NULL ||
	    policy_compile(&policy_session, 0, &program_session) != NULL ||
	    policy_compile(&policy_scanner, 0, &program_scanner) != NULL)
		return -1;
	return confine_set_up(state);
}

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_five_calls),
	    cmocka_unit_test(test_sixth_call),
	    cmocka_unit_test(test_other_descriptor),
	    cmocka_unit_test(test_other_clock),
	    cmocka_unit_test(test_session_forks),
	    cmocka_unit_test(test_listener_opens),
	    cmocka_unit_test(test_scanner_execs),
	    cmocka_unit_test(test_start),
	};

	if (argc == 2 && strcmp(argv[1], "started") == 0)
		return started_child();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (geteuid() != 0 || __asan_init != NULL) {
		puts("1..1\nnot ok 1 - needs root and no sanitizer");
		return 1;
	}
	confine_machine(tests, sizeof(tests) / sizeof(tests[0]));
	return cmocka_run_group_tests(tests, set_up, confine_tear_down);
}
