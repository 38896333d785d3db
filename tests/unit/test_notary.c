/* SPDX-License-Identifier: ISC */
/*
 * What the monitor does with the two requests of a scanner (keys/notary.c), and
 * from when to when a stamping key is good (keys/window.c).
 */
#include "keys/notary.h"

#include "keys/window.h"
#include "tests/unit/key_directory.h"

static struct stamp_settings settings = {.add = true,
    .profile = "std",
    .lifetime = 3600000,
    .max_age = 3600000,
    .skew = 300000,
    .peers = 2,
    .peer = {{.keys = 1, .key = {"2024a"}}, {.keys = 1, .key = {"b"}}}};

static void
make_request(uint8_t record[STAMP_RECORD])
{
	struct stamp s = {.database = 27091,
	    .database_time = 1699950000,
	    .engine = "ClamAV-1.4.6",
	    .body = {1},
	    .header = {2},
	    .address = {3}};

	stamp_encode(&s, record);
}

static void
test_stamp(void **state)
{
	uint8_t request[STAMP_RECORD], record[STAMP_RECORD], mac[STAMP_MAC],
	    second[STAMP_RECORD];
	struct stamp s;

	(void)state;
	make_request(request);
	assert_int_equal(notary_stamp(request, NOW, record, mac), STAMP_MADE);
	assert_true(stamp_decode(record, &s));
	assert_int_equal(s.time, NOW);
	assert_int_equal(s.expiry, NOW + 3600);
	assert_string_equal(s.key, "2024a");
	assert_string_equal(s.profile, "std");
	assert_int_equal(s.body[0], 1);
	assert_int_equal(notary_check(record, mac, 0, NOW), STAMP_GOOD);
	assert_int_equal(notary_stamp(request, NOW, second, mac), STAMP_MADE);
	assert_memory_not_equal(record, second, sizeof(record));
}

/* What the scanner must leave to the monitor, byte by byte. */
static void
test_violations(void **state)
{
	uint8_t request[STAMP_RECORD], record[STAMP_RECORD], mac[STAMP_MAC];

	(void)state;
	for (size_t i = 0; i < STAMP_RECORD; i++) {
		/* flags, database, engine's name and digests are its own */
		bool own = i == 18 || (i >= 20 && i < 24) ||
			   (i >= 40 && i < 48) || (i >= 88);

		if (own)
			continue;
		make_request(request);
		request[i] ^= 0x41;
		assert_int_equal(
		    notary_stamp(request, NOW, record, mac), STAMP_VIOLATION);
	}
	make_request(request);
	request[18] = 4; /* flags */
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_VIOLATION);
	make_request(request);
	request[119] = 1; /* behind the engine's NUL */
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_VIOLATION);
	make_request(request);
	request[88] = '/';
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_VIOLATION);
	make_request(request);
	assert_int_equal(notary_stamp(request, 1699950000 - 86401, record, mac),
	    STAMP_VIOLATION);
}

static void
test_refusals(void **state)
{
	uint8_t request[STAMP_RECORD], record[STAMP_RECORD], mac[STAMP_MAC];
	struct stamp s;

	(void)state;
	make_request(request);
	memset(request + 20, 0, 4); /* no database */
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_NO_DATABASE);
	make_request(request);
	assert_true(stamp_decode(request, &s));
	s.database_time = 0;
	stamp_encode(&s, request);
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_NO_DATABASE);
	make_request(request);
	settings.add = false;
	assert_int_equal(notary_stamp(request, NOW, record, mac), STAMP_NO_KEY);
	settings.add = true;
	put("a.key",
	    "pratique-key 1\nid 2024a\nuse stamp\nuntil 2023-11-13\nsecret " SECRET_A
	    "\n",
	    0400);
	assert_true(load());
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_KEY_EXPIRED);
	put("a.key",
	    "pratique-key 1\nid 2024a\nuse stamp\nfrom 2023-11-16\nsecret " SECRET_A
	    "\n",
	    0400);
	assert_true(load());
	assert_int_equal(
	    notary_stamp(request, NOW, record, mac), STAMP_KEY_NOT_YET);
	put("a.key",
	    "pratique-key 1\nid 2024a\nuse check\nsecret " SECRET_A "\n", 0400);
	assert_true(load());
	assert_int_equal(notary_stamp(request, NOW, record, mac), STAMP_NO_KEY);
}

#define DAYS(n) ((uint64_t)(n)*86400)

/* Told before a key ends: in the last tenth of its time, but not more than 30
 * days before. */
