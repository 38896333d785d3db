/* SPDX-License-Identifier: ISC */
/*
 * What each process is told: privsep/start/blocks.c, without a file, a socket
 * or privilege but for the configuration itself.
 *
 * Each option has a value of its own, by which it is known in the blocks: an
 * option that arrives in another's place, or in a process that is not to have
 * it, is seen.
 */
#include "privsep/start/blocks.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "config/options.h"
#include "lib/ensure.h"
#include "privsep/ipc/exec_fds.h"
#include "tests/unit/config_file.h"

/* Nothing is compiled: programs that are told apart by their length. */
enum { L_MONITOR = 3, L_LISTENER, L_SESSION, L_SCANNER, L_READER, L_RESOLVER };

static struct filters filters;
static struct blocks blocks;

/* Each instruction tells the length, too. */
static void
fill(struct policy_program *p, uint32_t length)
{
	p->length = length;
	for (uint32_t i = 0; i < length; i++)
		p->code[i].k = length;
}

static void
make_filters(bool libmilter)
{
	memset(&filters, 0, sizeof(filters));
	fill(&filters.monitor, L_MONITOR);
	fill(&filters.listener, L_LISTENER);
	if (!libmilter)
		fill(&filters.session, L_SESSION);
	fill(&filters.scanner, L_SCANNER);
	fill(&filters.reader, L_READER);
	fill(&filters.resolver, L_RESOLVER);
}

static void
assert_filter(struct span part, uint32_t length)
{
	struct sock_filter last;

	assert_int_equal(part.len, length * sizeof(last));
	memcpy(&last, part.ptr + part.len - sizeof(last), sizeof(last));
	assert_int_equal(last.k, length);
}

static const char *
try_blocks(const char *text, const struct block_facts *facts)
{
	if (!read_text(text))
		fail_msg("%s", messages);
	make_filters(config.engine == ENGINE_LIBMILTER);
	memset(&blocks, 0, sizeof(blocks));
	return blocks_make(&config, &filters, facts, &blocks);
}

static void
make(const char *text)
{
	const char *why = try_blocks(text, &(struct block_facts){0});

	if (why != NULL)
		fail_msg("%s", why);
}

static struct span
listener_block(void)
{
	struct span block = span_of(blocks.listener, blocks.listener_size);

	assert_true(parts_check(block, &boot_listener_shape));
	return block;
}

static const struct listener_boot *
listener(void)
{
	return (const void *)listener_block().ptr;
}

static struct span
session_block(void)
{
	struct span block =
	    parts_get(listener_block(), LISTENER_PART_SESSION, 0);

	assert_true(parts_check(block, &boot_session_shape));
	return block;
}

static const struct session_settings *
session(void)
{
	return &((const struct session_boot *)(const void *)session_block().ptr)
		    ->settings;
}

static struct span
scanner_block(void)
{
	struct span block = span_of(blocks.scanner, blocks.scanner_size);

	assert_true(parts_check(block, &boot_scanner_shape));
	return block;
}

static const struct scanner_boot *
scanner(void)
{
	return (const void *)scanner_block().ptr;
}

/* --- every option in its place ------------------------------------------------ */

/* Numbers are in their own places; a time of N s is told as N * 1000. */
#define NUMBERS                              \
	"max_message_size = 1048577\n"       \
	"max_memory = 5000003\n"             \
	"max_sessions = 101\n"               \
	"renew_sessions = 103\n"             \
	"renew_interval = 107s\n"            \
	"retire_time = 109s\n"               \
	"session_timeout = 113s\n"           \
	"scan_timeout = 127s\n"              \
	"max_waiting = 131\n"                \
	"wait_timeout = 137s\n"              \
	"remember_time = 139s\n"             \
	"check_interval = 41s\n"             \
	"confirm_interval = 43s\n"           \
	"max_database_age = 3607s\n"         \
	"limits {\n"                         \
	" recipients = 149\n"                \
	" header_fields = 151\n"             \
	" header_size = 2003\n"              \
	" own_fields = 157\n"                \
	" parameters = 163\n"                \
	" messages = 167\n"                  \
	" packet_time = 173s\n"              \
	" message_time = 179s\n"             \
	" silent = 181\n"                    \
	" silent_time = 191s\n"              \
	"}\n"                                \
	"stamp {\n"                          \
	" add = yes\n"                       \
	" key = \"own-key\"\n"               \
	" key_dir = \"/etc/the/keys\"\n"     \
	" lifetime = 193s\n"                 \
	" max_age = 197s\n"                  \
	" skew = 199s\n"                     \
	" profile = \"prof\"\n"              \
	" db_lag = 211s\n"                   \
	" db_age = 4001s\n"                  \
	" own_db = none\n"                   \
	" header = \"X-Their-Stamp\"\n"      \
	" ignore = {\"x-one\", \"x-two\"}\n" \
	"}\n"

