/* SPDX-License-Identifier: ISC */
/*
 * The stages of a probe (probe.h) as a table: what clamd is asked in each, how
 * long it may take, and what is said if it does not answer.
 */
#ifndef SCANNER_CLAMD_PROBE_STAGE_H
#define SCANNER_CLAMD_PROBE_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "scanner/clamd/exchange.h"
#include "scanner/clamd/reason.h"
#include "scanner/clamd/reply.h"

enum probe_stage {
	PROBE_IDLE,
	PROBE_PING,
	PROBE_VERSION,
	PROBE_STATS, /* from here on clamd needs a worker */
	PROBE_SMALL,
	PROBE_STREAM, /* the same as a stream: FILDES did not get through */
	PROBE_NEST,
	PROBE_SIZE,
};

/* Is there a message to be scanned? */
bool probe_stage_has_canary(enum probe_stage);

/* descriptors: they can be handed to this clamd. */
enum request probe_stage_request(enum probe_stage, bool descriptors);

/* Milliseconds for one exchange. */
uint64_t probe_stage_deadline(enum probe_stage, uint64_t scan_timeout);

/* The reason of a backend that let the deadline pass. */
enum reason_kind probe_stage_silence(enum probe_stage);

/* Is that the answer of one whose limits a canary exceeds?  silent: it is one
 * that passes them over. */
bool probe_stage_exceeds(const struct reply *, bool silent);

/* The reason of one that did not find a canary of size bytes. */
struct reason probe_stage_missed(const struct reply *, uint64_t size);

#endif
