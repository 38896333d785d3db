/* SPDX-License-Identifier: ISC */
/*
 * The log: one line form, one place where outside text is escaped.
 *
 * A line is begun, given its keys in order, and ended; the end writes it with
 * a single write(2) to the descriptor given to log_init.  No allocation, no
 * stdio; usable after lockdown.  To stderr each line carries a time; to
 * syslog the RFC 3164 priority and tag take its place.  Event names are fixed
 * words; docs/log.md lists them.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 4096 /* a longer line loses its tail, never its end */

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };
enum log_to { LOG_TO_STDERR, LOG_TO_SYSLOG };

struct log_line {
	char text[LOG_LINE_MAX];
	size_t len;
	size_t start; /* where the first key begins */
	bool full; /* a key did not fit: it and all later ones are left out */
};

/* fd: where lines go (not owned).  Call before lockdown: it also makes libc
 * read what it needs for formatting times. */
void log_init(int fd, enum log_format, enum log_to);

/* Lines go elsewhere from now on.  Usable after lockdown. */
void log_redirect(int fd, enum log_to);

/* Begins a line with time (or priority), level and event. */
void log_begin(struct log_line *, enum log_level, const char *event);

/* Text of our own or from outside, always escaped; len bytes. */
void log_bytes(struct log_line *, const char *key, const void *, size_t len);

/* The same for a NUL-terminated string. */
void log_text(struct log_line *, const char *key, const char *);

void log_number(struct log_line *, const char *key, uint64_t);

/* Writes the line.  False with errno set if it could not be written whole. */
bool log_end(struct log_line *);

/* The common short line: event and one text. */
void log_event(enum log_level, const char *event, const char *what);

#endif
