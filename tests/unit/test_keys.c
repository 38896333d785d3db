/* SPDX-License-Identifier: ISC */
/*
 * Keys: files, ring, memory, and what the monitor does with the two requests
 * (keys/).  Needs no root: files of the own user are as good.
 */
#include "keys/notary.h"

#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/reader.h"
#include "keys/vault.h"
#include "keys/window.h"

#define NOW UINT64_C(1700000160)
#define SECRET_A \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET_B \
	"ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define FILE_A "pratique-key 1\nid 2024a\nuse stamp\nsecret " SECRET_A "\n"
#define FILE_B "pratique-key 1\nid b\nuse check\nsecret " SECRET_B "\n"

static char dir[] = "/tmp/test-keys-XXXXXX";
static char why[512];
static struct stamp_settings settings = {.add = true,
    .profile = "std",
    .lifetime = 3600000,
    .max_age = 3600000,
    .skew = 300000,
    .peers = 2,
    .peer = {{.keys = 1, .key = {"2024a"}}, {.keys = 1, .key = {"b"}}}};

static void *advised; /* to be left out of core files */
static size_t advised_len;

int
madvise(void *at, size_t len, int advice)
{
	if (advice == MADV_DONTDUMP) {
		advised = at;
		advised_len = len;
	}
	return (int)syscall(SYS_madvise, at, len, advice);
}

static void
put(const char *name, const char *text, mode_t mode)
{
	FILE *out;

	unlink(name);
	out = fopen(name, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fchmod(fileno(out), mode), 0);
	fclose(out);
}

static bool
load(void)
{
	return reader_load(dir, "", false, why, sizeof(why));
}

static int
setup(void **state)
{
	(void)state;
	put("a.key", FILE_A, 0400);
	put("b.key", FILE_B, 0400);
	unlink("c.key");
	return load() ? 0 : -1;
}

/* --- files --------------------------------------------------------------------- */

static struct key parsed;

static const char *
parse(const char *text)
{
	return key_file_parse(span_text(text), &parsed);
}

static void
test_key_file(void **state)
{
	struct key key;
	char text[KEY_FILE_MAX];
	static const char full[] = "pratique-key 1\nid a\nuse check\n"
				   "from 2023-11-14\nuntil 2024-02-29\n"
				   "secret " SECRET_A "\n";

	(void)state;
	assert_null(key_file_parse(span_text(full), &key));
	assert_string_equal(key.id, "a");
	assert_false(key.stamps);
	assert_int_equal(key.from, 1699920000);
	assert_int_equal(key.until, 1709251199);
	key_file_write(&key, text);
	assert_string_equal(text, full);
	assert_null(key_file_parse(span_text(FILE_A), &key));
	assert_true(key.stamps);
	assert_int_equal(key.from, 0);
	assert_int_equal(key.until, STAMP_NUMBER_MAX);
	key.from = 5;
	key_file_write(&key, text);
	assert_non_null(strstr(text, "from 5\n"));
	assert_null(key_file_parse(span_text(text), &key));
	assert_int_equal(key.from, 5);
	/* A day that has no name: the year is beyond 9999. */
	key.from = UINT64_C(86400) * 10000000000;
	key_file_write(&key, text);
	assert_null(key_file_parse(span_text(text), &key));
	assert_int_equal(key.from, UINT64_C(86400) * 10000000000);
}

static void
test_bad_key_file(void **state)
{
	static const char *const bad[] = {
	    "",
	    "pratique-key 2\nid a\nuse check\nsecret " SECRET_A "\n",
	    "pratique-key 1\nid A\nuse check\nsecret " SECRET_A "\n",
	    "pratique-key 1\nid ../x\nuse check\nsecret " SECRET_A "\n",
	    "pratique-key 1\nid a\nuse both\nsecret " SECRET_A "\n",
	    "pratique-key 1\nuse check\nid a\nsecret " SECRET_A "\n",
	    "pratique-key 1\nid a\nuse check\nsecret " SECRET_A,
	    "pratique-key 1\nid a\nuse check\nsecret " SECRET_A "0\n",
	    "pratique-key 1\nid a\nuse check\nsecret " SECRET_A "\n\n",
	    "pratique-key 1\nid a\nuse check\nsecret 00\n",
	    "pratique-key 1\nid a\nuse check\nsecret 0g" SECRET_A "\n",
	    "pratique-key 1\nid a\nuse check\nsecret "
	    "7777777777777777777777777777777777777777777777777777777777777777"
	    "\n",
	    "pratique-key 1\nid a\nuse check\nfrom 2023-02-29\nsecret " SECRET_A
	    "\n",
	    "pratique-key 1\nid a\nuse check\nuntil 2023-13-01\n"
	    "secret " SECRET_A "\n",
	    "pratique-key 1\nid a\nuse check\nfrom 2023-02-02\n"
	    "until 2023-02-01\nsecret " SECRET_A "\n",
	    "pratique-key 1\nid a\nuse check\nfrom 9007199254740993\n"
	    "secret " SECRET_A "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_non_null(parse(bad[i]));
		/* No secret is left of it. */
		assert_int_equal(
		    sodium_is_zero((const uint8_t *)&parsed, sizeof(parsed)),
		    1);
	}
}

