/* SPDX-License-Identifier: ISC */
/*
 * What each process is told: privsep/start/blocks.c, without a file, a socket
 * or privilege but for the configuration itself.
 *
 * Each option has a value of its own, by which it is known in the blocks: an
 * option that arrives in another's place is seen.
 */
#include "config/options.h"
#include "privsep/ipc/exec_fds.h"
#include "tests/unit/blocks_text.h"

/* --- every option in its place ------------------------------------------------ */

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

    IN_MONITOR(stop_ms, 127000 + 15000),
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
    /* channel, boot block, log, and two sockets */
    IN_MONITOR(child[ROLE_LISTENER].fds, 5),
    IN_MONITOR(child[ROLE_LISTENER].fd[0], (uint32_t)-1),
    IN_MONITOR(child[ROLE_LISTENER].fd[1], MONITOR_FD_LISTENER),
    IN_MONITOR(child[ROLE_LISTENER].fd[2], (uint32_t)-1),
    IN_MONITOR(child[ROLE_LISTENER].fd[3], MONITOR_FD_LISTEN),
    IN_MONITOR(child[ROLE_LISTENER].fd[4], MONITOR_FD_LISTEN + 1),
    IN_MONITOR(child[ROLE_LISTENER].retire_ms, 109000),
    /* one of the clamds has a name */
    IN_MONITOR(child[ROLE_SCANNER].fds, 4),
    IN_MONITOR(child[ROLE_SCANNER].fd[0], (uint32_t)-1),
    IN_MONITOR(child[ROLE_SCANNER].fd[1], MONITOR_FD_SCANNER),
    IN_MONITOR(child[ROLE_SCANNER].fd[2], MONITOR_FD_LOG),
    IN_MONITOR(child[ROLE_SCANNER].fd[3], MONITOR_FD_ADDRESSES),
    IN_MONITOR(child[ROLE_SCANNER].retire_ms, 127000 + 15000),
    IN_MONITOR(child[ROLE_SESSION].fds, 0),
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
	assert_string_equal(
	    m->child[ROLE_LISTENER].program, "/opt/lib/pratique-session");
	assert_string_equal(m->child[ROLE_LISTENER].role, "listener");
	assert_string_equal(
	    m->child[ROLE_SCANNER].program, "/opt/lib/pratique-scanner");
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
	};

	return run_below_tmp(tests, sizeof(tests) / sizeof(tests[0]));
}
