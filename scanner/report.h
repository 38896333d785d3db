/* SPDX-License-Identifier: ISC */
/*
 * The log line of a message: what the scanner knows itself (size, verdict,
 * backend, times) and what the session claims (ids, client, addresses, action).
 * A taken-over session can only write lines for its own mail.
 *
 * Nor can it write as many as it likes: lines that cost no work, which a
 * session could therefore cause without end, are rate-limited, for each session
 * and for all together.  Those left out are counted, and their number is
 * logged.
 */
#ifndef SCANNER_REPORT_H
#define SCANNER_REPORT_H

#include <stdbool.h>

#include "lib/log.h"
#include "scanner/client.h"

/* log_clean: also lines for messages that were clean and accepted. */
void report_setup(bool log_clean);

/* The session's last word on the message that is DONE or ABORTED. */
void report_message(struct client *, const struct claims *);

/* The session ended in the middle of a message. */
void report_lost(struct client *);

/* May there be one more of that kind, of that session?  If not, it is counted
 * as left out. */
bool report_allows(enum report_kind, struct client *);

/* The session broke the protocol with that record; its message is overdue: it
 * is about to be ended. */
void report_violation(struct client *, const char *record);
void report_overdue(struct client *);

/* Tells what was left out, if it is time for that: now, UINT64_MAX: in any
 * case; and when it will be, UINT64_MAX: never. */
void report_run(uint64_t now);
uint64_t report_next(void);

/* The keys from qid to rcpts, as the session claims them. */
void report_envelope(struct log_line *, const struct claims *);

#endif
