/* SPDX-License-Identifier: ISC */
/*
 * Connections to clamds: as many as these have threads for us, each of one scan
 * while a clamd is at it.
 *
 * A scan may go before clamd has answered: its session ended, or its time was
 * over.  clamd goes on, so its thread is not free before it has answered: the
 * connection is kept, abandoned, to see when that is.
 */
#ifndef SCANNER_CONNECTION_H
#define SCANNER_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "scanner/base/poll.h"
#include "scanner/clamd/exchange.h"
#include "scanner/scan.h"

struct clamd_connection {
	struct scan *scan; /* NULL: free, or abandoned */
	uint32_t next_free;
	uint32_t backend;
	enum poll_for watched;
	struct exchange exchange;
	uint64_t until; /* an abandoned one is kept */
	TAILQ_ENTRY(clamd_connection) abandoned;
};

/* Before lockdown, with at least one for each thread of the clamds; false if
 * there is no memory. */
bool connection_setup(uint32_t count);

/* index: a scan's, or below the count. */
struct clamd_connection *connection_at(uint32_t index);

/* A connection for the scan, of which there is one. */
void connection_take(struct scan *);

/* Gives connection and backend's room back, if the scan has them; what clamd is still
 * at later, when it is done. */
void connection_give(struct scan *, bool is_at_it);

/* The connection's connection has news: for the scan that is returned, or NULL. */
struct scan *connection_event(uint32_t index);

/* Gives up those that clamd does not answer on. */
void connection_run(uint64_t now);

/* When connection_run has something to do; UINT64_MAX: never. */
uint64_t connection_next(void);

#endif