static const char all[] = USERS NUMBERS
    "run_dir = \"/run/the-daemon\"\n"
    "libexec_dir = \"/opt/lib\"\n"
    "listen = {\"inet:4711@127.0.0.1\", \"unix:/run/l/sock\"}\n"
    "hostname = \"mx.example\"\n"
    "log_format = json\nlog_to = syslog\nlog_clean = no\n"
    "headers { scanned = \"X-A\"\n status = \"X-B\" }\n"
    "on_infected { action = reject\n reply = \"550 5.7.1 inf\" }\n"
    "on_busy { action = tempfail\n reply = \"450 4.7.1 bus\" }\n"
    "clamd \"first\" { address = \"unix:/run/c/one\"\n"
    " max_scans = 11\n weight = 13\n require_daily = yes }\n"
    "clamd \"second\" { address = \"inet:3311@192.0.2.7\"\n"
    " max_scans = 17\n weight = 19\n require_alerts = yes }\n"
    "clamd \"third\" { address = \"inet:3312@clam.invalid\" }\n"
    "stamp_peer \"192.0.2.0/24\" { keys = {\"k1\", \"k2\"} }\n"
    "stamp_peer \"198.51.100.9\" { keys = {\"k3\"}\n"
    " tolerant = yes }\n";

enum block { LISTENER, SESSION, SCANNER, MONITOR };

