/* SPDX-License-Identifier: ISC */
/*
 * Children for tests of confinement; see confine.h.
 */
#include "tests/unit/confine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char confine_root[] = CONFINE_ROOT;
struct sandbox_report report;

int
confine_set_up(void **state)
{
	(void)state;
	if (mkdtemp(confine_root) == NULL)
		return -1;
	return chmod(confine_root, 0755);
}

int
confine_tear_down(void **state)
{
	(void)state;
	return rmdir(confine_root);
}

noreturn void
child_fault(const char *what, int line)
{
	dprintf(STDERR_FILENO, "# line %d: %s (%s)\n", line, what,
	    strerrorname_np(errno));
	_exit(1);
}

/* Runs body in a child; returns its wait status. */
static int
child_run(void (*body)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		body();
		_exit(0);
	}
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

void
child_passes(void (*body)(void))
{
	int status = child_run(body);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void
child_dies_of(void (*body)(void), int sig)
{
	int status = child_run(body);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), sig);
}

struct sandbox_spec
spec_of_listener(void)
{
	struct sandbox_spec spec = {.uid = TEST_UID,
	    .gid = TEST_GID,
	    .empty_network = 1,
	    .max_files = 64,
	    .max_processes = 32,
	    .max_file_size = FILE_MAX,
	    .max_memory = SANDBOX_KEEP};

	memcpy(spec.root, confine_root, sizeof(confine_root));
	return spec;
}

void
confine(void)
{
	struct sandbox_spec spec = spec_of_listener();

	NEED(sandbox_first(getppid()));
	if (!sandbox_enter(&spec, &report) || report.missing[0] != '\0')
		child_fault(report.missing, __LINE__);
}

unsigned long long
status_field(int fd, const char *key)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	const char *at;

	NEED(n > 0);
	text[n] = '\0';
	at = strstr(text, key);
	if (at == NULL)
		child_fault(key, __LINE__);
	return strtoull(at + strlen(key), NULL, 16);
}

void
refuse(uint32_t nr1, uint32_t error1, uint32_t nr2, uint32_t error2)
{
	struct policy_program outer = {.length = 6,
	    .code = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr1, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error2),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    }};

	NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	NEED(policy_load(&outer));
}
