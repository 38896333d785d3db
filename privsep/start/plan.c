/* SPDX-License-Identifier: ISC */
/*
 * Opening what the monitor and its children are started with; see plan.h.  In
 * pratiqued, with the privilege it was started with.  What they are told is
 * made by blocks.c.
 */
#include "privsep/start/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ensure.h"
#include "privsep/ipc/status_block.h"
#include "privsep/ipc/syslog.h"
#include "privsep/start/activation.h"
#include "privsep/start/blocks.h"
#include "privsep/start/filters.h"
#include "privsep/start/leftover.h"
#include "privsep/start/listen.h"
#include "privsep/start/plan_resolver.h"

/* As much as the monitor asks for (privsep/monitor/key_service.c), and more. */
#define LOCKED_MEMORY 65536

static struct blocks blocks;

static bool
make_dir(const char *path, mode_t mode, char *why, size_t size)
{
	mode_t before = umask(022); /* others enter it: MTAs, our own users */
	int r = mkdir(path, mode), error = errno;
	struct stat st;

	umask(before);
	errno = error;
	if (r == -1 && errno != EEXIST) {
		snprintf(why, size, "cannot create directory %s: %s%s", path,
		    strerror(errno),
		    errno == ENOENT ? "; create its parent directory first"
				    : "");
		return false;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	snprintf(why, size, "%s is in the way: it is not a directory", path);
	return false;
}

/* The directory that a path is in. */
static void
directory_of(const char *path, char out[static PATH_MAX])
{
	char *slash;

	snprintf(out, PATH_MAX, "%s", path);
	slash = strrchr(out, '/');
	ensure(slash != NULL); /* paths in the configuration are absolute */
	slash[slash == out ? 1 : 0] = '\0';
}

/* The same socket without symbolic links in its path, if that is short enough
 * for an address, and the directory is there. */
static void
straighten(struct sockaddr_un *local)
{
	char dir[PATH_MAX], real[PATH_MAX], path[sizeof(local->sun_path)];

	directory_of(local->sun_path, dir);
	if (realpath(dir, real) == NULL ||
	    snprintf(path, sizeof(path), "%s%s",
		strcmp(real, "/") == 0 ? "" : real,
		strrchr(local->sun_path, '/')) >= (int)sizeof(path))
		return;
	memcpy(local->sun_path, path, strlen(path) + 1);
}

/* The directories of clamds' sockets are told to the scanner, and watched by
 * the monitor, as what they really are. */
static void
straighten_all(struct config *c)
{
	for (uint32_t i = 0; i < c->scanner.backends; i++) {
		struct sockaddr_un *local =
		    &c->scanner.backend[i].address.local;

		if (local->sun_family == AF_UNIX)
			straighten(local);
	}
}

/* run_dir, the empty directory in it, and if there are several directories of
 * clamds' sockets, one with an empty one in it for each. */
static bool
make_directories(const struct config *c, char *why, size_t size)
{
	char path[PATH_MAX + 32];

	if (!blocks_empty_directory(c, path)) {
		snprintf(why, size, "run_dir is too long");
		return false;
	}
	if (!make_dir(c->run_dir, 0755, why, size) ||
	    !make_dir(path, 0555, why, size) ||
	    !leftover_directory(path, why, size))
		return false;
	if (blocks.monitor.directories <= 1)
		return true;
	snprintf(path, sizeof(path), "%s/clamd", c->run_dir);
	if (!make_dir(path, 0755, why, size))
		return false;
	for (uint32_t i = 0; i < blocks.monitor.directories; i++) {
		snprintf(path, sizeof(path), "%s/clamd/%u", c->run_dir, i);
		if (!make_dir(path, 0555, why, size))
			return false;
	}
	return true;
}

static bool
family_permitted(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd != -1)
		close(fd);
	return fd != -1;
}

/* NULL, or why a clamd over TCP could never be reached. */
static const char *
families_permitted(const struct config *c)
{
	for (uint32_t i = 0; i < c->scanner.backends; i++) {
		int family = c->scanner.backend[i].address.any.sa_family;

		if (family != AF_UNIX && !family_permitted(family))
			return "no Internet sockets for clamd; the systemd "
			       "unit needs RestrictAddressFamilies= and "
			       "PrivateNetwork= for it";
	}
	return NULL;
}

