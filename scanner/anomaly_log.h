/* SPDX-License-Identifier: ISC */
/*
 * Anomalies and readings in the log: what a session claims was odd about a
 * message, in which part something was found, and from time to time how often
 * all of that was so.
 */
#ifndef SCANNER_ANOMALY_LOG_H
#define SCANNER_ANOMALY_LOG_H

#include <stdint.h>

#include "lib/log.h"
#include "scanner/client.h"

/* The keys "part" and "reading", if the outcome is that of a part. */
void anomaly_log_part(struct log_line *, const struct client *);

/* The key "anomalies", if there are any. */
void anomaly_log(struct log_line *, const struct anomalies *);

/* The message is over, with these. */
void anomaly_count(const struct client *, const struct anomalies *);

/* A line with what was counted, an hour after the first of it, and counting
 * starts again; UINT64_MAX: now.  And when to call it; UINT64_MAX: never. */
void anomaly_run(uint64_t now);
uint64_t anomaly_next(void);

#endif
