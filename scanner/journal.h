/* SPDX-License-Identifier: ISC */
/*
 * The scanner's log lines, and what happens when the log does not take them:
 * the line and all later ones go to descriptor 2, and the monitor is asked for
 * a new log, at most once a second, until journal_replace brings it.
 */
#ifndef SCANNER_JOURNAL_H
#define SCANNER_JOURNAL_H

#include "lib/log.h"

/* fd is taken over. */
void journal_setup(int fd, enum log_format, enum log_to);
void journal_replace(int fd);

/* log_end that does not lose the line. */
void journal_end(struct log_line *);

/* A line of one key, "what". */
void journal_event(enum log_level, const char *event, const char *what);

#endif
