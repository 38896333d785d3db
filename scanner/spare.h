/* SPDX-License-Identifier: ISC */
/*
 * Spare connections: one that is made to a clamd before there is a message for
 * it, so that when there is one, clamd has taken the connection already and
 * only has to be told.  It is used for one scan, as any other.
 *
 * At most one for each clamd, made when it has come to the end of a scan and
 * has nothing else to do: under load it would save nothing.  Only on Unix
 * sockets through which descriptors are handed: there it is certain whether
 * clamd has read a request (clamd_open_spare), so that a message that met a
 * dead connection goes to a new one, and one that clamd died with does not.
 */
#ifndef SCANNER_SPARE_H
#define SCANNER_SPARE_H

#include <stdint.h>

#include "scanner/clamd.h"

/* After backend_setup. */
void spare_setup(void);

/* Starts FILDES on the spare connection to that backend.  CLAMD_STALE: there
 * is none, or it is of no use any more. */
enum clamd_step spare_open(
    uint32_t backend, struct clamd *, int memfd, uint64_t size);

/* A scan has ended there, another one may follow: spare_run makes one. */
void spare_want(uint32_t backend);

/* Makes those that are wanted, and closes those whose time is over. */
void spare_run(uint64_t now);

/* When spare_run has something to do without an event; UINT64_MAX: never. */
uint64_t spare_next(void);

#endif