static void
test_days(void **state)
{
	char text[KEY_DAY_MAX];
	uint64_t time;

	(void)state;
	for (uint64_t day = 0; day < 60000; day++) {
		key_day_write(day * 86400, text);
		assert_true(key_day_parse(span_text(text), &time));
		assert_int_equal(time, day * 86400);
	}
}

/* --- ring ---------------------------------------------------------------------- */

static void
test_ring(void **state)
{
	const struct keyring *ring = keyring_get();

	(void)state;
	assert_int_equal(ring->count, 2);
	assert_string_equal(ring->key[ring->stamping].id, "2024a");
	assert_non_null(keyring_find("b"));
	assert_null(keyring_find("c"));
	assert_null(keyring_find("202"));
	assert_null(keyring_find("2024ab"));
	assert_null(keyring_find(""));
	/* Other files are not looked at. */
	put("note.txt", "x", 0644);
	assert_true(load());
	unlink("note.txt");
}

/* Each of these is refused, says which file (of two that do not go together
 * the one that the directory lists later), and leaves the ring. */
static void
refused(const char *text, mode_t mode, const char *because)
{
	const struct keyring *before = keyring_get();

	put("c.key", text, mode);
	assert_false(load());
	assert_true(
	    strstr(why, "c.key") != NULL ||
	    ((strstr(why, "a.key") != NULL || strstr(why, "b.key") != NULL) &&
		(strstr(because, "another") != NULL ||
		    strstr(because, "second") != NULL)));
	assert_non_null(strstr(why, because));
	assert_ptr_equal(keyring_get(), before);
	assert_non_null(keyring_find("2024a"));
	unlink("c.key");
	assert_true(load());
}

static void
test_refused(void **state)
{
	static const char good[] = "pratique-key 1\nid c\nuse check\nsecret "
				   "01" SECRET_A "\n";
	char text[sizeof(good)];

	(void)state;
	memcpy(text, good, sizeof(text));
	text[sizeof(good) - 4] = '\n'; /* 64 digits */
	text[sizeof(good) - 3] = '\0';
	put("c.key", text, 0400);
	assert_true(load());
	assert_int_equal(keyring_get()->count, 3);
	unlink("c.key");
	assert_true(load());
	refused(text, 0600, "mode");
	refused(text, 0440, "mode");
	refused(text, 0444, "mode");
	refused("nonsense", 0400, "pratique-key");
	if (geteuid() == 0) {
		put("c.key", text, 0400);
		assert_int_equal(chown("c.key", 4242, 0), 0);
		assert_false(load());
		assert_non_null(strstr(why, "belongs to another user"));
		unlink("c.key");
	}
	refused(FILE_B, 0400, "of another key");
	refused("pratique-key 1\nid c\nuse check\nsecret " SECRET_B "\n", 0400,
	    "secret of another");
	refused("pratique-key 1\nid c\nuse stamp\nsecret 0102030405060708090a0b"
		"0c0d0e0f101112131415161718191a1b1c1d1e1f20\n",
	    0400, "second one");
	unlink("c.key");
	assert_int_equal(symlink("a.key", "c.key"), 0);
	assert_false(load());
	assert_non_null(strstr(why, "symbolic link"));
	unlink("c.key");
	assert_int_equal(mkfifo("c.key", 0400), 0);
	assert_false(load());
	unlink("c.key");
}

