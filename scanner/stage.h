/* SPDX-License-Identifier: ISC */
/*
 * The stages of a probe (probe.h) as a table: what clamd is asked in each, how
 * long it may take, and what is said if it does not answer.
 */
#ifndef SCANNER_STAGE_H
#define SCANNER_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "scanner/clamd.h"
#include "scanner/reply.h"

enum stage {
	STAGE_IDLE,
	STAGE_PING,
	STAGE_VERSION,
	STAGE_STATS, /* from here on clamd needs a worker */
	STAGE_SMALL,
	STAGE_NEST,
	STAGE_SIZE,
};

/* Is there a message to be scanned? */
bool stage_has_canary(enum stage);

/* descriptors: they can be handed to this clamd. */
enum clamd_request stage_request(enum stage, bool descriptors);

/* Milliseconds for one exchange. */
uint64_t stage_deadline(enum stage, uint64_t scan_timeout);

/* The reason of a backend that let the deadline pass. */
const char *stage_silence(enum stage);

/* Is that the answer of one whose limits a canary exceeds?  silent: it is one
 * that passes them over. */
bool stage_exceeds(const struct reply *, bool silent);

/* The reason of one that did not find a canary of size bytes. */
void stage_missed(
    const struct reply *, uint64_t size, char *reason, size_t room);

#endif