/* A number of so many bytes at a place of a block. */
static const struct place {
	const char *option;
	enum block block;
	size_t at, size;
	uint64_t value;
} places[] = {
#define AT(block, type, member, value)                         \
	{                                                      \
#member, block, offsetof(struct type, member), \
		    sizeof(((struct type *)0)->member), value  \
	}
#define IN_SESSION(member, value) \
	AT(SESSION, session_boot, settings.member, value)
#define IN_SCANNER(member, value) \
	AT(SCANNER, scanner_boot, settings.member, value)
#define IN_MONITOR(member, value) AT(MONITOR, monitor_boot, member, value)
    IN_SESSION(max_message_size, 1048577),
    IN_SESSION(max_sessions, 101),
    IN_SESSION(renew_sessions, 103),
    IN_SESSION(renew_interval, 107000),
    IN_SESSION(session_timeout, 113000),
    IN_SESSION(scan_timeout, 127000),
    IN_SESSION(limits.recipients, 149),
    IN_SESSION(limits.header_fields, 151),
    IN_SESSION(limits.header_size, 2003),
    IN_SESSION(limits.own_fields, 157),
    IN_SESSION(limits.parameters, 163),
    IN_SESSION(limits.messages, 167),
    IN_SESSION(limits.packet_time, 173000),
    IN_SESSION(limits.message_time, 179000),
    IN_SESSION(limits.silent, 181),
    IN_SESSION(limits.silent_time, 191000),
    IN_SESSION(stamp.peers, 2),
    IN_SESSION(stamp.strip, STAMP_STRIP_FOREIGN),
    IN_SESSION(disposition[OUTCOME_INFECTED].action, ACTION_REJECT),
    IN_SESSION(disposition[OUTCOME_BUSY].action, ACTION_TEMPFAIL),

    AT(LISTENER, listener_boot, listens, 2),
    /* two generations, and what a listener has besides */
    AT(LISTENER, listener_boot, sandbox.max_processes, 2 * 101 + 16),
    AT(LISTENER, listener_boot, sandbox.empty_network, 1),
    AT(LISTENER, listener_boot, sandbox.max_file_size, 0),
    AT(LISTENER, listener_boot, sandbox.tcp_ports, 0),
    AT(LISTENER, listener_boot, sandbox.binds, 0),

    IN_SCANNER(max_message_size, 1048577),
    IN_SCANNER(max_sessions, 101),
    IN_SCANNER(max_memory, 5000003),
    IN_SCANNER(scan_timeout, 127000),
    IN_SCANNER(limits.recipients, 149),
    IN_SCANNER(limits.header_fields, 151),
    IN_SCANNER(limits.header_size, 2003),
    IN_SCANNER(limits.message_time, 179000),
    IN_SCANNER(max_waiting, 131),
    IN_SCANNER(wait_timeout, 137000),
    IN_SCANNER(remember_time, 139000),
    IN_SCANNER(check_interval, 41000),
    IN_SCANNER(confirm_interval, 43000),
    IN_SCANNER(max_database_age, 3607000),
    IN_SCANNER(log_format, LOG_FORMAT_JSON),
    IN_SCANNER(log_to, LOG_TO_SYSLOG),
    IN_SCANNER(log_clean, 0),
    IN_SCANNER(backends, 3),
    IN_SCANNER(backend[0].max_scans, 11),
    IN_SCANNER(backend[0].weight, 13),
    IN_SCANNER(backend[0].require_daily, 1),
    IN_SCANNER(backend[0].require_alerts, 0),
    IN_SCANNER(backend[1].max_scans, 17),
    IN_SCANNER(backend[1].weight, 19),
    IN_SCANNER(backend[1].require_daily, 0),
    IN_SCANNER(backend[1].require_alerts, 1),
    IN_SCANNER(backend[1].address.named, 0),
    IN_SCANNER(backend[2].max_scans, 0),
    IN_SCANNER(backend[2].address.named, 1),
    IN_SCANNER(stamp.add, 1),
    IN_SCANNER(stamp.db_lag, 211000),
    IN_SCANNER(stamp.db_age, 4001000),
    IN_SCANNER(stamp.own_db, STAMP_OWN_DB_NONE),
    IN_SCANNER(stamp.ignores, 2),
    IN_SCANNER(stamp.peers, 2),
    IN_SCANNER(stamp.peer[0].tolerant, 0),
    IN_SCANNER(stamp.peer[1].tolerant, 1),
    AT(SCANNER, scanner_boot, sandbox.max_processes, 1),
    AT(SCANNER, scanner_boot, sandbox.max_file_size, 1048577 + 65536),
    AT(SCANNER, scanner_boot, sandbox.empty_network, 0),
    AT(SCANNER, scanner_boot, sandbox.tcp_ports, 2),
    AT(SCANNER, scanner_boot, sandbox.tcp_port[0], 3311),
    AT(SCANNER, scanner_boot, sandbox.tcp_port[1], 3312),

    IN_MONITOR(scan_timeout, 127000),
    IN_MONITOR(retire_time, 109000),
    IN_MONITOR(log_format, LOG_FORMAT_JSON),
    IN_MONITOR(log_to, LOG_TO_SYSLOG),
    IN_MONITOR(stamp.add, 1),
    IN_MONITOR(stamp.lifetime, 193000),
    IN_MONITOR(stamp.max_age, 197000),
    IN_MONITOR(stamp.skew, 199000),
    IN_MONITOR(stamp.peers, 2),
    IN_MONITOR(stamp.peer[0].keys, 2),
    IN_MONITOR(stamp.peer[1].keys, 1),
    IN_MONITOR(directories, 1),
    IN_MONITOR(listener.listens, 2),
    IN_MONITOR(scanner.listens, 1), /* one of the clamds has a name */
    IN_MONITOR(listener.boot, MONITOR_FD_LISTENER),
    IN_MONITOR(scanner.boot, MONITOR_FD_SCANNER),
    IN_MONITOR(listener.log, (uint32_t)-1),
    IN_MONITOR(scanner.log, MONITOR_FD_LOG),
    IN_MONITOR(resolver_pid, 0),
    IN_MONITOR(descriptors, 0),
};

