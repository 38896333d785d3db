/* SPDX-License-Identifier: ISC */
/*
 * clamd's reply grammar; see reply.h.  Runs in the scanner.  No state, no I/O.
 */
#include "scanner/clamd/reply.h"

#include "lib/ensure.h"

/* Engine's own names for a limit that ended the scan early (AlertExceedsMax).
 * They say that part of the message was not looked at, so they are no virus.
 * A database's signature of that name ends in UNOFFICIAL and is one. */
#define LIMIT_PREFIX "Heuristics.Limits.Exceeded"
#define UNOFFICIAL   ".UNOFFICIAL"

static bool
span_is(struct span s, const char *text)
{
	size_t len = strlen(text);

	return s.len == len && memcmp(s.ptr, text, len) == 0;
}

/* Takes text off the front of *s, if it is there. */
static bool
span_skip(struct span *s, const char *text)
{
	struct cursor c = cursor_of(*s);
	struct span front;

	if (!cursor_take(&c, strlen(text), &front) || !span_is(front, text))
		return false;
	*s = cursor_rest(&c);
	return true;
}

/* Takes text off the end of *s, if it is there. */
static bool
span_chop(struct span *s, const char *text)
{
	size_t len = strlen(text);

	if (s->len < len || memcmp(s->ptr + (s->len - len), text, len) != 0)
		return false;
	s->len -= len;
	return true;
}

/* Takes the subject and ": " off the front of *s. */
static bool
skip_subject(enum reply_form form, struct span *s)
{
	size_t digits = 0;

	if (form == REPLY_STREAM)
		return span_skip(s, "stream: ");
	if (!span_skip(s, "fd["))
		return false;
	while (
	    digits < s->len && s->ptr[digits] >= '0' && s->ptr[digits] <= '9')
		digits++;
	*s = span_of(s->ptr + digits, s->len - digits);
	return digits > 0 && span_skip(s, "]: ");
}

/* Takes the terminator off: exactly one NUL, at the very end. */
static bool
chop_terminator(struct span *s)
{
	if (s->len == 0 || memchr(s->ptr, 0, s->len) != s->ptr + s->len - 1)
		return false;
	s->len--;
	return true;
}

static bool
is_limit(struct span name)
{
	struct span rest = name;

	if (!span_skip(&rest, LIMIT_PREFIX))
		return false;
	if (rest.len > 0 && rest.ptr[0] != '.')
		return false;
	return !span_chop(&rest, UNOFFICIAL);
}

static struct reply
error(enum reply_fault fault)
{
	return (struct reply){.outcome = OUTCOME_CLAMD_ERROR, .fault = fault};
}

static struct reply
found(struct span name)
{
	return (struct reply){
	    .outcome =
		is_limit(name) ? OUTCOME_LIMITS_EXCEEDED : OUTCOME_INFECTED,
	    .name = name,
	};
}

/* A reply that is whole but has no subject is about the request itself. */
static struct reply
parse_without_subject(enum reply_form form, struct span s)
{
	if (form == REPLY_STREAM &&
	    span_is(s, "INSTREAM size limit exceeded. ERROR"))
		return (struct reply){.outcome = OUTCOME_TOO_BIG};
	if (span_is(s, "UNKNOWN COMMAND"))
		return error(REPLY_FAULT_COMMAND);
	return error(
	    span_chop(&s, "ERROR") ? REPLY_FAULT_REQUEST : REPLY_FAULT_GRAMMAR);
}

struct reply
reply_parse(enum reply_form form, struct span bytes, enum reply_end end)
{
	struct span s = bytes;

	if (end == REPLY_OVERFLOW)
		return error(REPLY_FAULT_TOO_LONG);
	if (s.len == 0)
		return error(REPLY_FAULT_SILENT);
	/* Always with a line feed; nothing was scanned, and nothing is wrong
	 * with clamd: a new connection will do. */
	if (span_is(s, "COMMAND READ TIMED OUT\n"))
		return error(REPLY_FAULT_TIMED_OUT);
	if (!chop_terminator(&s))
		return error(REPLY_FAULT_GRAMMAR);
	if (!skip_subject(form, &s))
		return parse_without_subject(form, s);
	if (end == REPLY_CUT)
		return error(REPLY_FAULT_NOT_SENT);
	if (span_is(s, "OK") && end == REPLY_EOF)
		return (struct reply){.outcome = OUTCOME_CLEAN};
	if (span_is(s, "OK"))
		return error(REPLY_FAULT_RESET);
	if (span_chop(&s, " FOUND") && s.len > 0)
		return found(s);
	return error(
	    span_chop(&s, " ERROR") ? REPLY_FAULT_SCAN : REPLY_FAULT_GRAMMAR);
}

bool
reply_is_pong(struct span bytes, enum reply_end end)
{
	return end == REPLY_EOF && bytes.len == sizeof("PONG") &&
	       memcmp(bytes.ptr, "PONG", sizeof("PONG")) == 0;
}

const char *
reply_fault_text(enum reply_fault fault)
{
	static const char *const text[REPLY_FAULTS] = {
	    [REPLY_FAULT_NONE] = "",
	    [REPLY_FAULT_SILENT] = "no-reply",
	    [REPLY_FAULT_TIMED_OUT] = "read-timeout",
	    [REPLY_FAULT_TOO_LONG] = "too-long",
	    [REPLY_FAULT_GRAMMAR] = "grammar",
	    [REPLY_FAULT_NOT_SENT] = "not-sent",
	    [REPLY_FAULT_RESET] = "reset",
	    [REPLY_FAULT_SCAN] = "scan-error",
	    [REPLY_FAULT_REQUEST] = "request-error",
	    [REPLY_FAULT_COMMAND] = "unknown-command",
	};

	ensure(fault < REPLY_FAULTS);
	return text[fault];
}
