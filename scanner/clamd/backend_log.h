/* SPDX-License-Identifier: ISC */
/* Log lines about one clamd, by the name that it has in the configuration. */
#ifndef SCANNER_CLAMD_BACKEND_LOG_H
#define SCANNER_CLAMD_BACKEND_LOG_H

#include <stdint.h>

#include "lib/log.h"
#include "lib/span.h"
#include "scanner/clamd/reply.h"

/* backend-warning: something the operator should know about one that is used
 * all the same. */
void backend_log_warning(const char *name, const char *reason);

/* A line of that event, with a length under that key. */
void backend_log_length(const char *name, enum log_level, const char *event,
    const char *key, uint64_t length);

/* clamd-error: it answered a message, with no verdict; and how. */
void backend_log_fault(const char *name, enum reply_fault, struct span reply);

#endif
