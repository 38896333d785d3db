/* SPDX-License-Identifier: ISC */
/*
 * A scan's way from a clamd to its verdict: what follows from each piece of
 * news of its query, and from what a canary showed (confirm.h).
 */
#ifndef SCANNER_SCAN_VERDICT_H
#define SCANNER_SCAN_VERDICT_H

#include <stdbool.h>

#include "scanner/scan_state.h"

/* At s->backend, where room was kept: the query begins, in OPENING or its
 * early state. */
void scan_ask(struct scan *, enum scan_state);

/* OPENING, and its time has come. */
void scan_open(struct scan *);

void scan_news(struct scan *, enum query_news);

/* There was no connection, with errno. */
void scan_unconnected(struct scan *, int error);

/* That clamd gives no verdict, but end; it is not asked again. */
void scan_unconfirmed(struct scan *, enum outcome end);

/* May it still go to another one? */
bool scan_has_other(const struct scan *);

/* A fault of our own. */
void scan_fault(struct scan *);

/* What one ends as for which there is no clamd. */
enum outcome scan_unserved(const struct scan *);

/* Its end, with that outcome and what the verdict says already. */
void scan_finish(struct scan *, enum outcome);

#endif
