/* SPDX-License-Identifier: ISC */
/*
 * Is a stamp good here, and what is a clamd: scanner/compare.c, identity.c and
 * clamd/database.c.  The clamds are structs of the test's, and the clock
 * stands.
 */
#include "scanner/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/base/log_retry.h"
#include "scanner/clamd/backend.h"
#include "scanner/clamd/backend_log.h"
#include "scanner/clamd/database.h"
#include "scanner/identity.h"
#include "tests/unit/fake_clock.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOW	    INT64_C(1700000000)
#define HOUR	    INT64_C(3600)

static struct backend backend[3];
static const char *warned;
static struct log_line last;

struct backend *
backend_at(uint32_t index)
{
	return &backend[index];
}

uint32_t
backend_count(void)
{
	return COUNT(backend);
}

void
backend_log_warning(const char *name, const char *reason)
{
	assert_string_equal(name, "a");
	warned = reason;
}

void
log_retry_end(struct log_line *line)
{
	last = *line;
	last.text[last.len] = '\0';
}

/* --- a stamp and a message ----------------------------------------------------- */

static struct stamp_settings settings;
static struct digests digests;
static struct stamp stamp;
static struct compare with;

static int
setup(void **state)
{
	(void)state;
	now_ms = (uint64_t)NOW * 1000;
	memset(backend, 0, sizeof(backend));
	memset(&digests, 0, sizeof(digests));
	settings = (struct stamp_settings){.db_age = 7200000, .db_lag = 60000};
	stamp = (struct stamp){.database = 5, .database_time = 10000};
	with = (struct compare){.settings = &settings,
	    .digests = &digests,
	    .own = {.number = 5, .time = 10000},
	    .now = 10000};
	return 0;
}

static enum stamp_reason
judge(bool tolerant)
{
	enum digest_fault fault;

	return compare_stamp(&with, &stamp, tolerant, &fault);
}

/* One bit in each digest; only that of addresses may differ, for a peer that
 * is tolerant. */
static void
test_digests(void **state)
{
	(void)state;
	for (int tolerant = 0; tolerant <= 1; tolerant++) {
		assert_int_equal(judge(tolerant), STAMP_GOOD);
		for (size_t i = 0; i < STAMP_DIGEST; i++) {
			stamp.body[i] ^= 1;
			assert_int_equal(judge(tolerant), STAMP_BODY);
			stamp.body[i] ^= 1;
			stamp.header[i] ^= 1;
			assert_int_equal(judge(tolerant), STAMP_HEADER);
			stamp.header[i] ^= 1;
			stamp.address[i] ^= 1;
			assert_int_equal(judge(tolerant),
			    tolerant ? STAMP_GOOD : STAMP_ADDRESS);
			stamp.address[i] ^= 1;
		}
	}
}

/* By the flags of the stamp, not of the message; and what cannot be. */
static void
test_flags(void **state)
{
	enum digest_fault fault = DIGEST_OK;

	(void)state;
	stamp.flags = STAMP_NO_DATE;
	digests.header[0][0] = 1;
	assert_int_equal(judge(false), STAMP_GOOD);
	stamp.flags = 0;
	assert_int_equal(judge(false), STAMP_HEADER);
	digests.header_fault[0] = DIGEST_OPTIONAL;
	assert_int_equal(
	    compare_stamp(&with, &stamp, true, &fault), STAMP_NOT_DIGESTIBLE);
	assert_int_equal(fault, DIGEST_OPTIONAL);
	digests.fault = DIGEST_FOLD;
	assert_int_equal(
	    compare_stamp(&with, &stamp, true, &fault), STAMP_NOT_DIGESTIBLE);
	assert_int_equal(fault, DIGEST_FOLD);
}

static void
test_databases(void **state)
{
	static const struct {
		uint32_t number;
		uint64_t time;
		struct database own;
		uint64_t now;
		enum stamp_own_db mode;
		enum stamp_reason reason;
	} rows[] = {
	    {0, 10000, {5, 10000}, 10000, 0, STAMP_NO_DB},
	    {5, 0, {5, 10000}, 10000, 0, STAMP_NO_DB},
	    {5, 10000, {5, 10000}, 17200, 0, STAMP_GOOD},
	    {5, 10000, {5, 10000}, 17201, 0, STAMP_DB_OLD},
	    {5, 10000, {5, 10060}, 10000, 0, STAMP_GOOD},
	    {5, 10000, {5, 10061}, 10000, 0, STAMP_OWN_DB_NEWER},
	    {5, 20000, {5, 10000}, 10000, 0, STAMP_GOOD},
	    {5, 10000, {0, 10000}, 10000, 0, STAMP_OWN_DB_UNKNOWN},
	    {5, 10000, {5, 0}, 10000, 0, STAMP_OWN_DB_UNKNOWN},
	    {5, 10000, {0, 0}, 10000, STAMP_OWN_DB_NONE, STAMP_GOOD},
	    {5, 10000, {6, 99999}, 10000, STAMP_OWN_DB_NONE, STAMP_GOOD},
	    {5, 10000, {0, 0}, 17201, STAMP_OWN_DB_NONE, STAMP_DB_OLD},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("row %zu\n", i);
		stamp.database = rows[i].number;
		stamp.database_time = rows[i].time;
		with.own = rows[i].own;
		with.now = rows[i].now;
		settings.own_db = rows[i].mode;
		assert_int_equal(judge(false), rows[i].reason);
	}
}

