/* SPDX-License-Identifier: ISC */
/*
 * In place of the handing over of a connection to libmilter, in the test
 * program: its first bytes are the number of an attempt, as in escape_engine.c, and
 * it is tried here.  This is the main thread; the filter and all other layers
 * are the process's, so libmilter's threads have the same.
 */
#include <unistd.h>

#include "libmilter/handover.h"
#include "tests/escape/attempt.h"

#define DIGITS 4

bool __wrap_handover_give(int fd);

static int mta = -1;

void
attempt_say(const char *line, size_t len)
{
	(void)!write(mta, line, len);
}

/* False: the caller closes the connection. */
bool
__wrap_handover_give(int fd)
{
	char word[1 + DIGITS];
	size_t number;

	if (read(fd, word, sizeof(word)) != sizeof(word))
		return false;
	mta = fd;
	number = attempt_number(word + 1, DIGITS);
	if (word[0] == '0' && number != SIZE_MAX)
		attempt_run(number);
	return false;
}
