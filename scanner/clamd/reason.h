/* SPDX-License-Identifier: ISC */
/*
 * Why a clamd is not used, or has to show that it works: what is compared is a
 * number, what is read is the text of it.
 */
#ifndef SCANNER_CLAMD_REASON_H
#define SCANNER_CLAMD_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reason_kind {
	REASON_NONE,
	REASON_REFUSED,	       /* no connection; detail: errno */
	REASON_ADDRESS,	       /* its host has another address */
	REASON_NO_PONG,	       /* what came was no answer to PING */
	REASON_SILENT_PING,    /* no answer in time */
	REASON_SILENT_VERSION, /* the same */
	REASON_SILENT_STATS,   /* the same */
	REASON_SILENT_TEST,    /* the same, to a short canary */
	REASON_SILENT_SIZE,    /* the same, to a long one */
	REASON_SILENT_MESSAGE, /* no verdict within scan_timeout */
	REASON_NO_DAILY,       /* no daily database, which is required */
	REASON_NO_ALERTS,      /* no AlertExceedsMax, which is required */
	REASON_BLIND,	       /* detail: the length of the canary */
	REASON_TEST_TOO_BIG,   /* a canary is beyond its limits */
	REASON_TEST_FAULT,     /* no verdict on one; detail: enum reply_fault */
	REASON_REPLY,	       /* no verdict on a message; detail: the same */
	REASON_KINDS
};

struct reason {
	enum reason_kind kind;
	uint64_t detail; /* as the kind says, or 0 */
};

static inline struct reason
reason_of(enum reason_kind kind)
{
	return (struct reason){.kind = kind};
}

static inline bool
reason_is(const struct reason *a, const struct reason *b)
{
	return a->kind == b->kind && a->detail == b->detail;
}

/* The text of a kind that has no detail. */
const char *reason_words(enum reason_kind);

/* For the log and for status, cut to room bytes with the NUL. */
void reason_text(const struct reason *, char *out, size_t room);

#endif
