/* SPDX-License-Identifier: ISC */
/* Lanes to clamds; see connection.h.  Runs in the scanner. */
#include "scanner/connection.h"

#include <stdlib.h>

#include "scanner/base/clock.h"
#include "scanner/clamd/backend.h"

/* clamd scans to the end, whether we are there or not, unless it hangs:
 * MaxScanTime, whose default is this. */
#define ABANDONED_MS 120000

TAILQ_HEAD(connection_list, clamd_connection);

static struct clamd_connection *connections;
static uint32_t connection_count;
static uint32_t
    connection_free; /* head of the free ones; connection_count: none */
static struct connection_list abandoned; /* oldest first */

bool
connection_setup(uint32_t count)
{
	connection_count = count;
	connection_free = 0;
	connections = calloc(count, sizeof(*connections));
	if (connections == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		connections[i].next_free = i + 1;
	TAILQ_INIT(&abandoned);
	return true;
}

struct clamd_connection *
connection_at(uint32_t index)
{
	return &connections[index];
}

void
connection_take(struct scan *j)
{
	j->connection = connection_free;
	connection_free = connections[j->connection].next_free;
	connections[j->connection].scan = j;
}

static void
connection_end(struct clamd_connection *connection)
{
	exchange_close(&connection->exchange);
	connection->watched = POLL_NOTHING;
	connection->scan = NULL;
	connection->next_free = connection_free;
	connection_free = (uint32_t)(connection - connections);
	backend_release(connection->backend);
}

static bool
has_connection(const struct scan *j)
{
	return j->state == SCAN_RETRYING || j->state == SCAN_CONNECTING ||
	       j->state == SCAN_TALKING;
}

void
connection_give(struct scan *j, bool is_at_it)
{
	struct clamd_connection *connection;

	if (!has_connection(j))
		return;
	connection = &connections[j->connection];
	connection->backend = j->backend;
	if (!is_at_it) {
		connection_end(connection);
		return;
	}
	connection->scan = NULL;
	connection->until = clock_ms() + ABANDONED_MS;
	TAILQ_INSERT_TAIL(&abandoned, connection, abandoned);
}

static void
abandoned_end(struct clamd_connection *connection)
{
	TAILQ_REMOVE(&abandoned, connection, abandoned);
	connection_end(connection);
}

struct scan *
connection_event(uint32_t index)
{
	struct clamd_connection *connection =
	    index < connection_count ? &connections[index] : NULL;
	enum step step;

	if (connection == NULL || connection->exchange.state == EXCHANGE_CLOSED)
		return NULL;
	if (connection->scan != NULL)
		return connection->scan;
	/* What it says matters to nobody, only that it has said it. */
	step = exchange_continue(&connection->exchange);
	if (step != STEP_WAIT_READ && step != STEP_WAIT_MORE)
		abandoned_end(connection);
	return NULL;
}

void
connection_run(uint64_t now)
{
	struct clamd_connection *connection;

	while ((connection = TAILQ_FIRST(&abandoned)) != NULL &&
	       connection->until <= now)
		abandoned_end(connection);
}

uint64_t
connection_next(void)
{
	const struct clamd_connection *connection = TAILQ_FIRST(&abandoned);

	return connection != NULL ? connection->until : UINT64_MAX;
}
