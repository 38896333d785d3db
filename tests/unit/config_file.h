/* SPDX-License-Identifier: ISC */
/*
 * For tests of config_read: a file made from text, in a directory of its own
 * below /tmp, read.  Users of the tests are nobody and daemon, which every
 * system has, instead of the defaults.
 */
#ifndef TESTS_UNIT_CONFIG_FILE_H
#define TESTS_UNIT_CONFIG_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

#define USERS	"user = nobody\nscanner_user = daemon\n" /* two lines */
#define OUT_MAX 16384

static struct config config;
static char messages[OUT_MAX];

static FILE *messages_to;

static void
print_warning(const struct config_warning *w)
{
	config_warning_print(w, messages_to);
}

/* Reads text as a file named t.conf; messages without the directory. */
static bool
read_text(const char *text)
{
	FILE *fp = fopen("t.conf", "w");
	FILE *err = fmemopen(messages, sizeof(messages), "w");
	bool ok;

	assert_non_null(fp);
	assert_non_null(err);
	fputs(text, fp);
	fclose(fp);
	chmod("t.conf", 0644);
	memset(&config, 0, sizeof(config));
	messages[0] = '\0';
	ok = config_read("t.conf", &config, err);
	messages_to = err;
	if (ok)
		config_warnings(print_warning);
	fclose(err);
	return ok;
}

/* Runs the tests in that directory and removes it. */
static int
run_below_tmp(const struct CMUnitTest *tests, size_t n)
{
	static const char *const left[] = {
	    "t.conf", "group.conf", "others.conf", "fifo"};
	char dir[] = "/tmp/test-config-XXXXXX";
	int failed;

	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return 1;
	umask(022);
	failed = _cmocka_run_group_tests("config", tests, n, NULL, NULL);
	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		unlink(left[i]);
	rmdir(dir);
	return failed;
}

#endif
