/* SPDX-License-Identifier: ISC */
/*
 * For tests of scanner/client_records.c, each a program of its own: poll set and log
 * without effect, and no message that is looked at before its end.  A line in
 * the log is counted: a session broke the protocol.  The last one is kept.
 */
#ifndef TESTS_UNIT_AROUND_CLIENT_H
#define TESTS_UNIT_AROUND_CLIENT_H

#include "scanner/base/log_retry.h"
#include "scanner/scan.h"
#include "tests/unit/stub_archives.h"
#include "tests/unit/stub_poll.h"

static unsigned int violations;
static struct log_line last_line;

void
log_retry_end(struct log_line *line)
{
	last_line = *line;
	violations++;
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	(void)level, (void)event, (void)what;
}

void
scan_early(struct scan *j, int memfd, uint64_t size)
{
	(void)j, (void)memfd, (void)size;
}

#endif
