/* SPDX-License-Identifier: ISC */
/*
 * Log lines of the scanner; see journal.h.  After lockdown log_redirect is
 * used and never log_init, which lets libc look for the time zone again.
 */
#include "scanner/journal.h"

#include <errno.h>
#include <unistd.h>

#include "scanner/clock.h"
#include "scanner/monitor.h"

#define ASK_AGAIN_MS 1000

static int log_fd = -1; /* -1: lost, lines go to descriptor 2 */
static enum log_to log_to;
static uint64_t asked_at;

void
journal_setup(int fd, enum log_format format, enum log_to to)
{
	log_to = to;
	log_fd = fd;
	log_init(fd, format, to);
}

void
journal_replace(int fd)
{
	if (log_fd != -1)
		close(log_fd);
	log_fd = fd;
	log_redirect(fd, log_to);
}

static bool
is_lost(int error)
{
	return error == ECONNREFUSED || error == ENOTCONN || error == EPIPE ||
	       error == ECONNRESET;
}

static void
ask_for_log(void)
{
	uint64_t now = clock_ms();

	if (asked_at != 0 && now - asked_at < ASK_AGAIN_MS)
		return;
	asked_at = now;
	monitor_send_plain(RECORD_LOG_LOST);
}

/* The log is gone: this line and the next ones go to standard error. */
static void
fall_back(struct log_line *line)
{
	/* A line made for syslog has no end of line yet. */
	if (log_to == LOG_TO_SYSLOG && line->len < sizeof(line->text))
		line->text[line->len++] = '\n';
	close(log_fd);
	log_fd = -1;
	log_redirect(STDERR_FILENO, LOG_TO_STDERR);
	if (write(STDERR_FILENO, line->text, line->len) == -1)
		return; /* nowhere left to say so */
}

void
journal_end(struct log_line *line)
{
	if (!log_end(line) && log_fd != -1 && is_lost(errno))
		fall_back(line);
	if (log_fd == -1)
		ask_for_log();
}

void
journal_event(enum log_level level, const char *event, const char *what)
{
	struct log_line line;

	log_begin(&line, level, event);
	log_text(&line, "what", what);
	journal_end(&line);
}