/* --- what a clamd is ------------------------------------------------------------ */

static void
set_version(uint32_t index, const char *text, uint32_t daily, int64_t built)
{
	struct version *v = &backend[index].version;

	*v = (struct version){.daily = daily, .built = built};
	memcpy(v->text, text, strlen(text) + 1);
}

static void
test_identity(void **state)
{
	static const struct {
		const char *version, *engine;
	} rows[] = {
	    {"ClamAV 1.4.6/27091/Fri Nov  6", "ClamAV-1.4.6"},
	    {"ClamAV 1.4.6", "ClamAV-1.4.6"},
	    {"ClamAV 1;k=x/1/", ""},
	    {"ClamAV 1\n/1/", ""},
	    {"", ""},
	    {"ClamAV 1.4.6-and-much-more-than-a-stamp-can-hold/1/", ""},
	};
	struct identity id;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].version);
		set_version(1, rows[i].version, 7, 1000);
		identity_of(1, &id);
		assert_string_equal(id.engine, rows[i].engine);
		assert_int_equal(id.database.number, 7);
		assert_int_equal(id.database.time, 1000);
		assert_true(id.alerts);
		assert_false(id.nested);
	}
	backend[1].alerts_off = true;
	set_version(1, "x", 7, -1);
	identity_of(1, &id);
	assert_false(id.alerts);
	assert_int_equal(id.database.time, 0);
}

/* The newest that any clamd has, in whatever order they are. */
static void
test_own(void **state)
{
	(void)state;
	assert_int_equal(identity_own().number, 0);
	for (uint32_t newest = 0; newest < COUNT(backend); newest++) {
		for (uint32_t i = 0; i < COUNT(backend); i++)
			set_version(i, "x", 10 + i, i == newest ? 900 : 800);
		assert_int_equal(identity_own().number, 10 + newest);
		assert_int_equal(identity_own().time, 900);
		set_version(newest, "x", 0, 900);
		assert_int_equal(identity_own().time, 800);
	}
}

static void
test_database_lines(void **state)
{
	static const struct {
		const char *text;
		uint32_t daily;
		int64_t built;
		uint32_t old_daily;
		const char *why; /* NULL: nothing odd */
		const char *age; /* in the line; NULL: none */
	} rows[] = {
	    {"v", 5, NOW, 5, NULL, " database=5 age_h=0"},
	    {"v", 5, NOW - 2 * HOUR, 4, NULL, " database=5 age_h=2"},
	    {"v", 5, NOW + HOUR, 4, NULL, " database=5 age_h=0"},
	    {"v", 5, NOW + 26 * HOUR, 5, NULL, " age_h=0"},
	    {"v", 5, NOW + 26 * HOUR + 1, 5, "has a database from the future",
		" age_h=0"},
	    {"v", 4, NOW, 5, "has an older database than before",
		" database=4"},
	    {"v", 0, 0, 5, "has no daily database", NULL},
	    {"", 0, 0, 5, "does not tell its version", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct version now = {
		    .daily = rows[i].daily, .built = rows[i].built};
		struct version old = {
		    .daily = rows[i].old_daily, .text = "old"};

		print_message("row %zu\n", i);
		memcpy(now.text, rows[i].text, strlen(rows[i].text));
		warned = NULL;
		database_judge("a", &now, &old);
		if (rows[i].why == NULL)
			assert_null(warned);
		else {
			assert_non_null(warned);
			assert_string_equal(warned, rows[i].why);
		}
		assert_non_null(strstr(last.text, "event=backend-database "));
		if (rows[i].age != NULL)
			assert_non_null(strstr(last.text, rows[i].age));
		else
			assert_null(strstr(last.text, " database="));
	}
}

/* Its dates have no zone, so a day and two hours are allowed on top. */
static void
test_database_age(void **state)
{
	struct version v = {.daily = 1, .built = NOW - 36 * HOUR};

	(void)state;
	assert_false(database_is_old(&v, 10 * HOUR));
	assert_true(database_is_old(&v, 10 * HOUR - 1));
	v.daily = 0;
	assert_false(database_is_old(&v, 0));
}

#define T(name) cmocka_unit_test_setup(name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_digests),
	    T(test_flags),
	    T(test_databases),
	    T(test_identity),
	    T(test_own),
	    T(test_database_lines),
	    T(test_database_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
