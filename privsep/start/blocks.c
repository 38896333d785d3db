/* SPDX-License-Identifier: ISC */
/* What each process is told; see blocks.h. */
#include "privsep/start/blocks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lib/ensure.h"
#include "privsep/front/pending.h"
#include "privsep/ipc/exec_fds.h"

/* Beside sessions and scans: monitor, log, listeners, probes. */
#define SCANNER_FILES 256
/* Address space, not memory in use: code, libraries, stack, and the fixed
 * tables.  What a message takes is in memfds, which do not count here. */
#define LISTENER_MEMORY (64ULL << 20)
/* engine = "libmilter": the library, and for each session a thread's stack and
 * the session's own memory. */
#define LIBMILTER_MEMORY	 (128ULL << 20)
#define LIBMILTER_SESSION_MEMORY (3ULL << 19)
/* For each session the MTA's connection and the channel to the scanner. */
#define LIBMILTER_SESSION_FILES 2ULL
/* Each session has a place in the scanner, and a second one for when listeners
 * change. */
#define SCANNER_MEMORY	       (256ULL << 20)
#define SCANNER_SESSION_MEMORY (24ULL << 10)
/* The lead-in line and blank line that the scanner adds to a message, with
 * room to spare. */
#define STREAM_EXTRA 65536

/* A process that was told to stop may finish messages: scan_timeout, and this
 * much for the rest. */
#define STOP_GRACE_MS 15000

/* Of the key reader: its ring, its boot block, and a file and the directory. */
#define READER_FILES  16
#define READER_MEMORY (64ULL << 20)

#define RESOLVER_FILES	64
#define RESOLVER_MEMORY (256ULL << 20)
/* Of name servers.  Landlock does not cover queries by UDP. */
#define DOMAIN_PORT 53

#define SESSION_BLOCK_MAX (128U << 10)

static const char too_large[] =
    "a boot block is too large; make the lists in the configuration shorter";
static const char run_dir_too_long[] =
    "run_dir is too long; choose a shorter path";

_Static_assert(
    SANDBOX_BINDS_MAX == SETTINGS_BACKENDS_MAX &&
	SANDBOX_BIND_LEN == sizeof(((struct sockaddr_un *)0)->sun_path),
    "a directory for each clamd");

/* --- paths -------------------------------------------------------------------- */

bool
blocks_empty_directory(const struct config *c, char out[static PATH_MAX])
{
	return snprintf(out, PATH_MAX, "%s/empty", c->run_dir) < PATH_MAX;
}

void
blocks_program(
    const struct config *c, const char *name, char out[static BOOT_PROGRAM_MAX])
{
	snprintf(out, BOOT_PROGRAM_MAX, "%s/%s", c->libexec_dir, name);
}

/* One more directory, unless it is there already. */
static void
add_directory(struct block_directories *d, const char *path, size_t len)
{
	for (uint32_t i = 0; i < d->count; i++) {
		if (strncmp(d->path[i], path, len) == 0 &&
		    d->path[i][len] == '\0')
			return;
	}
	ensure(d->count < SANDBOX_BINDS_MAX && len < SANDBOX_BIND_LEN);
	memcpy(d->path[d->count], path, len);
	d->path[d->count++][len] = '\0';
}

void
blocks_directories(const struct config *c, struct block_directories *out)
{
	*out = (struct block_directories){0};
	for (uint32_t i = 0; i < c->scanner.backends; i++) {
		const struct sockaddr_un *local =
		    &c->scanner.backend[i].address.local;
		const char *slash;

		if (local->sun_family != AF_UNIX)
			continue;
		slash = strrchr(local->sun_path, '/');
		ensure(slash != NULL); /* config/address.c wants whole paths */
		add_directory(out, local->sun_path,
		    slash == local->sun_path
			? 1
			: (size_t)(slash - local->sun_path));
	}
}

/* --- listener and sessions ---------------------------------------------------- */

/* One process for all sessions, in the listener's place. */
static void
widen_for_libmilter(const struct config *c, struct sandbox_spec *spec)
{
	spec->max_memory = LIBMILTER_MEMORY +
			   c->session.max_sessions * LIBMILTER_SESSION_MEMORY;
	spec->max_files += c->session.max_sessions * LIBMILTER_SESSION_FILES;
}

/* The block of the sessions; empty if it is too large. */
static struct span
make_session(const struct config *c, const struct filters *filters,
    uint8_t *out, size_t room)
{
	const struct session_boot boot = {.settings = c->session};
	const struct part part = {
	    SESSION_PART_FILTER, policy_bytes(&filters->session)};

	return span_of(out, parts_write(out, room, &boot_session_shape, &boot,
				&part, part.bytes.len > 0));
}

