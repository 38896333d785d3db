/* SPDX-License-Identifier: ISC */
/*
 * Confirmation: a clamd can go blind while it works, when its temporary
 * directory fills up or its descriptors run out, and then calls all mail
 * clean.  So its OK counts only if it has found a canary (canary.h) that began
 * after the scan was over, or no longer than confirm_interval ago.
 *
 * When neither is so, the message waits: the next canary tells for all that
 * wait and are no longer than it is, unpacked.  It goes the way that messages
 * go.  Each clamd has some lines of them, by length, so that no message waits
 * for canaries of much longer ones; those of more than 16 MB are one at a time.
 *
 * It also shows whether the message was within clamd's limits, so nothing has
 * to be known of them beforehand.  A canary that is longer than any that was
 * found so far (backend.h, proved) is no longer than the message needs.  If
 * clamd says that it exceeds its limits, or says OK and is one that passes
 * them over, then the message does too: it goes to another clamd, or is too
 * big.  What clamd itself has called beyond its limits waits for a canary too,
 * if it is that long: if that is found, it was something inside.
 *
 * A clamd that misses another one is down, if it was short (probe_fail), and
 * else suspect: perhaps it can still do with shorter mail.
 */
#ifndef SCANNER_CLAMD_CONFIRM_H
#define SCANNER_CLAMD_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "config/settings.h"
#include "lib/outcome.h"

/* An answer of clamd's that waits; within what belongs to whoever asked. */
struct confirm_wait {
	TAILQ_ENTRY(confirm_wait) order;
	uint32_t backend;
	uint64_t length; /* of the message */
	uint64_t ticket; /* number of the canary */
};

enum confirm_word {
	CONFIRM_FOUND,	 /* what clamd said counts */
	CONFIRM_EXCEEDS, /* the message is beyond clamd's limits */
	CONFIRM_MISSED,	 /* what it said does not count */
	CONFIRM_LATE,	 /* the same: it took too long */
	CONFIRM_HANGS,	 /* it gives no answer, perhaps for long */
};

/* Before lockdown, after backend_setup. */
void confirm_setup(const struct scanner_settings *);

/* Has that clamd, which has just answered so to a message of that length, to
 * show something first?  No for what a recent canary confirms, and what needs
 * none. */
bool confirm_is_wanted(uint32_t backend, uint64_t length, enum outcome answer);

/* Then it waits: confirm_told follows, but not before confirm_run.  What does
 * not wait any more leaves. */
void confirm_join(struct confirm_wait *, uint32_t backend, uint64_t length);
void confirm_leave(struct confirm_wait *);

/* That backend gives no answer. */
void confirm_hangs(uint32_t backend);

/* The connection of a line has news. */
void confirm_event(uint32_t line);

/* Starts canaries that are waited for, and ends those that take too long. */
void confirm_run(uint64_t now);

/* When confirm_run has something to do without an event; UINT64_MAX: never. */
uint64_t confirm_next(void);

/* Provided by who waits (scan.c).  It leaves in there, and does nothing to
 * others that wait; at HANGS it may stay. */
void confirm_told(struct confirm_wait *, enum confirm_word);

#endif
