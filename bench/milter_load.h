/* SPDX-License-Identifier: ISC */
/*
 * What the parts of the load generator share: the options, and the account of
 * what came back.
 */
#ifndef BENCH_MILTER_LOAD_H
#define BENCH_MILTER_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "config/settings.h"

struct load_options {
	struct address address;
	uint32_t connections; /* at once */
	uint32_t messages;    /* in all */
	uint32_t per_connection;
	uint32_t body; /* bytes */
	uint32_t fields;
	uint32_t recipients;
	uint32_t seconds; /* for the whole run */
	bool eicar;
	bool idle;
};

struct load_tally {
	uint32_t done;
	uint32_t errors;       /* connections lost to an error */
	uint32_t replies[256]; /* final replies, by their code */
	uint32_t *latency;     /* us, one for each message that is done */
};

/* Reads the command line; ends the process with status 64 if it is wrong. */
void load_options_read(struct load_options *, int argc, char *argv[]);

/* Microseconds of a clock that only goes forward. */
static inline uint64_t
load_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

#endif
