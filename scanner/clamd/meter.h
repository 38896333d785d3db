/* SPDX-License-Identifier: ISC */
/*
 * How far a clamd looks into archives: its MaxFileSize and MaxScanSize, in
 * bytes, and without having it unpack anything.
 *
 * It is asked about tar archives of one header that claims a size and has no
 * content.  What would be above a limit is reported before the content is
 * missed; so about thirty questions of a kilobyte find both limits.
 *
 * Files in a ZIP above MaxFileSize are not reported by clamd (1.4), unless
 * MaxScanSize is no higher: then whatever exceeds the one exceeds the other.
 * So of the two limits the one that is met first tells whether it can be
 * relied on; if not there is a warning.
 *
 * Measured when a clamd that reports limits is up for the first time, and
 * again when it was down or has another database, and then asked every
 * check_interval whether that still holds.
 */
#ifndef SCANNER_CLAMD_METER_H
#define SCANNER_CLAMD_METER_H

#include "config/settings.h"
#include "scanner/clamd/bounds.h"

/* Before lockdown, after backend_setup. */
void meter_setup(const struct scanner_settings *);

/* What is known of that backend.  Before it was measured: no more than that
 * it looks into messages of some length. */
void meter_bounds(uint32_t backend, struct archive_bounds *out);

/* Its connection has news. */
void meter_event(uint32_t backend);

/* Asks what is due, and ends what takes too long. */
void meter_run(uint64_t now);

/* When meter_run has something to do without an event; UINT64_MAX: never. */
uint64_t meter_next(void);

#endif