static const uint8_t *
block_of(enum block block)
{
	switch (block) {
	case LISTENER:
		return (const void *)listener();
	case SESSION:
		return session_block().ptr;
	case SCANNER:
		return (const void *)scanner();
	case MONITOR:
		return (const void *)&blocks.monitor;
	}
	return NULL;
}

static void
numbers(void **state)
{
	(void)state;
	make(all);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *p = &places[i];
		uint64_t value = 0;

		assert_true(p->size <= sizeof(value));
		memcpy(&value, block_of(p->block) + p->at, p->size);
		if (value != p->value)
			fail_msg("%s in block %d: %llu, not %llu", p->option,
			    (int)p->block, (unsigned long long)value,
			    (unsigned long long)p->value);
	}
}

static void
texts(void **state)
{
	const struct session_settings *se;
	const struct scanner_settings *sc;
	const struct monitor_boot *m = &blocks.monitor;

	(void)state;
	make(all);
	se = session();
	sc = &scanner()->settings;
	assert_string_equal(se->header_scanned, "X-A");
	assert_string_equal(se->header_status, "X-B");
	assert_string_equal(se->hostname, "mx.example");
	assert_string_equal(se->stamp.header, "X-Their-Stamp");
	assert_string_equal(
	    se->disposition[OUTCOME_INFECTED].reply, "550 5.7.1 inf");
	assert_string_equal(
	    se->disposition[OUTCOME_BUSY].reply, "450 4.7.1 bus");
	assert_string_equal(sc->backend[0].name, "first");
	assert_string_equal(sc->backend[2].name, "third");
	assert_string_equal(
	    sc->backend[0].address.local.sun_path, "/run/c/one");
	assert_string_equal(sc->stamp.ignore[0], "x-one");
	assert_string_equal(sc->stamp.ignore[1], "x-two");
	assert_string_equal(sc->stamp.peer[1].text, "198.51.100.9");
	assert_string_equal(m->stamp.key, "own-key");
	assert_string_equal(m->stamp.profile, "prof");
	assert_string_equal(m->stamp.peer[0].key[1], "k2");
	assert_string_equal(m->stamp.peer[1].key[0], "k3");
	assert_string_equal(m->listen, "inet:4711@127.0.0.1,unix:/run/l/sock");
	assert_string_equal(m->directory[0], "/run/c");
	assert_string_equal(m->listener.program, "/opt/lib/pratique-session");
	assert_string_equal(m->listener.role, "listener");
	assert_string_equal(m->scanner.program, "/opt/lib/pratique-scanner");
	assert_string_equal(m->reader_program, "/opt/lib/pratique-keys");
	assert_string_equal(listener()->sandbox.root, "/run/the-daemon/empty");
	assert_string_equal(scanner()->sandbox.root, "/run/c");
	assert_string_equal(scanner()->sandbox.empty, "/run/the-daemon/empty");
	assert_true(blocks.has_keys);
	assert_string_equal(blocks.keys.sandbox.readable, "/etc/the/keys");
	assert_string_equal(blocks.keys.stamping, "own-key");
	assert_int_equal(blocks.keys.must_stamp, 1);
	assert_int_equal(blocks.resolver.names, 1);
	assert_int_equal(blocks.resolver.name[0].index, 2);
	assert_int_equal(blocks.resolver.name[0].family, AF_INET);
	assert_string_equal(blocks.resolver.name[0].host, "clam.invalid");
}

static void
filters_in_place(void **state)
{
	(void)state;
	make(all);
	assert_filter(
	    parts_get(listener_block(), LISTENER_PART_FILTER, 0), L_LISTENER);
	assert_filter(
	    parts_get(session_block(), SESSION_PART_FILTER, 0), L_SESSION);
	assert_filter(
	    parts_get(scanner_block(), SCANNER_PART_FILTER, 0), L_SCANNER);
	assert_int_equal(blocks.keys.reader.length, L_READER);
	assert_int_equal(blocks.resolver.resolver.length, L_RESOLVER);
	assert_int_equal(blocks.monitor.monitor.length, L_MONITOR);
}

