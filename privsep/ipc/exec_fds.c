/* SPDX-License-Identifier: ISC */
/* Descriptors in their places before an execve; see exec_fds.h. */
#include "privsep/ipc/exec_fds.h"

#include <fcntl.h>
#include <unistd.h>

/* Above every place, so that no copy is overwritten by another one. */
#define PARKING(count) (EXEC_FDS_FIRST + (int)(count))

static bool
park(const int *fd, int *parked, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		parked[i] = fd[i];
		if (fd[i] != -1 &&
		    (parked[i] = fcntl(fd[i], F_DUPFD, PARKING(count))) == -1)
			return false;
	}
	return true;
}

bool
exec_fds_take(const int *fd, size_t count)
{
	int parked[EXEC_FDS_MAX];

	if (count > EXEC_FDS_MAX || !park(fd, parked, count))
		return false;
	for (size_t i = 0; i < count; i++) {
		int place = EXEC_FDS_FIRST + (int)i;

		if (parked[i] == -1)
			close(place);
		else if (dup2(parked[i], place) == -1)
			return false;
	}
	return close_range(EXEC_FDS_FIRST + (unsigned int)count, ~0U, 0) == 0;
}
