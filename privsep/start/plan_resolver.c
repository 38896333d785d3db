/* SPDX-License-Identifier: ISC */
/*
 * Starting the resolver; see plan_resolver.h.
 */
#include "privsep/start/plan_resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privsep/ipc/addresses.h"
#include "privsep/ipc/child.h"
#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/status_block.h"

/* Until it is confined; it asks no name server before that. */
#define START_MS 30000

#define RESOLVER_FILES	64
#define RESOLVER_MEMORY (256ULL << 20)
/* Of name servers; what they are asked by UDP Landlock does not see. */
#define DOMAIN_PORT 53

static void
add_name(struct resolver_boot *boot, uint32_t index, const struct address *a)
{
	struct resolver_name *name = &boot->name[boot->names++];
	const char *host = strchr(a->text, '@');

	name->index = index;
	name->family = a->any.sa_family;
	snprintf(
	    name->host, sizeof(name->host), "%s", host == NULL ? "" : host + 1);
}

static const char *
make_boot(const struct config *c, struct resolver_boot *boot)
{
	for (uint32_t i = 0; i < c->scanner.backends; i++) {
		if (c->scanner.backend[i].address.named)
			add_name(boot, i, &c->scanner.backend[i].address);
	}
	boot->sandbox = (struct sandbox_spec){
	    .uid = c->scanner_uid,
	    .gid = c->scanner_gid,
	    .tcp_ports = 1,
	    .tcp_port = {DOMAIN_PORT},
	    .readable = "/", /* what that user may read */
	    /* It needs a network, and files. */
	    .required = c->require &
			~(LAYER_BIT(LAYER_NETWORK) | LAYER_BIT(LAYER_ROOT)),
	    .max_files = RESOLVER_FILES,
	    .max_processes = 1,
	    .max_file_size = 0,
	    .max_memory = RESOLVER_MEMORY,
	};
	return policy_compile(&policy_resolver, 0, &boot->resolver);
}

/* True when it has told that it is confined. */
static bool
await(int ready, struct sandbox_report *report)
{
	struct pollfd pfd = {.fd = ready, .events = POLLIN};

	return poll(&pfd, 1, START_MS) == 1 &&
	       read(ready, report, sizeof(*report)) == sizeof(*report);
}

static const char *
start(const char *program, const int *fd, int status, pid_t *pid)
{
	int ready[2], fds[] = {fd[0], fd[1], -1};
	struct sandbox_report report;

	if (access(program, X_OK) == -1 || pipe2(ready, O_CLOEXEC) == -1)
		return strerror(errno);
	fds[2] = ready[1];
	*pid = child_run(program, "resolver", fds, 3);
	close(ready[1]);
	if (*pid == -1) {
		close(ready[0]);
		return strerror(errno);
	}
	if (!await(ready[0], &report)) {
		kill(*pid, SIGKILL);
		waitid(P_PID, (id_t)*pid, &(siginfo_t){0}, WEXITED);
		close(ready[0]);
		return "it did not start up";
	}
	close(ready[0]);
	status_resolver(status, *pid, &report);
	return NULL;
}

const char *
plan_resolver(const struct config *c, int status, pid_t *pid, int *addresses)
{
	static struct resolver_boot boot;
	char program[BOOT_PROGRAM_MAX];
	int fd[2] = {-1, -1};
	const char *why = make_boot(c, &boot);

	*addresses = -1;
	if (why != NULL || boot.names == 0)
		return why;
	snprintf(
	    program, sizeof(program), "%s/pratique-resolver", c->libexec_dir);
	if ((fd[0] = addresses_make(&c->scanner)) == -1 ||
	    (fd[1] = boot_make(&boot, sizeof(boot))) == -1)
		return strerror(errno);
	why = start(program, fd, status, pid);
	close(fd[1]);
	*addresses = fd[0];
	return why;
}