/* Each option is set above to what it is known by, or is one of these. */
static void
every_option(void **state)
{
	/* They say what is opened, or which block there is. */
	static const char *const others[] = {"socket_mode", "socket_group",
	    "require", "engine", "strip", "user", "group", "scanner_user",
	    "scanner_group"};

	(void)state;
	for (size_t i = 0; i < options_count; i++) {
		char word[64];
		bool found = false;

		snprintf(word, sizeof(word), "%s =", options[i].key);
		for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
			found = found || strcmp(options[i].key, others[k]) == 0;
		if (!found && strstr(all, word) == NULL)
			fail_msg("%s is not in this test", options[i].key);
	}
}

static void
users(void **state)
{
	(void)state;
	make(all);
	assert_int_not_equal(config.user_uid, config.scanner_uid);
	assert_int_not_equal(config.user_gid, config.scanner_gid);
	assert_int_equal(listener()->sandbox.uid, config.user_uid);
	assert_int_equal(listener()->sandbox.gid, config.user_gid);
	assert_int_equal(scanner()->sandbox.uid, config.scanner_uid);
	assert_int_equal(scanner()->sandbox.gid, config.scanner_gid);
	assert_int_equal(blocks.resolver.sandbox.uid, config.scanner_uid);
	assert_int_equal(blocks.resolver.sandbox.gid, config.scanner_gid);
}

/* What is required is required of each; but a network of its own only of whom
 * the world has nothing to say to. */
static void
required(void **state)
{
	const uint32_t both =
	    LAYER_BIT(LAYER_NETWORK) | LAYER_BIT(LAYER_LANDLOCK);
	static const char wanted[] =
	    USERS "require = {\"network\", \"landlock\"}\n";
	char text[512];

	(void)state;
	make(wanted);
	assert_int_equal(listener()->sandbox.required, both);
	assert_int_equal(scanner()->sandbox.required, both);
	snprintf(text, sizeof(text), "%s%s", wanted,
	    "clamd \"a\" { address = \"inet:3310@clam.invalid\" }\n");
	make(text);
	assert_int_equal(listener()->sandbox.required, both);
	assert_int_equal(
	    scanner()->sandbox.required, LAYER_BIT(LAYER_LANDLOCK));
	assert_int_equal(
	    blocks.resolver.sandbox.required, LAYER_BIT(LAYER_LANDLOCK));
}

/* --- nobody else's ------------------------------------------------------------- */

static bool
holds(struct span block, const char *text)
{
	return memmem(block.ptr, block.len, text, strlen(text)) != NULL;
}

/* Who may find what in his block; the rest may not. */
static void
nobody_elses(void **state)
{
	static const struct {
		const char *text;
		bool listener, session, scanner, keys, resolver, monitor;
	} rows[] = {
	    {"/etc/the/keys", .keys = true},
	    {"own-key", .keys = true, .monitor = true},
	    {"k1", .monitor = true},
	    {"k3", .monitor = true},
	    {"prof", .scanner = true, .monitor = true},
	    {"550 5.7.1 inf", .listener = true, .session = true},
	    {"mx.example", .listener = true, .session = true},
	    {"/run/c/one", .scanner = true},
	    {"/run/l/sock", .monitor = true},
	    {"/opt/lib/", .monitor = true},
	    {"/run/the-daemon/empty", .listener = true, .scanner = true},
	    {"clam.invalid", .scanner = true, .resolver = true},
	    {"first", .scanner = true},
	};

	(void)state;
	make(all);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct {
			const char *who;
			struct span block;
			bool may;
		} each[] = {
		    {"listener", listener_block(), rows[i].listener},
		    {"session", session_block(), rows[i].session},
		    {"scanner", scanner_block(), rows[i].scanner},
		    {"keys", span_of(&blocks.keys, sizeof(blocks.keys)),
			rows[i].keys},
		    {"resolver",
			span_of(&blocks.resolver, sizeof(blocks.resolver)),
			rows[i].resolver},
		    {"monitor",
			span_of(&blocks.monitor, sizeof(blocks.monitor)),
			rows[i].monitor},
		};

		for (size_t k = 0; k < sizeof(each) / sizeof(each[0]); k++) {
			if (holds(each[k].block, rows[i].text) != each[k].may)
				fail_msg("%s: %s", each[k].who, rows[i].text);
		}
	}
}

