/* SPDX-License-Identifier: ISC */
/* See tests/unit/pace.h. */
#include "tests/unit/pace.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FORKS	   20
#define FORK_NS	   200000.0 /* where the factor is 1 */
#define FACTOR_MAX 4.0

static double
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double
measured(void)
{
	double begun = now_ns(), slower;

	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		if (pid > 0)
			(void)waitpid(pid, NULL, 0);
	}
	slower = (now_ns() - begun) / FORKS / FORK_NS;
	return slower < FACTOR_MAX ? slower : FACTOR_MAX;
}

int
paced_ms(int ms)
{
	static double factor;

	if (factor < 1) {
		const char *given = getenv("PRATIQUE_PACE");

		factor = given != NULL ? strtod(given, NULL) : measured();
		if (factor < 1)
			factor = 1;
	}
	return (int)((double)ms * factor);
}
