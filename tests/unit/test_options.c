/* SPDX-License-Identifier: ISC */
/*
 * Where each option of the file arrives: its own member of the settings, and
 * no other.  The members are named here anew, so that an option that writes
 * to its neighbour's place is noticed, and that each option has a row.
 */
#include "config/options.h"

#include "sandbox/sandbox.h"
#include "tests/unit/config_file.h"

#define AT(member) \
	offsetof(struct config, member), sizeof(((struct config *)0)->member)
#define LIMIT(member)  AT(session.limits.member)
#define STAMP(member)  AT(scanner.stamp.member)
#define CLAMD(member)  AT(scanner.backend[0].member)
#define IN_CLAMD(text) "clamd \"a\" { " text " }"
#define IN_PEER(text)  "stamp_peer \"192.0.2.1\" { keys = { \"k\" } " text " }"

/* A value of its own for each, and none of them the preset. */
static const struct {
	const char *key;
	const char *text; /* of the file */
	size_t place, size;
	uint64_t value;
} numbers[] = {
    {"socket_mode", "socket_mode = 0601", AT(socket_mode), 0601},
    {"require", "require = { root, mdwe }", AT(require),
	LAYER_BIT(LAYER_ROOT) | LAYER_BIT(LAYER_MDWE)},
    {"engine", "engine = libmilter", AT(engine), ENGINE_LIBMILTER},
    {"max_message_size", "max_message_size = 9K", AT(session.max_message_size),
	9216},
    {"max_message_size", "max_message_size = 9K", AT(scanner.max_message_size),
	9216},
    {"max_memory", "max_memory = 300M", AT(scanner.max_memory), 300 << 20},
    {"max_sessions", "max_sessions = 11", AT(session.max_sessions), 11},
    {"max_sessions", "max_sessions = 11", AT(scanner.max_sessions), 11},
    {"renew_sessions", "renew_sessions = 12", AT(session.renew_sessions), 12},
    {"renew_interval", "renew_interval = 13", AT(session.renew_interval),
	13000},
    {"retire_time", "retire_time = 14", AT(retire_time), 14000},
    {"session_timeout", "session_timeout = 15", AT(session.session_timeout),
	15000},
    {"scan_timeout", "scan_timeout = 16", AT(session.scan_timeout), 16000},
    {"scan_timeout", "scan_timeout = 16", AT(scanner.scan_timeout), 16000},
    {"max_waiting", "max_waiting = 17", AT(scanner.max_waiting), 17},
    {"wait_timeout", "wait_timeout = 18", AT(scanner.wait_timeout), 18000},
    {"remember_time", "remember_time = 19", AT(scanner.remember_time), 19000},
    {"check_interval", "check_interval = 20", AT(scanner.check_interval),
	20000},
    {"confirm_interval", "confirm_interval = 21", AT(scanner.confirm_interval),
	21000},
    {"max_database_age", "max_database_age = 2h", AT(scanner.max_database_age),
	7200000},
    {"log_format", "log_format = json", AT(scanner.log_format),
	LOG_FORMAT_JSON},
    {"log_to", "log_to = syslog", AT(scanner.log_to), LOG_TO_SYSLOG},
    {"log_clean", "log_clean = no", AT(scanner.log_clean), 0},
    {"max_scans", IN_CLAMD("max_scans = 22"), CLAMD(max_scans), 22},
    {"weight", IN_CLAMD("weight = 23"), CLAMD(weight), 23},
    {"require_daily", IN_CLAMD("require_daily = yes"), CLAMD(require_daily), 1},
    {"require_alerts", IN_CLAMD("require_alerts = yes"), CLAMD(require_alerts),
	1},
    {"recipients", "limits { recipients = 24 }", LIMIT(recipients), 24},
    {"header_fields", "limits { header_fields = 25 }", LIMIT(header_fields),
	25},
    {"header_size", "limits { header_size = 26K }", LIMIT(header_size),
	26 << 10},
    {"own_fields", "limits { own_fields = 27 }", LIMIT(own_fields), 27},
    {"parameters", "limits { parameters = 28 }", LIMIT(parameters), 28},
    {"messages", "limits { messages = 29 }", LIMIT(messages), 29},
    {"messages", "limits { messages = 29 }", AT(scanner.limits.messages), 29},
    {"packet_time", "limits { packet_time = 30 }", LIMIT(packet_time), 30000},
    {"message_time", "limits { message_time = 31 }", LIMIT(message_time),
	31000},
    {"message_time", "limits { message_time = 31 }",
	AT(scanner.limits.message_time), 31000},
    {"silent", "limits { silent = 32 }", LIMIT(silent), 32},
    {"silent_time", "limits { silent_time = 33 }", LIMIT(silent_time), 33000},
    {"add", "stamp { add = yes }", STAMP(add), 1},
    {"lifetime", "stamp { lifetime = 61 }", STAMP(lifetime), 61000},
    {"max_age", "stamp { max_age = 62 }", STAMP(max_age), 62000},
    {"skew", "stamp { skew = 63 }", STAMP(skew), 63000},
    {"db_lag", "stamp { db_lag = 64 }", STAMP(db_lag), 64000},
    {"db_age", "stamp { db_age = 2h }", STAMP(db_age), 7200000},
    {"own_db", "stamp { own_db = none }", STAMP(own_db), STAMP_OWN_DB_NONE},
    {"strip", "stamp { strip = all }", STAMP(strip), STAMP_STRIP_ALL},
    {"strip", "stamp { strip = all }", AT(session.stamp.strip),
	STAMP_STRIP_ALL},
    {"action", "on_busy { action = reject }",
	AT(session.disposition[OUTCOME_BUSY].action), ACTION_REJECT},
    {"keys", IN_PEER(""), STAMP(peer[0].keys), 1},
    {"tolerant", IN_PEER("tolerant = yes"), STAMP(peer[0].tolerant), 1},
};

