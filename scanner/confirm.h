/* SPDX-License-Identifier: ISC */
/*
 * Confirmation: a clamd can go blind while it works, when its temporary
 * directory fills up or its descriptors run out, and then calls all mail
 * clean.  So its OK counts only if it has found a canary (canary.h) that began
 * after the scan was over, or no longer than confirm_interval ago.
 *
 * When neither is so, the message waits: the next canary tells for all that
 * wait.  It is at least as long, unpacked, as the longest of them, and goes
 * the way that messages go.  Each clamd has two lines of them, so that
 * ordinary mail does not wait for the canaries of very long messages.
 *
 * A clamd that misses one is down (probe_fail).
 */
#ifndef SCANNER_CONFIRM_H
#define SCANNER_CONFIRM_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/job.h"

/* Before lockdown, after backend_setup. */
void confirm_setup(const struct scanner_settings *);

/* The job's clamd has just called it clean.  True: a recent canary confirms
 * that. */
bool confirm_is_fresh(const struct job *);

/* Otherwise it waits: job_confirmed or job_unconfirmed follows, but not before
 * confirm_run.  A job that does not wait any more leaves. */
void confirm_join(struct job *);
void confirm_leave(struct job *);

/* That backend gives no answer: what can go elsewhere does. */
void confirm_hangs(uint32_t backend);

/* The connection of a line has news. */
void confirm_event(uint32_t line);

/* Starts canaries that are waited for, and ends those that take too long. */
void confirm_run(uint64_t now);

/* When confirm_run has something to do without an event; UINT64_MAX: never. */
uint64_t confirm_next(void);

#endif
