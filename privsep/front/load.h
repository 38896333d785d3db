/* SPDX-License-Identifier: ISC */
/*
 * What a listener, or pratique-libmilter, reports of its load: to the monitor
 * how many sessions and waiting connections there are, for pratique(8), when
 * that has changed and not more often than once a second; to the scanner, for
 * the log, why connections wait and how many were closed, and for how many of
 * them idle sessions should make room.
 */
#ifndef PRIVSEP_FRONT_LOAD_H
#define PRIVSEP_FRONT_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "privsep/ipc/record.h"

struct load {
	uint32_t sessions;
	enum load_why why; /* connections wait for a session */
	bool may_yield;	   /* sessions can be asked to */
	int scanner;	   /* channel; -1: there is none */
};

/* Sends the reports that are due.  False: the monitor does not take it. */
bool load_tell(const struct load *, uint64_t now);

/* Milliseconds until something will be due; -1: nothing. */
int load_time(uint64_t now);

#endif
