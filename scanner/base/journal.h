/* SPDX-License-Identifier: ISC */
/*
 * The scanner's log lines.  Nothing waits for the log (lib/log.h): lines that
 * it does not take now are kept, and tried again from the loop; if it is a
 * system log that has gone, the monitor is asked for a new socket, at most once
 * a second, until journal_replace brings it.
 */
#ifndef SCANNER_BASE_JOURNAL_H
#define SCANNER_BASE_JOURNAL_H

#include "lib/log.h"

/* fd is taken over. */
void journal_setup(int fd, enum log_format, enum log_to);
void journal_replace(int fd);

/* log_end, for this loop. */
void journal_end(struct log_line *);

/* Tries lines again that were kept; when that is due, or UINT64_MAX. */
void journal_run(uint64_t now);
uint64_t journal_next(void);

/* A line of one key, "what". */
void journal_event(enum log_level, const char *event, const char *what);

#endif
