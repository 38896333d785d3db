/* SPDX-License-Identifier: ISC */
/*
 * Log lines of the scanner; see log_retry.h.  After lockdown log_redirect is
 * used and never log_init, which lets libc look for the time zone again.
 */
#include "scanner/base/log_retry.h"

#include <unistd.h>

#include "lib/ensure.h"
#include "scanner/base/monitor_link.h"

static int log_fd = -1;
static enum log_to log_to;
static uint64_t next = UINT64_MAX; /* when lines that wait are tried again */

void
log_retry_setup(int fd, enum log_format format, enum log_to to)
{
	log_to = to;
	log_fd = fd;
	log_init(fd, format, to);
}

void
log_retry_replace(int fd)
{
	ensure(fd >= 0 && fd != log_fd);
	close(log_fd);
	log_fd = fd;
	log_redirect(fd, log_to);
	if (next != UINT64_MAX)
		next = 0;
}

void
log_retry_end(struct log_line *line)
{
	if (!log_end(line) && next == UINT64_MAX)
		next = 0;
}

uint64_t
log_retry_next(void)
{
	return next;
}

void
log_retry_run(uint64_t now)
{
	int error;

	if (next > now)
		return;
	error = log_flush();
	next = error == 0 ? UINT64_MAX : now + log_again(error);
	if (log_to == LOG_TO_SYSLOG && log_is_gone(error))
		monitor_send_plain(RECORD_LOG_LOST);
}

void
log_retry_event(enum log_level level, const char *event, const char *what)
{
	struct log_line line;

	log_begin(&line, level, event);
	log_text(&line, "what", what);
	log_retry_end(&line);
}
