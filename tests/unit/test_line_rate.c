/* SPDX-License-Identifier: ISC */
/* Lines that others bring about: scanner/base/line_rate.c.  The clock stands. */
#include "scanner/base/line_rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "scanner/base/log_retry.h"

static time_t now_s;
static struct log_line last;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = now_s};
	return 0;
}

void
log_retry_end(struct log_line *line)
{
	last = *line;
	last.text[last.len] = '\0';
}

/* As often as that; how many lines came of it. */
static size_t
lines(struct line_rate *few, size_t times)
{
	size_t count = 0;

	while (times-- > 0) {
		struct log_line line;

		if (!line_rate_allows(few))
			continue;
		count++;
		log_begin(&line, LOG_LEVEL_WARNING, "kind");
		line_rate_end(few, &line);
	}
	return count;
}

static void
test_flood(void **state)
{
	struct line_rate few = {0};

	(void)state;
	now_s = 1000;
	assert_int_equal(lines(&few, 5000), 100);
	assert_null(strstr(last.text, "left_out"));
	now_s++;
	assert_int_equal(lines(&few, 5000), 1);
	assert_non_null(strstr(last.text, " left_out=4900"));
	now_s += 100;
	assert_int_equal(lines(&few, 50), 50);
	assert_null(strstr(last.text, "left_out"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_flood)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
