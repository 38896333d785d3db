/* SPDX-License-Identifier: ISC */
/*
 * In place of the sessions' records in a scanner of the test program: four
 * digits on a session's channel are the number of an attempt.  It is tried at
 * the place where records of mail are read; what comes of it goes to the log.
 */
#include "lib/fd_numbers.h"
#include "scanner/client.h"

#include <unistd.h>

#include "privsep/ipc/record.h"
#include "scanner/base/poll.h"
#include "tests/escape/attempt.h"

static int channel = -1;

void
client_add(int fd, uint32_t owner)
{
	enum poll_for watched = POLL_NOTHING;

	(void)owner;
	if (channel != -1)
		close(channel);
	channel = fd;
	(void)poll_watch(fd, POLL_SESSION, 0, &watched, POLL_READ);
}

void
attempt_say(const char *line, size_t len)
{
	(void)!write(CHILD_FD_LOG, line, len);
}

void
client_input(uint32_t index)
{
	char text[4];
	ssize_t n = read(channel, text, sizeof(text));
	size_t number = n > 0 ? attempt_number(text, (size_t)n) : SIZE_MAX;

	(void)index;
	if (number != SIZE_MAX)
		attempt_run(number);
	if (n == 0) {
		close(channel);
		channel = -1;
	}
}
