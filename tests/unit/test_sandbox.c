/* SPDX-License-Identifier: ISC */
/*
 * The layers besides seccomp, as the kernel sees them.  Every refusal has a
 * control beside it that shows the same act succeeding without the layer.
 *
 * As root everything is tested; as another user the degraded run alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/confine.h"
#include "tests/unit/pace.h"

static void
body_identity(void)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	NEED(fd != -1);
	NEED(status_field(fd, "CapBnd:\t") != 0); /* control */
	confine();
	NEED(confine_holds(report.layers, ALL_BUT_SECCOMP));
	NEED(status_field(fd, "CapInh:\t") == 0);
	NEED(status_field(fd, "CapPrm:\t") == 0);
	NEED(status_field(fd, "CapEff:\t") == 0);
	NEED(status_field(fd, "CapBnd:\t") == 0);
	NEED(status_field(fd, "CapAmb:\t") == 0);
	NEED(status_field(fd, "NoNewPrivs:\t") == 1);
	NEED(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	NEED(setuid(0) == -1 && setgid(0) == -1);
	/* Not mapped, if there is a user namespace. */
	if ((report.layers & LAYER_BIT(LAYER_NAMESPACES)) != 0)
		NEED(setresuid(TEST_UID, TEST_UID, TEST_UID) == -1);
	NEED(unshare(CLONE_NEWUSER) == -1);
	NEED(clearenv() == 0 && getenv("PATH") == NULL);
}

