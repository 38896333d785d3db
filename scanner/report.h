/* SPDX-License-Identifier: ISC */
/*
 * The log line of a message: what the scanner knows itself (size, verdict,
 * backend, times) and what the session claims (ids, client, addresses,
 * action).  A taken-over session can only write lines for its own mail.
 */
#ifndef SCANNER_REPORT_H
#define SCANNER_REPORT_H

#include <stdbool.h>

#include "scanner/client.h"

/* log_clean: also lines for messages that were clean and accepted. */
void report_setup(bool log_clean);

/* The session's last word on the message that is DONE or ABORTED. */
void report_message(const struct client *, const struct report *);

/* The session ended in the middle of a message. */
void report_lost(const struct client *);

#endif
