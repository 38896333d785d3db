/* SPDX-License-Identifier: ISC */
/*
 * clamd's replies: scanner/clamd/reply.c.
 *
 * Input: the form asked for, how the connection ended, then the bytes.  Clean
 * is one exact string, built here by other means, before a regular end of
 * file; the names that are handed on are parts of the reply without NUL.
 */
#include <ctype.h>
#include <stdlib.h>

#include "fuzz/kit/fuzz.h"
#include "scanner/clamd/reply.h"

/* "stream: OK" NUL, or "fd[" digits "]: OK" NUL, and nothing else. */
static bool
is_ok(enum reply_form form, struct span s)
{
	static const char stream[] = "stream: OK", tail[] = "]: OK";
	size_t at = 3;

	if (form == REPLY_STREAM)
		return s.len == sizeof(stream) &&
		       memcmp(s.ptr, stream, sizeof(stream)) == 0;
	if (s.len < at || memcmp(s.ptr, "fd[", at) != 0)
		return false;
	while (at < s.len && isdigit(s.ptr[at]))
		at++;
	return at > 3 && s.len - at == sizeof(tail) &&
	       memcmp(s.ptr + at, tail, sizeof(tail)) == 0;
}

static bool
has(struct span s, const char *text)
{
	return memmem(s.ptr, s.len, text, strlen(text)) != NULL;
}

static void
check(enum reply_form form, enum reply_end end, struct span bytes)
{
	struct reply r = reply_parse(form, bytes, end);

	NEED((r.outcome == OUTCOME_CLEAN) ==
	     (is_ok(form, bytes) && end == REPLY_EOF));
	NEED((r.fault != REPLY_FAULT_NONE) ==
	     (r.outcome == OUTCOME_CLAMD_ERROR));
	NEED(fuzz_within(r.name, bytes));
	NEED(r.name.len == 0 || memchr(r.name.ptr, '\0', r.name.len) == NULL);
	switch (r.outcome) {
	case OUTCOME_CLEAN:
	case OUTCOME_CLAMD_ERROR:
		NEED(r.name.len == 0);
		break;
	case OUTCOME_INFECTED:
		NEED(r.name.len > 0 && has(bytes, " FOUND"));
		NEED(end == REPLY_EOF || end == REPLY_RESET);
		break;
	case OUTCOME_TOO_BIG:
		NEED(has(bytes, "INSTREAM size limit exceeded."));
		break;
	case OUTCOME_LIMITS_EXCEEDED:
		NEED(has(bytes, "Heuristics.Limits.Exceeded"));
		break;
	case OUTCOME_CLEAN_BY_STAMP:
	case OUTCOME_NOT_UNPACKED:
	case OUTCOME_AMBIGUOUS:
	case OUTCOME_CLAMD_DOWN:
	case OUTCOME_BUSY:
	case OUTCOME_TIMEOUT:
	case OUTCOME_LIMITS:
	case OUTCOME_INTERNAL:
	case OUTCOME_EXEMPT:
	case OUTCOME_POLICY:
	case OUTCOME_COUNT:
		NEED(false); /* not for a reply to say */
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));
	enum reply_form form = fuzz_u8(&c) % 2 ? REPLY_STREAM : REPLY_FD;
	enum reply_end end = (enum reply_end)(fuzz_u8(&c) % 4);
	struct span bytes = fuzz_copy(cursor_rest(&c));

	check(form, end, bytes);
	NEED(reply_is_pong(bytes, end) ==
	     (end == REPLY_EOF && bytes.len == 5 &&
		 memcmp(bytes.ptr, "PONG", 5) == 0));
	free((void *)(uintptr_t)bytes.ptr);
	return 0;
}
