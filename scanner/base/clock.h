/* SPDX-License-Identifier: ISC */
/*
 * The scanner's clock: milliseconds that only go forward, for deadlines and
 * durations.  Served by the vDSO, so it is read where it is needed.
 */
#ifndef SCANNER_BASE_CLOCK_H
#define SCANNER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t
clock_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Seconds since 1970, for what has a date. */
static inline int64_t
clock_today(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

#endif