/* Without stamps nobody reads keys, without names nobody looks them up. */
static void
without(void **state)
{
	static const struct keys_boot no_keys;
	static const struct resolver_boot no_names;

	(void)state;
	make(USERS "clamd \"a\" { address = \"unix:/run/c/one\" }\n");
	assert_false(blocks.has_keys);
	assert_memory_equal(&blocks.keys, &no_keys, sizeof(no_keys));
	assert_memory_equal(&blocks.resolver, &no_names, sizeof(no_names));
	assert_int_equal(blocks.monitor.scanner.listens, 0);
	assert_int_equal(scanner()->sandbox.empty_network, 1);
	assert_int_equal(scanner()->sandbox.tcp_ports, 0);
}

static void
log_file(void **state)
{
	(void)state;
	assert_null(
	    try_blocks(USERS, &(struct block_facts){.log_grows = true}));
	assert_true(scanner()->sandbox.max_file_size == SANDBOX_KEEP);
}

static void
key_directories(void **state)
{
	static char long_path[PATH_MAX + 1];
	static const char stamping[] = USERS "stamp { add = yes }\n";

	(void)state;
	assert_null(try_blocks(
	    stamping, &(struct block_facts){.credentials = "/run/cred"}));
	assert_string_equal(blocks.keys.sandbox.readable, "/run/cred");
	make(stamping);
	assert_string_equal(blocks.keys.sandbox.readable, CONFIG_KEY_DIR);
	memset(long_path, 'x', PATH_MAX);
	assert_string_equal(
	    try_blocks(
		stamping, &(struct block_facts){.credentials = long_path}),
	    "the key directory's path is too long; choose a shorter one");
}

static void
run_dirs(void **state)
{
	(void)state;
	make(USERS);
	memset(config.run_dir, 'x', PATH_MAX - 3);
	config.run_dir[0] = '/';
	config.run_dir[PATH_MAX - 3] = '\0';
	assert_string_equal(
	    blocks_make(&config, &filters, &(struct block_facts){0}, &blocks),
	    "run_dir is too long; choose a shorter path");
}

static void
libmilter(void **state)
{
	uint64_t files, memory;

	(void)state;
	make(USERS "max_sessions = 50\n");
	files = listener()->sandbox.max_files;
	memory = listener()->sandbox.max_memory;
	make(USERS "max_sessions = 50\nengine = libmilter\n");
	assert_int_equal(listener()->sandbox.max_files, files + 2 * 50);
	assert_true(listener()->sandbox.max_memory >= memory + (50 << 20));
	assert_string_equal(blocks.monitor.listener.role, "libmilter");
	assert_non_null(
	    strstr(blocks.monitor.listener.program, "/pratique-libmilter"));
	assert_int_equal(
	    parts_get(session_block(), SESSION_PART_FILTER, 0).len, 0);
	assert_filter(
	    parts_get(listener_block(), LISTENER_PART_FILTER, 0), L_LISTENER);
}

/* --- directories ---------------------------------------------------------------- */

static void
directories(void **state)
{
	(void)state;
	make(USERS "clamd \"a\" { address = \"unix:/run/c/one\" }\n"
		   "clamd \"b\" { address = \"unix:/run/d/one\" }\n"
		   "clamd \"c\" { address = \"unix:/run/c/two\" }\n"
		   "clamd \"d\" { address = \"unix:/sock\" }\n"
		   "clamd \"e\" { address = \"unix:/run/cc/one\" }\n"
		   "clamd \"f\" { address = \"unix:/run/one\" }\n"
		   "clamd \"g\" { address = \"inet:3310@192.0.2.1\" }\n");
	assert_int_equal(blocks.monitor.directories, 5);
	assert_string_equal(blocks.monitor.directory[0], "/run/c");
	assert_string_equal(blocks.monitor.directory[1], "/run/d");
	assert_string_equal(blocks.monitor.directory[2], "/");
	assert_string_equal(blocks.monitor.directory[3], "/run/cc");
	assert_string_equal(blocks.monitor.directory[4], "/run");
	assert_int_equal(scanner()->sandbox.binds, 5);
	assert_memory_equal(scanner()->sandbox.bind, blocks.monitor.directory,
	    sizeof(scanner()->sandbox.bind));
	assert_string_equal(scanner()->sandbox.root, "/run/pratique/clamd");
}

