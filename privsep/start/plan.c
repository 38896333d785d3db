/* SPDX-License-Identifier: ISC */
/*
 * What the monitor and its children are started with; see plan.h.  In
 * pratiqued, with the privilege it was started with.
 */
#include "privsep/start/plan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "privsep/front/pending.h"
#include "privsep/ipc/boot.h"
#include "privsep/ipc/status_block.h"
#include "privsep/ipc/syslog.h"
#include "privsep/start/activation.h"
#include "privsep/start/leftover.h"
#include "privsep/start/listen.h"
#include "privsep/start/plan_resolver.h"

/* Beside sessions and scans: monitor, log, listeners, probes. */
#define SCANNER_FILES 256
/* Address space, not memory in use: code, libraries, stack, and the fixed
 * tables.  What a message takes is in memfds, which do not count here. */
#define LISTENER_MEMORY (64ULL << 20)
/* engine = "libmilter": the library, and for each session a thread's stack and
 * the session's own memory. */
#define LIBMILTER_MEMORY	 (128ULL << 20)
#define LIBMILTER_SESSION_MEMORY (1ULL << 20)
/* For each session the MTA's connection and the channel to the scanner. */
#define LIBMILTER_SESSION_FILES 2ULL
#define SCANNER_MEMORY		(256ULL << 20)
/* The lead-in line and blank line that the scanner adds to a message, with
 * room to spare. */
#define STREAM_EXTRA 65536

#define SESSION_BLOCK_MAX (64U << 10)
#define BLOCK_MAX	  (256U << 10)

/* Of the key reader: its ring, its boot block, and a file and the directory. */
#define READER_FILES  16
#define READER_MEMORY (64ULL << 20)

_Static_assert(
    SANDBOX_BINDS_MAX == SETTINGS_BACKENDS_MAX &&
	SANDBOX_BIND_LEN == sizeof(((struct sockaddr_un *)0)->sun_path),
    "a directory for each clamd");

static char empty_dir[PATH_MAX];
static struct monitor_boot monitor;

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

static bool
make_run_dir(const struct config *c, char *why, size_t size)
{
	if (snprintf(empty_dir, sizeof(empty_dir), "%s/empty", c->run_dir) >=
	    (int)sizeof(empty_dir)) {
		snprintf(why, size, "run_dir is too long");
		return false;
	}
	return make_dir(c->run_dir, 0755, why, size) &&
	       make_dir(empty_dir, 0555, why, size) &&
	       leftover_directory(empty_dir, why, size);
}

/* One more directory that the scanner is to see, unless it is one already. */
static void
scanner_directory(const char *path)
{
	uint32_t i = 0;

	while (
	    i < monitor.directories && strcmp(monitor.directory[i], path) != 0)
		i++;
	if (i < monitor.directories || strlen(path) >= SANDBOX_BIND_LEN)
		return;
	memcpy(monitor.directory[i], path, strlen(path) + 1);
	monitor.directories++;
}

