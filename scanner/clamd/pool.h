/* SPDX-License-Identifier: ISC */
/*
 * The queries of messages: as many as clamds have threads for us.
 *
 * A message may go before clamd has answered: its session ended, or its time
 * was over.  clamd goes on, so its thread is not free before it has answered:
 * the query is kept, abandoned, to see when that is.
 */
#ifndef SCANNER_CLAMD_POOL_H
#define SCANNER_CLAMD_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "scanner/clamd/query.h"

/* Before lockdown, with at least one for each thread of the clamds; false if
 * there is no memory. */
bool pool_setup(uint32_t count);

/* One of them for a message to that clamd, where room was kept for it
 * (backend_choose).  There always is one. */
uint32_t pool_take(uint32_t backend);

struct query *pool_at(uint32_t index);

/* It is not needed any more.  It ends and gives the room back, when clamd is
 * done with it. */
void pool_give(uint32_t index);

/* It has news.  True if somebody has it, who is to see to that. */
bool pool_event(uint32_t index);

/* Gives up those that clamd does not answer on. */
void pool_run(uint64_t now);

/* When pool_run has something to do; UINT64_MAX: never. */
uint64_t pool_next(void);

#endif
