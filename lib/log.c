/* SPDX-License-Identifier: ISC */
/*
 * The log line; see log.h.  Used in monitor and scanner, and by every process
 * until it is confined.
 *
 * The last LINE_END bytes of a line's buffer are kept free for its end, so that
 * a line that is too long loses keys, not its form.
 *
 * A line that cannot be written now is kept, in memory of fixed size.  It stays
 * there whatever the error: a full disk may have room again, and a restarted
 * system log gets a new socket.
 */
#include "lib/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/escape.h"

#define LINE_END      2 /* "}\n" */
#define SYSLOG_MAIL   (2 << 3)
#define SYSLOG_PREFIX "pratiqued: "

static int target_fd = STDERR_FILENO;
static enum log_format target_format = LOG_FORMAT_LOGFMT;
static enum log_to target_to = LOG_TO_STDERR;
static bool target_is_socket = true; /* until it says that it is none */

static char kept[LOG_QUEUE]; /* lines that wait: length (uint32_t), text */
static size_t kept_len;
static size_t sent;   /* bytes of the first one that have been written */
static uint32_t lost; /* lines, since there was no more room */

static const char *const level_word[] = {
    [LOG_LEVEL_ERROR] = "error",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_INFO] = "info",
};

static const int level_severity[] = {
    [LOG_LEVEL_ERROR] = 3, /* RFC 5424 6.2.1 */
    [LOG_LEVEL_WARNING] = 4,
    [LOG_LEVEL_INFO] = 6,
};

void
log_init(int fd, enum log_format format, enum log_to to)
{
	log_redirect(fd, to);
	target_format = format;
	tzset();
}

void
log_redirect(int fd, enum log_to to)
{
	target_fd = fd;
	target_to = to;
	target_is_socket = true;
}

/* Appends all of it or, if there is no room, nothing. */
static bool
line_add(struct log_line *line, const void *bytes, size_t len)
{
	if (len > sizeof(line->text) - LINE_END - line->len)
		return false;
	memcpy(line->text + line->len, bytes, len);
	line->len += len;
	return true;
}

static bool
line_add_text(struct log_line *line, const char *text)
{
	return line_add(line, text, strlen(text));
}

static bool
line_add_escaped(struct log_line *line, uint8_t byte)
{
	char code[ESCAPE_MAX] = {0};

	return line_add(line, code, escape_byte(byte, code));
}

/* A logfmt value needs no quotes if it has only such bytes. */
static bool
is_bare(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] <= 0x20 || bytes[i] >= 0x7f || bytes[i] == '"' ||
		    bytes[i] == '\\' || bytes[i] == '=')
			return false;
	}
	return len > 0;
}

static bool
line_add_key(struct log_line *line, const char *key)
{
	bool first = line->len == line->start;

	if (target_format == LOG_FORMAT_LOGFMT)
		return line_add_text(line, first ? "" : " ") &&
		       line_add_text(line, key) && line_add(line, "=", 1);
	return line_add_text(line, first ? "\"" : ",\"") &&
	       line_add_text(line, key) && line_add(line, "\":", 2);
}

static bool
line_add_value(struct log_line *line, const uint8_t *bytes, size_t len)
{
	if (target_format == LOG_FORMAT_LOGFMT && is_bare(bytes, len))
		return line_add(line, bytes, len);
	if (!line_add(line, "\"", 1))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!line_add_escaped(line, bytes[i]))
			return false;
	}
	return line_add(line, "\"", 1);
}

/* Appends a key and its value; nothing, from the first one on that has no
 * room. */
static void
line_add_pair(struct log_line *line, const char *key, const void *ptr,
    size_t len, bool number)
{
	size_t before = line->len;

	if (line->full)
		return;
	line->full = !line_add_key(line, key) ||
		     !(number ? line_add(line, ptr, len)
			      : line_add_value(line, ptr, len));
	if (line->full)
		line->len = before;
}

