/* SPDX-License-Identifier: ISC */
/*
 * The log: one line form, one place where outside text is escaped.
 *
 * A line is begun, given its keys in order, and ended; the end writes it with
 * a single call to the descriptor given to log_init, or, if its reader does
 * not take it now, keeps it (log_flush).  Nothing ever waits for the reader:
 * when there is no more room, lines are dropped, and a later line log-lost says
 * how many.  No allocation, no stdio; usable after lockdown.  To stderr each
 * line carries a time; to syslog the RFC 3164 priority and tag take its place.
 * Event names are fixed words; docs/log.md lists them.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_LINE_MAX 4096 /* a longer line loses its tail, never its end */

/* Lines that wait, per process: some seconds of a busy relay.  Once there is no
 * more room, three quarters have to be free again before lines are kept: else
 * each line that is written would be followed by a log-lost. */
#define LOG_QUEUE	 (256 * 1024)
#define LOG_QUEUE_RESUME (LOG_QUEUE / 4)
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };
enum log_to { LOG_TO_STDERR, LOG_TO_SYSLOG };

struct log_line {
	char text[LOG_LINE_MAX];
	size_t len;
	size_t start; /* where the first key begins */
	bool full; /* a key did not fit: it and all later ones are left out */
};

/* fd: where lines go (not owned); unless it is a socket its writes must not
 * wait.  Call before lockdown: it also makes libc read what it needs for
 * formatting times. */
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

/* Writes the line, or keeps it: then false, and log_flush is to be called. */
bool log_end(struct log_line *);

/* Writes what waits.  0 if nothing is left, else why (errno). */
int log_flush(void);

/* When to call it again after this error, in milliseconds: soon for a reader
 * that is slow, which is less than a pipe full of lines later. */
static inline uint64_t
log_again(int error)
{
	return error == EAGAIN ? 100 : 1000;
}

/* After this error nobody will read there any more. */
static inline bool
log_is_gone(int error)
{
	return error == ECONNREFUSED || error == ENOTCONN || error == EPIPE ||
	       error == ECONNRESET;
}

/* The common short line: event and one text. */
void log_event(enum log_level, const char *event, const char *what);

#endif
