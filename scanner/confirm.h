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
#ifndef SCANNER_CONFIRM_H
#define SCANNER_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/scan.h"

/* Before lockdown, after backend_setup. */
void confirm_setup(const struct scanner_settings *);

/* Has the scan's clamd, that has just answered so, to show something first?
 * No for what a recent canary confirms, and what needs none. */
bool confirm_is_wanted(const struct scan *, enum outcome answer);

/* Then it waits: scan_confirmed, scan_unconfirmed or scan_exceeds follows, but not
 * before confirm_run.  A scan that does not wait any more leaves. */
void confirm_join(struct scan *);
void confirm_leave(struct scan *);

/* That backend gives no answer: what can go elsewhere does. */
void confirm_hangs(uint32_t backend);

/* The connection of a line has news. */
void confirm_event(uint32_t line);

/* Starts canaries that are waited for, and ends those that take too long. */
void confirm_run(uint64_t now);

/* When confirm_run has something to do without an event; UINT64_MAX: never. */
uint64_t confirm_next(void);

#endif
