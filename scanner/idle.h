/* SPDX-License-Identifier: ISC */
/*
 * Sessions without a message, the one that has been idle longest first: who
 * gives way when a listener needs places.
 */
#ifndef SCANNER_IDLE_H
#define SCANNER_IDLE_H

#include "scanner/client.h"

/* It has no message any more, or not yet; and it has one, or has ended. */
void idle_enter(struct client *);
void idle_leave(struct client *);

/* Asks so many sessions of that listener to end, those that have been idle
 * longest, and for YIELD_IDLE_MS at least. */
void idle_yield(uint32_t owner, uint32_t places, uint64_t now);

#endif
