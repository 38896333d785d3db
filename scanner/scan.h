/* SPDX-License-Identifier: ISC */
/*
 * Scans: which wait, which are under way, and when they are over.
 *
 * A scan is one attempt at having one memfd judged.  It waits for a backend
 * with room until its turn comes (queue.h), and is over when a clamd has
 * answered, when none can be used, when it has waited too long, or at its
 * deadline, scan_timeout after it was submitted.
 *
 * The memfd is its owner's, which has to keep it until scan_judged or
 * scan_cancel.  An owner may have several scans, of one memfd or of several;
 * owner is a handle that means something to it alone.
 *
 * A failed connection leads to the next backend.  A message that a clamd had
 * without giving a verdict goes to one other at most: it may be what killed
 * it.
 *
 * What clamd calls clean is clean when that is confirmed (confirm.h).
 *
 * A stream may be begun while the message still arrives (scan_early): it is
 * sent to a clamd as it grows, and what goes wrong with that has no
 * consequence but that scan_submit begins again.
 */
#ifndef SCANNER_SCAN_H
#define SCANNER_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/scan_state.h"

/* For so many at a time; allocates connections.  After backend_setup, before
 * lockdown. */
bool scan_setup(const struct scanner_settings *, uint32_t scans);

/* The memfd, of size bytes, is whole and sealed; lead of its bytes are not the
 * message's.  scan_judged follows, but not before scan_run. */
void scan_submit(struct scan *, int memfd, uint64_t size, uint64_t lead);

/* The memfd of a message that is still arriving has size bytes now.  Starts
 * or goes on sending it, if that is of any use. */
void scan_early(struct scan *, int memfd, uint64_t size);

/* Of one that is idle, without a clamd: the verdict is known already. */
void scan_settle(struct scan *, enum outcome);

/* Drops one that is under way; scan_judged does not follow.  Others are left
 * as they are. */
void scan_cancel(struct scan *);

/* The descriptor of a query (pool.h) is ready. */
void scan_event(uint32_t query);

/* Expires what is over and starts what can be started. */
void scan_run(uint64_t now);

/* When scan_run has something to do without an event; UINT64_MAX: never. */
uint64_t scan_next(void);

/* Provided by the owner of scans (client_answer.c): the verdict is there, and
 * the scan idle again.  This and others may be submitted and cancelled in
 * there. */
void scan_judged(struct scan *);

#endif
