/* SPDX-License-Identifier: ISC */
/* For tests of what has time limits: a clock that stands until it is told to go
 * on, by setting now_ms.  Include it once, behind cmocka.h. */
#ifndef TESTS_UNIT_FAKE_CLOCK_H
#define TESTS_UNIT_FAKE_CLOCK_H

#include <stdint.h>
#include <time.h>

static uint64_t now_ms;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	(void)id;
	*ts = (struct timespec){.tv_sec = (time_t)(now_ms / 1000),
	    .tv_nsec = (long)(now_ms % 1000) * 1000000};
	return 0;
}

#endif
