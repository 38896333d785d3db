/* SPDX-License-Identifier: ISC */
/*
 * For tests of privsep/start/blocks.c: blocks made from the text of a
 * configuration, and a configuration in which each option has a value of its
 * own.  Each test uses some of it.
 */
#ifndef TESTS_UNIT_BLOCKS_TEXT_H
#define TESTS_UNIT_BLOCKS_TEXT_H

#include <stdio.h>

#include "privsep/start/blocks.h"
#include "tests/unit/config_file.h"

/* Nothing is compiled: programs that are told apart by their length. */
enum { L_MONITOR = 3, L_LISTENER, L_SESSION, L_SCANNER, L_READER, L_RESOLVER };

static struct filters filters;
static struct blocks blocks;

/* Each instruction tells the length, too. */
static inline void
fill(struct policy_program *p, uint32_t length)
{
	p->length = length;
	for (uint32_t i = 0; i < length; i++)
		p->code[i].k = length;
}

static inline void
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

static inline void
assert_filter(struct span part, uint32_t length)
{
	struct sock_filter last;

	assert_int_equal(part.len, length * sizeof(last));
	memcpy(&last, part.ptr + part.len - sizeof(last), sizeof(last));
	assert_int_equal(last.k, length);
}

static inline const char *
try_blocks(const char *text, const struct block_facts *facts)
{
	if (!read_text(text))
		fail_msg("%s", messages);
	make_filters(config.engine == ENGINE_LIBMILTER);
	memset(&blocks, 0, sizeof(blocks));
	return blocks_make(&config, &filters, facts, &blocks);
}

static inline void
make(const char *text)
{
	const char *why = try_blocks(text, &(struct block_facts){0});

	if (why != NULL)
		fail_msg("%s", why);
}

static inline struct span
listener_block(void)
{
	struct span block = span_of(blocks.listener, blocks.listener_size);

	assert_true(parts_check(block, &boot_listener_shape));
	return block;
}

static inline const struct listener_boot *
listener(void)
{
	return (const void *)listener_block().ptr;
}

static inline struct span
session_block(void)
{
	struct span block =
	    parts_get(listener_block(), LISTENER_PART_SESSION, 0);

	assert_true(parts_check(block, &boot_session_shape));
	return block;
}

static inline const struct session_settings *
session(void)
{
	return &((const struct session_boot *)(const void *)session_block().ptr)
		    ->settings;
}

static inline struct span
scanner_block(void)
{
	struct span block = span_of(blocks.scanner, blocks.scanner_size);

	assert_true(parts_check(block, &boot_scanner_shape));
	return block;
}

static inline const struct scanner_boot *
scanner(void)
{
	return (const void *)scanner_block().ptr;
}

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

#endif
