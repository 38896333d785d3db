/* SPDX-License-Identifier: ISC */
/*
 * A socket to the system log; see syslog.h.  In the monitor, at its start and
 * whenever the scanner says that the old one takes no more lines.
 */
#include "privsep/syslog.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
syslog_open(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	/* A log that does not read must not stop the scanner. */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return -1;
	strncpy(addr.sun_path, path, sizeof(addr.sun_path) - 1);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}