static const char *
make_listener(
    const struct config *c, const struct filters *filters, struct blocks *out)
{
	static uint8_t session[SESSION_BLOCK_MAX];
	struct listener_boot boot = {.listens = c->listens};
	const struct part part[] = {
	    {LISTENER_PART_FILTER, policy_bytes(&filters->listener)},
	    {LISTENER_PART_SESSION,
		make_session(c, filters, session, sizeof(session))},
	};

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
	if (!blocks_empty_directory(c, boot.sandbox.root))
		return run_dir_too_long;
	if (c->engine == ENGINE_LIBMILTER)
		widen_for_libmilter(c, &boot.sandbox);
	out->listener_size = parts_write(out->listener, sizeof(out->listener),
	    &boot_listener_shape, &boot, part, 2);
	return out->listener_size == 0 ? too_large : NULL;
}

/* --- the scanner -------------------------------------------------------------- */

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

/*
 * The scanner sees the directory of clamd's socket, or an empty one if there is
 * none, or if it is not there yet.  With several directories it is one of ours
 * into which they are bound.
 */
static bool
choose_root(const struct config *c, struct sandbox_spec *spec)
{
	struct block_directories all;

	blocks_directories(c, &all);
	if (!blocks_empty_directory(c, spec->empty))
		return false;
	if (all.count <= 1) {
		snprintf(spec->root, sizeof(spec->root), "%s",
		    all.count == 1 ? all.path[0] : spec->empty);
		return true;
	}
	spec->binds = all.count;
	memcpy(spec->bind, all.path, sizeof(spec->bind));
	return snprintf(spec->root, sizeof(spec->root), "%s/clamd",
		   c->run_dir) < (int)sizeof(spec->root);
}

static void
permit_ports(const struct config *c, struct sandbox_spec *spec)
{
	spec->empty_network = 1;
	for (uint32_t i = 0; i < c->scanner.backends; i++) {
		const struct address *a = &c->scanner.backend[i].address;
		const struct sockaddr_in *in = (const void *)&a->storage;

		/* Port and family stand in the same place in both. */
		if (a->any.sa_family == AF_UNIX)
			continue;
		spec->empty_network = 0;
		spec->required &= ~LAYER_BIT(LAYER_NETWORK);
		ensure(spec->tcp_ports <
		       sizeof(spec->tcp_port) / sizeof(spec->tcp_port[0]));
		spec->tcp_port[spec->tcp_ports++] = ntohs(in->sin_port);
	}
}

/* Which keys are accepted, and whose stamps, is decided by others. */
static void
without_keys(struct stamp_settings *s)
{
	memset(s->key, 0, sizeof(s->key));
	for (uint32_t i = 0; i < s->peers; i++) {
		s->peer[i].keys = 0;
		memset(s->peer[i].key, 0, sizeof(s->peer[i].key));
		s->peer[i].network = (struct network){0};
	}
}

static const char *
make_scanner(const struct config *c, const struct filters *filters,
    bool log_grows, struct blocks *out)
{
	static struct scanner_boot boot;
	const struct part part = {
	    SCANNER_PART_FILTER, policy_bytes(&filters->scanner)};

	boot.settings = c->scanner;
	without_keys(&boot.settings.stamp);
	boot.sandbox = (struct sandbox_spec){
	    .uid = c->scanner_uid,
	    .gid = c->scanner_gid,
	    .required = c->require,
	    .max_files = scanner_files(&c->scanner),
	    .max_processes = 1,
	    /* A log that is a regular file grows beyond any message. */
	    .max_file_size = log_grows
				 ? SANDBOX_KEEP
				 : c->scanner.max_message_size + STREAM_EXTRA,
	    .max_memory = SCANNER_MEMORY +
			  c->scanner.max_sessions * SCANNER_SESSION_MEMORY,
	};
	if (!choose_root(c, &boot.sandbox))
		return run_dir_too_long;
	permit_ports(c, &boot.sandbox);
	out->scanner_size = parts_write(out->scanner, sizeof(out->scanner),
	    &boot_scanner_shape, &boot, &part, 1);
	return out->scanner_size == 0 ? too_large : NULL;
}

/* --- key reader and resolver --------------------------------------------------- */

static const char *
make_reader(const struct config *c, const struct filters *filters,
    const char *credentials, struct blocks *out)
{
	struct keys_boot *boot = &out->keys;
	const char *dir = config_key_dir(c, credentials);

	out->has_keys = config_has_keys(c);
	if (!out->has_keys)
		return NULL;
	boot->reader = filters->reader;
	boot->sandbox = (struct sandbox_spec){
	    .max_files = READER_FILES,
	    .max_processes = 1,
	    .max_file_size = 0,
	    .max_memory = READER_MEMORY,
	};
	if (snprintf(boot->sandbox.readable, sizeof(boot->sandbox.readable),
		"%s", dir) >= (int)sizeof(boot->sandbox.readable))
		return "the key directory's path is too long; choose a shorter "
		       "one";
	memcpy(boot->stamping, c->scanner.stamp.key, sizeof(boot->stamping));
	boot->must_stamp = c->scanner.stamp.add;
	return NULL;
}

