/* SPDX-License-Identifier: ISC */
/*
 * Keys: files, ring and memory (keys/).  What is done with them: test_notary.c.
 */
#include <signal.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "keys/vault.h"
#include "tests/unit/key_directory.h"

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
	assert_string_equal(keyring_stamping()->id, "2024a");
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
	};

	return run_with_keys("keys", tests, sizeof(tests) / sizeof(tests[0]));
}