static bool
is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == -1 || S_ISREG(st.st_mode);
}

/* --- blocks ----------------------------------------------------------------- */

/* A boot block at its place among the monitor's descriptors. */
static bool
add_block(struct plan *out, int place, const void *block, size_t size)
{
	ensure(
	    place >= EXEC_FDS_FIRST && out->fd[place - EXEC_FDS_FIRST] == -1);
	out->fd[place - EXEC_FDS_FIRST] = boot_make(block, size);
	return out->fd[place - EXEC_FDS_FIRST] != -1;
}

/* NULL, or what is wrong.  Those of the children. */
static const char *
make_blocks(const struct config *c, const struct plan_given *given, int log_fd,
    struct plan *out)
{
	static struct filters filters;
	const struct block_facts facts = {
	    .credentials = given->credentials, .log_grows = is_regular(log_fd)};
	struct block_directories all;
	const char *why = families_permitted(c);

	blocks_directories(c, &all);
	if (why != NULL ||
	    (why = filters_compile(c, all.count > 1, &filters)) != NULL ||
	    (why = blocks_make(c, &filters, &facts, &blocks)) != NULL)
		return why;
	if (!add_block(out, MONITOR_FD_LISTENER, blocks.listener,
		blocks.listener_size) ||
	    !add_block(
		out, MONITOR_FD_SCANNER, blocks.scanner, blocks.scanner_size) ||
	    (blocks.has_keys && !add_block(out, MONITOR_FD_KEYS, &blocks.keys,
				    sizeof(blocks.keys))))
		return strerror(errno);
	return NULL;
}

/* Which of its descriptors the monitor has is known now. */
static const char *
make_monitor(struct plan *out)
{
	for (size_t i = 0; i < out->fds; i++) {
		if (out->fd[i] != -1)
			blocks.monitor.descriptors |= 1ULL
						      << (EXEC_FDS_FIRST + i);
	}
	return add_block(out, MONITOR_FD_BOOT, &blocks.monitor,
		   sizeof(blocks.monitor))
		   ? NULL
		   : strerror(errno);
}

/* --- opening ---------------------------------------------------------------- */

/* What the monitor is to remove at the end. */
static void
keep_footprint(size_t i, const char *path)
{
	struct stat st;

	ensure(i < FOOTPRINT_MAX);
	if (lstat(path, &st) == -1)
		return;
	snprintf(blocks.monitor.footprint[i].path,
	    sizeof(blocks.monitor.footprint[i].path), "%s", path);
	blocks.monitor.footprint[i].dev = st.st_dev;
	blocks.monitor.footprint[i].ino = st.st_ino;
}

static bool
open_listens(const struct config *c, int *fds, char *why, size_t size)
{
	char reason[256];

	ensure(c->listens <= CONFIG_LISTEN_MAX);
	for (uint32_t i = 0; i < c->listens; i++) {
		fds[i] = listen_open(&c->listen[i], c, reason, sizeof(reason));
		if (fds[i] == -1) {
			snprintf(why, size, "listen %s: %s", c->listen[i].text,
			    reason);
			return false;
		}
		if (c->listen[i].any.sa_family == AF_UNIX)
			keep_footprint(i, c->listen[i].local.sun_path);
	}
	return true;
}

static bool
open_log(const struct config *c, const struct plan_given *given, int *log_fd,
    char *why, size_t size)
{
	*log_fd = given->standard_error;
	if (c->scanner.log_to == LOG_TO_STDERR)
		return true;
	*log_fd = syslog_open();
	if (*log_fd != -1)
		return true;
	snprintf(why, size,
	    "log_to = syslog: cannot connect to " SYSLOG_PATH ": %s; start the "
	    "system log or set log_to = stderr",
	    strerror(errno));
	return false;
}