static void
add_name(struct resolver_boot *boot, uint32_t index, const struct address *a)
{
	struct resolver_name *name = &boot->name[boot->names];
	const char *host = strchr(a->text, '@');

	ensure(boot->names < SETTINGS_BACKENDS_MAX && host != NULL);
	boot->names++;
	name->index = index;
	name->family = a->any.sa_family;
	snprintf(name->host, sizeof(name->host), "%s", host + 1);
}

static void
make_resolver(
    const struct config *c, const struct filters *filters, struct blocks *out)
{
	struct resolver_boot *boot = &out->resolver;

	for (uint32_t i = 0; i < c->scanner.backends; i++) {
		if (c->scanner.backend[i].address.named)
			add_name(boot, i, &c->scanner.backend[i].address);
	}
	if (boot->names == 0)
		return;
	boot->resolver = filters->resolver;
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
}

/* --- the monitor -------------------------------------------------------------- */

/* What each child is started with, to which more descriptors are added. */
static void
plan_child(const struct config *c, struct child_plan *plan, const char *program,
    const char *role, int boot, int log)
{
	*plan = (struct child_plan){
	    .retire_ms = c->scanner.scan_timeout + STOP_GRACE_MS,
	    .fds = CHILD_FD_LISTEN - EXEC_FDS_FIRST};
	blocks_program(c, program, plan->program);
	snprintf(plan->role, sizeof(plan->role), "%s", role);
	plan->fd[CHILD_FD_MONITOR - EXEC_FDS_FIRST] = -1;
	plan->fd[CHILD_FD_BOOT - EXEC_FDS_FIRST] = boot;
	plan->fd[CHILD_FD_LOG - EXEC_FDS_FIRST] = log;
}

static void
plan_listener(const struct config *c, struct child_plan *plan)
{
	bool libmilter = c->engine == ENGINE_LIBMILTER;

	plan_child(c, plan,
	    libmilter ? "pratique-libmilter" : "pratique-session",
	    libmilter ? "libmilter" : "listener", MONITOR_FD_LISTENER, -1);
	plan->retire_ms = c->retire_time;
	for (int i = 0; i < (int)c->listens; i++)
		plan->fd[plan->fds++] = MONITOR_FD_LISTEN + i;
	ensure(plan->fds <= EXEC_FDS_MAX);
}

static void
plan_scanner(
    const struct config *c, bool has_addresses, struct child_plan *plan)
{
	plan_child(c, plan, "pratique-scanner", "scanner", MONITOR_FD_SCANNER,
	    MONITOR_FD_LOG);
	if (has_addresses)
		plan->fd[plan->fds++] = MONITOR_FD_ADDRESSES;
}

static void
make_monitor(
    const struct config *c, const struct filters *filters, struct blocks *out)
{
	struct monitor_boot *boot = &out->monitor;
	struct block_directories all;
	size_t len = 0;

	boot->monitor = filters->monitor;
	boot->stamp = c->scanner.stamp;
	boot->log_format = c->scanner.log_format;
	boot->log_to = c->scanner.log_to;
	boot->stop_ms = c->scanner.scan_timeout + STOP_GRACE_MS;
	for (uint32_t i = 0; i < c->listens; i++)
		len += (size_t)snprintf(boot->listen + len,
		    sizeof(boot->listen) - len, "%s%s", i == 0 ? "" : ",",
		    c->listen[i].text);
	ensure(len < sizeof(boot->listen));
	blocks_directories(c, &all);
	boot->directories = all.count;
	memcpy(boot->directory, all.path, sizeof(boot->directory));
	plan_listener(c, &boot->child[ROLE_LISTENER]);
	plan_scanner(c, out->resolver.names > 0, &boot->child[ROLE_SCANNER]);
	blocks_program(c, "pratique-keys", boot->reader_program);
}

const char *
blocks_make(const struct config *c, const struct filters *filters,
    const struct block_facts *facts, struct blocks *out)
{
	const char *why;

	ensure(c->listens <= CONFIG_LISTEN_MAX &&
	       c->scanner.backends <= SETTINGS_BACKENDS_MAX &&
	       c->scanner.stamp.peers <= SETTINGS_PEERS_MAX);
	if ((why = make_listener(c, filters, out)) != NULL ||
	    (why = make_scanner(c, filters, facts->log_grows, out)) != NULL ||
	    (why = make_reader(c, filters, facts->credentials, out)) != NULL)
		return why;
	make_resolver(c, filters, out);
	make_monitor(c, filters, out);
	return NULL;
}