/* The directory that a path is in. */
static void
directory_of(const char *path, char out[static PATH_MAX])
{
	char *slash;

	snprintf(out, PATH_MAX, "%s", path);
	slash = strrchr(out, '/');
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

static void
find_directories(struct scanner_settings *s)
{
	char dir[PATH_MAX];

	for (uint32_t i = 0; i < s->backends; i++) {
		struct sockaddr_un *local = &s->backend[i].address.local;

		if (local->sun_family != AF_UNIX)
			continue;
		straighten(local);
		directory_of(local->sun_path, dir);
		scanner_directory(dir);
	}
}

/* An empty directory with an empty one in it for each that is bound. */
static bool
make_bound_root(struct sandbox_spec *spec, char *why, size_t size)
{
	char place[PATH_MAX + 16];

	spec->binds = monitor.directories;
	for (uint32_t i = 0; i < spec->binds; i++) {
		memcpy(
		    spec->bind[i], monitor.directory[i], sizeof(spec->bind[i]));
		snprintf(place, sizeof(place), "%s/%u", spec->root, i);
		if (!make_dir(place, 0555, why, size))
			return false;
	}
	return true;
}

/*
 * The scanner sees the directory of clamd's socket, or an empty one if there is
 * none, or if it is not there yet.  With several directories it is one of ours
 * into which they are bound.
 */
static bool
choose_scanner_root(const struct config *c, struct scanner_settings *s,
    struct sandbox_spec *spec, char *why, size_t size)
{
	find_directories(s);
	memcpy(spec->empty, empty_dir, strlen(empty_dir) + 1);
	if (monitor.directories > 1) {
		if (snprintf(spec->root, sizeof(spec->root), "%s/clamd",
			c->run_dir) >= (int)sizeof(spec->root)) {
			snprintf(why, size, "run_dir is too long");
			return false;
		}
		return make_dir(spec->root, 0755, why, size) &&
		       make_bound_root(spec, why, size);
	}
	snprintf(spec->root, sizeof(spec->root), "%s",
	    monitor.directories == 1 ? monitor.directory[0] : empty_dir);
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
sandbox_tcp_ports(struct sandbox_spec *spec, const struct scanner_settings *s)
{
	spec->empty_network = 1;
	for (uint32_t i = 0; i < s->backends; i++) {
		const struct address *a = &s->backend[i].address;
		const struct sockaddr_in *in = (const void *)&a->storage;

		/* Port and family stand in the same place in both. */
		if (a->any.sa_family == AF_UNIX)
			continue;
		if (!family_permitted(a->any.sa_family))
			return "no Internet sockets for clamd; the systemd "
			       "unit needs RestrictAddressFamilies= and "
			       "PrivateNetwork= for it";
		spec->empty_network = 0;
		spec->tcp_port[spec->tcp_ports++] = ntohs(in->sin_port);
	}
	return NULL;
}

/* One process for all sessions, in the listener's place. */
static void
make_libmilter(const struct config *c, struct listener_boot *boot)
{
	boot->sandbox.max_memory =
	    LIBMILTER_MEMORY +
	    c->session.max_sessions * LIBMILTER_SESSION_MEMORY;
	boot->sandbox.max_files +=
	    c->session.max_sessions * LIBMILTER_SESSION_FILES;
}

static void
name_program(
    const struct config *c, char out[static BOOT_PROGRAM_MAX], const char *name)
{
	snprintf(out, BOOT_PROGRAM_MAX, "%s/%s", c->libexec_dir, name);
}

/* A boot block at its place among the monitor's descriptors. */
static const char *
add_boot(struct plan *out, int place, const void *boot, size_t size)
{
	int fd = boot_make(boot, size);

	out->fd[place - EXEC_FDS_FIRST] = fd;
	return fd == -1 ? strerror(errno) : NULL;
}

/* What goes with a session's settings; empty: nothing. */
static struct span
make_session(const struct config *c, struct span filter)
{
	static uint8_t block[SESSION_BLOCK_MAX];
	static struct session_boot boot;
	const struct part part = {SESSION_PART_FILTER, filter};

	boot.settings = c->session;
	return span_of(
	    block, parts_write(block, sizeof(block), &boot_session_shape, &boot,
		       &part, filter.len > 0));
}

/* A boot block in parts. */
static const char *
add_parts(struct plan *out, int place, const struct parts_shape *shape,
    const void *boot, const struct part *part, size_t parts)
{
	static uint8_t block[BLOCK_MAX];
	size_t size =
	    parts_write(block, sizeof(block), shape, boot, part, parts);

	return size == 0 ? "a boot block is too large"
			 : add_boot(out, place, block, size);
}

static const char *
make_listener(const struct config *c, struct plan *out)
{
	static struct listener_boot boot;
	static struct policy_program listener, session;
	bool libmilter = c->engine == ENGINE_LIBMILTER;
	const char *why = policy_compile(
	    libmilter ? &policy_libmilter : &policy_listener, 0, &listener);
	struct part part[] = {{LISTENER_PART_FILTER, policy_bytes(&listener)},
	    {LISTENER_PART_SESSION, {0}}};

	if (why == NULL && !libmilter)
		why = policy_compile(&policy_session, 0, &session);
	if (why != NULL)
		return why;
	part[1].bytes = make_session(c, policy_bytes(&session));
	boot.listens = c->listens;
	boot.sandbox = (struct sandbox_spec){
	    .uid = c->user_uid,
	    .gid = c->user_gid,
	    .empty_network = 1,
	    .required = c->require,
	    .max_files = c->session.limits.silent + LISTENER_OTHER_FILES,
	    /* two generations of listeners may be at work */
	    .max_processes = 2 * (uint64_t)c->session.max_sessions + 16,
	    .max_file_size = 0,
	    .max_memory = LISTENER_MEMORY,
	};
	memcpy(boot.sandbox.root, empty_dir, strlen(empty_dir) + 1);
	if (libmilter)
		make_libmilter(c, &boot);
	monitor.listener = (struct child_plan){.boot = MONITOR_FD_LISTENER,
	    .log = -1,
	    .listen = MONITOR_FD_LISTEN,
	    .listens = c->listens};
	name_program(c, monitor.listener.program,
	    libmilter ? "pratique-libmilter" : "pratique-session");
	snprintf(monitor.listener.role, sizeof(monitor.listener.role), "%s",
	    libmilter ? "libmilter" : "listener");
	return add_parts(
	    out, MONITOR_FD_LISTENER, &boot_listener_shape, &boot, part, 2);
}

/* A channel and a message for each session (of two generations of listeners),
 * a connection for each scan. */
static uint64_t
scanner_files(const struct scanner_settings *s)
{
	uint64_t files = SCANNER_FILES + 4 * (uint64_t)s->max_sessions;

	for (uint32_t i = 0; i < s->backends; i++)
		files += s->backend[i].max_scans != 0 ? s->backend[i].max_scans
						      : SETTINGS_SCANS_MAX;
	return files;
}

/* A log that is a regular file grows beyond any limit for messages. */
static uint64_t
scanner_file_size(const struct config *c, int log_fd)
{
	struct stat st;

	if (fstat(log_fd, &st) == -1 || S_ISREG(st.st_mode))
		return SANDBOX_KEEP;
	return c->scanner.max_message_size + STREAM_EXTRA;
}

static const char *
make_scanner(const struct config *c, int log_fd, struct plan *out)
{
	static struct scanner_boot boot;
	static char refused[PATH_MAX + 64];
	static struct policy_program filter;
	const char *why = policy_compile(&policy_scanner, 0, &filter);
	const struct part part = {SCANNER_PART_FILTER, policy_bytes(&filter)};

	if (why != NULL)
		return why;
	boot.settings = c->scanner;
	boot.sandbox = (struct sandbox_spec){
	    .uid = c->scanner_uid,
	    .gid = c->scanner_gid,
	    .max_files = scanner_files(&c->scanner),
	    .max_processes = 1,
	    .max_file_size = scanner_file_size(c, log_fd),
	    .max_memory = SCANNER_MEMORY,
	};
	if (!choose_scanner_root(
		c, &boot.settings, &boot.sandbox, refused, sizeof(refused)))
		return refused;
	if ((why = sandbox_tcp_ports(&boot.sandbox, &boot.settings)) != NULL)
		return why;
	boot.sandbox.required = c->require;
	if (boot.sandbox.empty_network == 0)
		boot.sandbox.required &= ~LAYER_BIT(LAYER_NETWORK);
	monitor.scanner = (struct child_plan){.role = "scanner",
	    .boot = MONITOR_FD_SCANNER,
	    .log = MONITOR_FD_LOG,
	    .listen = MONITOR_FD_ADDRESSES};
	name_program(c, monitor.scanner.program, "pratique-scanner");
	return add_parts(
	    out, MONITOR_FD_SCANNER, &boot_scanner_shape, &boot, &part, 1);
}

static const char *
make_reader(
    const struct config *c, const struct plan_given *given, struct plan *out)
{
	static struct keys_boot boot;
	const struct stamp_settings *stamp = &c->scanner.stamp;
	const char *why, *dir = config_key_dir(c, given->credentials);

	name_program(c, monitor.reader_program, "pratique-keys");
	if (!config_has_keys(c))
		return NULL;
	if ((why = policy_compile(&policy_keys, 0, &boot.reader)) != NULL)
		return why;
	boot.sandbox = (struct sandbox_spec){
	    .max_files = READER_FILES,
	    .max_processes = 1,
	    .max_file_size = 0,
	    .max_memory = READER_MEMORY,
	};
	if (snprintf(boot.sandbox.readable, sizeof(boot.sandbox.readable), "%s",
		dir) >= (int)sizeof(boot.sandbox.readable))
		return "the key directory's path is too long";
	memcpy(boot.stamping, stamp->key, sizeof(boot.stamping));
	boot.must_stamp = stamp->add;
	return add_boot(out, MONITOR_FD_KEYS, &boot, sizeof(boot));
}

/* Last: what the monitor is told about all the others. */
static const char *
make_monitor(const struct config *c, struct plan *out)
{
	/* Children inherit this program, so it allows what theirs do. */
	const struct policy *table = c->engine == ENGINE_LIBMILTER
					 ? &policy_monitor_libmilter
					 : &policy_monitor;
	struct policy binds = policy_monitor_binds;
	const char *why;
	size_t len = 0;

	binds.base = table;
	if (monitor.directories > 1)
		table = &binds;
	why = policy_compile(table, 0, &monitor.monitor);

	if (why != NULL)
		return why;
	monitor.stamp = c->scanner.stamp;
	monitor.log_format = c->scanner.log_format;
	monitor.log_to = c->scanner.log_to;
	monitor.scan_timeout = c->scanner.scan_timeout;
	monitor.retire_time = c->retire_time;
	monitor.scanner.listens =
	    out->fd[MONITOR_FD_ADDRESSES - EXEC_FDS_FIRST] != -1;
	for (uint32_t i = 0; i < c->listens; i++)
		len += (size_t)snprintf(monitor.listen + len,
		    sizeof(monitor.listen) - len, "%s%s", i == 0 ? "" : ",",
		    c->listen[i].text);
	for (size_t i = 0; i < out->fds; i++) {
		if (out->fd[i] != -1)
			monitor.descriptors |= 1ULL << (EXEC_FDS_FIRST + i);
	}
	return add_boot(out, MONITOR_FD_BOOT, &monitor, sizeof(monitor));
}

/* What the monitor is to remove at the end. */
static void
keep_footprint(size_t i, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return;
	snprintf(monitor.footprint[i].path, sizeof(monitor.footprint[i].path),
	    "%s", path);
	monitor.footprint[i].dev = st.st_dev;
	monitor.footprint[i].ino = st.st_ino;
}

static bool
open_listens(const struct config *c, int *fds, char *why, size_t size)
{
	char reason[256];

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
	const char *const programs[] = {plan->program, monitor.listener.program,
	    monitor.scanner.program, monitor.reader_program};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (access(programs[i], X_OK) == -1) {
			snprintf(why, size,
			    "cannot execute %s: %s; set libexec_dir to where "
			    "it is installed",
			    programs[i], strerror(errno));
			return false;
		}
	}
	return true;
}

static void
begin(const struct config *c, const struct plan_given *given, struct plan *out)
{
	name_program(c, out->program, "pratique-monitor");
	out->monitor = &monitor;
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
	    !make_run_dir(c, why, size) ||
	    !open_log(c, given, log_fd, why, size))
		return false;
	out->fds = MONITOR_FD_LISTEN - EXEC_FDS_FIRST + c->listens;
	if ((reason = make_listener(c, out)) != NULL ||
	    (reason = make_scanner(c, *log_fd, out)) != NULL ||
	    (reason = make_reader(c, given, out)) != NULL) {
		snprintf(why, size, "cannot prepare the children: %s", reason);
		return false;
	}
	/* Late: from here on connections are taken. */
	if (!programs_there(out, why, size) ||
	    (!activated && !open_listens(c, listens, why, size)) ||
	    (*status = status_make(c, why, size)) == -1)
		return false;
	if ((reason = plan_resolver(c, *status, &monitor.resolver_pid,
		 &out->fd[MONITOR_FD_ADDRESSES - EXEC_FDS_FIRST])) != NULL) {
		snprintf(why, size,
		    "cannot start pratique-resolver, which looks up the hosts "
		    "of clamds: %s",
		    reason);
		return false;
	}
	if ((reason = make_monitor(c, out)) != NULL)
		snprintf(why, size, "cannot prepare the monitor: %s", reason);
	return reason == NULL;
}