/* From outside, where ids are seen unmapped. */
static void
test_uid_seen_from_outside(void **state)
{
	int pair[2];
	char byte, path[64];
	struct stat st;
	pid_t pid;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	pid = fork();
	if (pid == 0) {
		confine();
		NEED(write(pair[1], "", 1) == 1);
		pause();
	}
	close(pair[1]);
	assert_int_equal(read(pair[0], &byte, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	assert_int_equal(stat(path, &st), 0); /* not dumpable: root's */
	assert_int_equal(st.st_uid, 0);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *f = fopen(path, "r");
	char line[256], want[64];
	int found = 0;

	assert_non_null(f);
	snprintf(want, sizeof(want), "\t%d\t%d\t%d\t%d\n", TEST_UID, TEST_UID,
	    TEST_UID, TEST_UID);
	while (fgets(line, sizeof(line), f) != NULL)
		found += strncmp(line, "Uid:", 4) == 0 &&
			 strcmp(line + 4, want) == 0;
	fclose(f);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(pair[0]);
	assert_int_equal(found, 1);
}

static void
body_files(void)
{
	struct sandbox_spec spec = spec_of_listener();

	ids_take(&spec, &report);
	namespace_make(&spec, &report);
	caps_raise();
	NEED(access("/etc/passwd", R_OK) == 0); /* control for chroot */
	namespace_root(&spec, &report);
	NEED(access("/etc/passwd", R_OK) == -1 && errno == ENOENT);
	NEED(access("/", F_OK) == 0);
}

static void
body_landlock(void)
{
	struct sandbox_spec spec = spec_of_listener();
	int fd = open("/", O_RDONLY | O_DIRECTORY); /* control */

	NEED(fd != -1);
	close(fd);
	NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	landlock_enter(&spec, &report);
	NEED(open("/", O_RDONLY | O_DIRECTORY) == -1 && errno == EACCES);
	NEED(report.layers & LAYER_BIT(LAYER_LANDLOCK));
}

static void
body_network(void)
{
	struct ifaddrs *all, *i;
	int fd;

	NEED(if_nametoindex("lo") != 0);
	confine();
	NEED(getifaddrs(&all) == 0);
	for (i = all; i != NULL; i = i->ifa_next)
		NEED((i->ifa_flags & IFF_UP) == 0);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in sin = {.sin_family = AF_INET,
	    .sin_port = htons(53),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	NEED(fd != -1);
	NEED(connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 &&
	     errno == ENETUNREACH);
}

/* TCP: only the ports of the spec, as the scanner with TCP backends. */
static void
body_tcp(void)
{
	struct sandbox_spec spec = spec_of_listener();
	struct sockaddr_in sin = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client;

	NEED(bind(server, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	NEED(listen(server, 4) == 0);
	NEED(bind(other, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	NEED(listen(other, 4) == 0);
	NEED(getsockname(server, (struct sockaddr *)&sin, &len) == 0);
	spec.empty_network = 0;
	spec.tcp_ports = 1;
	spec.tcp_port[0] = ntohs(sin.sin_port);
	NEED(sandbox_first(getppid()));
	NEED(sandbox_enter(&spec, &report));
	NEED((report.layers & LAYER_BIT(LAYER_NETWORK)) == 0);
	report.layers |= LAYER_BIT(LAYER_NETWORK); /* not asked for */
	NEED(confine_tells(&report));

	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(connect(client, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	NEED(getsockname(other, (struct sockaddr *)&sin, &len) == 0);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(connect(client, (struct sockaddr *)&sin, sizeof(sin)) == -1 &&
	     errno == EACCES);
	sin.sin_port = 0;
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(bind(client, (struct sockaddr *)&sin, sizeof(sin)) == -1 &&
	     errno == EACCES);
}

/* Landlock's scopes, with and without. */
static void
body_scopes(void)
{
	struct sandbox_spec spec = spec_of_listener();
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	socklen_t len = sizeof(sa_family_t) + 16;
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path + 1, 16, "pratique%07d", getpid());
	NEED(bind(server, (struct sockaddr *)&sun, len) == 0);
	NEED(listen(server, 4) == 0);
	NEED(connect(client, (struct sockaddr *)&sun, len) == 0);
	NEED(kill(getppid(), 0) == 0);
	NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	landlock_enter(&spec, &report);
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	NEED(connect(client, (struct sockaddr *)&sun, len) == -1 &&
	     errno == EPERM);
	NEED(kill(getppid(), 0) == -1 && errno == EPERM);
	NEED(kill(getpid(), 0) == 0);
}

/* The scanner's way to clamd: a socket file below the new root. */
static void
body_unix_socket(void)
{
	struct sandbox_spec spec = spec_of_listener();
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int client;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/s", confine_root);
	NEED(bind(server, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	NEED(chmod(sun.sun_path, 0666) == 0);
	NEED(listen(server, 4) == 0);
	NEED(sandbox_first(getppid()));
	spec.empty_network = 0;
	NEED(sandbox_enter(&spec, &report));
	client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	memcpy(sun.sun_path, "/s", sizeof("/s"));
	NEED(connect(client, (struct sockaddr *)&sun, sizeof(sun)) == 0);
	NEED(getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0);
	NEED(accept(server, NULL, NULL) != -1);
}

static void
test_unix_socket(void **state)
{
	char path[sizeof(confine_root) + 2];

	(void)state;
	child_passes(body_unix_socket);
	snprintf(path, sizeof(path), "%s/s", confine_root);
	assert_int_equal(unlink(path), 0);
}

static void
body_memory(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(p != MAP_FAILED);
	NEED(mprotect(p, size, PROT_READ | PROT_EXEC) == 0); /* control */
	NEED(mprotect(p, size, PROT_READ | PROT_WRITE) == 0);
	confine();
	NEED(mprotect(p, size, PROT_READ | PROT_EXEC) == -1);
	NEED(mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static void
body_limits(void)
{
	struct rlimit limit;
	pid_t pid;
	int fd;

	confine();
	NEED(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	NEED(limit.rlim_cur == 64 && limit.rlim_max == 64);
	NEED(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0);
	limit.rlim_max = limit.rlim_cur = 1;
	NEED(setrlimit(RLIMIT_CORE, &limit) == -1);
	fd = memfd_create("t", MFD_CLOEXEC);
	NEED(fd != -1 && pwrite(fd, "x", 1, FILE_MAX) == -1 && errno == EFBIG);
	pid = fork(); /* control */
	if (pid == 0)
		_exit(0);
	NEED(pid != -1 && waitpid(pid, NULL, 0) == pid);
	NEED(sandbox_session(getppid(), 10));
	NEED(fork() == -1 && errno == EAGAIN);
	NEED(dup(0) == -1 && errno == EMFILE);
	NEED(getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_max == 10);
}

static void
body_wrong_parent(void)
{
	NEED(sandbox_first(getppid())); /* control */
	NEED(!sandbox_first(1));
	NEED(!sandbox_session(1, 10));
}

/* The parent, reduced as the monitor is, starts a child and is killed; the
 * child holds the pipe open for as long as it lives. */
static void
test_dies_with_parent(void **state)
{
	struct pollfd wait = {.events = POLLIN};
	int end[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(end), 0);
	pid = fork();
	if (pid == 0) {
		NEED(sandbox_first(0) && sandbox_monitor(&report));
		if (fork() == 0) {
			close(end[0]);
			confine();
			NEED(write(end[1], "", 1) == 1);
			pause();
		}
		close(end[1]); /* or a child's fault would not be seen */
		pause();
	}
	close(end[1]);
	wait.fd = end[0];
	assert_int_equal(read(end[0], &byte, 1), 1);
	assert_int_equal(poll(&wait, 1, 100), 0); /* control: it lives */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(poll(&wait, 1, paced_ms(2000)), 1);
	assert_int_equal(read(end[0], &byte, 1), 0);
	close(end[0]);
}

static void
body_root_ids(void)
{
	struct sandbox_spec spec = spec_of_listener();

	spec.uid = 0;
	NEED(sandbox_first(getppid()));
	NEED(!sandbox_enter(&spec, &report));
	NEED(strstr(report.missing, "ids: ") != NULL);
}

/* The key reader: its directory, and no other file; no capability; nothing of
 * what the others lose is left to it but its user. */
static void
body_reader(void)
{
	struct sandbox_spec spec = spec_of_listener();
	char inside[sizeof(CONFINE_ROOT) + 2];
	uint32_t wanted =
	    ALL_BUT_SECCOMP &
	    ~(LAYER_BIT(LAYER_IDS) | LAYER_BIT(LAYER_ROOT) |
		LAYER_BIT(LAYER_NETWORK) | LAYER_BIT(LAYER_NAMESPACES));
	int fd;

	snprintf(inside, sizeof(inside), "%s/k", confine_root);
	snprintf(spec.readable, sizeof(spec.readable), "%s", confine_root);
	NEED(close(open(inside, O_WRONLY | O_CREAT, 0400)) == 0);
	NEED(close(open("/etc/passwd", O_RDONLY)) == 0); /* control */
	NEED(sandbox_first(getppid()));
	NEED(sandbox_reader(&spec, &report));
	NEED(confine_holds(report.layers, wanted));
	fd = open(inside, O_RDONLY);
	NEED(fd != -1 && close(fd) == 0);
	if ((machine & LAYER_BIT(LAYER_LANDLOCK)) != 0) {
		NEED(open(inside, O_RDWR) == -1);
		NEED(open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES);
		NEED(open("/", O_RDONLY) == -1 && errno == EACCES);
		NEED(unlink(inside) == -1);
	}
	NEED(chown(confine_root, 1, 1) == -1); /* CAP_CHOWN */
	NEED(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
}

static void
test_reader(void **state)
{
	char inside[sizeof(CONFINE_ROOT) + 2];

	(void)state;
	child_passes(body_reader);
	snprintf(inside, sizeof(inside), "%s/k", confine_root);
	assert_int_equal(unlink(inside), 0);
}

/* Exactly these descriptors, no more and no fewer. */
static void
body_descriptors(void)
{
	struct rlimit files;

	NEED(close_range(3, ~0U, 0) == 0);
	NEED(sandbox_descriptors(0x7)); /* control */
	NEED(!sandbox_descriptors(0xf));
	NEED(!sandbox_descriptors(0x3));
	NEED(dup2(0, 9) == 9 && sandbox_descriptors(0x207));
	NEED(dup2(0, 900) == 900 && !sandbox_descriptors(0x207));
	NEED(close(900) == 0 && sandbox_descriptors(0x207));
	NEED(dup2(0, 64) == 64 && !sandbox_descriptors(0x207));
	/* Above a limit that came later there may be some, too. */
	NEED(close(64) == 0 && dup2(0, 100) == 100);
	NEED(getrlimit(RLIMIT_NOFILE, &files) == 0);
	files.rlim_cur = 32;
	NEED(setrlimit(RLIMIT_NOFILE, &files) == 0);
	NEED(!sandbox_descriptors(0x207));
	NEED(close(100) == 0 && sandbox_descriptors(0x207));
}

/* --- less than everything ------------------------------------------------- */

/* Without user namespaces the kept CAP_SYS_CHROOT must do. */
static void
body_no_user_namespace(void)
{
	struct sandbox_spec spec = spec_of_listener();
	struct sandbox_report first;

	NEED(sandbox_first(getppid()));
	NEED(sandbox_monitor(&first));
	refuse(SYS_unshare, EPERM, SYS_landlock_create_ruleset, ENOSYS);
	NEED(sandbox_enter(&spec, &report));
	/* The network is missing, unless this machine has none itself. */
	NEED(confine_holds(report.layers | LAYER_BIT(LAYER_NETWORK),
	    ALL_BUT_SECCOMP & ~LAYER_BIT(LAYER_NAMESPACES) &
		~LAYER_BIT(LAYER_LANDLOCK)));
	NEED((report.layers & LAYER_BIT(LAYER_NETWORK)) != 0 ||
	     strstr(report.missing, "network: refused (EPERM") != NULL);
	NEED(strstr(report.missing, "namespaces: refused (EPERM") != NULL);
	NEED(strstr(report.missing, "landlock: none (ENOSYS") != NULL);
	NEED(strstr(report.missing, "bounding set stays") != NULL);
	NEED(access("/etc/passwd", R_OK) == -1 && errno == ENOENT);
	NEED(getuid() == TEST_UID && geteuid() == TEST_UID);
	NEED(setuid(0) == -1);
}

/* What is mandatory and refused ends the start. */
static void
body_ids_refused(void)
{
	struct sandbox_spec spec = spec_of_listener();

	NEED(sandbox_first(getppid()));
	refuse(SYS_setresuid, EPERM, SYS_landlock_create_ruleset, ENOSYS);
	NEED(!sandbox_enter(&spec, &report));
	NEED(strstr(report.missing, "ids: cannot take them") != NULL);
}

static void
body_ordinary_user(void)
{
	struct sandbox_spec spec = spec_of_listener();
	uint32_t must = LAYER_BIT(LAYER_CAPABILITIES) |
			LAYER_BIT(LAYER_NO_NEW_PRIVS) |
			LAYER_BIT(LAYER_NOT_DUMPABLE) | LAYER_BIT(LAYER_LIMITS);

	if (geteuid() == 0)
		NEED(setresuid(TEST_UID, TEST_UID, TEST_UID) == 0);
	NEED(sandbox_first(getppid()));
	NEED(sandbox_enter(&spec, &report));
	NEED((report.layers & must) == must);
	NEED((report.layers & LAYER_BIT(LAYER_IDS)) == 0);
	NEED(strstr(report.missing, "ids: not started as root") != NULL);
	NEED(sandbox_session(getppid(), 10));
}

static void
test_layers_text(void **state)
{
	char buf[256], small[9];
	uint32_t two = LAYER_BIT(LAYER_IDS) | LAYER_BIT(LAYER_LANDLOCK);

	(void)state;
	assert_string_equal(sandbox_layers_text(0, buf, sizeof(buf)), "");
	assert_string_equal(
	    sandbox_layers_text(two, buf, sizeof(buf)), "ids,landlock");
	assert_string_equal(
	    sandbox_layers_text(two, small, sizeof(small)), "ids");
}

PASSES(ordinary_user)
PASSES(identity)
PASSES(files)
PASSES(landlock)
PASSES(network)
PASSES(tcp)
PASSES(scopes)
PASSES(memory)
PASSES(limits)
PASSES(wrong_parent)
PASSES(descriptors)
PASSES(root_ids)
PASSES(no_user_namespace)
PASSES(ids_refused)

int
main(void)
{
	struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_layers_text),
	    cmocka_unit_test(test_ordinary_user),
	    cmocka_unit_test(test_uid_seen_from_outside),
	    cmocka_unit_test(test_dies_with_parent),
	    cmocka_unit_test(test_identity),
	    cmocka_unit_test(test_files),
	    NEEDING(test_landlock, LAYER_BIT(LAYER_LANDLOCK)),
	    NEEDING(test_network, LAYER_BIT(LAYER_NETWORK)),
	    NEEDING(test_tcp, HAS_TCP_RULES),
	    NEEDING(test_scopes, HAS_SCOPES),
	    cmocka_unit_test(test_unix_socket),
	    NEEDING(test_memory, LAYER_BIT(LAYER_MDWE)),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_wrong_parent),
	    cmocka_unit_test(test_descriptors),
	    cmocka_unit_test(test_reader),
	    cmocka_unit_test(test_root_ids),
	    cmocka_unit_test(test_no_user_namespace),
	    cmocka_unit_test(test_ids_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (geteuid() != 0) {
		puts("1..1\nnot ok 1 - needs root");
		return 1;
	}
	confine_machine(tests, sizeof(tests) / sizeof(tests[0]));
	return cmocka_run_group_tests(tests, confine_set_up, confine_tear_down);
}