void
log_bytes(struct log_line *line, const char *key, const void *ptr, size_t len)
{
	line_add_pair(line, key, ptr, len, false);
}

void
log_text(struct log_line *line, const char *key, const char *text)
{
	log_bytes(line, key, text, strlen(text));
}

void
log_number(struct log_line *line, const char *key, uint64_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	line_add_pair(line, key, digits, (size_t)len, true);
}

/* "2026-11-20T10:00:00.123Z" */
static size_t
time_text(char *buf, size_t size)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	return (size_t)snprintf(buf, size,
	    "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
	    now.tv_nsec / 1000000);
}

void
log_begin(struct log_line *line, enum log_level level, const char *event)
{
	char text[128];

	line->len = 0;
	line->full = false;
	if (target_to == LOG_TO_SYSLOG)
		line->len = (size_t)snprintf(line->text, sizeof(line->text),
		    "<%d>" SYSLOG_PREFIX, SYSLOG_MAIL | level_severity[level]);
	if (target_format == LOG_FORMAT_JSON)
		line_add(line, "{", 1);
	line->start = line->len;
	if (target_to == LOG_TO_STDERR)
		log_bytes(line, "ts", text, time_text(text, sizeof(text)));
	log_text(line, "level", level_word[level]);
	log_text(line, "event", event);
}

/* --- writing, and waiting ---------------------------------------------------- */

/* A shared descriptor may be one that waits, so a socket is asked not to each
 * time; what else there is was opened so (privsep/start/standard_error.h). */
static ssize_t
put(const char *text, size_t len)
{
	struct iovec iov = {(void *)(uintptr_t)text, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	if (target_is_socket) {
		n = sendmsg(target_fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n != -1 || errno != ENOTSOCK)
			return n;
		target_is_socket = false;
	}
	return write(target_fd, text, len);
}

static void
close_line(struct log_line *line)
{
	if (target_format == LOG_FORMAT_JSON)
		line->text[line->len++] = '}';
	if (target_to == LOG_TO_STDERR)
		line->text[line->len++] = '\n';
}

static bool
keep(const struct log_line *line)
{
	uint32_t len = (uint32_t)line->len;

	if (sizeof(len) + line->len > sizeof(kept) - kept_len)
		return false;
	memcpy(kept + kept_len, &len, sizeof(len));
	memcpy(kept + kept_len + sizeof(len), line->text, line->len);
	kept_len += sizeof(len) + line->len;
	return true;
}

/* Tells the reader that there is a gap, and where. */
static void
tell_lost(void)
{
	struct log_line line;

	log_begin(&line, LOG_LEVEL_WARNING, "log-lost");
	log_number(&line, "lines", lost);
	close_line(&line);
	if (keep(&line))
		lost = 0;
}

int
log_flush(void)
{
	size_t at = 0;
	int error = 0;

	if (lost > 0 && kept_len <= LOG_QUEUE_RESUME)
		tell_lost();
	while (at < kept_len && error == 0) {
		uint32_t len;
		ssize_t n;

		memcpy(&len, kept + at, sizeof(len));
		n = put(kept + at + sizeof(len) + sent, len - sent);
		error = n == -1 ? errno : EAGAIN;
		sent += n == -1 ? 0 : (size_t)n;
		if (sent == len) {
			at += sizeof(len) + len;
			error = 0;
			sent = 0;
		}
	}
	kept_len -= at;
	memmove(kept, kept + at, kept_len);
	return error == 0 && lost > 0 ? EAGAIN : error;
}

bool
log_end(struct log_line *line)
{
	int error = log_flush();

	close_line(line);
	if (lost > 0 || !keep(line))
		lost++;
	return error == 0 && log_flush() == 0;
}

void
log_event(enum log_level level, const char *event, const char *what)
{
	struct log_line line;

	log_begin(&line, level, event);
	log_text(&line, "what", what);
	log_end(&line);
}
