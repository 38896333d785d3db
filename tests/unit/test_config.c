/* SPDX-License-Identifier: ISC */
/*
 * config_read and config_dump with valid files: what they set, the dump read
 * back, and the committed sample compared with the table of options.  Run from
 * the root of the sources.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/dump.h"
#include "sandbox/sandbox.h"
#include "tests/unit/config_file.h"

static void
must_read(const char *text)
{
	if (!read_text(text))
		fail_msg("refused: %s", messages);
}

static void
defaults(void **state)
{
	const struct session_settings *s = &config.session;
	const struct scanner_settings *c = &config.scanner;

	(void)state;
	must_read(USERS);
	assert_string_equal(messages, ""); /* not even a warning */
	assert_int_equal(config.listens, 1);
	assert_string_equal(
	    config.listen[0].local.sun_path, "/run/pratique/milter.sock");
	assert_int_equal(config.socket_mode, 0660);
	assert_int_equal(config.socket_gid, (gid_t)-1);
	assert_int_not_equal(config.user_uid, 0);
	assert_int_not_equal(config.user_uid, config.scanner_uid);
	assert_int_not_equal(config.scanner_gid, (gid_t)-1);
	assert_int_equal(config.require, 0);
	assert_string_equal(config.run_dir, "/run/pratique");
	assert_string_equal(config.libexec_dir, LIBEXECDIR);
	assert_int_equal(s->max_message_size, 100 << 20);
	assert_int_equal(s->max_sessions, 2000);
	assert_int_equal(s->renew_sessions, 20000);
	assert_int_equal(s->renew_interval, 3600000);
	assert_int_equal(s->session_timeout, 3600000);
	assert_int_equal(s->scan_timeout, 110000);
	assert_string_equal(s->header_scanned, "X-Virus-Scanned");
	assert_string_equal(s->header_status, "X-Virus-Status");
	assert_true(*s->hostname != '\0');
	assert_int_equal(c->max_message_size, s->max_message_size);
	assert_int_equal(c->max_sessions, s->max_sessions);
	assert_int_equal(c->scan_timeout, s->scan_timeout);
	assert_int_equal(c->log_format, LOG_FORMAT_LOGFMT);
	assert_int_equal(c->log_to, LOG_TO_STDERR);
	assert_true(c->log_clean);
	assert_int_equal(c->backends, 1);
	assert_string_equal(c->backend[0].name, "local");
	assert_string_equal(
	    c->backend[0].address.text, "unix:/run/clamav/clamd.ctl");
	assert_int_equal(c->backend[0].max_scans, 0);
}

static const char everything[] =
    "# every option, with other values than the defaults\n"
    "listen = { \"unix:/run/a.sock\", inet:8899@127.0.0.1 }\n"
    "socket_mode = 600\n"
    "socket_group = \"daemon\"\n"
    "user = \"nobody\" scanner_user = 'daemon'\n"
    "scanner_group = daemon\n"
    "require = { landlock, \"mdwe\" }\n"
    "run_dir = /run/other\n"
    "libexec_dir = \"/opt/li\\\"b\\$exec\\\\x\"\n"
    "max_message_size = \"1536K\"\n"
    "max_sessions = 20000\n"
    "renew_sessions = 3\n"
    "renew_interval = 24h\n"
    "session_timeout = 90\n"
    "scan_timeout = 2m\n"
    "log_format = json\n"
    "log_to = syslog\n"
    "log_clean = false\n"
    "hostname = mx1.example.org\n"
    "clamd \"one\" { address = \"unix:/run/one\" max_scans = 3 }\n"
    "clamd two {\n\taddress = inet:3310@127.0.0.1\n}\n"
    "on_infected { action = quarantine }\n"
    "on_clean { action = accept reply = \"550 5.7.1 not used\" }\n"
    "on_unscanned { action = reject reply = \"554 5.7.1 no, 50%% of %v\" }\n"
    "on_too_big { action = accept }\n"
    "on_clamd_down { action = tempfail }\n"
    "on_timeout { reply = \"550 5.4.7 too slow\" }\n"
    "headers { scanned = \"\" status = X-State }\n";