static const struct {
	const char *key, *text;
	size_t place, size;
	const char *value;
} texts[] = {
    {"listen", "listen = { \"unix:/a\" }", AT(listen[0].local.sun_path), "/a"},
    {"run_dir", "run_dir = /b", AT(run_dir), "/b"},
    {"libexec_dir", "libexec_dir = /c", AT(libexec_dir), "/c"},
    {"key_dir", "stamp { key_dir = /d }", AT(key_dir), "/d"},
    {"hostname", "hostname = e", AT(session.hostname), "e"},
    {"address", IN_CLAMD("address = \"unix:/f\""),
	CLAMD(address.local.sun_path), "/f"},
    {"scanned", "headers { scanned = X-G }", AT(session.header_scanned), "X-G"},
    {"status", "headers { status = X-H }", AT(session.header_status), "X-H"},
    {"key", "stamp { key = i }", STAMP(key), "i"},
    {"profile", "stamp { profile = j }", STAMP(profile), "j"},
    {"header", "stamp { header = X-K }", STAMP(header), "X-K"},
    {"header", "stamp { header = X-K }", AT(session.stamp.header), "X-K"},
    {"ignore", "stamp { ignore = { \"X-Loop\" } }", STAMP(ignore[0]), "x-loop"},
    {"keys", IN_PEER(""), STAMP(peer[0].key[0]), "k"},
    {"reply", "on_busy { reply = \"450 4.0.0 l\" }",
	AT(session.disposition[OUTCOME_BUSY].reply), "450 4.0.0 l"},
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* What the file says, with the users that every system has. */
static const uint8_t *
read_row(const char *text, size_t place)
{
	static char all[1024];

	snprintf(all, sizeof(all), USERS "%s\n", text);
	if (!read_text(all))
		fail_msg("%s", messages);
	return (const uint8_t *)&config + place;
}

static uint64_t
number_at(const uint8_t *at, size_t size)
{
	uint64_t n = 0;

	memcpy(&n, at, size);
	return n;
}

static void
test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		size_t size = numbers[i].size;

		print_message("%s\n", numbers[i].text);
		assert_true(number_at(read_row("", numbers[i].place), size) !=
			    numbers[i].value);
		assert_int_equal(
		    number_at(
			read_row(numbers[i].text, numbers[i].place), size),
		    numbers[i].value);
	}
}

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		print_message("%s\n", texts[i].text);
		assert_string_equal(
		    (const char *)read_row(texts[i].text, texts[i].place),
		    texts[i].value);
	}
}

/* The two users that every test's file names are told apart. */
static void
test_users(void **state)
{
	uid_t user;

	(void)state;
	if (geteuid() != 0)
		return;
	read_row("", 0);
	user = config.user_uid;
	if (!read_text("user = daemon\nscanner_user = nobody\n"
		       "scanner_group = daemon\nsocket_group = nogroup\n"))
		fail_msg("%s", messages);
	assert_int_equal(config.scanner_uid, user);
	assert_int_not_equal(config.user_uid, user);
	assert_int_equal(config.scanner_gid, config.user_gid);
	assert_int_not_equal(config.scanner_gid, config.socket_gid);
}

/* Each option is in one of the tables, but those of test_users. */
static void
test_all(void **state)
{
	static const char users[] = " user scanner_user scanner_group "
				    "socket_group ";

	(void)state;
	for (size_t i = 0; i < options_count; i++) {
		bool found = strstr(users, options[i].key) != NULL;

		for (size_t n = 0; n < COUNT(numbers); n++)
			found |= strcmp(numbers[n].key, options[i].key) == 0;
		for (size_t n = 0; n < COUNT(texts); n++)
			found |= strcmp(texts[n].key, options[i].key) == 0;
		if (!found)
			fail_msg("%s has no row here", options[i].key);
	}
}

/* What one section sets is not in the next one, nor in what stands for it. */
static void
test_sections(void **state)
{
	(void)state;
	read_row("clamd \"a\" { weight = 7 max_scans = 3 require_daily = yes\n"
		 "address = \"unix:/a\" }\n"
		 "clamd \"b\" { address = \"unix:/b\" }\n"
		 "stamp_peer \"192.0.2.1\" { keys = { \"k\", \"l\" }\n"
		 "tolerant = yes }\n"
		 "stamp_peer \"192.0.2.2\" { keys = { \"m\" } }",
	    0);
	assert_int_equal(config.scanner.backends, 2);
	assert_int_equal(config.scanner.backend[1].weight, 1);
	assert_int_equal(config.scanner.backend[1].max_scans, 0);
	assert_false(config.scanner.backend[1].require_daily);
	assert_int_equal(config.scanner.stamp.peers, 2);
	assert_int_equal(config.scanner.stamp.peer[1].keys, 1);
	assert_string_equal(config.scanner.stamp.peer[1].key[0], "m");
	assert_false(config.scanner.stamp.peer[1].tolerant);
	assert_int_equal(config.session.stamp.peers, 2);
	assert_memory_equal(&config.session.stamp.peer[1],
	    &config.scanner.stamp.peer[1].network, sizeof(struct network));
	read_row("on_clean { action = quarantine }", 0);
	assert_int_equal(
	    config.session.disposition[OUTCOME_CLEAN_BY_STAMP].action,
	    ACTION_QUARANTINE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_users),
	    cmocka_unit_test(test_all),
	    cmocka_unit_test(test_sections),
	};

	return run_below_tmp(tests, COUNT(tests));
}
