/* SPDX-License-Identifier: ISC */
/*
 * The order in which messages that wait for a clamd have their turn: clients
 * one after the other, each for as many bytes as the others, so that many or
 * long messages of one keep those of others waiting no longer than one of them
 * takes.
 *
 * Each message gets a tag when it begins to wait: where its client had got to,
 * or where all are by now if that is later, and its length on top.  The
 * smallest tag is next (self-clocked fair queueing: Golestani, 1994).  A long
 * message waits until others have had as much, and no longer; short and long
 * ones of one client count apart, so that its own short ones overtake.
 */
#ifndef SCANNER_FAIR_H
#define SCANNER_FAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "scanner/flow.h"

/* A message's, within what waits.  Zeroed memory is in no heap. */
struct turn {
	uint64_t tag, number;
	uint32_t place; /* in the heap; 0: none */
};

/* Room for so many at a time.  Before lockdown. */
bool fair_setup(uint32_t turns);

/* One that waits from now on, of size bytes from that client (NULL: of nobody);
 * first: before all others. */
void fair_add(struct turn *, struct flow *, uint64_t size, bool first);

/* It does not wait any more, or is passed over for now; started: its turn has
 * come.  One that is not in there is left alone. */
void fair_remove(struct turn *, bool started);

/* One that was passed over is in there again, where it was. */
void fair_return(struct turn *);

/* Whose turn it is; NULL: nobody is in there. */
struct turn *fair_first(void);

#endif
