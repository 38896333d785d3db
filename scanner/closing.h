/* SPDX-License-Identifier: ISC */
/*
 * The log line of a connection that its session ends, and not because the MTA
 * did: a time is over, a limit was passed, or what came was no milter
 * protocol.  All of it is the session's claim.
 */
#ifndef SCANNER_CLOSING_H
#define SCANNER_CLOSING_H

#include "privsep/ipc/record.h"
#include "scanner/client.h"

/* Whoever may connect can bring that about: these lines have a rate, see
 * report.h. */
void closing_log(struct client *, const struct record_closing *);

#endif