static void
test_window(void **state)
{
	static const struct {
		uint64_t from, until, now;
		enum key_state state;
	} rows[] = {
	    {0, STAMP_NUMBER_MAX, NOW, KEY_VALID},
	    {NOW, NOW + 99, NOW - 1, KEY_NOT_YET},
	    {NOW, NOW + 99, NOW, KEY_VALID},
	    {NOW, NOW + 99, NOW + 89, KEY_VALID},
	    {NOW, NOW + 99, NOW + 90, KEY_ENDS_SOON},
	    {NOW, NOW + 99, NOW + 99, KEY_ENDS_SOON},
	    {NOW, NOW + 99, NOW + 100, KEY_EXPIRED},
	    {NOW, NOW, NOW, KEY_ENDS_SOON},
	    {NOW, NOW + DAYS(1000), NOW + DAYS(970), KEY_VALID},
	    {NOW, NOW + DAYS(1000), NOW + DAYS(970) + 1, KEY_ENDS_SOON},
	    {0, NOW, NOW - DAYS(30), KEY_VALID},
	    {0, NOW, NOW + 1 - DAYS(30), KEY_ENDS_SOON},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%zu\n", i);
		assert_int_equal(
		    key_state(rows[i].from, rows[i].until, rows[i].now),
		    rows[i].state);
	}
	assert_string_equal(key_state_name(KEY_VALID), "valid");
	assert_string_equal(key_state_name(KEY_ENDS_SOON), "ends-soon");
	assert_string_equal(key_state_name(KEY_EXPIRED), "expired");
	assert_string_equal(key_state_name(KEY_NOT_YET), "not-yet");
}

/* A stamp made at TIME with EXPIRY, checked NOW. */
static enum stamp_reason
check_times(uint64_t time, uint64_t expiry)
{
	uint8_t record[STAMP_RECORD], mac[STAMP_MAC];
	struct stamp s = {.time = time,
	    .expiry = expiry,
	    .key = "2024a",
	    .profile = "std",
	    .engine = "x"};

	stamp_encode(&s, record);
	notary_mac(keyring_find("2024a"), record, mac);
	return notary_check(record, mac, 0, NOW);
}

static void
test_check_times(void **state)
{
	(void)state;
	assert_int_equal(check_times(NOW, NOW + 1), STAMP_GOOD);
	assert_int_equal(check_times(NOW - 3600, NOW + 1), STAMP_GOOD);
	assert_int_equal(check_times(NOW - 3601, NOW + 1), STAMP_TOO_OLD);
	assert_int_equal(check_times(NOW + 300, NOW + 400), STAMP_GOOD);
	assert_int_equal(check_times(NOW + 301, NOW + 400), STAMP_FUTURE);
	assert_int_equal(check_times(NOW - 9, NOW), STAMP_EXPIRY);
	assert_int_equal(check_times(NOW, NOW - 9), STAMP_EXPIRY);
	assert_int_equal(check_times(NOW, NOW + 7 * 86400), STAMP_GOOD);
	assert_int_equal(check_times(NOW, NOW + 7 * 86400 + 1), STAMP_EXPIRY);
}

static void
test_check_keys(void **state)
{
	uint8_t request[STAMP_RECORD], record[STAMP_RECORD], mac[STAMP_MAC];

	(void)state;
	make_request(request);
	notary_stamp(request, NOW, record, mac);
	assert_int_equal(
	    notary_check(record, mac, 1, NOW), STAMP_KEY_NOT_FOR_CLIENT);
	assert_int_equal(
	    notary_check(record, mac, 2, NOW), STAMP_KEY_NOT_FOR_CLIENT);
	memcpy(settings.profile, "two", 4);
	assert_int_equal(notary_check(record, mac, 0, NOW), STAMP_PROFILE);
	memcpy(settings.profile, "std", 4);
	unlink("a.key");
	assert_true(load());
	assert_int_equal(notary_check(record, mac, 0, NOW), STAMP_UNKNOWN_KEY);
}

/*
 * Each bit of the MAC and each byte of the record counts.  That the place of
 * the difference is not to be told from the time is the work of
 * crypto_verify_32, which looks at all 32 bytes in every case; the MAC is
 * always worked out whole before it is called.
 */
static void
test_check_bits(void **state)
{
	uint8_t request[STAMP_RECORD], record[STAMP_RECORD], mac[STAMP_MAC];

	(void)state;
	make_request(request);
	notary_stamp(request, NOW, record, mac);
	for (size_t bit = 0; bit < 8 * STAMP_MAC; bit++) {
		mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(
		    notary_check(record, mac, 0, NOW), STAMP_BAD_MAC);
		mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t i = 0; i < STAMP_RECORD; i++) {
		record[i] ^= 1;
		assert_int_not_equal(
		    notary_check(record, mac, 0, NOW), STAMP_GOOD);
		record[i] ^= 1;
	}
	assert_int_equal(notary_check(record, mac, 0, NOW), STAMP_GOOD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_stamp, setup),
	    cmocka_unit_test_setup(test_violations, setup),
	    cmocka_unit_test_setup(test_refusals, setup),
	    cmocka_unit_test(test_window),
	    cmocka_unit_test_setup(test_check_times, setup),
	    cmocka_unit_test_setup(test_check_keys, setup),
	    cmocka_unit_test_setup(test_check_bits, setup),
	};

	notary_setup(&settings);
	return run_with_keys("notary", tests, sizeof(tests) / sizeof(tests[0]));
}