static void
all_set(void **state)
{
	const struct session_settings *s = &config.session;
	const struct scanner_settings *c = &config.scanner;

	(void)state;
	must_read(everything);
	assert_int_equal(config.listens, 2);
	assert_int_equal(config.listen[1].any.sa_family, AF_INET);
	assert_int_equal(config.socket_mode, 0600);
	assert_int_not_equal(config.socket_gid, (gid_t)-1);
	assert_int_equal(
	    config.require, LAYER_BIT(LAYER_LANDLOCK) | LAYER_BIT(LAYER_MDWE));
	assert_string_equal(config.libexec_dir, "/opt/li\"b$exec\\x");
	assert_int_equal(s->max_message_size, 1536 << 10);
	assert_int_equal(s->max_sessions, 20000);
	assert_int_equal(s->renew_sessions, 3);
	assert_int_equal(s->renew_interval, 86400000);
	assert_int_equal(s->session_timeout, 90000);
	assert_int_equal(s->scan_timeout, 120000);
	assert_string_equal(s->header_scanned, "");
	assert_string_equal(s->header_status, "X-State");
	assert_string_equal(s->hostname, "mx1.example.org");
	assert_int_equal(c->log_format, LOG_FORMAT_JSON);
	assert_int_equal(c->log_to, LOG_TO_SYSLOG);
	assert_false(c->log_clean);
	assert_int_equal(c->backends, 2);
	assert_string_equal(c->backend[0].name, "one");
	assert_int_equal(c->backend[0].max_scans, 3);
	assert_string_equal(c->backend[1].name, "two");
	assert_int_equal(c->backend[1].max_scans, 0);
}

/* Which action and reply a message of each outcome gets. */
static void
dispositions(void **state)
{
	static const struct {
		const char *text;
		enum outcome outcome;
		enum action action;
		const char *reply;
	} rows[] = {
	    {USERS, OUTCOME_INFECTED, ACTION_REJECT,
		"550 5.7.1 Message refused: %v found"},
	    {USERS, OUTCOME_CLEAN, ACTION_ACCEPT, ""},
	    {USERS, OUTCOME_TIMEOUT, ACTION_TEMPFAIL,
		"451 4.7.1 Message could not be scanned, try again later"},
	    {USERS "on_infected { action = tempfail }", OUTCOME_INFECTED,
		ACTION_TEMPFAIL, "451 4.7.1 Message refused: %v found"},
	    {USERS "on_infected { action = discard }", OUTCOME_INFECTED,
		ACTION_DISCARD, ""},
	    {USERS "on_too_big { action = reject }", OUTCOME_TOO_BIG,
		ACTION_REJECT, "552 5.3.4 Message too big to be scanned"},
	    {USERS "on_unscanned { action = reject }", OUTCOME_TOO_BIG,
		ACTION_REJECT, "552 5.3.4 Message too big to be scanned"},
	    {USERS "on_unscanned { action = accept }", OUTCOME_INTERNAL,
		ACTION_ACCEPT, ""},
	    /* What a sender can bring about passes by its own section only. */
	    {USERS "on_too_big { action = accept }", OUTCOME_LIMITS_EXCEEDED,
		ACTION_TEMPFAIL,
		"451 4.7.1 Message could not be scanned, try again later"},
	    {USERS "on_unscanned { action = accept }", OUTCOME_LIMITS_EXCEEDED,
		ACTION_TEMPFAIL,
		"451 4.7.1 Message could not be scanned, try again later"},
	    {USERS "on_unscanned { action = discard }", OUTCOME_LIMITS_EXCEEDED,
		ACTION_DISCARD, ""},
	    {USERS "on_unscanned { action = accept }", OUTCOME_NOT_UNPACKED,
		ACTION_TEMPFAIL,
		"451 4.7.1 Message could not be scanned, try again later"},
	    {USERS "on_not_unpacked { action = reject }", OUTCOME_NOT_UNPACKED,
		ACTION_REJECT,
		"554 5.7.1 Message contains an archive that cannot be scanned"},
	    {USERS "on_unscanned { action = accept }", OUTCOME_AMBIGUOUS,
		ACTION_TEMPFAIL,
		"451 4.7.1 Message could not be scanned, try again later"},
	    {USERS "on_ambiguous { action = reject }", OUTCOME_AMBIGUOUS,
		ACTION_REJECT,
		"554 5.7.1 Message has too many different meanings to be "
		"scanned"},
	    {USERS "on_limits_exceeded { action = accept }",
		OUTCOME_LIMITS_EXCEEDED, ACTION_ACCEPT, ""},
	    {USERS "on_limits_exceeded { action = reject }",
		OUTCOME_LIMITS_EXCEEDED, ACTION_REJECT,
		"554 5.7.1 Message contains more than can be scanned"},
	    {everything, OUTCOME_CLEAN, ACTION_ACCEPT, "550 5.7.1 not used"},
	    {everything, OUTCOME_TOO_BIG, ACTION_ACCEPT,
		"554 5.7.1 no, 50%% of %v"},
	    {everything, OUTCOME_CLAMD_DOWN, ACTION_TEMPFAIL,
		"451 4.7.1 Message could not be scanned, try again later"},
	    {everything, OUTCOME_CLAMD_ERROR, ACTION_REJECT,
		"554 5.7.1 no, 50%% of %v"},
	    {everything, OUTCOME_TIMEOUT, ACTION_REJECT, "550 5.4.7 too slow"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct disposition *d;

		must_read(rows[i].text);
		d = &config.session.disposition[rows[i].outcome];
		assert_int_equal(d->action, rows[i].action);
		assert_string_equal(d->reply, rows[i].reply);
	}
}

/* The dump reads back as the same settings, bit for bit. */
static void
dump_again(void **state)
{
	static const char *const texts[] = {USERS, everything,
	    USERS
	    "on_infected { action = tempfail reply = \"450 4.0.0 \\\"\\${HOME}"
	    "\\\\ %% # // { } %v\" }\nlisten = { inet6:25@::1 }\n"
	    "session_timeout = 61 max_message_size = 1500000\n"};
	static char text[OUT_MAX];
	static struct config first;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		FILE *out = fmemopen(text, sizeof(text), "w");

		must_read(texts[i]);
		config_dump(&config, out);
		fclose(out);
		first = config;
		must_read(text);
		assert_memory_equal(&config, &first, sizeof(first));
	}
}

