/* SPDX-License-Identifier: ISC */
/*
 * Edits and answers by means of libmilter; see edits.h.  Runs in a worker
 * thread of pratique-libmilter, in a callback.  libmilter refuses what the MTA
 * did not grant.
 */
#include "libmilter/edits.h"

#include "parser/mail/canonical.h"

/* As in the native engine: below the MTA's own Received field. */
#define INSERT_INDEX 1

/* The fields that we write are far shorter. */
#define VALUE_MAX 1024

bool
edit_delete_header(
    struct session_edits *e, const char *name, uint32_t occurrence)
{
	return occurrence <= INT32_MAX && canonical_name(span_text(name)) &&
	       smfi_chgheader(e->ctx, (char *)(uintptr_t)name, (int)occurrence,
		   NULL) == MI_SUCCESS;
}

bool
edit_insert_header(struct session_edits *e, const char *name, const char *value)
{
	struct span v = span_text(value);
	char spaced[1 + VALUE_MAX + 1] = " ";

	if (v.len > VALUE_MAX || !canonical_name(span_text(name)) ||
	    !canonical_value(v))
		return false;
	memcpy(&spaced[1], value, v.len + 1);
	return smfi_insheader(e->ctx, INSERT_INDEX, (char *)(uintptr_t)name,
		   &spaced[e->leading_space && v.len > 0 ? 0 : 1]) ==
	       MI_SUCCESS;
}

bool
edit_quarantine(struct session_edits *e, const char *reason)
{
	return canonical_line(span_text(reason)) &&
	       smfi_quarantine(e->ctx, (char *)(uintptr_t)reason) == MI_SUCCESS;
}

/* Copies with a NUL behind; percent signs twice if doubled is true. */
static bool
keep(char *to, size_t size, struct span s, bool doubled)
{
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		size_t times = doubled && s.ptr[i] == '%' ? 2 : 1;

		if (times >= size - len)
			return false;
		memset(&to[len], s.ptr[i], times);
		len += times;
	}
	to[len] = '\0';
	return true;
}

/* libmilter keeps a text that it does not use for a later message: it gets only
 * what it will use, of the class that the status asks for.  One that is not
 * canonical leaves the MTA's default. */
static void
set_reply(SMFICTX *ctx, const char *reply)
{
	struct canonical_reply parts;
	char code[4], status[16], text[2 * CANONICAL_LINE_MAX + 1];

	if (canonical_reply(span_text(reply), &parts) &&
	    keep(text, sizeof(text), parts.text, true) &&
	    keep(status, sizeof(status), parts.status, false) &&
	    keep(code, sizeof(code), parts.code, false))
		(void)smfi_setreply(ctx, code, status, text);
}

sfsistat
edits_answer(SMFICTX *ctx, const struct session *s, enum session_status status)
{
	switch (status) {
	case SESSION_CONTINUE:
		return SMFIS_CONTINUE;
	case SESSION_ACCEPT:
		return SMFIS_ACCEPT;
	case SESSION_DISCARD:
		return SMFIS_DISCARD;
	case SESSION_REJECT:
		set_reply(ctx, session_reply(s));
		return SMFIS_REJECT;
	case SESSION_TEMPFAIL:
		set_reply(ctx, session_reply(s));
		return SMFIS_TEMPFAIL;
	}
	return SMFIS_TEMPFAIL;
}
