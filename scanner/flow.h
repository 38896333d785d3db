/* SPDX-License-Identifier: ISC */
/*
 * The clients whose messages are open, by address: what is shared out among
 * them (memory, share.h; places in the queue and turns, fair.h) is counted
 * here.  A flow exists while one of its messages is open.
 */
#ifndef SCANNER_FLOW_H
#define SCANNER_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "privsep/ipc/record.h"
#include "scanner/base/share.h"

/* Short and long messages of a client have turns of their own. */
enum flow_class { FLOW_SHORT, FLOW_LONG, FLOW_CLASSES };

struct flow {
	uint8_t client[RECORD_CLIENT];
	uint32_t messages; /* open */
	struct flow *next; /* of the same hash, or free */
	struct share memory;
	uint32_t waiting;	    /* of them, for a clamd */
	uint64_t tag[FLOW_CLASSES]; /* of the last one, see fair.c */
};

/* For so many messages at a time.  Before lockdown. */
bool flow_setup(uint32_t messages);

/* A message of that client begins, and is over: behind that it holds nothing
 * any more. */
struct flow *flow_join(const uint8_t client[RECORD_CLIENT]);
void flow_leave(struct flow *);

#endif
