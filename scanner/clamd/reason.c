/* SPDX-License-Identifier: ISC */
/* The texts of reasons; see reason.h.  No state, no I/O. */
#include "scanner/clamd/reason.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/ensure.h"
#include "scanner/clamd/reply.h"

static const char no_alerts[] = "says OK to what exceeds its limits: set "
				"AlertExceedsMax yes in its configuration";

/* Those with a detail are format strings in the switch below. */
static const char *const text[REASON_KINDS] = {
    [REASON_NONE] = "",
    [REASON_ADDRESS] = "its host has another address",
    [REASON_NO_PONG] = "does not answer PING as clamd does",
    [REASON_SILENT_PING] = "no answer to PING",
    [REASON_SILENT_VERSION] = "no answer to VERSION",
    [REASON_SILENT_STATS] = "no answer to STATS",
    [REASON_SILENT_TEST] = "no answer to a test message",
    [REASON_SILENT_SIZE] = "no answer to a large test message",
    [REASON_SILENT_MESSAGE] = "no verdict within scan_timeout",
    [REASON_NO_DAILY] = "has no daily database",
    [REASON_NO_ALERTS] = no_alerts,
    [REASON_TEST_TOO_BIG] = "no verdict on a test message: too big",
};

static const char *
refused_text(int error)
{
	const char *known = strerrordesc_np(error);

	if (error == EDESTADDRREQ)
		return "the address of its host is not known";
	if (error == EACCES)
		return "Permission denied: its group belongs into "
		       "scanner_group";
	return known != NULL ? known : "unknown error";
}

const char *
reason_words(enum reason_kind kind)
{
	ensure(kind < REASON_KINDS && text[kind] != NULL);
	return text[kind];
}

void
reason_text(const struct reason *r, char *out, size_t room)
{
	switch (r->kind) {
	case REASON_REFUSED:
		(void)snprintf(out, room, "%s", refused_text((int)r->detail));
		return;
	case REASON_BLIND:
		(void)snprintf(out, room,
		    "says OK to the EICAR test string in %llu bytes",
		    (unsigned long long)r->detail);
		return;
	case REASON_TEST_FAULT:
		(void)snprintf(out, room, "no verdict on a test message: %s",
		    reply_fault_text((enum reply_fault)r->detail));
		return;
	case REASON_REPLY:
		(void)snprintf(out, room, "%s",
		    reply_fault_text((enum reply_fault)r->detail));
		return;
	case REASON_NONE:
	case REASON_ADDRESS:
	case REASON_NO_PONG:
	case REASON_SILENT_PING:
	case REASON_SILENT_VERSION:
	case REASON_SILENT_STATS:
	case REASON_SILENT_TEST:
	case REASON_SILENT_SIZE:
	case REASON_SILENT_MESSAGE:
	case REASON_NO_DAILY:
	case REASON_NO_ALERTS:
	case REASON_TEST_TOO_BIG:
		(void)snprintf(out, room, "%s", reason_words(r->kind));
		return;
	case REASON_KINDS:
		break;
	}
	ensure(false);
}
