/* SPDX-License-Identifier: ISC */
/*
 * The scanner's log lines.  Nothing waits for the log (lib/log.h): lines that
 * it does not take now are kept, and tried again from the loop; if it is a
 * system log that has gone, the monitor is asked for a new socket, at most once
 * a second, until log_retry_replace brings it.
 */
#ifndef SCANNER_BASE_LOG_RETRY_H
#define SCANNER_BASE_LOG_RETRY_H

#include "lib/log.h"

/* fd is taken over. */
void log_retry_setup(int fd, enum log_format, enum log_to);
void log_retry_replace(int fd);

/* log_end, for this loop. */
void log_retry_end(struct log_line *);

/* Tries lines again that were kept; when that is due, or UINT64_MAX. */
void log_retry_run(uint64_t now);
uint64_t log_retry_next(void);

/* A line of one key, "what". */
void log_retry_event(enum log_level, const char *event, const char *what);

#endif
