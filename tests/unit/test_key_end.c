/* SPDX-License-Identifier: ISC */
/* When the log tells that the stamping key is about to end, has ended or is
 * not valid yet, and how often (privsep/monitor/key_service.c); the clock is the test's. */
#include "privsep/monitor/key_service.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/reader.h"
#include "lib/log.h"
#include "privsep/monitor/status_write.h"

#define DAY UINT64_C(86400)
/* 2023-11-14, and ten days: of these the last one is the last tenth. */
#define FROM  UINT64_C(1699920000)
#define UNTIL (FROM + 10 * DAY - 1)
#define SECRET \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct monitor_boot boot = {.stamp.add = true};
static uint64_t now;
static int out;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = (time_t)now};
	return 0;
}

struct status_block status_now;

void
status_publish(void)
{
	assert_string_equal(status_now.key, "2024a");
	assert_int_equal(status_now.key_from, FROM);
	assert_int_equal(status_now.key_until, UNTIL);
}

/* What is told at that time: "" for nothing. */
static const char *
told_at(uint64_t time)
{
	static char text[LOG_LINE_MAX + 1];
	ssize_t n;

	assert_int_equal(ftruncate(out, 0), 0);
	assert_int_equal(lseek(out, 0, SEEK_SET), 0);
	now = time;
	keys_look();
	n = pread(out, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
is_told(uint64_t time, const char *level, const char *state)
{
	const char *text = told_at(time);
	char want[64];

	snprintf(want, sizeof(want), "level=%s event=stamping-key", level);
	assert_non_null(strstr(text, want));
	snprintf(want, sizeof(want), "stamp_key=2024a state=%s ", state);
	assert_non_null(strstr(text, want));
	assert_ptr_equal(strchr(text, '\n'), strrchr(text, '\n'));
}

static int
setup(void **state)
{
	(void)state;
	boot.stamp.add = true;
	now = FROM;
	keys_log(); /* a new ring: nothing is told yet */
	return 0;
}

/* A valid one says nothing; before its end, and behind it, once a day. */
static void
test_life(void **state)
{
	(void)state;
	assert_string_equal(told_at(FROM), "");
	assert_string_equal(told_at(FROM + 5 * DAY), "");
	assert_string_equal(told_at(UNTIL - DAY), "");
	is_told(UNTIL - DAY + 1, "warning", "ends-soon");
	assert_string_equal(told_at(UNTIL - DAY + 2), "");
	assert_string_equal(told_at(UNTIL), "");
	is_told(UNTIL + 1, "warning", "expired");
	assert_string_equal(told_at(UNTIL + DAY), "");
	is_told(UNTIL + 1 + DAY, "warning", "expired");
	assert_string_equal(told_at(UNTIL + 2 + DAY), "");
	is_told(UNTIL + 1 + 2 * DAY, "warning", "expired");
}

static void
test_not_yet(void **state)
{
	(void)state;
	is_told(FROM - 3 * DAY, "warning", "not-yet");
	assert_string_equal(told_at(FROM - 2 * DAY - 1), "");
	is_told(FROM - 2 * DAY, "warning", "not-yet");
	is_told(FROM, "info", "valid");
	assert_string_equal(told_at(FROM + 1), "");
	assert_string_equal(told_at(FROM + 2 * DAY), "");
}

/* A clock that was wrong and is set right. */
static void
test_set_back(void **state)
{
	(void)state;
	is_told(UNTIL + 100 * DAY, "warning", "expired");
	is_told(UNTIL + 50 * DAY, "warning", "expired");
	is_told(FROM + DAY, "info", "valid");
	assert_string_equal(told_at(FROM + DAY + 1), "");
}

/* A ring that is read anew is looked at anew; and who does not stamp has no
 * use for the key. */
static void
test_new_ring(void **state)
{
	(void)state;
	is_told(UNTIL + 1, "warning", "expired");
	assert_string_equal(told_at(UNTIL + 2), "");
	keys_log();
	is_told(UNTIL + 3, "warning", "expired");
	boot.stamp.add = false;
	assert_string_equal(told_at(UNTIL + 2 * DAY), "");
}

static bool
make_ring(void)
{
	char dir[] = "/tmp/test-key-end-XXXXXX", file[64], why[512];
	FILE *key;
	bool ok;

	if (mkdtemp(dir) == NULL)
		return false;
	snprintf(file, sizeof(file), "%s/a.key", dir);
	key = fopen(file, "w");
	if (key == NULL)
		return false;
	fputs("pratique-key 1\nid 2024a\nuse stamp\nfrom 2023-11-14\n"
	      "until 2023-11-23\nsecret " SECRET "\n",
	    key);
	fchmod(fileno(key), 0400);
	fclose(key);
	ok = keys_setup(&boot, why, sizeof(why)) &&
	     reader_load(dir, "", true, why, sizeof(why));
	unlink(file);
	rmdir(dir);
	if (!ok)
		puts(why);
	return ok;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_life, setup),
	    cmocka_unit_test_setup(test_not_yet, setup),
	    cmocka_unit_test_setup(test_set_back, setup),
	    cmocka_unit_test_setup(test_new_ring, setup),
	};

	out = memfd_create("log", MFD_CLOEXEC);
	log_init(out, LOG_FORMAT_LOGFMT, LOG_TO_STDERR);
	now = FROM;
	if (!make_ring())
		return 1;
	return cmocka_run_group_tests_name("key_end", tests, NULL, NULL);
}
