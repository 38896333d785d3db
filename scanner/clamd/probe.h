/* SPDX-License-Identifier: ISC */
/*
 * Probes: by which a clamd shows what it can do, before it is believed and
 * from time to time.
 *
 *	PING -> VERSION -> STATS -> SMALL -> NEST -> up -> SIZE
 *
 * STATS (how many threads it has) and NEST (does it report what exceeds its
 * limits) at the start, after an outage and with every new database; the others
 * every check_interval, soon after a scan went wrong, when it has been silent
 * for some seconds with work to do, and when a message waits for one that is
 * down.  It is up as soon as it has done all that, which takes no more than
 * some small messages: so it is back at once after an outage, however slow it
 * is.  SIZE, a canary of CANARY_MIDDLE, follows when none of that length was
 * found before; no message waits for it, and its end is no condition for
 * anything.  Longer ones are sent when a message needs them (confirm.h).
 */
#ifndef SCANNER_CLAMD_PROBE_H
#define SCANNER_CLAMD_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "scanner/clamd/reason.h"

/* Before lockdown, after backend_setup. */
void probe_setup(const struct scanner_settings *);

/* A probe's connection has news. */
void probe_event(uint32_t index);

/* Starts the probes that are due and ends those that take too long. */
void probe_run(uint64_t now);

/* When probe_run has something to do next; UINT64_MAX: never. */
uint64_t probe_next(void);

/* It does not work, whoever found that out: down until a whole probe passes. */
void probe_fail(uint32_t index, struct reason);

/* Provided by who has messages at clamds (scan.c): that one gives no answer any
 * more, so what can go elsewhere does. */
void probe_hangs(uint32_t backend);

#endif
