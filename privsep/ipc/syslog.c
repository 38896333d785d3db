/* SPDX-License-Identifier: ISC */
/*
 * A socket to the system log; see syslog.h.  In pratiqued, and in the
 * monitor whenever the scanner says that the old one takes no more lines.
 */
#include "privsep/ipc/syslog.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
syslog_open(void)
{
	struct sockaddr_un addr = {
	    .sun_family = AF_UNIX, .sun_path = SYSLOG_PATH};
	/* A log that does not read must not stop the scanner. */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}
