/* SPDX-License-Identifier: ISC */
/*
 * What a process is not told, because another one needs it; and blocks of
 * unusual configurations: privsep/start/blocks.c.
 */
#include "lib/ensure.h"
#include "scanner/client.h"
#include "tests/unit/blocks_text.h"

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
	assert_int_equal(blocks.monitor.child[ROLE_SCANNER].fds, 3);
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

/* Address space for the scanner's places, which come with max_sessions. */
static void
scanner_memory(void **state)
{
	uint64_t few;

	(void)state;
	make(USERS "max_sessions = 100\n");
	few = scanner()->sandbox.max_memory;
	make(USERS "max_sessions = 20000\n");
	assert_true(scanner()->sandbox.max_memory - few >=
		    UINT64_C(19900) * 2 *
			(sizeof(struct client) + sizeof(struct look)));
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
	assert_string_equal(
	    blocks.monitor.child[ROLE_LISTENER].role, "libmilter");
	assert_non_null(strstr(blocks.monitor.child[ROLE_LISTENER].program,
	    "/pratique-libmilter"));
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
	    cmocka_unit_test(nobody_elses),
	    cmocka_unit_test(without),
	    cmocka_unit_test(log_file),
	    cmocka_unit_test(key_directories),
	    cmocka_unit_test(run_dirs),
	    cmocka_unit_test(libmilter),
	    cmocka_unit_test(scanner_memory),
	    cmocka_unit_test(directories),
	    cmocka_unit_test(as_much_as_can_be),
	};

	return run_below_tmp(tests, sizeof(tests) / sizeof(tests[0]));
}
