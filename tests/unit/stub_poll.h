/* SPDX-License-Identifier: ISC */
/* A poll set that takes everything and has no events, in the place of
 * scanner/base/poll.c.  Include it once, behind cmocka.h. */
#ifndef TESTS_UNIT_STUB_POLL_H
#define TESTS_UNIT_STUB_POLL_H

#include "scanner/base/poll.h"

bool
poll_watch(int fd, enum poll_kind kind, uint32_t index, enum poll_for *have,
    enum poll_for want)
{
	(void)fd, (void)kind, (void)index;
	*have = want;
	return true;
}

void
poll_leave(int fd)
{
	(void)fd;
}

#endif
