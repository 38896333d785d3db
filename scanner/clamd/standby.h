/* SPDX-License-Identifier: ISC */
/*
 * Standby connections: one that is made to a clamd before there is a message for
 * it, so that when there is one, clamd has taken the connection already and
 * only has to be told.  It is used for one scan, as any other.
 *
 * At most one for each clamd, made when it has come to the end of a scan and
 * has nothing else to do: under load it would save nothing.  Only on Unix
 * sockets through which descriptors are handed: there it is certain whether
 * clamd has read a request (exchange_open_standby), so that a message that met a
 * dead connection goes to a new one, and one that clamd died with does not.
 */
#ifndef SCANNER_CLAMD_STANDBY_H
#define SCANNER_CLAMD_STANDBY_H

#include <stdint.h>

#include "scanner/clamd/exchange.h"

/* After backend_setup. */
void standby_setup(void);

/* Starts FILDES on the standby connection to that backend.  STEP_STALE: there
 * is none, or it is of no use any more. */
enum step standby_open(
    uint32_t backend, struct exchange *, int memfd, uint64_t size);

/* A scan has ended there, another one may follow: standby_run makes one. */
void standby_want(uint32_t backend);

/* Makes those that are wanted, and closes those whose time is over. */
void standby_run(uint64_t now);

/* When standby_run has something to do without an event; UINT64_MAX: never. */
uint64_t standby_next(void);

#endif
