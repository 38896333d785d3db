/* SPDX-License-Identifier: ISC */
/*
 * The MTA's side of parser/host.h in the session process, where the MTA's
 * connection is a descriptor of our own.  Runs under the five-call filter.
 * The scanner's side is privsep/host.c.
 */
#include "parser/host.h"
#include "privsep/record.h"
#include "privsep/wire.h"

/* An MTA that does not take a reply for so long is gone (it waits for it). */
#define WRITE_TIMEOUT_MS 60000

bool
host_mta_send(struct span bytes)
{
	return wire_write(SESSION_FD_MTA, bytes, wire_now() + WRITE_TIMEOUT_MS);
}