/* A file of the source tree as text. */
static char *
source_file(const char *name)
{
	static char text[4 * OUT_MAX];
	FILE *fp = fopen(name, "r");
	size_t len;

	if (fp == NULL)
		fail_msg(
		    "%s: run this test from the root of the sources", name);
	len = fread(text, 1, sizeof(text) - 1, fp);
	fclose(fp);
	text[len] = '\0';
	return text;
}

/* Takes the marks of settings away: a # that no space follows. */
static void
uncomment(const char *from, char *to)
{
	bool line_start = true;

	for (; *from != '\0'; from++) {
		if (!line_start || from[0] != '#' || from[1] == ' ')
			*to++ = *from;
		line_start = *from == '\n';
	}
	*to = '\0';
}

static char sample[OUT_MAX], made[OUT_MAX], bare[OUT_MAX];

static void
sample_file(void **state)
{
	static struct config first;
	FILE *out = fmemopen(made, sizeof(made), "w");
	char *user;

	(void)state;
	config_sample(out);
	fclose(out);
	assert_string_equal(sample, made);

	/* As it stands it sets nothing, so that only the users can fail. */
	if (!read_text(sample))
		assert_non_null(strstr(messages, "is not a user"));
	must_read(USERS);
	first = config;

	/* And with all options set it says the same as none. */
	uncomment(sample, bare);
	user = strstr(bare, "\"pratique\"");
	assert_non_null(user);
	memcpy(user, "\"nobody\"  ", 10);
	user = strstr(bare, "\"pratique-scan\"");
	assert_non_null(user);
	memcpy(user, "\"daemon\"       ", 15);
	must_read(bare);
	assert_memory_equal(&config, &first, sizeof(first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(all_set),
	    cmocka_unit_test(dispositions),
	    cmocka_unit_test(dump_again),
	    cmocka_unit_test(sample_file),
	};

	memcpy(sample, source_file("etc/pratique.conf"), sizeof(sample));
	return run_below_tmp(tests, sizeof(tests) / sizeof(tests[0]));
}