static void
test_needs(void **state)
{
	(void)state;
	assert_true(reader_load(dir, "2024a", true, why, sizeof(why)));
	assert_false(reader_load(dir, "b", true, why, sizeof(why)));
	unlink("a.key");
	assert_true(reader_load(dir, "", false, why, sizeof(why)));
	assert_false(reader_load(dir, "", true, why, sizeof(why)));
	unlink("b.key");
	assert_false(reader_load(dir, "", false, why, sizeof(why)));
	assert_false(reader_load("/nonexistent", "", false, why, sizeof(why)));
	assert_non_null(
	    strstr(why, "/nonexistent: there is no such directory"));
	assert_non_null(strstr(why, "pratique key new"));
}

static void
test_too_many(void **state)
{
	char name[32], text[256], hex[2 * KEY_SECRET + 1];
	uint8_t secret[KEY_SECRET];

	(void)state;
	for (int i = 0; i < KEYRING_MAX - 1; i++) {
		randombytes_buf(secret, sizeof(secret));
		sodium_bin2hex(hex, sizeof(hex), secret, sizeof(secret));
		snprintf(name, sizeof(name), "z%d.key", i);
		snprintf(text, sizeof(text),
		    "pratique-key 1\nid z%d\nuse check\nsecret %s\n", i, hex);
		put(name, text, 0400);
		if (i < KEYRING_MAX - 2)
			assert_true(load());
	}
	assert_false(load());
	assert_non_null(strstr(why, "one too many"));
	for (int i = 0; i < KEYRING_MAX - 1; i++) {
		snprintf(name, sizeof(name), "z%d.key", i);
		unlink(name);
	}
	assert_true(load());
}

/* What another process of ours has read. */
static struct keyring_pages *
elsewhere(struct vault *v)
{
	int fd = keyring_begin_elsewhere();

	assert_true(vault_map(v, fd, sizeof(struct keyring_pages)));
	return v->memory;
}

static void
test_elsewhere(void **state)
{
	struct keyring_pages *pages;
	struct vault v;

	(void)state;
	pages = elsewhere(&v);
	assert_int_equal(pages->ring.count, 0);
	assert_true(reader_dir(pages, dir, "", true));
	assert_true(keyring_finish(true, why, sizeof(why)));
	assert_ptr_not_equal(keyring_get(), &pages->ring); /* another mapping */
	assert_int_equal(keyring_get()->count, 2);
	assert_non_null(keyring_find("b"));
	/* It is wiped, for all who have it mapped, when its time is over. */
	assert_true(load());
	assert_int_equal(pages->ring.count, 0);
	assert_int_equal(pages->ring.key[0].id[0], 0);
}

/* Whatever is in the pages: the ring in use stays. */
static void
test_liar(void **state)
{
	struct keyring_pages *pages;
	struct vault v;

	(void)state;
	for (int lie = 0; lie < 6; lie++) {
		pages = elsewhere(&v);
		assert_true(reader_dir(pages, dir, "", true));
		if (lie == 0)
			pages->ring.count = 0;
		else if (lie == 1)
			pages->ring.count = KEYRING_MAX + 1;
		else if (lie == 2)
			pages->ring.stamping = KEYRING_MAX + 1;
		else if (lie == 3)
			memset(pages->ring.key[1].id, 'x',
			    sizeof(pages->ring.key[1].id));
		else if (lie == 4)
			memset(pages->why, 'y', sizeof(pages->why));
		/* 4 and 5: it failed, and says so. */
		assert_false(keyring_finish(lie < 4, why, sizeof(why)));
		assert_int_equal(keyring_get()->count, 2);
		assert_non_null(keyring_find("2024a"));
	}
}

/* --- memory -------------------------------------------------------------------- */

