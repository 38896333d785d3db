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
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

char confine_root[] = CONFINE_ROOT;
struct sandbox_report report;
uint32_t machine;

#define LANDLOCK_VERSION 1U /* LANDLOCK_CREATE_RULESET_VERSION */
#define NAMESPACES	 (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)

/* --- what the machine has ------------------------------------------------- */

/* Whether it works for an ordinary user, in a child. */
static bool
machine_does(bool (*act)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(setresuid(TEST_UID, TEST_UID, TEST_UID) != 0 || !act());
	return pid != -1 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
has_namespaces(void)
{
	return unshare(NAMESPACES | CLONE_NEWNET) == 0;
}

static bool
has_mdwe(void)
{
	return prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0;
}

/* Refused where one is in force already, as in some containers. */
static bool
has_listener(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog all = {.len = 1, .filter = &allow};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		   SECCOMP_FILTER_FLAG_NEW_LISTENER, &all) != -1;
}

static uint32_t
machine_find(void)
{
	long landlock =
	    syscall(SYS_landlock_create_ruleset, NULL, 0UL, LANDLOCK_VERSION);
	uint32_t found =
	    ALL_BUT_SECCOMP | HAS_TCP_RULES | HAS_SCOPES | HAS_LISTENER;

	if (!machine_does(has_namespaces))
		found &=
		    ~(LAYER_BIT(LAYER_NAMESPACES) | LAYER_BIT(LAYER_NETWORK));
	if (!machine_does(has_mdwe))
		found &= ~LAYER_BIT(LAYER_MDWE);
	if (!machine_does(has_listener))
		found &= ~HAS_LISTENER;
	if (landlock < 1)
		found &= ~LAYER_BIT(LAYER_LANDLOCK);
	if (landlock < 4)
		found &= ~HAS_TCP_RULES;
	if (landlock < 6)
		found &= ~HAS_SCOPES;
	return found;
}

static void
nothing_to_do(void **state)
{
	(void)state;
}

static const char *
lack_text(uint32_t lack, char *buf, size_t size)
{
	if ((lack & HAS_LISTENER) != 0)
		return "listener of a filter";
	if ((lack & HAS_TCP_RULES) != 0)
		return "landlock for TCP";
	if ((lack & HAS_SCOPES) != 0)
		return "scopes of landlock";
	return sandbox_layers_text(lack, buf, size);
}

void
confine_machine(struct CMUnitTest *tests, size_t count)
{
	machine = machine_find();
	for (size_t i = 0; i < count; i++) {
		uint32_t lack =
		    (uint32_t)(uintptr_t)tests[i].initial_state & ~machine;
		char layers[128], *name;

		if (lack == 0)
			continue;
		if (asprintf(&name,
			"not on this machine: %s (unconfined: no %s)",
			tests[i].name,
			lack_text(lack, layers, sizeof(layers))) == -1)
			abort();
		tests[i].name = name; /* until the end */
		tests[i].test_func = nothing_to_do;
	}
}

bool
confine_holds(uint32_t layers, uint32_t wanted)
{
	uint32_t either = LAYER_BIT(LAYER_NETWORK) & ~machine;

	return ((layers ^ (wanted & machine)) & ~either) == 0;
}

/* One entry, "layer: what", of a report. */
static bool
machine_lacks(const char *entry)
{
	char name[32];
	size_t len = strcspn(entry, ":");

	if (len >= sizeof(name))
		return false;
	memcpy(name, entry, len);
	name[len] = '\0';
	if (strcmp(name, "landlock") == 0 &&
	    strstr(entry, "in this kernel") != NULL)
		return (machine & HAS_SCOPES) == 0;
	/* Without a user namespace there is no SETPCAP after a monitor's. */
	if (strcmp(name, "capabilities") == 0)
		return strstr(entry, "bounding set") != NULL &&
		       (machine & LAYER_BIT(LAYER_NAMESPACES)) == 0;
	return sandbox_layer_find(name) != LAYER_COUNT &&
	       (machine & LAYER_BIT(sandbox_layer_find(name))) == 0;
}

bool
confine_tells(const struct sandbox_report *told)
{
	char text[sizeof(told->missing)], *rest = text, *entry;
	uint32_t lack = ALL_BUT_SECCOMP & ~told->layers;

	memcpy(text, told->missing, sizeof(text));
	while (*rest != '\0') {
		entry = rest;
		rest = strstr(entry, "; ");
		if (rest == NULL)
			rest = entry + strlen(entry);
		else
			*rest = '\0', rest += 2;
		if (!machine_lacks(entry))
			return false;
	}
	for (int i = 0; i < LAYER_COUNT; i++) {
		char name[32];

		sandbox_layers_text(
		    lack & machine & LAYER_BIT(i), name, sizeof(name));
		if (*name != '\0')
			return false;
		sandbox_layers_text(
		    lack & ~machine & LAYER_BIT(i), name, sizeof(name));
		if (strstr(told->missing, name) == NULL)
			return false;
	}
	return true;
}

/* --- children ------------------------------------------------------------- */

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
	if (!sandbox_enter(&spec, &report) || !confine_tells(&report))
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
	NEED(policy_load(policy_bytes(&outer)));
}
