/* SPDX-License-Identifier: ISC */
/*
 * Which descriptors are open, determined with ppoll, which marks closed ones
 * with POLLNVAL: no /proc is needed, and one call checks 256.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

/* Higher ones are closed without looking: the process that starts us closes all
 * that it does not hand on, so this is only a second check. */
#define LOOKED_AT 65536
#define AT_ONCE	  256 /* ppoll takes no more than RLIMIT_NOFILE */
#define MASK_BITS 64

/* Is each of the descriptors from first on open or closed as it should be? */
static bool
descriptors_are(int first, int count, uint64_t open)
{
	struct pollfd pfd[AT_ONCE];
	struct timespec none = {0};

	for (int i = 0; i < count; i++)
		pfd[i] = (struct pollfd){.fd = first + i};
	if (ppoll(pfd, (nfds_t)count, &none, NULL) == -1)
		return false;
	for (int i = 0; i < count; i++) {
		bool wanted =
		    first + i < MASK_BITS && (open >> (first + i) & 1) != 0;

		if (((pfd[i].revents & POLLNVAL) == 0) != wanted)
			return false;
	}
	return true;
}

bool
sandbox_descriptors(uint64_t open)
{
	struct rlimit files;
	int count = AT_ONCE;

	if (close_range(LOOKED_AT, ~0U, 0) == -1 ||
	    getrlimit(RLIMIT_NOFILE, &files) == -1 || files.rlim_cur == 0)
		return false;
	if (files.rlim_cur < AT_ONCE)
		count = (int)files.rlim_cur;
	for (int first = 0; first < LOOKED_AT; first += count)
		if (!descriptors_are(first, count, open))
			return false;
	return true;
}
