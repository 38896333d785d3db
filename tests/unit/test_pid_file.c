/* SPDX-License-Identifier: ISC */
/* The file for the process id (privsep/start/pid_file.c): what it holds, what of an
 * earlier run is taken and what is left alone, and that there is one daemon. */
#include "privsep/start/pid_file.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

static char top[] = "/tmp/test-pid-file-XXXXXX";
static char why[512], absolute[PATH_MAX];
static const char *replaced_by; /* while the lock is waited for; NULL: no */

static void
put(const char *text)
{
	FILE *out = fopen("pid", "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* The kernel's, and what another process may do just before. */
int
flock(int fd, int operation)
{
	if (replaced_by != NULL) {
		assert_int_equal(unlink("pid"), 0);
		if (*replaced_by != '\0')
			put(replaced_by);
	}
	return (int)syscall(SYS_flock, fd, operation);
}

static int
try(const char *path)
{
	why[0] = absolute[0] = '\0';
	return pid_file_open(path, absolute, why, sizeof(why));
}

static bool
holds(const char *text)
{
	char buf[64] = "";
	FILE *in = fopen("pid", "r");

	assert_non_null(in);
	buf[fread(buf, 1, sizeof(buf) - 1, in)] = '\0';
	fclose(in);
	return strcmp(buf, text) == 0;
}

/* What was there, and is it taken?  Then it holds our own number, and nothing
 * else; if not, it is as it was. */
static void
test_what_is_there(void **state)
{
	static const struct {
		const char *text; /* NULL: nothing */
		bool taken;
	} rows[] = {
	    {NULL, true},
	    {"", true},
	    {"1\n", true},
	    {"99999999999999\n", true},
	    {"\n", false},
	    {"12", false},
	    {"12\n13\n", false},
	    {"12/\n", false},
	    {"12:\n", false},
	    {"12 \n", false},
	    {" 12\n", false},
	    {"-12\n", false},
	    {"root:x:0:0:root:/root:/bin/sh\n", false},
	    {"0123456789012345678901234567890123456789\n", false},
	};
	char ours[32];

	(void)state;
	snprintf(ours, sizeof(ours), "%ld\n", (long)getpid());
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd;

		print_message("row %zu\n", i);
		unlink("pid");
		if (rows[i].text != NULL)
			put(rows[i].text);
		fd = try("pid");
		assert_int_equal(fd != -1, rows[i].taken);
		assert_true(holds(rows[i].taken ? ours : rows[i].text));
		if (fd == -1)
			assert_non_null(strstr(why, "it is not one"));
		else
			close(fd);
	}
}

static void
test_path(void **state)
{
	char path[PATH_MAX], long_one[PATH_MAX];
	int fd;

	(void)state;
	fd = try("pid");
	snprintf(path, sizeof(path), "%s/pid", top);
	assert_string_equal(absolute, path);
	close(fd);
	fd = try(path);
	assert_int_not_equal(fd, -1);
	assert_string_equal(absolute, path);
	close(fd);
	memset(long_one, 'x', sizeof(long_one));
	long_one[sizeof(long_one) - 2] = '\0';
	assert_int_equal(try(long_one), -1);
	assert_non_null(strstr(why, "too long"));
}

/* One that runs is named, whatever its file is called by, and keeps its file. */
static void
test_runs_already(void **state)
{
	char path[PATH_MAX], number[32];
	int fd = try("pid");

	(void)state;
	snprintf(path, sizeof(path), "%s/pid", top);
	snprintf(number, sizeof(number), "(process %ld)", (long)getpid());
	assert_int_equal(try(path), -1);
	assert_non_null(strstr(why, "is already running"));
	assert_non_null(strstr(why, number));
	close(fd);
	fd = try(path);
	assert_int_not_equal(fd, -1);
	close(fd);
}

/* The last daemon took its file away, and perhaps another one has made it anew,
 * between our open and the lock: then the lock is worth nothing. */
static void
test_replaced(void **state)
{
	static const char *const by[] = {"", "4711\n"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		put("1\n");
		replaced_by = by[i];
		assert_int_equal(try("pid"), -1);
		replaced_by = NULL;
	}
	assert_true(holds("4711\n"));
}

static int
setup(void **state)
{
	(void)state;
	unlink("pid");
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_there),
	    TEST(path),
	    TEST(runs_already),
	    TEST(replaced),
	};
	int failed;

	if (mkdtemp(top) == NULL || chdir(top) == -1)
		return 1;
	failed = cmocka_run_group_tests_name("pid_file", tests, NULL, NULL);
	unlink("pid");
	return chdir("/") == -1 || rmdir(top) == -1 ? 1 : failed;
}