/* What ends a child that touches the vault: its signal. */
static int
touch(struct vault *v)
{
	volatile uint8_t *byte = v->memory;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL); /* cmocka has its own */
		_exit(*byte & 0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* The pages are not there in a child, so any touch ends it. */
static void
test_not_inherited(void **state)
{
	struct vault v;

	(void)state;
	assert_true(vault_make(&v, 5000));
	print_message("memfd_secret: %d\n", v.secret);
	assert_int_equal(touch(&v), SIGSEGV);
	/* And in the process itself they are. */
	assert_int_equal(*(volatile uint8_t *)v.memory, 0);
}

/* Nor are they in a core file. */
static void
test_not_dumped(void **state)
{
	struct vault v;

	(void)state;
	advised_len = 0;
	assert_true(vault_make(&v, 5000));
	assert_ptr_equal(advised, v.memory);
	assert_true(advised_len >= 5000);
}

static sigjmp_buf caught;

static void
on_fault(int number)
{
	(void)number;
	siglongjmp(caught, 1);
}

/* Does a write to that byte fault, in this process? */
static bool
faults(uint8_t *at)
{
	struct sigaction action = {.sa_handler = on_fault}, old;
	volatile bool fault = true;

	sigaction(SIGSEGV, &action, &old);
	if (sigsetjmp(caught, 1) == 0) {
		*(volatile uint8_t *)at = 7;
		fault = false;
	}
	sigaction(SIGSEGV, &old, NULL);
	return fault;
}

static void
test_protection(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct vault v;

	(void)state;
	assert_true(vault_make(&v, page));
	assert_true(faults(v.memory));
	vault_unlock(&v);
	assert_false(faults(v.memory));
	assert_true(faults((uint8_t *)v.memory - 1));
	assert_true(faults((uint8_t *)v.memory + page));
	vault_wipe(&v);
	assert_int_equal(*(uint8_t *)v.memory, 0);
	assert_true(faults(v.memory));
	/* The ring is closed, too. */
	assert_true(faults((uint8_t *)(uintptr_t)keyring_get()));
}

/* --- requests ------------------------------------------------------------------ */

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
		uint64_t change;
	} rows[] = {
	    {0, STAMP_NUMBER_MAX, NOW, KEY_VALID,
		STAMP_NUMBER_MAX + 1 - DAYS(30)},
	    {NOW, NOW + 99, NOW - 1, KEY_NOT_YET, NOW},
	    {NOW, NOW + 99, NOW, KEY_VALID, NOW + 90},
	    {NOW, NOW + 99, NOW + 89, KEY_VALID, NOW + 90},
	    {NOW, NOW + 99, NOW + 90, KEY_ENDS_SOON, NOW + 100},
	    {NOW, NOW + 99, NOW + 99, KEY_ENDS_SOON, NOW + 100},
	    {NOW, NOW + 99, NOW + 100, KEY_EXPIRED, UINT64_MAX},
	    {NOW, NOW, NOW, KEY_ENDS_SOON, NOW + 1},
	    {NOW, NOW + DAYS(1000), NOW + DAYS(970), KEY_VALID,
		NOW + DAYS(970) + 1},
	    {NOW, NOW + DAYS(1000), NOW + DAYS(970) + 1, KEY_ENDS_SOON,
		NOW + DAYS(1000) + 1},
	    {0, NOW, NOW - DAYS(30), KEY_VALID, NOW + 1 - DAYS(30)},
	    {0, NOW, NOW + 1 - DAYS(30), KEY_ENDS_SOON, NOW + 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t change;

		print_message("%zu\n", i);
		assert_int_equal(key_state(rows[i].from, rows[i].until,
				     rows[i].now, &change),
		    rows[i].state);
		assert_int_equal(change, rows[i].change);
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
	    cmocka_unit_test(test_key_file),
	    cmocka_unit_test(test_bad_key_file),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test_setup(test_ring, setup),
	    cmocka_unit_test_setup(test_refused, setup),
	    cmocka_unit_test_setup(test_needs, setup),
	    cmocka_unit_test_setup(test_too_many, setup),
	    cmocka_unit_test_setup(test_elsewhere, setup),
	    cmocka_unit_test_setup(test_liar, setup),
	    cmocka_unit_test(test_not_inherited),
	    cmocka_unit_test(test_not_dumped),
	    cmocka_unit_test_setup(test_protection, setup),
	    cmocka_unit_test_setup(test_stamp, setup),
	    cmocka_unit_test_setup(test_violations, setup),
	    cmocka_unit_test_setup(test_refusals, setup),
	    cmocka_unit_test(test_window),
	    cmocka_unit_test_setup(test_check_times, setup),
	    cmocka_unit_test_setup(test_check_keys, setup),
	    cmocka_unit_test_setup(test_check_bits, setup),
	};
	int failed;

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 || !keyring_setup())
		return 1;
	notary_setup(&settings);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink("a.key");
	unlink("b.key");
	rmdir(dir);
	return failed;
}