/* --- as much as a configuration can have ---------------------------------------- */

static void
append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);

	ensure(strlen(more) < size - len);
	memcpy(text + len, more, strlen(more) + 1);
}

static void
as_much_as_can_be(void **state)
{
	static char text[1 << 20];
	static const struct block_facts none;
	char line[256];

	(void)state;
	snprintf(text, sizeof(text), USERS "listen = {");
	for (uint32_t i = 0; i < CONFIG_LISTEN_MAX; i++) {
		snprintf(line, sizeof(line), "%s\"unix:/run/%090u\"",
		    i == 0 ? "" : ",", i);
		append(text, sizeof(text), line);
	}
	append(text, sizeof(text), "}\n");
	for (uint32_t i = 0; i < SETTINGS_BACKENDS_MAX; i++) {
		snprintf(line, sizeof(line),
		    "clamd \"c%u\" { address = \"unix:/run/%090u/c\" }\n", i,
		    i);
		append(text, sizeof(text), line);
	}
	for (uint32_t i = 0; i < SETTINGS_PEERS_MAX; i++) {
		snprintf(line, sizeof(line),
		    "stamp_peer \"192.0.2.%u\" { keys = {", i);
		append(text, sizeof(text), line);
		for (uint32_t k = 0; k < SETTINGS_KEYS_MAX; k++) {
			snprintf(line, sizeof(line), "%s\"key-%u-%u\"",
			    k == 0 ? "" : ",", i, k);
			append(text, sizeof(text), line);
		}
		append(text, sizeof(text), "} }\n");
	}
	if (!read_text(text))
		fail_msg("%s", messages);
	make_filters(false);
	fill(&filters.listener, POLICY_PROGRAM_MAX);
	fill(&filters.session, POLICY_PROGRAM_MAX);
	fill(&filters.scanner, POLICY_PROGRAM_MAX);
	memset(&blocks, 0, sizeof(blocks));
	assert_null(blocks_make(&config, &filters, &none, &blocks));
	assert_filter(parts_get(session_block(), SESSION_PART_FILTER, 0),
	    POLICY_PROGRAM_MAX);
	assert_int_equal(session()->stamp.peers, SETTINGS_PEERS_MAX);
	assert_int_equal(scanner()->settings.backends, SETTINGS_BACKENDS_MAX);
	assert_int_equal(scanner()->sandbox.binds, SANDBOX_BINDS_MAX);
	assert_int_equal(blocks.monitor.stamp.peer[SETTINGS_PEERS_MAX - 1].keys,
	    SETTINGS_KEYS_MAX);
	assert_int_equal(strlen(blocks.monitor.listen),
	    CONFIG_LISTEN_MAX * (strlen("unix:/run/") + 90 + 1) - 1);
	assert_int_equal(listener()->listens, CONFIG_LISTEN_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(texts),
	    cmocka_unit_test(every_option),
	    cmocka_unit_test(users),
	    cmocka_unit_test(required),
	    cmocka_unit_test(filters_in_place),
	    cmocka_unit_test(nobody_elses),
	    cmocka_unit_test(without),
	    cmocka_unit_test(log_file),
	    cmocka_unit_test(key_directories),
	    cmocka_unit_test(run_dirs),
	    cmocka_unit_test(libmilter),
	    cmocka_unit_test(directories),
	    cmocka_unit_test(as_much_as_can_be),
	};

	return run_below_tmp(tests, sizeof(tests) / sizeof(tests[0]));
}
