/* SPDX-License-Identifier: ISC */
/*
 * For tests of keys/: a directory below /tmp with two key files, of which one
 * stamps, and the ring read from it.  Needs no root: files of the own user are
 * as good.
 */
#ifndef TESTS_UNIT_KEY_DIRECTORY_H
#define TESTS_UNIT_KEY_DIRECTORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/keyring.h"
#include "keys/reader.h"

#define NOW UINT64_C(1700000160)
#define SECRET_A \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET_B \
	"ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define FILE_A "pratique-key 1\nid 2024a\nuse stamp\nsecret " SECRET_A "\n"
#define FILE_B "pratique-key 1\nid b\nuse check\nsecret " SECRET_B "\n"

static char dir[] = "/tmp/test-keys-XXXXXX";
static char why[512];

static inline void
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

static inline bool
load(void)
{
	return reader_load(dir, "", false, why, sizeof(why));
}

static inline int
setup(void **state)
{
	(void)state;
	put("a.key", FILE_A, 0400);
	put("b.key", FILE_B, 0400);
	unlink("c.key");
	return load() ? 0 : -1;
}

/* Runs the tests in a directory of their own and removes it. */
static inline int
run_with_keys(const char *name, const struct CMUnitTest *tests, size_t n)
{
	int failed;

	if (mkdtemp(dir) == NULL || chdir(dir) == -1 || !keyring_setup())
		return 1;
	failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
	unlink("a.key");
	unlink("b.key");
	rmdir(dir);
	return failed;
}

#endif