static bool
programs_there(const struct plan *plan, char *why, size_t size)
{
	const struct child_plan *child = blocks.monitor.child;
	const char *program[ROLES_MAX + 2] = {
	    plan->program, blocks.monitor.reader_program};
	size_t programs = 2;

	for (enum role role = 0; role < ROLES_MAX; role++) {
		if (child[role].fds != 0)
			program[programs++] = child[role].program;
	}
	for (size_t i = 0; i < programs; i++) {
		if (access(program[i], X_OK) == -1) {
			snprintf(why, size,
			    "cannot execute %s: %s; set libexec_dir to where "
			    "it is installed",
			    program[i], strerror(errno));
			return false;
		}
	}
	return true;
}

static void
begin(const struct config *c, const struct plan_given *given, struct plan *out)
{
	blocks_program(c, "pratique-monitor", out->program);
	out->monitor = &blocks.monitor;
	for (size_t i = 0; i < EXEC_FDS_MAX; i++)
		out->fd[i] = -1;
	out->fd[MONITOR_FD_MANAGER - EXEC_FDS_FIRST] = given->manager;
	out->fd[MONITOR_FD_LAUNCHER - EXEC_FDS_FIRST] = given->launcher;
	out->fd[MONITOR_FD_PID_FILE - EXEC_FDS_FIRST] = given->pid_file;
	if (given->pid_file != -1)
		keep_footprint(FOOTPRINT_PID_FILE, given->pid_path);
}

bool
plan_make(struct config *c, const struct plan_given *given, struct plan *out,
    char *why, size_t size)
{
	const char *reason;
	int *log_fd = &out->fd[MONITOR_FD_LOG - EXEC_FDS_FIRST];
	int *listens = &out->fd[MONITOR_FD_LISTEN - EXEC_FDS_FIRST];
	int *status = &out->fd[MONITOR_FD_STATUS - EXEC_FDS_FIRST];
	bool activated;

	begin(c, given, out);
	if (!activation_take(c, listens, &activated, why, size) ||
	    !open_log(c, given, log_fd, why, size))
		return false;
	out->fds = MONITOR_FD_LISTEN - EXEC_FDS_FIRST + c->listens;
	ensure(out->fds <= EXEC_FDS_MAX);
	straighten_all(c);
	if ((reason = make_blocks(c, given, *log_fd, out)) != NULL) {
		snprintf(why, size, "cannot prepare the children: %s", reason);
		return false;
	}
	/* Late: from here on connections are taken. */
	if (!make_directories(c, why, size) ||
	    !programs_there(out, why, size) ||
	    (!activated && !open_listens(c, listens, why, size)) ||
	    (*status = status_make(c, why, size)) == -1)
		return false;
	if ((reason = plan_resolver(c, &blocks.resolver, *status,
		 &blocks.monitor.resolver_pid,
		 &out->fd[MONITOR_FD_ADDRESSES - EXEC_FDS_FIRST])) != NULL) {
		snprintf(why, size,
		    "cannot start pratique-resolver, which looks up the hosts "
		    "of clamds: %s",
		    reason);
		return false;
	}
	return true;
}

/* The monitor locks the memory that its keys are in, without the capability
 * for that; whether it may shows there. */
static void
permit_locked_memory(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) == -1 ||
	    limit.rlim_cur >= LOCKED_MEMORY)
		return;
	limit.rlim_cur = LOCKED_MEMORY;
	if (limit.rlim_max < LOCKED_MEMORY)
		limit.rlim_max = LOCKED_MEMORY;
	(void)setrlimit(RLIMIT_MEMLOCK, &limit);
}

bool
plan_confine(struct plan *plan, char *why, size_t size)
{
	struct sandbox_report report;
	const char *reason = report.missing;

	permit_locked_memory();
	if (sandbox_monitor(&report)) {
		/* It does not begin without its filter. */
		report.layers |= LAYER_BIT(LAYER_SECCOMP);
		status_monitor(
		    plan->fd[MONITOR_FD_STATUS - EXEC_FDS_FIRST], &report);
		reason = make_monitor(plan);
	}
	if (reason != NULL)
		snprintf(why, size, "cannot prepare the monitor: %s", reason);
	return reason == NULL;
}
